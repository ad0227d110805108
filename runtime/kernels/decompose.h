/* SPDX-License-Identifier: MIT */
/* decompose.h: factorisations of dense matrices of doubles.

   Matrices are column-major without gaps, as LAPACK has them: element (i, j) of an m x n matrix is a[i + j * m].
   Above DECOMPOSE_SMALL rows the work goes to LAPACK where it can be loaded; otherwise it is done here.  Functions
   that return bool give false, with the error recorded, when interrupted or out of memory.  Sizes of 0 are allowed.
   Signs of singular and eigenvectors are chosen so that the largest element of each is positive. */
#ifndef MGRAD_RUNTIME_KERNELS_DECOMPOSE_H
#define MGRAD_RUNTIME_KERNELS_DECOMPOSE_H
#include "runtime/tensor.h"

enum { DECOMPOSE_SMALL = 64 };

/* P A = L U: `a` (n x n) becomes L below its diagonal (whose ones are not stored) and U; row k was exchanged with row
   pivots[k] >= k.  `*sign` is that of the permutation. */
bool lu_factor(Runtime *runtime, double *a, int64_t n, int *pivots, int *sign);
/* Whether some pivot cannot be told from 0: all that is left of it is rounding error. */
bool lu_is_singular(const double *lu, int64_t n);
/* b (n x columns) becomes A^-1 b. */
bool lu_solve(Runtime *runtime, const double *lu, const int *pivots, int64_t n, double *b, int64_t columns);

/* A = L L^T: reads the lower triangle of a and leaves L in it, zeros above.  `*failed`: the order of the first leading
   minor that is not positive, 0: none. */
bool cholesky_factor(Runtime *runtime, double *a, int64_t n, int64_t *failed);

/* A = Q R with k = min(m, n): `a` (m x n) is destroyed, q is m x k, r is k x n; signs are those of LAPACK. */
bool qr_factor(Runtime *runtime, double *a, int64_t m, int64_t n, double *q, double *r);

/* The same for m >= n, with Q as reflections in the place of `a`, which stays borrowed. */
typedef struct TallFactor { double *a, *taus; int64_t m, n, blocks; } TallFactor;
bool tall_factor(Runtime *runtime, TallFactor *f, double *a, int64_t m, int64_t n); /* release it also after false */
void tall_release(TallFactor *f);
void tall_triangle(const TallFactor *f, double *r); /* R, n x n; it may take the place of `a` */
/* x (m x columns) becomes Q x, or Q^T x, for the m x m matrix Q. */
bool tall_apply(Runtime *runtime, const TallFactor *f, bool turned, double *x, int64_t columns);

/* A = V diag(values) V^T, values ascending; reads the lower triangle of `a`, which becomes V. */
bool symmetric_eigen(Runtime *runtime, double *a, int64_t n, double *values);

/* A = U diag(s) V^T with k = min(m, n), s descending: u is m x k, v is n x k; `a` (m x n) is destroyed. */
bool singular_factor(Runtime *runtime, double *a, int64_t m, int64_t n, double *u, double *s, double *v);
/* The same with the matrices side by side in `work`, which has room for singular_room(m, n) doubles. */
typedef struct Singular { double *a, *u, *s, *v; int64_t m, n, k; } Singular;
static inline int64_t singular_room(int64_t m, int64_t n) { return m * n + (m + n + 1) * (m < n ? m : n); }
static inline Singular singular_place(int64_t m, int64_t n, double *work) {
  int64_t k = m < n ? m : n;
  return (Singular){work, work + m * n, work + m * n + m * k, work + m * n + m * k + k, m, n, k};
}
static inline bool singular_compute(Runtime *runtime, Singular *f) {
  return singular_factor(runtime, f->a, f->m, f->n, f->u, f->s, f->v);
}
/* The values alone, for m >= n; `a` is destroyed. */
bool singular_only(Runtime *runtime, double *a, int64_t m, int64_t n, double *s);

/* A = V diag(values) V^-1 for real values: `a` is destroyed; columns of `vectors` have length 1.  `*real` is false when
   a value is complex; then nothing else is set.  Pairs that a change of the matrix by 64 units of rounding makes real
   count as real, except where LAPACK does the work. */
bool general_eigen(Runtime *runtime, double *a, int64_t n, double *values, double *vectors, bool *real);

/* Fills the columns `from` to `columns` - 1 of q (m x columns) so that they are orthonormal to each other and to those
   before them, which are orthonormal already. */
bool orthonormal_complete(Runtime *runtime, double *q, int64_t m, int64_t from, int64_t columns);
/* Makes x, which is not 0, a unit vector that is orthogonal to the first `count` columns, which are orthonormal or 0;
   false: x lies among them. */
bool orthonormal_join(const double *q, int64_t m, int64_t count, double *x);
/* The unit vector that column `count` is made of. */
int64_t orthonormal_next(const double *q, int64_t m, int64_t count);

/* ---- what the files of this family share */
double vector_norm(const double *x, int64_t n); /* without overflow */
double vector_dot(const double *x, const double *y, int64_t n);
void vector_scale(double *x, int64_t n, double factor);
static inline void vector_rotate(double *x, double *y, int64_t n, double c, double s) {
  for (int64_t i = 0; i < n; i++) {
    double first = x[i], second = y[i];
    x[i] = c * first + s * second;
    y[i] = c * second - s * first;
  }
}
/* Divides by a power of 2 that brings the largest element near 1, and returns its exponent; the way back. */
int matrix_normalise(double *a, int64_t count);
void vector_restore(double *values, int64_t n, int exponent);
/* The reflection I - tau (1, v) (1, v)^T that maps (*head, x) to (beta, 0): beta and v replace these; returns tau. */
double reflection_make(double *head, double *x, int64_t n);
void reflection_apply(const double *v, double tau, double *head, double *x, int64_t n); /* to (*head, x) */
void matrix_transpose(const double *from, int64_t rows, int64_t columns, double *to); /* of either order */
void matrix_set_identity(double *a, int64_t rows, int64_t columns);
/* Makes the largest element of each column positive; `partner` (NULL: none) changes its columns' signs alike. */
void columns_choose_signs(double *a, int64_t rows, int64_t columns, double *partner, int64_t partner_rows);
/* Columns into the order of rising (or falling) values; the partners' columns move alike. */
void columns_sort(double *values, int64_t n, bool falling, double *a, int64_t rows, double *partner,
                  int64_t partner_rows);
bool matrix_is_finite(const double *a, int64_t count);

#endif
