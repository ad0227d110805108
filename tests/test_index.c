/* SPDX-License-Identifier: MIT */
/* test_index.c: what stands between brackets, gathers, and writing through them. */
#include "runtime/kernels/index.h"
#include "tests/structures.h"

/* ---- an index from text: items separated by ";": "3", "1:9:2", "...", "+" (new axis), "[0 2 2]" (int64 vector),
   "{0 1|1 0}" (int64 matrix), "<1 0 1>" (mask), "<1|0>" (mask matrix), "t" and "f" (masks without axes) */
enum { MOST_ITEMS = 8 };
typedef struct TextIndex { int count; IndexItem items[MOST_ITEMS]; Tensor *tensors[MOST_ITEMS]; } TextIndex;

static Tensor *read_tensor(const char *text, DType dtype) {
  double numbers[64];
  int64_t shape[2] = {1, 0};
  bool matrix = *text == '{' || strchr(text, '|') != NULL;
  int count = 0;
  for (char *end = (char *)(uintptr_t)text + 1; *end && !strchr("])}>", *end);) {
    if (*end == '|') shape[0]++;
    if (*end == '|' || *end == ' ') end++;
    else numbers[count++] = strtod(end, &end);
  }
  shape[1] = count / shape[0];
  return array(dtype, matrix ? 2 : 1, matrix ? shape : &shape[1], numbers);
}

static IndexItem read_item(const char *text, Tensor **tensor) {
  IndexItem item = {.kind = INDEX_TENSOR};
  char *end;
  if (strcmp(text, "...") == 0) return (IndexItem){.kind = INDEX_ELLIPSIS};
  if (strcmp(text, "+") == 0) return (IndexItem){.kind = INDEX_NEW_AXIS};
  if (*text == 't' || *text == 'f') *tensor = made(tensor_new_number(&test_runtime, DTYPE_BOOL, *text == 't'));
  else if (*text == '[' || *text == '{') *tensor = read_tensor(text, DTYPE_INT64);
  else if (*text == '(') *tensor = read_tensor(text, DTYPE_FLOAT64);
  else if (*text == '<') *tensor = read_tensor(text, DTYPE_BOOL);
  item.tensor = *tensor;
  if (item.tensor) return item;
  item.kind = strchr(text, ':') ? INDEX_SLICE : INDEX_INTEGER;
  item.has_start = *text != ':';
  item.start = strtoll(text, &end, 10);
  item.has_stop = *end == ':' && end[1] && end[1] != ':';
  if (*end == ':') item.stop = strtoll(end + 1, &end, 10);
  item.has_step = *end == ':' && end[1];
  if (item.has_step) item.step = strtoll(end + 1, NULL, 10);
  return item;
}

static TextIndex read_index(const char *text) {
  TextIndex index = {0};
  char copy[200], *save = NULL;
  strcpy(copy, text);
  for (char *word = strtok_r(copy, ";", &save); word; word = strtok_r(NULL, ";", &save), index.count++)
    index.items[index.count] = read_item(word, &index.tensors[index.count]);
  return index;
}

static void free_index(TextIndex *index) {
  for (int i = 0; i < index->count; i++) tensor_unref(index->tensors[i]);
}

static bool plan_text(const Layout *of, const char *text, IndexPlan *plan) {
  TextIndex index = read_index(text);
  bool done = index_plan(&test_runtime, of, &(Index){index.count, index.items}, plan);
  free_index(&index);
  return done;
}

/* The operation with the plan's index tensors; `window` and `value` are released. */
static Tensor *with_indices(OpId op, const IndexPlan *plan, Tensor *window, Tensor *value) {
  Tensor *operands[TENSOR_MAX_DIMS + 2] = {window, value};
  int first = value ? 2 : 1;
  for (int i = 0; i < plan->index_count; i++) operands[first + i] = tensor_ref(plan->indices[i]);
  return call(op, first + plan->index_count, operands, attributes_ref(plan->attributes));
}

/* x[text]; x is released. */
static Tensor *take(Tensor *x, const char *text) {
  IndexPlan plan;
  if (!plan_text(x->layout, text, &plan)) {
    tensor_unref(x);
    return NULL;
  }
  Tensor *result = made(tensor_window(&test_runtime, x, plan.layout, plan.offset));
  tensor_unref(x);
  if (plan.index_count) result = with_indices(OP_gather, &plan, result, NULL);
  index_plan_free(&plan);
  return result;
}

