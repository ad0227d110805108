/* SPDX-License-Identifier: MIT */
/* test_reduce.c: reductions over all axes and layouts against a slow model, their accuracy, what interrupts them. */
#include "runtime/kernels/reduce.h"
#include "runtime/kernels/target.h"
#include "tests/tensors.h"

/* ---- a slow model */
/* Elements of x that make result `index` of a reduction over `axes`, in C order. */
static int model_rows(const Tensor *x, uint32_t axes, int64_t index, double *rows) {
  const int64_t *shape = layout_shape(x->layout);
  int count = 0;
  for (int64_t i = 0; i < tensor_size(x); i++) {
    int64_t rest = i, result = 0, weight = 1;
    for (int axis = tensor_ndim(x) - 1; axis >= 0; axis--) {
      if (!(axes >> axis & 1)) {
        result += rest % shape[axis] * weight;
        weight *= shape[axis];
      }
      rest /= shape[axis];
    }
    if (result == index) rows[count++] = tensor_number_at(x, i);
  }
  return count;
}

static double model_sum(const double *rows, int count) {
  long double sum = 0;
  for (int i = 0; i < count; i++) sum += rows[i];
  return (double)sum;
}

static double model_prod(const double *rows, int count) {
  long double product = 1;
  for (int i = 0; i < count; i++) product *= rows[i];
  return (double)product;
}

static double model_extreme(const double *rows, int count, int sign, int *where) {
  *where = 0;
  for (int i = 1; i < count; i++) {
    if (isnan(rows[*where])) break;
    if (isnan(rows[i]) || sign * rows[i] > sign * rows[*where]) *where = i;
  }
  return rows[*where];
}

static double model_var(const double *rows, int count) {
  long double mean = 0, sum = 0;
  for (int i = 0; i < count; i++) mean += rows[i];
  mean /= count;
  for (int i = 0; i < count; i++) sum += (rows[i] - mean) * (rows[i] - mean);
  return (double)(sum / count);
}

static double model_logsumexp(const double *rows, int count) {
  int where;
  double most = model_extreme(rows, count, 1, &where);
  long double sum = 0;
  for (int i = 0; i < count; i++) sum += expl((long double)rows[i] - most);
  return (double)(most + logl(sum));
}

static double model_of(OpId op, const double *rows, int count) {
  int where;
  double nonzero = 0;
  for (int i = 0; i < count; i++) nonzero += rows[i] != 0;
  switch (op) {
    case OP_sum: return model_sum(rows, count);
    case OP_mean: return model_sum(rows, count) / count;
    case OP_prod: return model_prod(rows, count);
    case OP_max: return model_extreme(rows, count, 1, &where);
    case OP_min: return model_extreme(rows, count, -1, &where);
    case OP_argmax: return model_extreme(rows, count, 1, &where), where;
    case OP_argmin: return model_extreme(rows, count, -1, &where), where;
    case OP_var: return model_var(rows, count);
    case OP_logsumexp: return model_logsumexp(rows, count);
    case OP_any: return nonzero > 0;
    case OP_all: return nonzero == count;
    default: return nonzero;
  }
}

/* ---- random tensors */
static const OpId reductions[] = {OP_sum, OP_mean, OP_prod, OP_max, OP_min, OP_var, OP_logsumexp, OP_any, OP_all,
                                  OP_count_nonzero, OP_argmax, OP_argmin};
enum { REDUCTIONS = sizeof reductions / sizeof *reductions };

/* Axes in another order, some reversed, some broadcast. */
static Tensor *disarranged(Tensor *taken, uint32_t *state) {
  int ndim = tensor_ndim(taken), turn = (int)(next_random(state) % 4);
  int64_t shape[4], strides[4], offset = 0;
  for (int i = 0; i < ndim; i++) {
    int from = (i + turn) % ndim;
    uint32_t kind = next_random(state) % 5;
    shape[i] = layout_shape(taken->layout)[from];
    strides[i] = kind == 0 ? 0 : layout_strides(taken->layout)[from];
    if (kind == 1) {
      offset += strides[i] * (shape[i] - 1);
      strides[i] = -strides[i];
    }
  }
  Layout *layout = layout_new_strided(&test_runtime, ndim, shape, strides);
  Tensor *window = made(tensor_window(&test_runtime, taken, layout, offset));
  layout_unref(layout);
  tensor_unref(taken);
  return window;
}

