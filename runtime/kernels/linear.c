/* SPDX-License-Identifier: MIT */
/* linear.c: matmul: vectors, matrices, and stacks of matrices that broadcast. */
#include <inttypes.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/threads.h"
#include "runtime/blas.h"
#include "runtime/kernels/axes.h"

#define LEAST_WINDOW 4096.0
/* Multiply-adds: of the matrices of a stack that a thread takes at a time; from where on threads share each single
   product instead. */
#define SHARE_WORK 262144.0
#define LARGE_WORK 4e6
/* A rough guess for one multiply-add, and for what else a product of matrices costs. */
#define NANOSECONDS 0.05
#define PRODUCT_NANOSECONDS 20.0

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

/* The order of a product's terms.  Whether merge_rows can merge the rows of a stack depends on memory; whether it would
   on sizes alone. */
static MatrixOrder order_of(const Stack *a, const Stack *b) {
  int64_t rows = a->matrix.rows;
  for (int i = 0; i < a->leading && b->leading == 0; i++) rows *= a->sizes[i];
  return matrix_order(rows, a->matrix.columns, b->matrix.columns);
}

/* Where the matrix at a position of the leading axes starts, in elements. */
static int64_t stack_offset(const Stack *stack, const int64_t *position, int count) {
  int64_t offset = 0;
  for (int i = 0; i < stack->leading; i++) {
    if (stack->sizes[i] > 1) offset += position[count - stack->leading + i] * stack->strides[i];
  }
  return offset;
}

static void find_position(int64_t index, const AxisList *axes, int64_t *position) {
  for (int axis = axes->count - 1; axis >= 0; axis--) {
    position[axis] = index % axes->sizes[axis];
    index /= axes->sizes[axis];
  }
}

static void next_position(int64_t *position, const AxisList *axes) {
  for (int axis = axes->count - 1; axis >= 0; axis--) {
    if (++position[axis] < axes->sizes[axis]) return;
    position[axis] = 0;
  }
}

typedef struct StackProduct {
  MatrixJob job;        /* each product */
  const Stack *a, *b;
  const AxisList *leading;
  int64_t count, share; /* products, and how many of them a thread takes at a time */
  char *out, *rooms;    /* one room for each thread */
  size_t room;
} StackProduct;

static void multiply_share(void *context, int64_t index) {
  const StackProduct *stacks = context;
  const Stack *a = stacks->a, *b = stacks->b;
  const AxisList *leading = stacks->leading;
  int64_t start = index * stacks->share, end = smaller_of(start + stacks->share, stacks->count);
  int64_t position[TENSOR_MAX_DIMS], item = (int64_t)dtype_info[stacks->job.dtype].size, columns = b->matrix.columns;
  char *room = stacks->rooms ? stacks->rooms + (size_t)threads_self() * stacks->room : NULL;
  Matrix left = a->matrix, right = b->matrix;
  find_position(start, leading, position);
  for (int64_t k = start; k < end && !interrupt_seen(); k++, next_position(position, leading)) {
    left.data = (const char *)a->matrix.data + stack_offset(a, position, leading->count) * item;
    right.data = (const char *)b->matrix.data + stack_offset(b, position, leading->count) * item;
    char *out = stacks->out + k * left.rows * columns * item;
    matrix_multiply_in(&stacks->job, room, &left, &right, out, columns);
  }
}

static bool multiply_shares(Runtime *runtime, StackProduct *stacks) {
  const Matrix *a = &stacks->a->matrix, *b = &stacks->b->matrix;
  double work = (double)a->rows * (double)a->columns * (double)b->columns;
  double shared = SHARE_WORK / (work + PRODUCT_NANOSECONDS / NANOSECONDS) + 1;
  bool together = work >= LARGE_WORK || shared >= (double)stacks->count;
  stacks->share = together ? stacks->count : (int64_t)shared;
  int64_t shares = (stacks->count + stacks->share - 1) / stacks->share;
  stacks->job.threads = shares > 1 ? 1 : threads_count();
  stacks->room = matrix_room(&stacks->job, a, b);
  size_t bytes = stacks->room * (size_t)(shares > 1 ? threads_count() : 1);
  stacks->rooms = bytes > 0 ? memory_allocate_data(bytes) : NULL;
  if (bytes > 0 && !stacks->rooms) return runtime_out_of_memory(runtime), false;
  threads_run(shares, (NANOSECONDS * work + PRODUCT_NANOSECONDS) * (double)stacks->share, multiply_share, stacks);
  if (bytes > 0) memory_release_data(stacks->rooms, bytes);
  return !runtime_interrupted(runtime);
}

