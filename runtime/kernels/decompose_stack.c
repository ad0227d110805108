/* SPDX-License-Identifier: MIT */
/* decompose_stack.c: walks over the matrices of a tensor. */
#include "runtime/kernels/decompose_stack.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "runtime/kernels/axes.h"

DType stack_dtype(const Tensor *operand) {
  return operand->dtype == DTYPE_FLOAT32 ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
}

double stack_epsilon(const Stack *stack) {
  return stack->source->dtype == DTYPE_FLOAT32 ? (double)FLT_EPSILON : DBL_EPSILON;
}

/* ---- opening */
static bool fail_shape(Runtime *runtime, const Stack *stack, const char *wanted) {
  ShapeText shape;
  OperandMark mark;
  runtime_fail(runtime, ERROR_SHAPE, stack->operand, "%s needs %s, got %s%s", stack->name, wanted,
               operand_mark(&mark, stack->operand), layout_text(&shape, stack->source->layout));
  return false;
}

bool stack_open(Runtime *runtime, const Operands *operands, int operand, const char *name, bool square, Stack *stack) {
  Tensor *x = operands->tensors[operand];
  *stack = (Stack){.name = name, .operand = operand, .attributes = operands->attributes, .source = x};
  int ndim = tensor_ndim(x);
  if (ndim < 2)
    return fail_shape(runtime, stack, square ? "a square matrix or a stack of them" : "a matrix or a stack of them");
  const int64_t *shape = layout_shape(x->layout);
  stack->rows = shape[ndim - 2];
  stack->columns = shape[ndim - 1];
  stack->count = 1;
  for (int i = 0; i < ndim - 2; i++) stack->count *= shape[i];
  if (square && stack->rows != stack->columns) return fail_shape(runtime, stack, "a square matrix");
  Tensor *plain = tensor_plain(runtime, x);
  Tensor *cast = plain ? tensor_cast(runtime, plain, DTYPE_FLOAT64) : NULL;
  if (cast) stack->numbers = tensor_contiguous(runtime, cast);
  tensor_unref(cast);
  tensor_unref(plain);
  return stack->numbers != NULL;
}

void stack_close(Stack *stack) {
  tensor_unref(stack->numbers);
}

/* ---- one matrix */
void stack_load(const Stack *stack, int64_t index, double *to) {
  const double *numbers = tensor_data(stack->numbers);
  matrix_transpose(numbers + index * stack->rows * stack->columns, stack->rows, stack->columns, to);
}

void stack_store(const double *a, int64_t rows, int64_t columns, double *out, int64_t stride) {
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < columns; j++) out[i * stride + j] = a[i + j * rows];
  }
}

bool stack_fail(Runtime *runtime, const Stack *stack, int64_t index, const char *what) {
  ShapeText shape;
  OperandMark mark;
  if (runtime_interrupted(runtime)) return false; /* which would be lost otherwise: nobody asks after an error */
  operand_mark(&mark, stack->operand);
  layout_text(&shape, stack->source->layout);
  if (stack->count == 1)
    runtime_fail(runtime, ERROR_VALUE, stack->operand, "%s of %s%s: the matrix %s", stack->name, mark.text, shape.text,
                 what);
  else
    runtime_fail(runtime, ERROR_VALUE, stack->operand,
                 "%s of %s%s: matrix %" PRId64 " of the stack (counted from 0) %s", stack->name, mark.text, shape.text,
                 index, what);
  return false;
}

/* The transpose, which the rows are in column-major order, has the same ones. */
bool stack_singular_values(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *s) {
  int64_t m = stack->rows, n = stack->columns;
  if (m >= n) {
    stack_load(stack, index, work);
    return singular_only(runtime, work, m, n, s);
  }
  memcpy(work, (const double *)tensor_data(stack->numbers) + index * m * n, (size_t)(m * n) * sizeof *work);
  return singular_only(runtime, work, n, m, s);
}

/* ---- all matrices */
static Tensor *new_result(Runtime *runtime, const Stack *stack, const StackTask *task) {
  const Layout *layout = stack->source->layout;
  AxisList list = {0};
  for (int i = 0; i < layout->ndim - 2; i++) list.sizes[list.count++] = layout_shape(layout)[i];
  for (int i = 0; i < task->tail_count; i++) list.sizes[list.count++] = task->tail[i];
  return tensor_new_shape(runtime, DTYPE_FLOAT64, list.count, list.sizes);
}

static bool run_one(Runtime *runtime, const Stack *stack, const StackTask *task, int64_t index, double *work,
                    double *out, int64_t size) {
  int64_t elements = stack->rows * stack->columns;
  const double *numbers = (const double *)tensor_data(stack->numbers) + index * elements;
  if (runtime_interrupted(runtime)) return false;
  if (!task->finite || matrix_is_finite(numbers, elements)) return task->function(runtime, stack, index, work, out);
  for (int64_t i = 0; i < size; i++) out[i] = NAN;
  return true;
}

static bool run_all(Runtime *runtime, const Stack *stack, const StackTask *task, double *out) {
  size_t bytes = (size_t)task->work * sizeof(double);
  int64_t size = 1;
  double *work = memory_allocate_data(bytes);
  bool done = work != NULL;
  if (!done) runtime_out_of_memory(runtime);
  for (int i = 0; i < task->tail_count; i++) size *= task->tail[i];
  for (int64_t i = 0; done && i < stack->count; i++)
    done = run_one(runtime, stack, task, i, work, out + i * size, size);
  if (work) memory_release_data(work, bytes);
  return done;
}

Tensor *stack_map(Runtime *runtime, const Stack *stack, const StackTask *task) {
  Tensor *result = new_result(runtime, stack, task);
  if (!result) return NULL;
  Tensor *cast = run_all(runtime, stack, task, tensor_data(result))
                   ? tensor_cast(runtime, result, stack_dtype(stack->source)) : NULL;
  tensor_unref(result);
  return cast;
}