static Tensor *random_tensor(DType dtype, uint32_t *state, int64_t longest) {
  int64_t shape[4], size = 1;
  int ndim = 1 + (int)(next_random(state) % 4);
  double numbers[400];
  for (int i = 0; i < ndim; i++) {
    int64_t most = 400 / size < longest ? 400 / size : longest;
    shape[i] = 1 + (int64_t)next_random(state) % most;
    size *= shape[i];
  }
  for (int64_t i = 0; i < size; i++)
    numbers[i] = (double)(next_random(state) % 16) / (dtype_is_float(dtype) ? 4 : 3) - 1;
  for (int64_t i = 0; i < size && (dtype == DTYPE_UINT8 || dtype == DTYPE_BOOL); i++) numbers[i] = fabs(numbers[i]);
  return array(dtype, ndim, shape, numbers);
}

static Attributes *axes_of(OpId op, const Layout *layout, uint32_t *axes, bool keepdims) {
  Attributes *attributes = attributes_new(&test_runtime, 3);
  int64_t list[4];
  int count = 0;
  if (op == OP_argmax || op == OP_argmin) *axes &= -*axes; /* one axis */
  for (int i = 0; i < layout->ndim; i++)
    if (*axes >> i & 1) list[count++] = i % 2 ? i : i - layout->ndim;
  if (op == OP_argmax || op == OP_argmin) attributes_set_integer(attributes, 0, list[0]);
  else ck_assert(attributes_set_integers(&test_runtime, attributes, 0, count, list));
  attributes_set_bool(attributes, op == OP_var ? 2 : 1, keepdims);
  return attributes;
}

static bool close_to(double got, double expected, double tolerance) {
  return same_number(got, expected) || fabs(got - expected) <= tolerance * (1 + fabs(expected));
}

static void check_reduction(OpId op, Tensor *x, uint32_t axes, bool keepdims) {
  double rows[400];
  Attributes *attributes = axes_of(op, x->layout, &axes, keepdims);
  Tensor *copy = tensor_copy(&test_runtime, x);
  Tensor *result = made(call1(op, tensor_ref(x), attributes_ref(attributes)));
  Tensor *other = made(call1(op, copy, attributes));
  double tolerance = result->dtype == DTYPE_FLOAT32 ? 1e-6 : 1e-14;
  Layout *layout = reduce_layout(&test_runtime, x->layout, axes, keepdims);
  ck_assert(layout_same_shape(layout, result->layout));
  for (int64_t i = 0; i < tensor_size(result); i++) {
    double expected = model_of(op, rows, model_rows(x, axes, i, rows)), got = tensor_number_at(result, i);
    ck_assert_msg(close_to(got, expected, tolerance), "%s gave %.17g, not %.17g", op_table[op].name, got, expected);
    ck_assert_msg(same_number(got, tensor_number_at(other, i)), "%s depends on the layout", op_table[op].name);
  }
  layout_unref(layout);
  tensor_unref(result);
  tensor_unref(other);
}

START_TEST(reductions_agree_with_the_model) {
  static const DType types[] = {DTYPE_FLOAT64, DTYPE_FLOAT32, DTYPE_INT64, DTYPE_INT32, DTYPE_UINT8, DTYPE_BOOL};
  uint32_t state = 11;
  for (int round = 0; round < 180; round++) {
    Tensor *x = random_tensor(types[round % 6], &state, round < 60 ? 40 : 9);
    if (round % 2) x = disarranged(x, &state);
    uint32_t all = (UINT32_C(1) << tensor_ndim(x)) - 1, axes = next_random(&state) & all;
    for (int k = 0; k < REDUCTIONS; k++) {
      bool single = reductions[k] == OP_argmax || reductions[k] == OP_argmin;
      check_reduction(reductions[k], x, single && !axes ? 1 : axes, next_random(&state) % 2);
    }
    tensor_unref(x);
  }
}
END_TEST

/* Long axes: chunks, gaps, many columns, tiles; the same bits as from a contiguous copy. */
START_TEST(long_sums_depend_on_no_layout) {
  const OpId op = (OpId[]){OP_sum, OP_logsumexp, OP_var}[_i];
  uint32_t state = 5;
  static const int64_t shapes[][2] = {{1000, 3}, {3, 1000}, {257, 70}, {70, 257}, {5000, 1}, {129, 129}, {20, 40}};
  for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
    int64_t rows = shapes[k][0], columns = shapes[k][1];
    for (int dtype = DTYPE_FLOAT32; dtype <= DTYPE_FLOAT64; dtype++) {
      Tensor *x = made(tensor_new_shape(&test_runtime, (DType)dtype, 2, shapes[k]));
      for (int64_t i = 0; i < rows * columns; i++) put_number(x, i, (double)next_random(&state) / 1e4 - 500);
      Layout *turned = layout_new_strided(&test_runtime, SHAPE(columns, rows), (int64_t[]){1, columns});
      Tensor *view = made(tensor_window(&test_runtime, x, turned, 0)), *copy = made(tensor_copy(&test_runtime, view));
      for (int axis = 0; axis < 2; axis++) {
        Tensor *one = call1(op, tensor_ref(view), axis_of(1, axis));
        Tensor *other = call1(op, tensor_ref(copy), axis_of(1, axis));
        Tensor *third = call1(op, tensor_ref(x), axis_of(1, 1 - axis));
        for (int64_t i = 0; i < tensor_size(one); i++) {
          ck_assert(tensor_number_at(one, i) == tensor_number_at(other, i));
          ck_assert(tensor_number_at(one, i) == tensor_number_at(third, i));
        }
        tensor_unref(one);
        tensor_unref(other);
        tensor_unref(third);
      }
      Tensor *whole = call1(op, tensor_ref(view), NULL);
      expect_number(call1(op, tensor_ref(copy), NULL), (DType)dtype, tensor_number_at(whole, 0));
      tensor_unref(whole);
      tensor_unref(x);
      tensor_unref(view);
      tensor_unref(copy);
      layout_unref(turned);
    }
  }
}
END_TEST

