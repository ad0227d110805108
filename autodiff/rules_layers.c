/* SPDX-License-Identifier: MIT */
/* rules_layers.c: rules of convolutions and pools, and layers composed of other operations. */
#include <inttypes.h>
#include <math.h>

#include "autodiff/rules_layers.h"
#include "runtime/kernels/create.h"
#include "runtime/kernels/index.h"
#include "runtime/kernels/pool.h"
#include "runtime/random.h"

/* ---- convolutions
   <conv_nd(x, w), y> = <x, conv_transpose_nd(y, w)> = <w, conv_filters(x, y)> is one form, linear in each of x, w, y:
   the derivative with respect to one of them is the operation on the other two. */
static Tensor *conv(Rule *rule, OpId op, Tensor *left, Tensor *right) {
  return rule_op2(rule, op, left, right, attributes_ref(rule->attributes));
}

void op_conv_nd_backward(Rule *rule) {
  if (rule->needs[0]) rule->gradients[0] = conv(rule, OP_conv_transpose_nd, rule->g, rule->x[1]);
  if (rule->needs[1]) rule->gradients[1] = conv(rule, OP_conv_filters, rule->x[0], rule->g);
}

void op_conv_transpose_nd_backward(Rule *rule) {
  if (rule->needs[0]) rule->gradients[0] = conv(rule, OP_conv_nd, rule->g, rule->x[1]);
  if (rule->needs[1]) rule->gradients[1] = conv(rule, OP_conv_filters, rule->g, rule->x[0]);
}

void op_conv_filters_backward(Rule *rule) {
  if (rule->needs[0]) rule->gradients[0] = conv(rule, OP_conv_transpose_nd, rule->x[1], rule->g);
  if (rule->needs[1]) rule->gradients[1] = conv(rule, OP_conv_nd, rule->x[0], rule->g);
}

/* ---- pools */
/* The gradient goes to where the maxima stand; overlapping windows add up. */
void op_max_pool_backward(Rule *rule) {
  Runtime *runtime = rule->graph->runtime;
  const int64_t axes[] = {0}, size = tensor_size(rule->x[0]);
  Tensor *indices = NULL, *maxima = pool_maxima(runtime, rule->x[0], rule->attributes, &indices);
  tensor_unref(maxima);
  if (!maxima) return;
  rule_keep(rule, indices);
  Layout *flat = layout_new(runtime, 1, &size);
  Attributes *selection = flat ? gather_attributes(runtime, flat, 1, axes, 0) : NULL;
  layout_unref(flat);
  if (!selection) return;
  rule->masks = true;
  Tensor *gradient = rule_op2(rule, OP_gather_add, rule->g, indices, selection);
  rule->gradients[0] = rule_reshape_like(rule, gradient, rule->x[0]->layout);
}

static Attributes *stride_attributes(Rule *rule, const ConvShape *shape) {
  Attributes *attributes = attributes_new(rule->graph->runtime, 3);
  if (!attributes || attributes_set_integers(rule->graph->runtime, attributes, 0, shape->axes, shape->stride))
    return attributes;
  attributes_unref(attributes);
  return NULL;
}

static Tensor *filter_of_ones(Rule *rule, const ConvShape *shape) {
  int64_t sizes[TENSOR_MAX_DIMS] = {1, 1};
  for (int i = 0; i < shape->axes; i++) sizes[i + 2] = shape->window[i];
  return rule_keep(rule, tensor_full(rule->graph->runtime, layer_dtype(rule->x[0]), shape->axes + 2, sizes, 1));
}

/* A convolution of planes with ones, divided by their number. */
Tensor *op_avg_pool_compose(Rule *rule) {
  ConvShape shape;
  int64_t planes[TENSOR_MAX_DIMS], result[TENSOR_MAX_DIMS];
  const Layout *x = rule->x[0]->layout;
  if (!pool_shape(rule->graph->runtime, x, rule->attributes, &shape)) return NULL;
  planes[0] = shape.batch;
  planes[1] = 1;
  for (int i = 0; i < shape.axes; i++) planes[i + 2] = shape.in[i];
  for (int i = 0; i < x->ndim; i++) {
    int axis = i - (x->ndim - shape.axes);
    result[i] = axis < 0 ? layout_shape(x)[i] : shape.out[axis];
  }
  Attributes *stride = stride_attributes(rule, &shape);
  Tensor *images = rule_reshape(rule, rule->x[0], shape.axes + 2, planes);
  Tensor *sums = stride ? rule_op2(rule, OP_conv_nd, images, filter_of_ones(rule, &shape), stride) : NULL;
  Tensor *count = rule_number(rule, (double)conv_product(shape.window, shape.axes));
  return rule_reshape(rule, rule_op2(rule, OP_divide, sums, count, NULL), x->ndim, result);
}

