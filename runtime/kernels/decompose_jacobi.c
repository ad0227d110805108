/* SPDX-License-Identifier: MIT */
/* decompose_jacobi.c: eigenvalues of symmetric matrices and singular values, by plane rotations.

   Jacobi's methods are the most accurate ones and, for small matrices, fast. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "runtime/kernels/decompose.h"
#include "runtime/lapack.h"

enum { MOST_SWEEPS = 60 };

typedef struct Rotation { double c, s, t; } Rotation;

/* The smaller of the two angles that make (x, z; z, y) diagonal: cot(2 angle) = (y - x) / 2z. */
static Rotation rotation_of(double x, double y, double z) {
  double cotangent = (y - x) / (2 * z);
  double t = fabs(cotangent) > 1e150 ? 1 / (2 * cotangent)
                                     : copysign(1, cotangent) / (fabs(cotangent) + sqrt(1 + cotangent * cotangent));
  double c = 1 / sqrt(1 + t * t);
  return (Rotation){c, t * c, t};
}

/* ---- symmetric matrices */
static void mirror_lower(double *a, int64_t n) {
  for (int64_t j = 0; j < n; j++) {
    for (int64_t i = j + 1; i < n; i++) a[j + i * n] = a[i + j * n];
  }
}

/* Both triangles are kept, so that columns can be rotated as they lie and rows copied from them. */
static void rotate_symmetric(double *a, double *vectors, int64_t n, int64_t p, int64_t q) {
  double x = a[p + p * n], y = a[q + q * n], z = a[p + q * n];
  Rotation r = rotation_of(x, y, z);
  vector_rotate(a + p * n, a + q * n, n, r.c, -r.s);
  a[p + p * n] = x - r.t * z;
  a[q + q * n] = y + r.t * z;
  a[p + q * n] = a[q + p * n] = 0;
  for (int64_t i = 0; i < n; i++) {
    if (i == p || i == q) continue;
    a[p + i * n] = a[i + p * n];
    a[q + i * n] = a[i + q * n];
  }
  vector_rotate(vectors + p * n, vectors + q * n, n, r.c, -r.s);
}

/* An element that changes neither diagonal element it stands between is as good as 0. */
static bool is_negligible(const double *a, int64_t n, int64_t p, int64_t q) {
  double z = 100 * fabs(a[p + q * n]), x = fabs(a[p + p * n]), y = fabs(a[q + q * n]);
  return z == 0 || (x + z == x && y + z == y);
}

static bool sweep_symmetric(Runtime *runtime, double *a, double *vectors, int64_t n, bool *rotated) {
  *rotated = false;
  for (int64_t p = 0; p < n - 1; p++) {
    if (runtime_interrupted(runtime)) return false;
    for (int64_t q = p + 1; q < n; q++) {
      if (is_negligible(a, n, p, q)) continue;
      rotate_symmetric(a, vectors, n, p, q);
      *rotated = true;
    }
  }
  return true;
}

static bool eigen_here(Runtime *runtime, double *a, int64_t n, double *values) {
  size_t bytes = (size_t)(n * n) * sizeof(double);
  double *vectors = memory_allocate_data(bytes);
  if (!vectors) return runtime_out_of_memory(runtime), false;
  bool done = true, rotated = true;
  matrix_set_identity(vectors, n, n);
  mirror_lower(a, n);
  int exponent = matrix_normalise(a, n * n);
  for (int sweep = 0; done && rotated && sweep < MOST_SWEEPS; sweep++)
    done = sweep_symmetric(runtime, a, vectors, n, &rotated);
  for (int64_t i = 0; i < n; i++) values[i] = a[i + i * n];
  vector_restore(values, n, exponent);
  memcpy(a, vectors, bytes);
  memory_release_data(vectors, bytes);
  return done;
}

bool symmetric_eigen(Runtime *runtime, double *a, int64_t n, double *values) {
  if (n == 0) return true;
  bool large = n > DECOMPOSE_SMALL && lapack_symmetric_eigen(runtime, a, n, values);
  if (!large && (runtime->error->kind != ERROR_NONE || !eigen_here(runtime, a, n, values))) return false;
  columns_sort(values, n, false, a, n, NULL, 0);
  columns_choose_signs(a, n, n, NULL, 0);
  return true;
}

/* ---- singular values: columns are rotated until all are orthogonal (Hestenes) */
static bool sweep_columns(Runtime *runtime, double *a, int64_t m, int64_t n, double *v, bool *rotated) {
  double enough = DBL_EPSILON * sqrt((double)m);
  *rotated = false;
  for (int64_t p = 0; p < n - 1; p++) {
    if (runtime_interrupted(runtime)) return false;
    for (int64_t q = p + 1; q < n; q++) {
      double *first = a + p * m, *second = a + q * m;
      double x = vector_dot(first, first, m), y = vector_dot(second, second, m), z = vector_dot(first, second, m);
      if (!(fabs(z) > enough * sqrt(x) * sqrt(y))) continue;
      Rotation r = rotation_of(x, y, z);
      vector_rotate(first, second, m, r.c, -r.s);
      if (v) vector_rotate(v + p * n, v + q * n, n, r.c, -r.s);
      *rotated = true;
    }
  }
  return true;
}

/* Squares of shorter columns of a normalised matrix lose digits, and with them the angles between such columns. */
static const double SHORT = 1e-140;