/* Long lines are read in quarters; elements with gaps between them are not.  Another order often has the same bits, so
   there are several lines. */
START_TEST(long_lines_have_the_bits_of_others) {
  enum { LINES = 12 };
  const OpId op = (OpId[]){OP_sum, OP_prod, OP_var}[_i % 3];
  const DType dtype = _i < 3 ? DTYPE_FLOAT64 : DTYPE_FLOAT32;
  const int64_t size = 2 * FOLD_SHORT + 77, room = 2 * size;
  uint32_t state = 7;
  Tensor *spread = made(tensor_new_shape(&test_runtime, dtype, 1, &room));
  Layout *gaps = layout_new_strided(&test_runtime, SHAPE(size), (int64_t[]){2});
  for (int line = 0; line < LINES; line++) {
    for (int64_t i = 0; i < room; i++) {
      double unit = (double)(next_random(&state) % 100003) / 100003 - 0.5;
      put_number(spread, i, op == OP_prod ? 1 + unit / 100 : unit);
    }
    Tensor *view = made(tensor_window(&test_runtime, spread, gaps, 0)), *dense = made(tensor_copy(&test_runtime, view));
    Tensor *expected = call1(op, view, NULL);
    expect_number(call1(op, dense, NULL), dtype, tensor_number_at(expected, 0));
    tensor_unref(expected);
  }
  tensor_unref(spread);
  layout_unref(gaps);
}
END_TEST

START_TEST(every_processor_folds_to_the_same_bits) {
#if TARGET_AVX2
  double numbers[FOLD_CHUNK * 3];
  uint32_t state = 3;
  for (int i = 0; i < FOLD_CHUNK * 3; i++) numbers[i] = (double)next_random(&state) / 1e5 - 80;
  for (int op = FOLD_SUM; op <= FOLD_MINIMUM && target_has_avx2(); op++) {
    for (int dtype = 0; dtype < DTYPE_COUNT; dtype++) {
      Tensor *x = vector((DType)dtype, FOLD_CHUNK * 3, numbers);
      int64_t item = (int64_t)dtype_info[dtype].size;
      for (int64_t rows = 1; rows <= FOLD_CHUNK; rows++) {
        for (int64_t width = 1; width <= 3; width++) {
          FoldNumber plain[3], wide[3];
          fold_kernels_plain[op].chunk[dtype](x->data, item * width, rows, width, plain);
          fold_kernels_avx2[op].chunk[dtype](x->data, item * width, rows, width, wide);
          for (int i = 0; i < width; i++) ck_assert_int_eq(plain[i].integer, wide[i].integer);
        }
      }
      tensor_unref(x);
    }
  }
#endif
}
END_TEST

/* ---- accuracy */
static Tensor *filled(DType dtype, int64_t size, double value) {
  Tensor *x = made(tensor_new_shape(&test_runtime, dtype, 1, &size));
  tensor_fill(&test_runtime, x, value);
  return x;
}

static double number_of(Tensor *taken) {
  double value = tensor_number_at(made(taken), 0);
  tensor_unref(taken);
  return value;
}

START_TEST(long_sums_are_accurate) {
  ck_assert(fabs(number_of(call1(OP_sum, filled(DTYPE_FLOAT64, 1000000, 0.1), NULL)) - 100000) < 1e-10);
  double sum = number_of(call1(OP_sum, filled(DTYPE_FLOAT32, 10000000, 0.1), NULL));
  ck_assert(fabs(sum / (1e7 * (double)0.1f) - 1) < 1e-7);
  Tensor *x = filled(DTYPE_FLOAT64, 1000000, 1e-8);
  put_number(x, 0, 1e8);
  ck_assert(fabs(number_of(call1(OP_sum, x, NULL)) - 100000000.00999999) < 1e-6);
}
END_TEST

