/* SPDX-License-Identifier: MIT */
/* history.c: where the history of inputs is kept. */
#include "repl/history.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes every missing folder on the way to the file. */
static bool make_folders(char *path) {
  for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
    *slash = '/';
    if (!made) return false;
  }
  return true;
}

/* Its length, which may be more than there is room for; 0: there is no home. */
static int default_path(char path[HISTORY_PATH]) {
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  return state && *state ? snprintf(path, HISTORY_PATH, "%s/mgrad/history", state)
         : home && *home ? snprintf(path, HISTORY_PATH, "%s/.local/state/mgrad/history", home)
                         : 0;
}

bool history_path(char path[HISTORY_PATH], const char **reason) {
  const char *chosen = getenv("MGRAD_HISTORY");
  *reason = NULL;
  if (chosen && !*chosen) return false;
  int length = chosen ? snprintf(path, HISTORY_PATH, "%s", chosen) : default_path(path);
  if (length >= HISTORY_PATH) *reason = strerror(ENAMETOOLONG);
  if (length == 0 || length >= HISTORY_PATH) return false;
  int file = make_folders(path) ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
  if (file == -1) return *reason = strerror(errno), false;
  close(file);
  return true;
}

/* Shortening replaces the file: a lock on one that has been replaced meanwhile is taken again. */
int history_lock(const char *path) {
  for (;;) {
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file == -1) return -1;
    struct stat locked, named;
    if (flock(file, LOCK_EX) != 0 || fstat(file, &locked) != 0 || stat(path, &named) != 0) return close(file), -1;
    if (locked.st_ino == named.st_ino && locked.st_dev == named.st_dev) return file;
    close(file);
  }
}

void history_unlock(int lock) {
  if (lock != -1) close(lock);
}

void history_guard(Buffer *out, const char *text) {
  while (*text) {
    size_t length = strcspn(text, "\n");
    bool stamp = text[0] == '#' && text[1] >= '0' && text[1] <= '9';
    if (stamp || length == 0) buffer_add_byte(out, ' ');
    buffer_add(out, text, length);
    text += length;
    if (*text == '\n') buffer_add_byte(out, *text++);
  }
}
