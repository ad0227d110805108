/* SPDX-License-Identifier: MIT */
/* test_shared_products.c: threads share stacks of matrices, batches of images and planes of pools: the same bits for
   any number of threads as one by one, Ctrl-C is heard, and memory that cannot be had is an error. */
#include "base/threads.h"
#include "tests/tensors.h"

static const int thread_counts[] = {1, 2, 3, 8};
static const DType dtypes[] = {DTYPE_FLOAT64, DTYPE_FLOAT32, DTYPE_INT32};
#define FOR_EACH(index, array) for (size_t index = 0; index < sizeof(array) / sizeof *(array); index++)

static void set_up(void) {
  tensors_set_up();
}

static void tear_down(void) {
  threads_set_count(1);
  tensors_tear_down();
}

/* ---- operands */
static Tensor *filled(DType dtype, int ndim, const int64_t *shape) {
  uint32_t state = (uint32_t)ndim;
  Tensor *wide = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, ndim, shape));
  double *numbers = tensor_data(wide);
  for (int64_t i = 0; i < tensor_size(wide); i++) numbers[i] = (double)next_random(&state) / (1 << 18) - 32;
  Tensor *result = made(tensor_cast(&test_runtime, wide, dtype));
  tensor_unref(wide);
  return result;
}

/* The matrix or image number `index` of the first axis, with that axis kept at size 1. */
static Tensor *item_of(Tensor *x, int64_t index) {
  int64_t shape[TENSOR_MAX_DIMS];
  for (int i = 0; i < tensor_ndim(x); i++) shape[i] = layout_shape(x->layout)[i];
  int64_t offset = shape[0] == 1 ? 0 : index * layout_strides(x->layout)[0];
  shape[0] = 1;
  Layout *layout = layout_new_strided(&test_runtime, tensor_ndim(x), shape, layout_strides(x->layout));
  ck_assert_ptr_nonnull(layout);
  Tensor *item = made(tensor_window(&test_runtime, x, layout, offset));
  layout_unref(layout);
  return item;
}

static bool same_bits(Tensor *a, Tensor *b) {
  Tensor *x = made(tensor_contiguous(&test_runtime, a)), *y = made(tensor_contiguous(&test_runtime, b));
  bool same = layout_same_shape(a->layout, b->layout) &&
              memcmp(tensor_data(x), tensor_data(y), (size_t)tensor_size(a) * dtype_info[a->dtype].size) == 0;
  tensor_unref(x);
  tensor_unref(y);
  return same;
}

/* ---- the operations */
static Attributes *sliding(OpId op) {
  static const int64_t numbers[] = {2, 1, 1};
  if (op == OP_matmul) return NULL;
  Attributes *attributes = attributes_new(&test_runtime, 3);
  ck_assert_ptr_nonnull(attributes);
  for (int i = 0; i < 3; i++) ck_assert(attributes_set_integers(&test_runtime, attributes, i, 1, &numbers[i]));
  return attributes;
}

static Tensor *try_run(OpId op, Tensor *x, Tensor *y) {
  return call(op, 2, (Tensor *[]){tensor_ref(x), tensor_ref(y)}, sliding(op));
}

/* Shapes of operands, sizes of axes up to the first 0; whether the second is a batch, too. */
typedef struct Case { OpId op; int64_t x[4], y[4]; bool batches; } Case;
static const Case one_by_one[] = {
  {OP_matmul, {3000, 4, 4}, {3000, 4, 4}, true},
  {OP_matmul, {40, 70, 20}, {1, 20, 33}, true},
  {OP_matmul, {1, 70, 20}, {40, 20, 1}, true},
  {OP_matmul, {300, 1, 90}, {300, 90, 50}, true},
  {OP_matmul, {3, 160, 170}, {3, 170, 180}, true},
  {OP_conv_nd, {9, 3, 21, 15}, {8, 3, 3, 3}, false},
  {OP_conv_nd, {70, 2, 401}, {3, 2, 5}, false},
  {OP_conv_nd, {3, 2, 401}, {3, 2, 5}, false},
  {OP_conv_transpose_nd, {9, 8, 21, 15}, {8, 3, 3, 3}, false},
};

static int axes_of(const int64_t *shape) {
  int count = 0;
  while (count < 4 && shape[count] > 0) count++;
  return count;
}

static Tensor *first_operand(const Case *row, DType dtype) {
  return filled(dtype, axes_of(row->x), row->x);
}

static Tensor *second_operand(const Case *row, DType dtype) {
  return filled(dtype, axes_of(row->y), row->y);
}

static void expect_item(const Case *row, Tensor *x, Tensor *y, Tensor *together, int64_t index) {
  Tensor *left = item_of(x, index), *right = row->batches ? item_of(y, index) : tensor_ref(y);
  Tensor *alone = made(try_run(row->op, left, right)), *part = item_of(together, index);
  ck_assert_msg(same_bits(alone, part), "%s, %s, item %d", op_table[row->op].name, dtype_info[x->dtype].name,
                (int)index);
  tensor_unref(left);
  tensor_unref(right);
  tensor_unref(alone);
  tensor_unref(part);
}