START_TEST(variance_is_taken_about_the_mean) {
  expect_number(call1(OP_var, vector(DTYPE_FLOAT64, NUMBERS(1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16)), NULL),
                DTYPE_FLOAT64, 22.5);
  expect_number(call1(OP_var, filled(DTYPE_FLOAT64, 1001, 0.1), NULL), DTYPE_FLOAT64, 0);
  expect_number(call1(OP_var, filled(DTYPE_FLOAT32, 77, 0.3), NULL), DTYPE_FLOAT32, 0);
  Attributes *attributes = attributes_new(&test_runtime, 3);
  attributes_set_integer(attributes, 1, 1);
  expect_number(call1(OP_var, vector(DTYPE_INT32, NUMBERS(1, 3)), attributes_ref(attributes)), DTYPE_FLOAT64, 2);
  expect_number(call1(OP_var, number(3), attributes), DTYPE_FLOAT64, NAN);
}
END_TEST

START_TEST(logsumexp_is_accurate) {
  expect_number(call1(OP_logsumexp, vector(DTYPE_FLOAT64, NUMBERS(1000, 1000)), NULL), DTYPE_FLOAT64,
                1000.6931471805599453);
  expect_number(call1(OP_logsumexp, vector(DTYPE_FLOAT64, NUMBERS(-1000, -1000)), NULL), DTYPE_FLOAT64,
                -999.30685281944005469);
  expect_number(call1(OP_logsumexp, vector(DTYPE_FLOAT64, NUMBERS(0, -50)), NULL), DTYPE_FLOAT64,
                1.9287498479639177830e-22);
  expect_number(call1(OP_logsumexp, vector(DTYPE_FLOAT64, NUMBERS(-INFINITY, -INFINITY)), NULL), DTYPE_FLOAT64,
                -INFINITY);
  expect_number(call1(OP_logsumexp, vector(DTYPE_FLOAT64, NUMBERS(1, INFINITY)), NULL), DTYPE_FLOAT64, INFINITY);
  expect_number(call1(OP_logsumexp, vector(DTYPE_FLOAT64, NUMBERS(1, NAN)), NULL), DTYPE_FLOAT64, NAN);
  expect_number(call1(OP_logsumexp, vector(DTYPE_INT64, NUMBERS(0, 0)), NULL), DTYPE_FLOAT64, M_LN2);
}
END_TEST

/* ---- interruption and memory */
START_TEST(long_reductions_can_be_interrupted) {
  Tensor *x = filled(DTYPE_FLOAT64, 1 << 18, 1);
  interrupt_requested = 1;
  for (int i = 0; i < REDUCTIONS; i++)
    expect_failure(call1(reductions[i], tensor_ref(x), NULL), ERROR_INTERRUPT, "interrupted");
  expect_failure(call1(OP_cumsum, tensor_ref(x), NULL), ERROR_INTERRUPT, "interrupted");
  expect_failure(call(OP_linear_recurrence, 2, (Tensor *[]){tensor_ref(x), tensor_ref(x)}, axis_of(1, 0)),
                 ERROR_INTERRUPT, "interrupted");
  interrupt_requested = 0;
  tensor_unref(x);
}
END_TEST

static bool work_with_memory(void) {
  Tensor *x = tensor_new_shape(&test_runtime, DTYPE_FLOAT32, SHAPE(3, 4));
  if (!x) return false;
  tensor_fill(&test_runtime, x, 2);
  bool done = true;
  for (int i = 0; i < REDUCTIONS + 4; i++) {
    static const OpId others[] = {OP_cumsum, OP_cumprod, OP_softmax, OP_logsoftmax};
    OpId op = i < REDUCTIONS ? reductions[i] : others[i - REDUCTIONS];
    Tensor *result = op_table[op].forward(&test_runtime, &(Operands){.op = op, .count = 1, .tensors = &x});
    done = done && result;
    tensor_unref(result);
  }
  tensor_unref(x);
  return done;
}

START_TEST(every_allocation_may_fail) {
  every_allocation_fails_once(work_with_memory);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("reduce");
  TCase *tests = tcase_create("reduce");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_test(tests, reductions_agree_with_the_model);
  tcase_add_loop_test(tests, long_sums_depend_on_no_layout, 0, 3);
  tcase_add_loop_test(tests, long_lines_have_the_bits_of_others, 0, 6);
  tcase_add_test(tests, every_processor_folds_to_the_same_bits);
  tcase_add_test(tests, long_sums_are_accurate);
  tcase_add_test(tests, variance_is_taken_about_the_mean);
  tcase_add_test(tests, logsumexp_is_accurate);
  tcase_add_test(tests, long_reductions_can_be_interrupted);
  tcase_add_test(tests, every_allocation_may_fail);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
