/* SPDX-License-Identifier: MIT */
/* blas.c: finds OpenBLAS, tells it what processor this is, and calls it.

   The library is not linked but loaded on first need, so that start-up does not pay for it, and so that its choice of
   kernels can be corrected before it makes it: releases of some years ago take recent processors for very old ones. */
#include "runtime/blas.h"

#include <limits.h>
#include <stdio.h>

#ifdef MGRAD_NO_BLAS

bool blas_available(void) { return false; }

bool blas_takes(const Matrix *matrix) {
  (void)matrix;
  return false;
}

void blas_multiply(DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t out_stride, bool add) {
  (void)dtype, (void)a, (void)b, (void)out, (void)out_stride, (void)add;
}

bool blas_multiplies(void) { return false; }

bool blas_find(const char *name, void *function_pointer) {
  (void)name, (void)function_pointer;
  return false;
}

const char *blas_name(void) { return "built-in"; }

#else
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/threads.h"
#include "runtime/kernels/target.h"

enum { ROW_MAJOR = 101, NOT_TRANSPOSED = 111, TRANSPOSED = 112 };

typedef void (*DoubleProduct)(int, int, int, int, int, int, double, const double *, int, const double *, int, double,
                              double *, int);
typedef void (*SingleProduct)(int, int, int, int, int, int, float, const float *, int, const float *, int, float,
                              float *, int);
typedef void (*DoubleVector)(int, int, int, int, double, const double *, int, const double *, int, double, double *,
                             int);
typedef void (*SingleVector)(int, int, int, int, float, const float *, int, const float *, int, float, float *, int);

/* The loaded library: one per process, like the library itself. */
static struct Blas {
  bool tried, loaded;
  atomic_int threads;       /* that it was told to use; 0: nothing yet */
  void (*set_threads)(int); /* NULL: it has its own number */
  void *library;
  char name[40];
  DoubleProduct dgemm;
  SingleProduct sgemm;
  DoubleVector dgemv;
  SingleVector sgemv;
} blas;

/* ---- loading */
/* What the library is to take this processor for, within what MGRAD_ISA allows; NULL: what it finds itself. */
static const char *core_type(void) {
#if TARGET_AVX2
  if (target_has_avx512() && __builtin_cpu_supports("avx512cd")) return "SkylakeX";
  if (target_has_fma()) return "Haswell";
  if (target_has(ISA_AVX2)) return "Nehalem";
#endif
  return NULL;
}

/* It reserves tens of megabytes per thread and ends the program where it cannot. */
static bool address_space_is_small(void) {
  struct rlimit limit;
  return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < ((rlim_t)2 << 30);
}

/* ISO C has no conversion from object to function pointers; POSIX says that this one works. */
static bool find(void *library, const char *name, void *function_pointer) {
  void *symbol = dlsym(library, name);
  memcpy(function_pointer, &symbol, sizeof symbol);
  return symbol != NULL;
}

/* As many threads as we have share what LAPACK does; a product has one, since its bits depend on their number.  Who
   sets the library's own variable decides for both. */
static void choose_threads(void *library) {
  if (getenv("OPENBLAS_NUM_THREADS") || !find(library, "openblas_set_num_threads", &blas.set_threads))
    blas.set_threads = NULL;
}

/* Workers multiply too, but ask for nothing else than their caller did. */
static void use_threads(int count) {
  if (blas.set_threads && atomic_exchange(&blas.threads, count) != count) blas.set_threads(count);
}

/* It starts threads; signals are for the thread that reads the terminal. */
static void *open_library(void) {
  const char *variable = "OPENBLAS_CORETYPE", *core = getenv(variable) ? NULL : core_type();
  sigset_t all, before;
  if (address_space_is_small()) return NULL;
  if (core) setenv(variable, core, 1);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library) choose_threads(library);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (core) unsetenv(variable);
  return library;
}

static void read_name(void *library) {
  char *(*config)(void);
  int end = 0;
  strcpy(blas.name, "openblas");
  if (!find(library, "openblas_get_config", &config)) return;
  const char *text = config(), *version = strchr(text, ' ');
  if (!version) return;
  while (version[1 + end] && version[1 + end] != ' ' && end < 24) end++;
  snprintf(blas.name, sizeof blas.name, "openblas %.*s", end, version + 1);
}