START_TEST(items_are_what_they_are_alone) {
  FOR_EACH(k, one_by_one) FOR_EACH(type, dtypes) FOR_EACH(threads, thread_counts) {
    const Case *row = &one_by_one[k];
    Tensor *x = first_operand(row, dtypes[type]), *y = second_operand(row, dtypes[type]);
    threads_set_count(thread_counts[threads]);
    Tensor *together = made(try_run(row->op, x, y));
    int64_t count = layout_shape(together->layout)[0];
    for (int64_t i = 0; i < count; i += 1 + count / 50) expect_item(row, x, y, together, i);
    tensor_unref(x);
    tensor_unref(y);
    tensor_unref(together);
  }
}
END_TEST

/* ---- sums over the batch */
static const Case summed[] = {
  {OP_conv_filters, {37, 3, 21, 15}, {37, 4, 11, 8}, true},
  {OP_conv_filters, {3, 2, 401}, {3, 5, 200}, true},
};

/* The sum of what each image gives, in float64. */
static Tensor *sum_of_items(const Case *row, Tensor *x, Tensor *y) {
  Tensor *sum = NULL;
  for (int64_t i = 0; i < row->x[0]; i++) {
    Tensor *left = item_of(x, i), *right = item_of(y, i), *item = made(try_run(row->op, left, right));
    Tensor *wide = made(tensor_cast(&test_runtime, item, DTYPE_FLOAT64));
    sum = sum ? made(call2(OP_add, sum, wide)) : wide;
    tensor_unref(left);
    tensor_unref(right);
    tensor_unref(item);
  }
  return sum;
}

START_TEST(filters_do_not_depend_on_threads) {
  FOR_EACH(k, summed) FOR_EACH(type, dtypes) {
    const Case *row = &summed[k];
    Tensor *x = first_operand(row, dtypes[type]), *y = second_operand(row, dtypes[type]), *first = NULL;
    FOR_EACH(threads, thread_counts) {
      threads_set_count(thread_counts[threads]);
      Tensor *filters = made(try_run(row->op, x, y));
      if (first) ck_assert(same_bits(first, filters));
      tensor_unref(first);
      first = filters;
    }
    Tensor *expected = sum_of_items(row, x, y);
    double relative = dtypes[type] == DTYPE_FLOAT32 ? 1e-5 : 1e-13;
    for (int64_t i = 0; i < tensor_size(first); i++)
      ck_assert_double_le(fabs(tensor_number_at(first, i) - tensor_number_at(expected, i)), relative * 1e6);
    tensor_unref(expected);
    tensor_unref(first);
    tensor_unref(x);
    tensor_unref(y);
  }
}
END_TEST

/* ---- pools */
static Tensor *pooled(Tensor *x) {
  static const int64_t pool[] = {3, 2}, stride[] = {1, 2};
  Attributes *attributes = attributes_new(&test_runtime, 2);
  ck_assert_ptr_nonnull(attributes);
  ck_assert(attributes_set_integers(&test_runtime, attributes, 0, 2, pool));
  ck_assert(attributes_set_integers(&test_runtime, attributes, 1, 2, stride));
  return call1(OP_max_pool, tensor_ref(x), attributes);
}

START_TEST(planes_are_what_they_are_alone) {
  FOR_EACH(type, dtypes) FOR_EACH(threads, thread_counts) {
    Tensor *x = filled(dtypes[type], SHAPE(70, 33, 40));
    threads_set_count(thread_counts[threads]);
    Tensor *together = made(pooled(x));
    for (int64_t i = 0; i < 70; i += 3) {
      Tensor *plane = item_of(x, i), *alone = made(pooled(plane)), *part = item_of(together, i);
      ck_assert(same_bits(alone, part));
      tensor_unref(plane);
      tensor_unref(alone);
      tensor_unref(part);
    }
    interrupt_request();
    expect_failure(pooled(x), ERROR_INTERRUPT, "interrupted");
    interrupt_requested = 0;
    tensor_unref(together);
    tensor_unref(x);
  }
}
END_TEST

/* ---- ends */
static void interrupt(const Case *row) {
  Tensor *x = first_operand(row, DTYPE_FLOAT64), *y = second_operand(row, DTYPE_FLOAT64);
  interrupt_request();
  expect_failure(try_run(row->op, x, y), ERROR_INTERRUPT, "interrupted");
  interrupt_requested = 0;
  tensor_unref(x);
  tensor_unref(y);
}

/* Fails at every allocation in turn until there are no more. */
static void starve(const Case *row) {
  Tensor *x = first_operand(row, DTYPE_FLOAT64), *y = second_operand(row, DTYPE_FLOAT64), *result = NULL;
  for (size_t n = 1; !result; n++) {
    Attributes *attributes = sliding(row->op);
    tensor_ref(x);
    tensor_ref(y);
    memory_fail_at(n, true);
    result = call(row->op, 2, (Tensor *[]){x, y}, attributes);
    memory_fail_at(0, false);
    if (!result) expect_failure(result, ERROR_MEMORY, "memory");
  }
  tensor_unref(result);
  tensor_unref(x);
  tensor_unref(y);
}

START_TEST(work_that_cannot_go_on_is_an_error) {
  threads_set_count(3);
  FOR_EACH(k, one_by_one) interrupt(&one_by_one[k]), starve(&one_by_one[k]);
  FOR_EACH(k, summed) interrupt(&summed[k]), starve(&summed[k]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("shared_products");
  TCase *tests = tcase_create("shared_products");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, items_are_what_they_are_alone);
  tcase_add_test(tests, filters_do_not_depend_on_threads);
  tcase_add_test(tests, planes_are_what_they_are_alone);
  tcase_add_test(tests, work_that_cannot_go_on_is_an_error);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
