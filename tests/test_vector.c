/* SPDX-License-Identifier: MIT */
/* test_vector.c: an element has the same bits whatever the instruction set, the place, the stride and the path. */
#include <stdlib.h>
#include <string.h>

#include "runtime/kernels/elementwise.h"
#include "tests/tensors.h"

/* Sizes around those of vectors and of the blocks in which strided operands are collected. */
static const int64_t sizes[] = {1, 2, 3, 5, 8, 15, 16, 17, 31, 64, 255, 256, 257, 700};
enum { MOST = 700, WIDEST = 8, STRIDE = 3, SIZES = sizeof sizes / sizeof *sizes };

/* Numbers as the type holds them: the edges first, then all sizes of both signs, then ordinary ones. */
static double sample(int i, uint32_t *state) {
  static const double edges[] = {0, -0.0, 1, -1, 0.5, 2, -2, INFINITY, -INFINITY, NAN, 5e-324, -5e-324, 0x1p-1022,
                                 1e-40f, 1e308, -1e308, 710, -745.2, 89, -104, 88.5, 0x1p20, 1e22, -1e22, 0x1p-53, 20,
                                 -20, 1e9};
  if (i < COUNT(edges)) return edges[i];
  double fraction = 1 + next_random(state) * 0x1p-24, sign = next_random(state) & 1 ? 1 : -1;
  if (i % 3 == 0) return sign * ldexp(fraction, (int)(next_random(state) % 2096) - 1048);
  if (i % 3 == 1) return sign * ldexp(fraction, (int)(next_random(state) % 30) - 20);
  return sign * (fraction - 1) * 40;
}

typedef struct Samples { DType dtype; int64_t item; Tensor *x, *y; char *x_wide, *y_wide; } Samples;

static char *spread(const Tensor *x, int64_t item) {
  char *wide = calloc(MOST * STRIDE, WIDEST);
  ck_assert_ptr_nonnull(wide);
  for (int64_t i = 0; i < MOST; i++) memcpy(wide + i * STRIDE * item, x->data + i * item, (size_t)item);
  return wide;
}

/* What would send whole blocks the slow way: unless it is left out, only that way is met. */
static const double limits[] = {INFINITY, 1e6, 340, 34};
enum { LIMITS = sizeof limits / sizeof *limits };

/* No |x| is above the limit, and some are just there. */
static Samples samples_of(DType dtype, double limit) {
  double x[MOST], y[MOST];
  uint32_t state = 7;
  for (int i = 0; i < MOST; i++) {
    x[i] = sample(i, &state);
    y[i] = sample((i * 11 + 5) % MOST, &state);
    if (limit < INFINITY && !(fabs(x[i]) <= limit)) x[i] = limit * (i % 101 - 50) / 50;
  }
  Samples samples = {dtype, (int64_t)dtype_info[dtype].size, vector(dtype, MOST, x), vector(dtype, MOST, y), NULL,
                     NULL};
  samples.x_wide = spread(samples.x, samples.item);
  samples.y_wide = spread(samples.y, samples.item);
  return samples;
}

static void samples_free(Samples *samples) {
  tensor_unref(samples->x);
  tensor_unref(samples->y);
  free(samples->x_wide);
  free(samples->y_wide);
}

/* Equal bits, but every nan is as good as another. */
static bool same_results(const char *a, const char *b, DType dtype, int64_t count) {
  if (!dtype_is_float(dtype)) return memcmp(a, b, (size_t)count * dtype_info[dtype].size) == 0;
  for (int64_t i = 0; i < count; i++) {
    bool single = dtype == DTYPE_FLOAT32;
    double left = single ? (double)((const float *)(const void *)a)[i] : ((const double *)(const void *)a)[i];
    double right = single ? (double)((const float *)(const void *)b)[i] : ((const double *)(const void *)b)[i];
    if (!same_number(left, right)) return false;
  }
  return true;
}

static DType result_of(OpId op, DType dtype) { return op_table[op].type == OP_TYPE_LOGIC ? DTYPE_BOOL : dtype; }

/* One element at a time, by the plain loops: what all others must give. */
static void expect_unary(OpId op, const Samples *s, Isa isa) {
  char expected[MOST * WIDEST], got[MOST * WIDEST];
  UnaryLoop plain = elementwise_loops_for(s->dtype, ISA_BASELINE)->unary[op];
  UnaryLoop loop = elementwise_loops_for(s->dtype, isa)->unary[op];
  DType result = result_of(op, s->dtype);
  int64_t out = (int64_t)dtype_info[result].size;
  for (int64_t i = 0; i < MOST; i++) plain(expected + i * out, s->x->data + i * s->item, s->item, 1);
  for (int k = 0; k < SIZES; k++) {
    int64_t start = MOST - sizes[k];
    loop(got, s->x->data + start * s->item, s->item, sizes[k]);
    ck_assert_msg(same_results(got, expected + start * out, result, sizes[k]), "%s", op_table[op].name);
    loop(got, s->x_wide + start * STRIDE * s->item, STRIDE * s->item, sizes[k]);
    ck_assert_msg(same_results(got, expected + start * out, result, sizes[k]), "%s, strided", op_table[op].name);
    loop(got, s->x_wide + start * STRIDE * s->item, 0, sizes[k]);
    for (int64_t i = 0; i < sizes[k]; i++)
      ck_assert_msg(same_results(got + i * out, expected + start * out, result, 1), "%s, repeated", op_table[op].name);
  }
}

