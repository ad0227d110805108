/* SPDX-License-Identifier: MIT */
/* test_extreme.c: extrema, their places and truth values: of every type, length, layout and instruction set. */
#include "runtime/convert.h"
#include "runtime/kernels/reduce.h"
#include "runtime/kernels/target.h"
#include "tests/tensors.h"

static uint32_t state = 11;
static uint32_t random_number(void) { return (state = state * 1664525u + 1013904223u) >> 8; }

/* ---- the loops */
enum { MOST = 3000, MOST_ELEMENTS = 34000 };

static const FoldKernel *kernels_for(Isa isa) {
#if TARGET_AVX2
  if (isa == ISA_AVX512) return fold_kernels_avx512;
  if (isa == ISA_AVX2) return fold_kernels_avx2;
#endif
  (void)isa;
  return fold_kernels_plain;
}

/* Few different numbers, so that extrema are met several times; `nan` of them are nan. */
static void fill(DType dtype, double *numbers, char *elements, int nan) {
  const double least = dtype == DTYPE_BOOL || dtype == DTYPE_UINT8 ? 0 : -100;
  for (int i = 0; i < MOST; i++) numbers[i] = (double)(random_number() % 200) + least;
  for (int i = 0; i < MOST && dtype == DTYPE_BOOL; i++) numbers[i] = numbers[i] < 199;
  for (int i = 0; i < MOST && dtype_is_float(dtype); i++)
    if (numbers[i] == 99) numbers[i] = i & 1 ? (double)INFINITY : -(double)INFINITY;
  for (int i = 0; i < nan && dtype_is_float(dtype); i++) numbers[random_number() % MOST] = (double)NAN;
  convert_loop(dtype, DTYPE_FLOAT64)(elements, (int64_t)dtype_info[dtype].size, (const char *)numbers, 8, MOST);
}

static bool exceeds(FoldOp op, double x, double best) {
  if (isnan(best)) return false;
  return isnan(x) || (op == FOLD_MAXIMUM ? x > best : x < best);
}

/* The place of the first extreme. */
static int64_t model(FoldOp op, const double *numbers, int64_t stride, int64_t rows) {
  int64_t place = 0;
  for (int64_t i = 1; i < rows; i++)
    if (exceeds(op, numbers[i * stride], numbers[place * stride])) place = i;
  return place;
}

static double real_of(FoldNumber number, DType dtype) {
  return dtype_is_float(dtype) ? number.real : (double)number.integer;
}

/* `stride` elements from row to row. */
static void expect_extremes(const FoldKernel *kernel, FoldOp op, DType dtype, const double *numbers,
                            const char *elements, int64_t stride, int64_t rows, int64_t width) {
  static FoldNumber got[EXTREME_BYTES];
  int64_t item = (int64_t)dtype_info[dtype].size;
  kernel[op].chunk[dtype](elements, stride * item, rows, width, got);
  for (int64_t i = 0; i < width; i++) {
    int64_t place = model(op, numbers + i, stride, rows);
    bool found = kernel[op].find[dtype](elements + i * item, stride * item, rows, got[i]) == place;
    if (found && same_number(real_of(got[i], dtype), numbers[i + place * stride])) continue; /* asserting takes long */
    ck_abort_msg("%s, %d rows of %d, stride %d", dtype_info[dtype].name, (int)rows, (int)width, (int)stride);
  }
}

static void expect_all_shapes(const FoldKernel *kernel, FoldOp op, DType dtype, const double *numbers,
                              const char *elements) {
  int64_t widest = EXTREME_BYTES / (int64_t)dtype_info[dtype].size;
  for (int64_t rows = 1; rows <= 1100; rows += rows < 300 ? 1 : 97) {
    expect_extremes(kernel, op, dtype, numbers, elements, 1, rows, 1);
    expect_extremes(kernel, op, dtype, numbers, elements, 2, rows, 1);
    expect_extremes(kernel, op, dtype, numbers, elements, 0, rows, 1);
    expect_extremes(kernel, op, dtype, numbers + 2 * (rows - 1),
                    elements + 2 * (rows - 1) * (int64_t)dtype_info[dtype].size, -2, rows, 1);
  }
  for (int64_t rows = 1; rows < 30; rows++)
    for (int64_t width = 2; width <= widest && width * rows <= MOST; width = width * 3 / 2 + 1)
      expect_extremes(kernel, op, dtype, numbers, elements, width, rows, width);
  expect_extremes(kernel, op, dtype, numbers, elements, widest, 2, widest);
}

