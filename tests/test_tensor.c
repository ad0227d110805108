/* SPDX-License-Identifier: MIT */
/* test_tensor.c: tensors, conversion, assignment, the iterator, attributes. */
#include "runtime/iterator.h"
#include "runtime/kernels/index.h"
#include "tests/tensors.h"

/* ---- tensors */
START_TEST(numbers_need_no_storage) {
  Tensor *tensor = number(2.5);
  ck_assert(tensor->flags & TENSOR_INLINE);
  ck_assert_ptr_eq(tensor->layout, &layout_scalar);
  ck_assert_uint_eq(memory_live_blocks(), test_blocks + 1);
  ck_assert(tensor_is_unshared(tensor));
  expect_number(tensor, DTYPE_FLOAT64, 2.5);
  expect_number(tensor_new_number(&test_runtime, DTYPE_FLOAT32, 0.1), DTYPE_FLOAT32, (double)0.1f);
  expect_number(tensor_new_number(&test_runtime, DTYPE_BOOL, 0.1), DTYPE_BOOL, 1);
  tensor = tensor_new_integer(&test_runtime, DTYPE_INT64, INT64_MAX - 1);
  ck_assert_int_eq(tensor_integer_at(tensor, 0), INT64_MAX - 1);
  tensor_unref(tensor);
  expect_number(tensor_new_integer(&test_runtime, DTYPE_UINT8, 258), DTYPE_UINT8, 2);
}
END_TEST

static Tensor *window_of(Tensor *tensor, int ndim, const int64_t *shape, const int64_t *strides, int64_t offset) {
  Layout *layout = layout_new_strided(&test_runtime, ndim, shape, strides);
  Tensor *window = made(tensor_window(&test_runtime, tensor, layout, offset));
  layout_unref(layout);
  return window;
}

START_TEST(windows_share_numbers) {
  Tensor *base = array(DTYPE_FLOAT64, SHAPE(2, 3), (double[]){1, 2, 3, 4, 5, 6});
  Tensor *turned = window_of(base, 2, (int64_t[]){3, 2}, (int64_t[]){1, 3}, 0);
  Tensor *reversed = window_of(base, 1, (int64_t[]){3}, (int64_t[]){-2}, 5);
  ck_assert(!tensor_is_unshared(base) && base->storage == turned->storage);
  put_number(base, 5, 60);
  expect_array(tensor_copy(&test_runtime, turned), DTYPE_FLOAT64, SHAPE(3, 2), (double[]){1, 4, 2, 5, 3, 60});
  tensor_unref(base);
  tensor_unref(turned);
  expect_vector(reversed, DTYPE_FLOAT64, NUMBERS(60, 4, 2));
}
END_TEST

START_TEST(windows_of_numbers) {
  Tensor *base = number(7), *line = window_of(base, 1, (int64_t[]){3}, (int64_t[]){0}, 0);
  ck_assert(!(line->flags & TENSOR_INLINE));
  expect_vector(line, DTYPE_FLOAT64, NUMBERS(7, 7, 7));
  tensor_unref(base);
  base = vector(DTYPE_INT32, NUMBERS(1, 2, 3));
  Tensor *single = window_of(base, 0, NULL, NULL, 2);
  ck_assert(single->flags & TENSOR_INLINE);
  ck_assert(tensor_is_unshared(base));
  expect_number(single, DTYPE_INT32, 3);
  tensor_unref(base);
}
END_TEST

START_TEST(broadcasting_copies_nothing) {
  Tensor *base = vector(DTYPE_FLOAT64, NUMBERS(1, 2));
  Layout *shape = layout_of(SHAPE(3, 2)), *wrong = layout_of(SHAPE(3, 3)), *none = layout_of(SHAPE(0, 2));
  Tensor *wide = made(tensor_broadcast_to(&test_runtime, base, shape));
  ck_assert_ptr_eq(wide->storage, base->storage);
  expect_array(wide, DTYPE_FLOAT64, SHAPE(3, 2), (double[]){1, 2, 1, 2, 1, 2});
  Tensor *empty = made(tensor_broadcast_to(&test_runtime, base, none));
  ck_assert_int_eq(tensor_size(empty), 0);
  expect_failure(tensor_broadcast_to(&test_runtime, base, wrong), ERROR_SHAPE, "(2,) to shape (3, 3)");
  tensor_unref(empty);
  tensor_unref(base);
  layout_unref(shape);
  layout_unref(wrong);
  layout_unref(none);
}
END_TEST

