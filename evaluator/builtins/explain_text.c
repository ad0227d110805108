/* SPDX-License-Identifier: MIT */
/* explain_text.c: values, factors and rules of a step as text. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "evaluator/builtins/explain.h"

enum { FEW_ELEMENTS = 4 };

const char *steps_ellipsis(const Steps *steps) {
  return session_plot_device(steps->session)->unicode ? "…" : "...";
}

const char *steps_text(Steps *steps, Buffer *buffer) {
  const char *text = buffer->failed ? NULL : arena_copy_text(&steps->arena, buffer_text(buffer), buffer->length);
  buffer_clear(buffer);
  steps->failed |= !text;
  return text ? text : "";
}

/* ---- numbers and tensors */
/* 1e-05 is written 1e-5. */
void steps_add_number(Buffer *out, double number, int digits) {
  char text[48];
  if (isnan(number)) buffer_add_text(out, "nan");
  if (isnan(number)) return;
  snprintf(text, sizeof text, "%.*g", digits, number == 0 ? 0 : number);
  char *exponent = strchr(text, 'e');
  if (exponent) exponent += 2;
  if (exponent && exponent[-1] == '+') memmove(exponent - 1, exponent, strlen(exponent) + 1), exponent--;
  while (exponent && *exponent == '0' && exponent[1]) memmove(exponent, exponent + 1, strlen(exponent));
  buffer_add_text(out, text);
}

static void add_nested(Buffer *out, const Tensor *tensor, int axis, int64_t *index, int digits) {
  if (axis == tensor_ndim(tensor)) {
    double number = tensor_number_at(tensor, (*index)++);
    if (tensor->dtype == DTYPE_BOOL) buffer_add_text(out, number != 0 ? "true" : "false");
    else steps_add_number(out, number, digits);
    return;
  }
  buffer_add_byte(out, '[');
  for (int64_t i = 0; i < layout_shape(tensor->layout)[axis]; i++) {
    if (i) buffer_add_byte(out, ' ');
    add_nested(out, tensor, axis + 1, index, digits);
  }
  buffer_add_byte(out, ']');
}

void steps_add_digits(Buffer *out, const Tensor *tensor, int digits) {
  int64_t index = 0;
  add_nested(out, tensor, 0, &index, digits);
}

static void add_range(Buffer *out, double least, double most, int digits) {
  steps_add_number(out, least, digits);
  buffer_add_text(out, " ... ");
  steps_add_number(out, most, digits);
}

/* With fewer digits, and at last without the size, where there is no room. */
static void add_summary(const Steps *steps, Buffer *out, double least, double most, double size) {
  size_t start = out->length;
  for (int digits = 4; digits >= 2; digits--) {
    add_range(out, least, most, digits);
    buffer_add_text(out, " |");
    steps_add_number(out, size, digits);
    buffer_add_byte(out, '|');
    if (out->length - start <= steps->value_columns || out->failed) return;
    out->text[out->length = start] = '\0';
  }
  add_range(out, least, most, 2);
}

static void summarise_few(const Steps *steps, Buffer *out, const Tensor *tensor) {
  double least = INFINITY, most = -INFINITY, sum = 0;
  for (int64_t i = 0; i < tensor_size(tensor); i++) {
    double x = tensor_number_at(tensor, i);
    least = fmin(least, x);
    most = fmax(most, x);
    sum += fabs(x);
  }
  add_summary(steps, out, least, most, sum / (double)tensor_size(tensor));
}

/* With fewer digits where six do not fit, and as a range where three do not: or two, for few elements. */
void steps_add_value(const Steps *steps, Buffer *out, const ExplainValue *value) {
  static const int digits[] = {EXPLAIN_DIGITS, 4, 3, 2};
  size_t start = out->length;
  if (value->tensor && tensor_size(value->tensor) == 0) {
    buffer_add_text(out, "[]"); /* there may be any number of rows; the shape tells */
    return;
  }
  if (!value->tensor) {
    add_summary(steps, out, value->least, value->most, value->size);
    return;
  }
  bool few = steps->elements && tensor_size(value->tensor) <= FEW_ELEMENTS;
  for (int k = 0; k < (few ? 4 : 3); k++) {
    size_t room = few && k == 3 && steps->value_columns < VALUE_WIDE ? VALUE_WIDE : steps->value_columns;
    int64_t index = 0;
    add_nested(out, value->tensor, 0, &index, digits[k]);
    if (out->length - start <= room || out->failed) return;
    out->text[out->length = start] = '\0';
  }
  summarise_few(steps, out, value->tensor);
}

/* Interruption and lack of memory show in the session's error. */
void steps_add_tensor(Steps *steps, Buffer *out, Tensor *tensor) {
  ExplainValue value;
  if (explain_value(steps->explanation.graph, &value, tensor)) steps_add_value(steps, out, &value);
  explain_value_free(&value);
}

/* ---- rules */

