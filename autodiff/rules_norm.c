/* SPDX-License-Identifier: MIT */
/* rules_norm.c: norms of vectors and matrices, and condition numbers, composed of other operations.

   Where a norm has a kink its derivative is 0: at zero vectors, and at zero elements of vectors. */
#include <math.h>
#include <string.h>

#include "autodiff/rules_linalg.h"
#include "runtime/kernels/axes.h"
#include "runtime/kernels/decompose_stack.h"

/* `ord`: none, a number, or a text. */
typedef struct Order { bool none; double number; const char *text; } Order;

static Order read_order(const Attributes *attributes, int index) {
  Order order = {.none = attribute_is_none(attributes, index), .number = 2};
  if (order.none) return order;
  const Parameter *parameter = &attributes->values[index];
  if (parameter->kind == PARAMETER_TEXT) order.text = parameter->text;
  else order.number = attribute_number(attributes, index, 2);
  return order;
}

static Tensor *fail_order(Rule *rule, const Order *order, const char *valid) {
  Runtime *runtime = rule->graph->runtime;
  if (order->text) return runtime_fail(runtime, ERROR_ARGUMENT, -1, "norm: ord is %s, not \"%s\"", valid, order->text);
  return runtime_fail(runtime, ERROR_ARGUMENT, -1, "norm: ord is %s, not %g", valid, order->number);
}

/* ---- small words */
static Tensor *where(Rule *rule, Tensor *condition, Tensor *x, Tensor *y) {
  return rule_op3(rule, OP_where, condition, x, y, NULL);
}

static Tensor *equals(Rule *rule, Tensor *x, double number) {
  return rule_op2(rule, OP_equal, x, rule_number(rule, number), NULL);
}

static Tensor *power(Rule *rule, Tensor *x, double exponent) {
  return rule_op2(rule, OP_power, x, rule_number(rule, exponent), NULL);
}

static Tensor *size_of(Rule *rule, Tensor *x) {
  return rule_op1(rule, OP_absolute, x, NULL);
}

/* ---- vectors; all results keep the reduced axes */
static bool any_zero(const Tensor *tensor) {
  for (int64_t i = 0; i < tensor_size(tensor); i++)
    if (tensor_number_at(tensor, i) == 0) return true;
  return false;
}

/* |x|^p; elements that are 0 contribute their limit and no gradient, but below p = 2 an infinite second derivative. */
static Tensor *powers(Rule *rule, Tensor *x, double p) {
  if (p == 2) return rule_op1(rule, OP_square, x, NULL);
  if (p > 0 && fmod(p, 2) == 0) return power(rule, x, p);
  Tensor *size = size_of(rule, x), *zero = equals(rule, x, 0);
  Tensor *safe = where(rule, zero, rule_number(rule, 1), size);
  bool steep = x && p > 1 && p < 2 && any_zero(x);
  Tensor *limit = steep ? power(rule, where(rule, zero, x, rule_number(rule, 1)), p)
                        : rule_number(rule, p > 0 ? 0 : INFINITY);
  return where(rule, zero, limit, power(rule, safe, p));
}

/* The p-th root of a sum of powers; where all elements are 0 (for p < 0: where one is) the norm is 0 without a
   slope. */
static Tensor *root(Rule *rule, Tensor *sum, double p) {
  Tensor *flat = equals(rule, sum, p > 0 ? 0 : INFINITY);
  Tensor *safe = where(rule, flat, rule_number(rule, 1), sum);
  Tensor *norm = p == 2 ? rule_op1(rule, OP_sqrt, safe, NULL) : power(rule, safe, 1 / p);
  return where(rule, flat, rule_number(rule, 0), norm);
}

/* Whether a sum has left the range in which its root is accurate. */
static bool left_range(const Tensor *sum) {
  double least = sum->dtype == DTYPE_FLOAT32 ? 1e-30 : 1e-290;
  for (int64_t i = 0; i < tensor_size(sum); i++) {
    double number = tensor_number_at(sum, i);
    if (number < least || isinf(number)) return true;
  }
  return false;
}

static bool any_infinite(const Tensor *tensor) {
  for (int64_t i = 0; i < tensor_size(tensor); i++)
    if (isinf(tensor_number_at(tensor, i))) return true;
  return false;
}

/* Beside k infinite elements, which count as equal, all others vanish: their sum times k^(1 / p - 1). */
static Tensor *norm_of_infinite(Rule *rule, Tensor *x, uint32_t axes, double p) {
  Tensor *infinite = rule_op1(rule, OP_isinf, x, NULL), *none = rule_number(rule, 0);
  Tensor *sum = rule_sum(rule, where(rule, infinite, size_of(rule, x), none), axes, true);
  Tensor *count = rule_sum(rule, where(rule, infinite, rule_number(rule, 1), none), axes, true);
  return rule_multiply(rule, sum, power(rule, count, 1 / p - 1));
}

