/* SPDX-License-Identifier: MIT */
/* test_format_file.c: reading files, and replacing them without ever losing one. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "runtime/format/file.h"
#include "tests/suite.h"

static Error error;
static Runtime runtime = {.error = &error};
static char folder[64];

static void set_up(void) {
  memory_fail_at(0, false);
  runtime.files_forbidden = false;
  strcpy(folder, "/tmp/mgrad-test-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert_int_eq(chdir(folder), 0);
}

static int count_entries(void) {
  DIR *directory = opendir(".");
  int count = 0;
  while (readdir(directory)) count++;
  closedir(directory);
  return count - 2;
}

static void remove_entries(void) {
  DIR *directory = opendir(".");
  for (struct dirent *entry; (entry = readdir(directory));)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) (void)remove(entry->d_name);
  closedir(directory);
}

static void tear_down(void) {
  interrupt_requested = 0;
  error_free(&error);
  remove_entries();
  ck_assert_int_eq(chdir("/"), 0);
  rmdir(folder);
  ck_assert_uint_eq(memory_live_blocks(), 0);
}

static bool write_text(const char *path, const char *text) {
  return file_write(&runtime, path, strlen(path), text, strlen(text));
}

static void expect_text(const char *path, const char *expected) {
  Buffer out = {0};
  ck_assert_msg(file_read(&runtime, path, strlen(path), FILE_ANY, 0, &out), "%s", buffer_text(&error.message));
  ck_assert_str_eq(buffer_text(&out), expected);
  buffer_free(&out);
}

static void expect_error(const char *message) {
  ck_assert_int_eq(error.kind, ERROR_FILE);
  ck_assert_str_eq(buffer_text(&error.message), message);
  error_free(&error);
}

static void expect_unreadable(const char *path, size_t length, FileKind kind, size_t most, const char *message) {
  Buffer out = {0};
  ck_assert(!file_read(&runtime, path, length, kind, most, &out));
  expect_error(message);
  buffer_free(&out);
}

START_TEST(writes_and_reads) {
  static char large[3 << 20];
  ck_assert(write_text("a.txt", "line 1\n\xce\xb1"));
  expect_text("a.txt", "line 1\n\xce\xb1");
  ck_assert(write_text("a.txt", ""));
  expect_text("a.txt", "");
  memset(large, 'x', sizeof large - 1);
  ck_assert(write_text("a.txt", large));
  expect_text("a.txt", large);
  Buffer out = {0};
  buffer_add_text(&out, "before ");
  ck_assert(file_read(&runtime, "a.txt!", 5, FILE_REGULAR, sizeof large, &out));
  ck_assert_uint_eq(out.length, sizeof large - 1 + 7);
  buffer_free(&out);
  ck_assert_int_eq(count_entries(), 1);
} END_TEST

START_TEST(what_cannot_be_read) {
  char name[PATH_MAX + 10];
  ck_assert_int_eq(mkdir("d", 0700), 0);
  ck_assert_int_eq(mkfifo("f", 0600), 0);
  ck_assert(write_text("a", "12345"));
  expect_unreadable("x.npy", 5, FILE_ANY, 0, "cannot read `x.npy`: No such file or directory");
  expect_unreadable("d", 1, FILE_ANY, 0, "cannot read `d`: Is a directory");
  expect_unreadable("f", 1, FILE_REGULAR, 0, "cannot read `f`: it is not a regular file");
  expect_unreadable("/dev/zero", 9, FILE_REGULAR, 0, "cannot read `/dev/zero`: it is not a regular file");
  expect_unreadable("/dev/zero", 9, FILE_ANY, 100000, "cannot read `/dev/zero`: it is too large");
  expect_unreadable("a", 1, FILE_ANY, 4, "cannot read `a`: it is too large");
  expect_unreadable("a\0b", 3, FILE_ANY, 0, "cannot read `a`: the name holds a NUL byte");
  expect_unreadable("", 0, FILE_ANY, 0, "cannot read a file without a name");
  expect_unreadable("~/x", 3, FILE_ANY, 0, "cannot read `~/x`: No such file or directory");
  expect_unreadable("|true", 5, FILE_ANY, 0, "cannot read `|true`: No such file or directory");
  expect_unreadable("\x1b[2J", 4, FILE_ANY, 0, "cannot read `\\u{1b}[2J`: No such file or directory");
  memset(name, 'x', sizeof name);
  Buffer out = {0};
  ck_assert(!file_read(&runtime, name, sizeof name, FILE_ANY, 0, &out));
  ck_assert_ptr_nonnull(strstr(buffer_text(&error.message), "File name too long"));
} END_TEST

START_TEST(what_cannot_be_written) {
  ck_assert_int_eq(mkdir("d", 0700), 0);
  ck_assert(!write_text("d", "x"));
  expect_error("cannot write `d`: Is a directory");
  ck_assert(!write_text("none/a", "x"));
  expect_error("cannot write `none/a`: No such file or directory");
  ck_assert_int_eq(symlink("loop", "loop"), 0);
  ck_assert(!write_text("loop", "x"));
  expect_error("cannot write `loop`: Too many levels of symbolic links");
  ck_assert(!write_text("", "x"));
  expect_error("cannot write a file without a name");
  ck_assert(!write_text("/dev/full", "x"));
  expect_error("cannot write `/dev/full`: No space left on device");
  ck_assert_int_eq(count_entries(), 2);
} END_TEST

START_TEST(sandbox_opens_nothing) {
  runtime.files_forbidden = true;
  ck_assert(!write_text("a", "x"));
  expect_error("files are not available in the sandbox");
  expect_unreadable("/etc/passwd", 11, FILE_ANY, 0, "files are not available in the sandbox");
  ck_assert_int_eq(count_entries(), 0);
} END_TEST

START_TEST(mode_is_kept) {
  struct stat status;
  mode_t mask = umask(027);
  ck_assert(write_text("new", "x"));
  umask(mask);
  ck_assert_int_eq(stat("new", &status), 0);
  ck_assert_uint_eq(status.st_mode & 07777, 0640);
  ck_assert_int_eq(chmod("new", 0751), 0);
  ck_assert(write_text("new", "y"));
  ck_assert_int_eq(stat("new", &status), 0);
  ck_assert_uint_eq(status.st_mode & 07777, 0751);
} END_TEST

START_TEST(links_are_followed) {
  struct stat status;
  ck_assert_int_eq(mkdir("d", 0700), 0);
  ck_assert_int_eq(symlink("../b", "d/up"), 0);
  ck_assert_int_eq(symlink("d/up", "a"), 0);
  ck_assert(write_text("a", "through a link that leads nowhere yet"));
  expect_text("b", "through a link that leads nowhere yet");
  ck_assert(write_text("a", "again"));
  expect_text("b", "again");
  ck_assert_int_eq(lstat("a", &status), 0);
  ck_assert(S_ISLNK(status.st_mode));
  ck_assert_int_eq(unlink("d/up"), 0);
} END_TEST

START_TEST(devices_stay_devices) {
  struct stat status;
  ck_assert(write_text("/dev/null", "x"));
  ck_assert_int_eq(symlink("/dev/null", "null"), 0);
  ck_assert(write_text("null", "x"));
  ck_assert_int_eq(stat("/dev/null", &status), 0);
  ck_assert(S_ISCHR(status.st_mode));
  expect_text("/dev/null", "");
} END_TEST

START_TEST(open_files_stay_the_same_file) {
  char name[64];
  int file = open("a", O_RDWR | O_CREAT, 0600);
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  ck_assert(write_text(name, "x"));
  struct stat open_status, status;
  ck_assert_int_eq(fstat(file, &open_status), 0);
  ck_assert_int_eq(stat("a", &status), 0);
  ck_assert_uint_eq(status.st_ino, open_status.st_ino);
  close(file);
  expect_text("a", "x");
} END_TEST

START_TEST(full_disk_keeps_the_old_file) {
  static char large[100000];
  memset(large, 'x', sizeof large - 1);
  ck_assert(write_text("a", "old"));
  struct rlimit old, small = {4096, RLIM_INFINITY};
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
  small.rlim_max = old.rlim_max;
  void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
  bool written = write_text("a", large);
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
  signal(SIGXFSZ, handler);
  ck_assert(!written);
  expect_error("cannot write `a`: File too large");
  expect_text("a", "old");
  ck_assert_int_eq(count_entries(), 1);
} END_TEST

START_TEST(interruption_keeps_the_old_file) {
  ck_assert(write_text("a", "old"));
  interrupt_requested = 1;
  ck_assert(!write_text("a", "new"));
  ck_assert_int_eq(error.kind, ERROR_INTERRUPT);
  error_free(&error);
  interrupt_requested = 0;
  expect_text("a", "old");
  ck_assert_int_eq(count_entries(), 1);
} END_TEST

static void raise_flag(int number) {
  (void)number;
  interrupt_requested = 1;
}

START_TEST(waiting_for_a_pipe_can_be_interrupted) {
  struct sigaction action = {.sa_handler = raise_flag}, old;
  struct itimerval soon = {{0, 20000}, {0, 20000}}, never = {{0, 0}, {0, 0}};
  Buffer out = {0};
  ck_assert_int_eq(mkfifo("f", 0600), 0);
  sigaction(SIGALRM, &action, &old);
  setitimer(ITIMER_REAL, &soon, NULL);
  ck_assert(!file_read(&runtime, "f", 1, FILE_ANY, 0, &out));
  setitimer(ITIMER_REAL, &never, NULL);
  sigaction(SIGALRM, &old, NULL);
  ck_assert_int_eq(error.kind, ERROR_INTERRUPT);
} END_TEST

START_TEST(pipes_are_read_and_written) {
  ck_assert_int_eq(mkfifo("f", 0600), 0);
  pid_t child = fork();
  if (child == 0) _exit(write_text("f", "through a pipe") ? 0 : 1);
  expect_text("f", "through a pipe");
  int status = 1;
  waitpid(child, &status, 0);
  ck_assert_int_eq(status, 0);
  struct stat kind;
  ck_assert_int_eq(lstat("f", &kind), 0);
  ck_assert(S_ISFIFO(kind.st_mode));
} END_TEST

START_TEST(reading_without_memory) {
  static char large[100000];
  memset(large, 'x', sizeof large - 1);
  ck_assert(write_text("a", large));
  bool hit = true;
  for (size_t n = 1; hit; n++) {
    Buffer out = {0};
    memory_fail_at(n, _i);
    bool read = file_read(&runtime, "a", 1, FILE_ANY, 0, &out);
    hit = memory_failure_hit();
    memory_fail_at(0, false);
    if (read) ck_assert_str_eq(out.text, large);
    else ck_assert_int_eq(error.kind, ERROR_MEMORY);
    error_free(&error);
    buffer_free(&out);
  }
} END_TEST

/* Two writers and a reader: it only ever sees whole files. */
START_TEST(readers_see_whole_files) {
  static char text[2][20000];
  for (int i = 0; i < 2; i++) memset(text[i], 'a' + i, sizeof text[i] - 1);
  ck_assert(write_text("a", text[0]));
  pid_t child = fork();
  if (child == 0) {
    for (int i = 0; i < 40; i++)
      if (!write_text("a", text[i % 2])) _exit(1);
    _exit(0);
  }
  for (int i = 0; i < 200; i++) {
    Buffer out = {0};
    ck_assert(file_read(&runtime, "a", 1, FILE_REGULAR, 0, &out));
    ck_assert(strcmp(out.text, text[0]) == 0 || strcmp(out.text, text[1]) == 0);
    buffer_free(&out);
  }
  int status = 1;
  waitpid(child, &status, 0);
  ck_assert_int_eq(status, 0);
} END_TEST

static void add_tests(TCase *tests) {
  tcase_add_test(tests, writes_and_reads);
  tcase_add_test(tests, what_cannot_be_read);
  tcase_add_test(tests, what_cannot_be_written);
  tcase_add_test(tests, sandbox_opens_nothing);
  tcase_add_test(tests, mode_is_kept);
  tcase_add_test(tests, links_are_followed);
  tcase_add_test(tests, devices_stay_devices);
  tcase_add_test(tests, open_files_stay_the_same_file);
  tcase_add_test(tests, full_disk_keeps_the_old_file);
  tcase_add_test(tests, interruption_keeps_the_old_file);
  tcase_add_test(tests, waiting_for_a_pipe_can_be_interrupted);
  tcase_add_test(tests, pipes_are_read_and_written);
  tcase_add_loop_test(tests, reading_without_memory, 0, 2);
  tcase_add_test(tests, readers_see_whole_files);
}

int main(void) {
  Suite *suite = suite_create("files");
  TCase *tests = tcase_create("file");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  add_tests(tests);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