START_TEST(loops_agree_with_the_model) {
  static double numbers[MOST];
  static char elements[MOST * 8];
  for (int dtype = 0; dtype < DTYPE_COUNT; dtype++) {
    for (int nan = 0; nan <= (dtype_is_float((DType)dtype) ? 60 : 0); nan += 20) {
      fill((DType)dtype, numbers, elements, nan / 20);
      for (int isa = 0; isa < ISA_COUNT && target_has((Isa)isa); isa++) {
        expect_all_shapes(kernels_for((Isa)isa), FOLD_MAXIMUM, (DType)dtype, numbers, elements);
        expect_all_shapes(kernels_for((Isa)isa), FOLD_MINIMUM, (DType)dtype, numbers, elements);
      }
    }
  }
}
END_TEST

START_TEST(nan_is_seen_at_every_place) {
  for (int isa = 0; isa < ISA_COUNT && target_has((Isa)isa); isa++) {
    for (int dtype = DTYPE_FLOAT32; dtype <= DTYPE_FLOAT64; dtype++) {
      const FoldKernel *kernel = kernels_for((Isa)isa);
      for (int64_t length = 1; length < 300; length += 1 + length / 8) {
        for (int64_t place = 0; place < length; place++) {
          double numbers[300];
          char elements[300 * 8];
          for (int i = 0; i < length; i++) numbers[i] = i & 1 ? (double)INFINITY : -1;
          numbers[place] = place & 1 ? (double)NAN : -(double)NAN;
          convert_loop((DType)dtype, DTYPE_FLOAT64)(elements, (int64_t)dtype_info[dtype].size, (char *)numbers, 8,
                                                    length);
          for (int op = FOLD_MAXIMUM; op <= FOLD_MINIMUM; op++) {
            expect_extremes(kernel, (FoldOp)op, (DType)dtype, numbers, elements, 1, length, 1);
            expect_extremes(kernel, (FoldOp)op, (DType)dtype, numbers, elements, length, 1,
                            length < 128 ? length : 128);
          }
        }
      }
    }
  }
}
END_TEST

/* ---- the operations, on long tensors of all layouts */
static Attributes *along(bool whole, int axis) {
  Attributes *attributes = attributes_new(&test_runtime, 2);
  if (!whole) ck_assert(attributes_set_integers(&test_runtime, attributes, 0, 1, &(int64_t){axis}));
  return attributes;
}

static Attributes *along_one(bool whole, int axis) {
  Attributes *attributes = attributes_new(&test_runtime, 2);
  if (!whole) attributes_set_integer(attributes, 0, axis);
  return attributes;
}

/* Elements of a matrix along the axis (or all of it in C order). */
static int64_t line_of(const Tensor *x, const double *all, bool whole, int axis, int64_t index, double *line) {
  const int64_t *shape = layout_shape(x->layout);
  int64_t count = whole ? tensor_size(x) : shape[axis];
  int64_t start = whole ? 0 : axis == 0 ? index : index * shape[1], step = whole || axis == 1 ? 1 : shape[1];
  for (int64_t k = 0; k < count; k++) line[k] = all[start + k * step];
  return count;
}

static void expect_operations(Tensor *x, const double *all, bool whole, int axis) {
  static double line[MOST_ELEMENTS];
  static const OpId ops[] = {OP_max, OP_min, OP_argmax, OP_argmin, OP_any, OP_all};
  Tensor *results[6];
  for (int k = 0; k < 6; k++)
    results[k] = made(call1(ops[k], tensor_ref(x), (k == 2 || k == 3 ? along_one : along)(whole, axis)));
  for (int64_t i = 0; i < tensor_size(results[0]); i++) {
    int64_t count = line_of(x, all, whole, axis, i, line), truths = 0;
    int64_t most = model(FOLD_MAXIMUM, line, 1, count), least = model(FOLD_MINIMUM, line, 1, count);
    for (int64_t k = 0; k < count; k++) truths += line[k] != 0;
    double expected[] = {line[most], line[least], (double)most, (double)least, truths > 0, truths == count};
    for (int k = 0; k < 6; k++) {
      if (same_number(tensor_number_at(results[k], i), expected[k])) continue;
      ck_abort_msg("%s of %s at %d: %g, not %g", op_table[ops[k]].name, dtype_info[x->dtype].name, (int)i,
                   tensor_number_at(results[k], i), expected[k]);
    }
  }
  for (int k = 0; k < 6; k++) tensor_unref(results[k]);
}

