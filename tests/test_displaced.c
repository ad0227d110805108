/* SPDX-License-Identifier: MIT */
/* test_displaced.c: values whose memory a newer value has taken over, and what keeps them (see test_writes.c, too). */
#include "autodiff/node.h"
#include "runtime/displaced.h"
#include "runtime/fuse/fuse.h"
#include "runtime/kernels/index.h"
#include "runtime/kernels/window.h"
#include "tests/evaluating.h"
#include "tests/tensors.h"

/* ---- tensors */
static void set_up(void) {
  tensors_set_up();
  test_runtime.displaced_least = MEMORY_POOLED + 1;
}

static void tear_down(void) {
  test_runtime.displaced_least = 0;
  test_runtime.fuse_least = 0;
  tensors_tear_down();
}

/* x[i] = i % 100 */
static Tensor *counting(DType dtype, int64_t size) {
  Tensor *x = made(tensor_new_shape(&test_runtime, dtype, 1, &size));
  for (int64_t i = 0; i < size; i++) {
    if (dtype == DTYPE_FLOAT64) ((double *)tensor_data(x))[i] = (double)(i % 100);
    else ((uint8_t *)tensor_data(x))[i] = (uint8_t)(i % 100);
  }
  return x;
}

/* x with `count` elements from `start` on, `step` apart, replaced; NULL: failed.  x is borrowed. */
static Tensor *put(Tensor *x, int64_t start, int64_t count, int64_t step, double value) {
  Layout *window = count == 1 ? layout_ref(&layout_scalar)
                              : layout_new_strided(&test_runtime, 1, &count, &step);
  Attributes *attributes = window ? window_attributes(&test_runtime, x->layout, window, start) : NULL;
  layout_unref(window);
  Tensor *number = attributes ? tensor_new_number(&test_runtime, DTYPE_FLOAT64, value) : NULL;
  if (!number) return attributes_unref(attributes), NULL;
  return call(OP_window_put, 2, (Tensor *[]){tensor_ref(x), number}, attributes);
}

/* The same for elements given by their indices. */
static Tensor *put_at(Tensor *x, int count, const double *indices, double value) {
  const int64_t axis = 0;
  Attributes *attributes = gather_attributes(&test_runtime, x->layout, 1, &axis, 0);
  Tensor *tensors[] = {tensor_ref(x), number(value), vector(DTYPE_INT64, count, indices)};
  return call(OP_gather_put, 3, tensors, attributes);
}

static bool is_displaced(const Tensor *tensor) {
  return !tensor->data && !tensor->storage->data;
}

static void expect_counting(const Tensor *x) {
  for (int64_t i = 0; i < tensor_size(x); i++)
    if (tensor_number_at(x, i) != (double)(i % 100))
      ck_abort_msg("element %lld is %g", (long long)i, tensor_number_at(x, i));
}

START_TEST(old_values_are_restored) {
  Tensor *x = counting(DTYPE_FLOAT64, 400), *versions[5] = {x};
  void *memory = tensor_data(x);
  versions[1] = made(put(x, 7, 1, 1, -1));
  versions[2] = made(put(versions[1], 390, 20, -19, -2));
  versions[3] = made(put_at(versions[2], NUMBERS(7, 3, 7, 399), -3));
  versions[4] = made(put(versions[3], 0, 100, 4, -4));
  for (int i = 0; i < 4; i++) ck_assert(is_displaced(versions[i]) && !tensor_is_pending(versions[i]));
  ck_assert_ptr_eq(versions[4]->data, memory);
  ck_assert_uint_lt(displaced_bytes(versions[0]), 9);
  ck_assert_uint_eq(displaced_bytes(versions[4]), 3200);
  int order[] = {_i % 4, (_i / 4) % 4, (_i + 2) % 4, 3, 2, 1, 0}; /* whatever is asked for first */
  for (int k = 0; k < 7; k++) {
    const Tensor *version = versions[order[k]];
    for (int64_t i = 0; i < 400; i++) {
      double expected = (double)(i % 100);
      if (order[k] >= 1 && i == 7) expected = -1;
      if (order[k] >= 2 && i % 19 == 390 % 19 && i >= 29 && i <= 390) expected = -2;
      if (order[k] >= 3 && (i == 7 || i == 3 || i == 399)) expected = -3;
      ck_assert_msg(tensor_number_at(version, i) == expected, "version %d, element %d", order[k], (int)i);
    }
  }
  ck_assert(tensor_number_at(versions[4], 0) == -4 && tensor_number_at(versions[4], 3) == -3);
  for (int i = 0; i < 5; i++) tensor_unref(versions[(i * 2 + _i) % 5]);
}
END_TEST

