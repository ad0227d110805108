/* SPDX-License-Identifier: MIT */
/* decompose_solve.c: operations that rest on LU and Cholesky: inverses, determinants, linear equations. */
#include <math.h>
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "runtime/kernels/decompose_stack.h"

static int *integers_at(double *work) { return (int *)(void *)work; }

/* LU of one matrix into work[0 ... n * n), its pivots behind. */
static bool factor(Runtime *runtime, const Stack *stack, int64_t index, double *work, int *sign) {
  int64_t n = stack->rows;
  stack_load(stack, index, work);
  return lu_factor(runtime, work, n, integers_at(work + n * n), sign);
}

static bool fail_singular(Runtime *runtime, const Stack *stack, int64_t index) {
  stack_fail(runtime, stack, index, "is singular");
  error_hint(runtime->error, "linalg.pinv and linalg.lstsq also take singular matrices");
  return false;
}

static StackTask square_task(const Stack *stack, StackFunction function, int64_t matrices) {
  int64_t n = stack->rows;
  return (StackTask){.function = function, .work = matrices * n * n + 2 * n, .tail_count = 2, .tail = {n, n}};
}

static Tensor *map_square(Runtime *runtime, const Operands *operands, const char *name, StackFunction function,
                          int64_t matrices) {
  Stack stack;
  Tensor *result = NULL;
  if (stack_open(runtime, operands, 0, name, true, &stack)) {
    StackTask task = square_task(&stack, function, matrices);
    task.finite = true;
    result = stack_map(runtime, &stack, &task);
  }
  stack_close(&stack);
  return result;
}

/* ---- inv */
static bool invert_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  int64_t n = stack->rows;
  double *inverse = work + n * n + n;
  int sign;
  if (!factor(runtime, stack, index, work, &sign)) return false;
  if (lu_is_singular(work, n)) return fail_singular(runtime, stack, index);
  matrix_set_identity(inverse, n, n);
  if (!lu_solve(runtime, work, integers_at(work + n * n), n, inverse, n)) return false;
  stack_store(inverse, n, n, out, n);
  return true;
}

Tensor *op_inv_forward(Runtime *runtime, const Operands *operands) {
  return map_square(runtime, operands, "inv", invert_one, 2);
}

/* ---- determinants */
static double product_of_pivots(const double *lu, int64_t n, int sign) {
  double product = sign;
  for (int64_t k = 0; k < n; k++) product *= lu[k + k * n];
  return product;
}

static bool determinant_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  int sign;
  if (!factor(runtime, stack, index, work, &sign)) return false;
  *out = product_of_pivots(work, stack->rows, sign);
  return true;
}

/* Sign and logarithm of the absolute value. */
static bool log_determinant_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  int64_t n = stack->rows;
  int sign;
  if (!factor(runtime, stack, index, work, &sign)) return false;
  out[0] = sign;
  out[1] = 0;
  for (int64_t k = 0; k < n; k++) {
    double pivot = work[k + k * n];
    out[0] = pivot == 0 ? 0 : pivot > 0 ? out[0] : pivot < 0 ? 0 - out[0] : NAN;
    out[1] += log(fabs(pivot));
  }
  return true;
}

static Tensor *map_determinant(Runtime *runtime, const Operands *operands, const char *name, StackFunction function,
                               int tail) {
  Stack stack;
  Tensor *result = NULL;
  if (stack_open(runtime, operands, 0, name, true, &stack)) {
    StackTask task = square_task(&stack, function, 1);
    task.tail_count = tail;
    task.tail[0] = 2;
    result = stack_map(runtime, &stack, &task);
  }
  stack_close(&stack);
  return result;
}

Tensor *op_det_forward(Runtime *runtime, const Operands *operands) {
  return map_determinant(runtime, operands, "det", determinant_one, 0);
}

Tensor *op_slogdet_parts_forward(Runtime *runtime, const Operands *operands) {
  return map_determinant(runtime, operands, "slogdet", log_determinant_one, 1);
}

static bool singular_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  int sign;
  if (!factor(runtime, stack, index, work, &sign)) return false;
  *out = lu_is_singular(work, stack->rows);
  return true;
}

Tensor *stack_singular(Runtime *runtime, Tensor *x) {
  Operands operands = {.count = 1, .tensors = &x};
  return map_determinant(runtime, &operands, "cond", singular_one, 0);
}

bool stack_is_singular(Runtime *runtime, Tensor *x) {
  Stack stack;
  Operands operands = {.count = 1, .tensors = &x};
  bool singular = false;
  if (stack_open(runtime, &operands, 0, "det", true, &stack)) {
    size_t bytes = (size_t)(stack.rows * stack.rows + stack.rows) * sizeof(double);
    double *work = memory_allocate_data(bytes);
    int sign;
    if (!work) runtime_out_of_memory(runtime);
    for (int64_t i = 0; work && !singular && i < stack.count; i++)
      singular = factor(runtime, &stack, i, work, &sign) && lu_is_singular(work, stack.rows);
    if (work) memory_release_data(work, bytes);
  }
  stack_close(&stack);
  return singular;
}

/* ---- cofactors */
enum { MOST_MINORS = 6 };

/* Whether products of as many elements as minors have neither overflow nor vanish. */
static bool has_moderate_numbers(const double *a, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    if (a[i] != 0 && !(fabs(a[i]) > 1e-15 && fabs(a[i]) < 1e15)) return false;
  }
  return true;
}

