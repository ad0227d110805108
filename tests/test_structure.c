/* SPDX-License-Identifier: MIT */
/* test_structure.c: windows, joins, diagonals and creation. */
#include "runtime/kernels/create.h"
#include "runtime/kernels/window.h"
#include "tests/structures.h"

/* ---- windows */
static Attributes *window_arguments(const Tensor *base, int ndim, const int64_t *shape, const int64_t *strides,
                                    int64_t offset) {
  Layout *layout = layout_new_strided(&test_runtime, ndim, shape, strides);
  Attributes *attributes = window_attributes(&test_runtime, base->layout, layout, offset);
  ck_assert_ptr_nonnull(attributes);
  layout_unref(layout);
  return attributes;
}

START_TEST(window_add_accumulates) {
  for (int type = 0; type < TYPES; type++) {
    DType dtype = all_types[type];
    Tensor *base = numbered(dtype, SHAPE(4));
    const int64_t shape[] = {3, 2}, strides[] = {1, 1};
    Tensor *g = disguised(array(dtype, 2, shape, (const double[]){1, 1, 1, 1, 1, 1}), _i);
    Tensor *sum = call1(OP_window_add, g, window_arguments(base, 2, shape, strides, 0));
    if (dtype == DTYPE_BOOL) expect_vector(sum, dtype, NUMBERS(1, 1, 1, 1));
    else expect_vector(sum, dtype, NUMBERS(1, 2, 2, 1));
    tensor_unref(base);
  }
}
END_TEST

START_TEST(window_add_of_nothing) {
  Tensor *base = numbered(DTYPE_FLOAT64, SHAPE(2));
  const int64_t shape[] = {0}, strides[] = {1};
  expect_vector(call1(OP_window_add, numbered(DTYPE_FLOAT64, 1, shape), window_arguments(base, 1, shape, strides, 0)),
                DTYPE_FLOAT64, NUMBERS(0, 0));
  tensor_unref(base);
  base = number(7);
  expect_number(call1(OP_window_add, number(3), window_arguments(base, 0, NULL, NULL, 0)), DTYPE_FLOAT64, 3);
  tensor_unref(base);
}
END_TEST

START_TEST(window_put_replaces) {
  for (int kind = 0; kind < DISGUISES; kind++) {
    Tensor *x = disguised(numbered(DTYPE_INT32, SHAPE(2, 3)), kind);
    const int64_t shape[] = {2, 2}, strides[] = {3, 2};
    Attributes *window = window_arguments(x, 2, shape, strides, 0);
    Tensor *value = vector(DTYPE_FLOAT64, NUMBERS(7.5, -8.5)), *operands[] = {x, value};
    expect_array(call(OP_window_put, 2, operands, window), DTYPE_INT32, SHAPE(2, 3), (const double[]){7, 1, -8, 7, 4,
        -8});
  }
  Tensor *x = number(1), *operands[] = {x, number(5)};
  const int64_t one[] = {1};
  expect_number(call(OP_window_put, 2, operands, window_arguments(x, 1, one, one, 0)), DTYPE_FLOAT64, 5);
}
END_TEST

START_TEST(large_windows_can_be_interrupted) {
  const int64_t shape[] = {3, 1 << 20}, row[] = {1 << 20}, wrong[] = {5};
  Tensor *x = numbered(DTYPE_UINT8, 2, shape), *value = numbered(DTYPE_UINT8, 1, row);
  ck_assert(window_write(&test_runtime, x, x->layout, 0, value));
  ck_assert_double_eq(tensor_number_at(x, 2 * row[0] + 77), 77);
  Tensor *five = numbered(DTYPE_UINT8, 1, wrong);
  expect_failure(window_write(&test_runtime, x, x->layout, 0, five) ? x : NULL, ERROR_SHAPE, "cannot write shape (5,)");
  interrupt_requested = 1;
  expect_failure(window_write(&test_runtime, x, x->layout, 0, value) ? x : NULL, ERROR_INTERRUPT, "interrupted");
  interrupt_requested = 0;
  tensor_unref(five);
  tensor_unref(x);
  tensor_unref(value);
}
END_TEST