/* Memory goes back without a copy where nobody needs the new value any more. */
START_TEST(memory_is_taken_back) {
  Tensor *x = counting(DTYPE_FLOAT64, 400);
  void *memory = tensor_data(x);
  Tensor *y = made(put(x, 5, 1, 1, -1)), *z = made(put(y, 6, 30, 2, -2));
  tensor_unref(y);
  tensor_unref(z);
  memory_fail_at(1, true);
  ck_assert(tensor_ready(&test_runtime, x) && x->data == memory);
  memory_fail_at(0, false);
  expect_counting(x);
  ck_assert(tensor_is_unshared(x));
  y = made(put(x, 5, 1, 1, -1)); /* but not from one between them */
  tensor_unref(made(put(y, 6, 30, 2, -2)));
  expect_counting(x);
  ck_assert(x->data != memory && tensor_number_at(y, 5) == -1 && tensor_number_at(y, 6) == 6 && y->data == memory);
  tensor_unref(x);
  tensor_unref(y);
}
END_TEST

START_TEST(shared_memory_is_left_alone) {
  Tensor *x = counting(DTYPE_FLOAT64, 400), *y;
  void *memory = tensor_data(x);
  Tensor *window = made(tensor_window(&test_runtime, x, x->layout, 0));
  tensor_unref(made(put(x, 5, 1, 1, -1)));
  ck_assert_ptr_eq(x->data, memory);
  tensor_unref(window);
  ck_assert(fuse_start(&test_runtime, 1)); /* something pending reads it */
  Tensor *sum = made(call2(OP_add, tensor_ref(x), number(1)));
  y = made(put(x, 5, 1, 1, -1));
  ck_assert(x->data == memory && tensor_number_at(sum, 5) == 6);
  tensor_unref(y);
  tensor_unref(sum);
  y = made(put(x, 5, 101, 3, -1)); /* not small */
  ck_assert(x->data == memory && tensor_number_at(y, 5) == -1);
  tensor_unref(y);
  y = made(put(x, 5, 1, 1, -1));
  ck_assert(is_displaced(x) && !tensor_is_unshared(y)); /* y's memory is still wanted */
  Tensor *old = x;
  x = y;
  y = made(put(x, 9, 1, 1, -1)); /* but its tensor alone looks at it */
  ck_assert(is_displaced(x));
  tensor_unref(x);
  tensor_unref(old);
  ck_assert(tensor_is_unshared(y));
  x = y;
  y = made(put(x, 9, 1, 1, 9));
  ck_assert(is_displaced(x));
  tensor_unref(x);
  int64_t length = 300;
  Layout *part = layout_new(&test_runtime, 1, &length); /* what is left of a larger tensor */
  window = made(tensor_window(&test_runtime, y, part, 100));
  tensor_unref(y);
  y = made(put(window, 5, 1, 1, -1));
  ck_assert(!is_displaced(window) && tensor_number_at(window, 5) == 5 && tensor_number_at(y, 299) == 99);
  layout_unref(part);
  tensor_unref(window);
  tensor_unref(y);
  x = counting(DTYPE_FLOAT64, 400);
  part = layout_new_strided(&test_runtime, 2, (const int64_t[]){20, 20}, (const int64_t[]){1, 20}); /* not in C order */
  window = made(tensor_window(&test_runtime, x, part, 0));
  tensor_unref(x);
  y = made(put(window, 1, 1, 1, -1));
  ck_assert(tensor_number_at(y, 1) == -1 && tensor_number_at(y, 20) == 1 && tensor_number_at(window, 1) == 20);
  layout_unref(part);
  tensor_unref(window);
  tensor_unref(y);
  fuse_free(&test_runtime);
}
END_TEST

/* Undoing costs no more than a copy: then a write is one, and old chains end there. */
START_TEST(chains_are_as_long_as_they_are_worth) {
  Tensor *versions[101] = {counting(DTYPE_FLOAT64, 400)};
  int copies = 0;
  for (int i = 0; i < 100; i++) {
    versions[i + 1] = made(_i ? put(versions[i], i, 100, 1, -1) : put(versions[i], i, 1, 1, -1));
    if (!is_displaced(versions[i])) copies++;
    ck_assert_uint_le(versions[i + 1]->storage->debt, 400 / 16);
  }
  ck_assert_int_eq(copies, _i ? 25 : 3);
  for (int k = 0; k <= 100; k += 25) {
    int64_t written = _i && k ? k + 99 : k;
    for (int64_t i = 0; i < 400; i++)
      if (tensor_number_at(versions[k], i) != (i < written ? -1 : (double)(i % 100))) ck_abort_msg("version %d", k);
  }
  for (int i = 0; i <= 100; i++) tensor_unref(versions[i]);
}
END_TEST