static int destroyed;
static void destroy_tracked(Tensor *tensor) {
  destroyed++;
  tensor_release_value(tensor);
  memory_pool_put(tensor, sizeof *tensor);
}

START_TEST(tracked_tensors_have_their_own_end) {
  tensor_destroy_tracked = destroy_tracked;
  destroyed = 0;
  Tensor *value = vector(DTYPE_FLOAT64, NUMBERS(1, 2)), *single = number(3);
  Tensor *node = memory_pool_take(sizeof *node), *leaf = memory_pool_take(sizeof *leaf);
  *node = *leaf = (Tensor){.references = 1, .flags = TENSOR_TRACKED};
  tensor_take_value(node, value);
  tensor_take_value(leaf, single);
  tensor_unref(value);
  tensor_unref(single);
  ck_assert(tensor_is_tracked(node) && tensor_is_tracked(leaf) && leaf->flags & TENSOR_INLINE);
  Tensor *plain = tensor_plain(&test_runtime, node), *same = tensor_plain(&test_runtime, plain);
  ck_assert(!tensor_is_tracked(plain) && plain->storage == node->storage && same == plain);
  tensor_unref(same);
  tensor_unref(node);
  expect_number(tensor_plain(&test_runtime, leaf), DTYPE_FLOAT64, 3);
  tensor_unref(leaf);
  ck_assert_int_eq(destroyed, 2);
  expect_vector(plain, DTYPE_FLOAT64, NUMBERS(1, 2));
}
END_TEST

/* ---- conversion */
START_TEST(conversion_cuts_and_saturates) {
  static const struct { double from; DType to; double gives; } rows[] = {
    {1.9, DTYPE_INT64, 1}, {-1.9, DTYPE_INT64, -1}, {NAN, DTYPE_INT64, 0}, {1e300, DTYPE_INT32, INT32_MAX},
    {-INFINITY, DTYPE_INT32, INT32_MIN}, {300, DTYPE_UINT8, 255}, {-5, DTYPE_UINT8, 0}, {-0.5, DTYPE_UINT8, 0},
    {NAN, DTYPE_UINT8, 0}, {NAN, DTYPE_BOOL, 1}, {-0.0, DTYPE_BOOL, 0}, {0.3, DTYPE_BOOL, 1},
    {1e300, DTYPE_FLOAT32, INFINITY},
    {NAN, DTYPE_FLOAT32, NAN}, {-0.0, DTYPE_FLOAT32, -0.0}, {254.99, DTYPE_UINT8, 254},
    {2147483646.5, DTYPE_INT32, 2147483646},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Tensor *tensor = number(rows[i].from);
    expect_number(tensor_cast(&test_runtime, tensor, rows[i].to), rows[i].to, rows[i].gives);
    tensor_unref(tensor);
  }
  Tensor *huge = number(INFINITY), *most = tensor_cast(&test_runtime, huge, DTYPE_INT64);
  ck_assert_int_eq(tensor_integer_at(most, 0), INT64_MAX);
  tensor_unref(huge);
  tensor_unref(most);
}
END_TEST

START_TEST(every_type_converts_to_every_type) {
  for (int from = 0; from < DTYPE_COUNT; from++) {
    for (int to = 0; to < DTYPE_COUNT; to++) {
      Tensor *x = array((DType)from, SHAPE(2, 3), (double[]){0, 1, 1, 0, 1, 0});
      Tensor *turned = window_of(x, 2, (int64_t[]){3, 2}, (int64_t[]){1, 3}, 0);
      expect_array(tensor_cast(&test_runtime, turned, (DType)to), (DType)to, SHAPE(3, 2),
                   (double[]){0, 0, 1, 1, 1, 0});
      expect_array(tensor_cast(&test_runtime, x, (DType)to), (DType)to, SHAPE(2, 3), (double[]){0, 1, 1, 0, 1, 0});
      tensor_unref(x);
      tensor_unref(turned);
    }
  }
}
END_TEST