/* ---- joining */
START_TEST(concatenate_joins) {
  for (int kind = 0; kind < DISGUISES; kind++) {
    Tensor *xs[] = {disguised(numbered(DTYPE_FLOAT32, SHAPE(2, 2)), kind), disguised(numbered(DTYPE_INT64,
        SHAPE(1, 2)), kind),
                    numbered(DTYPE_BOOL, SHAPE(0, 2))};
    expect_array(call(OP_concatenate, 3, xs, NULL), DTYPE_FLOAT32, SHAPE(3, 2), (const double[]){0, 1, 2, 3, 0, 1});
    Tensor *ys[] = {disguised(numbered(DTYPE_UINT8, SHAPE(2, 1)), kind), disguised(numbered(DTYPE_INT32,
        SHAPE(2, 2)), kind)};
    expect_array(call(OP_concatenate, 2, ys, arguments("i-1")), DTYPE_INT32, SHAPE(2, 3), (const double[]){0, 0, 1,
        1, 2, 3});
  }
  Tensor *zs[] = {numbered(DTYPE_BOOL, SHAPE(2)), number(5), numbered(DTYPE_FLOAT64, SHAPE(2, 2))};
  expect_vector(call(OP_concatenate, 3, zs, arguments("-")), DTYPE_FLOAT64, NUMBERS(0, 1, 5, 0, 1, 2, 3));
}
END_TEST

START_TEST(concatenate_explains_failures) {
  Tensor *xs[] = {numbered(DTYPE_FLOAT64, SHAPE(2, 3)), numbered(DTYPE_FLOAT64, SHAPE(3, 2))};
  expect_failure(call(OP_concatenate, 2, xs, NULL), ERROR_SHAPE,
                 "cannot concatenate " ERROR_OPERAND(0) "(2, 3) and " ERROR_OPERAND(1) "(3, 2) along axis 0: "
                 "axis 1 has sizes 3 and 2");
  Tensor *ys[] = {numbered(DTYPE_FLOAT64, SHAPE(2, 3)), numbered(DTYPE_FLOAT64, SHAPE(2))};
  expect_failure(call(OP_concatenate, 2, ys, NULL), ERROR_SHAPE, "they have 2 and 1 axes");
  Tensor *zs[] = {number(1), number(2)};
  expect_failure(call(OP_concatenate, 2, zs, NULL), ERROR_SHAPE, "a scalar");
  expect_failure(call(OP_concatenate, 0, NULL, NULL), ERROR_ARGUMENT, "nothing to concatenate");
  Tensor *ws[] = {numbered(DTYPE_FLOAT64, SHAPE(2))};
  expect_failure(call(OP_concatenate, 1, ws, arguments("i1")), ERROR_INDEX, "axis 1 is out of range");
}
END_TEST

static Tensor *repeat(Tensor *x, Tensor *repeats, const char *axis) {
  return call(OP_repeat, 2, (Tensor *[]){x, repeats}, arguments(axis));
}

START_TEST(repeat_repeats) {
  for (int kind = 0; kind < DISGUISES; kind++) {
    Tensor *x = disguised(numbered(DTYPE_INT64, SHAPE(2, 3)), kind);
    expect_array(repeat(tensor_ref(x), number(2), "i0"), DTYPE_INT64, SHAPE(4, 3), (const double[]){0, 1, 2, 0, 1, 2,
        3, 4, 5, 3, 4, 5});
    expect_array(repeat(tensor_ref(x), vector(DTYPE_UINT8, NUMBERS(1, 0, 2)), "i-1"), DTYPE_INT64, SHAPE(2, 3),
                 (const double[]){0, 2, 2, 3, 5, 5});
    expect_vector(repeat(tensor_ref(x), vector(DTYPE_FLOAT64, NUMBERS(1)), "-"), DTYPE_INT64, NUMBERS(0, 1, 2, 3, 4,
        5));
    expect_array(repeat(x, number(0), "i0"), DTYPE_INT64, SHAPE(0, 3), NULL);
  }
  expect_vector(repeat(number(7), number(3), "-"), DTYPE_FLOAT64, NUMBERS(7, 7, 7));
}
END_TEST