static Tensor *norm_of_powers(Rule *rule, Tensor *x, uint32_t axes, double p) {
  Tensor *sum = rule_sum(rule, powers(rule, x, p), axes, true);
  if (!sum || p < 0 || tensor_size(x) == 0 || !left_range(sum)) return root(rule, sum, p);
  Tensor *most = rule_reduce(rule, OP_max, size_of(rule, rule_detach(rule, x)), axes, true);
  Tensor *zero = rule_op2(rule, OP_logical_or, equals(rule, most, 0), equals(rule, most, INFINITY), NULL);
  Tensor *safe = where(rule, zero, rule_number(rule, 1), most);
  Tensor *exponent = rule_op1(rule, OP_floor, rule_op1(rule, OP_log2, safe, NULL), NULL);
  Tensor *unit = rule_op1(rule, OP_exp2, exponent, NULL); /* a power of 2: dividing by it rounds nothing */
  Tensor *scaled = rule_op2(rule, OP_divide, x, unit, NULL);
  Tensor *norm = rule_multiply(rule, root(rule, rule_sum(rule, powers(rule, scaled, p), axes, true), p), unit);
  if (!norm || p <= 1 || !any_infinite(most)) return norm;
  return where(rule, equals(rule, most, INFINITY), norm_of_infinite(rule, x, axes, p), norm);
}

static Tensor *count_nonzero(Rule *rule, Tensor *x, uint32_t axes) {
  Tensor *plain = rule_detach(rule, x), *nothing = rule_scale(rule, plain, 0);
  Tensor *one = where(rule, equals(rule, plain, 0), nothing, rule_number(rule, 1));
  return rule_sum(rule, one, axes, true);
}

static Tensor *vector_order(Rule *rule, Tensor *x, uint32_t axes, const Order *order) {
  if (order->text) return fail_order(rule, order, "a number for vectors");
  if (isinf(order->number)) return rule_reduce(rule, order->number > 0 ? OP_max : OP_min, size_of(rule, x), axes, true);
  if (order->number == 0) return count_nonzero(rule, x, axes);
  if (order->number == 1) return rule_sum(rule, size_of(rule, x), axes, true);
  return norm_of_powers(rule, x, axes, order->number);
}

/* ---- matrices: rows and columns are any two axes */
typedef struct Sides { int row, column; } Sides;

static Tensor *singular_values(Rule *rule, Tensor *x, Sides sides) {
  int order[TENSOR_MAX_DIMS], at = 0;
  for (int i = 0; i < tensor_ndim(x); i++) {
    if (i != sides.row && i != sides.column) order[at++] = i;
  }
  order[at++] = sides.row;
  order[at] = sides.column;
  return rule_op1(rule, OP_svdvals, rule_transpose(rule, x, order), NULL);
}

static Tensor *pick_value(Rule *rule, Tensor *values, bool last) {
  if (!values) return NULL;
  int axis = tensor_ndim(values) - 1;
  int64_t count = layout_shape(values->layout)[axis];
  if (count == 0) return rule_sum(rule, values, UINT32_C(1) << axis, false);
  return rule_drop_last(rule, rule_slice(rule, values, axis, last ? count - 1 : 0, 1), 1);
}

/* Along `summed` the sizes are added; the extreme of the sums is the norm. */
static Tensor *norm_of_sums(Rule *rule, Tensor *x, int summed, int other, bool least) {
  Tensor *sums = rule_sum(rule, size_of(rule, x), UINT32_C(1) << summed, true);
  return rule_reduce(rule, least ? OP_min : OP_max, sums, UINT32_C(1) << other, true);
}

static Tensor *spectral_order(Rule *rule, Tensor *x, Sides sides, const Order *order) {
  Tensor *values = singular_values(rule, x, sides);
  if (!values) return NULL;
  uint32_t axes = UINT32_C(1) << sides.row | UINT32_C(1) << sides.column;
  Tensor *norm = order->text ? rule_sum(rule, values, UINT32_C(1) << (tensor_ndim(values) - 1), false)
                             : pick_value(rule, values, order->number < 0);
  return rule_keep_axes(rule, norm, x->layout, axes, false);
}

static Tensor *matrix_order(Rule *rule, Tensor *x, Sides sides, const Order *order) {
  uint32_t axes = UINT32_C(1) << sides.row | UINT32_C(1) << sides.column;
  double number = order->number, size = fabs(number);
  if (order->none || (order->text && strcmp(order->text, "fro") == 0)) return norm_of_powers(rule, x, axes, 2);
  if (order->text ? strcmp(order->text, "nuc") == 0 : size == 2) return spectral_order(rule, x, sides, order);
  if (!order->text && size == 1) return norm_of_sums(rule, x, sides.row, sides.column, number < 0);
  if (!order->text && isinf(number)) return norm_of_sums(rule, x, sides.column, sides.row, number < 0);
  return fail_order(rule, order, "\"fro\", \"nuc\", 1, -1, 2, -2, inf or -inf for matrices");
}

