/* SPDX-License-Identifier: MIT */
/* test_pending.c: results that are left pending: how much may wait, what interrupts them,
    and who computes them when. */
#include "base/memory.h"
#include "runtime/fuse/lazy.h"
#include "runtime/kernels/index.h"
#include "tests/evaluating.h"
#include "tests/tensors.h"

START_TEST(pending_work_is_bounded) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "x = ones(100000, constant=true); y = x * 2"), RUN_OK);
  for (int i = 0; i < 20; i++) ck_assert_int_eq(run(session, "for k in range(20) { x = x * 0.5 + y }"), RUN_OK);
  size_t held = memory_held();
  for (int i = 0; i < 20; i++) ck_assert_int_eq(run(session, "for k in range(20) { x = x * 0.5 + y }"), RUN_OK);
  ck_assert_uint_le(memory_held(), held + (4 << 20));
  ck_assert_int_eq(run(session, "x[0]"), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "4\n");
  close_session(session);
}
END_TEST

/* 24 operations, but more than a thousand in a tree that repeats them. */
START_TEST(what_is_used_twice_counts_once) {
  tensors_set_up();
  ck_assert(fuse_start(&test_runtime, 1));
  Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, SHAPE(1000))), *stages[12];
  ck_assert(tensor_fill(&test_runtime, x, 0.5));
  for (int i = 0; i < 12; i++) {
    Tensor *before = i ? stages[i - 1] : x;
    stages[i] = made(call2(OP_add, made(call2(OP_multiply, tensor_ref(before), tensor_ref(before))), number(0.25)));
  }
  for (int i = 0; i < 12; i++) ck_assert_msg(tensor_is_pending(stages[i]), "stage %d has been computed", i);
  ck_assert(tensor_ready(&test_runtime, stages[11]));
  ck_assert_double_eq(tensor_number_at(stages[11], 999), 0.5);
  for (int i = 0; i < 12; i++) tensor_unref(stages[i]);
  tensor_unref(x);
  fuse_free(&test_runtime);
  test_runtime.fuse_least = 0;
  tensors_tear_down();
}
END_TEST

START_TEST(an_interrupted_pass_can_be_run_again) {
  tensors_set_up();
  ck_assert(fuse_start(&test_runtime, 1));
  Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, SHAPE(100000)));
  ck_assert(tensor_fill(&test_runtime, x, 3));
  Tensor *two = number(2), *y = made(call2(OP_multiply, tensor_ref(x), two));
  ck_assert(tensor_is_pending(y));
  interrupt_request();
  ck_assert(!tensor_ready(&test_runtime, y));
  ck_assert_int_eq(test_error.kind, ERROR_INTERRUPT);
  ck_assert(tensor_is_pending(y));
  interrupt_requested = 0;
  error_clear(&test_error);
  ck_assert(tensor_ready(&test_runtime, y));
  ck_assert(!tensor_is_pending(y) && tensor_number_at(y, 99999) == 6);
  tensor_unref(x);
  tensor_unref(y);
  fuse_free(&test_runtime);
  test_runtime.fuse_least = 0;
  tensors_tear_down();
}
END_TEST

/* Nothing is put into memory that the pass has not reached. */
START_TEST(an_interrupted_copy_gets_no_elements) {
  tensors_set_up();
  ck_assert(fuse_start(&test_runtime, 1));
  int64_t size = 5000, axes[] = {0};
  Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, 1, &size)), *value = number(1);
  Tensor *indices = made(tensor_new_shape(&test_runtime, DTYPE_INT64, 1, &size));
  ck_assert(tensor_fill(&test_runtime, x, 3) && tensor_fill(&test_runtime, indices, 7));
  Attributes *attributes = gather_attributes(&test_runtime, x->layout, 1, axes, 0);
  Tensor *tensors[] = {x, value, indices};
  Operands put_operands = {.op = OP_gather_put, .count = 3, .tensors = tensors, .attributes = attributes};
  interrupt_request();
  ck_assert_ptr_null(op_gather_put_forward(&test_runtime, &put_operands));
  ck_assert_int_eq(test_error.kind, ERROR_INTERRUPT);
  interrupt_requested = 0;
  error_clear(&test_error);
  Tensor *put = made(op_gather_put_forward(&test_runtime, &put_operands));
  ck_assert(tensor_number_at(put, 7) == 1 && tensor_number_at(put, 8) == 3);
  tensor_unref(put);
  attributes_unref(attributes);
  tensor_unref(x);
  tensor_unref(value);
  tensor_unref(indices);
  fuse_free(&test_runtime);
  test_runtime.fuse_least = 0;
  tensors_tear_down();
}
END_TEST

START_TEST(an_interrupted_write_changes_nothing) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "x = ones(5000, constant=true); y = zeros(5000, constant=true); z = x * 3"), RUN_OK);
  Value x, z;
  ck_assert(session_lookup(session, "y", &x) && session_lookup(session, "z", &z));
  interrupt_request();
  ck_assert(!variable_write(session_graph(session), value_as_variable(x),
                            variable_value(session_graph(session), value_as_variable(z))));
  interrupt_requested = 0;
  ck_assert_int_eq(run(session, "sum(y), sum(z)"), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "(0, 15000)\n");
  close_session(session);
}
END_TEST

