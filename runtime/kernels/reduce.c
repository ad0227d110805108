/* SPDX-License-Identifier: MIT */
/* reduce.c: the reductions of the operation table. */
#include "runtime/kernels/reduce.h"

#include <math.h>
#include <string.h>

#include "runtime/fuse/fuse.h"
#include "runtime/kernels/axes.h"

/* The arguments that reductions share. */
typedef struct Reduction {
  Tensor *x;
  uint32_t axes;
  Layout *layout; /* owned */
  int64_t rows;   /* elements per result */
} Reduction;

Layout *reduce_layout(Runtime *runtime, const Layout *of, uint32_t axes, bool keepdims) {
  int64_t shape[TENSOR_MAX_DIMS];
  int ndim = 0;
  for (int i = 0; i < of->ndim; i++) {
    bool reduced = axes >> i & 1;
    if (!reduced || keepdims) shape[ndim++] = reduced ? 1 : layout_shape(of)[i];
  }
  return layout_new(runtime, ndim, shape);
}

static bool start_with(Runtime *runtime, const Operands *operands, int keepdims_index, Reduction *reduction) {
  Tensor *x = operands->tensors[0];
  bool keepdims = attribute_bool(operands->attributes, keepdims_index, false);
  if (!attribute_axes(runtime, operands->attributes, 0, x->layout, &reduction->axes)) return false;
  reduction->x = x;
  reduction->rows = 1;
  for (int i = 0; i < x->layout->ndim; i++) {
    if (reduction->axes >> i & 1) reduction->rows *= layout_shape(x->layout)[i];
  }
  reduction->layout = reduce_layout(runtime, x->layout, reduction->axes, keepdims);
  return reduction->layout != NULL;
}

static bool start(Runtime *runtime, const Operands *operands, Reduction *reduction) {
  return start_with(runtime, operands, 1, reduction);
}

/* Releases what a reduction held; converts its result. */
static Tensor *finish(Runtime *runtime, Reduction *reduction, Tensor *taken, DType dtype) {
  layout_unref(reduction->layout);
  if (!taken || taken->dtype == dtype) return taken;
  Tensor *result = tensor_cast(runtime, taken, dtype);
  tensor_unref(taken);
  return result;
}

static Tensor *fold(Runtime *runtime, const Reduction *reduction, FoldOp op) {
  return reduce_fold(runtime, op, reduction->x, reduction->axes, reduction->layout);
}

static DType real_type(const Tensor *x) {
  return tensor_is_float(x) ? (DType)x->dtype : DTYPE_FLOAT64;
}

/* ---- sums and products */
/* The sum of all elements of a pending tensor joins the pass that computes them. */
static bool is_fused(const Reduction *reduction) {
  return tensor_is_float(reduction->x) && tensor_is_pending(reduction->x) && reduction->layout->size == 1;
}

/* All of a few elements side by side, which need no plan. */
static bool is_short(const Operands *operands) {
  const Tensor *x = operands->tensors[0];
  int64_t size = tensor_size(x);
  return x->layout->contiguous && tensor_is_float(x) && !tensor_is_pending(x) && size > 0 && size <= FOLD_SHORT &&
         attribute_is_none(operands->attributes, 0) && !attribute_bool(operands->attributes, 1, false);
}

static Tensor *accumulate(Runtime *runtime, const Operands *operands, FoldOp op) {
  Reduction reduction;
  const Tensor *x = operands->tensors[0];
  if (is_short(operands))
    return tensor_new_number(runtime, (DType)x->dtype, fold_short(op, (DType)x->dtype, tensor_data(x), tensor_size(x)));
  if (!start(runtime, operands, &reduction)) return NULL;
  DType dtype = tensor_is_float(reduction.x) ? (DType)reduction.x->dtype : DTYPE_INT64;
  if (op == FOLD_SUM && is_fused(&reduction))
    return finish(runtime, &reduction, fuse_sum(runtime, reduction.x, 1, reduction.layout), dtype);
  return finish(runtime, &reduction, fold(runtime, &reduction, op), dtype);
}