/* Restoring and releasing need no stack, whatever goes first. */
START_TEST(very_many_writes) {
  const int writes = _i ? 50000 : 300000;
  int64_t size = 17 * (int64_t)writes;
  Tensor *x = counting(DTYPE_UINT8, size), *first = tensor_ref(x), *middle = NULL;
  for (int i = 0; i < writes; i++) {
    Tensor *y = put(x, 17 * i, 1, 1, 200);
    if (!y || !is_displaced(x)) ck_abort_msg("write %d", i);
    if (i == writes / 2) middle = x;
    else tensor_unref(x);
    x = y;
  }
  tensor_unref(_i == 1 ? first : x);
  if (_i < 2) ck_assert(tensor_number_at(middle, 17) == 200 && tensor_number_at(middle, size - 17) < 100);
  if (_i != 1) {
    const uint8_t *numbers = tensor_data(first);
    for (int64_t i = 0; i < size; i++)
      if (numbers[i] != i % 100) ck_abort_msg("element %lld", (long long)i);
  }
  tensor_unref(_i == 1 ? x : first);
  tensor_unref(middle);
}
END_TEST

START_TEST(without_memory_nothing_changes) {
  Tensor *x = counting(DTYPE_FLOAT64, 400), *y = NULL;
  for (size_t n = 1; !y; n++) {
    memory_fail_at(n, false);
    y = _i ? put(x, 3, 50, 2, -1) : put(x, 3, 1, 1, -1);
    ck_assert(y || memory_failure_hit());
    memory_fail_at(0, false);
    error_clear(&test_error);
    if (!y) expect_counting(x);
  }
  ck_assert(is_displaced(x));
  memory_fail_at(1, true);
  ck_assert(!tensor_ready(&test_runtime, x) && !tensor_is_unshared(x));
  ck_assert_ptr_null(tensor_window(&test_runtime, x, x->layout, 0));
  ck_assert(is_displaced(x) && test_error.kind == ERROR_MEMORY);
  memory_fail_at(2, true); /* whatever it asks for first */
  ck_assert_ptr_null(tensor_window(&test_runtime, x, x->layout, 0));
  memory_fail_at(0, false);
  error_clear(&test_error);
  expect_counting(x);
  ck_assert(tensor_number_at(y, 3) == -1);
  tensor_unref(x);
  tensor_unref(y);
}
END_TEST

START_TEST(interrupted_nothing_changes) {
  Tensor *x = counting(DTYPE_UINT8, 12 << 20), *y = made(put(x, 5, 1, 1, 200));
  interrupt_request();
  ck_assert(!tensor_ready(&test_runtime, x) && is_displaced(x));
  ck_assert_int_eq(test_error.kind, ERROR_INTERRUPT);
  error_clear(&test_error);
  ck_assert_ptr_null(put(y, 0, 3 << 20, 4, 201)); /* in the middle of the write */
  interrupt_requested = 0;
  error_clear(&test_error);
  ck_assert(tensor_number_at(y, 5) == 200 && tensor_number_at(y, 0) == 0 &&
            tensor_number_at(y, 4 << 20) == (4 << 20) % 100);
  expect_counting(x);
  tensor_unref(x);
  tensor_unref(y);
}
END_TEST

/* ---- sessions */
static double number_of(Session *session, const char *code) {
  buffer_clear(&printed);
  ck_assert_msg(run(session, code) == RUN_OK, "%s: %s", code, buffer_text(&session_error(session)->message));
  return strtod(buffer_text(&printed), NULL);
}

/* A write keeps what it displaces, and no copy; so does what is read between the writes, and the way back. */
static const char *const loops[] = {
  "x = tensor(zeros(300000)); y = x * 2; for i in range(3000) { y[i] = y[i - 1] * 0.5 + i }",
  "x = tensor(zeros(300000)); y = x * 2; for i in range(3000) { y[3 * i:3 * i + 3] = y[i:i + 3] * 0.5 + 1 }",
  "x = tensor(zeros(300000)); y = x * 2; for i in range(3000) { y[[i, i + 5, 9]] += 0.5 }",
  "x = tensor(zeros(300000)); y = x * 2; for i in range(3000) { y[i] *= x[i + 1] }",
  "x = tensor(ones((1000, 64))); y = x * 1; for i in range(1, 1000) { y[i] = tanh(y[i - 1] + x[i]) }",
  "x = tensor(ones((64, 1000))); y = x * 1; for i in range(1, 1000) { y[:, i] = tanh(y[:, i - 1] + x[:, i]) }",
};

