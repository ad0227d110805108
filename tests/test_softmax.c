/* SPDX-License-Identifier: MIT */
/* test_softmax.c: softmax, its logarithm and logsumexp: the same bits of a row wherever and on whatever processor it is
   computed, and as many digits in float32 as there are. */
#include "base/threads.h"
#include "runtime/kernels/elementwise.h"
#include "runtime/kernels/softmax_rows.h"
#include "tests/tensors.h"

static const DType dtypes[] = {DTYPE_FLOAT64, DTYPE_FLOAT32};

static void tear_down(void) {
  threads_set_count(1);
  tensors_tear_down();
}

/* ---- operands */
/* Scores between -most and most. */
static Tensor *scores_of(DType dtype, int ndim, const int64_t *shape, double most) {
  uint32_t state = 7;
  Tensor *x = made(tensor_new_shape(&test_runtime, dtype, ndim, shape));
  for (int64_t i = 0; i < tensor_size(x); i++)
    put_number(x, i, ((double)next_random(&state) / (1 << 23) - 1) * most);
  return x;
}

/* x (rows, columns), stored column by column. */
static Tensor *stored_across(Tensor *x) {
  int64_t rows = layout_shape(x->layout)[0], columns = layout_shape(x->layout)[1];
  Tensor *copy = made(tensor_new_shape(&test_runtime, (DType)x->dtype, SHAPE(columns, rows)));
  for (int64_t i = 0; i < rows * columns; i++)
    put_number(copy, i % columns * rows + i / columns, tensor_number_at(x, i));
  Layout *layout = layout_new_strided(&test_runtime, 2, layout_shape(x->layout), (int64_t[]){1, rows});
  ck_assert_ptr_nonnull(layout);
  Tensor *result = made(tensor_window(&test_runtime, copy, layout, 0));
  layout_unref(layout);
  tensor_unref(copy);
  return result;
}

static Tensor *along(OpId op, Tensor *x, int axis) {
  Attributes *attributes = attributes_new(&test_runtime, op == OP_logsumexp ? 2 : 1);
  ck_assert_ptr_nonnull(attributes);
  attributes_set_integer(attributes, 0, axis);
  return made(call1(op, tensor_ref(x), attributes));
}

static const OpId ops[] = {OP_softmax, OP_logsoftmax, OP_logsumexp};
enum { OPS = sizeof ops / sizeof *ops };

/* ---- layouts */
static void expect_same_across(Tensor *x) {
  Tensor *y = stored_across(x);
  threads_set_count(2);
  for (int k = 0; k < OPS; k++) {
    Tensor *by_rows = along(ops[k], x, 1), *across = along(ops[k], y, 1);
    for (int64_t i = 0; i < tensor_size(by_rows); i++)
      ck_assert_msg(same_number(tensor_number_at(by_rows, i), tensor_number_at(across, i)), "%s differs at %d",
                    op_table[ops[k]].name, (int)i);
    tensor_unref(by_rows);
    tensor_unref(across);
  }
  tensor_unref(y);
}

START_TEST(rows_give_the_bits_of_every_layout) {
  static const int64_t columns[] = {1, 3, 8, 9, 63, 64, 65, 257, 1024, 1025, 2500};
  for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
    Tensor *x = scores_of(dtypes[_i], SHAPE(40, columns[k]), 20);
    put_number(x, 0, NAN);
    put_number(x, columns[k], INFINITY);
    put_number(x, 2 * columns[k], -INFINITY);
    put_number(x, 3 * columns[k], -1e30);
    expect_same_across(x);
    tensor_unref(x);
  }
}
END_TEST

/* A row has the bits that it has on its own, whatever lies beside it. */
START_TEST(axes_between_others_are_rows_too) {
  Tensor *x = scores_of(dtypes[_i], SHAPE(3, 70, 5), 20);
  for (int k = 0; k < 2; k++) {
    Tensor *whole = along(ops[k], x, 1);
    for (int i = 0; i < 3 * 5; i++) {
      double row[70];
      for (int j = 0; j < 70; j++) row[j] = tensor_number_at(x, (i / 5 * 70 + j) * 5 + i % 5);
      Tensor *alone = made(call1(ops[k], vector(dtypes[_i], 70, row), NULL));
      for (int j = 0; j < 70; j++)
        ck_assert(tensor_number_at(alone, j) == tensor_number_at(whole, (i / 5 * 70 + j) * 5 + i % 5));
      tensor_unref(alone);
    }
    tensor_unref(whole);
  }
  tensor_unref(x);
}
END_TEST

static Attributes *both_ends(int count) {
  Attributes *axes = attributes_new(&test_runtime, count);
  ck_assert(axes && attributes_set_integers(&test_runtime, axes, 0, 2, (int64_t[]){0, 2}));
  return axes;
}

START_TEST(several_axes_are_one_row) {
  Tensor *x = scores_of(dtypes[_i], SHAPE(3, 4, 5), 2), *parts = made(call1(OP_softmax, tensor_ref(x), both_ends(1)));
  ck_assert(fabs(tensor_number_at(parts, 47) / tensor_number_at(parts, 6) -
                 exp(tensor_number_at(x, 47) - tensor_number_at(x, 6))) < 1e-6);
  Tensor *sums = made(call1(OP_sum, parts, both_ends(2)));
  for (int i = 0; i < 4; i++) ck_assert(fabs(tensor_number_at(sums, i) - 1) < 1e-6);
  tensor_unref(sums);
  tensor_unref(x);
}
END_TEST

