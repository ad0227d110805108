/* SPDX-License-Identifier: MIT */
/* decompose_stack.h: operations on the matrices in the last two axes of a tensor, one after the other. */
#ifndef MGRAD_RUNTIME_KERNELS_DECOMPOSE_STACK_H
#define MGRAD_RUNTIME_KERNELS_DECOMPOSE_STACK_H
#include "runtime/kernels/decompose.h"
#include "runtime/op.h"

typedef struct Stack {
  const char *name;         /* of the operation, for errors */
  int operand;              /* which one of its operands this is */
  const Attributes *attributes;
  Tensor *source;           /* borrowed */
  Tensor *numbers;          /* the same as contiguous float64; owned */
  int64_t count, rows, columns;
} Stack;

/* Errors: fewer than two axes; not square where that is asked for.  Close it also after false. */
bool stack_open(Runtime *runtime, const Operands *operands, int operand, const char *name, bool square, Stack *stack);
void stack_close(Stack *stack);

/* The matrix in column-major order. */
void stack_load(const Stack *stack, int64_t index, double *to);
/* An error about one matrix: "inv of `A` (2, 2): the matrix is singular"; `what` ends the sentence. */
bool stack_fail(Runtime *runtime, const Stack *stack, int64_t index, const char *what);

/* Makes one result (row-major, `tail` is its shape) of one matrix; `work` has room for as many doubles as asked for. */
typedef bool (*StackFunction)(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out);
typedef struct StackTask {
  StackFunction function;
  int64_t work;             /* doubles */
  int tail_count;
  int64_t tail[2];
  bool finite;              /* a matrix with a nan or an infinity gives nan without asking the function */
} StackTask;
/* All results in the stack's leading shape, in the operand's float type (float64 for integers). */
Tensor *stack_map(Runtime *runtime, const Stack *stack, const StackTask *task);

DType stack_dtype(const Tensor *operand); /* float32 stays, all else is float64 */
double stack_epsilon(const Stack *stack);  /* rounding unit of that type */

/* Whether linalg_solve(a, b) reads vectors from the last axis of b, and not matrices from the last two: where b is one
   vector, or has an axis less than a. */
static inline bool solve_reads_vectors(const Tensor *a, const Tensor *b) {
  return tensor_ndim(b) == 1 || tensor_ndim(b) == tensor_ndim(a) - 1;
}

/* The singular values of one matrix; `work` has room for it. */
bool stack_singular_values(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *s);

/* 1 for matrices of a stack of square ones that cannot be told from singular ones, else 0. */
Tensor *stack_singular(Runtime *runtime, Tensor *x);
/* Whether some matrix of a stack of square ones cannot be told from a singular one; false, too, after an error. */
bool stack_is_singular(Runtime *runtime, Tensor *x);

/* Column-major to row-major, where `out` has rows of `stride` elements. */
void stack_store(const double *a, int64_t rows, int64_t columns, double *out, int64_t stride);

#endif