/* ---- small layers */
Tensor *op_linear_compose(Rule *rule) {
  Tensor *product = rule_op2(rule, OP_matmul, rule->x[0], rule->x[1], NULL);
  return rule->x[2] ? rule_add(rule, product, rule->x[2]) : product;
}

Tensor *op_embedding_compose(Rule *rule) {
  Runtime *runtime = rule->graph->runtime;
  const Layout *weights = rule->x[0]->layout;
  const int64_t axes[] = {0};
  ShapeText text;
  if (weights->ndim == 0)
    return runtime_fail(runtime, ERROR_SHAPE, 0, "embedding needs rows to choose from, not a scalar");
  for (int64_t i = 0; i < tensor_size(rule->x[1]); i++) {
    int64_t id = tensor_integer_at(rule->x[1], i);
    if (id >= 0 && id < layout_shape(weights)[0]) continue;
    return runtime_fail(runtime, ERROR_INDEX, 1,
                        "id %" PRId64 " at position %" PRId64 " is no row of " ERROR_OPERAND(0)
                        "%s: ids are whole numbers from 0 to %" PRId64,
                        id, i, layout_text(&text, weights), layout_shape(weights)[0] - 1);
  }
  Attributes *rows = gather_attributes(runtime, weights, 1, axes, 0);
  return rows ? rule_op2(rule, OP_gather, rule->x[0], rule->x[1], rows) : NULL;
}

Tensor *layer_dropout_mask(Rule *rule, DType dtype, int ndim, const int64_t *shape, double p) {
  Runtime *runtime = rule->graph->runtime;
  Tensor *kept = rule_keep(rule, random_tensor(runtime, RANDOM_BERNOULLI, ndim, shape, 1 - p, 0));
  Tensor *cast = kept ? rule_keep(rule, tensor_cast(runtime, kept, dtype)) : NULL;
  return p < 1 ? rule_scale(rule, cast, 1 / (1 - p)) : cast;
}

Tensor *op_dropout_compose(Rule *rule) {
  double p = attribute_number(rule->attributes, 0, 0);
  if (!(p >= 0 && p <= 1))
    return runtime_fail(rule->graph->runtime, ERROR_VALUE, -1, "`p` is a probability from 0 to 1, got %.6g", p);
  if (p == 0 || !attribute_bool(rule->attributes, 1, true)) return rule_op1(rule, OP_positive, rule->x[0], NULL);
  const Layout *shape = rule->x[0]->layout;
  Tensor *mask = layer_dropout_mask(rule, layer_dtype(rule->x[0]), shape->ndim, layout_shape(shape), p);
  return rule_multiply(rule, rule->x[0], mask);
}

/* ---- normalisation */
/* gamma and beta as a shape that broadcasts against x: their one axis stands at `axis`. */
static Tensor *per_channel(Rule *rule, int index, const char *name, int axis) {
  int64_t shape[TENSOR_MAX_DIMS];
  const Layout *x = rule->x[0]->layout, *given = rule->x[index]->layout;
  ShapeText text;
  int64_t size = layout_shape(x)[axis];
  if (given->ndim != 1 || layout_shape(given)[0] != size)
    return runtime_fail(rule->graph->runtime, ERROR_SHAPE, index, "`%s` needs shape (%" PRId64 ",), got %s", name,
                        size, layout_text(&text, given));
  for (int i = axis; i < x->ndim; i++) shape[i - axis] = i == axis ? size : 1;
  return rule_reshape(rule, rule->x[index], x->ndim - axis, shape);
}

static Tensor *scale_and_shift(Rule *rule, Tensor *x, int axis) {
  if (x && rule->x[1]) x = rule_multiply(rule, x, per_channel(rule, 1, "gamma", axis));
  if (x && rule->x[2]) x = rule_add(rule, x, per_channel(rule, 2, "beta", axis));
  return x;
}

/* One number, as a scalar that never widens what it is added to. */
static Tensor *read_eps(Rule *rule) {
  Tensor *eps = rule->x[3];
  Runtime *runtime = rule->graph->runtime;
  ShapeText text;
  if (tensor_size(eps) != 1)
    return runtime_fail(runtime, ERROR_SHAPE, 3, "`eps` must be a number, not of shape %s",
                        layout_text(&text, eps->layout));
  double number = tensor_number_at(eps, 0);
  if (!(number >= 0)) return runtime_fail(runtime, ERROR_VALUE, 3, "`eps` cannot be negative, got %.6g", number);
  return rule_cast(rule, rule_reshape(rule, eps, 0, NULL), layer_dtype(rule->x[0]));
}