/* A tensor, every other column of it, turned, reversed, and repeated. */
static void expect_layouts(Tensor *taken, int64_t rows, int64_t columns) {
  const int64_t shapes[][2] = {{rows, columns}, {rows, (columns + 1) / 2}, {columns, rows}, {rows, columns},
                               {rows, columns}, {columns, rows}};
  static double all[MOST_ELEMENTS];
  const int64_t strides[][2] = {{columns, 1}, {columns, 2}, {1, columns}, {-columns, -1}, {0, 1}, {1, 0}};
  for (int k = 0; k < 6; k++) {
    Layout *layout = layout_new_strided(&test_runtime, 2, shapes[k], strides[k]);
    Tensor *view = made(tensor_window(&test_runtime, taken, layout, k == 3 ? rows * columns - 1 : 0));
    for (int64_t i = 0; i < tensor_size(view); i++) all[i] = tensor_number_at(view, i);
    for (int axis = 0; axis < 2; axis++) expect_operations(view, all, false, axis);
    expect_operations(view, all, true, 0);
    tensor_unref(view);
    layout_unref(layout);
  }
  tensor_unref(taken);
}

START_TEST(operations_agree_with_the_model) {
  static const int64_t shapes[][2] = {{1, 1}, {3, 700}, {700, 3}, {130, 140}, {20, 1100}, {1100, 20},
                                    {1, MOST_ELEMENTS}, {200, 100}};
  for (int dtype = 0; dtype < DTYPE_COUNT; dtype++) {
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
      for (int nan = 0; nan <= dtype_is_float((DType)dtype); nan++) {
        Tensor *x = made(tensor_new_shape(&test_runtime, (DType)dtype, 2, shapes[k]));
        int64_t item = (int64_t)dtype_info[dtype].size;
        for (int64_t i = 0; i < tensor_size(x); i++) {
          double number = (double)(random_number() % 255);
          if (dtype == DTYPE_BOOL) number = number > 0;
          else if (dtype != DTYPE_UINT8) number -= 100;
          if (nan && random_number() % 997 == 0) number = (double)NAN;
          convert_loop((DType)dtype, DTYPE_FLOAT64)(x->data + i * item, item, (char *)&number, 8, 1);
        }
        expect_layouts(x, shapes[k][0], shapes[k][1]);
      }
    }
  }
}
END_TEST

/* Which zero is met first depends on the order of work: an extreme is never -0. */
START_TEST(zero_has_no_sign) {
  for (int length = 1; length < 200; length += 3) {
    double zeros[200];
    for (int i = 0; i < length; i++) zeros[i] = -0.0;
    expect_number(call1(OP_max, vector(DTYPE_FLOAT64, length, zeros), NULL), DTYPE_FLOAT64, 0);
    zeros[length - 1] = 0;
    expect_number(call1(OP_min, vector(DTYPE_FLOAT32, length, zeros), NULL), DTYPE_FLOAT32, 0);
    expect_number(call1(OP_argmax, vector(DTYPE_FLOAT64, length, zeros), NULL), DTYPE_INT64, 0);
    expect_number(call1(OP_argmin, vector(DTYPE_FLOAT32, length, zeros), NULL), DTYPE_INT64, 0);
  }
}
END_TEST

START_TEST(nothing_is_all_and_not_any) {
  Tensor *flat = array(DTYPE_BOOL, SHAPE(0, 2), NULL);
  expect_vector(call1(OP_any, tensor_ref(flat), along(false, 0)), DTYPE_BOOL, NUMBERS(0, 0));
  expect_vector(call1(OP_all, tensor_ref(flat), along(false, 0)), DTYPE_BOOL, NUMBERS(1, 1));
  expect_vector(call1(OP_all, tensor_ref(flat), along(false, 1)), DTYPE_BOOL, 0, NULL);
  expect_failure(call1(OP_argmax, flat, along_one(false, 0)), ERROR_VALUE, "(0, 2) has no value");
  Tensor *x = array(DTYPE_FLOAT64, SHAPE(2, 2), (double[]){0, (double)NAN, 0, 0});
  expect_vector(call1(OP_any, tensor_ref(x), along(false, 1)), DTYPE_BOOL, NUMBERS(1, 0));
  expect_vector(call1(OP_all, x, along(false, 0)), DTYPE_BOOL, NUMBERS(0, 0));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("extreme");
  TCase *tests = tcase_create("extreme");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_test(tests, loops_agree_with_the_model);
  tcase_add_test(tests, nan_is_seen_at_every_place);
  tcase_add_test(tests, operations_agree_with_the_model);
  tcase_add_test(tests, zero_has_no_sign);
  tcase_add_test(tests, nothing_is_all_and_not_any);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
