/* SPDX-License-Identifier: MIT */
/* decompose_equation.c: linear equations with stacks of matrices and of right sides. */
#include <inttypes.h>
#include <math.h>

#include "base/memory.h"
#include "runtime/kernels/decompose_stack.h"

typedef struct Equation {
  Stack a;
  Tensor *b, *right;            /* as given; as contiguous float64, owned */
  bool vector;                  /* b is a vector, or a stack of vectors */
  int64_t n, columns;
  Layout *a_batch, *b_batch, *batch; /* leading shapes; owned */
} Equation;

static bool fail_sizes(Runtime *runtime, const Equation *e, int64_t rows) {
  ShapeText a, b;
  runtime_fail(runtime, ERROR_SHAPE, 1,
               "solve needs as many rows in " ERROR_OPERAND(1) "%s as " ERROR_OPERAND(0) "%s has: %" PRId64
               " against %" PRId64, layout_text(&b, e->b->layout), layout_text(&a, e->a.source->layout), rows, e->n);
  if (tensor_ndim(e->b) > 1 && layout_shape(e->b->layout)[tensor_ndim(e->b) - 1] == e->n)
    error_hint(runtime->error, "a stack of vectors needs a last axis of size 1: b[..., newaxis]");
  return false;
}

static bool open_right(Runtime *runtime, const Operands *operands, Equation *e) {
  Tensor *b = e->b = operands->tensors[1];
  int ndim = tensor_ndim(b);
  const int64_t *shape = layout_shape(b->layout);
  if (ndim == 0)
    return runtime_fail(runtime, ERROR_SHAPE, 1,
                        "solve needs a vector or matrix as right side, got " ERROR_OPERAND(1) "a scalar"), false;
  e->n = e->a.rows;
  e->vector = solve_reads_vectors(e->a.source, b);
  e->columns = e->vector ? 1 : shape[ndim - 1];
  int64_t rows = shape[ndim - (e->vector ? 1 : 2)];
  if (rows != e->n) return fail_sizes(runtime, e, rows);
  Tensor *plain = tensor_plain(runtime, b);
  Tensor *cast = plain ? tensor_cast(runtime, plain, DTYPE_FLOAT64) : NULL;
  if (cast) e->right = tensor_contiguous(runtime, cast);
  tensor_unref(cast);
  tensor_unref(plain);
  return e->right != NULL;
}

static bool open_batches(Runtime *runtime, Equation *e) {
  const Layout *a = e->a.source->layout, *b = e->b->layout;
  e->a_batch = layout_new(runtime, a->ndim - 2, layout_shape(a));
  e->b_batch = layout_new(runtime, b->ndim - (e->vector ? 1 : 2), layout_shape(b));
  if (e->a_batch && e->b_batch) e->batch = layout_broadcast(runtime, e->a_batch, e->b_batch, "solve with stacks of");
  return e->batch != NULL;
}

static void close_equation(Equation *e) {
  stack_close(&e->a);
  tensor_unref(e->right);
  layout_unref(e->a_batch);
  layout_unref(e->b_batch);
  layout_unref(e->batch);
}

/* Which matrix of an operand belongs to one of the result. */
static int64_t index_in(const Layout *operand, const Layout *batch, int64_t index) {
  int64_t at = 0;
  for (int i = batch->ndim - 1, j = operand->ndim - 1; j >= 0; i--, j--) {
    int64_t size = layout_shape(batch)[i];
    if (layout_shape(operand)[j] > 1) at += index % size * layout_strides(operand)[j];
    index /= size;
  }
  return at;
}

/* A matrix with a nan or an infinity becomes one of nan, and so do its solutions. */
static bool factor(Runtime *runtime, const Equation *e, int64_t index, double *lu, int *pivots) {
  int sign;
  stack_load(&e->a, index, lu);
  if (!matrix_is_finite(lu, e->n * e->n)) {
    for (int64_t i = 0; i < e->n * e->n; i++) lu[i] = NAN;
  }
  if (!lu_factor(runtime, lu, e->n, pivots, &sign)) return false;
  if (!lu_is_singular(lu, e->n)) return true;
  stack_fail(runtime, &e->a, index, "is singular");
  error_hint(runtime->error, "linalg.lstsq also takes singular matrices");
  return false;
}

/* A matrix that stands before several right sides is factored once as long as these follow each other. */
static bool solve_all(Runtime *runtime, const Equation *e, double *work, double *out) {
  int64_t n = e->n, elements = n * e->columns, factored = -1;
  double *lu = work, *x = lu + n * n;
  int *pivots = (int *)(void *)(x + elements);
  const double *right = tensor_data(e->right);
  for (int64_t i = 0; i < e->batch->size; i++) {
    int64_t index = index_in(e->a_batch, e->batch, i);
    if (runtime_interrupted(runtime)) return false;
    if (index != factored && !factor(runtime, e, index, lu, pivots)) return false;
    factored = index;
    matrix_transpose(right + index_in(e->b_batch, e->batch, i) * elements, n, e->columns, x);
    if (!lu_solve(runtime, lu, pivots, n, x, e->columns)) return false;
    stack_store(x, n, e->columns, out + i * elements, e->columns);
  }
  return true;
}

static Tensor *new_result(Runtime *runtime, const Equation *e) {
  int64_t shape[TENSOR_MAX_DIMS + 2];
  int ndim = 0;
  for (; ndim < e->batch->ndim; ndim++) shape[ndim] = layout_shape(e->batch)[ndim];
  shape[ndim++] = e->n;
  if (!e->vector) shape[ndim++] = e->columns;
  return tensor_new_shape(runtime, DTYPE_FLOAT64, ndim, shape);
}

static DType result_dtype(const Equation *e) {
  const Tensor *a = e->a.source, *b = e->b;
  DType common = dtype_promote((DType)a->dtype, false, (DType)b->dtype, false);
  return common == DTYPE_FLOAT32 ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
}

static Tensor *solve_opened(Runtime *runtime, const Equation *e) {
  Tensor *result = new_result(runtime, e);
  if (!result) return NULL;
  size_t bytes = (size_t)(e->n * e->n + e->n * e->columns + e->n) * sizeof(double);
  double *work = memory_allocate_data(bytes);
  if (!work) runtime_out_of_memory(runtime);
  Tensor *cast = work && solve_all(runtime, e, work, tensor_data(result))
                   ? tensor_cast(runtime, result, result_dtype(e)) : NULL;
  if (work) memory_release_data(work, bytes);
  tensor_unref(result);
  return cast;
}

Tensor *op_linalg_solve_forward(Runtime *runtime, const Operands *operands) {
  Equation e = {0};
  Tensor *result = NULL;
  if (stack_open(runtime, operands, 0, "solve", true, &e.a) && open_right(runtime, operands, &e) &&
      open_batches(runtime, &e))
    result = solve_opened(runtime, &e);
  close_equation(&e);
  return result;
}
