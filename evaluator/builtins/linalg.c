/* SPDX-License-Identifier: MIT */
/* linalg.c: functions of linear algebra with several results: parts of what one operation gives. */
#include <string.h>
#include "autodiff/rules_linalg.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/constness.h"
#include "runtime/kernels/decompose_stack.h"

/* Operands and temporaries belong to the rule's frame. */
typedef struct Parts {
  Call *call;
  Rule rule;
  int operands;
  Tensor *x[2];
  Constness constness;
  bool recording; /* whether the graph was, before */
} Parts;

/* The first arguments are the operands, the last one is `constant`.  parts_finish is called in any case. */
static bool parts_start(Parts *parts, Call *call, int operands) {
  Graph *graph = call_graph(call);
  int last = call->signature->count - 1;
  *parts = (Parts){.call = call, .operands = operands, .recording = graph->recording};
  rule_start(&parts->rule, graph);
  if (!constness_read(call->session, call->arguments[last], &parts->constness)) return argument_fail(call, last), false;
  if (parts->constness == CONSTNESS_CONSTANT) graph->recording = false;
  for (int i = 0; i < operands; i++) {
    parts->x[i] = rule_keep(&parts->rule, argument_tensor(call, i));
    if (!parts->x[i]) return false;
  }
  return true;
}

static Tuple *tuple_of(Parts *parts, int count, Tensor *const *results) {
  Session *session = parts->call->session;
  Tuple *tuple = tuple_new(session, (uint32_t)count);
  for (int i = 0; tuple && i < count; i++) {
    Value item = results[i] ? value_from_tensor(session, tensor_ref(results[i])) : value_error();
    if (value_is_error(item)) {
      value_unref(value_object(tuple));
      return NULL;
    }
    tuple->items[i] = item;
  }
  return tuple;
}

static Value parts_finish(Parts *parts, int count, Tensor *const *results) {
  Call *call = parts->call;
  bool failed = call_runtime(call)->error->kind != ERROR_NONE;
  Value value = value_error();
  if (!failed && count == 1) value = value_from_tensor(call->session, tensor_ref(results[0]));
  if (!failed && count > 1) value = value_object_or_error(tuple_of(parts, count, results));
  value = constness_set_all(call->session, value, parts->constness);
  if (value_is_error(value)) operation_explain(call->session, parts->operands, call->spans, call->span);
  rule_finish(&parts->rule);
  call_graph(call)->recording = parts->recording;
  return value;
}

static Value parts_fail(Parts *parts) {
  return parts_finish(parts, 0, NULL);
}

/* ---- slogdet */
Value builtin_slogdet(Call *call) {
  Parts parts;
  if (!parts_start(&parts, call, 1)) return parts_fail(&parts);
  Rule *rule = &parts.rule;
  Tensor *both = rule_op1(rule, OP_slogdet_parts, parts.x[0], NULL);
  Tensor *sign = rule_drop_last(rule, matrix_columns(rule, rule_detach(rule, both), 0, 1), 1);
  Tensor *results[] = {sign, rule_drop_last(rule, matrix_columns(rule, both, 1, 1), 1)};
  return parts_finish(&parts, 2, results);
}

/* ---- qr */
/* Columns that complete others to a square orthogonal matrix. */
static Tensor *completed(Rule *rule, Tensor *q) {
  if (!q || matrix_height(q) <= matrix_width(q)) return q;
  return rule_join(rule, q, rule_op1(rule, OP_complement, q, NULL), tensor_ndim(q) - 1);
}

/* With rows of zeros below, as many as Q got new columns. */
static Tensor *lengthened(Rule *rule, Tensor *r, int64_t rows) {
  if (!r || matrix_height(r) >= rows) return r;
  int64_t shape[TENSOR_MAX_DIMS];
  for (int i = 0; i < tensor_ndim(r); i++) shape[i] = layout_shape(r->layout)[i];
  shape[tensor_ndim(r) - 2] = rows - matrix_height(r);
  Layout *below = layout_new(rule->graph->runtime, tensor_ndim(r), shape);
  Tensor *zeros = below ? rule_zeros(rule, (DType)r->dtype, below) : NULL;
  layout_unref(below);
  return rule_join(rule, r, zeros, tensor_ndim(r) - 2);
}