START_TEST(repeat_explains_failures) {
  expect_failure(repeat(numbered(DTYPE_BOOL, SHAPE(3)), vector(DTYPE_INT64, NUMBERS(1, 2)), "-"), ERROR_SHAPE,
                 "repeat needs 1 count or 3, one per element of axis 0, got 2");
  expect_failure(repeat(numbered(DTYPE_BOOL, SHAPE(3)), number(-1), "-"), ERROR_VALUE, "got -1");
  expect_failure(repeat(numbered(DTYPE_BOOL, SHAPE(3)), number(0.5), "-"), ERROR_VALUE, "got 0.5");
  expect_failure(repeat(numbered(DTYPE_BOOL, SHAPE(3)), number(NAN), "-"), ERROR_VALUE, "got nan");
  expect_failure(repeat(numbered(DTYPE_BOOL, SHAPE(3)), number(0x1p61), "-"), ERROR_MEMORY, "more elements");
  expect_failure(repeat(numbered(DTYPE_BOOL, SHAPE(3)), numbered(DTYPE_INT64, SHAPE(1, 1)), "-"), ERROR_SHAPE,
                 "(1, 1)");
  expect_failure(repeat(number(1), number(1), "i1"), ERROR_INDEX, "axis 1 is out of range");
}
END_TEST

START_TEST(roll_shifts) {
  for (int kind = 0; kind < DISGUISES; kind++) {
    Tensor *x = disguised(numbered(DTYPE_INT32, SHAPE(2, 3)), kind);
    expect_array(call1(OP_roll, tensor_ref(x), arguments("i1 -")), DTYPE_INT32, SHAPE(2, 3), (const double[]){5, 0,
        1, 2, 3, 4});
    expect_array(call1(OP_roll, tensor_ref(x), arguments("i-7")), DTYPE_INT32, SHAPE(2, 3), (const double[]){1, 2, 3,
        4, 5, 0});
    expect_array(call1(OP_roll, tensor_ref(x), arguments("i1 i1")), DTYPE_INT32, SHAPE(2, 3), (const double[]){2, 0,
        1, 5, 3, 4});
    expect_array(call1(OP_roll, tensor_ref(x), arguments("l1,-1 l0,1")), DTYPE_INT32, SHAPE(2, 3),
                 (const double[]){4, 5, 3, 1, 2, 0});
    expect_array(call1(OP_roll, tensor_ref(x), arguments("l1,1 i1")), DTYPE_INT32, SHAPE(2, 3), (const double[]){1,
        2, 0, 4, 5, 3});
    expect_array(call1(OP_roll, tensor_ref(x), arguments("i1 l0,1")), DTYPE_INT32, SHAPE(2, 3), (const double[]){5,
        3, 4, 2, 0, 1});
    expect_array(call1(OP_roll, x, arguments("i9223372036854775807 i1")), DTYPE_INT32, SHAPE(2, 3),
                 (const double[]){2, 0, 1, 5, 3, 4});
  }
  expect_number(call1(OP_roll, number(3), arguments("i5")), DTYPE_FLOAT64, 3);
  expect_vector(call1(OP_roll, numbered(DTYPE_BOOL, SHAPE(0)), arguments("i5 i0")), DTYPE_BOOL, 0, NULL);
  expect_failure(call1(OP_roll, numbered(DTYPE_BOOL, SHAPE(2)), arguments("l1,2 l0,0,0")), ERROR_ARGUMENT,
                 "one shift per axis");
}
END_TEST

