/* SPDX-License-Identifier: MIT */
/* explain_json.c: an explanation as JSON: {"result": ..., "steps": [{"step": ..., "operands": [...]}, ...]}. */
#include <string.h>
#include "evaluator/builtins/explain_paths.h"
#include "runtime/format/json.h"

static void add_key(Buffer *out, const char *key, bool first) {
  buffer_format(out, first ? "\"%s\": " : ", \"%s\": ", key);
}

static void add_text(Buffer *out, const char *text) { json_write_string(out, text, strlen(text)); }

/* Large tensors as their range and the mean of their absolute values. */
static bool add_value(Steps *steps, Buffer *out, const ExplainValue *value) {
  if (value->tensor) return json_write_tensor(out, session_runtime(steps->session), value->tensor);
  static const char *const keys[] = {"min", "max", "mean_abs"};
  const double numbers[] = {value->least, value->most, value->size};
  buffer_add_byte(out, '{');
  for (int i = 0; i < 3; i++) {
    add_key(out, keys[i], i == 0);
    json_write_number(out, numbers[i]);
  }
  buffer_add_byte(out, '}');
  return true;
}

static bool add_tensor(Steps *steps, Buffer *out, Tensor *tensor) {
  ExplainValue value;
  bool done = explain_value(steps->explanation.graph, &value, tensor) && add_value(steps, out, &value);
  explain_value_free(&value);
  return done;
}

static void add_shape(Buffer *out, const Layout *layout) {
  buffer_add_byte(out, '[');
  for (int i = 0; i < layout->ndim; i++) buffer_format(out, i ? ", %lld" : "%lld", (long long)layout_shape(layout)[i]);
  buffer_add_byte(out, ']');
}

/* ---- operands */
static void add_formula(Steps *steps, Buffer *out, uint32_t at, uint32_t operand) {
  Buffer text = {0};
  add_key(out, "local", false);
  if (steps_add_local(steps, &text, at, operand)) add_text(out, buffer_text(&text));
  else buffer_add_text(out, "null");
  out->failed |= text.failed;
  buffer_free(&text);
}

static bool add_operand(Steps *steps, Buffer *out, uint32_t at, uint32_t operand) {
  const ExplainEdge *edge = steps_edge(steps, steps_row(steps, at), operand);
  double number = 0;
  buffer_add_byte(out, '{');
  add_key(out, "step", true);
  add_text(out, steps->names[edge->row]);
  add_formula(steps, out, at, operand);
  add_key(out, "local_value", false);
  if (steps_local_number(steps, at, operand, &number)) json_write_number(out, number);
  else buffer_add_text(out, "null");
  buffer_format(out, ", \"broadcast\": %s", edge->broadcast ? "true" : "false");
  add_key(out, "contribution", false);
  bool done = true;
  if (edge->reached) done = add_value(steps, out, &edge->contribution);
  else buffer_add_byte(out, '0');
  buffer_add_byte(out, '}');
  return done;
}

static bool add_operands(Steps *steps, Buffer *out, uint32_t at) {
  const ExplainRow *row = steps_row(steps, at);
  bool done = true;
  int shown = 0;
  add_key(out, "operands", false);
  buffer_add_byte(out, '[');
  for (uint32_t i = 0; done && i < row->edge_count; i++) {
    if (!steps_edge_shown(steps, steps_edge(steps, row, i))) continue;
    if (shown++) buffer_add_text(out, ", ");
    done = add_operand(steps, out, at, i);
  }
  buffer_add_byte(out, ']');
  return done;
}

/* ---- steps */
static bool add_step(Steps *steps, Buffer *out, uint32_t at) {
  const ExplainRow *row = steps_row(steps, at);
  Buffer expression = {0};
  buffer_add_byte(out, '{');
  add_key(out, "step", true);
  add_text(out, steps->names[at]);
  steps_add_expression(steps, &expression, at);
  add_key(out, "expression", false);
  add_text(out, buffer_text(&expression));
  out->failed |= expression.failed;
  buffer_free(&expression);
  add_key(out, "operation", false);
  if (explain_is_leaf(row)) buffer_add_text(out, "null");
  else if (steps_call(steps, row)) add_text(out, steps_call(steps, row)->info->name);
  else add_text(out, op_table[row->node->tensor.op].name);
  add_key(out, "shape", false);
  add_shape(out, row->node->tensor.layout);
  add_key(out, "value", false);
  bool done = add_tensor(steps, out, &row->node->tensor);
  add_key(out, "gradient", false);
  done = done && add_value(steps, out, &row->gradient) && add_operands(steps, out, at);
  buffer_add_byte(out, '}');
  return done && !runtime_interrupted(session_runtime(steps->session));
}

bool explain_add_json(Steps *steps, Buffer *out) {
  bool done = true;
  int shown = 0;
  buffer_add_byte(out, '{');
  add_key(out, "result", true);
  add_text(out, steps->result);
  add_key(out, "steps", false);
  buffer_add_byte(out, '[');
  for (uint32_t at = 0; done && at < steps_count(steps); at++) {
    if (!steps_row(steps, at)->shown) continue;
    if (shown++) buffer_add_text(out, ",\n  ");
    done = add_step(steps, out, at);
  }
  buffer_add_text(out, "]}");
  return done;
}
