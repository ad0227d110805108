/* SPDX-License-Identifier: MIT */
/* test_sort.c: argsort, sort_values and argselect of many numbers against a plain comparison sort. */
#include <inttypes.h>
#include <math.h>

#include "runtime/kernels/sort_radix.h"
#include "tests/tensors.h"

/* ---- what is right */
typedef struct Entry { double real; int64_t integer, index; } Entry;

static int compare_entries(const void *first, const void *second) {
  const Entry *a = first, *b = second;
  bool a_nan = a->real != a->real, b_nan = b->real != b->real;
  if (a_nan != b_nan) return a_nan ? 1 : -1;
  if (!a_nan && a->real != b->real) return a->real > b->real ? 1 : -1;
  if (a->integer != b->integer) return a->integer > b->integer ? 1 : -1;
  return a->index > b->index ? 1 : -1;
}

/* The element of a contiguous tensor as something to compare. */
static Entry entry_at(const Tensor *x, int64_t at, int64_t index) {
  if (tensor_is_float(x)) return (Entry){tensor_number_at(x, at), 0, index};
  return (Entry){0, tensor_integer_at(x, at), index};
}

/* The same number, also of zero's two signs; any nan for nan. */
static bool is_same(const Tensor *a, int64_t i, const Tensor *b, int64_t k) {
  double x = tensor_number_at(a, i), y = tensor_number_at(b, k);
  if (!tensor_is_float(a)) return tensor_integer_at(a, i) == tensor_integer_at(b, k);
  return (x == y && signbit(x) == signbit(y)) || (x != x && y != y);
}

static void check_line(const Tensor *x, const Tensor *order, const Tensor *values, int64_t first, int64_t n,
                       int64_t step) {
  Entry *entries = memory_allocate((size_t)n * sizeof *entries);
  for (int64_t i = 0; i < n; i++) entries[i] = entry_at(x, first + i * step, i);
  qsort(entries, (size_t)n, sizeof *entries, compare_entries);
  for (int64_t i = 0; i < n; i++)
    if (tensor_integer_at(order, first + i * step) != entries[i].index)
      ck_abort_msg("place %" PRId64 " of %" PRId64 ": %" PRId64 " instead of %" PRId64, i, n,
                   tensor_integer_at(order, first + i * step), entries[i].index);
  for (int64_t i = 0; i < n; i++)
    ck_assert_msg(is_same(values, first + i * step, x, first + entries[i].index * step),
                  "place %" PRId64 " of %" PRId64 ": %.17g", i, n, tensor_number_at(values, first + i * step));
  memory_release(entries, (size_t)n * sizeof *entries);
}

static Tensor *argsort(Tensor *x, int64_t axis) {
  return call1(OP_argsort, tensor_ref(x), axis_of(1, axis));
}

static Tensor *sorted(Tensor *x, int64_t axis) {
  return call1(OP_sort_values, tensor_ref(x), axis_of(1, axis));
}

static Tensor *rank_vector(int64_t count, const int64_t *ranks) {
  Tensor *vector = made(tensor_new_shape(&test_runtime, DTYPE_INT64, 1, &count));
  memcpy(tensor_data(vector), ranks, (size_t)count * sizeof *ranks);
  return vector;
}

static Tensor *selected(Tensor *x, int64_t count, const int64_t *ranks, int64_t axis) {
  return call(OP_argselect, 2, (Tensor *[]){tensor_ref(x), rank_vector(count, ranks)}, axis_of(1, axis));
}

