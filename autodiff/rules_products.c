/* SPDX-License-Identifier: MIT */
/* rules_products.c: products composed of matrix products: inner, outer, tensordot, kron, and chains. */
#include <inttypes.h>
#include <stdio.h>

#include "autodiff/rules_linalg.h"
#include "base/memory.h"
#include "runtime/kernels/axes.h"

static Tensor *flat(Rule *rule, Tensor *x) {
  const int64_t size = x ? tensor_size(x) : 0;
  return rule_reshape(rule, x, 1, &size);
}

static Tensor *fail_pair(Rule *rule, const char *what, const char *problem) {
  ShapeText x, y;
  return runtime_fail(rule->graph->runtime, ERROR_SHAPE, -1,
                      "%s of " ERROR_OPERAND(0) "%s and " ERROR_OPERAND(1) "%s: %s", what,
                      layout_text(&x, rule->x[0]->layout), layout_text(&y, rule->x[1]->layout), problem);
}

/* ---- vdot, outer */
Tensor *op_vdot_compose(Rule *rule) {
  if (tensor_size(rule->x[0]) != tensor_size(rule->x[1])) return fail_pair(rule, "vdot", "they differ in size");
  return matrix_times(rule, flat(rule, rule->x[0]), flat(rule, rule->x[1]));
}

Tensor *op_outer_compose(Rule *rule) {
  return rule_multiply(rule, rule_expand(rule, flat(rule, rule->x[0]), 1), flat(rule, rule->x[1]));
}

/* ---- sums over chosen axes: both operands as matrices */
typedef struct Contraction { int count, x[TENSOR_MAX_DIMS], y[TENSOR_MAX_DIMS]; } Contraction;

static bool is_among(const int *axes, int count, int axis) {
  for (int i = 0; i < count; i++) {
    if (axes[i] == axis) return true;
  }
  return false;
}

/* The free axes in order into `order` and their sizes behind those in `shape`; returns how many elements they span. */
static int64_t free_axes(const Tensor *x, const int *bound, int count, int *order, int64_t *shape, int *ndim) {
  int64_t size = 1;
  for (int i = 0, at = 0; i < tensor_ndim(x); i++) {
    if (is_among(bound, count, i)) continue;
    order[at++] = i;
    shape[(*ndim)++] = layout_shape(x->layout)[i];
    size *= layout_shape(x->layout)[i];
  }
  return size;
}

static bool check_sizes(Rule *rule, const char *what, const Contraction *c, int64_t *inner) {
  *inner = 1;
  for (int i = 0; i < c->count; i++) {
    int64_t left = layout_shape(rule->x[0]->layout)[c->x[i]], right = layout_shape(rule->x[1]->layout)[c->y[i]];
    if (left != right) return fail_pair(rule, what, "the sizes of the axes to sum over differ"), false;
    *inner *= left;
  }
  return true;
}

static Tensor *contract(Rule *rule, const char *what, const Contraction *c) {
  Tensor *x = rule->x[0], *y = rule->x[1];
  int x_order[TENSOR_MAX_DIMS], y_order[TENSOR_MAX_DIMS], ndim = 0;
  int x_free = tensor_ndim(x) - c->count;
  int64_t shape[2 * TENSOR_MAX_DIMS], inner;
  if (!check_sizes(rule, what, c, &inner)) return NULL;
  int64_t rows = free_axes(x, c->x, c->count, x_order, shape, &ndim);
  int64_t columns = free_axes(y, c->y, c->count, y_order + c->count, shape, &ndim);
  for (int i = 0; i < c->count; i++) {
    x_order[x_free + i] = c->x[i];
    y_order[i] = c->y[i];
  }
  const int64_t left[] = {rows, inner}, right[] = {inner, columns};
  Tensor *first = rule_reshape(rule, rule_transpose(rule, x, x_order), 2, left);
  Tensor *second = rule_reshape(rule, rule_transpose(rule, y, y_order), 2, right);
  return rule_reshape(rule, matrix_times(rule, first, second), ndim, shape);
}

Tensor *op_inner_compose(Rule *rule) {
  int n = tensor_ndim(rule->x[0]), m = tensor_ndim(rule->x[1]);
  if (n == 0 || m == 0) return rule_multiply(rule, rule->x[0], rule->x[1]);
  const Contraction last = {.count = 1, .x = {n - 1}, .y = {m - 1}};
  return contract(rule, "inner", &last);
}

