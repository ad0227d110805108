/* SPDX-License-Identifier: MIT */
/* test_layout.c: element types, layouts, shapes that broadcast, axes. */
#include "tests/tensors.h"

/* ---- element types */
START_TEST(types_have_names) {
  DType dtype;
  for (int i = 0; i < DTYPE_COUNT; i++) {
    ck_assert(dtype_from_name(dtype_info[i].name, &dtype));
    ck_assert_int_eq((int)dtype, i);
  }
  ck_assert(dtype_from_name("int", &dtype) && dtype == DTYPE_INT64);
  ck_assert(dtype_from_name("float", &dtype) && dtype == DTYPE_FLOAT64);
  ck_assert(!dtype_from_name("complex", &dtype) && !dtype_from_name("", &dtype));
}
END_TEST

START_TEST(types_combine) {
  static const struct { DType a; bool a_scalar; DType b; bool b_scalar; DType common; } rows[] = {
    {DTYPE_FLOAT32, false, DTYPE_FLOAT64, false, DTYPE_FLOAT64},
    {DTYPE_FLOAT32, false, DTYPE_FLOAT64, true, DTYPE_FLOAT32},
    {DTYPE_FLOAT32, true, DTYPE_FLOAT64, true, DTYPE_FLOAT64},
    {DTYPE_INT64, false, DTYPE_FLOAT32, true, DTYPE_FLOAT32},
    {DTYPE_INT64, false, DTYPE_FLOAT32, false, DTYPE_FLOAT32},
    {DTYPE_INT32, false, DTYPE_UINT8, false, DTYPE_INT32},
    {DTYPE_UINT8, false, DTYPE_INT64, true, DTYPE_UINT8},
    {DTYPE_BOOL, false, DTYPE_UINT8, true, DTYPE_UINT8},
    {DTYPE_BOOL, false, DTYPE_BOOL, true, DTYPE_BOOL},
    {DTYPE_FLOAT64, false, DTYPE_BOOL, false, DTYPE_FLOAT64},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    ck_assert_int_eq((int)dtype_promote(rows[i].a, rows[i].a_scalar, rows[i].b, rows[i].b_scalar),
                     (int)rows[i].common);
    ck_assert_int_eq((int)dtype_promote(rows[i].b, rows[i].b_scalar, rows[i].a, rows[i].a_scalar),
                     (int)rows[i].common);
  }
}
END_TEST

/* ---- layouts */
START_TEST(layouts_are_in_c_order) {
  Layout *layout = layout_of(SHAPE(2, 3, 4));
  ck_assert_int_eq(layout->size, 24);
  ck_assert(layout->contiguous);
  ck_assert_int_eq(layout_strides(layout)[0], 12);
  ck_assert_int_eq(layout_strides(layout)[2], 1);
  layout_unref(layout);
  layout = layout_of(0, NULL);
  ck_assert_ptr_eq(layout, &layout_scalar);
  layout_unref(layout);
}
END_TEST

START_TEST(strided_layouts_know_whether_they_are_contiguous) {
  static const struct { int ndim; int64_t shape[3], strides[3]; bool contiguous; } rows[] = {
    {2, {2, 3}, {3, 1}, true},         {2, {2, 3}, {1, 2}, false},  {2, {1, 3}, {77, 1}, true}, {1, {3}, {-1}, false},
    {1, {3}, {0}, false},              {1, {1}, {0}, true},         {2, {0, 3}, {5, 7}, true},
    {2, {2, 3}, {4, 1}, false},
    {3, {2, 1, 3}, {3, -9, 1}, true},  {0, {0}, {0}, true},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Layout *layout = layout_new_strided(&test_runtime, rows[i].ndim, rows[i].shape, rows[i].strides);
    ck_assert_int_eq(layout->contiguous, rows[i].contiguous);
    layout_unref(layout);
  }
}
END_TEST

START_TEST(impossible_shapes_are_refused) {
  int64_t axes[33];
  for (int i = 0; i < 33; i++) axes[i] = 1;
  expect_failure(layout_new(&test_runtime, SHAPE(2, -3)), ERROR_SHAPE, "(2, -3)");
  expect_failure(layout_new(&test_runtime, 33, axes), ERROR_SHAPE, "32 axes");
  expect_failure(layout_new(&test_runtime, SHAPE(INT64_MAX)), ERROR_MEMORY, "(9223372036854775807,)");
  expect_failure(layout_new(&test_runtime, SHAPE(INT64_MAX, 4)), ERROR_MEMORY, "more elements");
  expect_failure(layout_new(&test_runtime, SHAPE(1 << 30, 1 << 30, 1 << 30)), ERROR_MEMORY, "more elements");
  expect_failure(layout_new(&test_runtime, SHAPE(0, INT64_MAX, INT64_MAX)), ERROR_MEMORY, "more elements");
  Layout *layout = layout_new(&test_runtime, 32, axes);
  ck_assert_int_eq(layout->size, 1);
  layout_unref(layout);
}
END_TEST