bool blas_available(void) {
  if (blas.tried) return blas.loaded;
  blas.tried = true;
  void *library = open_library();
  blas.loaded = library && find(library, "cblas_dgemm", &blas.dgemm) && find(library, "cblas_sgemm", &blas.sgemm) &&
                find(library, "cblas_dgemv", &blas.dgemv) && find(library, "cblas_sgemv", &blas.sgemv);
  if (!blas.loaded) return false;
  blas.library = library;
  read_name(library);
  return true;
}

bool blas_multiplies(void) {
  if (!blas_available()) return false;
  use_threads(1);
  return true;
}

bool blas_find(const char *name, void *function_pointer) {
  if (!blas_available()) return false;
  use_threads(threads_count());
  return find(blas.library, name, function_pointer);
}

const char *blas_name(void) {
  return blas_available() ? blas.name : "built-in";
}

/* ---- operands */
typedef struct Operand { const void *data; int rows, columns, leading, transposed; } Operand;

/* A matrix as the library sees it: dense rows `leading` apart, or the transpose of that. */
static bool as_operand(const Matrix *matrix, Operand *operand) {
  int64_t across = matrix->columns == 1 ? 1 : matrix->column_stride, down = matrix->rows == 1 ? 1 : matrix->row_stride;
  if (matrix->rows == 1 && across == 1) down = matrix->columns;
  if (matrix->columns == 1 && down == 1) across = matrix->rows;
  bool plain = across == 1 && down >= matrix->columns, turned = down == 1 && across >= matrix->rows;
  int64_t leading = plain ? down : across;
  if ((!plain && !turned) || leading < 1 || leading > INT_MAX || matrix->rows > INT_MAX || matrix->columns > INT_MAX)
    return false;
  *operand = (Operand){matrix->data, (int)matrix->rows, (int)matrix->columns, (int)leading,
                       plain ? NOT_TRANSPOSED : TRANSPOSED};
  return true;
}

bool blas_takes(const Matrix *matrix) {
  Operand operand;
  return as_operand(matrix, &operand);
}

static bool as_vector(const Matrix *matrix, int64_t stride) {
  return (matrix->columns == 1 || matrix->rows == 1) && stride >= 1 && stride <= INT_MAX;
}

/* ---- products */
/* out = m @ x for a matrix (in the library's view: `rows` x `columns` before its transposition) and vectors. */
static void multiply_vector(DType dtype, const Operand *m, bool turn, const void *x, int64_t x_stride, void *out,
                            int64_t out_stride, bool add) {
  bool turned = m->transposed == TRANSPOSED;
  int rows = turned ? m->columns : m->rows, columns = turned ? m->rows : m->columns;
  int flag = turned != turn ? TRANSPOSED : NOT_TRANSPOSED;
  if (dtype == DTYPE_FLOAT64)
    blas.dgemv(ROW_MAJOR, flag, rows, columns, 1, m->data, m->leading, x, (int)x_stride, add ? 1 : 0, out,
               (int)out_stride);
  else
    blas.sgemv(ROW_MAJOR, flag, rows, columns, 1, m->data, m->leading, x, (int)x_stride, add ? 1 : 0, out,
               (int)out_stride);
}

static void multiply_matrices(DType dtype, const Operand *a, const Operand *b, void *out, int64_t out_stride,
                              bool add) {
  int stride = (int)out_stride, m = a->rows, n = b->columns, k = a->columns;
  if (dtype == DTYPE_FLOAT64)
    blas.dgemm(ROW_MAJOR, a->transposed, b->transposed, m, n, k, 1, a->data, a->leading, b->data, b->leading,
               add ? 1 : 0, out, stride);
  else
    blas.sgemm(ROW_MAJOR, a->transposed, b->transposed, m, n, k, 1, a->data, a->leading, b->data, b->leading,
               add ? 1 : 0, out, stride);
}

void blas_multiply(DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t out_stride, bool add) {
  Operand left, right;
  if (!blas_available() || !as_operand(a, &left) || !as_operand(b, &right)) return;
  if (b->columns == 1 && as_vector(b, b->row_stride))
    multiply_vector(dtype, &left, false, b->data, b->row_stride, out, out_stride, add);
  else if (a->rows == 1 && as_vector(a, a->column_stride))
    multiply_vector(dtype, &right, true, a->data, a->column_stride, out, 1, add);
  else multiply_matrices(dtype, &left, &right, out, out_stride, add);
}
#endif
