/* SPDX-License-Identifier: MIT */
/* runtime.c: how runtime code reports errors and notices an interruption. */
#include <string.h>
#include "base/interrupt.h"
#include "runtime/tensor.h"

void *runtime_fail(Runtime *runtime, ErrorKind kind, int operand, const char *format, ...) {
  if (runtime->error->kind != ERROR_NONE) return NULL;
  va_list list;
  va_start(list, format);
  error_set_list(runtime->error, kind, format, list);
  va_end(list);
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

bool runtime_copy(Runtime *runtime, void *to, const void *from, size_t bytes) {
  enum { PIECE_BYTES = 4 << 20 };
  char *out = to;
  const char *in = from;
  for (; bytes > PIECE_BYTES; out += PIECE_BYTES, in += PIECE_BYTES, bytes -= PIECE_BYTES) {
    memcpy(out, in, PIECE_BYTES);
    if (runtime_interrupted(runtime)) return false;
  }
  if (bytes) memcpy(out, in, bytes);
  return true;
}