static bool multiply_stacks(Runtime *runtime, DType dtype, MatrixOrder order, const Stack *a, const Stack *b,
                            const AxisList *leading, char *out) {
  StackProduct stacks = {.job = {dtype, order, 1}, .a = a, .b = b, .leading = leading, .count = 1, .out = out};
  for (int i = 0; i < leading->count; i++) stacks.count *= leading->sizes[i];
  if (stacks.count == 1) return matrix_multiply(runtime, dtype, order, &a->matrix, &b->matrix, out, b->matrix.columns);
  return multiply_shares(runtime, &stacks);
}

/* Rows of a that repeat, and columns of b, give rows and columns that do (as in the gradient of a sum): one of them is
   computed (multiply.c does so, too, but writes them all), and the result is a window of that.  Small results are not
   worth the window. */
static bool look_at_repeated(Stack *a, Stack *b) {
  bool large = (double)a->matrix.rows * (double)b->matrix.columns >= LEAST_WINDOW;
  bool rows = large && a->matrix.rows > 1 && a->matrix.row_stride == 0;
  bool columns = large && b->matrix.columns > 1 && b->matrix.column_stride == 0;
  if (rows) a->matrix.rows = 1;
  if (columns) b->matrix.columns = 1;
  return rows || columns;
}

/* The result (taken) with `rows` x `columns` matrices again. */
static Tensor *repeat(Runtime *runtime, Tensor *result, bool has_rows, int64_t rows, bool has_columns,
                      int64_t columns) {
  int64_t shape[TENSOR_MAX_DIMS];
  int axis = result->layout->ndim;
  for (int i = 0; i < axis; i++) shape[i] = layout_shape(result->layout)[i];
  if (has_columns) shape[--axis] = columns;
  if (has_rows) shape[--axis] = rows;
  Layout *full = layout_new(runtime, result->layout->ndim, shape);
  Tensor *window = full ? tensor_broadcast_to(runtime, result, full) : NULL;
  layout_unref(full);
  tensor_unref(result);
  return window;
}

static Tensor *multiply(Runtime *runtime, DType dtype, const Tensor *x, const Tensor *y) {
  Stack a = as_stack(x, true), b = as_stack(y, false);
  AxisList leading = {0};
  int64_t rows = a.matrix.rows, columns = b.matrix.columns;
  if (a.matrix.columns != b.matrix.rows) return fail_inner(runtime, x, y, a.matrix.columns, b.matrix.rows);
  MatrixOrder order = order_of(&a, &b);
  bool repeats = look_at_repeated(&a, &b);
  Tensor *result = new_result(runtime, dtype, x, y, &a, &b, &leading);
  if (!result) return NULL;
  if (result->layout->size > 0) {
    merge_rows(&a, &b, &leading);
    if (!multiply_stacks(runtime, dtype, order, &a, &b, &leading, tensor_data(result)))
      return tensor_unref(result), NULL;
  }
  return repeats ? repeat(runtime, result, tensor_ndim(x) > 1, rows, tensor_ndim(y) > 1, columns) : result;
}

/* An operand of that type.  That its inner axis repeats changes the last bits (see multiply.c), so it is written out
   where that depends on what happens to be pending. */
static Tensor *operand_of(Runtime *runtime, Tensor *tensor, DType dtype, bool left) {
  Tensor *operand = tensor_cast(runtime, tensor, dtype);
  if (!operand || !operand->layout->incidental) return operand;
  int ndim = operand->layout->ndim, axis = left || ndim == 1 ? ndim - 1 : ndim - 2;
  if (layout_strides(operand->layout)[axis] != 0 || layout_shape(operand->layout)[axis] == 1) return operand;
  Tensor *copy = tensor_copy(runtime, operand);
  tensor_unref(operand);
  return copy;
}

Tensor *op_matmul_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *y = operands->tensors[1];
  if (!check_operand(runtime, x, 0) || !check_operand(runtime, y, 1)) return NULL;
  DType dtype = dtype_promote((DType)x->dtype, false, (DType)y->dtype, false);
  Tensor *left = operand_of(runtime, x, dtype, true), *right = left ? operand_of(runtime, y, dtype, false) : NULL;
  Tensor *result = right ? multiply(runtime, dtype, left, right) : NULL;
  tensor_unref(left);
  tensor_unref(right);
  return result;
}
