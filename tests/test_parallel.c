/* SPDX-License-Identifier: MIT */
/* test_parallel.c: kernels that share work between threads: the same bits for any number of them, and sums as accurate
   as promised along every axis. */
#include <float.h>

#include "base/threads.h"
#include "runtime/kernels/reduce.h"
#include "tests/tensors.h"

static const int thread_counts[] = {2, 3, 8};

static void set_up(void) {
  tensors_set_up();
}

static void tear_down(void) {
  threads_set_count(1);
  tensors_tear_down();
}

/* ---- operands */
static double random_number(uint32_t *state) {
  double size = ldexp(1, (int)(next_random(state) % 40) - 20);
  return ((double)next_random(state) / (1 << 23) - 1) * size;
}

static Tensor *random_tensor(DType dtype, int ndim, const int64_t *shape) {
  uint32_t state = 7;
  Tensor *wide = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, ndim, shape));
  double *numbers = tensor_data(wide);
  for (int64_t i = 0; i < tensor_size(wide); i++) numbers[i] = random_number(&state);
  Tensor *result = made(tensor_cast(&test_runtime, wide, dtype));
  tensor_unref(wide);
  return result;
}

/* The axes of x in reverse order. */
static Tensor *transposed(Tensor *x) {
  int64_t shape[TENSOR_MAX_DIMS], strides[TENSOR_MAX_DIMS];
  int ndim = tensor_ndim(x);
  for (int i = 0; i < ndim; i++) {
    shape[i] = layout_shape(x->layout)[ndim - 1 - i];
    strides[i] = layout_strides(x->layout)[ndim - 1 - i];
  }
  Layout *layout = layout_new_strided(&test_runtime, ndim, shape, strides);
  ck_assert_ptr_nonnull(layout);
  Tensor *result = made(tensor_window(&test_runtime, x, layout, 0));
  layout_unref(layout);
  return result;
}

/* Every second element along the last axis. */
static Tensor *strided(Tensor *x) {
  int64_t shape[TENSOR_MAX_DIMS], strides[TENSOR_MAX_DIMS];
  int ndim = tensor_ndim(x);
  for (int i = 0; i < ndim; i++) {
    shape[i] = layout_shape(x->layout)[i];
    strides[i] = layout_strides(x->layout)[i];
  }
  shape[ndim - 1] /= 2;
  strides[ndim - 1] *= 2;
  Layout *layout = layout_new_strided(&test_runtime, ndim, shape, strides);
  ck_assert_ptr_nonnull(layout);
  Tensor *result = made(tensor_window(&test_runtime, x, layout, 0));
  layout_unref(layout);
  return result;
}

static bool same_bits(Tensor *a, Tensor *b) {
  Tensor *x = made(tensor_contiguous(&test_runtime, a)), *y = made(tensor_contiguous(&test_runtime, b));
  bool same = a->dtype == b->dtype && layout_same_shape(a->layout, b->layout) &&
              memcmp(tensor_data(x), tensor_data(y), (size_t)tensor_size(a) * dtype_info[a->dtype].size) == 0;
  tensor_unref(x);
  tensor_unref(y);
  return same;
}

/* ---- the same bits */
static Tensor *run(OpId op, Tensor *x, int parameters, int axis) {
  Attributes *attributes = attributes_new(&test_runtime, parameters);
  ck_assert_ptr_nonnull(attributes);
  if (axis >= 0) attributes_set_integer(attributes, 0, axis);
  return made(call1(op, tensor_ref(x), attributes));
}

static void expect_same(OpId op, Tensor *x, int parameters, int axis) {
  threads_set_count(1);
  Tensor *alone = run(op, x, parameters, axis);
  for (size_t k = 0; k < sizeof thread_counts / sizeof *thread_counts; k++) {
    threads_set_count(thread_counts[k]);
    Tensor *together = run(op, x, parameters, axis);
    ck_assert_msg(same_bits(alone, together), "%s over axis %d of %d axes, %s, %d threads", op_table[op].name, axis,
                  tensor_ndim(x), dtype_info[x->dtype].name, thread_counts[k]);
    tensor_unref(together);
  }
  tensor_unref(alone);
}