/* What calculus calls them; others are known by the name of the operation. */
static const struct { OpId op; const char *rule; } rules[] = {
  {OP_add, "sum"}, {OP_subtract, "difference"}, {OP_multiply, "product"}, {OP_divide, "quotient"}, {OP_power, "power"},
  {OP_square, "power"}, {OP_sqrt, "root"}, {OP_negative, "sign"}, {OP_reciprocal, "reciprocal"}, {OP_sin, "sine"},
  {OP_cos, "cosine"}, {OP_tan, "tangent"}, {OP_exp, "exponential"}, {OP_log, "logarithm"},
  {OP_matmul, "matrix product"},
  {OP_window, "view"}, {OP_gather, "selection"}, {OP_window_put, "write"}, {OP_gather_put, "write"},
  {OP_custom, "your own"}, {OP_implicit_root, "implicit function"},
};

static bool has_constant(const Node *node) {
  const Tensor *x = node_peek_input(node, 0), *y = node_peek_input(node, 1);
  return !x || !y || !tensor_is_tracked(x) || !tensor_is_tracked(y);
}

const char *steps_rule(const Steps *steps, const ExplainRow *row) {
  const RecordedCall *call = steps_call(steps, row);
  OpId op = steps_operation(row);
  if (op == OP_none) return "";
  if (call) return call->info->name;
  if (row->call == EXPLAIN_LIST) return "list";
  if (has_constant(row->node) && op == OP_multiply) return "scale";
  if (has_constant(row->node) && (op == OP_add || op == OP_subtract)) return "shift";
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
    if (rules[i].op == op) return rules[i].rule;
  return op_table[op].name;
}

/* ---- factors */
static LocalNames local_names(Steps *steps, uint32_t at) {
  const ExplainRow *row = steps_row(steps, at);
  LocalNames names = {.result = steps->names[at]};
  Buffer text = {0};
  for (uint32_t i = 0; i < row->edge_count && i < 2; i++) {
    steps_add_operand(steps, &text, row, i);
    names.operands[i] = steps_text(steps, &text);
  }
  buffer_free(&text);
  return names;
}

const Formula *steps_local_formula(Steps *steps, uint32_t at, uint32_t operand, FormulaNames *used) {
  if (steps_row(steps, at)->joined) return NULL;
  LocalNames names = local_names(steps, at);
  const Node *node = steps_row(steps, at)->node;
  return explain_local_formula(steps->explanation.graph, &steps->arena, node, (int)operand, &names, used);
}

const Formula *steps_value_formula(Steps *steps, uint32_t at, FormulaNames *used) {
  if (steps_row(steps, at)->call) return NULL;
  LocalNames names = local_names(steps, at);
  return explain_value_formula(steps->explanation.graph, &steps->arena, steps_row(steps, at)->node, &names, used);
}

/* Owned; NULL: it is no tensor of the operand's shape. */
static Tensor *local_of(Steps *steps, uint32_t at, uint32_t operand) {
  const ExplainRow *row = steps_row(steps, at);
  Tensor *known = steps_edge(steps, row, operand)->local;
  if (!row->joined) return explain_local(steps->explanation.graph, row->node, (int)operand);
  return known ? tensor_ref(known) : NULL;
}

bool steps_local_number(Steps *steps, uint32_t at, uint32_t operand, double *number) {
  Tensor *local = local_of(steps, at, operand);
  bool single = local && tensor_size(local) == 1;
  if (single) *number = tensor_number_at(local, 0);
  tensor_unref(local);
  return single;
}

/* 1/3 is easier to recognise than its digits. */
static void add_fraction(Buffer *out, double number) {
  double inverse = 1 / number;
  if (fabs(number) < 1 && fabs(inverse - rint(inverse)) < 1e-9 * fabs(inverse) && fabs(inverse) < 1e6)
    buffer_format(out, "%s1/%.0f", number < 0 ? "-" : "", fabs(rint(inverse)));
  else steps_add_number(out, number, EXPLAIN_DIGITS);
}

/* What every element gets from a result with one element: the same number, or a tensor of them. */
static bool add_shares(Steps *steps, Buffer *out, uint32_t at, uint32_t operand) {
  Tensor *local = local_of(steps, at, operand);
  if (!local) return false;
  bool equal = tensor_size(local) > 0;
  for (int64_t i = 1; equal && i < tensor_size(local) && i < 4096; i++)
    equal = tensor_number_at(local, i) == tensor_number_at(local, 0);
  if (equal) add_fraction(out, tensor_number_at(local, 0));
  else steps_add_tensor(steps, out, local);
  if (equal && tensor_size(local) > 1) buffer_add_text(out, " each");
  tensor_unref(local);
  return true;
}

bool steps_add_local(Steps *steps, Buffer *out, uint32_t at, uint32_t operand) {
  const ExplainRow *row = steps_row(steps, at);
  FormulaNames used;
  const Formula *formula = steps_local_formula(steps, at, operand, &used);
  if (formula) formula_write(out, formula, &used, FORMULA_COMPACT);
  if (formula) return true;
  if (row->joined) return steps_edge(steps, row, operand)->local && add_shares(steps, out, at, operand);
  if (tensor_size(&row->node->tensor) == 1 && op_table[row->node->tensor.op].kind == OP_KIND_SPECIAL)
    return add_shares(steps, out, at, operand);
  return false;
}