/* ---- diagonals and triangles */
START_TEST(diag_makes_and_takes) {
  for (int kind = 0; kind < DISGUISES; kind++) {
    Tensor *x = disguised(numbered(DTYPE_UINT8, SHAPE(2)), kind), *y = disguised(numbered(DTYPE_UINT8, SHAPE(2, 3)),
        kind);
    expect_array(call1(OP_diag, tensor_ref(x), NULL), DTYPE_UINT8, SHAPE(2, 2), (const double[]){0, 0, 0, 1});
    expect_array(call1(OP_diag, x, arguments("i-1")), DTYPE_UINT8, SHAPE(3, 3), (const double[]){0, 0, 0, 0, 0, 0, 0,
        1, 0});
    expect_vector(call1(OP_diag, tensor_ref(y), arguments("i1")), DTYPE_UINT8, NUMBERS(1, 5));
    expect_array(call1(OP_tril, tensor_ref(y), NULL), DTYPE_UINT8, SHAPE(2, 3), (const double[]){0, 0, 0, 3, 4, 0});
    expect_array(call1(OP_tril, tensor_ref(y), arguments("i1")), DTYPE_UINT8, SHAPE(2, 3), (const double[]){0, 1, 0,
        3, 4, 5});
    expect_array(call1(OP_tril, tensor_ref(y), arguments("i-9223372036854775808")), DTYPE_UINT8, SHAPE(2, 3),
                 (const double[]){0, 0, 0, 0, 0, 0});
    expect_array(call1(OP_triu, tensor_ref(y), NULL), DTYPE_UINT8, SHAPE(2, 3), (const double[]){0, 1, 2, 0, 4, 5});
    expect_array(call1(OP_triu, tensor_ref(y), arguments("i-1")), DTYPE_UINT8, SHAPE(2, 3), (const double[]){0, 1, 2,
        3, 4, 5});
    expect_array(call1(OP_triu, y, arguments("i9223372036854775807")), DTYPE_UINT8, SHAPE(2, 3), (const double[]){0,
        0, 0, 0, 0, 0});
  }
  expect_array(call1(OP_triu, numbered(DTYPE_INT64, SHAPE(2, 2, 2)), NULL), DTYPE_INT64, SHAPE(2, 2, 2),
               (const double[]){0, 1, 0, 3, 4, 5, 0, 7});
  expect_array(call1(OP_tril, numbered(DTYPE_INT64, SHAPE(2, 0)), NULL), DTYPE_INT64, SHAPE(2, 0), NULL);
  expect_failure(call1(OP_diag, number(1), NULL), ERROR_SHAPE, "diag needs a vector or a matrix");
  expect_failure(call1(OP_diag, numbered(DTYPE_INT64, SHAPE(2)), arguments("i-9223372036854775808")), ERROR_MEMORY,
                 "more elements");
  expect_array(call1(OP_tril, numbered(DTYPE_INT64, SHAPE(2)), NULL), DTYPE_INT64, SHAPE(2, 2),
               (const double[]){0, 0, 0, 1});
  expect_failure(call1(OP_tril, number(1), NULL), ERROR_SHAPE,
                 "`tril` needs a matrix or the row of one, got " ERROR_OPERAND(0) "a scalar");
}
END_TEST

/* ---- creation */
START_TEST(identities) {
  expect_array(tensor_eye(&test_runtime, DTYPE_FLOAT32, 2, 3, 1), DTYPE_FLOAT32, SHAPE(2, 3), (const double[]){0, 1,
      0, 0, 0, 1});
  expect_array(tensor_eye(&test_runtime, DTYPE_BOOL, 3, 2, -1), DTYPE_BOOL, SHAPE(3, 2), (const double[]){0, 0, 1, 0,
      0, 1});
  expect_array(tensor_eye(&test_runtime, DTYPE_INT64, 2, 2, INT64_MIN), DTYPE_INT64, SHAPE(2, 2), (const double[]){0,
      0, 0, 0});
  expect_array(tensor_tri(&test_runtime, DTYPE_FLOAT64, 3, 3, -1), DTYPE_FLOAT64, SHAPE(3, 3), (const double[]){0, 0,
      0, 1, 0, 0, 1, 1, 0});
  expect_failure(tensor_eye(&test_runtime, DTYPE_FLOAT64, -1, 2, 0), ERROR_SHAPE, "cannot be negative");
}
END_TEST

START_TEST(ranges) {
  expect_vector(tensor_arange(&test_runtime, DTYPE_FLOAT64, 0, 1, 0.25), DTYPE_FLOAT64, NUMBERS(0, 0.25, 0.5, 0.75));
  expect_vector(tensor_arange(&test_runtime, DTYPE_INT64, 5, 0, -2), DTYPE_INT64, NUMBERS(5, 3, 1));
  expect_vector(tensor_arange(&test_runtime, DTYPE_FLOAT64, 1, 2, 0.3), DTYPE_FLOAT64, NUMBERS(1, 1.3, 1.6,
      1.9000000000000001));
  expect_vector(tensor_arange(&test_runtime, DTYPE_FLOAT64, 3, 3, 1), DTYPE_FLOAT64, 0, NULL);
  expect_vector(tensor_arange(&test_runtime, DTYPE_FLOAT64, 3, 4, -1), DTYPE_FLOAT64, 0, NULL);
  expect_failure(tensor_arange(&test_runtime, DTYPE_FLOAT64, 0, 5, 0), ERROR_VALUE, "step of `arange` cannot be zero");
  expect_failure(tensor_arange(&test_runtime, DTYPE_FLOAT64, 0, INFINITY, 1), ERROR_VALUE, "cannot go from 0 to inf");
  expect_failure(tensor_arange(&test_runtime, DTYPE_FLOAT64, 0, NAN, 1), ERROR_VALUE, "cannot go from 0 to nan");
  expect_failure(tensor_arange(&test_runtime, DTYPE_FLOAT64, 0, 1, 1e-300), ERROR_VALUE, "in steps of 1e-300");
}
END_TEST

