/* SPDX-License-Identifier: MIT */
/* decompose_schur.c: eigenvalues and eigenvectors of general matrices by the QR algorithm with double shifts.

   A is made Hessenberg, then quasi-triangular, by orthogonal similarities; 2 x 2 blocks with real eigenvalues are
   split.  Eigenvectors of the triangle follow by back substitution. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "runtime/kernels/decompose.h"
#include "runtime/lapack.h"

enum { MOST_STEPS = 60 }; /* per eigenvalue */

/* H becomes triangular, Z collects the transformations. */
typedef struct Schur { double *h, *z; int64_t n; double norm; } Schur;

static double *at(double *a, int64_t n, int64_t i, int64_t j) { return a + i + j * n; }

/* ---- reflections of up to three neighbouring rows and columns */
typedef struct Reflection { int size; double v[3], tau; } Reflection;

static Reflection reflection_of(const double *x, int size) {
  Reflection r = {.size = size, .v = {1, 0, 0}};
  double rest = vector_norm(x + 1, size - 1);
  if (rest == 0) return r;
  double beta = -copysign(hypot(x[0], rest), x[0]);
  for (int i = 1; i < size; i++) r.v[i] = x[i] / (x[0] - beta);
  r.tau = (beta - x[0]) / beta;
  return r;
}

static void reflect_rows(const Reflection *r, double *a, int64_t n, int64_t row, int64_t from) {
  for (int64_t j = from; j < n; j++) {
    double along = 0, *x = at(a, n, row, j);
    for (int i = 0; i < r->size; i++) along += r->v[i] * x[i];
    for (int i = 0; i < r->size; i++) x[i] -= r->tau * along * r->v[i];
  }
}

static void reflect_columns(const Reflection *r, double *a, int64_t n, int64_t column, int64_t rows) {
  for (int64_t i = 0; i < rows; i++) {
    double along = 0, *x = at(a, n, i, column);
    for (int j = 0; j < r->size; j++) along += r->v[j] * x[j * n];
    for (int j = 0; j < r->size; j++) x[j * n] -= r->tau * along * r->v[j];
  }
}

/* ---- Hessenberg form, by rotations: one for each element below the subdiagonal */
static void rotate_rows(double *a, int64_t n, int64_t first, int64_t second, double c, double s) {
  for (int64_t j = 0; j < n; j++) vector_rotate(at(a, n, first, j), at(a, n, second, j), 1, c, s);
}

static void rotate_similar(Schur *schur, int64_t first, int64_t second, double c, double s) {
  int64_t n = schur->n;
  rotate_rows(schur->h, n, first, second, c, s);
  vector_rotate(at(schur->h, n, 0, first), at(schur->h, n, 0, second), n, c, s);
  vector_rotate(at(schur->z, n, 0, first), at(schur->z, n, 0, second), n, c, s);
}

static bool make_hessenberg(Runtime *runtime, Schur *schur) {
  int64_t n = schur->n;
  for (int64_t k = 0; k < n - 2; k++) {
    if (runtime_interrupted(runtime)) return false;
    for (int64_t i = k + 2; i < n; i++) {
      double x = *at(schur->h, n, k + 1, k), y = *at(schur->h, n, i, k), r = hypot(x, y);
      if (y == 0) continue;
      rotate_similar(schur, k + 1, i, x / r, y / r);
      *at(schur->h, n, i, k) = 0;
    }
  }
  return true;
}

/* ---- the QR algorithm */
/* Where the block that ends at `last` begins: below a subdiagonal element that is as good as 0. */
static int64_t find_block(Schur *schur, int64_t last) {
  int64_t n = schur->n, first = last;
  for (; first > 0; first--) {
    double beside = fabs(*at(schur->h, n, first - 1, first - 1)) + fabs(*at(schur->h, n, first, first));
    if (beside == 0) beside = schur->norm;
    if (fabs(*at(schur->h, n, first, first - 1)) > DBL_EPSILON * beside) continue;
    *at(schur->h, n, first, first - 1) = 0;
    break;
  }
  return first;
}

