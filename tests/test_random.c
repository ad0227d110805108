/* SPDX-License-Identifier: MIT */
/* test_random.c: the generator against published numbers, and distributions against their moments. */
#include "runtime/random.h"
#include "tests/tensors.h"

/* ---- streams that never change */
START_TEST(bits_are_those_of_xoshiro) {
  static const uint64_t reference[] = {41943041, 58720359, 3588806011781223, 3591011842654386};
  Random random = {{1, 2, 3, 4}};
  for (int i = 0; i < 4; i++) ck_assert(random_next(&random) == reference[i]);
}
END_TEST

START_TEST(seeds_give_fixed_streams) {
  static const struct { uint64_t seed, bits[4]; } streams[] = {
    {0, {0x53175d61490b23df, 0x61da6f3dc380d507, 0x5c0fdf91ec9a7bfc, 0x02eebf8c3bbe5e1a}},
    {1, {0xcfc5d07f6f03c29b, 0xbf424132963fe08d, 0x19a37d5757aaf520, 0xbf08119f05cd56d6}},
    {42, {0xd0764d4f4476689f, 0x519e4174576f3791, 0xfbe07cfb0c24ed8c, 0xb37d9f600cd835b8}},
  };
  for (int i = 0; i < 3; i++) {
    Random random;
    random_seed(&random, streams[i].seed);
    for (int k = 0; k < 4; k++) ck_assert(random_next(&random) == streams[i].bits[k]);
  }
}
END_TEST

START_TEST(no_seed_is_seed_0) {
  Random random = {{0}};
  ck_assert(random_next(&random) == 0x53175d61490b23df);
}
END_TEST

START_TEST(uniform_numbers_are_fixed) {
  static const double expected[] = {0.3245752680314067, 0.38223929651167343, 0.3596172076473553, 0.011455508934653635};
  Random random;
  random_seed(&random, 0);
  for (int i = 0; i < 4; i++) ck_assert_double_eq(random_uniform(&random), expected[i]);
}
END_TEST

/* Computed once elsewhere with another mathematics library, hence the last bits may differ, but no decision does. */
START_TEST(normal_numbers_are_fixed) {
  static const double expected[] = {-0.27087602773963276, -1.1573585874774681, -0.1349000862586763,
                                    0.02856526280858126};
  Random random;
  random_seed(&random, 0);
  double last = 0, most = 0;
  for (int i = 0; i < 1000000; i++) {
    last = random_normal(&random);
    if (i < 4) ck_assert_double_eq_tol(last, expected[i], 1e-14);
    if (i == 999) ck_assert_double_eq_tol(last, -0.5013417387750565, 1e-14);
    most = last > most ? last : most;
  }
  ck_assert_double_eq_tol(last, -0.22556651596211671, 1e-14);
  ck_assert_double_eq_tol(most, 4.900809787980489, 1e-13);
}
END_TEST

START_TEST(other_streams_are_fixed) {
  static const double gammas[] = {2.003554254059597, 4.387343137223846, 0.5950558338653966};
  static const uint64_t digits[] = {0, 6, 8, 8, 6, 1, 1, 6, 5, 0, 5, 1};
  Random random;
  random_seed(&random, 7);
  for (int i = 0; i < 3; i++) ck_assert_double_eq_tol(random_gamma(&random, 2.5), gammas[i], 1e-14);
  random_seed(&random, 3);
  for (int i = 0; i < 12; i++) ck_assert(random_below(&random, 10) == digits[i]);
  random_seed(&test_runtime.random, 3);
  expect_vector(random_permutation(&test_runtime, 8), DTYPE_INT64, NUMBERS(0, 5, 7, 2, 6, 1, 4, 3));
}
END_TEST

