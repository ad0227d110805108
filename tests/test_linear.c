/* SPDX-License-Identifier: MIT */
/* test_linear.c: products of matrices by every road, and einsum. */
#include "base/memory.h"
#include "runtime/blas.h"
#include "runtime/kernels/einsum.h"
#include "runtime/kernels/product.h"
#include "tests/structures.h"

/* Small whole numbers, so that sums are exact in every order; bool: both values occur. */
static Tensor *mixed(DType dtype, int ndim, const int64_t *shape, uint32_t seed) {
  Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, ndim, shape));
  double *out = tensor_data(x);
  for (int64_t i = 0; i < tensor_size(x); i++) out[i] = (double)(next_random(&seed) % (dtype == DTYPE_BOOL ? 2 : 5));
  Tensor *cast = made(tensor_cast(&test_runtime, x, dtype));
  tensor_unref(x);
  return cast;
}

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
  size_t bytes = product_room(dtype, a, b);
  void *room = memory_allocate_data(bytes);
  bool done = product_in_blocks(room, dtype, a, b, out, stride);
  memory_release_data(room, bytes);
  return done;
}

static bool by_library(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t stride) {
  if (!blas_available()) return by_rows(runtime, dtype, a, b, out, stride);
  if (!blas_takes(a) || !blas_takes(b)) return in_blocks(runtime, dtype, a, b, out, stride);
  blas_multiply(dtype, a, b, out, stride, false);
  return true;
}

static Matrix as_matrix(const Tensor *x) {
  const int64_t *shape = layout_shape(x->layout), *strides = layout_strides(x->layout);
  return (Matrix){tensor_data(x), shape[0], shape[1], strides[0], strides[1]};
}

