/* SPDX-License-Identifier: MIT */
/* test_product.c: the program's own products of float matrices, for every instruction set that this machine has, and
   the short cuts for repeated rows, columns and inner axes. */
#include <math.h>

#include "base/threads.h"
#include "runtime/kernels/product.h"
#include "runtime/kernels/target.h"
#include "tests/structures.h"

/* ---- the kernels of this machine */
static bool multiply_in(const MatrixJob *job, void *room, int level, const Matrix *a, const Matrix *b, void *out,
                        int64_t stride) {
  bool wide = job->dtype == DTYPE_FLOAT64;
#if TARGET_AVX512
  if (level == 2)
    return wide ? product_blocks_float64_avx512(job, room, a, b, out, stride)
                : product_blocks_float32_avx512(job, room, a, b, out, stride);
#endif
#if TARGET_AVX2
  if (level == 1)
    return wide ? product_blocks_float64_avx2(job, room, a, b, out, stride)
                : product_blocks_float32_avx2(job, room, a, b, out, stride);
#endif
  return wide ? product_blocks_float64(job, room, a, b, out, stride)
              : product_blocks_float32(job, room, a, b, out, stride);
}

static bool multiply(int level, DType dtype, MatrixOrder order, const Matrix *a, const Matrix *b, void *out,
                     int64_t stride) {
  MatrixJob job = {dtype, order, threads_count()};
  size_t bytes = product_room(&job, a, b);
  void *room = memory_allocate_data(bytes);
  bool done = multiply_in(&job, room, level, a, b, out, stride);
  memory_release_data(room, bytes);
  return done;
}

static int levels(void) {
  return target_has_avx512() ? 3 : target_has_fma() ? 2 : 1;
}

static Matrix as_matrix(const Tensor *x) {
  const int64_t *shape = layout_shape(x->layout), *strides = layout_strides(x->layout);
  return (Matrix){tensor_data(x), shape[0], shape[1], strides[0], strides[1]};
}

/* Small whole numbers, whose sums are exact in every order, or fractions, whose sums are not. */
static Tensor *matrix(DType dtype, int64_t rows, int64_t columns, uint32_t seed, bool whole) {
  Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, SHAPE(rows, columns)));
  double *out = tensor_data(x);
  for (int64_t i = 0; i < rows * columns; i++) {
    double number = (double)(next_random(&seed) % 1000);
    out[i] = whole ? fmod(number, 9) - 4 : number / 1000 - 0.5;
  }
  Tensor *cast = made(tensor_cast(&test_runtime, x, dtype));
  tensor_unref(x);
  return cast;
}

static double element(const Matrix *x, DType dtype, int64_t i, int64_t j) {
  int64_t at = i * x->row_stride + j * x->column_stride;
  return dtype == DTYPE_FLOAT64 ? ((const double *)x->data)[at] : (double)((const float *)x->data)[at];
}

static double by_definition(const Matrix *a, const Matrix *b, DType dtype, int64_t i, int64_t j) {
  double sum = 0;
  for (int64_t k = 0; k < b->rows; k++) sum += element(a, dtype, i, k) * element(b, dtype, k, j);
  return sum;
}

/* Columns behind the result must stay as they are. */
static void expect_product(int level, DType dtype, MatrixOrder order, const Tensor *x, const Tensor *y) {
  Matrix a = as_matrix(x), b = as_matrix(y);
  int64_t m = a.rows, n = b.columns, stride = n + 3;
  Tensor *result = made(tensor_new_shape(&test_runtime, dtype, SHAPE(m, stride)));
  ck_assert(tensor_fill(&test_runtime, result, 99));
  ck_assert(multiply(level, dtype, order, &a, &b, tensor_data(result), stride));
  Matrix out = as_matrix(result);
  for (int64_t i = 0; i < m; i++) {
    for (int64_t j = 0; j < n; j++)
      ck_assert_double_eq(element(&out, dtype, i, j), by_definition(&a, &b, dtype, i, j));
    for (int64_t j = n; j < stride; j++) ck_assert_double_eq(element(&out, dtype, i, j), 99);
  }
  tensor_unref(result);
}