Tensor *op_sum_forward(Runtime *runtime, const Operands *operands) {
  return accumulate(runtime, operands, FOLD_SUM);
}

Tensor *op_prod_forward(Runtime *runtime, const Operands *operands) {
  return accumulate(runtime, operands, FOLD_PRODUCT);
}

static void divide_all(Tensor *fresh, double divisor) {
  double *numbers = tensor_data(fresh);
  for (int64_t i = 0; i < tensor_size(fresh); i++) numbers[i] /= divisor;
}

/* The sum as float64; that of int64 is taken in float64, because it might not fit int64. */
static Tensor *real_sum(Runtime *runtime, Reduction *reduction) {
  Tensor *x = reduction->x;
  reduction->x = x->dtype == DTYPE_INT64 ? tensor_cast(runtime, x, DTYPE_FLOAT64) : tensor_ref(x);
  Tensor *sum = reduction->x ? fold(runtime, reduction, FOLD_SUM) : NULL;
  Tensor *real = sum ? tensor_cast(runtime, sum, DTYPE_FLOAT64) : NULL;
  tensor_unref(reduction->x);
  tensor_unref(sum);
  reduction->x = x;
  return real;
}

Tensor *op_mean_forward(Runtime *runtime, const Operands *operands) {
  Reduction reduction;
  if (!start(runtime, operands, &reduction)) return NULL;
  if (is_fused(&reduction)) {
    Tensor *pending = fuse_sum(runtime, reduction.x, (double)reduction.rows, reduction.layout);
    return finish(runtime, &reduction, pending, (DType)reduction.x->dtype);
  }
  Tensor *mean = real_sum(runtime, &reduction);
  if (mean) divide_all(mean, (double)reduction.rows);
  return finish(runtime, &reduction, mean, real_type(reduction.x));
}

/* ---- extrema */
/* Which of 0 and -0 is met first depends on the order of work: the result is 0. */
static void drop_sign_of_zero(Tensor *fresh) {
  double *numbers = tensor_data(fresh);
  for (int64_t i = 0; i < tensor_size(fresh); i++) numbers[i] += 0.0;
}

/* max(3, 5), max([1, 2], [3, 4]): who gives more axes than there are does not mean axes. */
static void *axes_refused(Runtime *runtime, const Operands *operands, FoldOp op) {
  const int64_t *axes;
  bool meant = attribute_integers(operands->attributes, 0, &axes) <= tensor_ndim(operands->tensors[0]);
  if (!meant && runtime->error->kind == ERROR_INDEX)
    error_hint(runtime->error, "of two values: %s(x, y)", op == FOLD_MAXIMUM ? "maximum" : "minimum");
  return NULL;
}

static bool check_scalar_axis(Runtime *runtime, const Operands *operands) {
  const int64_t *axes;
  if (tensor_ndim(operands->tensors[0]) > 0 || attribute_integers(operands->attributes, 0, &axes) == 0) return true;
  runtime_fail(runtime, ERROR_INDEX, -1, "%s(x, axis) goes along an axis, and a scalar has none", op_table[operands->op].name);
  return false;
}

static Tensor *extreme(Runtime *runtime, const Operands *operands, FoldOp op) {
  Reduction reduction;
  ShapeText shape;
  if (!check_scalar_axis(runtime, operands) || !start(runtime, operands, &reduction)) return axes_refused(runtime, operands, op);
  if (reduction.rows == 0) {
    layout_unref(reduction.layout);
    return runtime_fail(runtime, ERROR_VALUE, 0, "`%s` of an empty tensor " ERROR_OPERAND(0) "%s has no value",
                        op_table[operands->op].name, layout_text(&shape, reduction.x->layout));
  }
  Tensor *result = fold(runtime, &reduction, op);
  if (result && tensor_is_float(result)) drop_sign_of_zero(result);
  return finish(runtime, &reduction, result, (DType)reduction.x->dtype);
}

Tensor *op_max_forward(Runtime *runtime, const Operands *operands) {
  return extreme(runtime, operands, FOLD_MAXIMUM);
}

Tensor *op_min_forward(Runtime *runtime, const Operands *operands) {
  return extreme(runtime, operands, FOLD_MINIMUM);
}

