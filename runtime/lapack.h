/* SPDX-License-Identifier: MIT */
/* lapack.h: the factorisations of LAPACK, where the library that blas.h loads has them.

   Matrices are column-major without gaps.  Every function returns false, with its operands unchanged, when the library
   or the routine is missing, sizes do not fit its integers, or it did not converge: then the caller does the work.
   Those that take a Runtime may also record that memory ran out. */
#ifndef MGRAD_RUNTIME_LAPACK_H
#define MGRAD_RUNTIME_LAPACK_H
#include "runtime/tensor.h"

bool lapack_lu_factor(double *a, int64_t n, int *pivots);                            /* pivots count from 0 */
bool lapack_lu_solve(const double *lu, int64_t n, double *b, int64_t columns);       /* rows of b exchanged already */
bool lapack_cholesky(double *a, int64_t n, int64_t *failed);
bool lapack_qr_eliminate(double *a, int64_t m, int64_t n, double *taus);
bool lapack_qr_build(double *q, int64_t m, int64_t k, const double *taus);           /* q: the first k columns of a */
/* x (m x columns) becomes Q x, or Q^T x, for the whole Q. */
bool lapack_qr_apply(const double *a, int64_t m, int64_t k, const double *taus, bool turned, double *x,
                     int64_t columns);
bool lapack_symmetric_eigen(Runtime *runtime, double *a, int64_t n, double *values); /* a becomes the vectors */
bool lapack_singular(Runtime *runtime, const double *a, int64_t m, int64_t n, double *u, double *s, double *v);
bool lapack_singular_values(Runtime *runtime, const double *a, int64_t m, int64_t n, double *s);
bool lapack_general_eigen(Runtime *runtime, const double *a, int64_t n, double *values, double *vectors, bool *real);

#endif