/* axes = k: the last k of x with the first k of y. */
static bool neighbouring_axes(Rule *rule, int64_t count, Contraction *c) {
  int n = tensor_ndim(rule->x[0]), m = tensor_ndim(rule->x[1]);
  if (count < 0 || count > n || count > m) {
    runtime_fail(rule->graph->runtime, ERROR_ARGUMENT, -1,
                 "tensordot over %" PRId64 " axes of tensors with %d and %d axes", count, n, m);
    return false;
  }
  c->count = (int)count;
  for (int i = 0; i < c->count; i++) c->x[i] = n - c->count + i, c->y[i] = i;
  return true;
}

static bool chosen_axes(Rule *rule, const int64_t *axes, int count, const Layout *of, int *chosen) {
  for (int i = 0; i < count; i++) {
    if (!axis_normalise(rule->graph->runtime, axes[i], of->ndim, of, &chosen[i])) return false;
    if (!is_among(chosen, i, chosen[i])) continue;
    runtime_fail(rule->graph->runtime, ERROR_ARGUMENT, -1, "axis %" PRId64 " is given twice", axes[i]);
    return false;
  }
  return true;
}

Tensor *op_tensordot_compose(Rule *rule) {
  Contraction c = {0};
  const int64_t *axes;
  int count = attribute_integers(rule->attributes, 0, &axes);
  const Attributes *attributes = rule->attributes;
  bool pairs = !attribute_is_none(attributes, 0) && attributes->values[0].kind == PARAMETER_INTEGERS;
  if (!pairs) return neighbouring_axes(rule, count ? axes[0] : 2, &c) ? contract(rule, "tensordot", &c) : NULL;
  if (count % 2 || count > 2 * TENSOR_MAX_DIMS)
    return runtime_fail(rule->graph->runtime, ERROR_ARGUMENT, -1,
                        "tensordot: `axes` is a number or two lists of equal length, those of x and those of y");
  c.count = count / 2;
  if (!chosen_axes(rule, axes, c.count, rule->x[0]->layout, c.x)) return NULL;
  if (!chosen_axes(rule, axes + c.count, c.count, rule->x[1]->layout, c.y)) return NULL;
  return contract(rule, "tensordot", &c);
}

/* ---- kron: every axis of x becomes a pair with one of size 1, those of y the other way round */
Tensor *op_kron_compose(Rule *rule) {
  const Layout *x = rule->x[0]->layout, *y = rule->x[1]->layout;
  int ndim = x->ndim > y->ndim ? x->ndim : y->ndim;
  int64_t left[2 * TENSOR_MAX_DIMS], right[2 * TENSOR_MAX_DIMS], shape[TENSOR_MAX_DIMS];
  if (2 * ndim > TENSOR_MAX_DIMS) {
    char problem[32];
    snprintf(problem, sizeof problem, "%d axes are the most", TENSOR_MAX_DIMS / 2);
    return fail_pair(rule, "kron", problem);
  }
  for (int i = 0; i < ndim; i++) {
    int x_axis = i - (ndim - x->ndim), y_axis = i - (ndim - y->ndim);
    int64_t x_size = x_axis < 0 ? 1 : layout_shape(x)[x_axis], y_size = y_axis < 0 ? 1 : layout_shape(y)[y_axis];
    left[2 * i] = x_size, left[2 * i + 1] = 1;
    right[2 * i] = 1, right[2 * i + 1] = y_size;
    if (__builtin_mul_overflow(x_size, y_size, &shape[i])) return fail_pair(rule, "kron", "the result is too large");
  }
  Tensor *product = rule_multiply(rule, rule_reshape(rule, rule->x[0], 2 * ndim, left),
                                  rule_reshape(rule, rule->x[1], 2 * ndim, right));
  return rule_reshape(rule, product, ndim, shape);
}

/* ---- trace */
Tensor *op_trace_compose(Rule *rule) {
  Tensor *x = rule->x[0];
  ShapeText shape;
  if (tensor_ndim(x) < 2)
    return runtime_fail(rule->graph->runtime, ERROR_SHAPE, 0,
                        "trace needs a matrix or a stack of them, got " ERROR_OPERAND(0) "%s",
                        layout_text(&shape, x->layout));
  Tensor *diagonal = rule_op1(rule, OP_diagonal, x, attributes_ref(rule->attributes));
  return diagonal ? rule_sum(rule, diagonal, UINT32_C(1) << (tensor_ndim(diagonal) - 1), false) : NULL;
}