START_TEST(integers_wrap_in_smaller_types) {
  Tensor *x = vector(DTYPE_INT64, NUMBERS(300, -1, 4294967297.0));
  expect_vector(tensor_cast(&test_runtime, x, DTYPE_UINT8), DTYPE_UINT8, NUMBERS(44, 255, 1));
  expect_vector(tensor_cast(&test_runtime, x, DTYPE_INT32), DTYPE_INT32, NUMBERS(300, -1, 1));
  expect_vector(tensor_cast(&test_runtime, x, DTYPE_BOOL), DTYPE_BOOL, NUMBERS(1, 1, 1));
  tensor_unref(x);
}
END_TEST

/* ---- assignment */
START_TEST(overlapping_assignment_reads_first) {
  Tensor *x = vector(DTYPE_FLOAT64, NUMBERS(1, 2, 3, 4, 5));
  Tensor *low = window_of(x, 1, (int64_t[]){4}, (int64_t[]){1}, 0);
  Tensor *high = window_of(x, 1, (int64_t[]){4}, (int64_t[]){1}, 1);
  ck_assert(tensor_assign(&test_runtime, high, low));
  expect_vector(tensor_ref(x), DTYPE_FLOAT64, NUMBERS(1, 1, 2, 3, 4));
  ck_assert(tensor_assign(&test_runtime, low, high));
  expect_vector(tensor_ref(x), DTYPE_FLOAT64, NUMBERS(1, 2, 3, 4, 4));
  Tensor *back = window_of(x, 1, (int64_t[]){5}, (int64_t[]){-1}, 4);
  ck_assert(tensor_assign(&test_runtime, x, back));
  expect_vector(x, DTYPE_FLOAT64, NUMBERS(4, 4, 3, 2, 1));
  tensor_unref(low);
  tensor_unref(high);
  tensor_unref(back);
}
END_TEST

START_TEST(assignment_broadcasts_and_converts) {
  Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_INT32, SHAPE(2, 3)));
  Tensor *row = vector(DTYPE_FLOAT64, NUMBERS(1.5, 2.5, -3.5)), *wrong = vector(DTYPE_FLOAT64, NUMBERS(1, 2));
  ck_assert(tensor_assign(&test_runtime, x, row));
  expect_array(tensor_ref(x), DTYPE_INT32, SHAPE(2, 3), (double[]){1, 2, -3, 1, 2, -3});
  ck_assert(!tensor_assign(&test_runtime, x, wrong));
  expect_failure(NULL, ERROR_SHAPE, "shape (2,) into shape (2, 3)");
  ck_assert(tensor_fill(&test_runtime, x, 9));
  expect_array(x, DTYPE_INT32, SHAPE(2, 3), (double[]){9, 9, 9, 9, 9, 9});
  tensor_unref(row);
  tensor_unref(wrong);
}
END_TEST

/* ---- the iterator */
/* Random windows of one buffer, in which every element holds its own place. */
static Tensor *random_window(Tensor *base, int ndim, const int64_t *shape, uint32_t *state) {
  int64_t strides[4], low = 0;
  for (int i = 0; i < ndim; i++) {
    strides[i] = (int64_t)(next_random(state) % 9) - 4;
    if (strides[i] < 0) low -= strides[i] * (shape[i] - 1);
  }
  return window_of(base, ndim, shape, strides, low);
}

START_TEST(iterator_visits_every_element_in_order) {
  uint32_t state = 7;
  Tensor *base = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, SHAPE(200)));
  for (int64_t i = 0; i < 200; i++) put_number(base, i, (double)i);
  for (int round = 0; round < 300; round++) {
    int64_t shape[4];
    int ndim = (int)(next_random(&state) % 5);
    for (int i = 0; i < ndim; i++) shape[i] = 1 + next_random(&state) % 4;
    Tensor *a = random_window(base, ndim, shape, &state), *b = random_window(base, ndim, shape, &state);
    Tensor *operands[] = {a, b};
    Iterator iterator;
    int64_t seen = 0;
    iterator_start(&iterator, a->layout, 2, operands);
    while (iterator_next(&iterator)) {
      for (int64_t i = 0; i < iterator.count; i++, seen++) {
        ck_assert(*(double *)(void *)(iterator.data[0] + i * iterator.strides[0]) == tensor_number_at(a, seen));
        ck_assert(*(double *)(void *)(iterator.data[1] + i * iterator.strides[1]) == tensor_number_at(b, seen));
      }
    }
    ck_assert_int_eq(seen, a->layout->size);
    tensor_unref(a);
    tensor_unref(b);
  }
  tensor_unref(base);
}
END_TEST

