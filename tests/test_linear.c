/* SPDX-License-Identifier: MIT */
/* test_linear.c: products of matrices by every road. */
#include "base/memory.h"
#include "base/threads.h"
#include "runtime/blas.h"
#include "runtime/kernels/product.h"
#include "tests/structures.h"

/* ---- matmul by its definition */
static double at(const Tensor *x, int64_t matrix, int64_t row, int64_t column, int64_t rows, int64_t columns) {
  return tensor_number_at(x, (matrix * rows + row) * columns + column);
}

/* Stacks of m x k and k x n matrices; `left` and `right` stacks are as many or one. */
static void expect_products(Tensor *product, const Tensor *x, const Tensor *y, int64_t m, int64_t k, int64_t n) {
  int64_t left = m * k > 0 ? tensor_size(x) / (m * k) : 1, right = k * n > 0 ? tensor_size(y) / (k * n) : 1;
  int64_t stacks = left > right ? left : right;
  ck_assert_int_eq(tensor_size(product), stacks * m * n);
  for (int64_t s = 0; s < stacks; s++) {
    for (int64_t i = 0; i < m * n; i++) {
      double sum = 0;
      for (int64_t l = 0; l < k; l++)
        sum += at(x, left == 1 ? 0 : s, i / n, l, m, k) * at(y, right == 1 ? 0 : s, l, i % n, k, n);
      if (product->dtype == DTYPE_BOOL) sum = sum != 0;
      ck_assert_double_eq(tensor_number_at(product, s * m * n + i), sum);
    }
  }
}

static const struct { int x_ndim; int64_t x[4]; int y_ndim; int64_t y[4]; int64_t m, k, n; int ndim; int64_t shape[4]; }
product_rows[] = {
  {1, {3}, 1, {3}, 1, 3, 1, 0, {0}},
  {2, {2, 3}, 1, {3}, 2, 3, 1, 1, {2}},
  {1, {3}, 2, {3, 2}, 1, 3, 2, 1, {2}},
  {2, {2, 3}, 2, {3, 4}, 2, 3, 4, 2, {2, 4}},
  {2, {1, 1}, 2, {1, 1}, 1, 1, 1, 2, {1, 1}},
  {2, {17, 19}, 2, {19, 23}, 17, 19, 23, 2, {17, 23}},
  {2, {33, 40}, 2, {40, 29}, 33, 40, 29, 2, {33, 29}},
  {2, {200, 30}, 1, {30}, 200, 30, 1, 1, {200}},
  {1, {300}, 2, {300, 130}, 1, 300, 130, 1, {130}},
  {3, {4, 2, 3}, 2, {3, 2}, 2, 3, 2, 3, {4, 2, 2}},
  {2, {2, 3}, 3, {4, 3, 2}, 2, 3, 2, 3, {4, 2, 2}},
  {3, {4, 2, 3}, 3, {4, 3, 2}, 2, 3, 2, 3, {4, 2, 2}},
  {3, {4, 2, 3}, 1, {3}, 2, 3, 1, 2, {4, 2}},
  {1, {3}, 3, {4, 3, 2}, 1, 3, 2, 2, {4, 2}},
  {3, {4, 1, 3}, 2, {3, 2}, 1, 3, 2, 3, {4, 1, 2}},
  {2, {0, 3}, 2, {3, 2}, 0, 3, 2, 2, {0, 2}},
  {2, {2, 0}, 2, {0, 3}, 2, 0, 3, 2, {2, 3}},
  {1, {0}, 1, {0}, 1, 0, 1, 0, {0}},
};
enum { PRODUCT_ROWS = sizeof product_rows / sizeof *product_rows };

START_TEST(products_follow_the_definition) {
  for (int type = 0; type < TYPES; type++) {
    for (int kinds = 0; kinds < DISGUISES * DISGUISES; kinds++) {
      DType dtype = all_types[type];
      Tensor *x = disguised(mixed(dtype, product_rows[_i].x_ndim, product_rows[_i].x, 1), kinds / DISGUISES);
      Tensor *y = disguised(mixed(dtype, product_rows[_i].y_ndim, product_rows[_i].y, 2), kinds % DISGUISES);
      Tensor *product = made(call2(OP_matmul, tensor_ref(x), tensor_ref(y)));
      expect_type(product, dtype);
      ck_assert_int_eq(tensor_ndim(product), product_rows[_i].ndim);
      for (int i = 0; i < product_rows[_i].ndim; i++)
        ck_assert_int_eq(layout_shape(product->layout)[i], product_rows[_i].shape[i]);
      if (dtype != DTYPE_UINT8 || tensor_size(x) < 200)
        expect_products(product, x, y, product_rows[_i].m, product_rows[_i].k, product_rows[_i].n);
      tensor_unref(product);
      tensor_unref(x);
      tensor_unref(y);
    }
  }
}
END_TEST