/* ---- norm(x, ord, axis, keepdims) */
static Tensor *fail_axes(Rule *rule) {
  ShapeText shape;
  return runtime_fail(rule->graph->runtime, ERROR_SHAPE, 0,
                      "norm with `ord` takes a vector or a matrix, got " ERROR_OPERAND(0)
                      "%s: name one or two axes with `axis`",
                      layout_text(&shape, rule->x[0]->layout));
}

/* With the reduced axes; `*axes` says which. */
static Tensor *norm_kept(Rule *rule, Tensor *x, const Order *order, uint32_t *axes) {
  int ndim = tensor_ndim(x), count = 0, list[TENSOR_MAX_DIMS];
  Runtime *runtime = rule->graph->runtime;
  if (!attribute_axes(runtime, rule->attributes, 1, x->layout, axes)) return NULL;
  bool all = attribute_is_none(rule->attributes, 1);
  if (!all && !attribute_axis_list(runtime, rule->attributes, 1, x->layout, ndim, &count, list)) return NULL;
  if (all && ndim <= 2) {
    for (; count < ndim; count++) list[count] = count;
  }
  if (order->none || count == 1) return vector_order(rule, x, *axes, order);
  if (count == 2) return matrix_order(rule, x, (Sides){list[0], list[1]}, order);
  return fail_axes(rule);
}

Tensor *op_norm_compose(Rule *rule) {
  Order order = read_order(rule->attributes, 0);
  Tensor *x = rule_as_float(rule, rule->x[0]);
  uint32_t axes;
  Tensor *norm = x ? norm_kept(rule, x, &order, &axes) : NULL;
  if (!norm || attribute_bool(rule->attributes, 2, false)) return norm;
  int64_t shape[TENSOR_MAX_DIMS];
  int ndim = 0;
  for (int i = 0; i < tensor_ndim(x); i++) {
    if (!(axes >> i & 1)) shape[ndim++] = layout_shape(x->layout)[i];
  }
  return rule_reshape(rule, norm, ndim, shape);
}

/* ---- cond(x, p) */
/* Of a singular matrix it is infinite, and so is, or nan, its derivative; also of 0, whose values leave 0 / 0. */
static Tensor *ratio_of_values(Rule *rule, Tensor *x, bool turned) {
  ShapeText shape;
  if (tensor_ndim(x) < 2)
    return runtime_fail(rule->graph->runtime, ERROR_SHAPE, 0,
                        "cond needs a matrix or a stack of them, got " ERROR_OPERAND(0) "%s",
                        layout_text(&shape, rule->x[0]->layout));
  const int64_t *sizes = layout_shape(x->layout);
  if (sizes[tensor_ndim(x) - 1] == 0 || sizes[tensor_ndim(x) - 2] == 0)
    return runtime_fail(rule->graph->runtime, ERROR_SHAPE, 0,
                        "cond needs rows and columns, but the shape is " ERROR_OPERAND(0) "%s",
                        layout_text(&shape, rule->x[0]->layout));
  Tensor *values = rule_op1(rule, OP_svdvals, x, NULL);
  Tensor *above = pick_value(rule, values, turned), *below = pick_value(rule, values, !turned);
  Tensor *zero = equals(rule, rule_detach(rule, pick_value(rule, values, false)), 0);
  return rule_op2(rule, OP_divide, rule_add(rule, above, zero), below, NULL); /* 1 / 0 */
}

/* norm(x) norm(inv(x)); singular matrices of the stack lend their places to identities while others are inverted. */
static Tensor *product_of_norms(Rule *rule, Tensor *x, const Order *order) {
  Sides sides = {tensor_ndim(x) - 2, tensor_ndim(x) - 1};
  Tensor *singular = rule_expand(rule, rule_keep(rule, stack_singular(rule->graph->runtime, x)), 2);
  Tensor *safe = where(rule, singular, matrix_identity(rule, x, matrix_width(x)), x);
  Tensor *inverse = rule_op1(rule, OP_inv, safe, NULL), *own = inverse ? matrix_order(rule, x, sides, order) : NULL;
  Tensor *other = own ? matrix_order(rule, inverse, sides, order) : NULL;
  Tensor *endless = rule_multiply(rule, rule_add(rule, own, rule_number(rule, 1)), rule_number(rule, INFINITY));
  return rule_drop_last(rule, where(rule, singular, endless, rule_multiply(rule, own, other)), 2);
}

Tensor *op_cond_compose(Rule *rule) {
  Order order = read_order(rule->attributes, 0);
  Tensor *x = rule_as_float(rule, rule->x[0]);
  if (!x) return NULL;
  if (order.none || (!order.text && fabs(order.number) == 2)) return ratio_of_values(rule, x, order.number < 0);
  return rule_check_square(rule, x, "cond") ? product_of_norms(rule, x, &order) : NULL;
}
