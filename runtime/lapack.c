/* SPDX-License-Identifier: MIT */
/* lapack.c: calls LAPACK's Fortran routines through pointers found at run time. */
#include "runtime/lapack.h"

#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "runtime/blas.h"

typedef size_t Length; /* Fortran passes the lengths of texts behind all other arguments */

typedef void (*Getrf)(const int *m, const int *n, double *a, const int *lda, int *pivots, int *info);
typedef void (*Trtrs)(const char *part, const char *turn, const char *unit, const int *n, const int *columns,
                      const double *a, const int *lda, double *b, const int *ldb, int *info, Length, Length, Length);
typedef void (*Potrf)(const char *part, const int *n, double *a, const int *lda, int *info, Length);
typedef void (*Geqrf)(const int *m, const int *n, double *a, const int *lda, double *taus, double *work,
                      const int *work_size, int *info);
typedef void (*Orgqr)(const int *m, const int *n, const int *k, double *a, const int *lda, const double *taus,
                      double *work, const int *work_size, int *info);
typedef void (*Ormqr)(const char *side, const char *turn, const int *m, const int *columns, const int *k,
                      const double *a, const int *lda, const double *taus, double *x, const int *ldx, double *work,
                      const int *work_size, int *info, Length, Length);
typedef void (*Syevd)(const char *job, const char *part, const int *n, double *a, const int *lda, double *values,
                      double *work, const int *work_size, int *integers, const int *integer_size, int *info, Length,
                      Length);
typedef void (*Gesdd)(const char *job, const int *m, const int *n, double *a, const int *lda, double *s, double *u,
                      const int *ldu, double *vt, const int *ldvt, double *work, const int *work_size, int *integers,
                      int *info, Length);
typedef void (*Geev)(const char *left, const char *right, const int *n, double *a, const int *lda, double *real,
                     double *imaginary, double *vl, const int *ldvl, double *vr, const int *ldvr, double *work,
                     const int *work_size, int *info, Length, Length);

static bool fits(int64_t m, int64_t n) {
  return m > 0 && n > 0 && m < INT_MAX / 4 && n < INT_MAX / 4 && m * n < INT_MAX;
}

/* ---- workspace: doubles first, integers behind them; LAPACK counts it by an int */
static bool is_countable(double wanted) {
  return wanted < INT_MAX;
}

typedef struct Room { double *doubles; int *integers; size_t bytes; } Room;

static bool room_take(Runtime *runtime, Room *room, int64_t doubles, int64_t integers) {
  room->bytes = (size_t)doubles * sizeof(double) + (size_t)integers * sizeof(int);
  room->doubles = memory_allocate_data(room->bytes);
  if (!room->doubles) return runtime ? (runtime_out_of_memory(runtime), false) : false;
  room->integers = (int *)(void *)(room->doubles + doubles);
  return true;
}

static void room_leave(Room *room) {
  memory_release_data(room->doubles, room->bytes);
}

/* ---- LU and Cholesky */
bool lapack_lu_factor(double *a, int64_t n, int *pivots) {
  Getrf getrf;
  int size = (int)n, info;
  if (!fits(n, n) || !blas_find("dgetrf_", &getrf)) return false;
  getrf(&size, &size, a, &size, pivots, &info);
  for (int i = 0; i < size; i++) pivots[i]--;
  return true;
}

bool lapack_lu_solve(const double *lu, int64_t n, double *b, int64_t columns) {
  Trtrs trtrs;
  int size = (int)n, count = (int)columns, info;
  if (!fits(n, columns) || !blas_find("dtrtrs_", &trtrs)) return false;
  trtrs("L", "N", "U", &size, &count, lu, &size, b, &size, &info, 1, 1, 1);
  trtrs("U", "N", "N", &size, &count, lu, &size, b, &size, &info, 1, 1, 1);
  return true;
}

bool lapack_cholesky(double *a, int64_t n, int64_t *failed) {
  Potrf potrf;
  int size = (int)n, info;
  if (!fits(n, n) || !blas_find("dpotrf_", &potrf)) return false;
  potrf("L", &size, a, &size, &info, 1);
  *failed = info;
  return true;
}

/* ---- QR */
enum { BLOCK = 64 };

bool lapack_qr_eliminate(double *a, int64_t m, int64_t n, double *taus) {
  Geqrf geqrf;
  Room room;
  if (!fits(m, n) || n > INT_MAX / BLOCK || !blas_find("dgeqrf_", &geqrf)) return false;
  int rows = (int)m, columns = (int)n, size = columns * BLOCK, info;
  if (!room_take(NULL, &room, size, 0)) return false;
  geqrf(&rows, &columns, a, &rows, taus, room.doubles, &size, &info);
  room_leave(&room);
  return true;
}

bool lapack_qr_build(double *q, int64_t m, int64_t k, const double *taus) {
  Orgqr orgqr;
  Room room;
  if (!fits(m, k) || k > INT_MAX / BLOCK || !blas_find("dorgqr_", &orgqr)) return false;
  int rows = (int)m, columns = (int)k, size = columns * BLOCK, info;
  if (!room_take(NULL, &room, size, 0)) return false;
  orgqr(&rows, &columns, &columns, q, &rows, taus, room.doubles, &size, &info);
  room_leave(&room);
  return true;
}