static void pivot_rows(double *m, int64_t n, int64_t k, double *sign) {
  int64_t best = k;
  for (int64_t i = k + 1; i < n; i++) {
    if (fabs(m[i + k * n]) > fabs(m[best + k * n])) best = i;
  }
  if (best == k) return;
  *sign = -*sign;
  for (int64_t j = k; j < n; j++) {
    double kept = m[k + j * n];
    m[k + j * n] = m[best + j * n];
    m[best + j * n] = kept;
  }
}

/* The determinant of m, which is destroyed, by Bareiss's elimination: what it divides is a multiple in integers. */
static double determinant_by_integers(double *m, int64_t n) {
  double before = 1, sign = 1;
  for (int64_t k = 0; k < n - 1; k++) {
    pivot_rows(m, n, k, &sign);
    double pivot = m[k + k * n];
    if (pivot == 0) return 0;
    for (int64_t j = k + 1; j < n; j++) {
      for (int64_t i = k + 1; i < n; i++) m[i + j * n] = (m[i + j * n] * pivot - m[i + k * n] * m[k + j * n]) / before;
    }
    before = pivot;
  }
  return n ? sign * m[n * n - 1] : 1;
}

static void cofactors_by_minors(const double *a, int64_t n, double *minor, double *out) {
  for (int64_t at = 0; at < n * n; at++) {
    int64_t row = at / n, column = at % n, filled = 0;
    for (int64_t k = 0; k < n * n; k++) {
      if (k % n != row && k / n != column) minor[filled++] = a[k];
    }
    double determinant = determinant_by_integers(minor, n - 1);
    out[at] = 0 + ((row + column) % 2 ? -determinant : determinant); /* no -0 */
  }
}

/* Each number replaced by the product of all others. */
static void products_of_others(double *s, int64_t n, double *work) {
  double before = 1, after = 1;
  for (int64_t i = 0; i < n; i++) work[i] = before, before *= s[i];
  for (int64_t i = n - 1; i >= 0; i--) {
    double own = s[i];
    s[i] = work[i] * after;
    after *= own;
  }
}

/* The determinant of an orthogonal matrix, which is destroyed. */
static bool orientation(Runtime *runtime, double *q, int64_t n, double *work, double *product) {
  int sign;
  if (!lu_factor(runtime, q, n, integers_at(work), &sign)) return false;
  *product *= product_of_pivots(q, n, sign) < 0 ? -1 : 1;
  return true;
}

/* From A = U diag(s) V^T: the cofactors are det(U) det(V) U diag(products of the other s) V^T, for any rank.  Minors of
   small matrices leave integers exact. */
static bool cofactors_of_any(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  int64_t n = stack->rows;
  double *a = work, *u = a + n * n, *v = u + n * n, *s = v + n * n, *spare = s + n, sign = 1;
  stack_load(stack, index, a);
  if (n <= MOST_MINORS && has_moderate_numbers(a, n * n)) {
    cofactors_by_minors(a, n, u, out);
    return true;
  }
  if (!singular_factor(runtime, a, n, n, u, s, v)) return false;
  products_of_others(s, n, spare);
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < n; j++) {
      double sum = 0;
      for (int64_t k = 0; k < n; k++) sum += u[i + k * n] * s[k] * v[j + k * n];
      out[i * n + j] = sum;
    }
  }
  if (!orientation(runtime, u, n, spare, &sign) || !orientation(runtime, v, n, spare, &sign)) return false;
  vector_scale(out, n * n, sign);
  return true;
}

static bool cofactor_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  int64_t n = stack->rows;
  double *inverse = work + n * n + n, least = INFINITY, most = 0;
  int sign;
  if (!factor(runtime, stack, index, work, &sign)) return false;
  for (int64_t k = 0; k < n; k++) {
    least = fmin(least, fabs(work[k + k * n]));
    most = fmax(most, fabs(work[k + k * n]));
  }
  if (!(least > 1e-6 * most)) return cofactors_of_any(runtime, stack, index, work, out);
  double product = product_of_pivots(work, n, sign);
  matrix_set_identity(inverse, n, n);
  if (!lu_solve(runtime, work, integers_at(work + n * n), n, inverse, n)) return false;
  for (int64_t i = 0; i < n * n; i++) out[i] = product * inverse[i]; /* column-major read as row-major: transposed */
  return true;
}

Tensor *op_cofactor_forward(Runtime *runtime, const Operands *operands) {
  Stack stack;
  Tensor *result = NULL;
  if (stack_open(runtime, operands, 0, "det", true, &stack)) {
    StackTask task = square_task(&stack, cofactor_one, 3);
    task.finite = true;
    result = stack_map(runtime, &stack, &task);
  }
  stack_close(&stack);
  return result;
}

/* ---- Cholesky */
static bool cholesky_one(Runtime *runtime, const Stack *stack, int64_t index, double *work, double *out) {
  int64_t n = stack->rows, failed;
  stack_load(stack, index, work);
  if (!cholesky_factor(runtime, work, n, &failed)) return false;
  if (failed > 0) {
    stack_fail(runtime, stack, index, "is not positive definite");
    error_hint(runtime->error, "its leading minor of order %" PRId64 " is not positive", failed);
    return false;
  }
  stack_store(work, n, n, out, n);
  return true;
}

Tensor *op_cholesky_forward(Runtime *runtime, const Operands *operands) {
  Stack stack;
  Tensor *result = NULL;
  if (stack_open(runtime, operands, 0, "cholesky", true, &stack)) {
    StackTask task = square_task(&stack, cholesky_one, 1);
    task.finite = true;
    result = stack_map(runtime, &stack, &task);
  }
  stack_close(&stack);
  return result;
}