/* Sum and product of the two shifts: the eigenvalues of the last 2 x 2 block, or others when these get stuck. */
static void choose_shifts(Schur *schur, int64_t last, int step, double *sum, double *product) {
  int64_t n = schur->n;
  double a = *at(schur->h, n, last - 1, last - 1), b = *at(schur->h, n, last - 1, last);
  double c = *at(schur->h, n, last, last - 1), d = *at(schur->h, n, last, last);
  *sum = a + d;
  *product = a * d - b * c;
  if (step % 10 != 9) return;
  double size = fabs(c) + fabs(*at(schur->h, n, last - 1, last - 2));
  *sum = 1.5 * size + 2 * d;
  *product = size * size + d * (1.5 * size + d);
}

/* One implicit double step on the block from `first` to `last`: the bulge is chased down. */
static void double_step(Schur *schur, int64_t first, int64_t last, double sum, double product) {
  int64_t n = schur->n;
  double *h = schur->h, h00 = *at(h, n, first, first), h10 = *at(h, n, first + 1, first);
  double x[3] = {h00 * (h00 - sum) + product + *at(h, n, first, first + 1) * h10,
                 h10 * (h00 + *at(h, n, first + 1, first + 1) - sum), h10 * *at(h, n, first + 2, first + 1)};
  for (int64_t k = first; k < last; k++) {
    int size = last - k < 2 ? 2 : 3;
    Reflection r = reflection_of(x, size);
    int64_t bottom = k + 4 < last + 1 ? k + 4 : last + 1;
    reflect_rows(&r, h, n, k, k > first ? k - 1 : first);
    reflect_columns(&r, h, n, k, bottom);
    reflect_columns(&r, schur->z, n, k, n);
    if (k > first) *at(h, n, k + 1, k - 1) = 0;
    if (k > first && size == 3) *at(h, n, k + 2, k - 1) = 0;
    x[0] = *at(h, n, k + 1, k);
    x[1] = k + 2 <= last ? *at(h, n, k + 2, k) : 0;
    x[2] = k + 3 <= last ? *at(h, n, k + 3, k) : 0;
  }
}

/* The block (half, b; c, -half) and what rounding may have added to its elements. */
typedef struct Block { double half, b, c, slip; } Block;

/* The block may be so much smaller than the matrix that its squares would vanish. */
static Block block_at(Schur *schur, int64_t first) {
  int64_t n = schur->n;
  double a = *at(schur->h, n, first, first), b = *at(schur->h, n, first, first + 1);
  double c = *at(schur->h, n, first + 1, first), d = *at(schur->h, n, first + 1, first + 1);
  double half = (a - d) / 2, slip = 64 * DBL_EPSILON * schur->norm;
  int up = -ilogb(fmax(fmax(fabs(half), fabs(b)), fabs(c)));
  return (Block){ldexp(half, up), ldexp(b, up), ldexp(c, up), ldexp(slip, up)};
}

/* Splits a 2 x 2 block by a rotation; false: its eigenvalues are complex beyond rounding.  The double value of a
   defective matrix moves by the square root of what rounding adds to an element: where no more than a slip is missing
   in the smaller of b and c, that one becomes what makes the value double. */
static bool split_block(Schur *schur, int64_t first) {
  Block k = block_at(schur, first);
  double square = k.half * k.half + k.b * k.c, x = k.half, y = k.c;
  bool upper = fabs(k.b) >= fabs(k.c);
  if (-square > k.slip * fabs(upper ? k.b : k.c)) return false;
  if (square > 0) x += copysign(sqrt(square), k.half);
  else if (upper) x = k.b, y = -k.half;
  double r = hypot(x, y);
  if (r > 0) rotate_similar(schur, first, first + 1, x / r, y / r);
  *at(schur->h, schur->n, first + 1, first) = 0;
  return true;
}

