/* SPDX-License-Identifier: MIT */
/* decompose_qr.c: QR by Householder reflections. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "runtime/kernels/decompose.h"
#include "runtime/lapack.h"

double reflection_make(double *head, double *x, int64_t n) {
  double rest = vector_norm(x, n), alpha = *head;
  if (rest == 0) return 0;
  double beta = -copysign(hypot(alpha, rest), alpha);
  for (int64_t i = 0; i < n; i++) x[i] /= alpha - beta;
  *head = beta;
  return (beta - alpha) / beta;
}

void reflection_apply(const double *v, double tau, double *head, double *x, int64_t n) {
  double along = tau * (*head + vector_dot(v, x, n));
  *head -= along;
  for (int64_t i = 0; i < n; i++) x[i] -= along * v[i];
}

static bool eliminate_columns(Runtime *runtime, double *a, int64_t m, int64_t n, double *taus) {
  for (int64_t k = 0; k < m && k < n; k++) {
    if (runtime_interrupted(runtime)) return false;
    double *v = a + k + 1 + k * m;
    int64_t rows = m - k - 1;
    taus[k] = reflection_make(a + k + k * m, v, rows);
    for (int64_t j = k + 1; taus[k] != 0 && j < n; j++)
      reflection_apply(v, taus[k], a + k + j * m, a + k + 1 + j * m, rows);
  }
  return true;
}

/* Q is the product of all reflections, applied to the first columns of the identity. */
static bool build_q(Runtime *runtime, const double *a, const double *taus, int64_t m, int64_t k, double *q) {
  matrix_set_identity(q, m, k);
  for (int64_t i = k - 1; i >= 0; i--) {
    if (runtime_interrupted(runtime)) return false;
    for (int64_t j = i; taus[i] != 0 && j < k; j++)
      reflection_apply(a + i + 1 + i * m, taus[i], q + i + j * m, q + i + 1 + j * m, m - i - 1);
  }
  return true;
}

static void copy_r(const double *a, int64_t m, int64_t k, int64_t n, double *r) {
  for (int64_t j = 0; j < n; j++) {
    for (int64_t i = 0; i < k; i++) r[i + j * k] = i <= j ? a[i + j * m] : 0;
  }
}

bool qr_factor(Runtime *runtime, double *a, int64_t m, int64_t n, double *q, double *r) {
  int64_t k = m < n ? m : n;
  size_t bytes = (size_t)k * sizeof(double);
  if (k == 0) return true;
  double *taus = memory_allocate(bytes);
  if (!taus) return runtime_out_of_memory(runtime), false;
  bool large = k > DECOMPOSE_SMALL && lapack_qr_eliminate(a, m, n, taus);
  bool done = large || eliminate_columns(runtime, a, m, n, taus);
  if (done) copy_r(a, m, k, n, r);
  if (large) memcpy(q, a, (size_t)(m * k) * sizeof *q);
  if (done && !(large && lapack_qr_build(q, m, k, taus))) done = build_q(runtime, a, taus, m, k, q);
  memory_release(taus, bytes);
  return done;
}
