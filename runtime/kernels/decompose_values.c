/* SPDX-License-Identifier: MIT */
/* decompose_values.c: operations that give QR, singular values and eigenvalues.

   An operation has one result, so factors that belong together come in one tensor, one above (or beside) the other:
     qr_parts    m >= n: Q (m x n) above R (n x n); m < n: Q (m x m) beside R (m x n)
     svd_parts   U (m x k) above s (one row) above V (n x k), k = min(m, n)
     eigh_parts  the values (one row) above V (n x n); eig_parts likewise */
#include <string.h>

#include "base/number.h"
#include "runtime/kernels/decompose_stack.h"

static int64_t smaller_side(const Stack *stack) { return smaller_of(stack->rows, stack->columns); }

static Tensor *map(Runtime *runtime, Stack *stack_taken, StackTask task) {
  task.finite = true;
  Tensor *result = stack_map(runtime, stack_taken, &task);
  stack_close(stack_taken);
  return result;
}

static bool open(Runtime *runtime, const Operands *operands, const char *name, bool square, Stack *stack) {
  if (stack_open(runtime, operands, 0, name, square, stack)) return true;
  stack_close(stack);
  return false;
}

/* ---- QR */
static bool qr_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  int64_t m = stack->rows, n = stack->columns, k = smaller_of(m, n);
  double *a = work, *q = a + m * n, *r = q + m * k;
  stack_load(stack, index, a);
  if (!qr_factor(runtime, a, m, n, q, r)) return false;
  bool above = m >= n;
  stack_store(q, m, k, out, above ? n : m + n);
  stack_store(r, k, n, above ? out + m * n : out + m, above ? n : m + n);
  return true;
}

Tensor *op_qr_parts_forward(Runtime *runtime, const Operands *operands) {
  Stack stack;
  if (!open(runtime, operands, "qr", false, &stack)) return NULL;
  int64_t m = stack.rows, n = stack.columns, k = smaller_of(m, n);
  StackTask task = {.function = qr_one, .work = m * n + m * k + k * n, .tail_count = 2,
                    .tail = {m >= n ? m + n : m, m >= n ? n : m + n}};
  return map(runtime, &stack, task);
}

/* ---- singular values */
static bool svd_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  Singular f = singular_place(stack->rows, stack->columns, work);
  stack_load(stack, index, f.a);
  if (!singular_compute(runtime, &f)) return false;
  stack_store(f.u, f.m, f.k, out, f.k);
  if (f.k) memcpy(out + f.m * f.k, f.s, (size_t)f.k * sizeof *out);
  stack_store(f.v, f.n, f.k, out + (f.m + 1) * f.k, f.k);
  return true;
}

Tensor *op_svd_parts_forward(Runtime *runtime, const Operands *operands) {
  Stack stack;
  if (!open(runtime, operands, "svd", false, &stack)) return NULL;
  StackTask task = {.function = svd_one, .work = singular_room(stack.rows, stack.columns), .tail_count = 2,
                    .tail = {stack.rows + 1 + stack.columns, smaller_side(&stack)}};
  return map(runtime, &stack, task);
}

Tensor *op_svdvals_forward(Runtime *runtime, const Operands *operands) {
  Stack stack;
  if (!open(runtime, operands, "svdvals", false, &stack)) return NULL;
  StackTask task = {.function = stack_singular_values, .work = stack.rows * stack.columns, .tail_count = 1,
                    .tail = {smaller_side(&stack)}};
  return map(runtime, &stack, task);
}

/* ---- the rest of an orthonormal basis */
static bool complement_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  int64_t m = stack->rows, n = stack->columns;
  stack_load(stack, index, work);
  if (!orthonormal_complete(runtime, work, m, n, m)) return false;
  stack_store(work + m * n, m, m - n, out, m - n);
  return true;
}

static bool units_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  int64_t m = stack->rows, n = stack->columns;
  stack_load(stack, index, work);
  if (!orthonormal_complete(runtime, work, m, n, m)) return false;
  if (m > n) memset(out, 0, (size_t)(m * (m - n)) * sizeof *out);
  for (int64_t k = n; k < m; k++) out[orthonormal_next(work, m, k) * (m - n) + k - n] = 1;
  return true;
}

