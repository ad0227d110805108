/* SPDX-License-Identifier: MIT */
/* linear.c: matmul: vectors, matrices, and stacks of matrices that broadcast. */
#include <inttypes.h>

#include "runtime/blas.h"
#include "runtime/kernels/axes.h"

#define POLL_WORK 4e6

/* One operand: a matrix, and the leading axes that make a stack of it. */
typedef struct Stack {
  Matrix matrix;
  int leading;
  const int64_t *sizes, *strides; /* of the leading axes */
} Stack;

static Stack as_stack(const Tensor *tensor, bool left) {
  const Layout *layout = tensor->layout;
  int ndim = layout->ndim;
  const int64_t *shape = layout_shape(layout), *strides = layout_strides(layout);
  Stack stack = {.matrix = {.data = tensor_data(tensor)}, .leading = ndim > 2 ? ndim - 2 : 0, .sizes = shape,
                 .strides = strides};
  Matrix *matrix = &stack.matrix;
  if (ndim == 1) {
    matrix->rows = left ? 1 : shape[0];
    matrix->columns = left ? shape[0] : 1;
    matrix->row_stride = left ? 1 : strides[0];
    matrix->column_stride = left ? strides[0] : 1;
    return stack;
  }
  matrix->rows = shape[ndim - 2];
  matrix->columns = shape[ndim - 1];
  matrix->row_stride = strides[ndim - 2];
  matrix->column_stride = strides[ndim - 1];
  return stack;
}

/* ---- checks */
static void *fail_inner(Runtime *runtime, const Tensor *x, const Tensor *y, int64_t left, int64_t right) {
  ShapeText first, second;
  runtime_fail(runtime, ERROR_SHAPE, -1, "cannot multiply " ERROR_OPERAND(0) "%s @ " ERROR_OPERAND(1)
               "%s: inner sizes %" PRId64 " and %" PRId64 " differ", layout_text(&first, x->layout),
               layout_text(&second, y->layout), left, right);
  bool matrices = tensor_ndim(x) == 2 && tensor_ndim(y) == 2;
  int64_t rows = layout_shape(x->layout)[0], columns = layout_shape(y->layout)[tensor_ndim(y) - 1];
  const char *turn = left == columns ? "right" : rows == right ? "left" : NULL;
  if (matrices && turn) error_hint(runtime->error, "it would fit with the %s one transposed: append `.T`", turn);
  else if (rows == columns) error_hint(runtime->error, "it would fit the other way round");
  else
    error_hint(runtime->error, "the last size of the left one must equal the %s size of the right one",
               tensor_ndim(y) > 2 ? "last but one" : "first");
  return NULL;
}

static bool check_operand(Runtime *runtime, const Tensor *tensor, int operand) {
  if (tensor_ndim(tensor) > 0) return true;
  runtime_fail(runtime, ERROR_SHAPE, operand, "`@` multiplies matrices and vectors, but %s is a scalar",
               operand == 0 ? "the left operand" : "the right operand");
  error_hint(runtime->error, "to scale by a number use `*`");
  return false;
}

/* ---- shape of the result: the leading axes broadcast, then rows and columns where there are any */
static bool leading_shape(Runtime *runtime, const Tensor *x, const Tensor *y, const Stack *a, const Stack *b,
                          AxisList *result) {
  int count = a->leading > b->leading ? a->leading : b->leading;
  for (int i = 0; i < count; i++) {
    int left = i - (count - a->leading), right = i - (count - b->leading);
    int64_t m = left < 0 ? 1 : a->sizes[left], n = right < 0 ? 1 : b->sizes[right];
    if (m != n && m != 1 && n != 1) {
      ShapeText first, second;
      runtime_fail(runtime, ERROR_SHAPE, -1, "cannot multiply " ERROR_OPERAND(0) "%s @ " ERROR_OPERAND(1)
                   "%s: leading sizes %" PRId64 " and %" PRId64 " differ", layout_text(&first, x->layout),
                   layout_text(&second, y->layout), m, n);
      return false;
    }
    if (!axis_list_add(runtime, result, m == 1 ? n : m, 0)) return false;
  }
  return true;
}

