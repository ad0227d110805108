/* SPDX-License-Identifier: MIT */
/* decompose_tall.c: QR of matrices with many rows, block by block.

   A block of rows stays in the cache while all columns are eliminated from it, against the triangle that the rows above
   have left: J. Demmel, L. Grigori, M. Hoemmen and J. Langou, Communication-optimal parallel and sequential QR and LU
   factorizations, 2012.  Q is never formed: its reflections stand in the place of the matrix. */
#include "base/memory.h"
#include "base/number.h"
#include "runtime/kernels/decompose.h"
#include "runtime/lapack.h"

enum { BLOCK_ROWS = 256 };

/* The rows that the reflection for column k of a block changes, besides row k.  Block 0 is the square at the top, or,
   where it is the only one, the whole matrix: then the reflections are those of LAPACK. */
typedef struct Rows { int64_t first, count; } Rows;

static Rows reflected_rows(const TallFactor *f, int64_t block, int64_t k) {
  if (block == 0) return (Rows){k + 1, (f->blocks == 1 ? f->m : f->n) - k - 1};
  int64_t first = f->n + (block - 1) * BLOCK_ROWS;
  return (Rows){first, smaller_of(BLOCK_ROWS, f->m - first)};
}

static void reflect_columns(const TallFactor *f, int64_t block, int64_t k, double *x, int64_t columns) {
  Rows rows = reflected_rows(f, block, k);
  double tau = f->taus[block * f->n + k];
  for (int64_t j = 0; tau != 0 && j < columns; j++)
    reflection_apply(f->a + rows.first + k * f->m, tau, x + k + j * f->m, x + rows.first + j * f->m, rows.count);
}

static bool eliminate(Runtime *runtime, TallFactor *f) {
  double *a = f->a;
  int64_t m = f->m, n = f->n;
  for (int64_t i = 0; i < f->blocks * n; i++) {
    int64_t block = i / n, k = i % n;
    if (runtime_interrupted(runtime)) return false;
    Rows rows = reflected_rows(f, block, k);
    f->taus[i] = reflection_make(a + k + k * m, a + rows.first + k * m, rows.count);
    reflect_columns(f, block, k, a + (k + 1) * m, n - k - 1);
  }
  return true;
}

bool tall_factor(Runtime *runtime, TallFactor *f, double *a, int64_t m, int64_t n) {
  bool large = n > DECOMPOSE_SMALL, apart = !large && m > n + BLOCK_ROWS;
  *f = (TallFactor){.a = a, .m = m, .n = n, .blocks = apart ? 1 + (m - n + BLOCK_ROWS - 1) / BLOCK_ROWS : 1};
  f->taus = memory_allocate((size_t)(f->blocks * n) * sizeof *f->taus);
  if (!f->taus) return runtime_out_of_memory(runtime), false;
  return (large && lapack_qr_eliminate(a, m, n, f->taus)) || eliminate(runtime, f);
}

void tall_release(TallFactor *f) {
  if (f->taus) memory_release(f->taus, (size_t)(f->blocks * f->n) * sizeof *f->taus);
}

void tall_triangle(const TallFactor *f, double *r) {
  for (int64_t j = 0; j < f->n; j++) {
    for (int64_t i = 0; i < f->n; i++) r[i + j * f->n] = i <= j ? f->a[i + j * f->m] : 0;
  }
}

bool tall_apply(Runtime *runtime, const TallFactor *f, bool turned, double *x, int64_t columns) {
  int64_t count = f->blocks * f->n;
  if (f->n > DECOMPOSE_SMALL && lapack_qr_apply(f->a, f->m, f->n, f->taus, turned, x, columns)) return true;
  for (int64_t i = 0; i < count; i++) {
    int64_t at = turned ? i : count - 1 - i;
    if (runtime_interrupted(runtime)) return false;
    reflect_columns(f, at / f->n, at % f->n, x, columns);
  }
  return true;
}