static bool make_triangular(Runtime *runtime, Schur *schur, bool *real) {
  int64_t last = schur->n - 1;
  int step = 0;
  *real = true;
  while (last > 0) {
    if (runtime_interrupted(runtime)) return false;
    int64_t first = find_block(schur, last);
    if (last - first < 2) {
      if (last > first && !split_block(schur, first)) *real = false;
      last = first - 1;
      step = 0;
      continue;
    }
    double sum, product;
    if (step >= MOST_STEPS) return runtime_fail(runtime, ERROR_VALUE, -1, "the eigenvalues did not converge"), false;
    choose_shifts(schur, last, step++, &sum, &product);
    double_step(schur, first, last, sum, product);
  }
  return true;
}

/* ---- eigenvectors of the triangle: x[k] = 1 and back substitution above it */
static void substitute_back(Schur *schur, int64_t k, double *x) {
  int64_t n = schur->n;
  double value = *at(schur->h, n, k, k), least = fmax(DBL_EPSILON * schur->norm, DBL_MIN);
  memset(x, 0, (size_t)n * sizeof *x);
  x[k] = 1;
  for (int64_t i = k - 1; i >= 0; i--) {
    double sum = 0, gap = *at(schur->h, n, i, i) - value;
    for (int64_t j = i + 1; j <= k; j++) sum += *at(schur->h, n, i, j) * x[j];
    if (fabs(gap) < least) gap = copysign(least, gap);
    x[i] = -sum / gap;
    if (fabs(x[i]) > 1e100) vector_scale(x, k + 1, 1e-100);
  }
}

static void find_vectors(Schur *schur, double *x, double *vectors) {
  int64_t n = schur->n;
  for (int64_t k = 0; k < n; k++) {
    double *vector = at(vectors, n, 0, k);
    substitute_back(schur, k, x);
    memset(vector, 0, (size_t)n * sizeof *vector);
    for (int64_t j = 0; j <= k; j++) {
      for (int64_t i = 0; i < n; i++) vector[i] += x[j] * *at(schur->z, n, i, j);
    }
    vector_scale(vector, n, 1 / vector_norm(vector, n));
  }
}

/* ---- sizes: squares of the elements neither overflow nor vanish */
enum { FARTHEST_EXPONENT = 400 };

/* The power of two to multiply a matrix by.  What is too small is brought to about 1, which is exact; what is too large
   is not made smaller than it has to be, for the sake of small elements. */
static int exponent_to_scale(const double *a, int64_t count) {
  double most = 0;
  for (int64_t i = 0; i < count; i++) most = fmax(most, fabs(a[i]));
  if (most == 0) return 0;
  int exponent = ilogb(most);
  return exponent > FARTHEST_EXPONENT ? FARTHEST_EXPONENT - exponent : exponent < -FARTHEST_EXPONENT ? -exponent : 0;
}

static void scale_by_power(double *a, int64_t count, int exponent) {
  for (int64_t i = 0; i < count && exponent; i++) a[i] = ldexp(a[i], exponent);
}

static bool eigen_here(Runtime *runtime, double *a, int64_t n, double *values, double *vectors, bool *real) {
  size_t bytes = (size_t)(n * n) * sizeof(double);
  double *z = memory_allocate_data(bytes);
  if (!z) return runtime_out_of_memory(runtime), false;
  int exponent = exponent_to_scale(a, n * n);
  scale_by_power(a, n * n, exponent);
  Schur schur = {a, z, n, vector_norm(a, n * n)};
  matrix_set_identity(z, n, n);
  bool done = make_hessenberg(runtime, &schur) && make_triangular(runtime, &schur, real);
  if (done && *real) find_vectors(&schur, values, vectors);
  for (int64_t i = 0; done && i < n; i++) values[i] = ldexp(a[i + i * n], -exponent);
  memory_release_data(z, bytes);
  return done;
}

bool general_eigen(Runtime *runtime, double *a, int64_t n, double *values, double *vectors, bool *real) {
  *real = true;
  if (n == 0) return true;
  bool large = n > DECOMPOSE_SMALL && lapack_general_eigen(runtime, a, n, values, vectors, real);
  if (!large && (runtime->error->kind != ERROR_NONE || !eigen_here(runtime, a, n, values, vectors, real))) return false;
  if (*real) columns_choose_signs(vectors, n, n, NULL, 0);
  return true;
}