/* Makes unit vectors of columns with falling lengths `s`.  Of a column that depends on others rotations leave rounding
   error, which they shorten until its square vanishes; what then lies among the longer columns has no direction. */
static void columns_to_units(double *a, int64_t m, int64_t n, double *s) {
  for (int64_t j = 0; j < n && s[j] > 0; j++) {
    double *column = a + j * m;
    for (int64_t i = 0; i < m; i++) column[i] /= s[j];
    if (s[j] >= SHORT || orthonormal_join(a, m, j, column)) continue;
    memset(column, 0, (size_t)m * sizeof *column);
    s[j] = 0;
  }
}

/* Columns of length 0 have no direction: any that completes the basis will do. */
static bool finish_columns(Runtime *runtime, double *u, int64_t m, int64_t n, const double *s) {
  int64_t rank = 0;
  while (rank < n && s[rank] > 0) rank++;
  return orthonormal_complete(runtime, u, m, rank, n);
}

/* The columns of `a` become those of U, zeros where the singular value is 0; v: NULL where it is not wanted. */
static bool rotate_columns(Runtime *runtime, double *a, int64_t m, int64_t n, double *s, double *v) {
  bool done = true, rotated = true;
  if (v) matrix_set_identity(v, n, n);
  for (int sweep = 0; done && rotated && sweep < MOST_SWEEPS; sweep++)
    done = sweep_columns(runtime, a, m, n, v, &rotated);
  for (int64_t j = 0; j < n; j++) s[j] = vector_norm(a + j * m, m);
  columns_sort(s, n, true, a, m, v, n);
  columns_to_units(a, m, n, s);
  columns_sort(s, n, true, a, m, v, n); /* those without a direction go to the end */
  return done;
}

/* With at least this many rows to a column, reflections that leave a triangle cost less than they save.  They change
   each column by no more than its own rounding error, so that small singular values of badly scaled columns stay as
   accurate as rotations make them. */
static bool is_tall(int64_t m, int64_t n) {
  return 2 * m >= 3 * n;
}

/* n columns of n elements become the upper ends of columns of m, with zeros below. */
static void lengthen_columns(double *u, int64_t m, int64_t n) {
  for (int64_t j = n - 1; j >= 0; j--) {
    memmove(u + j * m, u + j * n, (size_t)n * sizeof *u);
    memset(u + j * m + n, 0, (size_t)(m - n) * sizeof *u);
  }
}

/* With A = Q R and R = U1 diag(s) V^T: U = Q U1. */
static bool singular_reduced(Runtime *runtime, double *a, int64_t m, int64_t n, double *u, double *s, double *v) {
  TallFactor f;
  bool done = tall_factor(runtime, &f, a, m, n);
  if (done) {
    tall_triangle(&f, u);
    done = rotate_columns(runtime, u, n, n, s, v) && finish_columns(runtime, u, n, n, s);
    lengthen_columns(u, m, n);
  }
  done = done && tall_apply(runtime, &f, false, u, n);
  tall_release(&f);
  return done;
}

/* m >= n */
static bool singular_tall(Runtime *runtime, double *a, int64_t m, int64_t n, double *u, double *s, double *v) {
  int exponent = matrix_normalise(a, m * n);
  bool done;
  if (is_tall(m, n)) {
    done = singular_reduced(runtime, a, m, n, u, s, v);
  } else {
    memcpy(u, a, (size_t)(m * n) * sizeof *u);
    done = rotate_columns(runtime, u, m, n, s, v) && finish_columns(runtime, u, m, n, s);
  }
  vector_restore(s, n, exponent);
  return done;
}

static bool singular_here(Runtime *runtime, double *a, int64_t m, int64_t n, double *u, double *s, double *v) {
  if (m >= n) return singular_tall(runtime, a, m, n, u, s, v);
  matrix_transpose(a, n, m, v);
  memcpy(a, v, (size_t)(m * n) * sizeof *a);
  return singular_tall(runtime, a, n, m, v, s, u);
}

bool singular_factor(Runtime *runtime, double *a, int64_t m, int64_t n, double *u, double *s, double *v) {
  int64_t k = m < n ? m : n;
  if (k == 0) return true;
  bool large = k > DECOMPOSE_SMALL && lapack_singular(runtime, a, m, n, u, s, v);
  if (!large && (runtime->error->kind != ERROR_NONE || !singular_here(runtime, a, m, n, u, s, v))) return false;
  columns_choose_signs(u, m, k, v, n);
  return true;
}

static bool values_here(Runtime *runtime, double *a, int64_t m, int64_t n, double *s) {
  TallFactor f;
  int exponent = matrix_normalise(a, m * n);
  bool done = true, tall = is_tall(m, n);
  if (tall) {
    done = tall_factor(runtime, &f, a, m, n);
    if (done) tall_triangle(&f, a);
    tall_release(&f);
  }
  done = done && rotate_columns(runtime, a, tall ? n : m, n, s, NULL);
  if (done) vector_restore(s, n, exponent);
  return done;
}

bool singular_only(Runtime *runtime, double *a, int64_t m, int64_t n, double *s) {
  if (n == 0) return true;
  bool large = n > DECOMPOSE_SMALL && lapack_singular_values(runtime, a, m, n, s);
  return large || (runtime->error->kind == ERROR_NONE && values_here(runtime, a, m, n, s));
}
