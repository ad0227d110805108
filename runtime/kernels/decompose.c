/* SPDX-License-Identifier: MIT */
/* decompose.c: vectors and columns: what all factorisations are made of. */
#include "runtime/kernels/decompose.h"

#include <math.h>
#include <string.h>

double vector_dot(const double *x, const double *y, int64_t n) {
  double sums[4] = {0};
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (int lane = 0; lane < 4; lane++) sums[lane] += x[i + lane] * y[i + lane];
  }
  for (; i < n; i++) sums[0] += x[i] * y[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

static double largest(const double *x, int64_t n) {
  double most = 0;
  for (int64_t i = 0; i < n; i++) {
    if (!(fabs(x[i]) <= most)) most = fabs(x[i]);
  }
  return most;
}

double vector_norm(const double *x, int64_t n) {
  double most = largest(x, n), sum = 0;
  if (most == 0 || !isfinite(most)) return most;
  if (most > 1e-140 && most < 1e140) return sqrt(vector_dot(x, x, n));
  for (int64_t i = 0; i < n; i++) sum += (x[i] / most) * (x[i] / most);
  return most * sqrt(sum);
}

void vector_scale(double *x, int64_t n, double factor) {
  for (int64_t i = 0; i < n; i++) x[i] *= factor;
}

bool matrix_is_finite(const double *a, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    if (!isfinite(a[i])) return false;
  }
  return true;
}

int matrix_normalise(double *a, int64_t count) {
  double most = 0;
  int exponent = 0;
  for (int64_t i = 0; i < count; i++) most = fabs(a[i]) > most ? fabs(a[i]) : most;
  frexp(most, &exponent);
  if (exponent == 0) return 0;
  double factor = ldexp(1, -exponent), spare = 1;
  if (isinf(factor)) factor = ldexp(1, -exponent - 64), spare = 0x1p64; /* of the smallest numbers there are */
  for (int64_t i = 0; i < count; i++) a[i] = a[i] * factor * spare;
  return exponent;
}

void vector_restore(double *values, int64_t n, int exponent) {
  for (int64_t i = 0; i < n; i++) values[i] = ldexp(values[i], exponent);
}

void matrix_transpose(const double *from, int64_t rows, int64_t columns, double *to) {
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < columns; j++) to[i + j * rows] = from[i * columns + j];
  }
}

void matrix_set_identity(double *a, int64_t rows, int64_t columns) {
  if (rows && columns) memset(a, 0, (size_t)(rows * columns) * sizeof *a);
  for (int64_t i = 0; i < rows && i < columns; i++) a[i + i * rows] = 1;
}

void columns_choose_signs(double *a, int64_t rows, int64_t columns, double *partner, int64_t partner_rows) {
  for (int64_t j = 0; j < columns; j++) {
    double *column = a + j * rows, most = 0;
    for (int64_t i = 0; i < rows; i++) {
      /* Elements that differ by rounding only count as equal: the first decides. */
      if (fabs(column[i]) > fabs(most) * (1 + 1e-10)) most = column[i];
    }
    if (most >= 0) continue;
    vector_scale(column, rows, -1);
    if (partner) vector_scale(partner + j * partner_rows, partner_rows, -1);
  }
}

static void swap_numbers(double *x, double *y, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    double kept = x[i];
    x[i] = y[i];
    y[i] = kept;
  }
}

void columns_sort(double *values, int64_t n, bool falling, double *a, int64_t rows, double *partner,
                  int64_t partner_rows) {
  for (int64_t k = 0; k < n; k++) {
    int64_t best = k;
    for (int64_t j = k + 1; j < n; j++) {
      if (falling ? values[j] > values[best] : values[j] < values[best]) best = j;
    }
    if (best == k) continue;
    swap_numbers(values + k, values + best, 1);
    swap_numbers(a + k * rows, a + best * rows, rows);
    if (partner) swap_numbers(partner + k * partner_rows, partner + best * partner_rows, partner_rows);
  }
}

/* ---- bases */
/* The unit vector that the first `count` columns explain least. */
int64_t orthonormal_next(const double *q, int64_t m, int64_t count) {
  int64_t best = 0;
  double least = INFINITY;
  for (int64_t i = 0; i < m; i++) {
    double covered = 0;
    for (int64_t j = 0; j < count; j++) covered += q[i + j * m] * q[i + j * m];
    if (covered < least - 1e-10) best = i, least = covered;
  }
  return best;
}

/* Twice is enough: what the first pass leaves by rounding, the second removes. */
static void orthogonalise(const double *q, int64_t m, int64_t count, double *x) {
  for (int pass = 0; pass < 2; pass++) {
    for (int64_t j = 0; j < count; j++) {
      const double *column = q + j * m;
      double along = vector_dot(column, x, m);
      for (int64_t i = 0; i < m; i++) x[i] -= along * column[i];
    }
  }
}

/* Half of a unit vector is more than rounding leaves of one that lies among the columns. */
bool orthonormal_join(const double *q, int64_t m, int64_t count, double *x) {
  vector_scale(x, m, 1 / vector_norm(x, m));
  orthogonalise(q, m, count, x);
  double rest = vector_norm(x, m);
  if (!(rest > 0.5)) return false;
  vector_scale(x, m, 1 / rest);
  return true;
}

bool orthonormal_complete(Runtime *runtime, double *q, int64_t m, int64_t from, int64_t columns) {
  for (int64_t k = from; k < columns; k++) {
    if (runtime_interrupted(runtime)) return false;
    double *column = q + k * m;
    int64_t unit = orthonormal_next(q, m, k);
    memset(column, 0, (size_t)m * sizeof *column);
    column[unit] = 1;
    orthogonalise(q, m, k, column);
    vector_scale(column, m, 1 / vector_norm(column, m));
  }
  return true;
}