/* The strides of x and y in turn: side by side, apart, and one element for all. */
static void expect_binary(OpId op, const Samples *s, Isa isa) {
  char expected[MOST * WIDEST], got[MOST * WIDEST];
  BinaryLoop plain = elementwise_loops_for(s->dtype, ISA_BASELINE)->binary[op];
  BinaryLoop loop = elementwise_loops_for(s->dtype, isa)->binary[op];
  DType result = result_of(op, s->dtype);
  int64_t out = (int64_t)dtype_info[result].size, item = s->item;
  for (int kind = 0; kind < 9; kind++) {
    int64_t x_stride = item * (int64_t[]){1, STRIDE, 0}[kind % 3];
    int64_t y_stride = item * (int64_t[]){1, STRIDE, 0}[kind / 3];
    const char *x = kind % 3 ? s->x_wide : s->x->data, *y = kind / 3 ? s->y_wide : s->y->data;
    x += kind % 3 == 2 ? 2 * STRIDE * item : 0;
    y += kind / 3 == 2 ? 30 * STRIDE * item : 0;
    for (int64_t i = 0; i < MOST; i++) plain(expected + i * out, x + i * x_stride, item, y + i * y_stride, item, 1);
    for (int k = 0; k < SIZES; k++) {
      int64_t start = MOST - sizes[k];
      loop(got, x + start * x_stride, x_stride, y + start * y_stride, y_stride, sizes[k]);
      ck_assert_msg(same_results(got, expected + start * out, result, sizes[k]), "%s, strides %d", op_table[op].name,
                    kind);
    }
  }
}

START_TEST(every_loop_gives_the_same_bits) {
  for (int dtype = 0; dtype < DTYPE_COUNT; dtype++) {
    for (int limit = 0; limit < (dtype_is_float((DType)dtype) ? LIMITS : 1); limit++) {
      Samples samples = samples_of((DType)dtype, limits[limit]);
      for (int isa = 0; isa < ISA_COUNT && target_has((Isa)isa); isa++) {
        const ElementwiseLoops *loops = elementwise_loops_for((DType)dtype, (Isa)isa);
        for (int op = 0; op < OP_COUNT; op++) {
          if (loops->unary[op]) expect_unary((OpId)op, &samples, (Isa)isa);
          if (loops->binary[op]) expect_binary((OpId)op, &samples, (Isa)isa);
        }
      }
      samples_free(&samples);
    }
  }
}
END_TEST

static void expect_scalars(double limit) {
  Samples samples = samples_of(DTYPE_FLOAT64, limit);
  const double *x = (const double *)(const void *)samples.x->data, *y = (const double *)(const void *)samples.y->data;
  const ElementwiseLoops *loops = elementwise_loops(DTYPE_FLOAT64);
  for (int op = 0; op < OP_COUNT; op++) {
    if (!op_unary_double[op] && !op_binary_double[op]) continue;
    bool logic = op_table[op].type == OP_TYPE_LOGIC;
    double got[MOST];
    if (op_unary_double[op]) loops->unary[op]((char *)got, samples.x->data, 8, MOST);
    else loops->binary[op]((char *)got, samples.x->data, 8, samples.y->data, 8, MOST);
    for (int i = 0; i < MOST; i++) {
      double expected = op_unary_double[op] ? op_unary_double[op](x[i]) : op_binary_double[op](x[i], y[i]);
      double result = logic ? ((bool *)got)[i] : got[i];
      ck_assert_msg(same_number(result, expected), "%s(%.17g, %.17g) is %.17g, alone %.17g", op_table[op].name, x[i],
                    y[i], result, expected);
    }
  }
  samples_free(&samples);
}

START_TEST(the_scalar_path_gives_the_same_bits) {
  for (int limit = 0; limit < LIMITS; limit++) expect_scalars(limits[limit]);
}
END_TEST