/* ---- reading: rows are tried on every type and memory layout */
static const struct IndexRow {
  int ndim;
  int64_t shape[3];
  const char *index;
  int out_ndim;
  int64_t out_shape[4];
  int count;
  double numbers[12];
} rows[] = {
  {1, {5}, "2", 0, {0}, 1, {2}},
  {1, {5}, "-1", 0, {0}, 1, {4}},
  {1, {5}, "1:4", 1, {3}, 3, {1, 2, 3}},
  {1, {5}, ":", 1, {5}, 5, {0, 1, 2, 3, 4}},
  {1, {5}, "-2:", 1, {2}, 2, {3, 4}},
  {1, {5}, "::-1", 1, {5}, 5, {4, 3, 2, 1, 0}},
  {1, {5}, "3:0:-1", 1, {3}, 3, {3, 2, 1}},
  {1, {5}, "::2", 1, {3}, 3, {0, 2, 4}},
  {1, {5}, "-100:100", 1, {5}, 2, {0, 1}},
  {1, {5}, "100:-100:-3", 1, {2}, 2, {4, 1}},
  {1, {5}, "2:2", 1, {0}, 0, {0}},
  {1, {5}, "3:1", 1, {0}, 0, {0}},
  {1, {5}, "9:", 1, {0}, 0, {0}},
  {1, {5}, "::9223372036854775807", 1, {1}, 1, {0}},
  {1, {5}, "::-9223372036854775808", 1, {1}, 1, {4}},
  {1, {5}, "-9223372036854775808:9223372036854775807", 1, {5}, 1, {0}},
  {1, {5}, "...", 1, {5}, 2, {0, 1}},
  {1, {5}, "+;1:3;+", 3, {1, 2, 1}, 2, {1, 2}},
  {1, {0}, ":", 1, {0}, 0, {0}},
  {1, {0}, "::-1", 1, {0}, 0, {0}},
  {0, {0}, "...", 0, {0}, 1, {0}},
  {0, {0}, "+", 1, {1}, 1, {0}},
  {0, {0}, "t", 1, {1}, 1, {0}},
  {0, {0}, "f", 1, {0}, 0, {0}},
  {2, {2, 3}, "1", 1, {3}, 3, {3, 4, 5}},
  {2, {2, 3}, ":;1", 1, {2}, 2, {1, 4}},
  {2, {2, 3}, "...;0", 1, {2}, 2, {0, 3}},
  {2, {2, 3}, "1;...;2", 0, {0}, 1, {5}},
  {2, {2, 3}, "::-1;::-2", 2, {2, 2}, 4, {5, 3, 2, 0}},
  {2, {2, 3}, "0;+", 2, {1, 3}, 3, {0, 1, 2}},
  {1, {5}, "[0 2 2]", 1, {3}, 3, {0, 2, 2}},
  {1, {5}, "[-1 0]", 1, {2}, 2, {4, 0}},
  {1, {5}, "(1 -1)", 1, {2}, 2, {1, 4}},
  {1, {5}, "[]", 1, {0}, 0, {0}},
  {1, {5}, "()", 1, {0}, 0, {0}},
  {1, {5}, "{0 1|3 3}", 2, {2, 2}, 4, {0, 1, 3, 3}},
  {1, {5}, "<1 0 0 1 1>", 1, {3}, 3, {0, 3, 4}},
  {1, {5}, "<0 0 0 0 0>", 1, {0}, 0, {0}},
  {1, {5}, "+;[1 2]", 2, {1, 2}, 2, {1, 2}},
  {1, {5}, "t", 2, {1, 5}, 2, {0, 1}},
  {1, {5}, "f", 2, {0, 5}, 0, {0}},
  {2, {2, 3}, "[1 0]", 2, {2, 3}, 6, {3, 4, 5, 0, 1, 2}},
  {2, {2, 3}, ":;[2 0]", 2, {2, 2}, 4, {2, 0, 5, 3}},
  {2, {2, 3}, "[0 1];[2 1]", 1, {2}, 2, {2, 4}},
  {2, {2, 3}, "{0|1};[2 1]", 2, {2, 2}, 4, {2, 1, 5, 4}},
  {2, {2, 3}, "<1 0 1|0 1 0>", 1, {3}, 3, {0, 2, 4}},
  {2, {2, 3}, "<0 1>", 2, {1, 3}, 3, {3, 4, 5}},
  {2, {2, 3}, "<1 1>;1", 1, {2}, 2, {1, 4}},
  {2, {2, 3}, "<0 1>;[0 2]", 1, {2}, 2, {3, 5}},
  {2, {2, 3}, ":;<1 0 1>", 2, {2, 2}, 4, {0, 2, 3, 5}},
  {2, {2, 3}, "1;[0 0]", 1, {2}, 2, {3, 3}},
  {2, {2, 3}, "[1];+;1:", 3, {1, 1, 2}, 2, {4, 5}},
  {2, {2, 3}, "1:;[0 0]", 2, {1, 2}, 2, {3, 3}},
  {3, {2, 3, 2}, "[0 1];:;[1 0]", 2, {2, 3}, 6, {1, 3, 5, 6, 8, 10}},
  {3, {2, 3, 2}, ":;[0 2];[1 0]", 2, {2, 2}, 4, {1, 4, 7, 10}},
  {3, {2, 3, 2}, "1;:;[1 0]", 2, {2, 3}, 6, {7, 9, 11, 6, 8, 10}},
  {3, {2, 3, 2}, ":;2;[1 0]", 2, {2, 2}, 4, {5, 4, 11, 10}},
  {3, {2, 3, 2}, ":;[0 2 1];:", 3, {2, 3, 2}, 8, {0, 1, 4, 5, 2, 3, 6, 7}},
  {3, {2, 3, 2}, "...;[1]", 3, {2, 3, 1}, 6, {1, 3, 5, 7, 9, 11}},
  {3, {2, 3, 2}, "<1 0|0 1>", 0, {0}, -1, {0}},
  {3, {2, 3, 2}, ":;<1 0|0 1|1 1>", 2, {2, 4}, 8, {0, 3, 4, 5, 6, 9, 10, 11}},
  {3, {2, 3, 2}, "<1 0 0|0 1 0>", 2, {2, 2}, 4, {0, 1, 8, 9}},
  {3, {2, 3, 2}, "[1];+;0;[1]", 2, {1, 1}, 1, {7}},
};
enum { ROWS = sizeof rows / sizeof *rows };