/* Sizes at the borders of tiles, vectors, panels and blocks; the last ones are large enough for copies. */
static const int64_t sizes[][3] = {
  {1, 1, 1}, {1, 5, 7}, {2, 3, 8}, {3, 2, 9}, {4, 1, 15}, {5, 9, 16}, {7, 4, 17}, {8, 8, 24}, {9, 7, 25}, {15, 3, 33},
  {16, 2, 47}, {6, 5, 48}, {3, 4, 49}, {2, 6, 195}, {1, 3, 390}, {2, 383, 3}, {3, 385, 5}, {1, 800, 26},
  {1030, 2, 3}, {130, 100, 90}, {40, 200, 140}, {33, 390, 200},
  {1, 45, 1}, {9, 20, 1}, {5, 2100, 1}, {37, 33, 1}, {1, 20, 530}, {1, 400, 1030},
};
enum { SIZES = sizeof sizes / sizeof *sizes };

START_TEST(kernels_follow_the_definition) {
  for (int level = 0; level < levels(); level++) {
    for (int kinds = 0; kinds < 2 * DISGUISES * DISGUISES; kinds++) {
      DType dtype = kinds % 2 ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
      Tensor *x = disguised(matrix(dtype, sizes[_i][0], sizes[_i][1], 1, true), kinds / 2 / DISGUISES);
      Tensor *y = disguised(matrix(dtype, sizes[_i][1], sizes[_i][2], 2, true), kinds / 2 % DISGUISES);
      expect_product(level, dtype, ORDER_TILES, x, y);
      if (sizes[_i][0] == 1 || sizes[_i][2] == 1) expect_product(level, dtype, ORDER_VECTOR, x, y);
      tensor_unref(x);
      tensor_unref(y);
    }
  }
}
END_TEST

/* ---- bits */
static Tensor *product_of(int level, Tensor *x, Tensor *y) {
  Matrix a = as_matrix(x), b = as_matrix(y);
  Tensor *result = made(tensor_new_shape(&test_runtime, (DType)x->dtype, SHAPE(a.rows, b.columns)));
  MatrixOrder order = b.columns == 1 ? ORDER_VECTOR : ORDER_TILES;
  ck_assert(multiply(level, (DType)x->dtype, order, &a, &b, tensor_data(result), b.columns));
  return result;
}

/* An element does not depend on the tile that it falls into, nor on how the operands lie in memory. */
START_TEST(tiles_change_no_bit) {
  DType dtype = _i % 2 ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
  int64_t m = 37, k = 401, n = 61;
  Tensor *x = matrix(dtype, m, k, 1, false), *y = matrix(dtype, k, n, 2, false);
  for (int level = 0; level < levels(); level++) {
    Tensor *whole = product_of(level, x, y);
    Matrix all = as_matrix(whole), a = as_matrix(x), b = as_matrix(y);
    for (int64_t i = 0; i < m; i += 5) {
      Matrix row = {(const char *)a.data + i * k * (int64_t)dtype_info[dtype].size, 1, k, k, 1};
      double room[61];
      Matrix single = {room, 1, n, n, 1};
      ck_assert(multiply(level, dtype, ORDER_TILES, &row, &b, room, n));
      for (int64_t j = 0; j < n; j++)
        ck_assert_double_eq(element(&single, dtype, 0, j), element(&all, dtype, i, j));
    }
    for (int kind = 0; kind < DISGUISES; kind++) {
      Tensor *left = disguised(tensor_ref(x), kind), *right = disguised(tensor_ref(y), kind);
      expect_same(product_of(level, left, right), tensor_ref(whole));
      tensor_unref(left);
      tensor_unref(right);
    }
    tensor_unref(whole);
  }
  tensor_unref(x);
  tensor_unref(y);
}
END_TEST

/* An element of a matrix times a column does not depend on the rows beside it, nor on their order, nor on threads, nor
   on the instruction set where that has FMA. */
