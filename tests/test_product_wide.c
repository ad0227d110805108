/* SPDX-License-Identifier: MIT */
/* test_product_wide.c: the tall tiles and wide vectors of AVX-512 in products of matrices, compiled for any processor:
   the same source in the shape that it has there. */
#include <pthread.h>

#include "base/interrupt.h"
#include "base/number.h"
#include "base/threads.h"
#include "runtime/kernels/product.h"
#include "tests/tensors.h"

/* The compiler says that such vectors are passed otherwise where there are none; they are passed to nobody here. */
#pragma GCC diagnostic ignored "-Wpsabi"
typedef float Real;
#define PRODUCT product_wide
#define VECTOR_BYTES 64
#define TALL 8
#define VECTORS 3
bool PRODUCT(const MatrixJob *job, void *room, const Matrix *a, const Matrix *b, Real *out, int64_t out_stride);
#include "runtime/kernels/product_blocks.h"

/* At the borders of tiles, vectors, panels and blocks. */
static const int64_t borders[] = {1, 2, 5, 8, 15, 17, 32, 47, 49, 64, 97, 145, 385, 800};
enum { BORDERS = sizeof borders / sizeof *borders, LAYOUTS = 3, PADDING = 3, CASES = 400 };
static const float UNTOUCHED = 99;

static float *whole_numbers(int64_t count, uint32_t *seed) {
  float *numbers = memory_allocate_data((size_t)count * sizeof *numbers);
  for (int64_t i = 0; i < count; i++) numbers[i] = (float)(next_random(seed) % 9) - 4;
  return numbers;
}

/* In rows, in columns, or every other element of rows. */
static Matrix matrix_in(const float *numbers, int64_t rows, int64_t columns, uint32_t layout) {
  int64_t step = layout == 2 ? 2 : 1;
  return layout == 1 ? (Matrix){numbers, rows, columns, 1, rows}
                     : (Matrix){numbers, rows, columns, step * columns, step};
}

static void expect_product(const Matrix *a, const Matrix *b, const float *out) {
  const float *x = a->data, *y = b->data;
  for (int64_t i = 0; i < a->rows; i++) {
    for (int64_t j = 0; j < b->columns + PADDING; j++) {
      float sum = j < b->columns ? 0 : UNTOUCHED;
      for (int64_t k = 0; k < a->columns && j < b->columns; k++)
        sum += x[i * a->row_stride + k * a->column_stride] * y[k * b->row_stride + j * b->column_stride];
      ck_assert_msg(out[i * (b->columns + PADDING) + j] == sum, "%d x %d x %d: element %d, %d", (int)a->rows,
                    (int)a->columns, (int)b->columns, (int)i, (int)j);
    }
  }
}

static void multiply_and_check(MatrixOrder order, const Matrix *a, const Matrix *b) {
  int64_t count = a->rows * (b->columns + PADDING);
  MatrixJob job = {DTYPE_FLOAT32, order, threads_count()};
  size_t bytes = product_room(&job, a, b), out_bytes = (size_t)count * sizeof(float);
  float *out = memory_allocate_data(out_bytes);
  void *room = memory_allocate_data(bytes);
  for (int64_t i = 0; i < count; i++) out[i] = UNTOUCHED;
  ck_assert(product_wide(&job, room, a, b, out, b->columns + PADDING));
  expect_product(a, b, out);
  memory_release_data(room, bytes);
  memory_release_data(out, out_bytes);
}

START_TEST(wide_tiles_follow_the_definition) {
  uint32_t seed = (uint32_t)_i + 1;
  int threads = threads_count();
  threads_set_count(1 + _i % 5);
  for (int n = 0; n < CASES / 5; n++) {
    int64_t m = borders[next_random(&seed) % BORDERS], k = borders[next_random(&seed) % BORDERS];
    int64_t columns = borders[next_random(&seed) % BORDERS];
    if (m * k * columns > 10000000) continue;
    float *x = whole_numbers(2 * m * k, &seed), *y = whole_numbers(2 * k * columns, &seed);
    Matrix a = matrix_in(x, m, k, next_random(&seed) % LAYOUTS);
    Matrix b = matrix_in(y, k, columns, next_random(&seed) % LAYOUTS);
    multiply_and_check(ORDER_TILES, &a, &b);
    if (m == 1 || columns == 1) multiply_and_check(ORDER_VECTOR, &a, &b);
    memory_release_data(x, (size_t)(2 * m * k) * sizeof *x);
    memory_release_data(y, (size_t)(2 * k * columns) * sizeof *y);
  }
  threads_set_count(threads);
}
END_TEST

/* Rows of 2^24 terms are halved 15 times: windows of a line, which is all that is in memory. */
typedef struct Windows { Matrix rows, column; float out[24]; bool done; } Windows;

static void *multiply_windows(void *context) {
  Windows *windows = context;
  MatrixJob job = {DTYPE_FLOAT32, ORDER_VECTOR, 1};
  windows->done = product_wide(&job, NULL, &windows->rows, &windows->column, windows->out, 1);
  return NULL;
}

START_TEST(long_rows_need_little_stack) {
  enum { ROWS = 24, STACK_BYTES = 1 << 18, BELOW = 3 * STACK_BYTES, PATTERN = 0x5a };
  const int64_t terms = (INT64_C(1) << 24) + 9 * 1024, length = terms + ROWS;
  float *line = memory_allocate_data((size_t)length * sizeof *line);
  Windows windows = {.rows = {line, ROWS, terms, 1, 1}, .column = {line, terms, 1, 1, 1}};
  char *stack = memory_allocate_data(BELOW + STACK_BYTES);
  pthread_attr_t attributes;
  pthread_t thread;
  memset(stack, PATTERN, BELOW);
  for (int64_t i = 0; i < length; i++) line[i] = (float)(i % 1024 == 0);
  ck_assert(pthread_attr_init(&attributes) == 0);
  ck_assert(pthread_attr_setstack(&attributes, stack + BELOW, STACK_BYTES) == 0);
  ck_assert(pthread_create(&thread, &attributes, multiply_windows, &windows) == 0);
  ck_assert(pthread_join(thread, NULL) == 0 && windows.done);
  for (int i = 0; i < ROWS; i++) ck_assert_float_eq(windows.out[i], i == 0 ? (float)(terms / 1024) : 0);
  for (int i = 0; i < BELOW; i++) ck_assert_int_eq(stack[i], PATTERN);
  pthread_attr_destroy(&attributes);
  memory_release_data(stack, BELOW + STACK_BYTES);
  memory_release_data(line, (size_t)length * sizeof *line);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("product_wide");
  TCase *tiles = tcase_create("tiles");
  tcase_add_checked_fixture(tiles, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(tiles, wide_tiles_follow_the_definition, 0, 5);
  tcase_add_test(tiles, long_rows_need_little_stack);
  suite_add_tcase(suite, tiles);
  return run_suite(suite);
}