START_TEST(reading) {
  const struct IndexRow *row = &rows[_i];
  for (int type = 0; type < TYPES; type++) {
    for (int kind = 0; kind < DISGUISES; kind++) {
      Tensor *got = take(disguised(numbered(all_types[type], row->ndim, row->shape), kind), row->index);
      if (row->count < 0) {
        expect_failure(got, ERROR_INDEX, "a mask of shape (2, 2) does not fit");
        continue;
      }
      made(got);
      expect_type(got, all_types[type]);
      ck_assert_int_eq(tensor_ndim(got), row->out_ndim);
      for (int i = 0; i < row->out_ndim; i++) ck_assert_int_eq(layout_shape(got->layout)[i], row->out_shape[i]);
      for (int i = 0; i < row->count; i++) {
        int64_t whole = (int64_t)row->numbers[i];
        ck_assert_double_eq(tensor_number_at(got, i), all_types[type] == DTYPE_BOOL ? whole % 3 != 0 : (double)whole);
      }
      tensor_unref(got);
    }
  }
}
END_TEST

static const struct { int ndim; int64_t shape[2]; const char *index, *message; int item; } failures[] = {
  {1, {3}, "5", "index 5 is out of range for " ERROR_SUBJECT(0) "of size 3 (use 0 to 2, or -3 to -1)", 0},
  {1, {3}, "-4", "index -4 is out of range", 0},
  {1, {1}, "1", "(use 0 or -1)", 0},
  {1, {0}, "0", "index 0 is out of range for " ERROR_SUBJECT(0) "of size 0 (it has no elements)", 0},
  {2, {2, 3}, "0;3", "index 3 is out of range for axis 1 of " ERROR_OPERAND(0) "(2, 3) (use 0 to 2, or -3 to -1)", 1},
  {2, {2, 3}, "0;0;0", ERROR_SUBJECT(0) "has 2 axes, but 3 indices are given", 2},
  {0, {0}, "0", ERROR_SUBJECT(0) "has 0 axes, but 1 index is given", 0},
  {1, {3}, "...;...", "only once", 1},
  {1, {3}, "::0", "the step of a slice cannot be 0", 0},
  {1, {3}, "[0 9]", "index 9 is out of range for " ERROR_SUBJECT(0) "of size 3", 0},
  {1, {3}, "(0 0.5)", "index must be a whole number, got 0.5", 0},
  {1, {3}, "(nan)", "index must be a whole number, got nan", 0},
  {1, {3}, "(1e300)", "index must be a whole number, got 1e+300", 0},
  {1, {3}, "<1 0>", "a mask of shape (2,) does not fit " ERROR_OPERAND(0) "(3,): axis 0 has size 3, the mask 2", 0},
  {2, {2, 3}, "[0 1];[0 1 2]", "indices of shapes (2,) and (3,) do not go together", -1},
  {1, {3}, "<1|0>", "has 1 axis, but 1 index is given", 0},
};
enum { FAILURES = sizeof failures / sizeof *failures };