/* The logarithm of our own against the C library's. */
START_TEST(exponential_numbers_are_logarithms) {
  Random random, same;
  random_seed(&random, 5);
  random_seed(&same, 5);
  double worst = 0;
  for (int i = 0; i < 100000; i++) {
    double expected = -log((double)((random_next(&same) >> 11) + 1) * 0x1p-53);
    worst = fmax(worst, fabs(random_exponential(&random) / expected - 1));
  }
  ck_assert_double_lt(worst, 4e-16);
}
END_TEST

/* ---- shapes of distributions */
enum { SAMPLES = 80000 };

static void expect_moments(Tensor *x, DType dtype, double mean, double variance, double least, double most) {
  double sum = 0, squares = 0;
  bool within = true;
  made(x);
  expect_type(x, dtype);
  for (int64_t i = 0; i < tensor_size(x); i++) {
    double value = tensor_number_at(x, i);
    within = within && value >= least && value <= most;
    sum += value;
    squares += (value - mean) * (value - mean);
  }
  ck_assert(within);
  double n = (double)tensor_size(x);
  ck_assert_double_eq_tol(sum / n, mean, 5 * sqrt(variance / n) + 1e-12);
  ck_assert_double_eq_tol(squares / n, variance, 0.05 * variance + 1e-12);
  tensor_unref(x);
}

START_TEST(uniform_and_normal_tensors) {
  const int64_t shape[] = {SAMPLES / 2, 2};
  random_seed(&test_runtime.random, 1);
  expect_moments(random_uniform_tensor(&test_runtime, DTYPE_FLOAT64, 2, shape, -1, 3), DTYPE_FLOAT64, 1, 4.0 / 3, -1,
                 nextafter(3, 0));
  expect_moments(random_uniform_tensor(&test_runtime, DTYPE_FLOAT32, 2, shape, 0, 1), DTYPE_FLOAT32, 0.5, 1.0 / 12,
                 0, nextafterf(1, 0));
  expect_moments(random_normal_tensor(&test_runtime, DTYPE_FLOAT64, 2, shape, 2, 3), DTYPE_FLOAT64, 2, 9, -20, 24);
  expect_moments(random_integer_tensor(&test_runtime, 2, shape, -3, 3), DTYPE_INT64, -0.5, 35.0 / 12, -3, 2);
  expect_number(random_uniform_tensor(&test_runtime, DTYPE_FLOAT64, 0, NULL, 2, 2), DTYPE_FLOAT64, 2);
  expect_vector(random_normal_tensor(&test_runtime, DTYPE_FLOAT32, SHAPE(0), 0, 1), DTYPE_FLOAT32, 0, NULL);
}
END_TEST

