/* SPDX-License-Identifier: MIT */
/* process.c: running another program without a shell. */
#include "base/process.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/descriptor.h"
#include "base/interrupt.h"

extern char **environ;

/* The input as a file without a name: the program reads it when it likes, and no pipe can fill up. */
static int open_input(const char *input, size_t length) {
  int descriptor = memfd_create("input", MFD_CLOEXEC);
  if (descriptor < 0) return -1;
  if (descriptor_write(descriptor, input, length) && lseek(descriptor, 0, SEEK_SET) == 0) return descriptor;
  close(descriptor);
  return -1;
}

/* 0, or why it could not be started. */
static int spawn(const char *const *words, int input, int output, pid_t *child) {
  posix_spawn_file_actions_t actions;
  int reason = posix_spawn_file_actions_init(&actions);
  if (reason) return reason;
  reason = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  if (!reason) reason = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  if (!reason) reason = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  if (!reason) reason = posix_spawnp(child, words[0], &actions, NULL, (char *const *)(uintptr_t)words, environ);
  posix_spawn_file_actions_destroy(&actions);
  return reason;
}

/* Reads to the end of the program's output. */
static ProcessStatus collect(int output, int64_t end, Buffer *out) {
  char block[16384];
  for (;;) {
    if (interrupt_requested) return PROCESS_INTERRUPTED;
    if (clock_now() > end) return PROCESS_TOO_LONG;
    struct pollfd watched = {.fd = output, .events = POLLIN};
    int ready = poll(&watched, 1, 100);
    if (ready <= 0) continue;
    ssize_t count = read(output, block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count == 0 ? PROCESS_OK : PROCESS_FAILED;
    buffer_add(out, block, (size_t)count);
    if (out->failed) return PROCESS_NO_MEMORY;
  }
}

/* A program may go on when its output has ended. */
static ProcessStatus wait_until(pid_t child, int64_t end, int *result) {
  const struct timespec pause = {.tv_nsec = 10000000};
  while (waitpid(child, result, WNOHANG) == 0) {
    if (interrupt_requested) return PROCESS_INTERRUPTED;
    if (clock_now() > end) return PROCESS_TOO_LONG;
    nanosleep(&pause, NULL);
  }
  return PROCESS_OK;
}

static ProcessStatus finish(pid_t child, ProcessStatus status, int64_t end) {
  int result = 0;
  if (status == PROCESS_OK) status = wait_until(child, end, &result);
  if (status != PROCESS_OK) {
    kill(child, SIGKILL);
    while (waitpid(child, &result, 0) < 0 && errno == EINTR) continue;
  }
  if (status != PROCESS_OK) return status;
  if (WIFEXITED(result) && WEXITSTATUS(result) == 127) return PROCESS_MISSING;
  return WIFEXITED(result) && WEXITSTATUS(result) == 0 ? PROCESS_OK : PROCESS_FAILED;
}

ProcessStatus process_run(const char *const *words, const char *input, size_t length, int seconds, Buffer *out) {
  int ends[2], descriptor = open_input(input, length);
  if (descriptor < 0) return interrupt_requested ? PROCESS_INTERRUPTED : PROCESS_FAILED;
  if (pipe2(ends, O_CLOEXEC) != 0) {
    close(descriptor);
    return PROCESS_FAILED;
  }
  pid_t child;
  int reason = spawn(words, descriptor, ends[1], &child);
  close(descriptor);
  close(ends[1]);
  ProcessStatus status = reason == ENOENT ? PROCESS_MISSING : PROCESS_FAILED;
  int64_t end = clock_now() + seconds * CLOCK_SECOND;
  if (reason == 0) status = finish(child, collect(ends[0], end, out), end);
  close(ends[0]);
  return status;
}