static Tensor *spaced(Tensor *start, Tensor *stop, int64_t count, bool endpoint, int64_t axis) {
  Tensor *result = tensor_linspace(&test_runtime, start, stop, (Spacing){count, axis, endpoint});
  tensor_unref(start);
  tensor_unref(stop);
  return result;
}

static Tensor *geometric(Tensor *start, Tensor *stop, Spacing spacing) {
  Tensor *result = tensor_geomspace(&test_runtime, start, stop, spacing);
  tensor_unref(start);
  tensor_unref(stop);
  return result;
}

START_TEST(spaced_numbers) {
  expect_vector(spaced(number(0), number(1), 5, true, 0), DTYPE_FLOAT64, NUMBERS(0, 0.25, 0.5, 0.75, 1));
  expect_vector(spaced(number(0), number(1), 4, false, 0), DTYPE_FLOAT64, NUMBERS(0, 0.25, 0.5, 0.75));
  expect_vector(spaced(number(3), number(9), 1, true, -1), DTYPE_FLOAT64, NUMBERS(3));
  expect_vector(spaced(number(3), number(9), 0, true, 0), DTYPE_FLOAT64, 0, NULL);
  expect_vector(spaced(number(2), number(2), 3, true, 0), DTYPE_FLOAT64, NUMBERS(2, 2, 2));
  expect_vector(spaced(number(0), number(5e-324), 3, true, 0), DTYPE_FLOAT64, NUMBERS(0, 0, 5e-324));
  expect_array(spaced(vector(DTYPE_FLOAT32, NUMBERS(0, 1)), vector(DTYPE_FLOAT32, NUMBERS(1, 3)), 3, true, 1),
               DTYPE_FLOAT32,
               SHAPE(2, 3), (const double[]){0, 0.5, 1, 1, 2, 3});
  expect_array(spaced(vector(DTYPE_INT64, NUMBERS(0, 1)), number(3), 2, true, 0), DTYPE_FLOAT64, SHAPE(2, 2),
               (const double[]){0, 1, 3, 3});
  expect_failure(spaced(number(0), number(1), -1, true, 0), ERROR_VALUE, "cannot be negative, got -1");
  expect_failure(spaced(number(0), number(1), 3, true, 1), ERROR_INDEX, "axis 1 is out of range");
  expect_vector(geometric(number(1), number(256), (Spacing){9, 0, true}), DTYPE_FLOAT64,
                NUMBERS(1, 2, 4, 8, 16, 32, 64, 128, 256));
  expect_vector(geometric(number(-1000), number(-1), (Spacing){4, 0, true}), DTYPE_FLOAT64,
                NUMBERS(-1000, -100, -10, -1));
  expect_array(geometric(vector(DTYPE_FLOAT32, NUMBERS(1, 3)), vector(DTYPE_FLOAT32, NUMBERS(4, 12)),
                      (Spacing){3, 1, true}),
               DTYPE_FLOAT32, SHAPE(2, 3), (const double[]){1, 2, 4, 3, 6, 12});
  expect_failure(geometric(number(0), number(10), (Spacing){3, 0, true}), ERROR_VALUE, "cannot include 0");
  expect_failure(geometric(number(-1), number(10), (Spacing){3, 0, true}), ERROR_VALUE, "through 0");
}
END_TEST

START_TEST(geometric_sequences_do_not_overflow) {
  Tensor *x = made(geometric(number(1e-300), number(1e300), (Spacing){3, 0, true}));
  ck_assert_double_eq_tol(tensor_number_at(x, 1), 1, 1e-12);
  tensor_unref(x);
}
END_TEST

/* Runs of equal numbers and periods around the length of a piece. */
START_TEST(large_grids) {
  const int64_t shapes[][3] = {{3, 70000, 1}, {70000, 3, 1}, {300, 5, 100}, {2, 1, 65536}, {2, 3, 65537}};
  for (int k = 0; k < 5; k++) {
    const int64_t *shape = shapes[k], each = shape[0] * shape[1] * shape[2];
    Tensor *grid = made(tensor_indices(&test_runtime, 3, shape));
    const int64_t *numbers = tensor_data(grid);
    int64_t wrong = 0;
    for (int64_t i = 0; i < each; i++) {
      wrong += numbers[i] != i / (shape[1] * shape[2]) || numbers[each + i] != i / shape[2] % shape[1] ||
               numbers[2 * each + i] != i % shape[2];
    }
    ck_assert_int_eq(wrong, 0);
    tensor_unref(grid);
    interrupt_requested = 1;
    expect_failure(tensor_indices(&test_runtime, 3, shape), ERROR_INTERRUPT, "interrupted");
    interrupt_requested = 0;
  }
}
END_TEST

