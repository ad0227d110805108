/* SPDX-License-Identifier: MIT */
/* file.c: reading files, and replacing them so that nothing is ever lost. */
#include "runtime/format/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "runtime/format/text.h"

enum { LINKS_MOST = 40 };
enum { FILE_MEBIBYTES = 4096, STREAM_MEBIBYTES = 256 }; /* read at most unless told otherwise */

/* ---- errors */
/* The name in back quotes; what a terminal would obey is escaped. */
static void add_name(Buffer *message, const char *path, size_t length) {
  Buffer quoted = {0};
  text_string_quoted(&quoted, path, length);
  if (quoted.length >= 2 && !quoted.failed) {
    buffer_add_byte(message, '`');
    buffer_add(message, quoted.text + 1, quoted.length - 2);
    buffer_add_byte(message, '`');
  } else {
    buffer_add_text(message, "the file");
  }
  buffer_free(&quoted);
}

bool file_fail(Runtime *runtime, const char *verb, const char *name, size_t length, const char *format, ...) {
  char reason[256];
  va_list list;
  va_start(list, format);
  vsnprintf(reason, sizeof reason, format, list);
  va_end(list);
  Buffer quoted = {0};
  add_name(&quoted, name, length);
  error_set(runtime->error, ERROR_FILE, "cannot %s %s: %s", verb, buffer_text(&quoted), reason);
  buffer_free(&quoted);
  return false;
}

static bool fail(Runtime *runtime, const char *verb, const char *path, size_t length, const char *reason) {
  return file_fail(runtime, verb, path, length, "%s", reason);
}

/* A copy that ends in NUL, after the checks that need no file. */
static bool check_path(Runtime *runtime, const char *verb, const char *path, size_t length, char copy[PATH_MAX]) {
  if (runtime->files_forbidden) return error_set(runtime->error, ERROR_FILE, "files are not available in the sandbox");
  if (memchr(path, '\0', length)) return fail(runtime, verb, path, strlen(path), "the name holds a NUL byte");
  if (length == 0) return error_set(runtime->error, ERROR_FILE, "cannot %s a file without a name", verb);
  if (length >= PATH_MAX) return fail(runtime, verb, path, 60, strerror(ENAMETOOLONG));
  memcpy(copy, path, length);
  copy[length] = '\0';
  return true;
}

/* ---- reading */
/* Waiting for the other end of a pipe ends when Ctrl-C is pressed. */
static int open_file(Runtime *runtime, const char *path, int flags) {
  for (;;) {
    int file = open(path, flags | O_CLOEXEC | O_NOCTTY, 0666);
    if (file >= 0 || errno != EINTR) return file;
    if (runtime_interrupted(runtime)) {
      errno = EINTR;
      return -1;
    }
  }
}

/* NULL when the file may be read, otherwise why not. */
static const char *refuse(const struct stat *status, FileKind kind, size_t most) {
  if (S_ISDIR(status->st_mode)) return strerror(EISDIR);
  if (S_ISREG(status->st_mode)) return (uintmax_t)status->st_size > most ? "it is too large" : NULL;
  return kind == FILE_REGULAR ? "it is not a regular file" : NULL;
}

static bool read_all(Runtime *runtime, int file, size_t most, Buffer *out, const char **reason) {
  size_t start = out->length;
  char chunk[1 << 14];
  for (;;) {
    if (runtime_interrupted(runtime)) return false;
    ssize_t got = read(file, chunk, sizeof chunk);
    if (got == 0) return true;
    if (got < 0 && errno != EINTR) {
      *reason = strerror(errno);
      return false;
    }
    if (got > 0) buffer_add(out, chunk, (size_t)got);
    if (out->failed) return runtime_out_of_memory(runtime);
    if (out->length - start > most) {
      *reason = "it is too large";
      return false;
    }
  }
}

bool file_read(Runtime *runtime, const char *path, size_t path_length, FileKind kind, size_t most, Buffer *out) {
  char name[PATH_MAX];
  struct stat status;
  if (!check_path(runtime, "read", path, path_length, name)) return false;
  if (stat(name, &status) != 0) return fail(runtime, "read", path, path_length, strerror(errno));
  if (most == 0) most = (size_t)(S_ISREG(status.st_mode) ? FILE_MEBIBYTES : STREAM_MEBIBYTES) << 20;
  if (refuse(&status, kind, most)) return fail(runtime, "read", path, path_length, refuse(&status, kind, most));
  int file = open_file(runtime, name, O_RDONLY);
  if (file < 0) return fail(runtime, "read", path, path_length, strerror(errno));
  const char *reason = fstat(file, &status) == 0 ? refuse(&status, kind, most) : strerror(errno);
  bool read = !reason && read_all(runtime, file, most, out, &reason);
  close(file);
  return reason ? fail(runtime, "read", path, path_length, reason) : read;
}

/* ---- writing */
static bool write_bytes(Runtime *runtime, int file, const void *bytes, size_t length) {
  if (descriptor_write(file, bytes, length)) return true;
  int reason = errno;
  runtime_interrupted(runtime);
  errno = reason;
  return false;
}