Value builtin_qr(Call *call) {
  Parts parts;
  const String *mode = argument_text(call, 1);
  if (!mode || !parts_start(&parts, call, 1)) return mode ? parts_fail(&parts) : value_error();
  Rule *rule = &parts.rule;
  bool complete = strcmp(mode->text, "complete") == 0, only_r = strcmp(mode->text, "r") == 0;
  if (!complete && !only_r && strcmp(mode->text, "reduced") != 0) {
    session_fail(call->session, ERROR_ARGUMENT, "qr: `mode` is \"reduced\", \"complete\" or \"r\", not \"%s\"",
                 mode->text);
    return parts_fail(&parts);
  }
  Tensor *both = rule_op1(rule, OP_qr_parts, parts.x[0], NULL);
  if (!both) return parts_fail(&parts);
  int64_t m = matrix_height(parts.x[0]), n = matrix_width(parts.x[0]);
  Tensor *q = m >= n ? matrix_rows(rule, both, 0, m) : matrix_columns(rule, both, 0, m);
  Tensor *r = m >= n ? matrix_rows(rule, both, m, n) : matrix_columns(rule, both, m, n);
  Tensor *results[] = {complete ? completed(rule, q) : q, complete ? lengthened(rule, r, m) : r};
  return only_r ? parts_finish(&parts, 1, &r) : parts_finish(&parts, 2, results);
}

/* ---- svd */
static Value all_singular(Parts *parts, bool full) {
  Rule *rule = &parts->rule;
  Tensor *all = rule_op1(rule, OP_svd_parts, parts->x[0], NULL);
  if (!all) return parts_fail(parts);
  int64_t m = matrix_height(parts->x[0]), n = matrix_width(parts->x[0]);
  Tensor *u = matrix_rows(rule, all, 0, m), *s = matrix_turned(rule, matrix_rows(rule, all, m, 1));
  Tensor *v = matrix_rows(rule, all, m + 1, n);
  if (full) u = completed(rule, u), v = completed(rule, v);
  Tensor *results[] = {u, rule_drop_last(rule, s, 1), matrix_turned(rule, v)};
  return parts_finish(parts, 3, results);
}

Value builtin_svd(Call *call) {
  Parts parts;
  bool full, vectors;
  if (!argument_bool(call, 1, &full) || !argument_bool(call, 2, &vectors)) return value_error();
  if (!parts_start(&parts, call, 1)) return parts_fail(&parts);
  if (vectors) return all_singular(&parts, full);
  Tensor *values = rule_op1(&parts.rule, OP_svdvals, parts.x[0], NULL);
  return parts_finish(&parts, 1, &values);
}

/* ---- eigenvalues and eigenvectors */
static Value eigen_results(Parts *parts, Tensor *both) {
  Rule *rule = &parts->rule;
  if (!both) return parts_fail(parts);
  Tensor *values = rule_drop_last(rule, matrix_turned(rule, matrix_rows(rule, both, 0, 1)), 1);
  Tensor *results[] = {values, matrix_rows(rule, both, 1, matrix_width(both))};
  return parts_finish(parts, 2, results);
}

Value builtin_eigh(Call *call) {
  Parts parts;
  const String *part = argument_text(call, 1);
  if (!part || !parts_start(&parts, call, 1)) return part ? parts_fail(&parts) : value_error();
  Attributes *attributes = attributes_new(call_runtime(call), 1);
  if (!attributes) return parts_fail(&parts);
  if (attributes_set_text(call_runtime(call), attributes, 0, part->text))
    return eigen_results(&parts, rule_op1(&parts.rule, OP_eigh_parts, parts.x[0], attributes));
  attributes_unref(attributes);
  return parts_fail(&parts);
}

Value builtin_eig(Call *call) {
  Parts parts;
  if (!parts_start(&parts, call, 1)) return parts_fail(&parts);
  return eigen_results(&parts, rule_op1(&parts.rule, OP_eig_parts, parts.x[0], NULL));
}

/* ---- lstsq */
static bool check_rows(Parts *parts) {
  const Tensor *a = parts->x[0], *b = parts->x[1];
  ShapeText left, right;
  Runtime *runtime = call_runtime(parts->call);
  layout_text(&left, a->layout);
  layout_text(&right, b->layout);
  if (tensor_ndim(a) < 2)
    return runtime_fail(runtime, ERROR_SHAPE, 0, "lstsq needs a matrix, got " ERROR_OPERAND(0) "%s", left.text), false;
  int64_t rows = tensor_ndim(b) == 0 ? -1 : tensor_ndim(b) == 1 ? tensor_size(b) : matrix_height(b);
  if (rows == matrix_height(a)) return true;
  runtime_fail(runtime, ERROR_SHAPE, 1,
               "lstsq needs as many rows in " ERROR_OPERAND(1) "%s as " ERROR_OPERAND(0) "%s has", right.text,
               left.text);
  return false;
}