static void expect_pair(OpId op, DType dtype, double limit, Isa isa) {
  Samples s = samples_of(dtype, limit);
  const ElementwiseLoops *loops = elementwise_loops_for(dtype, isa);
  OpId companion = elementwise_companion(op);
  for (int k = 0; k < SIZES; k++) {
    char expected[MOST * WIDEST], slopes[MOST * WIDEST], got[MOST * WIDEST], got_slopes[MOST * WIDEST];
    loops->unary[op](expected, s.x->data, s.item, sizes[k]);
    loops->unary[companion](slopes, s.x->data, s.item, sizes[k]);
    for (int stride = 1; stride <= STRIDE; stride += STRIDE - 1) {
      loops->pair[op](got, got_slopes, stride == 1 ? s.x->data : s.x_wide, stride * s.item, sizes[k]);
      ck_assert(same_results(got, expected, dtype, sizes[k]) && same_results(got_slopes, slopes, dtype, sizes[k]));
    }
  }
  samples_free(&s);
}

START_TEST(a_pair_gives_the_bits_of_its_rows) {
  for (int isa = 0; isa < ISA_COUNT && target_has((Isa)isa); isa++) {
    for (int limit = 0; limit < LIMITS; limit++) {
      for (int op = 0; op < OP_COUNT; op++) {
        if (elementwise_companion((OpId)op) == OP_none) continue;
        expect_pair((OpId)op, DTYPE_FLOAT64, limits[limit], (Isa)isa);
        expect_pair((OpId)op, DTYPE_FLOAT32, limits[limit], (Isa)isa);
      }
    }
  }
}
END_TEST

static void expect_in_place(double limit) {
  Samples samples = samples_of(DTYPE_FLOAT64, limit);
  for (int isa = 0; isa < ISA_COUNT && target_has((Isa)isa); isa++) {
    const ElementwiseLoops *loops = elementwise_loops_for(DTYPE_FLOAT64, (Isa)isa);
    for (int op = 0; op < OP_COUNT; op++) {
      char expected[MOST * WIDEST], got[MOST * WIDEST];
      if (op_table[op].type == OP_TYPE_LOGIC || (!loops->unary[op] && !loops->binary[op])) continue;
      memcpy(got, samples.x->data, sizeof got);
      if (loops->unary[op]) {
        loops->unary[op](expected, samples.x->data, 8, MOST);
        loops->unary[op](got, got, 8, MOST);
      } else {
        loops->binary[op](expected, samples.x->data, 8, samples.y->data, 8, MOST);
        loops->binary[op](got, got, 8, samples.y->data, 8, MOST);
      }
      ck_assert_msg(same_results(got, expected, DTYPE_FLOAT64, MOST), "%s in place", op_table[op].name);
    }
  }
  samples_free(&samples);
}

/* Results may be written over an operand. */
START_TEST(loops_work_in_place) {
  for (int limit = 0; limit < LIMITS; limit++) expect_in_place(limits[limit]);
}
END_TEST

START_TEST(nan_is_found_wherever_it_is) {
  for (int isa = 0; isa < ISA_COUNT && target_has((Isa)isa); isa++) {
    double wide[40];
    float narrow[40];
    for (int i = 0; i < 40; i++) wide[i] = narrow[i] = i % 3 == 0 ? -INFINITY : i % 3 == 1 ? INFINITY : (float)-i;
    for (int i = 0; i < 40; i++) {
      bool (*any_wide)(const char *, int64_t) = elementwise_loops_for(DTYPE_FLOAT64, (Isa)isa)->any_nan;
      bool (*any_narrow)(const char *, int64_t) = elementwise_loops_for(DTYPE_FLOAT32, (Isa)isa)->any_nan;
      ck_assert(!any_wide((char *)wide, 40) && !any_narrow((char *)narrow, 40));
      double kept = wide[i];
      wide[i] = i & 1 ? NAN : -NAN;
      narrow[i] = (float)wide[i];
      ck_assert(any_wide((char *)wide, 40) && any_narrow((char *)narrow, 40));
      ck_assert(!any_wide((char *)wide, i) && !any_narrow((char *)narrow, i));
      wide[i] = kept;
      narrow[i] = (float)kept;
    }
  }
}
END_TEST

START_TEST(instruction_sets_have_names) {
  Isa isa = ISA_COUNT;
  ck_assert(target_find("baseline", &isa) && isa == ISA_BASELINE && target_has(isa));
  ck_assert(target_find("avx2", &isa) && isa == ISA_AVX2);
  ck_assert(target_find("avx512", &isa) && isa == ISA_AVX512);
  ck_assert(!target_find("sse", &isa) && !target_find("", &isa));
  ck_assert(target_has(target_isa()));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("vector");
  TCase *tests = tcase_create("vector");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_test(tests, every_loop_gives_the_same_bits);
  tcase_add_test(tests, the_scalar_path_gives_the_same_bits);
  tcase_add_test(tests, a_pair_gives_the_bits_of_its_rows);
  tcase_add_test(tests, loops_work_in_place);
  tcase_add_test(tests, nan_is_found_wherever_it_is);
  tcase_add_test(tests, instruction_sets_have_names);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