START_TEST(stacks_broadcast) {
  Tensor *x = mixed(DTYPE_FLOAT64, SHAPE(5, 1, 2, 3), 1), *y = mixed(DTYPE_FLOAT64, SHAPE(4, 3, 2), 2);
  Tensor *product = made(call2(OP_matmul, tensor_ref(x), tensor_ref(y)));
  ShapeText text;
  ck_assert_str_eq(layout_text(&text, product->layout), "(5, 4, 2, 2)");
  for (int64_t s = 0; s < 20; s++) {
    for (int64_t i = 0; i < 4; i++) {
      double sum = 0;
      for (int64_t k = 0; k < 3; k++) sum += at(x, s / 4, i / 2, k, 2, 3) * at(y, s % 4, k, i % 2, 3, 2);
      ck_assert_double_eq(tensor_number_at(product, s * 4 + i), sum);
    }
  }
  tensor_unref(product);
  tensor_unref(x);
  tensor_unref(y);
}
END_TEST

START_TEST(products_promote) {
  expect_vector(call2(OP_matmul, array(DTYPE_INT32, SHAPE(1, 2), (const double[]){3, 4}), vector(DTYPE_FLOAT64,
      NUMBERS(0.5, 1))),
                DTYPE_FLOAT64, NUMBERS(5.5));
  expect_number(call2(OP_matmul, vector(DTYPE_BOOL, NUMBERS(1, 1)), vector(DTYPE_UINT8, NUMBERS(200, 100))),
                DTYPE_UINT8, 44);
  expect_number(call2(OP_matmul, vector(DTYPE_INT64, NUMBERS(0x1p62, 0x1p62)), vector(DTYPE_INT64, NUMBERS(1, 1))),
                DTYPE_INT64, -0x1p63);
}
END_TEST

/* Repeated rows, columns and inner axes take short cuts. */
START_TEST(repetition_is_not_computed_twice) {
  static const int64_t sizes[][3] = {{5, 7, 6}, {40, 50, 30}, {1, 9000, 1}, {1, 300, 40}, {40, 300, 1}};
  for (int row = 0; row < 5; row++) {
    int64_t m = sizes[row][0], k = sizes[row][1], n = sizes[row][2];
    for (int mask = 0; mask < 16; mask++) {
      int64_t x_shape[] = {mask & 1 ? 1 : m, mask & 2 ? 1 : k}, y_shape[] = {mask & 4 ? 1 : k, mask & 8 ? 1 : n};
      int64_t x_full[] = {m, k}, y_full[] = {k, n};
      Layout *xs = layout_new(&test_runtime, 2, x_full), *ys = layout_new(&test_runtime, 2, y_full);
      Tensor *a = mixed(DTYPE_FLOAT64, 2, x_shape, 3), *b = mixed(DTYPE_FLOAT64, 2, y_shape, 4);
      Tensor *x = made(tensor_broadcast_to(&test_runtime, a, xs)), *y = made(tensor_broadcast_to(&test_runtime, b, ys));
      Tensor *product = made(call2(OP_matmul, tensor_ref(x), tensor_ref(y)));
      expect_products(product, x, y, m, k, n);
      tensor_unref(product);
      tensor_unref(x);
      tensor_unref(y);
      tensor_unref(a);
      tensor_unref(b);
      layout_unref(xs);
      layout_unref(ys);
    }
  }
}
END_TEST

/* ---- the loops of our own and the library's */
typedef bool (*Multiply)(Runtime *, DType, const Matrix *, const Matrix *, void *, int64_t);

static bool by_rows(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t stride) {
  (void)runtime;
  return product_by_rows(dtype, a, b, out, stride);
}

static bool in_blocks(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t stride) {
  (void)runtime;
  MatrixJob job = {dtype, ORDER_TILES, threads_count()};
  size_t bytes = product_room(&job, a, b);
  void *room = memory_allocate_data(bytes);
  bool done = product_in_blocks(&job, room, a, b, out, stride);
  memory_release_data(room, bytes);
  return done;
}

static bool by_library(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t stride) {
  if (!blas_available()) return by_rows(runtime, dtype, a, b, out, stride);
  if (!blas_takes(a) || !blas_takes(b)) return in_blocks(runtime, dtype, a, b, out, stride);
  blas_multiply(dtype, a, b, out, stride, false);
  return true;
}

static bool by_choice(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t stride) {
  return matrix_multiply(runtime, dtype, matrix_order(a->rows, a->columns, b->columns), a, b, out, stride);
}

static Matrix as_matrix(const Tensor *x) {
  const int64_t *shape = layout_shape(x->layout), *strides = layout_strides(x->layout);
  return (Matrix){tensor_data(x), shape[0], shape[1], strides[0], strides[1]};
}