START_TEST(rows_times_a_column_change_no_bit) {
  static const int64_t lengths[] = {5, 8, 16, 20, 33, 401, 1500, 5000};
  enum { ROWS = 13 };
  DType dtype = _i % 2 ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
  int64_t k = lengths[_i / 2], item = (int64_t)dtype_info[dtype].size;
  Tensor *x = matrix(dtype, ROWS, k, 1, false), *y = matrix(dtype, k, 1, 2, false);
  Matrix column = as_matrix(y), a = as_matrix(x);
  Matrix upside_down = {(const char *)a.data + (ROWS - 1) * k * item, ROWS, k, -k, 1};
  double first[ROWS], last[ROWS], one;
  for (int level = 0; level < levels(); level++) {
    Tensor *whole = product_of(level, x, y);
    Matrix all = as_matrix(whole), turned = {first, ROWS, 1, 1, 1}, same = {last, ROWS, 1, 1, 1};
    Matrix single = {&one, 1, 1, 1, 1};
    ck_assert(multiply(level, dtype, ORDER_VECTOR, &upside_down, &column, first, 1));
    if (level > 1) ck_assert(multiply(level - 1, dtype, ORDER_VECTOR, &a, &column, last, 1));
    for (int64_t i = 0; i < ROWS; i++) {
      Matrix row = {(const char *)a.data + i * k * item, 1, k, k, 1};
      ck_assert(multiply(level, dtype, ORDER_VECTOR, &row, &column, &one, 1));
      ck_assert_double_eq(element(&single, dtype, 0, 0), element(&all, dtype, i, 0));
      ck_assert_double_eq(element(&turned, dtype, ROWS - 1 - i, 0), element(&all, dtype, i, 0));
      if (level > 1) ck_assert_double_eq(element(&same, dtype, i, 0), element(&all, dtype, i, 0));
    }
    tensor_unref(whole);
  }
  tensor_unref(x);
  tensor_unref(y);
}
END_TEST

/* Wherever the processor multiplies and adds with one rounding, results are the same to the last bit. */
START_TEST(instruction_sets_agree) {
  for (int type = 0; type < 2; type++) {
    DType dtype = type ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
    Tensor *x = matrix(dtype, 70, 400, 3, false), *y = matrix(dtype, 400, 77, 4, false);
    for (int level = 2; level < levels(); level++) expect_same(product_of(level, x, y), product_of(1, x, y));
    Tensor *first = product_of(0, x, y), *last = product_of(levels() - 1, x, y);
    for (int64_t i = 0; i < tensor_size(first); i++)
      ck_assert_double_eq_tol(tensor_number_at(first, i), tensor_number_at(last, i), type ? 2e-5 : 4e-14);
    tensor_unref(first);
    tensor_unref(last);
    tensor_unref(x);
    tensor_unref(y);
  }
}
END_TEST

/* Shared by rows, as dots, by columns, and by both. */
static const int64_t shared_sizes[][3] = {{1100, 400, 230}, {1100, 400, 1}, {50, 300, 700}, {300, 500, 310}};
enum { SHARED = sizeof shared_sizes / sizeof *shared_sizes };

START_TEST(threads_change_no_bit) {
  DType dtype = _i % 2 ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
  int count = threads_count();
  const int64_t *size = shared_sizes[_i / 4];
  Tensor *x = disguised(matrix(dtype, size[0], size[1], 5, false), _i / 2 % 2);
  Tensor *y = disguised(matrix(dtype, size[1], size[2], 6, false), _i / 2 % 2);
  for (int level = 0; level < levels(); level++) {
    threads_set_count(1);
    Tensor *alone = product_of(level, x, y);
    for (int threads = 2; threads < 5; threads++) {
      threads_set_count(threads);
      expect_same(product_of(level, x, y), tensor_ref(alone));
    }
    tensor_unref(alone);
  }
  threads_set_count(count);
  tensor_unref(x);
  tensor_unref(y);
}
END_TEST

