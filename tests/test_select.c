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

/* ---- index tensors */
enum { ROWS_OF_X = 11, INDICES = 37 };

/* Whole numbers from -ROWS_OF_X to ROWS_OF_X - 1, or from 0 on. */
static Tensor *random_indices(bool negative, int disguise) {
  uint32_t state = 7;
  Tensor *indices = made(tensor_new_shape(&test_runtime, DTYPE_INT64, SHAPE(INDICES)));
  int64_t *values = tensor_data(indices);
  for (int64_t i = 0; i < INDICES; i++)
    values[i] = (int64_t)(next_random(&state) % ROWS_OF_X) - (negative && i % 3 == 0 ? ROWS_OF_X : 0);
  return disguised(indices, disguise);
}

/* x[indices] for axis 0, or x[:, indices]. */
static bool plan_rows(const Layout *x, int axis, Tensor *indices, IndexPlan *plan) {
  IndexItem items[] = {{.kind = INDEX_SLICE}, {.kind = INDEX_TENSOR, .tensor = indices}};
  return index_plan(&test_runtime, x, &(Index){axis + 1, axis ? items : items + 1}, plan);
}

static int64_t row_at(const Tensor *indices, int64_t k) {
  int64_t row = (int64_t)tensor_number_at(indices, k);
  return row < 0 ? row + ROWS_OF_X : row;
}

/* Where element i of the gathered tensor, of `width` elements beside each index, comes from in C order. */
static int64_t source_of(int axis, const Tensor *indices, int64_t i, int64_t width) {
  if (axis == 0) return row_at(indices, i / width) * width + i % width;
  return i / INDICES * ROWS_OF_X + row_at(indices, i % INDICES);
}

static Tensor *with_plan(OpId op, const IndexPlan *plan, Tensor *first, Tensor *second) {
  Tensor *indices = tensor_ref(plan->indices[0]), *operands[] = {first, second ? second : indices, indices};
  return made(call(op, second ? 3 : 2, operands, attributes_ref(plan->attributes)));
}

static void expect_elements(Tensor *got, const double *numbers, DType dtype) {
  expect_type(got, dtype);
  for (int64_t i = 0; i < tensor_size(got); i++) ck_assert_double_eq(tensor_number_at(got, i), numbers[i]);
  tensor_unref(got);
}

/* Reads, replaces and adds; all is exact in every type. */
static void expect_moves(Tensor *x, int axis, Tensor *indices, int64_t width, int disguise) {
  IndexPlan plan;
  DType dtype = (DType)x->dtype;
  ck_assert(plan_rows(x->layout, axis, indices, &plan));
  Tensor *gathered = with_plan(OP_gather, &plan, tensor_ref(x), NULL);
  int64_t size = tensor_size(x), count = tensor_size(gathered);
  double *put = calloc((size_t)size, sizeof *put), *sums = calloc((size_t)size, sizeof *sums);
  for (int64_t i = 0; i < size; i++) put[i] = tensor_number_at(x, i);
  for (int64_t i = 0; i < count; i++) {
    int64_t source = source_of(axis, indices, i, width);
    double number = tensor_number_at(gathered, i);
    ck_assert_double_eq(number, tensor_number_at(x, source));
    sums[source] = dtype == DTYPE_BOOL ? sums[source] != 0 || number != 0 : sums[source] + number;
    if (dtype == DTYPE_UINT8) sums[source] = fmod(sums[source], 256);
  }
  Tensor *other = numbered(dtype, 2, layout_shape(gathered->layout));
  for (int64_t i = 0; i < count; i++) put[source_of(axis, indices, i, width)] = tensor_number_at(other, i);
  expect_elements(with_plan(OP_gather_add, &plan, disguised(gathered, disguise), NULL), sums, dtype);
  expect_elements(with_plan(OP_gather_put, &plan, tensor_ref(x), disguised(other, disguise)), put, dtype);
  free(put), free(sums);
  index_plan_free(&plan);
}

START_TEST(rows_and_columns_are_selected) {
  static const int64_t widths[] = {1, 3, 9, 20, 70};
  for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
    for (int type = 0; type < TYPES; type++)
      for (int trial = 0; trial < 4 * DISGUISES; trial++) {
        int axis = trial & 1, disguise = trial / 4;
        int64_t shape[] = {axis ? widths[w] : ROWS_OF_X, axis ? ROWS_OF_X : widths[w]};
        Tensor *x = disguised(numbered(all_types[type], 2, shape), disguise);
        Tensor *indices = random_indices(trial & 2, _i);
        expect_moves(x, axis, indices, widths[w], disguise);
        tensor_unref(x);
        tensor_unref(indices);
      }
}
END_TEST

/* The first index that is out of range is named, wherever it stands. */
START_TEST(bad_indices_are_named) {
  static const int64_t bad[] = {ROWS_OF_X, -ROWS_OF_X - 1, INT64_MAX, INT64_MIN, INT64_MIN + ROWS_OF_X, 1 << 30};
  for (size_t b = 0; b < sizeof bad / sizeof *bad; b++)
    for (int negative = 0; negative < 2; negative++) {
      IndexPlan plan;
      char text[80];
      Tensor *x = numbered(DTYPE_FLOAT32, SHAPE(2, ROWS_OF_X)), *indices = random_indices(negative, 0);
      int64_t *values = tensor_data(indices);
      values[_i] = bad[b];
      values[INDICES - 1] = 99;
      int64_t named = _i == INDICES - 1 ? 99 : bad[b];
      snprintf(text, sizeof text, "index %lld is out of range for axis 1", (long long)named);
      ck_assert(!plan_rows(x->layout, 1, indices, &plan));
      expect_failure(NULL, ERROR_INDEX, text);
      tensor_unref(x);
      tensor_unref(indices);
    }
}
END_TEST

START_TEST(checks_of_indices_can_be_interrupted) {
  IndexPlan plan;
  int64_t shape[] = {1 << 19};
  Tensor *x = numbered(DTYPE_UINT8, 1, shape), *indices = made(tensor_new_shape(&test_runtime, DTYPE_INT64, 1, shape));
  memset(tensor_data(indices), 0xff * _i, sizeof(int64_t) << 19);
  interrupt_requested = 1;
  ck_assert(!plan_rows(x->layout, 0, indices, &plan));
  expect_failure(NULL, ERROR_INTERRUPT, "interrupted");
  interrupt_requested = 0;
  tensor_unref(x);
  tensor_unref(indices);
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
  TCase *indices = tcase_create("indices");
  tcase_add_checked_fixture(indices, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(indices, rows_and_columns_are_selected, 0, DISGUISES);
  tcase_add_loop_test(indices, bad_indices_are_named, 0, INDICES);
  tcase_add_loop_test(indices, checks_of_indices_can_be_interrupted, 0, 2);
  suite_add_tcase(suite, indices);
  return run_suite(suite);
}