/* What is at some ranks of lines of n elements against the whole order. */
static void check_selected(Tensor *x, const Tensor *order, int64_t axis, int64_t n, int64_t step) {
  const int64_t ranks[] = {n / 2, (n + 1) / 2 % n, n - 1, 0, n / 2, n / 3, n / 7, n * 3 / 4};
  for (int64_t count = 0; count <= (int64_t)(sizeof ranks / sizeof *ranks); count++) {
    Tensor *places = made(selected(x, count, ranks, axis));
    ck_assert_int_eq(tensor_size(places), tensor_size(x) / n * count);
    for (int64_t i = 0; i < tensor_size(places); i++) {
      int64_t at = i / (count * step) * n * step + ranks[i / step % count] * step + i % step;
      ck_assert_msg(tensor_integer_at(places, i) == tensor_integer_at(order, at),
                    "rank %" PRId64 " of %" PRId64 ": %" PRId64 " instead of %" PRId64, ranks[i / step % count], n,
                    tensor_integer_at(places, i), tensor_integer_at(order, at));
    }
    tensor_unref(places);
  }
}

static void check_vector(Tensor *x) {
  Tensor *order = made(argsort(x, 0)), *values = made(sorted(x, 0));
  ck_assert_int_eq(values->dtype, x->dtype);
  check_line(x, order, values, 0, tensor_size(x), 1);
  check_selected(x, order, 0, tensor_size(x), 1);
  tensor_unref(order);
  tensor_unref(values);
}

/* ---- numbers to sort */
static uint64_t random_state;

static uint64_t random_bits(void) {
  random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  uint64_t mixed = random_state ^ random_state >> 29;
  return mixed * UINT64_C(0xbf58476d1ce4e5b9) ^ mixed >> 32;
}

static double unit(void) {
  return (double)(random_bits() >> 11) * 0x1p-53;
}

static double any_bits(void) {
  uint64_t bits = random_bits();
  double number;
  memcpy(&number, &bits, sizeof number);
  return number;
}

static double special(void) {
  static const double numbers[] = {0.0, -0.0, 1, -1, (double)NAN, (double)INFINITY, -(double)INFINITY, 5e-324, -5e-324};
  return numbers[random_bits() % 9];
}

static double normal(void) { return unit() + unit() + unit() - unit() - unit() - unit(); }
static double few(void) { return (double)(random_bits() % 7) - 3; }
static double near_one(void) { return 1 + (double)(random_bits() % 100000) * 0x1p-52; }
/* Each bucket of keys holds many, or nearly all. */
static double uneven(void) { return random_bits() % 50 ? 1 + unit() * 0x1p-40 : any_bits(); }
/* The middle lies between two crowds. */
static double halves(void) { return (random_bits() % 2 ? 1 : -1) + unit() * 0x1p-40; }
/* Equal in the upper halves of their bits, in runs of any length. */
static double in_runs(void) { return (double)(random_bits() % 50) + (double)(random_bits() % 4096) * 0x1p-46; }
static double constant(void) { return 2.5; }
static double rising(void) { static double last; return last += unit(); }
static double falling(void) { return -rising(); }

static double (*const sources[])(void) = {unit,    normal,   any_bits, special, few,
                                          near_one, in_runs, constant, rising,  falling, uneven, halves};
enum { SOURCES = sizeof sources / sizeof *sources };
static const int64_t sizes[] = {1, 2, 32, 33, 100, 255, 256, 257, 1000, 5000, 70000};
enum { SIZES = sizeof sizes / sizeof *sizes };

static Tensor *random_vector(DType dtype, int64_t n, double (*source)(void)) {
  Tensor *x = made(tensor_new_shape(&test_runtime, dtype, 1, &n));
  for (int64_t i = 0; i < n; i++) {
    double number = source();
    if (dtype == DTYPE_FLOAT64) ((double *)tensor_data(x))[i] = number;
    else ((float *)tensor_data(x))[i] = (float)number;
  }
  return x;
}

START_TEST(test_real_vectors) {
  random_state = (uint64_t)_i + 1;
  for (int size = 0; size < SIZES; size++) {
    for (int dtype = DTYPE_FLOAT32; dtype <= DTYPE_FLOAT64; dtype++) {
      Tensor *x = random_vector((DType)dtype, sizes[size], sources[_i]);
      check_vector(x);
      tensor_unref(x);
    }
  }
}
END_TEST