START_TEST(all_roads_give_the_same_product) {
  static const Multiply roads[] = {by_rows, in_blocks, by_library, by_choice};
  static const int64_t sizes[][3] = {{1, 1, 1}, {4, 8, 4}, {5, 3, 9}, {13, 300, 21}, {70, 33, 1}, {1, 40, 70},
                                     {3, 600, 1030}};
  for (int row = 0; row < 7; row++) {
    int64_t m = sizes[row][0], k = sizes[row][1], n = sizes[row][2];
    for (int kind = 0; kind < 2 * DISGUISES; kind++) {
      DType dtype = kind < DISGUISES ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
      Tensor *x = disguised(mixed(dtype, SHAPE(m, k), 5), kind % DISGUISES), *y = disguised(mixed(dtype, SHAPE(k, n),
          6), kind % DISGUISES);
      Matrix a = as_matrix(x), b = as_matrix(y);
      Tensor *first = made(tensor_new_shape(&test_runtime, dtype, SHAPE(m, n)));
      ck_assert(product_by_rows(dtype, &a, &b, tensor_data(first), n));
      if (row < 4) expect_products(first, x, y, m, k, n);
      for (int road = 0; road < 4; road++) {
        Tensor *product = made(tensor_new_shape(&test_runtime, dtype, SHAPE(m, n)));
        ck_assert(roads[road](&test_runtime, dtype, &a, &b, tensor_data(product), n));
        expect_same(product, tensor_ref(first));
      }
      tensor_unref(first);
      tensor_unref(x);
      tensor_unref(y);
    }
  }
}
END_TEST

START_TEST(the_library_has_a_name) {
  if (blas_available()) ck_assert(strncmp(blas_name(), "openblas", 8) == 0);
  else ck_assert_str_eq(blas_name(), "built-in");
}
END_TEST

START_TEST(products_can_be_interrupted) {
  static const int64_t sizes[][3] = {{300, 300, 300}, {1, 1 << 20, 1}, {2, 1 << 17, 1}};
  for (int row = 0; row < 3; row++) {
    for (int type = 0; type < TYPES; type++) {
      Tensor *x = mixed(all_types[type], SHAPE(sizes[row][0], sizes[row][1]), 1);
      Tensor *y = mixed(all_types[type], SHAPE(sizes[row][1], sizes[row][2]), 2);
      interrupt_requested = 1;
      expect_failure(call2(OP_matmul, x, y), ERROR_INTERRUPT, "interrupted");
      interrupt_requested = 0;
    }
  }
}
END_TEST

START_TEST(long_sums_are_accurate) {
  int64_t size = 1 << 20;
  Tensor *tenth = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT32, 1,
                                        &size)), *one = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT32, 1, &size));
  ck_assert(tensor_fill(&test_runtime, tenth, 0.1) && tensor_fill(&test_runtime, one, 1));
  Tensor *dot = made(call2(OP_matmul, tenth, one));
  ck_assert_double_eq_tol(tensor_number_at(dot, 0) / ((double)size * (double)0.1F), 1, 2e-6);
  tensor_unref(dot);
}
END_TEST

START_TEST(products_explain_failures) {
  static const struct { int x_ndim; int64_t x[3]; int y_ndim; int64_t y[3]; const char *message, *hint; } cases[] = {
    {2, {2, 2}, 1, {3},
     "cannot multiply " ERROR_OPERAND(0) "(2, 2) @ " ERROR_OPERAND(1) "(3,): inner sizes 2 and 3 differ", "last size"},
    {2, {2, 3}, 2, {2, 3}, "(2, 3) @ " ERROR_OPERAND(1) "(2, 3): inner sizes 3 and 2 differ", "right one transposed"},
    {2, {3, 2}, 2, {3, 4}, "inner sizes 2 and 3 differ", "left one transposed"},
    {2, {4, 2}, 2, {3, 4}, "inner sizes 2 and 3 differ", "other way round"},
    {0, {0}, 1, {3}, "is a scalar", "use `*`"},
    {1, {3}, 0, {0}, "is a scalar", "use `*`"},
    {3, {2, 1, 3}, 3, {5, 3, 1}, "leading sizes 2 and 5 differ", ""},
    {1, {3}, 3, {5, 2, 1}, "inner sizes 3 and 2 differ", "last but one size"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Tensor *x = mixed(DTYPE_FLOAT64, cases[i].x_ndim, cases[i].x, 1), *y = mixed(DTYPE_FLOAT64, cases[i].y_ndim,
        cases[i].y, 1);
    Tensor *got = call2(OP_matmul, x, y);
    ck_assert_msg(strstr(buffer_text(&test_error.hint), cases[i].hint) != NULL, "%s", buffer_text(&test_error.hint));
    expect_failure(got, ERROR_SHAPE, cases[i].message);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("linear");
  TCase *tests = tcase_create("linear");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(tests, products_follow_the_definition, 0, PRODUCT_ROWS);
  tcase_add_test(tests, stacks_broadcast);
  tcase_add_test(tests, products_promote);
  tcase_add_test(tests, repetition_is_not_computed_twice);
  tcase_add_test(tests, all_roads_give_the_same_product);
  tcase_add_test(tests, the_library_has_a_name);
  tcase_add_test(tests, products_can_be_interrupted);
  tcase_add_test(tests, long_sums_are_accurate);
  tcase_add_test(tests, products_explain_failures);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