START_TEST(nobody_computes_what_nobody_reads) {
  Session *session = open_session();
  Runtime *runtime = session_runtime(session);
  ck_assert_int_eq(run(session, "x = ones(5000) * 2; for k in range(9) { y = x * k; z = y + x }\ny = z = 0"), RUN_OK);
  ck_assert_ptr_nonnull(runtime->pending);
  ck_assert_int_eq(run(session, "x = 0"), RUN_OK);
  ck_assert_ptr_null(runtime->pending);
  close_session(session);
}
END_TEST

/* What waits comes along when something of the same work is computed; what has only been summed up does not. */
START_TEST(a_pass_computes_what_somebody_waits_for) {
  Session *session = open_session();
  Runtime *runtime = session_runtime(session);
  const char *begin = "x = ones((300, 400), constant=true); d = x * 2; q = d * d; w = d + 3; ";
  ck_assert_int_eq(run(session, begin), RUN_OK);
  ck_assert_int_eq(run(session, "d[0, 0]"), RUN_OK);
  ck_assert_ptr_null(runtime->pending);
  ck_assert_int_eq(run(session, begin), RUN_OK);
  ck_assert_int_eq(run(session, "s = sum(q, axis=0); r = d - 1; r[0, 0]; w[0, 0]; d[0, 0]"), RUN_OK);
  ck_assert_msg(runtime->pending && !runtime->pending->next, "q alone is left");
  ck_assert_int_eq(run(session, "buffer = q[7, 7]; s[5], buffer, w[299, 399]"), RUN_OK);
  ck_assert_ptr_null(runtime->pending);
  close_session(session);
}
END_TEST

START_TEST(a_window_of_repeated_numbers_writes_nothing) {
  Session *session = open_session();
  Runtime *runtime = session_runtime(session);
  ck_assert_int_eq(run(session, "M = tensor(ones((300, 400))); backward(sum(sum(M, axis=0) ** 2)); g = grad(M); M = 0"),
                   RUN_OK);
  ck_assert_int_eq(run(session, "to_json(g[7, 3:5]), g[299, 399]"), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "(\"[600, 600]\", 600)\n");
  ck_assert_ptr_nonnull(runtime->pending);
  ck_assert_int_eq(run(session, "total = 0; for i in range(200) { total += g[i, 2 * i] }"), RUN_OK);
  ck_assert_ptr_null(runtime->pending);
  buffer_clear(&printed);
  ck_assert_int_eq(run(session, "g[0, 0] = 1; total, g[0, 0], g[0, 1], g[1, 0]"), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "(120000, 1, 600, 600)\n");
  close_session(session);
}
END_TEST

START_TEST(a_loss_is_known_once_its_gradient_is) {
  Session *session = open_session();
  Runtime *runtime = session_runtime(session);
  ck_assert_int_eq(run(session, "S = tensor(zeros((100, 100))); L = softmax_crossentropy(S, arange(100, dtype=int))"),
                   RUN_OK);
  ck_assert_ptr_nonnull(runtime->pending_number);
  ck_assert_int_eq(run(session, "backward(L)"), RUN_OK);
  ck_assert_ptr_null(runtime->pending_number);
  ck_assert_int_eq(run(session, "round(L - log(100), 12), grad(S)[3, 3]"), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "(0, -0.0099)\n");
  close_session(session);
}
END_TEST

START_TEST(short_lines_of_repeated_numbers_are_not_written) {
  Session *session = open_session();
  Runtime *runtime = session_runtime(session);
  ck_assert_int_eq(run(session, "M = tensor(ones((3000, 8))); backward(sum(sum(M, axis=1) ** 2)); g = grad(M); M = 0"),
                   RUN_OK);
  ck_assert_int_eq(run(session, "s = sum(g * 2); s, sum(g + 1)"), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "(768000, 408000)\n");
  ck_assert_ptr_nonnull(runtime->pending);
  close_session(session);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("pending");
  TCase *tests = tcase_create("pending");
  tcase_add_test(tests, pending_work_is_bounded);
  tcase_add_test(tests, what_is_used_twice_counts_once);
  tcase_add_test(tests, an_interrupted_pass_can_be_run_again);
  tcase_add_test(tests, an_interrupted_copy_gets_no_elements);
  tcase_add_test(tests, an_interrupted_write_changes_nothing);
  tcase_add_test(tests, nobody_computes_what_nobody_reads);
  tcase_add_test(tests, a_pass_computes_what_somebody_waits_for);
  tcase_add_test(tests, a_loss_is_known_once_its_gradient_is);
  tcase_add_test(tests, a_window_of_repeated_numbers_writes_nothing);
  tcase_add_test(tests, short_lines_of_repeated_numbers_are_not_written);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