START_TEST(iterator_merges_axes) {
  Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, SHAPE(2, 3, 4))), *operands[] = {x};
  Iterator iterator;
  iterator_start(&iterator, x->layout, 1, operands);
  ck_assert(iterator_next(&iterator));
  ck_assert_int_eq(iterator.count, 24);
  ck_assert(!iterator_next(&iterator));
  tensor_unref(x);
  x = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, SHAPE(2, 0)));
  operands[0] = x;
  iterator_start(&iterator, x->layout, 1, operands);
  ck_assert(!iterator_next(&iterator));
  tensor_unref(x);
}
END_TEST

/* ---- operations and attributes */
START_TEST(the_table_names_every_operation) {
  for (int i = 0; i < OP_COUNT; i++) {
    ck_assert_ptr_nonnull(op_table[i].name);
    ck_assert_ptr_nonnull(op_table[i].doc);
    ck_assert_int_eq(op_table[i].kind == OP_KIND_UNARY, op_unary_double[i] != NULL);
    ck_assert_int_eq(op_table[i].kind == OP_KIND_BINARY, op_binary_double[i] != NULL);
  }
  for (const OpAlias *alias = op_aliases; alias->name; alias++) ck_assert_int_lt((int)alias->op, OP_COUNT);
}
END_TEST

START_TEST(attributes_are_read_with_defaults) {
  Attributes *attributes = attributes_new(&test_runtime, 5);
  attributes_set_integer(attributes, 0, 3);
  attributes_set_bool(attributes, 1, true);
  attributes_set_number(attributes, 2, 0.5);
  ck_assert(attributes_set_text(&test_runtime, attributes, 3, "ij->ji"));
  ck_assert(attributes_set_text(&test_runtime, attributes, 3, "ij"));
  ck_assert_int_eq(attribute_integer(attributes, 0, 9), 3);
  ck_assert(attribute_bool(attributes, 1, false));
  ck_assert(attribute_number(attributes, 2, 9) == 0.5 && attribute_number(attributes, 0, 9) == 3);
  ck_assert_str_eq(attributes->values[3].text, "ij");
  ck_assert_int_eq(attribute_integer(attributes, 4, 9), 9);
  ck_assert_int_eq(attribute_integer(attributes, 5, 8), 8);
  ck_assert_int_eq(attribute_integer(NULL, 0, 7), 7);
  attributes_unref(attributes_ref(attributes));
  attributes_unref(attributes);
}
END_TEST

START_TEST(axes_are_masks) {
  Layout *layout = layout_of(SHAPE(2, 3, 4));
  Attributes *attributes = attributes_new(&test_runtime, 1);
  uint32_t mask;
  ck_assert(attribute_axes(&test_runtime, attributes, 0, layout, &mask) && mask == 7);
  attributes_set_integer(attributes, 0, -1);
  ck_assert(attribute_axes(&test_runtime, attributes, 0, layout, &mask) && mask == 4);
  ck_assert(attributes_set_integers(&test_runtime, attributes, 0, 2, (int64_t[]){0, -1}));
  ck_assert(attribute_axes(&test_runtime, attributes, 0, layout, &mask) && mask == 5);
  ck_assert(attributes_set_integers(&test_runtime, attributes, 0, 0, NULL));
  ck_assert(attribute_axes(&test_runtime, attributes, 0, layout, &mask) && mask == 0);
  ck_assert(attributes_set_integers(&test_runtime, attributes, 0, 2, (int64_t[]){2, -1}));
  ck_assert(!attribute_axes(&test_runtime, attributes, 0, layout, &mask));
  expect_failure(NULL, ERROR_ARGUMENT, "axis -1 is given twice");
  attributes_unref(attributes);
  layout_unref(layout);
}
END_TEST

