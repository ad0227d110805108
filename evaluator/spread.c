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

bool spread_arguments(Closure *self, uint32_t before, const CallSite *site, Value *frame, Session *session,
                      Passed *passed) {
  Value *values = session->top += before;
  for (uint32_t k = 0; k < self->count; k++) {
    if (push_argument(self->children[k], site->spread[k], frame, session)) continue;
    while (session->top > values) value_unref(*--session->top);
    session->top = values - before;
    return false;
  }
  passed->values = values;
  passed->counted = *site;
  passed->counted.positional = (uint32_t)(session->top - values) + before - site->named;
  passed->counted.spans = NULL;
  passed->counted.operands = NULL;
  passed->site = &passed->counted;
  return true;
}
