/* SPDX-License-Identifier: MIT */
/* recorded.c: the ranges of steps that calls of library functions recorded. */
#include "evaluator/builtins/recorded.h"
#include <string.h>
#include "base/memory.h"
#include "evaluator/builtins/arguments.h"
#include "evaluator/builtins/state.h"

/* The step that a variable holds; windows are made anew when they are read. */
static uint64_t step_of(Value value) {
  const Variable *variable = value_as_variable(value);
  const Node *node = variable && !variable->base && variable->value ? node_of(variable->value) : NULL;
  return node ? node->sequence : 0;
}

RecordedCall recorded_start(Call *call) {
  RecordedCall recorded = {.steps = {call_graph(call)->sequence + 1, 0}, .info = call->info, .span = call->span};
  for (int i = 0; i < call->signature->shown && i < RECORDED_ARGUMENTS; i++) {
    recorded.arguments[i] = step_of(call->arguments[i]);
    recorded.places[i] = call->spans[i];
  }
  return recorded;
}

void recorded_finish(Call *call, RecordedCall *recorded) {
  Graph *graph = call_graph(call);
  bool any = graph->recording && graph->sequence >= recorded->steps.first;
  BuiltinState *state = any ? builtin_state(call->session) : NULL;
  if (!state) return;
  if (!state->recorded) state->recorded = memory_allocate_zeroed(sizeof *state->recorded);
  RecordedCalls *calls = state->recorded;
  if (!calls) return;
  recorded->steps.last = graph->sequence;
  while (calls->count && calls->calls[calls->count - 1].steps.first >= recorded->steps.first) calls->count--;
  if (calls->count == RECORDED_MOST) {
    calls->count /= 2;
    memmove(calls->calls, calls->calls + RECORDED_MOST - calls->count, calls->count * sizeof *calls->calls);
  }
  calls->calls[calls->count++] = *recorded;
}

const RecordedCalls *recorded_calls(Session *session) {
  BuiltinState *state = *session_builtin_state(session);
  return state ? state->recorded : NULL;
}

void recorded_free(RecordedCalls *calls) {
  if (calls) memory_release(calls, sizeof *calls);
}