static Attributes *cutoff_attributes(Parts *parts, double factor) {
  double rcond;
  if (argument_is_none(parts->call, 2)) return NULL;
  if (!argument_number(parts->call, 2, &rcond)) return NULL;
  Attributes *attributes = attributes_new(call_runtime(parts->call), 1);
  if (attributes) attributes_set_number(attributes, 0, rcond * factor);
  return attributes;
}

/* The residuals' place is empty where equations are too few or depend on each other. */
static Tensor *residuals(Parts *parts, Tensor *x, Tensor *ranks) {
  Rule *rule = &parts->rule;
  Tensor *a = parts->x[0], *b = parts->x[1];
  const int64_t none = 0;
  bool vector = tensor_ndim(b) == 1, full = matrix_height(a) > matrix_width(a);
  for (int64_t i = 0; full && i < tensor_size(ranks); i++) full = tensor_integer_at(ranks, i) == matrix_width(a);
  if (!full) return rule_keep(rule, tensor_new_shape(call_runtime(parts->call), DTYPE_FLOAT64, 1, &none));
  Tensor *miss = rule_op1(rule, OP_square, rule_subtract(rule, b, matrix_times(rule, a, x)), NULL);
  return miss ? rule_sum(rule, miss, UINT32_C(1) << (tensor_ndim(miss) - (vector ? 1 : 2)), vector) : NULL;
}

typedef struct Least { Tensor *x, *ranks, *s; } Least;

/* Whether each right side has a matrix of its own, and the results have that one's type. */
static bool belong_together(const Tensor *a, const Tensor *b) {
  int leading = tensor_ndim(a) - 2;
  if (dtype_promote(stack_dtype(a), false, (DType)b->dtype, false) != stack_dtype(a)) return false;
  if (tensor_ndim(b) == 1) return leading == 0;
  for (int i = 0; i < leading && tensor_ndim(a) == tensor_ndim(b); i++) {
    if (layout_shape(a->layout)[i] != layout_shape(b->layout)[i]) return false;
  }
  return tensor_ndim(a) == tensor_ndim(b);
}

static Least solve_together(Parts *parts) {
  Rule *rule = &parts->rule;
  Tensor *a = parts->x[0], *b = parts->x[1];
  bool vector = tensor_ndim(b) == 1;
  if (vector) b = rule_expand(rule, b, 1);
  int64_t m = matrix_height(a), n = matrix_width(a), columns = matrix_width(b);
  Tensor *all = rule_op2(rule, OP_lstsq_parts, a, b, cutoff_attributes(parts, 1));
  Tensor *beside = matrix_columns(rule, all, columns, 1);
  Tensor *x = matrix_columns(rule, matrix_rows(rule, all, 0, n), 0, columns);
  Tensor *rank = rule_drop_last(rule, rule_detach(rule, matrix_rows(rule, beside, n, 1)), 2);
  Tensor *ranks = rank ? rule_keep(rule, tensor_cast(call_runtime(parts->call), rank, DTYPE_INT64)) : NULL;
  Tensor *s = rule_drop_last(rule, matrix_rows(rule, beside, 0, m < n ? m : n), 1);
  return (Least){vector ? rule_drop_last(rule, x, 1) : x, ranks, s};
}

static Least solve_apart(Parts *parts) {
  Rule *rule = &parts->rule;
  Tensor *a = parts->x[0], *inverse = rule_op1(rule, OP_pinv, a, cutoff_attributes(parts, 1));
  Tensor *x = matrix_times(rule, inverse, parts->x[1]), *s = rule_op1(rule, OP_svdvals, a, NULL);
  double most = s && tensor_size(s) ? tensor_number_at(s, 0) : 0;
  return (Least){x, rule_op1(rule, OP_matrix_rank, a, cutoff_attributes(parts, most)), s};
}

Value builtin_lstsq(Call *call) {
  Parts parts;
  if (!parts_start(&parts, call, 2) || !check_rows(&parts)) return parts_fail(&parts);
  Least least = belong_together(parts.x[0], parts.x[1]) ? solve_together(&parts) : solve_apart(&parts);
  if (!least.x || !least.ranks) return parts_fail(&parts);
  Tensor *results[] = {least.x, residuals(&parts, least.x, least.ranks), least.ranks, least.s};
  return parts_finish(&parts, 4, results);
}