/* Of a product that nobody shares there is one part; of others no more rooms than threads. */
START_TEST(rooms_are_for_those_who_share) {
  int count = threads_count();
  for (int k = 0; k < SIZES; k++) {
    const int64_t *size = sizes[k];
    Matrix a = {NULL, size[0], size[1], size[1], 1}, b = {NULL, size[1], 10 * size[2], 10 * size[2], 1};
    MatrixJob job = {DTYPE_FLOAT64, matrix_order(a.rows, a.columns, b.columns), 1};
    size_t alone = matrix_room(&job, &a, &b);
    threads_set_count(64);
    ck_assert_uint_eq(matrix_room(&job, &a, &b), alone);
    ck_assert_int_eq(product_parts(&a, &b, 1).count, 1);
    for (int threads = 2; threads < 65; threads += 31) {
      ProductParts parts = product_parts(&a, &b, threads);
      ck_assert_int_le(parts.rooms, threads);
      ck_assert_int_le(parts.rooms, parts.count);
      ck_assert_int_ge(parts.across * parts.columns, b.columns);
      ck_assert_int_ge(parts.count / parts.across * parts.rows, a.rows);
    }
    threads_set_count(count);
  }
}
END_TEST

START_TEST(kernels_can_be_interrupted) {
  Tensor *x = matrix(DTYPE_FLOAT64, 300, 300, 1, true);
  Matrix a = as_matrix(x);
  Tensor *result = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, SHAPE(300, 300)));
  for (int level = 0; level < levels(); level++) {
    interrupt_request();
    ck_assert(!multiply(level, DTYPE_FLOAT64, ORDER_TILES, &a, &a, tensor_data(result), 300));
    interrupt_requested = 0;
  }
  tensor_unref(result);
  tensor_unref(x);
}
END_TEST

START_TEST(packing_can_be_interrupted) {
  enum { ROWS = 2000, COLUMNS = 1000 };
  size_t bytes = (size_t)ROWS * COLUMNS * sizeof(double);
  double *out = memory_allocate_data(bytes), one = 1;
  Matrix ones = {&one, ROWS, COLUMNS, 0, 0};
  memset(out, 0, bytes);
  interrupt_request();
  matrix_pack(DTYPE_FLOAT64, &ones, out);
  interrupt_requested = 0;
  ck_assert_double_eq(out[ROWS * COLUMNS - 1], 0);
  matrix_pack(DTYPE_FLOAT64, &ones, out);
  ck_assert_double_eq(out[ROWS * COLUMNS - 1], 1);
  memory_release_data(out, bytes);
}
END_TEST