START_TEST(a_write_keeps_what_it_displaces) {
  size_t closed = memory_live_blocks();
  Session *session = open_session();
  memory_set_budget(memory_held() + (32 << 20));
  ck_assert_int_eq(run(session, loops[_i]), RUN_OK);
  Value y;
  ck_assert(session_lookup(session, "y", &y));
  GraphSize size = node_graph_size(session_graph(session), node_of(value_as_variable(y)->value), 1 << 20);
  ck_assert_uint_lt(size.bytes, 16 << 20);
  ck_assert_int_eq(run(session, "backward(sum(y))"), RUN_OK);
  memory_set_budget(0);
  close_session(session);
  ck_assert_uint_eq(memory_live_blocks(), closed);
}
END_TEST

/* A write that fails leaves the value and its history; what is asked for afterwards is what it was. */
static const char *const writes[] = {"y[5] = y[6] * w", "y[2:40] *= w", "y[[7, 3]] = w", "y[y > 290] = w * 2",
                                     "v[3] = w", "y[[1, 1]] += w"};

START_TEST(failed_writes_change_nothing) {
  RunStatus status = RUN_FAILED;
  for (size_t n = 1; status != RUN_OK; n++) {
    Session *session = open_session();
    ck_assert_int_eq(run(session, "x = tensor(arange(300)); w = tensor(2); y = x * 1; v = y[10:20]; "
                                  "y[4] = w; z = y * y"), RUN_OK);
    memory_fail_at(n, false);
    status = run(session, writes[_i]);
    ck_assert(status == RUN_OK || session_error(session)->kind == ERROR_MEMORY);
    memory_fail_at(0, false);
    if (status != RUN_OK) {
      ck_assert_double_eq(number_of(session, "sum(y)"), 44848);
      ck_assert_double_eq(number_of(session,
                                    "backward(sum(y) + v[2]); grad(x)[5] + grad(x)[12] + grad(x)[4] + grad(w)"), 4);
      ck_assert_int_eq(run(session, writes[_i]), RUN_OK);
    }
    ck_assert_double_eq(number_of(session, "sum(z)"), 8955038); /* what was computed before */
    ck_assert_double_eq(number_of(session, "backward(sum(z)); grad(x)[7] + grad(w)"), 18);
    close_session(session);
  }
}
END_TEST

/* What needs old numbers and gets no memory for them says so, and can be tried again. */
START_TEST(old_numbers_without_memory) {
  for (size_t n = 1;; n++) {
    Session *session = open_session();
    ck_assert_int_eq(run(session, "x = tensor(arange(300)); y = x * 1; z = y * y; y[5] = 7; y[6:9] = x[1] * 2"),
                     RUN_OK);
    memory_fail_at(n, false);
    RunStatus status = run(session, "g = grad(sum(z * z), x); h = grad(sum(g * g), x)");
    ck_assert(status == RUN_OK || session_error(session)->kind == ERROR_MEMORY);
    memory_fail_at(0, false);
    ck_assert_double_eq(number_of(session, "grad(sum(z * z), x)[3]"), 108);
    ck_assert_double_eq(number_of(session, "y[5] + y[6] + y[9]"), 18);
    close_session(session);
    if (status == RUN_OK) break;
  }
}
END_TEST

START_TEST(old_numbers_interrupted) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "x = tensor(ones(2000000)); y = x * 1; y[0] = 2; z = y * 3; z[0]; y[1] = 5"), RUN_OK);
  interrupt_request();
  ck_assert_int_ne(run(session, "g = grad(sum(z * z), x)"), RUN_OK);
  interrupt_requested = 0;
  ck_assert_double_eq(number_of(session, "g = grad(sum(z * z), x); sum(g)"), 18.0 * 1999999);
  close_session(session);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("displaced");
  TCase *tensors = tcase_create("tensors"), *sessions = tcase_create("sessions");
  tcase_add_checked_fixture(tensors, set_up, tear_down);
  tcase_add_loop_test(tensors, old_values_are_restored, 0, 16);
  tcase_add_test(tensors, memory_is_taken_back);
  tcase_add_test(tensors, shared_memory_is_left_alone);
  tcase_add_loop_test(tensors, chains_are_as_long_as_they_are_worth, 0, 2);
  tcase_add_loop_test(tensors, very_many_writes, 0, 3);
  tcase_add_loop_test(tensors, without_memory_nothing_changes, 0, 2);
  tcase_add_test(tensors, interrupted_nothing_changes);
  tcase_add_loop_test(sessions, a_write_keeps_what_it_displaces, 0, sizeof loops / sizeof *loops);
  tcase_add_loop_test(sessions, failed_writes_change_nothing, 0, sizeof writes / sizeof *writes);
  tcase_add_test(sessions, old_numbers_without_memory);
  tcase_add_test(sessions, old_numbers_interrupted);
  suite_add_tcase(suite, tensors);
  suite_add_tcase(suite, sessions);
  return run_suite(suite);
}