static Tensor *new_result(Runtime *runtime, DType dtype, const Tensor *x, const Tensor *y, const Stack *a,
                          const Stack *b, AxisList *leading) {
  if (!leading_shape(runtime, x, y, a, b, leading)) return NULL;
  AxisList all = *leading;
  if (tensor_ndim(x) > 1 && !axis_list_add(runtime, &all, a->matrix.rows, 0)) return NULL;
  if (tensor_ndim(y) > 1 && !axis_list_add(runtime, &all, b->matrix.columns, 0)) return NULL;
  return tensor_new_shape(runtime, dtype, all.count, all.sizes);
}

/* ---- walking the stacks */
/* Leading axes of the left operand become rows when the right one is a single matrix and memory allows it. */
static void merge_rows(Stack *a, const Stack *b, AxisList *leading) {
  if (b->leading > 0) return;
  while (a->leading > 0) {
    int last = a->leading - 1;
    Matrix *matrix = &a->matrix;
    bool trivial = matrix->rows == 1 || a->sizes[last] == 1;
    if (!trivial && a->strides[last] != matrix->rows * matrix->row_stride) return;
    if (matrix->rows == 1) matrix->row_stride = a->strides[last];
    matrix->rows *= a->sizes[last];
    a->leading--;
    leading->count--;
  }
}

/* Where the matrix at a position of the leading axes starts, in elements. */
static int64_t stack_offset(const Stack *stack, const int64_t *position, int count) {
  int64_t offset = 0;
  for (int i = 0; i < stack->leading; i++) {
    if (stack->sizes[i] > 1) offset += position[count - stack->leading + i] * stack->strides[i];
  }
  return offset;
}

static bool next_position(int64_t *position, const AxisList *axes) {
  for (int axis = axes->count - 1; axis >= 0; axis--) {
    if (++position[axis] < axes->sizes[axis]) return true;
    position[axis] = 0;
  }
  return false;
}

static bool multiply_stacks(Runtime *runtime, DType dtype, const Stack *a, const Stack *b, const AxisList *leading,
                            char *out) {
  int64_t position[TENSOR_MAX_DIMS] = {0}, item = (int64_t)dtype_info[dtype].size;
  double work = 0;
  int64_t columns = b->matrix.columns, each = a->matrix.rows * columns;
  Matrix left = a->matrix, right = b->matrix;
  do {
    left.data = (const char *)a->matrix.data + stack_offset(a, position, leading->count) * item;
    right.data = (const char *)b->matrix.data + stack_offset(b, position, leading->count) * item;
    if (!matrix_multiply(runtime, dtype, &left, &right, out, columns)) return false;
    out += each * item;
    if ((work += (double)each * (double)left.columns) >= POLL_WORK) {
      work = 0;
      if (runtime_interrupted(runtime)) return false;
    }
  } while (next_position(position, leading));
  return true;
}

static Tensor *multiply(Runtime *runtime, DType dtype, const Tensor *x, const Tensor *y) {
  Stack a = as_stack(x, true), b = as_stack(y, false);
  AxisList leading = {0};
  if (a.matrix.columns != b.matrix.rows) return fail_inner(runtime, x, y, a.matrix.columns, b.matrix.rows);
  Tensor *result = new_result(runtime, dtype, x, y, &a, &b, &leading);
  if (!result || result->layout->size == 0) return result;
  merge_rows(&a, &b, &leading);
  if (multiply_stacks(runtime, dtype, &a, &b, &leading, tensor_data(result))) return result;
  tensor_unref(result);
  return NULL;
}

Tensor *op_matmul_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *y = operands->tensors[1];
  if (!check_operand(runtime, x, 0) || !check_operand(runtime, y, 1)) return NULL;
  DType dtype = dtype_promote((DType)x->dtype, false, (DType)y->dtype, false);
  Tensor *left = tensor_cast(runtime, x, dtype), *right = left ? tensor_cast(runtime, y, dtype) : NULL;
  Tensor *result = right ? multiply(runtime, dtype, left, right) : NULL;
  tensor_unref(left);
  tensor_unref(right);
  return result;
}
