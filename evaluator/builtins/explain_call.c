/* SPDX-License-Identifier: MIT */
/* explain_call.c: steps that stand for a whole call of a library function, or for a list of values. */
#include <string.h>
#include "evaluator/builtins/explain.h"

/* Calls that explaining itself makes change what is kept, so this is a copy. */
bool steps_take_calls(Steps *steps, ExplainCalls *calls) {
  const RecordedCalls *recorded = steps->whole ? NULL : recorded_calls(steps->session);
  *calls = (ExplainCalls){NULL, 0};
  if (!recorded || !recorded->count) return true;
  RecordedCall *kept = arena_allocate(&steps->arena, recorded->count * sizeof *kept);
  ExplainCall *ranges = arena_allocate(&steps->arena, recorded->count * sizeof *ranges);
  if (!kept || !ranges) return error_out_of_memory(session_runtime(steps->session)->error);
  memcpy(kept, recorded->calls, recorded->count * sizeof *kept);
  for (uint32_t i = 0; i < recorded->count; i++) ranges[i] = kept[i].steps;
  steps->calls = kept;
  *calls = (ExplainCalls){ranges, recorded->count};
  return true;
}

const RecordedCall *steps_call(const Steps *steps, const ExplainRow *row) {
  return row->call && row->call != EXPLAIN_LIST ? &steps->calls[row->call - 1] : NULL;
}

Span steps_span(const Steps *steps, uint32_t at) {
  const ExplainRow *row = steps_row(steps, at);
  const RecordedCall *call = steps_call(steps, row);
  return call ? call->span : row->node->span;
}

/* The row of a step by its number. */
static uint32_t find_step(const Steps *steps, uint64_t sequence) {
  uint32_t low = 0, high = steps_count(steps);
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    uint64_t there = steps_row(steps, middle)->node->sequence;
    if (there == sequence) return middle;
    if (there < sequence) low = middle + 1;
    else high = middle;
  }
  return EXPLAIN_NO_ROW;
}

/* Where an argument that is a step begins: the nearest one from a place on; false: none does. */
static bool next_argument(const Steps *steps, const RecordedCall *call, uint32_t from, Span *span, uint32_t *row) {
  bool found = false;
  *span = (Span){0, 0};
  *row = EXPLAIN_NO_ROW;
  for (int i = 0; i < RECORDED_ARGUMENTS; i++) {
    Span place = call->places[i];
    uint32_t at = call->arguments[i] ? find_step(steps, call->arguments[i]) : EXPLAIN_NO_ROW;
    bool named = at != EXPLAIN_NO_ROW && steps->names[at] && place.end > place.start;
    if (!named || place.start < from || place.end > call->span.end || (found && place.start >= span->start)) continue;
    found = true;
    *span = place;
    *row = at;
  }
  return found;
}

/* Lines are joined. */
static void add_text(Buffer *out, const char *text, size_t length) {
  bool blank = false;
  for (size_t i = 0; i < length; i++) {
    bool space = text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r';
    if (!space) text_add_safe(out, text + i, 1);
    else if (!blank) buffer_add_byte(out, ' ');
    blank = space;
  }
}

static void add_operands(const Steps *steps, Buffer *out, const ExplainRow *row) {
  buffer_add_byte(out, '(');
  for (uint32_t i = 0; i < row->edge_count; i++)
    buffer_format(out, "%s%s", i ? ", " : "", steps->names[steps_edge(steps, row, i)->row]);
  buffer_add_byte(out, ')');
}

/* Whether a text is a call by the name that a function has: explain(norm, v) calls norm, too. */
static bool calls_by_name(const char *text, size_t length, const BuiltinInfo *info) {
  const char *dot = strrchr(info->name, '.'), *name = dot ? dot + 1 : info->name, *bracket = memchr(text, '(', length);
  size_t bytes = strlen(name);
  bool fits = bracket && text[length - 1] == ')' && (size_t)(bracket - text) >= bytes;
  return fits && memcmp(bracket - bytes, name, bytes) == 0;
}

/* As it was written, with the names of steps in place of what they are: `mse_loss(v2, Y)`. */
static void add_call(Steps *steps, Buffer *out, const ExplainRow *row, const RecordedCall *call) {
  size_t length = 0;
  const char *text = source_text(session_sources(steps->session), call->span, &length);
  uint32_t from = call->span.start, argument;
  Span span;
  if (!text || !length || !calls_by_name(text, length, call->info) || memchr(text, '#', length)) {
    buffer_add_text(out, call->info->name);
    add_operands(steps, out, row);
    return;
  }
  while (next_argument(steps, call, from, &span, &argument)) {
    add_text(out, text + (from - call->span.start), span.start - from);
    buffer_add_text(out, steps->names[argument]);
    from = span.end;
  }
  add_text(out, text + (from - call->span.start), call->span.end - from);
}

/* The elements: steps behind the views that a list is joined of, and numbers. */
static void add_elements(Steps *steps, Buffer *out, const ExplainRow *row) {
  const ExplainEdge *edges = steps->explanation.edges;
  for (uint32_t i = 0; i < row->inner_count; i++) {
    uint32_t at = edges[row->inner + i].row;
    Tensor *constant = at == EXPLAIN_NO_ROW ? node_peek_input(row->node, (int)i) : NULL;
    while (at != EXPLAIN_NO_ROW && steps_row(steps, at)->hidden && steps_row(steps, at)->inner_count)
      at = edges[steps_row(steps, at)->inner].row;
    buffer_add_text(out, i ? ", " : "");
    if (at != EXPLAIN_NO_ROW && steps->names[at]) buffer_add_text(out, steps->names[at]);
    else if (constant && tensor_size(constant) == 1)
      steps_add_number(out, tensor_number_at(constant, 0), EXPLAIN_DIGITS);
    else if (constant) steps_add_tensor(steps, out, constant);
    else buffer_add_text(out, "...");
  }
}

bool steps_add_call(Steps *steps, Buffer *out, uint32_t at) {
  const ExplainRow *row = steps_row(steps, at);
  const RecordedCall *call = steps_call(steps, row);
  size_t length = 0;
  if (call) add_call(steps, out, row, call);
  if (row->call != EXPLAIN_LIST) return call != NULL;
  const char *text = source_text(session_sources(steps->session), row->node->span, &length);
  bool list = text && length && *text == '[';
  buffer_add_text(out, list ? "[" : "stack(");
  add_elements(steps, out, row);
  buffer_add_text(out, list ? "]" : ")");
  return true;
}
