/* SPDX-License-Identifier: MIT */
/* decompose_least.c: what singular values that count as 0 are left out of: ranks and pseudo-inverses. */
#include <string.h>

#include "base/number.h"
#include "runtime/blas.h"
#include "runtime/kernels/decompose_stack.h"

/* Singular values not above this count as 0, unless the caller says otherwise; `most` is the largest. */
static double cutoff_of(const Stack *stack, double most) {
  int64_t larger = stack->rows > stack->columns ? stack->rows : stack->columns;
  return most * (double)larger * stack_epsilon(stack);
}

/* Where the first attribute, if any, is the share of the largest one that counts as 0. */
static int64_t rank_of(const Stack *stack, const double *s, int64_t count) {
  const Attributes *attributes = stack->attributes;
  int64_t rank = 0;
  if (count == 0) return 0;
  double cutoff = attribute_is_none(attributes, 0) ? cutoff_of(stack, s[0]) : attribute_number(attributes, 0, 0) * s[0];
  for (int64_t k = 0; k < count; k++) rank += s[k] > cutoff;
  return rank;
}

/* ---- rank */
static bool rank_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  int64_t count = smaller_of(stack->rows, stack->columns);
  double *s = work, most;
  if (!stack_singular_values(runtime, stack, index, work + count, s)) return false;
  most = count ? s[0] : 0;
  double cutoff = attribute_number(stack->attributes, 0, cutoff_of(stack, most));
  *out = 0;
  for (int64_t k = 0; k < count; k++) *out += s[k] > cutoff;
  return true;
}

/* A vector has rank 1 unless it is zero. */
static Tensor *rank_of_vector(Runtime *runtime, const Tensor *x) {
  bool nonzero = false;
  for (int64_t i = 0; !nonzero && i < tensor_size(x); i++) nonzero = tensor_number_at(x, i) != 0;
  return tensor_new_integer(runtime, DTYPE_INT64, nonzero);
}

Tensor *op_matrix_rank_forward(Runtime *runtime, const Operands *operands) {
  Stack stack;
  Tensor *ranks = NULL, *result = NULL;
  if (tensor_ndim(operands->tensors[0]) < 2) return rank_of_vector(runtime, operands->tensors[0]);
  if (stack_open(runtime, operands, 0, "matrix_rank", false, &stack)) {
    int64_t work = stack.rows * stack.columns + smaller_of(stack.rows, stack.columns);
    ranks = stack_map(runtime, &stack, &(StackTask){.function = rank_one, .work = work, .finite = true});
  }
  if (ranks) result = tensor_cast(runtime, ranks, DTYPE_INT64);
  tensor_unref(ranks);
  stack_close(&stack);
  return result;
}

/* ---- pseudo-inverse: V diag(1 / s) U^T without the values that count as 0 */
static bool pinv_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  Singular f = singular_place(stack->rows, stack->columns, work);
  stack_load(stack, index, f.a);
  if (!singular_compute(runtime, &f)) return false;
  int64_t rank = rank_of(stack, f.s, f.k);
  for (int64_t k = 0; k < rank; k++) vector_scale(f.v + k * f.n, f.n, 1 / f.s[k]);
  Matrix left = {f.v, f.n, rank, 1, f.n}, right = {f.u, rank, f.m, f.m, 1};
  if (rank) return matrix_multiply(runtime, DTYPE_FLOAT64, &left, &right, out, f.m);
  memset(out, 0, (size_t)(f.m * f.n) * sizeof *out);
  return true;
}

Tensor *op_pinv_forward(Runtime *runtime, const Operands *operands) {
  Stack stack;
  Tensor *result = NULL;
  if (stack_open(runtime, operands, 0, "pinv", false, &stack)) {
    StackTask task = {.function = pinv_one, .work = singular_room(stack.rows, stack.columns), .tail_count = 2,
                      .tail = {stack.columns, stack.rows}, .finite = true};
    result = stack_map(runtime, &stack, &task);
  }
  stack_close(&stack);
  return result;
}