static const struct { RandomKind kind; double a, b; DType dtype; double mean, variance, least, most; } kinds[] = {
  {RANDOM_EXPONENTIAL, 0.5, 0, DTYPE_FLOAT64, 0.5, 0.25, 0, 1e9},
  {RANDOM_GAMMA, 2, 1.5, DTYPE_FLOAT64, 3, 4.5, 0, 1e9},
  {RANDOM_GAMMA, 0.3, 1, DTYPE_FLOAT64, 0.3, 0.3, 0, 1e9},
  {RANDOM_BETA, 2, 3, DTYPE_FLOAT64, 0.4, 0.04, 0, 1},
  {RANDOM_BETA, 0.5, 0.5, DTYPE_FLOAT64, 0.5, 0.125, 0, 1},
  {RANDOM_BETA, 1e-4, 1e-4, DTYPE_FLOAT64, 0.5, 0.25 / 1.0002, 0, 1},
  {RANDOM_POISSON, 1.5, 0, DTYPE_INT64, 1.5, 1.5, 0, 1e9},
  {RANDOM_POISSON, 0, 0, DTYPE_INT64, 0, 0, 0, 0},
  {RANDOM_POISSON, 1000, 0, DTYPE_INT64, 1000, 1000, 0, 1e9},
  {RANDOM_BINOMIAL, 4, 0.5, DTYPE_INT64, 2, 1, 0, 4},
  {RANDOM_BINOMIAL, 1000, 0.1, DTYPE_INT64, 100, 90, 0, 1000},
  {RANDOM_BINOMIAL, 1e15, 0.5, DTYPE_INT64, 5e14, 2.5e14, 0, 1e15},
  {RANDOM_BINOMIAL, 50, 1, DTYPE_INT64, 50, 0, 50, 50},
  {RANDOM_BINOMIAL, 50, 0, DTYPE_INT64, 0, 0, 0, 0},
  {RANDOM_BERNOULLI, 0.3, 0, DTYPE_FLOAT64, 0.3, 0.21, 0, 1},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

START_TEST(distributions_have_their_moments) {
  random_seed(&test_runtime.random, 2);
  expect_moments(random_tensor(&test_runtime, kinds[_i].kind, SHAPE(SAMPLES), kinds[_i].a, kinds[_i].b),
                 kinds[_i].dtype,
                 kinds[_i].mean, kinds[_i].variance, kinds[_i].least, kinds[_i].most);
}
END_TEST

/* The largest distance between the sample's distribution and the normal one (Kolmogorov, Smirnov). */
static int compare_numbers(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

START_TEST(normal_numbers_are_normal) {
  Tensor *x = made(random_normal_tensor(&test_runtime, DTYPE_FLOAT64, SHAPE(SAMPLES), 0, 1));
  double *numbers = tensor_data(x), distance = 0;
  qsort(numbers, SAMPLES, sizeof *numbers, compare_numbers);
  for (int i = 0; i < SAMPLES; i++) distance = fmax(distance,
                                                    fabs(0.5 * erfc(-numbers[i] / sqrt(2)) - (i + 0.5) / SAMPLES));
  ck_assert_double_lt(distance, 1.95 / sqrt(SAMPLES));
  tensor_unref(x);
}
END_TEST

START_TEST(wrong_parameters_are_refused) {
  static const struct { RandomKind kind; double a, b; const char *message; } cases[] = {
    {RANDOM_EXPONENTIAL, -1, 0, "`scale` must be 0 or larger, got -1"}, {RANDOM_GAMMA, 0, 1, "`k` must be positive"},
    {RANDOM_GAMMA, 1, -1, "`scale`"}, {RANDOM_BETA, 1, 0, "`b` must be positive"}, {RANDOM_BETA, NAN, 1, "`a`"},
    {RANDOM_POISSON, -1, 0, "`mean`"}, {RANDOM_BINOMIAL, 1.5, 0.5, "`n` must be a whole number"},
    {RANDOM_BINOMIAL, 3, 1.5, "`p` must be from 0 to 1, got 1.5"}, {RANDOM_BERNOULLI, -0.5, 0, "`p`"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    expect_failure(random_tensor(&test_runtime, cases[i].kind, 0, NULL, cases[i].a, cases[i].b), ERROR_VALUE,
                   cases[i].message);
  expect_failure(random_uniform_tensor(&test_runtime, DTYPE_FLOAT64, 0, NULL, 2, 1), ERROR_VALUE, "got 2 and 1");
  expect_failure(random_uniform_tensor(&test_runtime, DTYPE_FLOAT64, 0, NULL, 0, INFINITY), ERROR_VALUE,
                 "finite bounds");
  expect_failure(random_normal_tensor(&test_runtime, DTYPE_FLOAT64, 0, NULL, 0, -1), ERROR_VALUE, "`std`");
  expect_failure(random_integer_tensor(&test_runtime, 0, NULL, 5, 5), ERROR_VALUE, "got 5 and 5");
  expect_failure(random_normal_tensor(&test_runtime, DTYPE_FLOAT64, SHAPE(-1), 0, 1), ERROR_SHAPE,
                 "cannot be negative");
}
END_TEST

START_TEST(integers_reach_both_ends) {
  bool low = false, high = false;
  Tensor *x = made(random_integer_tensor(&test_runtime, SHAPE(1000), INT64_MIN, INT64_MAX));
  for (int i = 0; i < 1000; i++) {
    low = low || tensor_number_at(x, i) < -0x1p62;
    high = high || tensor_number_at(x, i) > 0x1p62;
  }
  ck_assert(low && high);
  tensor_unref(x);
}
END_TEST

/* ---- samples */
static void count_choices(Tensor *chosen, int n, int *counts) {
  made(chosen);
  memset(counts, 0, (size_t)n * sizeof *counts);
  for (int64_t i = 0; i < tensor_size(chosen); i++) counts[tensor_integer_at(chosen, i)]++;
  tensor_unref(chosen);
}

START_TEST(choices_follow_their_weights) {
  int counts[5];
  Tensor *weights = vector(DTYPE_FLOAT64, NUMBERS(0, 0.25, 0.75, 0));
  count_choices(random_choice(&test_runtime, 4, 10000, true, weights), 4, counts);
  ck_assert(counts[0] == 0 && counts[3] == 0 && counts[1] > 2300 && counts[1] < 2700);
  count_choices(random_choice(&test_runtime, 4, 2, false, weights), 4, counts);
  ck_assert(counts[1] == 1 && counts[2] == 1);
  count_choices(random_choice(&test_runtime, 5, 10000, true, NULL), 5, counts);
  for (int i = 0; i < 5; i++) ck_assert(counts[i] > 1800 && counts[i] < 2200);
  count_choices(random_choice(&test_runtime, 5, 5, false, NULL), 5, counts);
  for (int i = 0; i < 5; i++) ck_assert_int_eq(counts[i], 1);
  expect_vector(random_choice(&test_runtime, 0, 0, true, NULL), DTYPE_INT64, 0, NULL);
  expect_failure(random_choice(&test_runtime, 4, 3, false, weights), ERROR_VALUE,
                 "cannot choose 3 of 2 without replacement");
  expect_failure(random_choice(&test_runtime, 3, 4, false, NULL), ERROR_VALUE, "cannot choose 4 of 3");
  expect_failure(random_choice(&test_runtime, 0, 1, true, NULL), ERROR_VALUE, "nothing to choose from");
  expect_failure(random_choice(&test_runtime, 3, -1, true, NULL), ERROR_VALUE, "-1 times");
  expect_failure(random_choice(&test_runtime, 3, 1, true, weights), ERROR_SHAPE, "`p` needs shape (3,), got (4,)");
  tensor_unref(weights);
  weights = vector(DTYPE_FLOAT64, NUMBERS(0, 0));
  expect_failure(random_choice(&test_runtime, 2, 1, true, weights), ERROR_VALUE, "`sum(p)` must be positive");
  tensor_unref(weights);
  weights = vector(DTYPE_FLOAT64, NUMBERS(1, -1));
  expect_failure(random_choice(&test_runtime, 2, 1, true, weights), ERROR_VALUE, "`p` must be 0 or larger, got -1");
  tensor_unref(weights);
  weights = vector(DTYPE_FLOAT64, NUMBERS(0.5, 0.5 + 1e-7));
  expect_failure(random_choice(&test_runtime, 2, 1, true, weights), ERROR_VALUE, "`p` must add up to 1");
  tensor_unref(weights);
  weights = vector(DTYPE_FLOAT32, NUMBERS(0.1, 0.2, 0.7 - 1e-6));
  count_choices(random_choice(&test_runtime, 3, 3, false, weights), 3, counts);
  tensor_unref(weights);
}
END_TEST

START_TEST(permutations_hold_every_number) {
  int counts[100];
  count_choices(random_permutation(&test_runtime, 100), 100, counts);
  for (int i = 0; i < 100; i++) ck_assert_int_eq(counts[i], 1);
  expect_vector(random_permutation(&test_runtime, 0), DTYPE_INT64, 0, NULL);
}
END_TEST

START_TEST(long_draws_can_be_interrupted) {
  interrupt_requested = 1;
  expect_failure(random_normal_tensor(&test_runtime, DTYPE_FLOAT64, SHAPE(SAMPLES), 0, 1), ERROR_INTERRUPT,
                 "interrupted");
  expect_failure(random_integer_tensor(&test_runtime, SHAPE(SAMPLES), 0, 9), ERROR_INTERRUPT, "interrupted");
  expect_failure(random_permutation(&test_runtime, SAMPLES), ERROR_INTERRUPT, "interrupted");
  Tensor *few = vector(DTYPE_FLOAT64, NUMBERS(0.5, 0.5));
  Tensor *many = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, SHAPE(SAMPLES)));
  expect_failure(random_choice(&test_runtime, 2, SAMPLES, true, few), ERROR_INTERRUPT, "interrupted");
  for (int64_t i = 0; i < SAMPLES; i++) ((double *)tensor_data(many))[i] = 1.0 / SAMPLES;
  expect_failure(random_choice(&test_runtime, SAMPLES, 3, false, many), ERROR_INTERRUPT, "interrupted");
  interrupt_requested = 0;
  tensor_unref(few);
  tensor_unref(many);
}
END_TEST

START_TEST(exhausted_memory_is_an_error) {
  bool failed = true;
  Tensor *weights = vector(DTYPE_FLOAT64, NUMBERS(0.25, 0.25, 0.5));
  for (size_t n = 1; failed; n++) {
    memory_fail_at(n, true);
    Tensor *a = random_choice(&test_runtime, 3, 2, false, NULL);
    Tensor *b = a ? random_choice(&test_runtime, 3, 2, false, weights) : NULL;
    Tensor *c = b ? random_choice(&test_runtime, 3, 2, true, weights) : NULL;
    Tensor *d = c ? random_normal_tensor(&test_runtime, DTYPE_FLOAT32, SHAPE(3), 0, 1) : NULL;
    failed = memory_failure_hit();
    memory_fail_at(0, false);
    ck_assert(failed == (d == NULL));
    if (failed) ck_assert_int_eq(test_error.kind, ERROR_MEMORY);
    error_clear(&test_error);
    tensor_unref(a);
    tensor_unref(b);
    tensor_unref(c);
    tensor_unref(d);
  }
  tensor_unref(weights);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("random");
  TCase *streams = tcase_create("streams"), *shapes = tcase_create("distributions");
  tcase_add_checked_fixture(streams, tensors_set_up, tensors_tear_down);
  tcase_add_checked_fixture(shapes, tensors_set_up, tensors_tear_down);
  tcase_add_test(streams, bits_are_those_of_xoshiro);
  tcase_add_test(streams, seeds_give_fixed_streams);
  tcase_add_test(streams, no_seed_is_seed_0);
  tcase_add_test(streams, uniform_numbers_are_fixed);
  tcase_add_test(streams, normal_numbers_are_fixed);
  tcase_add_test(streams, other_streams_are_fixed);
  tcase_add_test(streams, exponential_numbers_are_logarithms);
  tcase_add_test(shapes, uniform_and_normal_tensors);
  tcase_add_loop_test(shapes, distributions_have_their_moments, 0, KINDS);
  tcase_add_test(shapes, normal_numbers_are_normal);
  tcase_add_test(shapes, wrong_parameters_are_refused);
  tcase_add_test(shapes, integers_reach_both_ends);
  tcase_add_test(shapes, choices_follow_their_weights);
  tcase_add_test(shapes, permutations_hold_every_number);
  tcase_add_test(shapes, long_draws_can_be_interrupted);
  tcase_add_test(shapes, exhausted_memory_is_an_error);
  suite_add_tcase(suite, streams);
  suite_add_tcase(suite, shapes);
  return run_suite(suite);
}