START_TEST(failures_are_explained) {
  Tensor *got = take(numbered(DTYPE_FLOAT64, failures[_i].ndim, failures[_i].shape), failures[_i].index);
  ck_assert_int_eq(test_error.operand, failures[_i].item);
  expect_failure(got, ERROR_INDEX, failures[_i].message);
}
END_TEST

/* ---- writing */
START_TEST(gather_add_accumulates) {
  for (int type = 0; type < TYPES; type++) {
    IndexPlan plan;
    DType dtype = all_types[type];
    Tensor *x = numbered(dtype, SHAPE(2, 3)), *g = disguised(numbered(dtype, SHAPE(2, 3)), _i);
    ck_assert(plan_text(x->layout, ":;[2 0 2]", &plan));
    Tensor *sum = with_indices(OP_gather_add, &plan, g, NULL);
    if (dtype == DTYPE_BOOL) expect_array(sum, dtype, SHAPE(2, 3), (const double[]){1, 0, 1, 1, 0, 1});
    else expect_array(sum, dtype, SHAPE(2, 3), (const double[]){1, 0, 2, 4, 0, 8});
    index_plan_free(&plan);
    tensor_unref(x);
  }
}
END_TEST

START_TEST(gather_put_keeps_the_last) {
  for (int type = 1; type < TYPES; type++) {
    IndexPlan plan;
    Tensor *x = disguised(numbered(all_types[type], SHAPE(2, 3)), _i);
    ck_assert(plan_text(x->layout, "[0 1 0];[1 2 1]", &plan));
    Tensor *put = with_indices(OP_gather_put, &plan, x, vector(DTYPE_FLOAT32, NUMBERS(7, 8, 9.5)));
    expect_array(put, all_types[type], SHAPE(2, 3), (const double[]){0, all_types[type] < DTYPE_FLOAT32 ? 9 : 9.5, 2,
                                                                     3, 4, 8});
    index_plan_free(&plan);
  }
}
END_TEST

START_TEST(gather_put_repeats_its_value) {
  IndexPlan plan;
  Tensor *x = numbered(DTYPE_INT64, SHAPE(2, 3));
  ck_assert(plan_text(x->layout, "<0 1>", &plan));
  expect_array(with_indices(OP_gather_put, &plan, tensor_ref(x), number(7)), DTYPE_INT64, SHAPE(2, 3),
               (const double[]){0, 1, 2, 7, 7, 7});
  expect_failure(with_indices(OP_gather_put, &plan, x, vector(DTYPE_INT64, NUMBERS(1, 2))), ERROR_SHAPE,
                 "cannot write shape (2,) into the selected elements of shape (1, 3)");
  index_plan_free(&plan);
}
END_TEST

