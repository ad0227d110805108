/* SPDX-License-Identifier: MIT */
/* runtime.c: how runtime code reports errors and notices an interruption. */
#include <stdarg.h>
#include <stdio.h>

#include "base/interrupt.h"
#include "runtime/tensor.h"

enum { MESSAGE_BYTES = 1024 };

void *runtime_fail(Runtime *runtime, ErrorKind kind, int operand, const char *format, ...) {
  if (runtime->error->kind != ERROR_NONE) return NULL;
  char message[MESSAGE_BYTES];
  va_list list;
  va_start(list, format);
  vsnprintf(message, sizeof message, format, list);
  va_end(list);
  error_set(runtime->error, kind, "%s", message);
  error_blame(runtime->error, operand);
  return NULL;
}

void *runtime_out_of_memory(Runtime *runtime) {
  error_out_of_memory(runtime->error);
  return NULL;
}

bool runtime_interrupted(Runtime *runtime) {
  if (!interrupt_requested) return false;
  runtime_fail(runtime, ERROR_INTERRUPT, -1, "interrupted");
  return true;
}
