/* SPDX-License-Identifier: MIT */
/* spread.c: arguments of which some stand for the items of a tuple: `f(*rest)`. */
#include "evaluator/failure.h"
#include "evaluator/site.h"

/* Takes the value. */
static bool push(Session *session, Value value, Span span) {
  if (session->stack_limit - session->top <= 1) {
    value_unref(value);
    fail_at(session, span, ERROR_DEPTH, "too many values are being computed at once");
    return false;
  }
  *session->top++ = value;
  return true;
}

static bool has_items(Value source) {
  bool scalar = value_is(source, KIND_VARIABLE) && variable_layout((Variable *)source.object)->ndim == 0;
  return value_is(source, KIND_TUPLE) || value_is(source, KIND_RANGE) || (value_is(source, KIND_VARIABLE) && !scalar);
}

static bool push_items(Session *session, Value source, Span span) {
  ValueIterator iterator;
  Value item;
  if (!has_items(source)) {
    ShownText kind;
    fail_at(session, span, ERROR_TYPE, "`*` spreads a tuple or a tensor, not %s", shown_kind(session, &kind, source));
    return false;
  }
  bool done = value_iterate(session, source, &iterator);
  while (done && value_iterate_next(session, &iterator, &item)) done = push(session, item, span);
  value_iterate_end(&iterator);
  return done && session->error.kind == ERROR_NONE;
}

static bool push_argument(Closure *argument, bool spread, Value *frame, Session *session) {
  Value value = closure_run(argument, frame, session);
  if (value_is_error(value)) return false;
  if (!spread) return push(session, value, argument->ast->span);
  bool done = push_items(session, value, argument->ast->span);
  value_unref(value);
  return done;
}

enum { SITE_PLACES = (sizeof(CallSite) + sizeof(Value) - 1) / sizeof(Value) };

static const CallSite *count_items(void *place, const CallSite *site, size_t values) {
  CallSite *counted = place;
  *counted = *site;
  counted->positional = (uint32_t)values - site->named;
  counted->spans = NULL;
  counted->operands = NULL;
  return counted;
}

NOINLINE Passed spread_arguments(Closure *self, uint32_t before, const CallSite *site, Value *frame, Session *session) {
  Value *start = session->top, *values = start + SITE_PLACES, *first = values + before;
  if (session->stack_limit - values <= 1) {
    fail_at(session, site->span, ERROR_DEPTH, "too many values are being computed at once");
    return (Passed){NULL, NULL};
  }
  if (before) *values = *start;
  session->top = first;
  for (uint32_t k = 0; k < self->count; k++) {
    if (push_argument(self->children[k], site->spread[k], frame, session)) continue;
    while (session->top > first) value_unref(*--session->top);
    session->top = start;
    return (Passed){NULL, NULL};
  }
  return (Passed){values, count_items(start, site, (size_t)(session->top - values))};
}