/* ---- running out of memory */
static bool work_with_memory(void) {
  Tensor *x = tensor_new_shape(&test_runtime, DTYPE_INT32, SHAPE(4, 5));
  Tensor *single = tensor_new_number(&test_runtime, DTYPE_FLOAT32, 2);
  Layout *turned = layout_new_strided(&test_runtime, 2, (int64_t[]){5, 4}, (int64_t[]){1, 5});
  Layout *row = layout_new(&test_runtime, 1, (int64_t[]){5});
  Tensor *window = x && turned ? tensor_window(&test_runtime, x, turned, 0) : NULL;
  Tensor *wide = single && row ? tensor_broadcast_to(&test_runtime, single, row) : NULL;
  Tensor *real = window ? tensor_cast(&test_runtime, window, DTYPE_FLOAT64) : NULL;
  Attributes *attributes = attributes_new(&test_runtime, 30);
  bool done = x && wide && real && attributes && attributes_set_text(&test_runtime, attributes, 0, "text") &&
              attributes_set_integers(&test_runtime, attributes, 1, 2, (int64_t[]){1, 2}) &&
              tensor_assign(&test_runtime, x, wide) && tensor_assign(&test_runtime, x, x);
  tensor_unref(x);
  tensor_unref(single);
  tensor_unref(window);
  tensor_unref(wide);
  tensor_unref(real);
  layout_unref(turned);
  layout_unref(row);
  attributes_unref(attributes);
  return done;
}

START_TEST(every_allocation_may_fail) {
  every_allocation_fails_once(work_with_memory);
}
END_TEST

START_TEST(long_copies_can_be_interrupted) {
  Tensor *x = made(tensor_new_zeros(&test_runtime, DTYPE_FLOAT32, &layout_scalar));
  Layout *large = layout_of(SHAPE(1 << 20));
  Tensor *wide = made(tensor_broadcast_to(&test_runtime, x, large));
  interrupt_requested = 1;
  expect_failure(tensor_copy(&test_runtime, wide), ERROR_INTERRUPT, "interrupted");
  interrupt_requested = 0;
  tensor_unref(x);
  tensor_unref(wide);
  layout_unref(large);
}
END_TEST

START_TEST(clearing_and_looking_for_true_can_be_interrupted) {
  Layout *large = layout_of(SHAPE(1 << 20));
  Tensor *x = made(tensor_new_zeros(&test_runtime, DTYPE_BOOL, large)), *found[1];
  interrupt_requested = 1;
  expect_failure(tensor_new_zeros(&test_runtime, DTYPE_FLOAT64, large), ERROR_INTERRUPT, "interrupted");
  error_clear(&test_error);
  ck_assert(!tensor_nonzero(&test_runtime, x, found));
  ck_assert_int_eq(test_error.kind, ERROR_INTERRUPT);
  error_clear(&test_error);
  interrupt_requested = 0;
  tensor_unref(x);
  layout_unref(large);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("tensor");
  TCase *tests = tcase_create("tensor");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_test(tests, numbers_need_no_storage);
  tcase_add_test(tests, windows_share_numbers);
  tcase_add_test(tests, windows_of_numbers);
  tcase_add_test(tests, broadcasting_copies_nothing);
  tcase_add_test(tests, tracked_tensors_have_their_own_end);
  tcase_add_test(tests, conversion_cuts_and_saturates);
  tcase_add_test(tests, every_type_converts_to_every_type);
  tcase_add_test(tests, integers_wrap_in_smaller_types);
  tcase_add_test(tests, overlapping_assignment_reads_first);
  tcase_add_test(tests, assignment_broadcasts_and_converts);
  tcase_add_test(tests, iterator_visits_every_element_in_order);
  tcase_add_test(tests, iterator_merges_axes);
  tcase_add_test(tests, the_table_names_every_operation);
  tcase_add_test(tests, attributes_are_read_with_defaults);
  tcase_add_test(tests, axes_are_masks);
  tcase_add_test(tests, every_allocation_may_fail);
  tcase_add_test(tests, long_copies_can_be_interrupted);
  tcase_add_test(tests, clearing_and_looking_for_true_can_be_interrupted);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
