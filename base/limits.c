/* SPDX-License-Identifier: MIT */
/* limits.c: how much memory this process may use, asked of the machine, its control group and RLIMIT_AS. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"

enum { FILE_MOST = 4096 };

static bool read_file(const char *path, char text[FILE_MOST]) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  size_t length = 0;
  ssize_t got;
  while (length < FILE_MOST - 1 && (got = read(file, text + length, FILE_MOST - 1 - length)) > 0)
    length += (size_t)got;
  close(file);
  text[length] = '\0';
  return length > 0;
}

/* The number a text starts with; `most` when it starts with none ("max") or is larger. */
static size_t read_number(const char *text, size_t most) {
  char *end;
  unsigned long long number = strtoull(text, &end, 10);
  return end == text || number > most ? most : (size_t)number;
}

static size_t file_limit(const char *path, size_t most) {
  char text[FILE_MOST];
  return read_file(path, text) ? read_number(text, most) : most;
}

static size_t available_memory(size_t most) {
  char text[FILE_MOST];
  const char *line = read_file("/proc/meminfo", text) ? strstr(text, "MemAvailable:") : NULL;
  if (!line) return most;
  size_t kilobytes = read_number(line + strlen("MemAvailable:"), most / 1024);
  return kilobytes * 1024;
}

/* The limit of a control group holds for all below it, so the way up to the root is walked. */
static size_t group_limit(const char *root, char *group, const char *file, size_t most) {
  for (;;) {
    char path[FILE_MOST + 64];
    int length = snprintf(path, sizeof path, "%s%s/%s", root, group, file);
    if (length > 0 && (size_t)length < sizeof path) most = file_limit(path, most);
    char *slash = strrchr(group, '/');
    if (!slash) return most;
    *slash = '\0';
  }
}

/* A line is "ID:CONTROLLERS:PATH"; version 2 has the id 0 and no controllers. */
static size_t group_line_limit(char *line, size_t most) {
  char *controllers = strchr(line, ':'), *group = controllers ? strchr(controllers + 1, ':') : NULL;
  if (!group) return most;
  *group++ = '\0';
  if (strcmp(line, "0:") == 0) return group_limit("/sys/fs/cgroup", group, "memory.max", most);
  if (!strstr(controllers, "memory")) return most;
  return group_limit("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes", most);
}

static size_t control_group_limit(size_t most) {
  char text[FILE_MOST];
  if (!read_file("/proc/self/cgroup", text)) return most;
  for (char *line = text; line && *line;) {
    char *next = strchr(line, '\n');
    if (next) *next++ = '\0';
    most = group_line_limit(line, most);
    line = next;
  }
  return most;
}

static size_t address_space_limit(size_t most) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > most) return most;
  return (size_t)limit.rlim_cur;
}

size_t memory_default_budget(void) {
  size_t limit = address_space_limit(control_group_limit(available_memory(PTRDIFF_MAX)));
  return limit / 4 * 3;
}