START_TEST(grids_and_classes) {
  expect_array(tensor_indices(&test_runtime, SHAPE(2, 2)), DTYPE_INT64, SHAPE(2, 2, 2), (const double[]){0, 0, 1, 1,
      0, 1, 0, 1});
  expect_array(tensor_indices(&test_runtime, 0, NULL), DTYPE_INT64, SHAPE(0), NULL);
  Tensor *labels = vector(DTYPE_FLOAT32, NUMBERS(2, 0)), *wrong = vector(DTYPE_INT64,
      NUMBERS(0, 3)), *half = number(0.5), *minus = number(-1);
  expect_array(tensor_one_hot(&test_runtime, DTYPE_FLOAT64, labels, 3), DTYPE_FLOAT64, SHAPE(2, 3),
               (const double[]){0, 0, 1, 1, 0, 0});
  expect_failure(tensor_one_hot(&test_runtime, DTYPE_FLOAT64, wrong, 3), ERROR_VALUE,
                 "label 3 is out of range for 3 classes");
  expect_failure(tensor_one_hot(&test_runtime, DTYPE_FLOAT64, half, 3), ERROR_VALUE, "got 0.5");
  expect_failure(tensor_one_hot(&test_runtime, DTYPE_FLOAT64, minus, 3), ERROR_VALUE, "label -1");
  tensor_unref(labels);
  tensor_unref(wrong);
  tensor_unref(half);
  tensor_unref(minus);
}
END_TEST

START_TEST(labels_can_be_interrupted) {
  Tensor *labels = made(tensor_new_shape(&test_runtime, DTYPE_INT64, SHAPE(1 << 17)));
  Tensor *scores = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, SHAPE(1 << 17, 1)));
  tensor_fill(&test_runtime, labels, 0);
  tensor_fill(&test_runtime, scores, 0);
  interrupt_requested = 1;
  expect_failure(tensor_one_hot(&test_runtime, DTYPE_FLOAT64, labels, 1), ERROR_INTERRUPT, "interrupted");
  expect_failure(call1(OP_bincount, tensor_ref(labels), NULL), ERROR_INTERRUPT, "interrupted");
  expect_failure(call2(OP_softmax_crossentropy, scores, labels), ERROR_INTERRUPT, "interrupted");
  interrupt_requested = 0;
}
END_TEST

/* ---- running out of memory */
START_TEST(exhausted_memory_is_an_error) {
  bool failed = true;
  for (size_t n = 1; failed; n++) {
    Tensor *x = numbered(DTYPE_INT64, SHAPE(2, 2)), *y = number(2);
    Attributes *first = arguments("-"), *second = arguments("i1 i0"), *third = arguments("-");
    memory_fail_at(n, true);
    Tensor *joined = call(OP_concatenate, 2, (Tensor *[]){x, tensor_ref(x)}, first);
    Tensor *rolled = joined ? call1(OP_roll, joined, second) : (attributes_unref(second), NULL);
    Tensor *result = rolled ? call(OP_repeat, 2, (Tensor *[]){rolled, y}, third)
                            : (attributes_unref(third), tensor_unref(y), NULL);
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
  Suite *suite = suite_create("structure");
  TCase *tests = tcase_create("structure");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(tests, window_add_accumulates, 0, DISGUISES);
  tcase_add_test(tests, window_add_of_nothing);
  tcase_add_test(tests, window_put_replaces);
  tcase_add_test(tests, large_windows_can_be_interrupted);
  tcase_add_test(tests, concatenate_joins);
  tcase_add_test(tests, concatenate_explains_failures);
  tcase_add_test(tests, repeat_repeats);
  tcase_add_test(tests, repeat_explains_failures);
  tcase_add_test(tests, roll_shifts);
  tcase_add_test(tests, diag_makes_and_takes);
  tcase_add_test(tests, identities);
  tcase_add_test(tests, ranges);
  tcase_add_test(tests, spaced_numbers);
  tcase_add_test(tests, geometric_sequences_do_not_overflow);
  tcase_add_test(tests, grids_and_classes);
  tcase_add_test(tests, large_grids);
  tcase_add_test(tests, labels_can_be_interrupted);
  tcase_add_test(tests, exhausted_memory_is_an_error);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
