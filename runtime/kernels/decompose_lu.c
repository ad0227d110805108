/* SPDX-License-Identifier: MIT */
/* decompose_lu.c: LU with partial pivoting, and Cholesky. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "runtime/kernels/decompose.h"
#include "runtime/lapack.h"

/* ---- LU */
static int64_t find_pivot(const double *column, int64_t k, int64_t n) {
  int64_t best = k;
  for (int64_t i = k + 1; i < n; i++) {
    if (fabs(column[i]) > fabs(column[best])) best = i;
  }
  return best;
}

static void swap_rows(double *a, int64_t rows, int64_t columns, int64_t first, int64_t second) {
  for (int64_t j = 0; first != second && j < columns; j++) {
    double kept = a[first + j * rows];
    a[first + j * rows] = a[second + j * rows];
    a[second + j * rows] = kept;
  }
}

static void subtract_column(double *restrict to, const double *restrict from, double factor, int64_t count) {
  for (int64_t i = 0; i < count; i++) to[i] -= factor * from[i];
}

static void eliminate(double *a, int64_t n, int64_t k) {
  double pivot = a[k + k * n];
  if (pivot == 0) return;
  for (int64_t i = k + 1; i < n; i++) a[i + k * n] /= pivot;
  for (int64_t j = k + 1; j < n; j++) subtract_column(a + k + 1 + j * n, a + k + 1 + k * n, a[k + j * n], n - k - 1);
}

static bool factor_here(Runtime *runtime, double *a, int64_t n, int *pivots) {
  for (int64_t k = 0; k < n; k++) {
    if (runtime_interrupted(runtime)) return false;
    int64_t pivot = find_pivot(a + k * n, k, n);
    pivots[k] = (int)pivot;
    swap_rows(a, n, n, k, pivot);
    eliminate(a, n, k);
  }
  return true;
}

bool lu_factor(Runtime *runtime, double *a, int64_t n, int *pivots, int *sign) {
  bool large = n > DECOMPOSE_SMALL && lapack_lu_factor(a, n, pivots);
  if (!large && !factor_here(runtime, a, n, pivots)) return false;
  *sign = 1;
  for (int64_t k = 0; k < n; k++) {
    if (pivots[k] != k) *sign = -*sign;
  }
  return true;
}

/* A pivot is a sum of products; when it is no larger than what rounding these leaves behind, its true value may be 0.
   Badly scaled rows and columns do not matter, because the products have the same scale. */
bool lu_is_singular(const double *lu, int64_t n) {
  for (int64_t k = 0; k < n; k++) {
    double pivot = fabs(lu[k + k * n]), terms = pivot;
    for (int64_t j = 0; j < k; j++) terms += fabs(lu[k + j * n]) * fabs(lu[j + k * n]);
    if (pivot <= 2 * DBL_EPSILON * sqrt((double)(k + 1)) * terms) return true;
  }
  return false;
}

static void solve_column(const double *lu, int64_t n, double *x) {
  for (int64_t k = 0; k < n; k++) subtract_column(x + k + 1, lu + k + 1 + k * n, x[k], n - k - 1);
  for (int64_t k = n - 1; k >= 0; k--) {
    x[k] /= lu[k + k * n];
    subtract_column(x, lu + k * n, x[k], k);
  }
}

bool lu_solve(Runtime *runtime, const double *lu, const int *pivots, int64_t n, double *b, int64_t columns) {
  for (int64_t k = 0; k < n; k++) swap_rows(b, n, columns, k, pivots[k]);
  if (n > DECOMPOSE_SMALL && lapack_lu_solve(lu, n, b, columns)) return true;
  for (int64_t j = 0; j < columns; j++) {
    if (runtime_interrupted(runtime)) return false;
    solve_column(lu, n, b + j * n);
  }
  return true;
}

/* ---- Cholesky */
static bool cholesky_here(Runtime *runtime, double *a, int64_t n, int64_t *failed) {
  for (int64_t j = 0; j < n; j++) {
    if (runtime_interrupted(runtime)) return false;
    double *column = a + j + j * n;
    for (int64_t k = 0; k < j; k++) subtract_column(column, a + j + k * n, a[j + k * n], n - j);
    if (!(*column > 0)) {
      *failed = j + 1;
      return true;
    }
    vector_scale(column + 1, n - j - 1, 1 / sqrt(*column));
    *column = sqrt(*column);
  }
  return true;
}

bool cholesky_factor(Runtime *runtime, double *a, int64_t n, int64_t *failed) {
  *failed = 0;
  bool large = n > DECOMPOSE_SMALL && lapack_cholesky(a, n, failed);
  if (!large && !cholesky_here(runtime, a, n, failed)) return false;
  for (int64_t j = 1; j < n; j++) memset(a + j * n, 0, (size_t)j * sizeof *a);
  return true;
}
