/* SPDX-License-Identifier: MIT */
/* test_select.c: selecting many elements: masks and index tensors, compared with one element after the other. */
#include "runtime/kernels/index.h"
#include "tests/structures.h"

/* ---- masks */
enum { ALL_FALSE, ALL_TRUE, LAST_ONLY, FIRST_ONLY, HALF, SPARSE, DENSE, PATTERNS };

static bool pattern_at(int pattern, int64_t i, int64_t size, uint32_t *state) {
  uint32_t random = next_random(state);
  switch (pattern) {
    case ALL_FALSE: return false;
    case ALL_TRUE: return true;
    case LAST_ONLY: return i == size - 1;
    case FIRST_ONLY: return i == 0;
    case HALF: return random & 1;
    case SPARSE: return random % 61 == 0;
    default: return random % 61 != 0;
  }
}

static Tensor *mask_of(int pattern, int ndim, const int64_t *shape) {
  uint32_t state = 1;
  Tensor *mask = made(tensor_new_shape(&test_runtime, DTYPE_BOOL, ndim, shape));
  bool *elements = tensor_data(mask);
  for (int64_t i = 0; i < tensor_size(mask); i++) elements[i] = pattern_at(pattern, i, tensor_size(mask), &state);
  return mask;
}

/* Compares the coordinates found with those of all elements that are true, in C order.  Takes the mask. */
static void expect_found(Tensor *mask) {
  Tensor *found[TENSOR_MAX_DIMS];
  int ndim = tensor_ndim(mask);
  int64_t count = 0;
  ck_assert(tensor_nonzero(&test_runtime, mask, found));
  for (int64_t i = 0; i < tensor_size(mask); i++) {
    if (tensor_number_at(mask, i) == 0) continue;
    int64_t rest = i;
    for (int axis = ndim - 1; axis >= 0; rest /= layout_shape(mask->layout)[axis--]) {
      ck_assert_int_lt(count, tensor_size(found[axis]));
      ck_assert_int_eq(((const int64_t *)tensor_data(found[axis]))[count], rest % layout_shape(mask->layout)[axis]);
    }
    count++;
  }
  for (int axis = 0; axis < ndim; axis++) {
    ck_assert_int_eq(tensor_size(found[axis]), count);
    tensor_unref(found[axis]);
  }
  tensor_unref(mask);
}

START_TEST(masks_of_all_lengths_are_searched) {
  for (int64_t length = 0; length < 200; length++) expect_found(mask_of(_i, 1, &length));
  expect_found(mask_of(_i, SHAPE(70001)));
  for (int64_t width = 0; width < 140; width += width < 20 ? 1 : 7) expect_found(mask_of(_i, SHAPE(3, 2, width)));
  expect_found(mask_of(_i, SHAPE(0, 5)));
}
END_TEST

START_TEST(masks_of_any_layout_are_searched) {
  expect_found(window_taken(mask_of(_i, SHAPE(40, 90)), SHAPE(90, 40), (const int64_t[]){1, 90}, 0));
  expect_found(window_taken(mask_of(_i, SHAPE(500)), SHAPE(160), (const int64_t[]){3}, 1));
  expect_found(window_taken(mask_of(_i, SHAPE(500)), SHAPE(300), (const int64_t[]){-1}, 399));
  expect_found(window_taken(mask_of(_i, SHAPE(100)), SHAPE(7, 100), (const int64_t[]){0, 1}, 0));
}
END_TEST

static void expect_types_found(int pattern, DType dtype) {
  Tensor *mask = mask_of(pattern, SHAPE(150));
  expect_found(made(tensor_cast(&test_runtime, mask, dtype)));
  tensor_unref(mask);
}

START_TEST(numbers_are_searched_for_what_is_not_0) {
  for (int dtype = 0; dtype < DTYPE_COUNT; dtype++) expect_types_found(_i, (DType)dtype);
}
END_TEST

START_TEST(searches_can_be_interrupted) {
  Tensor *found[1], *mask = mask_of(HALF, SHAPE(1 << 19));
  interrupt_requested = 1;
  ck_assert(!tensor_nonzero(&test_runtime, mask, found));
  expect_failure(NULL, ERROR_INTERRUPT, "interrupted");
  interrupt_requested = 0;
  tensor_unref(mask);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("select");
  TCase *masks = tcase_create("masks");
  tcase_add_checked_fixture(masks, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(masks, masks_of_all_lengths_are_searched, 0, PATTERNS);
  tcase_add_loop_test(masks, masks_of_any_layout_are_searched, 0, PATTERNS);
  tcase_add_loop_test(masks, numbers_are_searched_for_what_is_not_0, 0, PATTERNS);
  tcase_add_test(masks, searches_can_be_interrupted);
  suite_add_tcase(suite, masks);
  return run_suite(suite);
}