/* Operations of one tensor and an axis, with the number of their parameters. */
typedef struct AxisOp { OpId op; int parameters; bool has_none; } AxisOp;
static const AxisOp axis_ops[] = {
  {OP_sum, 2, true}, {OP_mean, 2, true}, {OP_prod, 2, true}, {OP_max, 2, true}, {OP_min, 2, true}, {OP_var, 3, true},
  {OP_logsumexp, 2, true}, {OP_any, 2, true}, {OP_all, 2, true}, {OP_count_nonzero, 2, true}, {OP_argmax, 2, true},
  {OP_argmin, 2, true}, {OP_cumsum, 1, true}, {OP_cumprod, 1, true}, {OP_softmax, 1, false},
  {OP_logsoftmax, 1, false}, {OP_argsort, 1, false},
};

static void expect_all_same(Tensor *x) {
  for (size_t k = 0; k < sizeof axis_ops / sizeof *axis_ops; k++) {
    const AxisOp *row = &axis_ops[k];
    for (int axis = row->has_none ? -1 : 0; axis < tensor_ndim(x); axis++)
      expect_same(row->op, x, row->parameters, axis);
  }
}

static void expect_all_layouts_same(DType dtype, int ndim, const int64_t *shape) {
  Tensor *x = random_tensor(dtype, ndim, shape), *turned = transposed(x), *thinned = strided(x);
  expect_all_same(x);
  expect_all_same(turned);
  expect_all_same(thinned);
  tensor_unref(thinned);
  tensor_unref(turned);
  tensor_unref(x);
}

START_TEST(threads_change_no_bit) {
  static const DType dtypes[] = {DTYPE_FLOAT64, DTYPE_FLOAT32, DTYPE_INT32};
  for (size_t k = 0; k < sizeof dtypes / sizeof *dtypes; k++) {
    expect_all_layouts_same(dtypes[k], SHAPE(50001));
    expect_all_layouts_same(dtypes[k], SHAPE(300, 257));
    expect_all_layouts_same(dtypes[k], SHAPE(7, 1030, 10));
  }
}
END_TEST

/* ---- sums */
/* The tree as reduce.h defines it, chunk by chunk: what a caller with tiles of its own computes. */
static double tree_sum(const double *numbers, int64_t count) {
  FoldTree tree;
  FoldNumber sum, levels[FOLD_LEVELS];
  const FoldKernel *kernel = fold_kernel(FOLD_SUM);
  fold_tree_start(&tree, kernel->merge_real, 1, levels);
  for (int64_t i = 0; i < count; i += FOLD_CHUNK) {
    int64_t rows = count - i < FOLD_CHUNK ? count - i : FOLD_CHUNK;
    kernel->chunk[DTYPE_FLOAT64](numbers + i, sizeof(double), rows, 1, fold_tree_top(&tree));
    fold_tree_push(&tree);
  }
  fold_tree_finish(&tree, &sum);
  return sum.real;
}

START_TEST(tiles_give_the_bits_of_sums) {
  static const int64_t counts[] = {1, 127, 128, 129, 256, 1000, 16384, 16385, 100000, 262144, 1000001};
  for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
    Tensor *x = random_tensor(DTYPE_FLOAT64, 1, &counts[k]);
    threads_set_count(3);
    Tensor *sum = run(OP_sum, x, 2, -1);
    ck_assert_double_eq(tensor_number_at(sum, 0), tree_sum(tensor_data(x), counts[k]));
    tensor_unref(sum);
    tensor_unref(x);
  }
}
END_TEST

/* |error| <= (log2 n + 16) eps sum|x| */
static void expect_accurate(Tensor *x, int axis) {
  const Layout *layout = x->layout;
  int64_t n = layout_shape(layout)[axis], inner = layout_strides(layout)[axis];
  const double *numbers = tensor_data(x);
  Tensor *sums = run(OP_sum, x, 2, axis);
  for (int64_t result = 0; result < tensor_size(sums); result++) {
    const double *first = numbers + result / inner * inner * n + result % inner;
    long double exact = 0, magnitude = 0;
    for (int64_t i = 0; i < n; i++) {
      exact += first[i * inner];
      magnitude += fabsl((long double)first[i * inner]);
    }
    long double bound = (log2l((long double)n) + 16) * DBL_EPSILON * magnitude;
    ck_assert_msg(fabsl(tensor_number_at(sums, result) - exact) <= bound, "axis %d, result %d", axis, (int)result);
  }
  tensor_unref(sums);
}

