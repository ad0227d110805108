/* SPDX-License-Identifier: MIT */
/* iterable.c: loops over range(...). */
#include "evaluator/iterable.h"
#include <math.h>
#include <string.h>
#include "evaluator/failure.h"

static bool is_range(Value callee) {
  return value_is(callee, KIND_BUILTIN) && strcmp(((Builtin *)callee.object)->info->name, "range") == 0;
}

bool counting_is_possible(const Closure *call) {
  if (call->ast->kind != AST_CALL || !call->cell || call->count < 1 || call->count > 3) return false;
  const Ast *callee = call->ast->children[0];
  if (callee->kind != AST_NAME || strcmp(callee->text, "range") != 0) return false;
  return ((const CallSite *)call->data)->named == 0;
}

static bool is_whole(double number) { return number == floor(number) && fabs(number) <= 9007199254740992.0; }

/* Numbers that are not whole, and a step of 0, are errors that range_new words. */
static CountingStatus finish(Session *session, const Closure *call, const double *numbers, Counting *counting) {
  double start = call->count > 1 ? numbers[0] : 0, stop = numbers[call->count > 1 ? 1 : 0];
  double step = call->count > 2 ? numbers[2] : 1;
  if (!is_whole(start) || !is_whole(stop) || !is_whole(step) || step == 0) {
    Range *range = range_new(session, start, stop, step);
    if (range) value_unref(value_object(range));
    fail_operation(session, call->ast->span, 0, NULL);
    return COUNTING_FAILED;
  }
  double count = ceil((stop - start) / step);
  *counting = (Counting){start, step, count > 0 ? (int64_t)count : 0};
  return COUNTING_READY;
}

CountingStatus counting_start(Closure *call, Value *frame, Session *session, Counting *counting) {
  if (!is_range(*call->cell)) return COUNTING_OTHER;
  double numbers[3] = {0, 0, 0};
  for (uint32_t k = 0; k < call->count; k++) {
    Value value = closure_run(call->children[k], frame, session);
    if (value_is_error(value)) return COUNTING_FAILED;
    int64_t integer = 0;
    bool plain = value_is_number(value);
    bool whole = plain || value_to_integer(session, value, "an argument of `range`", &integer);
    numbers[k] = plain ? value.number : (double)integer;
    value_unref(value);
    if (whole) continue;
    fail_operation(session, call->children[k]->ast->span, 0, NULL);
    return COUNTING_FAILED;
  }
  return finish(session, call, numbers, counting);
}
