/* SPDX-License-Identifier: MIT */
/* stack.c: how far the C stack of a thread reaches. */
#include "base/stack.h"
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

/* A stack without a limit ends somewhere too: where the next mapping begins. */
static const size_t most_bytes = (size_t)256 << 20;

typedef struct Stack { const char *lowest, *end; } Stack;

/* Of the main thread, whose stack grows, the limit is that of the process; finding its end means reading a file. */
static Stack find_stack(void) {
  pthread_attr_t attributes;
  void *lowest = NULL;
  size_t bytes = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return (Stack){NULL, NULL};
  if (pthread_attr_getstack(&attributes, &lowest, &bytes) != 0) lowest = NULL;
  pthread_attr_destroy(&attributes);
  if (!lowest) return (Stack){NULL, NULL};
  const char *end = (const char *)lowest + bytes;
  return (Stack){bytes > most_bytes ? end - most_bytes : lowest, end};
}

const char *stack_lowest(void) {
  static _Thread_local Stack stack;
  uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  if (!stack.end) stack = find_stack();
  return here >= (uintptr_t)stack.lowest && here < (uintptr_t)stack.end ? stack.lowest : NULL;
}
