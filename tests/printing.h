/* SPDX-License-Identifier: MIT */
/* printing.h: what the tests of builtins share: programs in one session, and what they print. */
#ifndef MGRAD_TESTS_PRINTING_H
#define MGRAD_TESTS_PRINTING_H
#include <stdio.h>
#include <string.h>
#include "base/buffer.h"
#include "base/memory.h"
#include "evaluator/session.h"
#include "tests/suite.h"

static Buffer printed;
static Session *session;

static inline bool keep_output(void *context, Stream stream, const char *text, size_t length) {
  (void)context;
  if (stream == STREAM_RESULT) buffer_add(&printed, text, length);
  return true;
}

static inline void start(void) {
  SessionOptions options = {.output = keep_output};
  session = session_new(&options);
  ck_assert_ptr_nonnull(session);
}

static inline void finish(void) {
  session_free(session);
  buffer_free(&printed);
}

/* What a program prints, without the newline at the end; errors as "kind: message". */
static inline const char *run(const char *code) {
  buffer_clear(&printed);
  if (session_run(session, "test", code, strlen(code), false) == RUN_FAILED) {
    const Error *error = session_error(session);
    buffer_format(&printed, "%s: %s", error_kind_name(error->kind), buffer_text(&error->message));
  }
  while (printed.length && printed.text[printed.length - 1] == '\n') printed.text[--printed.length] = '\0';
  return buffer_text(&printed);
}

typedef struct Case { const char *code, *output; } Case;

/* A failing allocation is an error like others: the session goes on, and nothing is lost.  False: none failed. */
static inline bool survives(const char *name, const char *code, size_t n) {
  start();
  memory_fail_at(n, false);
  run(code);
  bool hit = memory_failure_hit();
  memory_fail_at(0, false);
  ck_assert_msg(strcmp(run("1 + 1"), "2") == 0, "%s: allocation %zu", name, n);
  finish();
  ck_assert_msg(memory_live_blocks() == 0, "%s: allocation %zu leaves %zu blocks", name, n, memory_live_blocks());
  return hit;
}

#endif