bool lapack_qr_apply(const double *a, int64_t m, int64_t k, const double *taus, bool turned, double *x,
                     int64_t columns) {
  Ormqr ormqr;
  Room room;
  if (!fits(m, k) || !fits(m, columns) || columns > INT_MAX / BLOCK / 2 || !blas_find("dormqr_", &ormqr)) return false;
  int rows = (int)m, count = (int)columns, reflections = (int)k, size = (count + BLOCK + 1) * BLOCK, info;
  if (!room_take(NULL, &room, size, 0)) return false;
  ormqr("L", turned ? "T" : "N", &rows, &count, &reflections, a, &rows, taus, x, &rows, room.doubles, &size, &info, 1,
        1);
  room_leave(&room);
  return true;
}

/* ---- eigenvalues and singular values: on a copy, because they may fail */
static bool symmetric_run(Syevd syevd, Runtime *runtime, double *copy, int n, double *values) {
  double wanted = 0;
  int ask = -1, integers = 0, info = 0;
  syevd("V", "L", &n, copy, &n, values, &wanted, &ask, &integers, &ask, &info, 1, 1);
  if (info != 0 || !is_countable(wanted)) return false;
  int size = (int)wanted;
  Room room;
  if (!room_take(runtime, &room, size, integers)) return false;
  syevd("V", "L", &n, copy, &n, values, room.doubles, &size, room.integers, &integers, &info, 1, 1);
  room_leave(&room);
  return info == 0;
}

bool lapack_symmetric_eigen(Runtime *runtime, double *a, int64_t n, double *values) {
  Syevd syevd;
  Room copy;
  if (!fits(n, n) || !blas_find("dsyevd_", &syevd) || !room_take(runtime, &copy, n * n, 0)) return false;
  memcpy(copy.doubles, a, copy.bytes);
  bool done = symmetric_run(syevd, runtime, copy.doubles, (int)n, values);
  if (done) memcpy(a, copy.doubles, copy.bytes);
  room_leave(&copy);
  return done;
}

/* `job` is "S", or "N" for the values alone. */
static bool singular_run(Gesdd gesdd, Runtime *runtime, const char *job, double *copy, int m, int n, double *u,
                         double *s, double *vt) {
  double wanted = 0;
  int k = m < n ? m : n, ask = -1, none = 0, info = 0;
  gesdd(job, &m, &n, copy, &m, s, u, &m, vt, &k, &wanted, &ask, &none, &info, 1);
  if (info != 0 || !is_countable(wanted)) return false;
  int size = (int)wanted;
  Room room;
  if (!room_take(runtime, &room, size, 8 * (int64_t)k)) return false;
  gesdd(job, &m, &n, copy, &m, s, u, &m, vt, &k, room.doubles, &size, room.integers, &info, 1);
  room_leave(&room);
  return info == 0;
}

/* LAPACK gives V^T, k x n. */
bool lapack_singular(Runtime *runtime, const double *a, int64_t m, int64_t n, double *u, double *s, double *v) {
  Gesdd gesdd;
  Room copy;
  int64_t k = m < n ? m : n;
  if (!fits(m, n) || !blas_find("dgesdd_", &gesdd) || !room_take(runtime, &copy, m * n + k * n, 0)) return false;
  double *vt = copy.doubles + m * n;
  memcpy(copy.doubles, a, (size_t)(m * n) * sizeof *a);
  bool done = singular_run(gesdd, runtime, "S", copy.doubles, (int)m, (int)n, u, s, vt);
  for (int64_t j = 0; done && j < n; j++) {
    for (int64_t i = 0; i < k; i++) v[j + i * n] = vt[i + j * k];
  }
  room_leave(&copy);
  return done;
}

bool lapack_singular_values(Runtime *runtime, const double *a, int64_t m, int64_t n, double *s) {
  Gesdd gesdd;
  Room copy;
  if (!fits(m, n) || !blas_find("dgesdd_", &gesdd) || !room_take(runtime, &copy, m * n, 0)) return false;
  memcpy(copy.doubles, a, copy.bytes);
  bool done = singular_run(gesdd, runtime, "N", copy.doubles, (int)m, (int)n, NULL, s, NULL);
  room_leave(&copy);
  return done;
}

static bool general_run(Geev geev, Runtime *runtime, double *copy, int n, double *values, double *imaginary,
                        double *vectors) {
  double wanted = 0, unused = 0;
  int one = 1, ask = -1, info = 0;
  geev("N", "V", &n, copy, &n, values, imaginary, &unused, &one, vectors, &n, &wanted, &ask, &info, 1, 1);
  if (info != 0 || !is_countable(wanted)) return false;
  int size = (int)wanted;
  Room room;
  if (!room_take(runtime, &room, size, 0)) return false;
  geev("N", "V", &n, copy, &n, values, imaginary, &unused, &one, vectors, &n, room.doubles, &size, &info, 1, 1);
  room_leave(&room);
  return info == 0;
}

bool lapack_general_eigen(Runtime *runtime, const double *a, int64_t n, double *values, double *vectors, bool *real) {
  Geev geev;
  Room copy;
  if (!fits(n, n) || !blas_find("dgeev_", &geev) || !room_take(runtime, &copy, n * n + n, 0)) return false;
  double *imaginary = copy.doubles + n * n;
  memcpy(copy.doubles, a, (size_t)(n * n) * sizeof *a);
  bool done = general_run(geev, runtime, copy.doubles, (int)n, values, imaginary, vectors);
  *real = true;
  for (int64_t i = 0; done && i < n; i++) *real = *real && imaginary[i] == 0;
  room_leave(&copy);
  return done;
}