START_TEST(sums_are_accurate_along_every_axis) {
  threads_set_count(2);
  Tensor *x = random_tensor(DTYPE_FLOAT64, SHAPE(2, 100003, 3)), *y = random_tensor(DTYPE_FLOAT64, SHAPE(30011, 40));
  for (int axis = 0; axis < 3; axis++) expect_accurate(x, axis);
  for (int axis = 0; axis < 2; axis++) expect_accurate(y, axis);
  tensor_unref(x);
  tensor_unref(y);
}
END_TEST

/* A naive loop loses eight of sixteen digits here. */
START_TEST(small_numbers_add_up_beside_a_large_one) {
  const int64_t n = 1000001;
  Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, 1, &n));
  ck_assert(tensor_fill(&test_runtime, x, 0.1));
  Tensor *sum = run(OP_sum, x, 2, -1);
  ck_assert_double_le(fabs(tensor_number_at(sum, 0) - 100000.1), 1e-10);
  tensor_unref(sum);
  tensor_unref(x);
}
END_TEST

/* ---- variances */
START_TEST(variances_join_without_loss) {
  const int64_t n = 300007;
  Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, 1, &n));
  double *numbers = tensor_data(x);
  for (int64_t i = 0; i < n; i++) numbers[i] = 1e9 + (double)(i % 2);
  threads_set_count(3);
  Tensor *variance = run(OP_var, x, 3, -1);
  double share = (double)(n / 2) / (double)n;
  ck_assert_double_le(fabs(tensor_number_at(variance, 0) - share * (1 - share)), 4 * DBL_EPSILON * 0.25);
  tensor_unref(variance);
  for (int64_t i = 0; i < n; i++) numbers[i] = 0.1;
  variance = run(OP_var, x, 3, -1);
  ck_assert_double_eq(tensor_number_at(variance, 0), 0);
  tensor_unref(variance);
  tensor_unref(x);
}
END_TEST

/* Far from 0 nothing is lost but what the elements themselves lack, whatever means round to. */
START_TEST(variances_know_no_offset) {
  static const double offsets[] = {1e4, -1e9, 1e12, 0x1p53};
  const int64_t shape[] = {4321, 3};
  for (int axis = -1; axis < 2; axis++) {
    Tensor *near = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, 2, shape));
    for (int64_t i = 0; i < tensor_size(near); i++) ((double *)tensor_data(near))[i] = (double)(i * i % 97 * 2);
    Tensor *expected = run(OP_var, near, 2, axis);
    for (size_t k = 0; k < sizeof offsets / sizeof *offsets; k++) {
      Tensor *far = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, 2, shape));
      for (int64_t i = 0; i < tensor_size(far); i++)
        ((double *)tensor_data(far))[i] = (double)(i * i % 97 * 2) + offsets[k];
      Tensor *got = run(OP_var, far, 2, axis);
      for (int64_t i = 0; i < tensor_size(got); i++) {
        double value = tensor_number_at(expected, i);
        ck_assert_double_le(fabs(tensor_number_at(got, i) - value), 4 * DBL_EPSILON * value);
      }
      tensor_unref(got), tensor_unref(far);
    }
    tensor_unref(expected), tensor_unref(near);
  }
}
END_TEST

/* ---- ends */
START_TEST(interrupts_are_noticed) {
  static const int64_t n = 1000000;
  Tensor *x = random_tensor(DTYPE_FLOAT64, 1, &n);
  threads_set_count(2);
  for (size_t k = 0; k < sizeof axis_ops / sizeof *axis_ops; k++) {
    interrupt_request();
    Attributes *attributes = attributes_new(&test_runtime, axis_ops[k].parameters);
    if (!axis_ops[k].has_none) attributes_set_integer(attributes, 0, 0);
    expect_failure(call1(axis_ops[k].op, tensor_ref(x), attributes), ERROR_INTERRUPT, "interrupted");
    interrupt_requested = 0;
  }
  tensor_unref(x);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("parallel");
  TCase *tests = tcase_create("parallel");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, threads_change_no_bit);
  tcase_add_test(tests, tiles_give_the_bits_of_sums);
  tcase_add_test(tests, sums_are_accurate_along_every_axis);
  tcase_add_test(tests, small_numbers_add_up_beside_a_large_one);
  tcase_add_test(tests, variances_join_without_loss);
  tcase_add_test(tests, variances_know_no_offset);
  tcase_add_test(tests, interrupts_are_noticed);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