/* Reading what was written gives it back; adding what was read multiplies it by how often it is indexed. */
START_TEST(reading_and_writing_agree) {
  const struct IndexRow *row = &rows[_i];
  IndexPlan plan;
  Tensor *whole = numbered(DTYPE_FLOAT64, row->ndim, row->shape);
  if (row->count >= 0 && plan_text(whole->layout, row->index, &plan)) {
    if (plan.index_count) {
      Tensor *x = made(tensor_window(&test_runtime, whole, plan.layout, plan.offset));
      Tensor *read = made(with_indices(OP_gather, &plan, tensor_ref(x), NULL));
      expect_same(with_indices(OP_gather_put, &plan, tensor_ref(x), tensor_ref(read)),
                  made(tensor_copy(&test_runtime, x)));
      Tensor *added = made(with_indices(OP_gather_add, &plan, read, NULL));
      double got = 0, expected = 0;
      Tensor *ones = made(tensor_copy(&test_runtime, x));
      ck_assert(tensor_fill(&test_runtime, ones, 1));
      Tensor *times = made(with_indices(OP_gather_add, &plan, made(with_indices(OP_gather, &plan, ones, NULL)), NULL));
      for (int64_t i = 0; i < tensor_size(x); i++) {
        got += tensor_number_at(added, i);
        expected += tensor_number_at(times, i) * tensor_number_at(x, i);
      }
      ck_assert_double_eq(got, expected);
      tensor_unref(added);
      tensor_unref(times);
      tensor_unref(x);
    }
    index_plan_free(&plan);
  }
  tensor_unref(whole);
}
END_TEST

/* ---- sizes and memory */
START_TEST(large_gathers_can_be_interrupted) {
  int64_t size = 1 << 20;
  Tensor *x = numbered(DTYPE_INT64, 1, &size), *indices = numbered(DTYPE_INT64, 1, &size);
  Tensor *all = made(gather_along(&test_runtime, x, 0, indices));
  ck_assert_double_eq(tensor_number_at(all, size - 1), (double)(size - 1));
  tensor_unref(all);
  interrupt_requested = 1;
  expect_failure(gather_along(&test_runtime, x, 0, indices), ERROR_INTERRUPT, "interrupted");
  interrupt_requested = 0;
  tensor_unref(x);
  tensor_unref(indices);
}
END_TEST

START_TEST(nonzero_lists_coordinates) {
  Tensor *found[2], *x = disguised(array(DTYPE_FLOAT64, SHAPE(2, 3), (const double[]){0, NAN, 0, -0.0, 2, -1}), _i);
  ck_assert(tensor_nonzero(&test_runtime, x, found));
  expect_vector(found[0], DTYPE_INT64, NUMBERS(0, 1, 1));
  expect_vector(found[1], DTYPE_INT64, NUMBERS(1, 1, 2));
  tensor_unref(x);
}
END_TEST

START_TEST(exhausted_memory_is_an_error) {
  bool failed = true;
  for (size_t n = 1; failed; n++) {
    IndexPlan plan;
    Tensor *x = numbered(DTYPE_FLOAT64, SHAPE(2, 3)), *put = NULL;
    TextIndex index = read_index("<0 1>;(1 -1)");
    memory_fail_at(n, true);
    bool planned = index_plan(&test_runtime, x->layout, &(Index){index.count, index.items}, &plan);
    if (planned) {
      Tensor *window = tensor_window(&test_runtime, x, plan.layout, plan.offset);
      Tensor *gathered = window ? with_indices(OP_gather, &plan, window, NULL) : NULL;
      put = gathered ? with_indices(OP_gather_put, &plan, tensor_ref(x), gathered) : NULL;
    }
    failed = memory_failure_hit();
    memory_fail_at(0, false);
    ck_assert(failed == (put == NULL));
    if (failed) ck_assert_int_eq(test_error.kind, ERROR_MEMORY);
    error_clear(&test_error);
    if (planned) index_plan_free(&plan);
    free_index(&index);
    tensor_unref(put);
    tensor_unref(x);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("index");
  TCase *index = tcase_create("index");
  tcase_add_checked_fixture(index, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(index, reading, 0, ROWS);
  tcase_add_loop_test(index, failures_are_explained, 0, FAILURES);
  tcase_add_loop_test(index, gather_add_accumulates, 0, DISGUISES);
  tcase_add_loop_test(index, gather_put_keeps_the_last, 0, DISGUISES);
  tcase_add_test(index, gather_put_repeats_its_value);
  tcase_add_loop_test(index, reading_and_writing_agree, 0, ROWS);
  tcase_add_test(index, large_gathers_can_be_interrupted);
  tcase_add_loop_test(index, nonzero_lists_coordinates, 0, DISGUISES);
  tcase_add_test(index, exhausted_memory_is_an_error);
  suite_add_tcase(suite, index);
  return run_suite(suite);
}