/* Numbers of so many bits, also negative ones. */
START_TEST(test_integer_vectors) {
  random_state = (uint64_t)_i + 1;
  for (int size = 0; size < SIZES; size++) {
    Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_INT64, 1, &sizes[size]));
    int64_t *numbers = tensor_data(x);
    for (int64_t i = 0; i < sizes[size]; i++) numbers[i] = (int64_t)random_bits() >> (63 - _i);
    check_vector(x);
    Tensor *narrow = made(tensor_cast(&test_runtime, x, DTYPE_INT32));
    check_vector(narrow);
    tensor_unref(narrow);
    tensor_unref(x);
  }
}
END_TEST

START_TEST(test_axes) {
  const int64_t shape[] = {300, 3, 400};
  const int64_t steps[] = {1200, 400, 1};
  Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, 3, shape));
  for (int64_t i = 0; i < tensor_size(x); i++) ((double *)tensor_data(x))[i] = few();
  Tensor *order = made(argsort(x, _i)), *values = made(sorted(x, _i));
  for (int64_t i = 0; i < tensor_size(x); i++) {
    bool starts_line = i / steps[_i] % shape[_i] == 0;
    if (starts_line) check_line(x, order, values, i, shape[_i], steps[_i]);
  }
  check_selected(x, order, _i, shape[_i], steps[_i]);
  tensor_unref(order);
  tensor_unref(values);
  tensor_unref(x);
}
END_TEST

START_TEST(test_interrupt) {
  Tensor *x = random_vector(DTYPE_FLOAT64, 70000, in_runs);
  interrupt_requested = 1;
  ck_assert_ptr_null(argsort(x, 0));
  ck_assert_int_eq(test_error.kind, ERROR_INTERRUPT);
  interrupt_requested = 1;
  ck_assert_ptr_null(sorted(x, 0));
  ck_assert_int_eq(test_error.kind, ERROR_INTERRUPT);
  interrupt_requested = 1;
  expect_failure(selected(x, 1, (int64_t[]){35000}, 0), ERROR_INTERRUPT, "interrupted");
  interrupt_requested = 0;
  tensor_unref(x);
}
END_TEST

static Tensor *top(Tensor *x, int64_t k, int64_t axis) {
  Attributes *attributes = axis_of(2, k);
  attributes_set_integer(attributes, 1, axis);
  return call1(OP_argtop, tensor_ref(x), attributes);
}

/* Rows that are sorted at once need a look at Ctrl-C between them. */
START_TEST(many_short_rows_can_be_interrupted) {
  const int64_t shape[] = {5000, 4};
  Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, 2, shape));
  for (int64_t i = 0; i < tensor_size(x); i++) ((double *)tensor_data(x))[i] = few();
  Tensor *(*const takers[])(Tensor *, int64_t) = {argsort, sorted};
  for (int k = 0; k < 2; k++) {
    interrupt_requested = 1;
    expect_failure(takers[k](x, 1), ERROR_INTERRUPT, "interrupted");
  }
  interrupt_requested = 1;
  expect_failure(top(x, 2, 1), ERROR_INTERRUPT, "interrupted");
  interrupt_requested = 1;
  expect_failure(selected(x, 1, (int64_t[]){2}, 1), ERROR_INTERRUPT, "interrupted");
  interrupt_requested = 0;
  tensor_unref(x);
}
END_TEST

START_TEST(the_largest_need_room) {
  Tensor *x = random_vector(DTYPE_FLOAT32, 700, unit);
  for (size_t n = 1;; n++) {
    Attributes *attributes = axis_of(2, 5);
    attributes_set_integer(attributes, 1, 0);
    memory_fail_at(n, true);
    Tensor *order = call1(OP_argtop, tensor_ref(x), attributes);
    bool hit = memory_failure_hit();
    memory_fail_at(0, false);
    tensor_unref(order);
    if (!hit) break;
    expect_failure(order, ERROR_MEMORY, "out of memory");
  }
  expect_failure(top(x, 701, 0), ERROR_ARGUMENT, "argtop cannot take 701 of 700 elements");
  expect_failure(top(x, -1, 0), ERROR_ARGUMENT, "argtop cannot take -1 of 700 elements");
  tensor_unref(x);
}
END_TEST