START_TEST(all_roads_give_the_same_product) {
  static const Multiply roads[] = {by_rows, in_blocks, by_library, matrix_multiply};
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
    {2, {2, 2}, 1, {3}, "cannot multiply " ERROR_OPERAND(0) "(2, 2) @ " ERROR_OPERAND(1) "(3,): inner sizes 2 and 3 differ", "last size"},
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

/* ---- einsum by its definition: a sum over all values of all labels; labels are the letters of the row */
typedef struct EinsumRow { const char *text; int count; const char *labels[4]; const char *output; } EinsumRow;
static const EinsumRow einsum_rows[] = {
  {"ij->ji", 1, {"ij"}, "ji"},            {"ii->i", 1, {"ii"}, "i"},           {"ii", 1, {"ii"}, ""},
  {"iii->i", 1, {"iii"}, "i"},            {"iij->ij", 1, {"iij"}, "ij"},       {"ij->", 1, {"ij"}, ""},
  {"ij->j", 1, {"ij"}, "j"},              {"ba", 1, {"ba"}, "ab"},             {"_i_j_->_i_", 1, {"ij"}, "i"},
  {"ij,jk->ik", 2, {"ij", "jk"}, "ik"},   {"ij,jk", 2, {"ij", "jk"}, "ik"},    {"ij,jk->ki", 2, {"ij", "jk"}, "ki"},
  {"ij,kj->ik", 2, {"ij", "kj"}, "ik"},   {"ji,jk->ik", 2, {"ji", "jk"}, "ik"}, {"i,i", 2, {"i", "i"}, ""},
  {"i,j->ij", 2, {"i", "j"}, "ij"},       {"i,j->ji", 2, {"i", "j"}, "ji"},    {"ij,ij->", 2, {"ij", "ij"}, ""},
  {"ij,ij->ij", 2, {"ij", "ij"}, "ij"},   {"ij,ji->i", 2, {"ij", "ji"}, "i"},  {"bij,bjk->bik", 2, {"bij", "bjk"},
      "bik"},
  {"bij,bjk->kbi", 2, {"bij", "bjk"}, "kbi"}, {"ijk,jil->kl", 2, {"ijk", "jil"}, "kl"}, {"ij,kl->", 2, {"ij", "kl"},
      ""},
  {"nchw,fchw->nf", 2, {"nchw", "fchw"}, "nf"}, {"ii,ij->j", 2, {"ii", "ij"}, "j"}, {",->", 2, {"", ""}, ""},
  {",i->i", 2, {"", "i"}, "i"},           {"aB,Bc->ac", 2, {"aB", "Bc"}, "ac"}, {"bA,Bc", 2, {"bA", "Bc"}, "ABbc"},
  {"ij,jk,kl->il", 3, {"ij", "jk", "kl"}, "il"}, {"i,ij,j", 3, {"i", "ij", "j"}, ""}, {"ij,ij,ij->j", 3,
      {"ij", "ij", "ij"}, "j"},
  {"i,kjl,jl->ik", 3, {"i", "kjl", "jl"}, "ik"}, {"ijji,kji,jj->kj", 3, {"ijji", "kji", "jj"}, "kj"},
  {"a,b,c,d->dcba", 4, {"a", "b", "c", "d"}, "dcba"}, {"ab,bc,cd,da->", 4, {"ab", "bc", "cd", "da"}, ""},
};
enum { EINSUM_ROWS = sizeof einsum_rows / sizeof *einsum_rows };

static int64_t label_size(char label) { return 2 + label % 3; }

static Tensor *labelled(DType dtype, const char *labels, uint32_t seed) {
  int64_t shape[8];
  int ndim = (int)strlen(labels);
  for (int i = 0; i < ndim; i++) shape[i] = label_size(labels[i]);
  return mixed(dtype, ndim, shape, seed);
}

static int64_t place_of(const char *labels, const char *all, const int64_t *values) {
  int64_t place = 0;
  for (const char *label = labels; *label; label++) place = place * label_size(*label) + values[strchr(all,
      *label) - all];
  return place;
}

static void expect_einsum(const EinsumRow *row, Tensor *const *xs, Tensor *got) {
  char all[32] = "";
  int64_t values[32] = {0}, total = 1;
  double sums[512] = {0};
  for (int k = 0; k < row->count; k++) {
    for (const char *label = row->labels[k]; *label; label++) {
      if (!strchr(all, *label)) strncat(all, label, 1);
    }
  }
  for (const char *label = all; *label; label++) total *= label_size(*label);
  for (int64_t i = 0; i < total; i++) {
    double product = 1;
    int64_t rest = i;
    for (size_t k = 0; all[k]; rest /= label_size(all[k]), k++) values[k] = rest % label_size(all[k]);
    for (int k = 0; k < row->count; k++) product *= tensor_number_at(xs[k], place_of(row->labels[k], all, values));
    sums[place_of(row->output, all, values)] += product;
  }
  made(got);
  ck_assert_int_eq(tensor_ndim(got), (int)strlen(row->output));
  for (int i = 0; row->output[i]; i++) ck_assert_int_eq(layout_shape(got->layout)[i], label_size(row->output[i]));
  for (int64_t i = 0; i < tensor_size(got); i++)
    ck_assert_double_eq(tensor_number_at(got, i), got->dtype == DTYPE_BOOL ? sums[i] != 0 : sums[i]);
}

START_TEST(einsum_follows_the_definition) {
  const EinsumRow *row = &einsum_rows[_i];
  for (int type = 0; type < TYPES; type++) {
    if (all_types[type] == DTYPE_UINT8) continue;
    for (int kind = 0; kind < DISGUISES; kind++) {
      char text[64] = "t";
      Tensor *xs[4], *operands[4];
      for (int k = 0; k < row->count; k++) {
        xs[k] = disguised(labelled(all_types[type], row->labels[k], (uint32_t)k + 7), (kind + k) % DISGUISES);
        operands[k] = tensor_ref(xs[k]);
      }
      strcat(text, row->text);
      Tensor *got = call(OP_einsum, row->count, operands, arguments(text));
      expect_einsum(row, xs, got);
      expect_type(got, all_types[type]);
      tensor_unref(got);
      for (int k = 0; k < row->count; k++) tensor_unref(xs[k]);
    }
  }
}
END_TEST

static Tensor *einsum(const char *text, int count, Tensor *const *operands) {
  return call(OP_einsum, count, operands, arguments(text));
}

START_TEST(einsum_knows_ellipses) {
  Tensor *x = numbered(DTYPE_INT64, SHAPE(2, 2, 3));
  expect_array(einsum("t...ij->...ji", 1, (Tensor *[]){tensor_ref(x)}), DTYPE_INT64, SHAPE(2, 3, 2),
               (const double[]){0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11});
  expect_array(einsum("t...j", 1, (Tensor *[]){tensor_ref(x)}), DTYPE_INT64, SHAPE(2, 2, 3), (const double[]){0, 1,
      2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  expect_array(einsum("ti...->...", 1, (Tensor *[]){tensor_ref(x)}), DTYPE_INT64, SHAPE(2, 3), (const double[]){6, 8,
      10, 12, 14, 16});
  expect_array(einsum("t...k,k->...", 2, (Tensor *[]){tensor_ref(x), vector(DTYPE_INT64, NUMBERS(1, 0, 2))}),
               DTYPE_INT64, SHAPE(2, 2), (const double[]){4, 13, 22, 31});
  expect_array(einsum("t...,...", 2, (Tensor *[]){numbered(DTYPE_INT64, SHAPE(2, 1)), vector(DTYPE_INT64,
      NUMBERS(1, 2))}), DTYPE_INT64, SHAPE(2, 2), (const double[]){0, 0, 1, 2});
  expect_array(einsum("t...,...", 2, (Tensor *[]){number(3), vector(DTYPE_FLOAT32, NUMBERS(1, 2))}), DTYPE_FLOAT32,
               SHAPE(2), (const double[]){3, 6});
  tensor_unref(x);
}
END_TEST

START_TEST(einsum_repeats_axes_of_size_1) {
  expect_number(einsum("ti,i", 2, (Tensor *[]){vector(DTYPE_FLOAT64, NUMBERS(1, 2, 3)), vector(DTYPE_FLOAT64,
      NUMBERS(2))}), DTYPE_FLOAT64, 12);
  expect_array(einsum("tij,ij->ij", 2, (Tensor *[]){numbered(DTYPE_FLOAT64, SHAPE(2, 1)), numbered(DTYPE_FLOAT64,
      SHAPE(1, 3))}), DTYPE_FLOAT64, SHAPE(2, 3), (const double[]){0, 0, 0, 0, 1, 2});
  expect_array(einsum("tij,jk->ik", 2, (Tensor *[]){numbered(DTYPE_FLOAT64, SHAPE(2, 1)), numbered(DTYPE_FLOAT64,
      SHAPE(3, 1))}), DTYPE_FLOAT64, SHAPE(2, 1), (const double[]){0, 3});
  expect_vector(einsum("ti,i->i", 2, (Tensor *[]){numbered(DTYPE_FLOAT64, SHAPE(0)), vector(DTYPE_FLOAT64,
      NUMBERS(2))}), DTYPE_FLOAT64, 0, NULL);
  expect_number(einsum("tij,j->", 2, (Tensor *[]){numbered(DTYPE_FLOAT64, SHAPE(0, 2)), vector(DTYPE_FLOAT64,
      NUMBERS(2, 3))}), DTYPE_FLOAT64, 0);
}
END_TEST

START_TEST(einsum_takes_numbers_for_labels) {
  Tensor *x = numbered(DTYPE_FLOAT64, SHAPE(2, 3)), *y = numbered(DTYPE_FLOAT64, SHAPE(3, 2));
  expect_array(einsum("l0,80,-1,80,1,-2,1,0", 2, (Tensor *[]){tensor_ref(x), tensor_ref(y)}), DTYPE_FLOAT64,
               SHAPE(2, 2), (const double[]){10, 28, 13, 40});
  Einsum parsed;
  Attributes *text = arguments("tij,jk->ki");
  Operands operands = {.op = OP_einsum, .count = 2, .tensors = (Tensor *[]){x, y}, .attributes = text};
  ck_assert(einsum_parse(&test_runtime, &operands, &parsed));
  Attributes *numbers = einsum_attributes(&test_runtime, 2, parsed.operands, &parsed.output);
  expect_array(call(OP_einsum, 2, (Tensor *[]){x, y}, numbers), DTYPE_FLOAT64, SHAPE(2, 2), (const double[]){10, 28,
      13, 40});
  attributes_unref(text);
}
END_TEST

START_TEST(einsum_views_share_memory) {
  static const struct { const char *text; bool view; } cases[] = {
    {"tii->i", true}, {"tij->ji", true}, {"tij", true}, {"tij->i", false}, {"tii", false}, {"t...->...", true},
  };
  Tensor *x = numbered(DTYPE_FLOAT64, SHAPE(2, 2));
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Layout *layout;
    Attributes *attributes = arguments(cases[i].text);
    ck_assert(einsum_view(&test_runtime, attributes, x->layout, &layout));
    ck_assert((layout != NULL) == cases[i].view);
    if (layout) {
      Tensor *window = made(tensor_window(&test_runtime, x, layout, 0));
      expect_same(call(OP_einsum, 1, (Tensor *[]){tensor_ref(x)}, attributes_ref(attributes)), window);
    }
    layout_unref(layout);
    attributes_unref(attributes);
  }
  tensor_unref(x);
}
END_TEST

static const struct { const char *text; int count; int ndim; const char *message; } einsum_failures[] = {
  {"tij->k", 1, 2, "einsum label `k` of the result is in no operand"},
  {"tij->ii", 1, 2, "einsum label `i` is twice in the result"},
  {"ti", 1, 2, "einsum subscripts 1 name 1 axis, but " ERROR_OPERAND(0) "(2, 3) has 2"},
  {"tijk", 1, 2, "name 3 axes"},
  {"tijk...", 1, 2, "name 3 axes"},
  {"tij,jk", 1, 2, "subscripts for 2 operands, but 1 is given"},
  {"tij", 2, 2, "subscripts for 1 operand, but 2 are given"},
  {"tij,jk", 2, 2, "einsum label `j` has sizes 3 and 2"},
  {"tii", 1, 2, "einsum label `i` has sizes 2 and 3"},
  {"ti$", 1, 2, "not `$`"},
  {"ti-j", 1, 2, "not `-j`"},
  {"ti..j", 1, 2, "not `..j`"},
  {"t......", 1, 2, "only once"},
  {"tij->ij->ij", 1, 2, "go on after the result"},
  {"tij->i,j", 1, 2, "go on after the result"},
  {"ti...->i", 1, 2, "needs `...` too"},
  {"-", 1, 2, "needs subscripts"},
  {"taaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1, 2, "at most 32 axes"},
  {"l0,99", 1, 2, "from 0 to 83"},
  {"l0,-7", 1, 2, "from 0 to 83"},
  {"l0,1,-1,0,1", 1, 2, "subscripts for 2 operands"},
  {"l0,1", 2, 2, "subscripts for 1 operand"},
  {"l0", 1, 2, "name 1 axis"},
};
enum { EINSUM_FAILURES = sizeof einsum_failures / sizeof *einsum_failures };

START_TEST(einsum_explains_failures) {
  Tensor *xs[2];
  for (int k = 0; k < einsum_failures[_i].count; k++) xs[k] = numbered(DTYPE_FLOAT64, SHAPE(2, 3));
  Tensor *got = einsum(einsum_failures[_i].text, einsum_failures[_i].count, xs);
  ErrorKind kind = test_error.kind;
  ck_assert(kind == ERROR_VALUE || kind == ERROR_SHAPE || kind == ERROR_ARGUMENT);
  expect_failure(got, kind, einsum_failures[_i].message);
}
END_TEST

START_TEST(exhausted_memory_is_an_error) {
  bool failed = true;
  for (size_t n = 1; failed; n++) {
    Tensor *xs[] = {numbered(DTYPE_INT64, SHAPE(3, 2)), numbered(DTYPE_FLOAT64, SHAPE(2, 2)), numbered(DTYPE_FLOAT64,
        SHAPE(2, 2, 4))};
    Attributes *attributes = arguments("tij,kk,jkl->li");
    memory_fail_at(n, true);
    Tensor *result = call(OP_einsum, 3, xs, attributes);
    failed = memory_failure_hit();
    memory_fail_at(0, false);
    ck_assert(failed == (result == NULL));
    if (failed) ck_assert_int_eq(test_error.kind, ERROR_MEMORY);
    error_clear(&test_error);
    tensor_unref(result);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("linear");
  TCase *products = tcase_create("products"), *sums = tcase_create("einsum");
  tcase_set_timeout(products, 60);
  tcase_add_checked_fixture(products, tensors_set_up, tensors_tear_down);
  tcase_add_checked_fixture(sums, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(products, products_follow_the_definition, 0, PRODUCT_ROWS);
  tcase_add_test(products, stacks_broadcast);
  tcase_add_test(products, products_promote);
  tcase_add_test(products, repetition_is_not_computed_twice);
  tcase_add_test(products, all_roads_give_the_same_product);
  tcase_add_test(products, the_library_has_a_name);
  tcase_add_test(products, products_can_be_interrupted);
  tcase_add_test(products, long_sums_are_accurate);
  tcase_add_test(products, products_explain_failures);
  tcase_add_loop_test(sums, einsum_follows_the_definition, 0, EINSUM_ROWS);
  tcase_add_test(sums, einsum_knows_ellipses);
  tcase_add_test(sums, einsum_repeats_axes_of_size_1);
  tcase_add_test(sums, einsum_takes_numbers_for_labels);
  tcase_add_test(sums, einsum_views_share_memory);
  tcase_add_loop_test(sums, einsum_explains_failures, 0, EINSUM_FAILURES);
  tcase_add_test(sums, exhausted_memory_is_an_error);
  suite_add_tcase(suite, products);
  suite_add_tcase(suite, sums);
  return run_suite(suite);
}