/* ---- instruction sets */
static void expect_same_loops(DType dtype, const void *scores, const void *others, int64_t count) {
  const SoftmaxLoops *best = softmax_loops(dtype);
  const SoftmaxLoops *plain = dtype == DTYPE_FLOAT32 ? &softmax_float32_plain : &softmax_float64_plain;
  double first[1000] = {0}, second[1000] = {0}, most = best->largest(scores, count);
  ck_assert(same_number(most, plain->largest(scores, count)));
  best->subtract(first, scores, most, 0.7, count);
  plain->subtract(second, scores, most, 0.7, count);
  ck_assert_mem_eq(first, second, sizeof first);
  memcpy(first, others, (size_t)count * dtype_info[dtype].size);
  memcpy(second, first, sizeof first);
  int64_t dropped = best->drop_largest(first, scores, most, count);
  ck_assert_int_eq(dropped, plain->drop_largest(second, scores, most, count));
  best->divide(first, 3, count);
  plain->divide(second, 3, count);
  ck_assert_mem_eq(first, second, sizeof first);
}

START_TEST(every_processor_takes_rows_to_the_same_bits) {
  Tensor *x = scores_of(dtypes[_i], SHAPE(1000), 20), *y = scores_of(dtypes[_i], SHAPE(1000), 1);
  for (int64_t count = 1; count <= 1000; count += 37)
    expect_same_loops(dtypes[_i], tensor_data(x), tensor_data(y), count);
  put_number(x, 70, NAN);
  expect_same_loops(dtypes[_i], tensor_data(x), tensor_data(y), 100);
  ck_assert(isnan(softmax_loops(dtypes[_i])->largest(tensor_data(x), 100)));
  tensor_unref(x);
  tensor_unref(y);
}
END_TEST

/* Of pairs and of one y, beside that of one pair. */
static void expect_same_exponentials(DType dtype, Isa isa, const char *x, const char *y, int64_t count) {
  const ElementwiseLoops *loops = elementwise_loops_for(dtype, isa);
  const ElementwiseLoops *plain = elementwise_loops_for(dtype, ISA_BASELINE);
  const size_t item = dtype_info[dtype].size;
  double pairs[1000], by_one[1000], alone[1];
  loops->exp_difference(pairs, x, y, false, count);
  loops->exp_difference(by_one, x, y, true, count);
  for (size_t i = 0; i < (size_t)count; i++) {
    plain->exp_difference(alone, x + i * item, y + i * item, true, 1);
    ck_assert_mem_eq(alone, (char *)pairs + i * item, item);
    plain->exp_difference(alone, x + i * item, y, true, 1);
    ck_assert_mem_eq(alone, (char *)by_one + i * item, item);
  }
}

START_TEST(every_processor_takes_exponentials_to_the_same_bits) {
  static const double far[] = {-80, -95, -800, -1e30, -INFINITY};
  Tensor *x = scores_of(dtypes[_i], SHAPE(1000), 15), *y = scores_of(dtypes[_i], SHAPE(1000), 15);
  for (int round = 0; round < 2; round++) {
    for (Isa isa = ISA_BASELINE; isa < ISA_COUNT; isa++)
      for (int64_t count = 1; count <= 1000 && target_has(isa); count += 111)
        expect_same_exponentials(dtypes[_i], isa, tensor_data(x), tensor_data(y), count);
    for (int64_t i = 0; i < 1000; i += 30) put_number(x, i, far[i / 30 % 5]);
  }
  tensor_unref(x);
  tensor_unref(y);
}
END_TEST

/* ---- digits */
/* Far from the largest score a difference loses some of them, but not its exponential. */
START_TEST(softmax_of_float32_keeps_its_digits) {
  Tensor *x = scores_of(DTYPE_FLOAT32, SHAPE(20, 500), 30), *wide = made(tensor_cast(&test_runtime, x, DTYPE_FLOAT64));
  for (int k = 0; k < OPS; k++) {
    Tensor *got = along(ops[k], x, 1), *exact = along(ops[k], wide, 1);
    for (int64_t i = 0; i < tensor_size(got); i++) {
      double unit = ldexp(1, ilogb(tensor_number_at(exact, i)) - 23);
      ck_assert(fabs(tensor_number_at(got, i) - tensor_number_at(exact, i)) <= 2 * unit);
    }
    tensor_unref(got);
    tensor_unref(exact);
  }
  tensor_unref(wide);
  tensor_unref(x);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("softmax");
  TCase *tests = tcase_create("softmax");
  enum { DTYPES = sizeof dtypes / sizeof *dtypes };
  tcase_add_checked_fixture(tests, tensors_set_up, tear_down);
  tcase_add_loop_test(tests, rows_give_the_bits_of_every_layout, 0, DTYPES);
  tcase_add_loop_test(tests, axes_between_others_are_rows_too, 0, DTYPES);
  tcase_add_loop_test(tests, several_axes_are_one_row, 0, DTYPES);
  tcase_add_loop_test(tests, every_processor_takes_rows_to_the_same_bits, 0, DTYPES);
  tcase_add_loop_test(tests, every_processor_takes_exponentials_to_the_same_bits, 0, DTYPES);
  tcase_add_test(tests, softmax_of_float32_keeps_its_digits);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