/* By buckets, and so many ranks that all elements are sorted. */
START_TEST(selecting_needs_room) {
  Tensor *x = random_vector(DTYPE_FLOAT32, 700, unit);
  int64_t ranks[50];
  for (int64_t i = 0; i < 50; i++) ranks[i] = i * 14;
  for (size_t n = 1;; n++) {
    Tensor *operands[] = {tensor_ref(x), rank_vector(_i ? 50 : 2, ranks)};
    Attributes *attributes = axis_of(1, 0);
    memory_fail_at(n, true);
    Tensor *places = call(OP_argselect, 2, operands, attributes);
    bool hit = memory_failure_hit();
    memory_fail_at(0, false);
    tensor_unref(places);
    if (!hit) break;
    expect_failure(places, ERROR_MEMORY, "out of memory");
  }
  tensor_unref(x);
}
END_TEST

START_TEST(ranks_are_checked) {
  Tensor *x = random_vector(DTYPE_FLOAT64, 5, unit);
  expect_failure(selected(x, 2, (int64_t[]){4, 5}, 0), ERROR_ARGUMENT, "argselect has no rank 5 among 5 elements");
  expect_failure(selected(x, 1, (int64_t[]){-1}, 0), ERROR_ARGUMENT, "argselect has no rank -1 among 5 elements");
  expect_failure(call2(OP_argselect, tensor_ref(x), number(2)), ERROR_SHAPE,
                 "argselect needs a vector of ranks, but its shape is a scalar");
  tensor_unref(x);
}
END_TEST

/* Each step over all numbers by itself. */
START_TEST(every_pass_of_a_radix_sort_can_be_interrupted) {
  enum { COUNT = 1000 };
  static uint64_t keys[COUNT], order[COUNT], spare[COUNT];
  double numbers[COUNT];
  for (int i = 0; i < COUNT; i++) numbers[i] = i * 1.37 - 500;
  ck_assert(radix_keys(&test_runtime, keys, (const char *)numbers, 1, COUNT, true));
  interrupt_requested = 1;
  ck_assert(!radix_keys(&test_runtime, keys, (const char *)numbers, 1, COUNT, true));
  ck_assert_ptr_null(radix_order(&test_runtime, keys, COUNT, order, spare));
  ck_assert_ptr_null(radix_sort(&test_runtime, keys, spare, COUNT));
  ck_assert_int_eq(test_error.kind, ERROR_INTERRUPT);
}
END_TEST

START_TEST(test_memory_runs_out) {
  Tensor *x = random_vector(DTYPE_FLOAT64, 5000, unit);
  const OpId op = _i ? OP_sort_values : OP_argsort;
  for (size_t n = 1;; n++) {
    Attributes *attributes = axis_of(1, 0);
    memory_fail_at(n, true);
    Tensor *order = call1(op, tensor_ref(x), attributes);
    bool hit = memory_failure_hit();
    memory_fail_at(0, false);
    tensor_unref(order);
    if (!hit) break;
    expect_failure(order, ERROR_MEMORY, "out of memory");
  }
  tensor_unref(x);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("sort");
  TCase *tests = tcase_create("sort");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(tests, test_real_vectors, 0, SOURCES);
  tcase_add_loop_test(tests, test_integer_vectors, 0, 64);
  tcase_add_loop_test(tests, test_axes, 0, 3);
  tcase_add_test(tests, test_interrupt);
  tcase_add_test(tests, many_short_rows_can_be_interrupted);
  tcase_add_test(tests, the_largest_need_room);
  tcase_add_loop_test(tests, selecting_needs_room, 0, 2);
  tcase_add_test(tests, ranks_are_checked);
  tcase_add_test(tests, every_pass_of_a_radix_sort_can_be_interrupted);
  tcase_add_loop_test(tests, test_memory_runs_out, 0, 2);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