/* (x - mean) / sqrt(var + eps) over the axes: one division a group, where one an element would cost more than the rest. */
static Tensor *normalise(Rule *rule, Tensor *x, uint32_t axes) {
  Tensor *eps = read_eps(rule);
  if (!eps) return NULL;
  Tensor *deviation = rule_subtract(rule, x, rule_reduce(rule, OP_mean, x, axes, true));
  Tensor *variance = rule_reduce(rule, OP_mean, rule_op1(rule, OP_square, deviation, NULL), axes, true);
  Tensor *length = rule_op1(rule, OP_sqrt, rule_add(rule, variance, eps), NULL);
  return rule_multiply(rule, deviation, rule_op1(rule, OP_reciprocal, length, NULL));
}

static bool check_axes(Rule *rule, int least, const char *shape) {
  const Layout *x = rule->x[0]->layout;
  ShapeText text;
  if (x->ndim >= least) return true;
  runtime_fail(rule->graph->runtime, ERROR_SHAPE, 0, "%s needs shape %s, got " ERROR_OPERAND(0) "%s",
               op_table[rule->op].name, shape, layout_text(&text, x));
  return false;
}

Tensor *op_batchnorm_compose(Rule *rule) {
  if (!check_axes(rule, 2, "(N, C, ...)")) return NULL;
  uint32_t all = (uint32_t)((UINT64_C(1) << tensor_ndim(rule->x[0])) - 1);
  return scale_and_shift(rule, normalise(rule, rule->x[0], all & ~UINT32_C(2)), 1);
}

Tensor *op_layernorm_compose(Rule *rule) {
  if (!check_axes(rule, 1, "(..., C)")) return NULL;
  int last = tensor_ndim(rule->x[0]) - 1;
  return scale_and_shift(rule, normalise(rule, rule->x[0], UINT32_C(1) << last), last);
}

Tensor *op_groupnorm_compose(Rule *rule) {
  if (!check_axes(rule, 2, "(N, C, ...)")) return NULL;
  const Layout *x = rule->x[0]->layout;
  int64_t groups = attribute_integer(rule->attributes, 0, 1), channels = layout_shape(x)[1];
  if (groups < 1 || channels % groups != 0)
    return runtime_fail(rule->graph->runtime, ERROR_ARGUMENT, 0,
                        "%" PRId64 " channels do not form %" PRId64 " equal groups", channels, groups);
  int64_t rest = conv_product(layout_shape(x) + 2, x->ndim - 2) * (channels / groups);
  const int64_t shape[] = {layout_shape(x)[0], groups, rest};
  Tensor *normal = normalise(rule, rule_reshape(rule, rule->x[0], 3, shape), UINT32_C(4));
  return scale_and_shift(rule, rule_reshape_like(rule, normal, x), 1);
}

/* ---- attention */
/* Where keys take part: where the mask is not 0, and, when causal, up to the query's own place. */
static Tensor *attention_mask(Rule *rule, const Tensor *scores) {
  Tensor *mask = rule->x[3];
  if (!attribute_bool(rule->attributes, 0, false)) return mask;
  int64_t rows = layout_shape(scores->layout)[tensor_ndim(scores) - 2];
  int64_t columns = layout_shape(scores->layout)[tensor_ndim(scores) - 1];
  Tensor *causal = rule_keep(rule, tensor_tri(rule->graph->runtime, DTYPE_BOOL, rows, columns, 0));
  return mask ? rule_op2(rule, OP_logical_and, mask, causal, NULL) : causal;
}

/* A query that no key takes part for gives 0. */
static Tensor *masked_softmax(Rule *rule, Tensor *scores, Tensor *mask) {
  const double far_out = -1e30; /* also for float32, whose exp is 0 from -104 on */
  if (!mask) return rule_op1(rule, OP_softmax, scores, NULL);
  Tensor *allowed = rule_op2(rule, OP_not_equal, mask, rule_number(rule, 0), NULL);
  Tensor *blanked = rule_op3(rule, OP_where, allowed, scores, rule_number(rule, far_out), NULL);
  return rule_op3(rule, OP_where, allowed, rule_op1(rule, OP_softmax, blanked, NULL), rule_number(rule, 0), NULL);
}

Tensor *op_scaled_dot_product_attention_compose(Rule *rule) {
  ShapeText text;
  for (int i = 0; i < 3; i++) {
    if (tensor_ndim(rule->x[i]) >= 2) continue;
    return runtime_fail(rule->graph->runtime, ERROR_SHAPE, i,
                        "attention needs rows of vectors, shape (..., L, d), not %s",
                        layout_text(&text, rule->x[i]->layout));
  }
  int64_t width = layout_shape(rule->x[0]->layout)[tensor_ndim(rule->x[0]) - 1];
  Tensor *query = rule_scale(rule, rule->x[0], 1 / sqrt(width > 0 ? (double)width : 1));
  Tensor *scores = rule_op2(rule, OP_matmul, query, rule_swap_last(rule, rule->x[1]), NULL);
  if (!scores) return NULL;
  return rule_op2(rule, OP_matmul, masked_softmax(rule, scores, attention_mask(rule, scores)), rule->x[2], NULL);
}