/* ---- variance */
static Tensor *variance(Runtime *runtime, const Reduction *reduction, double divisor) {
  if (reduction->rows == 0) {
    Tensor *none = tensor_new(runtime, DTYPE_FLOAT64, reduction->layout);
    if (none) tensor_fill(runtime, none, NAN);
    return none;
  }
  return reduce_variance(runtime, reduction->x, reduction->axes, reduction->layout, divisor <= 0 ? 0 : divisor);
}

Tensor *op_var_forward(Runtime *runtime, const Operands *operands) {
  Reduction reduction;
  if (!start_with(runtime, operands, 2, &reduction)) return NULL;
  Tensor *x = reduction.x;
  reduction.x = tensor_is_float(x) ? tensor_ref(x) : tensor_cast(runtime, x, DTYPE_FLOAT64);
  double divisor = (double)reduction.rows - attribute_number(operands->attributes, 1, 0);
  Tensor *result = reduction.x ? variance(runtime, &reduction, divisor) : NULL;
  tensor_unref(reduction.x);
  return finish(runtime, &reduction, result, real_type(x));
}

/* ---- logsumexp */
Tensor *op_logsumexp_forward(Runtime *runtime, const Operands *operands) {
  Reduction reduction;
  if (!start(runtime, operands, &reduction)) return NULL;
  Tensor *x = reduction.x, *real = tensor_is_float(x) ? tensor_ref(x) : tensor_cast(runtime, x, DTYPE_FLOAT64);
  Tensor *result = NULL;
  if (real && reduction.rows > 0) {
    result = reduce_logsumexp(runtime, real, reduction.axes, reduction.layout);
  } else if (real) {
    result = tensor_new(runtime, DTYPE_FLOAT64, reduction.layout);
    if (result) tensor_fill(runtime, result, -INFINITY);
  }
  tensor_unref(real);
  return finish(runtime, &reduction, result, real_type(x));
}

/* ---- truth */
static Tensor *fold_truths(Runtime *runtime, Reduction *reduction, FoldOp op, DType dtype) {
  reduction->x = tensor_cast(runtime, reduction->x, DTYPE_BOOL);
  Tensor *result = reduction->x ? fold(runtime, reduction, op) : NULL;
  tensor_unref(reduction->x);
  return finish(runtime, reduction, result, dtype);
}

/* All of a mask at once: a search for the first element that decides. */
static bool is_whole_mask(const Operands *operands) {
  const Tensor *x = operands->tensors[0];
  return x->dtype == DTYPE_BOOL && x->layout->contiguous && attribute_is_none(operands->attributes, 0) &&
         !attribute_bool(operands->attributes, 1, false);
}

static Tensor *search_mask(Runtime *runtime, const Tensor *x, bool all) {
  const void *found = memchr(tensor_data(x), !all, (size_t)tensor_size(x));
  return tensor_new_integer(runtime, DTYPE_BOOL, all ? !found : found != NULL);
}

/* Truth values are 0 and 1, so their least is whether all are true.  So is their product, even of none. */
static Tensor *join_truths(Runtime *runtime, const Operands *operands, bool all) {
  if (is_whole_mask(operands)) return search_mask(runtime, operands->tensors[0], all);
  Reduction reduction;
  if (!start(runtime, operands, &reduction)) return NULL;
  FoldOp every = reduction.rows == 0 ? FOLD_PRODUCT : FOLD_MINIMUM;
  return fold_truths(runtime, &reduction, all ? every : FOLD_MAXIMUM, DTYPE_BOOL);
}

Tensor *op_count_nonzero_forward(Runtime *runtime, const Operands *operands) {
  Reduction reduction;
  if (!start(runtime, operands, &reduction)) return NULL;
  return fold_truths(runtime, &reduction, FOLD_SUM, DTYPE_INT64);
}

Tensor *op_any_forward(Runtime *runtime, const Operands *operands) {
  return join_truths(runtime, operands, false);
}

Tensor *op_all_forward(Runtime *runtime, const Operands *operands) {
  return join_truths(runtime, operands, true);
}
