/* SPDX-License-Identifier: MIT */
/* decompose_least.c: what singular values that count as 0 are left out of: ranks, pseudo-inverses, least squares. */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "runtime/blas.h"
#include "runtime/kernels/decompose_stack.h"

/* Singular values not above this count as 0, unless the caller says otherwise; `most` is the largest. */
static double cutoff_of(const Stack *stack, double most) {
  int64_t larger = stack->rows > stack->columns ? stack->rows : stack->columns;
  return most * (double)larger * stack_epsilon(stack);
}

static int64_t count_above(const double *s, int64_t count, double cutoff) {
  int64_t above = 0;
  for (int64_t k = 0; k < count; k++) above += s[k] > cutoff;
  return above;
}

/* Where the first attribute, if any, is the share of the largest one that counts as 0. */
static int64_t rank_of(const Stack *stack, const double *s, int64_t count) {
  const Attributes *attributes = stack->attributes;
  if (count == 0) return 0;
  double cutoff = attribute_is_none(attributes, 0) ? cutoff_of(stack, s[0]) : attribute_number(attributes, 0, 0) * s[0];
  return count_above(s, count, cutoff);
}

/* ---- rank */
/* Here the first attribute, if any, is the cutoff itself. */
static bool rank_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  int64_t count = smaller_of(stack->rows, stack->columns);
  double *s = work;
  if (!stack_singular_values(runtime, stack, index, work + count, s)) return false;
  double cutoff = attribute_number(stack->attributes, 0, cutoff_of(stack, count ? s[0] : 0));
  *out = (double)count_above(s, count, cutoff);
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
  if (rank) return matrix_multiply(runtime, DTYPE_FLOAT64, matrix_order(f.n, rank, f.m), &left, &right, out, f.m);
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

/* ---- least squares: V diag(1 / s) U^T b; a tall matrix is replaced with R, and b with Q^T b */
typedef struct Equations { Stack a, b; } Equations;

static bool reduce(Runtime *runtime, double *a, int64_t m, int64_t n, double *b, int64_t columns, double *r) {
  TallFactor f;
  bool done = tall_factor(runtime, &f, a, m, n) && tall_apply(runtime, &f, true, b, columns);
  if (done) tall_triangle(&f, r);
  tall_release(&f);
  return done;
}

/* x: columns of a matrix that has one more; those of b are `rows` long; `work` has room for k x columns. */
static bool solve(Runtime *runtime, const Singular *f, int64_t rank, int exponent, const double *b, int64_t rows,
                  int64_t columns, double *work, double *x) {
  if (rank == 0 || columns == 0) return true;
  Matrix u = {f->u, rank, f->m, f->m, 1}, v = {f->v, f->n, rank, 1, f->n};
  Matrix right = {b, f->m, columns, 1, rows}, along = {work, rank, columns, columns, 1};
  MatrixOrder order = matrix_part_order(f->m, rank, columns);
  if (!matrix_multiply(runtime, DTYPE_FLOAT64, order, &u, &right, work, columns)) return false;
  for (int64_t i = 0; i < rank * columns; i++) work[i] = ldexp(work[i] / f->s[i / columns], -exponent);
  return matrix_multiply(runtime, DTYPE_FLOAT64, order, &v, &along, x, columns + 1);
}

static bool least_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  const Equations *e = (const Equations *)(const void *)stack; /* its first member */
  int64_t m = stack->rows, n = stack->columns, columns = e->b.columns, height = smaller_of(m, n);
  double *a = work, *b = a + m * n, *along = b + m * columns;
  Singular f = singular_place(height, n, along + height * columns);
  stack_load(stack, index, a);
  stack_load(&e->b, index, b);
  int exponent = matrix_normalise(a, m * n);
  if (m <= n) f.a = a;
  else if (!reduce(runtime, a, m, n, b, columns, f.a)) return false;
  if (!singular_compute(runtime, &f)) return false;
  int64_t rank = rank_of(stack, f.s, f.k);
  memset(out, 0, (size_t)((n + 1) * (columns + 1)) * sizeof *out);
  if (!solve(runtime, &f, rank, exponent, b, m, columns, along, out)) return false;
  vector_restore(f.s, f.k, exponent);
  for (int64_t k = 0; k < f.k; k++) out[k * (columns + 1) + columns] = f.s[k];
  out[n * (columns + 1) + columns] = (double)rank;
  return true;
}

static Tensor *solve_stacks(Runtime *runtime, const Equations *e) {
  int64_t m = e->a.rows, n = e->a.columns, height = smaller_of(m, n), columns = e->b.columns;
  int64_t work = m * n + m * columns + height * columns + singular_room(height, n);
  StackTask task = {.function = least_one, .work = work, .tail_count = 2, .tail = {n + 1, columns + 1}, .finite = true};
  return stack_map(runtime, &e->a, &task);
}

Tensor *op_lstsq_parts_forward(Runtime *runtime, const Operands *operands) {
  Equations e = {0};
  Tensor *result = NULL;
  if (stack_open(runtime, operands, 0, "lstsq", false, &e.a) && stack_open(runtime, operands, 1, "lstsq", false, &e.b))
    result = solve_stacks(runtime, &e);
  stack_close(&e.a);
  stack_close(&e.b);
  return result;
}