START_TEST(a_tensor_too_large_is_out_of_memory) {
  memory_set_budget(1 << 20);
  expect_failure(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, SHAPE(1 << 20)), ERROR_MEMORY, "out of memory");
  memory_set_budget(0);
}
END_TEST

START_TEST(shapes_are_written_as_tuples) {
  ShapeText text;
  int64_t wide[32];
  for (int i = 0; i < 32; i++) wide[i] = INT64_MAX;
  ck_assert_str_eq(shape_text(&text, 0, NULL), "a scalar");
  ck_assert_str_eq(shape_text(&text, SHAPE(3)), "(3,)");
  ck_assert_str_eq(shape_text(&text, SHAPE(2, 3)), "(2, 3)");
  ck_assert_uint_lt(strlen(shape_text(&text, 32, wide)), sizeof text);
  ck_assert_ptr_nonnull(strstr(text.text, "..."));
}
END_TEST

/* ---- broadcasting */
START_TEST(shapes_broadcast) {
  static const struct { int a_ndim; int64_t a[4]; int b_ndim; int64_t b[4]; int ndim; int64_t shape[4]; } rows[] = {
    {1, {3}, 1, {3}, 1, {3}},       {0, {0}, 2, {2, 3}, 2, {2, 3}},    {2, {2, 3}, 1, {3}, 2, {2, 3}},
    {2, {2, 1}, 1, {3}, 2, {2, 3}}, {2, {0, 3}, 1, {3}, 2, {0, 3}},    {1, {0}, 1, {1}, 1, {0}},
    {1, {1}, 0, {0}, 1, {1}},       {3, {4, 1, 1}, 2, {2, 3}, 3, {4, 2, 3}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Layout *a = layout_of(rows[i].a_ndim, rows[i].a), *b = layout_of(rows[i].b_ndim, rows[i].b);
    Layout *expected = layout_of(rows[i].ndim, rows[i].shape);
    Layout *one = layout_broadcast(&test_runtime, a, b, "add"), *other = layout_broadcast(&test_runtime, b, a, "add");
    ck_assert(layout_same_shape(one, expected) && layout_same_shape(other, expected));
    ck_assert(one->contiguous && other->contiguous);
    layout_unref(a);
    layout_unref(b);
    layout_unref(one);
    layout_unref(other);
    layout_unref(expected);
  }
}
END_TEST

START_TEST(shapes_that_do_not_fit_name_the_axis) {
  Layout *a = layout_of(SHAPE(2, 3)), *b = layout_of(SHAPE(3, 3)), *c = layout_of(SHAPE(2));
  expect_failure(layout_broadcast(&test_runtime, a, c, "add"), ERROR_SHAPE, "last axis has 3 against 2");
  expect_failure(layout_broadcast(&test_runtime, a, b, "add"), ERROR_SHAPE, "axis -2 has 2 against 3");
  ck_assert_ptr_null(layout_broadcast(&test_runtime, a, b, "compare"));
  ck_assert_str_eq(buffer_text(&test_error.message),
                   "cannot compare shapes " ERROR_OPERAND(0) "(2, 3) and " ERROR_OPERAND(1) "(3, 3): "
                   "axis -2 has 2 against 3");
  ck_assert_str_eq(buffer_text(&test_error.hint), "sizes must be equal, or one of them 1");
  layout_unref(a);
  layout_unref(b);
  layout_unref(c);
}
END_TEST

START_TEST(axes_count_from_both_ends) {
  Layout *layout = layout_of(SHAPE(2, 3, 4));
  int axis;
  ck_assert(axis_normalise(&test_runtime, -1, 3, layout, &axis) && axis == 2);
  ck_assert(axis_normalise(&test_runtime, 0, 3, layout, &axis) && axis == 0);
  ck_assert(!axis_normalise(&test_runtime, 3, 3, layout, &axis));
  expect_failure(NULL, ERROR_INDEX, "(2, 3, 4) (use 0 to 2, or -3 to -1)");
  ck_assert(!axis_normalise(&test_runtime, INT64_MIN, 3, NULL, &axis));
  expect_failure(NULL, ERROR_INDEX, "axis -9223372036854775808 is out of range");
  ck_assert(!axis_normalise(&test_runtime, 0, 0, &layout_scalar, &axis));
  expect_failure(NULL, ERROR_INDEX, "a scalar (it has no axes)");
  layout_unref(layout);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("layout");
  TCase *tests = tcase_create("layout");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_test(tests, types_have_names);
  tcase_add_test(tests, types_combine);
  tcase_add_test(tests, layouts_are_in_c_order);
  tcase_add_test(tests, strided_layouts_know_whether_they_are_contiguous);
  tcase_add_test(tests, impossible_shapes_are_refused);
  tcase_add_test(tests, a_tensor_too_large_is_out_of_memory);
  tcase_add_test(tests, shapes_are_written_as_tuples);
  tcase_add_test(tests, shapes_broadcast);
  tcase_add_test(tests, shapes_that_do_not_fit_name_the_axis);
  tcase_add_test(tests, axes_count_from_both_ends);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