/* ---- chains: the cheapest way to set brackets, found for ever longer parts of the chain */
typedef struct Chain {
  int count;
  int64_t *sizes;  /* matrix i is sizes[i] x sizes[i + 1] */
  double *costs;   /* count x count: of the product of matrices i ... j */
  int *splits;     /* where that product is cut: after this matrix */
  size_t bytes;
} Chain;

static bool chain_start(Rule *rule, Chain *chain) {
  size_t n = (size_t)rule->count;
  chain->count = rule->count;
  chain->bytes = (n + 1) * sizeof(int64_t) + n * n * (sizeof(double) + sizeof(int));
  chain->sizes = memory_allocate_zeroed(chain->bytes);
  if (!chain->sizes) return runtime_out_of_memory(rule->graph->runtime), false;
  chain->costs = (double *)(void *)(chain->sizes + n + 1);
  chain->splits = (int *)(void *)(chain->costs + n * n);
  return true;
}

static bool chain_fail(Rule *rule, int index, const char *problem) {
  ShapeText shape;
  runtime_fail(rule->graph->runtime, ERROR_SHAPE, -1,
               "multi_matmul: operand %d (counted from 0) is %s: %s", index,
               layout_text(&shape, rule->x[index]->layout), problem);
  return false;
}

static bool chain_fail_sizes(Rule *rule, int index, int64_t left, int64_t right) {
  ShapeText first, second;
  runtime_fail(rule->graph->runtime, ERROR_SHAPE, -1,
               "multi_matmul: operands %d %s and %d %s (counted from 0) have different inner sizes: %" PRId64
               " and %" PRId64, index - 1, layout_text(&first, rule->x[index - 1]->layout), index,
               layout_text(&second, rule->x[index]->layout), left, right);
  return false;
}

/* A vector at the start is a row, one at the end a column. */
static bool chain_sizes(Rule *rule, Chain *chain) {
  for (int i = 0; i < chain->count; i++) {
    const Layout *layout = rule->x[i]->layout;
    bool end = i == 0 || i == chain->count - 1;
    if (layout->ndim != 2 && !(end && layout->ndim == 1))
      return chain_fail(rule, i, end ? "it must be a matrix or a vector" : "it must be a matrix");
    const int64_t *shape = layout_shape(layout);
    int64_t rows = layout->ndim == 2 || i > 0 ? shape[0] : 1;
    int64_t columns = layout->ndim == 2 ? shape[1] : i > 0 ? 1 : shape[0];
    if (i > 0 && rows != chain->sizes[i]) return chain_fail_sizes(rule, i, chain->sizes[i], rows);
    chain->sizes[i] = rows;
    chain->sizes[i + 1] = columns;
  }
  return true;
}

static bool chain_plan(Rule *rule, Chain *chain) {
  int n = chain->count;
  for (int length = 1; length < n; length++) {
    if (runtime_interrupted(rule->graph->runtime)) return false;
    for (int i = 0; i + length < n; i++) {
      int j = i + length;
      double *least = &chain->costs[i * n + j];
      for (int k = i; k < j; k++) {
        double own = (double)chain->sizes[i] * (double)chain->sizes[k + 1] * (double)chain->sizes[j + 1];
        double cost = chain->costs[i * n + k] + chain->costs[(k + 1) * n + j] + own;
        if (k > i && !(cost < *least)) continue;
        *least = cost;
        chain->splits[i * n + j] = k;
      }
    }
  }
  return true;
}

static Tensor *chain_multiply(Rule *rule, const Chain *chain, int first, int last) {
  if (first == last) return rule->x[first];
  int split = chain->splits[first * chain->count + last];
  Tensor *left = chain_multiply(rule, chain, first, split), *right = chain_multiply(rule, chain, split + 1, last);
  return matrix_times(rule, left, right);
}

/* The plan is a tree as deep as the chain is long, so the length is limited. */
enum { CHAIN_LENGTH = 500 };

Tensor *op_multi_matmul_compose(Rule *rule) {
  Chain chain;
  if (rule->count < 2 || rule->count > CHAIN_LENGTH)
    return runtime_fail(rule->graph->runtime, ERROR_ARGUMENT, -1, "multi_matmul takes 2 to %d operands, got %d",
                        CHAIN_LENGTH, rule->count);
  if (!chain_start(rule, &chain)) return NULL;
  bool planned = chain_sizes(rule, &chain) && chain_plan(rule, &chain);
  Tensor *product = planned ? chain_multiply(rule, &chain, 0, chain.count - 1) : NULL;
  memory_release(chain.sizes, chain.bytes);
  return product;
}
