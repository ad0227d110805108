/* SPDX-License-Identifier: MIT */
/* reports.h: what the tests of reports share: sources, places in them, and how a report is compared. */
#ifndef MGRAD_TESTS_REPORTS_H
#define MGRAD_TESTS_REPORTS_H
#include <string.h>

#include "base/memory.h"
#include "repl/report.h"
#include "tests/suite.h"

static SourceMap map;
static Error error;
static Buffer out;

static inline void reports_set_up(void) {
  map = (SourceMap){0};
  error = (Error){0};
  out = (Buffer){0};
}

static inline void reports_tear_down(void) {
  source_map_free(&map);
  error_free(&error);
  buffer_free(&out);
  ck_assert_uint_eq(memory_live_blocks(), 0);
}

static inline const Source *add_text(const char *name, const char *text) {
  return source_add(&map, name, text, strlen(text), name == NULL);
}

/* The span of the n-th occurrence (from 0) of a part of a text. */
static inline Span span_of(const Source *source, const char *part, int n) {
  const char *at = strstr(source->text, part);
  while (n-- > 0) at = strstr(at + 1, part);
  ck_assert_ptr_nonnull(at);
  uint32_t start = source->base + (uint32_t)(at - source->text);
  return (Span){start, start + (uint32_t)strlen(part)};
}

static inline Span end_of(const Source *source) {
  uint32_t end = source->base + (uint32_t)source->length;
  return (Span){end, end};
}

static inline void expect_report(const char *expected) {
  buffer_clear(&out);
  report_error(&out, &map, &error, false);
  ck_assert_str_eq(buffer_text(&out), expected);
}

#endif