static Tensor *map_complement(Runtime *runtime, const Operands *operands, StackFunction function) {
  Stack stack;
  if (!open(runtime, operands, "complement", false, &stack)) return NULL;
  int64_t m = stack.rows, rest = m - smaller_side(&stack);
  StackTask task = {.function = function, .tail_count = 2, .tail = {m, rest}};
  /* Few columns do not bound what they lack: stack_map refuses a result that is too large. */
  if (__builtin_mul_overflow(m, rest + stack.columns, &task.work)) task.work = 0;
  return map(runtime, &stack, task);
}

Tensor *op_complement_forward(Runtime *runtime, const Operands *operands) {
  return map_complement(runtime, operands, complement_one);
}

Tensor *op_complement_units_forward(Runtime *runtime, const Operands *operands) {
  return map_complement(runtime, operands, units_one);
}

/* ---- eigenvalues */
static bool eigh_of(Runtime *runtime, const Stack *stack, int64_t index, double *a, double *values) {
  const Attributes *attributes = stack->attributes;
  bool upper = !attribute_is_none(attributes, 0) && strcmp(attributes->values[0].text, "U") == 0;
  int64_t n = stack->rows;
  const double *numbers = (const double *)tensor_data(stack->numbers) + index * n * n;
  if (upper) memcpy(a, numbers, (size_t)(n * n) * sizeof *a); /* row-major read as column-major: transposed */
  else stack_load(stack, index, a);
  return symmetric_eigen(runtime, a, n, values);
}

static bool eigh_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  int64_t n = stack->rows;
  if (!eigh_of(runtime, stack, index, work, out)) return false;
  stack_store(work, n, n, out + n, n);
  return true;
}

static bool eigvalsh_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  return eigh_of(runtime, stack, index, work, out);
}

static bool open_symmetric(Runtime *runtime, const Operands *operands, const char *name, Stack *stack) {
  const Attributes *attributes = operands->attributes;
  const char *part = attribute_is_none(attributes, 0) ? "L" : attributes->values[0].text;
  if (strcmp(part, "L") == 0 || strcmp(part, "U") == 0) return open(runtime, operands, name, true, stack);
  runtime_fail(runtime, ERROR_ARGUMENT, -1, "%s: UPLO is \"L\" or \"U\", the triangle to read, not \"%s\"", name, part);
  return false;
}

Tensor *op_eigh_parts_forward(Runtime *runtime, const Operands *operands) {
  Stack stack;
  if (!open_symmetric(runtime, operands, "eigh", &stack)) return NULL;
  int64_t n = stack.rows;
  StackTask task = {.function = eigh_one, .work = n * n, .tail_count = 2, .tail = {n + 1, n}};
  return map(runtime, &stack, task);
}

Tensor *op_eigvalsh_forward(Runtime *runtime, const Operands *operands) {
  Stack stack;
  if (!open_symmetric(runtime, operands, "eigvalsh", &stack)) return NULL;
  int64_t n = stack.rows;
  StackTask task = {.function = eigvalsh_one, .work = n * n, .tail_count = 1, .tail = {n}};
  return map(runtime, &stack, task);
}

static bool eig_of(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *values, double *vectors) {
  bool real;
  stack_load(stack, index, work);
  if (!general_eigen(runtime, work, stack->rows, values, vectors, &real)) return false;
  if (real) return true;
  stack_fail(runtime, stack, index, "has complex eigenvalues");
  error_hint(runtime->error, "only real ones can be given, and rounding can make triple ones complex; a symmetric "
             "matrix has real ones: linalg.eigh");
  return false;
}

static bool eig_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  int64_t n = stack->rows;
  double *vectors = work + n * n;
  if (!eig_of(runtime, stack, index, work, out, vectors)) return false;
  stack_store(vectors, n, n, out + n, n);
  return true;
}

static bool eigvals_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  return eig_of(runtime, stack, index, work, out, work + stack->rows * stack->rows);
}

static Tensor *map_general(Runtime *runtime, const Operands *operands, const char *name, StackFunction function,
                           int tail) {
  Stack stack;
  if (!open(runtime, operands, name, true, &stack)) return NULL;
  int64_t n = stack.rows;
  StackTask task = {.function = function, .work = 2 * n * n, .tail_count = tail, .tail = {n + 1, n}};
  if (tail == 1) task.tail[0] = n;
  return map(runtime, &stack, task);
}

Tensor *op_eig_parts_forward(Runtime *runtime, const Operands *operands) {
  return map_general(runtime, operands, "eig", eig_one, 2);
}

Tensor *op_eigvals_forward(Runtime *runtime, const Operands *operands) {
  return map_general(runtime, operands, "eigvals", eigvals_one, 1);
}