/* ---- bits of whole products; all are too small for OpenBLAS, whose order is its own */
static const int64_t shapes[][3] = {
  {1, 2, 40}, {1, 17, 40}, {40, 17, 1}, {2, 100, 1}, {1, 2500, 5}, {40, 1500, 1}, {300, 31, 1}, {1, 90, 600}, {3, 3, 3},
  {5, 5, 5}, {5, 3, 70}, {9, 401, 31},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* Neither vectors nor matrices depend on how the operands lie in memory. */
START_TEST(layouts_change_no_bit) {
  DType dtype = _i % 2 ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
  const int64_t *size = shapes[_i / 2];
  Tensor *x = matrix(dtype, size[0], size[1], 1, false), *y = matrix(dtype, size[1], size[2], 2, false);
  Tensor *whole = made(call2(OP_matmul, tensor_ref(x), tensor_ref(y)));
  for (int kinds = 0; kinds < DISGUISES * DISGUISES; kinds++) {
    Tensor *left = disguised(tensor_ref(x), kinds / DISGUISES), *right = disguised(tensor_ref(y), kinds % DISGUISES);
    expect_same(made(call2(OP_matmul, left, right)), tensor_ref(whole));
  }
  tensor_unref(whole);
  tensor_unref(x);
  tensor_unref(y);
}
END_TEST

/* A stack of rows whose leading axes cannot be merged, beside the same numbers where they can. */
START_TEST(stacks_change_no_bit) {
  static const int64_t stacks[][3] = {{1, 50, 60}, {1, 2, 2}, {2, 2, 2}, {3, 17, 1}};
  const int64_t *size = stacks[_i], m = size[0], k = size[1];
  Tensor *x = matrix(DTYPE_FLOAT64, 6 * 5 * m, k, 1, false), *y = matrix(DTYPE_FLOAT64, k, size[2], 2, false);
  int64_t shape[] = {5, 6, m, k}, strides[] = {m * k, 5 * m * k, k, 1};
  Tensor *window = window_taken(x, 4, shape, strides, 0), *copy = made(tensor_copy(&test_runtime, window));
  Tensor *product = made(call2(OP_matmul, window, tensor_ref(y)));
  expect_same(product, made(call2(OP_matmul, copy, y)));
}
END_TEST

/* ---- repetition */
static Tensor *repeated(Tensor *taken, int64_t rows, int64_t columns) {
  Layout *full = layout_new(&test_runtime, SHAPE(rows, columns));
  Tensor *window = made(tensor_broadcast_to(&test_runtime, taken, full));
  layout_unref(full);
  tensor_unref(taken);
  return window;
}

/* Rows and columns that repeat have the bits of those that are written out; so has a repeated inner axis of what is one
   row or one column otherwise.  (Sums over other inner axes round differently.) */
START_TEST(repeated_rows_and_columns_change_no_bit) {
  DType dtype = _i % 2 ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
  const int64_t *size = shapes[_i / 2], m = size[0], k = size[1], n = size[2];
  for (int mask = 1; mask < 9; mask++) {
    int left = mask % 3, right = mask / 3;
    Tensor *x = repeated(matrix(dtype, left ? 1 : m, left == 2 ? 1 : k, 1, false), m, k);
    Tensor *y = repeated(matrix(dtype, right == 2 ? 1 : k, right ? 1 : n, 2, false), k, n);
    Tensor *full_x = made(tensor_copy(&test_runtime, x)), *full_y = made(tensor_copy(&test_runtime, y));
    expect_same(made(call2(OP_matmul, x, y)), made(call2(OP_matmul, full_x, full_y)));
  }
}
END_TEST

/* The same as with the repetition written out: numbers up to rounding, nan and infinities exactly. */
static void expect_collapsed(Tensor *x, Tensor *y) {
  Tensor *full_x = made(tensor_copy(&test_runtime, x)), *full_y = made(tensor_copy(&test_runtime, y));
  Tensor *got = made(call2(OP_matmul, x, y)), *expected = made(call2(OP_matmul, full_x, full_y));
  for (int64_t i = 0; i < tensor_size(got); i++) {
    double a = tensor_number_at(got, i), b = tensor_number_at(expected, i);
    if (isfinite(b)) ck_assert_double_eq_tol(a, b, 1e-5 * (1 + fabs(b)));
    else ck_assert_msg(same_number(a, b), "element %d is %g, not %g", (int)i, a, b);
  }
  tensor_unref(got);
  tensor_unref(expected);
}

/* Sums of the second kind of special numbers overflow. */
START_TEST(collapsed_products_are_products) {
  static const double factors[] = {0, INFINITY, -INFINITY, NAN, 0x1p100, 0x1p-130};
  static const double terms[] = {0, INFINITY, -INFINITY, NAN, -3e38, 0x1p-130};
  DType dtype = _i % 2 ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
  double term = terms[_i / 2 % 6] * (dtype == DTYPE_FLOAT64 && _i / 2 % 6 == 4 ? 5e269 : 1);
  Tensor *line = matrix(dtype, 6, 1, 1, true), *other = matrix(dtype, 50, 40, 2, true);
  for (int64_t i = 0; i < 3; i++) {
    put_number(line, i, factors[_i / 12]);
    put_number(other, 7 * i * 40 + i / 2, term);
  }
  Tensor *x = repeated(line, 6, 50);
  Tensor *turned_x = window_taken(tensor_ref(x), SHAPE(50, 6), (const int64_t[]){0, 1}, 0);
  Tensor *turned_y = window_taken(tensor_ref(other), SHAPE(40, 50), (const int64_t[]){1, 40}, 0);
  expect_collapsed(x, other);
  expect_collapsed(turned_y, turned_x);
}
END_TEST

/* Rows that repeat are a window of one row; the gradient of a sum is such a product. */
START_TEST(repeated_rows_are_a_window) {
  for (int turn = 0; turn < 2; turn++) {
    Tensor *one = repeated(matrix(DTYPE_FLOAT64, 1, 1, 1, true), 80, 90), *y = matrix(DTYPE_FLOAT64, 90, 70, 2, true);
    Tensor *across = window_taken(tensor_ref(y), SHAPE(70, 90), (const int64_t[]){1, 70}, 0);
    Tensor *back = window_taken(tensor_ref(one), SHAPE(90, 80), (const int64_t[]){0, 0}, 0);
    Tensor *product = made(turn ? call2(OP_matmul, tensor_ref(across), tensor_ref(back))
                                : call2(OP_matmul, tensor_ref(one), tensor_ref(y)));
    ck_assert_int_eq(layout_shape(product->layout)[turn], 80);
    ck_assert_int_eq(layout_shape(product->layout)[1 - turn], 70);
    ck_assert_int_eq(layout_strides(product->layout)[turn], 0);
    Matrix a = as_matrix(one), b = as_matrix(y), got = as_matrix(product);
    for (int64_t j = 0; j < 70; j++) {
      double expected = by_definition(&a, &b, DTYPE_FLOAT64, 0, j);
      ck_assert_double_eq(turn ? element(&got, DTYPE_FLOAT64, j, 79) : element(&got, DTYPE_FLOAT64, 79, j), expected);
    }
    tensor_unref(product);
    tensor_unref(one);
    tensor_unref(y);
    tensor_unref(across);
    tensor_unref(back);
  }
}
END_TEST

START_TEST(exhausted_memory_is_an_error) {
  bool failed = true;
  for (size_t n = 1; failed; n++) {
    Tensor *x = repeated(matrix(DTYPE_FLOAT64, 80, 1, 1, true), 80, 90), *y = matrix(DTYPE_FLOAT64, 90, 70, 2, true);
    Tensor *back = window_taken(tensor_ref(x), SHAPE(90, 80), (const int64_t[]){0, 1}, 0);
    memory_fail_at(n, true);
    Tensor *product = call2(OP_matmul, x, y), *other = product ? call2(OP_matmul, back, tensor_ref(product)) : NULL;
    failed = memory_failure_hit();
    memory_fail_at(0, false);
    if (!product) tensor_unref(back);
    ck_assert(failed == (other == NULL));
    if (failed) ck_assert_int_eq(test_error.kind, ERROR_MEMORY);
    error_clear(&test_error);
    tensor_unref(product);
    tensor_unref(other);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("product");
  TCase *kernels = tcase_create("kernels"), *repetition = tcase_create("repetition");
  tcase_add_checked_fixture(kernels, tensors_set_up, tensors_tear_down);
  tcase_add_checked_fixture(repetition, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(kernels, kernels_follow_the_definition, 0, SIZES);
  tcase_add_loop_test(kernels, tiles_change_no_bit, 0, 2);
  tcase_add_test(kernels, instruction_sets_agree);
  tcase_add_loop_test(kernels, threads_change_no_bit, 0, 4 * SHARED);
  tcase_add_loop_test(kernels, rows_times_a_column_change_no_bit, 0, 16);
  tcase_add_loop_test(kernels, layouts_change_no_bit, 0, 2 * SHAPES);
  tcase_add_loop_test(kernels, stacks_change_no_bit, 0, 4);
  tcase_add_loop_test(kernels, repeated_rows_and_columns_change_no_bit, 0, 2 * SHAPES);
  tcase_add_test(kernels, rooms_are_for_those_who_share);
  tcase_add_test(kernels, kernels_can_be_interrupted);
  tcase_add_test(kernels, packing_can_be_interrupted);
  tcase_add_loop_test(repetition, collapsed_products_are_products, 0, 72);
  tcase_add_test(repetition, repeated_rows_are_a_window);
  tcase_add_test(repetition, exhausted_memory_is_an_error);
  suite_add_tcase(suite, kernels);
  suite_add_tcase(suite, repetition);
  return run_suite(suite);
}