typedef enum Target { TARGET_NONE, TARGET_NEW, TARGET_FILE, TARGET_DIRECT } Target;

/* Where the links of /proc (so /dev/stdout) lead, somebody else has the file open: it must stay the same file. */
static bool is_open_file(const char *path) {
  return strncmp(path, "/proc/", 6) == 0;
}

/* The text of a link in place of its name; false with errno set. */
static bool follow_link(char path[PATH_MAX]) {
  char target[PATH_MAX];
  ssize_t length = readlink(path, target, sizeof target - 1);
  if (length < 0) return false;
  target[length] = '\0';
  char *slash = strrchr(path, '/');
  size_t before = target[0] == '/' || !slash ? 0 : (size_t)(slash - path) + 1;
  if (before + (size_t)length >= PATH_MAX) {
    errno = ENAMETOOLONG;
    return false;
  }
  memcpy(path + before, target, (size_t)length + 1);
  return true;
}

/* Follows symbolic links by hand, so that the file they lead to is replaced and not the link; it need not exist yet.
   The part before the last slash is left to the kernel.  TARGET_NONE with errno set. */
static Target find_target(char path[PATH_MAX], struct stat *status) {
  if (stat(path, status) == 0 && !S_ISREG(status->st_mode)) {
    errno = EISDIR;
    return S_ISDIR(status->st_mode) ? TARGET_NONE : TARGET_DIRECT;
  }
  for (int links = 0; links <= LINKS_MOST; links++) {
    if (lstat(path, status) != 0) return errno == ENOENT ? TARGET_NEW : TARGET_NONE;
    if (!S_ISLNK(status->st_mode)) return TARGET_FILE;
    if (is_open_file(path)) return TARGET_DIRECT;
    if (!follow_link(path)) return TARGET_NONE;
  }
  errno = ELOOP;
  return TARGET_NONE;
}

static mode_t default_mode(void) {
  mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

/* Owner and group first: changing them clears bits of the mode.  Not being allowed to is no reason to fail. */
static bool copy_mode(int file, const struct stat *old) {
  if (!old) return fchmod(file, default_mode()) == 0;
  if ((old->st_uid != geteuid() || old->st_gid != getegid()) && fchown(file, old->st_uid, old->st_gid) != 0)
    return fchmod(file, old->st_mode & 0777) == 0;
  return fchmod(file, old->st_mode & 07777) == 0;
}

/* The name becomes durable too where the system lets us. */
static void sync_directory(const char *path) {
  char directory[PATH_MAX];
  const char *slash = strrchr(path, '/');
  size_t length = slash ? (size_t)(slash - path) : 0;
  memcpy(directory, path, length);
  directory[length] = '\0';
  int file = open(slash ? (length ? directory : "/") : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  (void)fsync(file);
  close(file);
}

static bool sync_file(int file) {
  while (fsync(file) != 0) {
    if (errno == EINVAL || errno == ENOTSUP) return true; /* a file system that has nothing to sync */
    if (errno != EINTR) return false;
  }
  return true;
}

static bool make_temporary(const char *path, char temporary[PATH_MAX], int *file) {
  static const char suffix[] = ".mgrad-XXXXXX";
  const char *slash = strrchr(path, '/');
  size_t before = slash ? (size_t)(slash - path) + 1 : 0;
  if (before + sizeof suffix > PATH_MAX) {
    errno = ENAMETOOLONG;
    return false;
  }
  memcpy(temporary, path, before);
  memcpy(temporary + before, suffix, sizeof suffix);
  *file = mkostemp(temporary, O_CLOEXEC);
  return *file >= 0;
}

static bool replace(Runtime *runtime, const char *path, const struct stat *old, const void *bytes, size_t length) {
  char temporary[PATH_MAX];
  int file;
  if (!make_temporary(path, temporary, &file)) return false;
  bool written = write_bytes(runtime, file, bytes, length) && copy_mode(file, old) && sync_file(file);
  int error = errno;
  if (close(file) != 0 && written && errno != EINTR) {
    written = false;
    error = errno;
  }
  if (written && rename(temporary, path) == 0) {
    sync_directory(path);
    return true;
  }
  if (written) error = errno;
  unlink(temporary);
  errno = error;
  return false;
}

static bool write_direct(Runtime *runtime, const char *path, const void *bytes, size_t length) {
  int file = open_file(runtime, path, O_WRONLY);
  if (file < 0) return false;
  bool written = write_bytes(runtime, file, bytes, length);
  int error = errno;
  if (close(file) != 0 && written && errno != EINTR) {
    written = false;
    error = errno;
  }
  errno = error;
  return written;
}

bool file_write(Runtime *runtime, const char *path, size_t path_length, const void *bytes, size_t length) {
  char name[PATH_MAX];
  struct stat status;
  if (!check_path(runtime, "write", path, path_length, name)) return false;
  Target target = find_target(name, &status);
  bool written = target == TARGET_DIRECT ? write_direct(runtime, name, bytes, length)
                                         : target && replace(runtime, name, target == TARGET_FILE ? &status : NULL,
                                                             bytes, length);
  if (!written) fail(runtime, "write", path, path_length, strerror(errno));
  return written;
}
