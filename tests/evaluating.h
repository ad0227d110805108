/* SPDX-License-Identifier: MIT */
/* evaluating.h: what the tests of the evaluator share: a session whose output is kept. */
#ifndef MGRAD_TESTS_EVALUATING_H
#define MGRAD_TESTS_EVALUATING_H
#include <stdlib.h>
#include <string.h>
#include "base/interrupt.h"
#include "evaluator/session.h"
#include "tests/suite.h"

static Buffer printed, diagnosed;

__attribute__((unused)) static bool keep_output(void *context, Stream stream, const char *text, size_t length) {
  (void)context;
  buffer_add(stream == STREAM_RESULT ? &printed : &diagnosed, text, length);
  return true;
}

/* A session as scripts have it. */
__attribute__((unused)) static Session *open_session(void) {
  buffer_clear(&printed);
  buffer_clear(&diagnosed);
  Session *session = session_new(&(SessionOptions){.output = keep_output});
  ck_assert_ptr_nonnull(session);
  return session;
}

__attribute__((unused)) static RunStatus run(Session *session, const char *code) {
  return session_run(session, "test.mg", code, strlen(code), false);
}

__attribute__((unused)) static void close_session(Session *session) {
  session_free(session);
  buffer_free(&printed);
  buffer_free(&diagnosed);
}

/* Runs a program in a session of its own, which must leave nothing behind. */
__attribute__((unused)) static void expect_output(const char *code, const char *output) {
  Session *session = open_session();
  RunStatus status = run(session, code);
  const Error *error = session_error(session);
  ck_assert_msg(status == RUN_OK, "%s\nfailed: %s", code, buffer_text(&error->message));
  ck_assert_msg(strcmp(buffer_text(&printed), output) == 0, "%s\nprinted:\n%s\nexpected:\n%s", code,
                buffer_text(&printed), output);
  close_session(session);
}

typedef struct OutputCase { const char *code, *output; } OutputCase;
typedef struct ErrorCase {
  const char *code;
  ErrorKind kind;
  uint32_t line, column;
  const char *message, *hint;
} ErrorCase;

/* Runs a program that fails at a place with a message and, unless NULL, a hint. */
__attribute__((unused)) static void expect_error(const ErrorCase *expected) {
  Session *session = open_session();
  RunStatus status = run(session, expected->code);
  const Error *error = session_error(session);
  Place place = source_place(session_sources(session), error->place.start);
  ck_assert_msg(status == RUN_FAILED, "%s\ndid not fail", expected->code);
  ck_assert_msg(error->kind == expected->kind, "%s\nis a %s error: %s", expected->code, error_kind_name(error->kind),
                buffer_text(&error->message));
  ck_assert_str_eq(buffer_text(&error->message), expected->message);
  ck_assert_msg(place.line == expected->line && place.column == expected->column, "%s\nis placed at %u:%u",
                expected->code, (unsigned)place.line, (unsigned)place.column);
  if (expected->hint) ck_assert_str_eq(buffer_text(&error->hint), expected->hint);
  close_session(session);
}

#endif
