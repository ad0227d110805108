/* SPDX-License-Identifier: MIT */
/* test_views.c: the operations whose result is a view: what they show of tensors in any memory, what they refuse. */
#include "tests/structures.h"

/* ---- views: each row is tried on every memory layout */
typedef struct ViewRow {
  OpId op;
  int ndim;
  int64_t shape[4];
  const char *arguments;
  int out_ndim;
  int64_t out_shape[6];
  int count;             /* the first numbers of the result */
  double numbers[12];
} ViewRow;

static const ViewRow view_rows[] = {
  {OP_reshape, 2, {2, 3}, "l3,2", 2, {3, 2}, 6, {0, 1, 2, 3, 4, 5}},
  {OP_reshape, 2, {2, 3}, "l-1", 1, {6}, 6, {0, 1, 2, 3, 4, 5}},
  {OP_reshape, 2, {2, 3}, "i6", 1, {6}, 6, {0, 1, 2, 3, 4, 5}},
  {OP_reshape, 2, {2, 6}, "l2,-1,2", 3, {2, 3, 2}, 4, {0, 1, 2, 3}},
  {OP_reshape, 1, {1}, "l", 0, {0}, 1, {0}},
  {OP_reshape, 0, {0}, "l1,1", 2, {1, 1}, 1, {0}},
  {OP_reshape, 2, {0, 3}, "l3,0", 2, {3, 0}, 0, {0}},
  {OP_reshape, 2, {0, 3}, "l-1,3", 2, {0, 3}, 0, {0}},
  {OP_reshape, 3, {2, 1, 3}, "l1,2,3,1", 4, {1, 2, 3, 1}, 6, {0, 1, 2, 3, 4, 5}},
  {OP_ravel, 2, {2, 3}, "", 1, {6}, 6, {0, 1, 2, 3, 4, 5}},
  {OP_ravel, 0, {0}, "", 1, {1}, 1, {0}},
  {OP_transpose, 2, {2, 3}, "", 2, {3, 2}, 6, {0, 3, 1, 4, 2, 5}},
  {OP_transpose, 2, {2, 3}, "-", 2, {3, 2}, 6, {0, 3, 1, 4, 2, 5}},
  {OP_transpose, 3, {2, 3, 2}, "l2,0,1", 3, {2, 2, 3}, 6, {0, 2, 4, 6, 8, 10}},
  {OP_transpose, 3, {2, 3, 2}, "l-1,0,1", 3, {2, 2, 3}, 6, {0, 2, 4, 6, 8, 10}},
  {OP_transpose, 0, {0}, "", 0, {0}, 1, {0}},
  {OP_swapaxes, 3, {2, 3, 2}, "i0 i-1", 3, {2, 3, 2}, 4, {0, 6, 2, 8}},
  {OP_moveaxis, 3, {2, 3, 4}, "i0 i2", 3, {3, 4, 2}, 4, {0, 12, 1, 13}},
  {OP_moveaxis, 3, {2, 3, 4}, "l0,1 l-1,0", 3, {3, 4, 2}, 4, {0, 12, 1, 13}},
  {OP_moveaxis, 3, {2, 3, 4}, "l2,0 l0,1", 3, {4, 2, 3}, 5, {0, 4, 8, 12, 16}},
  {OP_squeeze, 3, {1, 3, 1}, "", 1, {3}, 3, {0, 1, 2}},
  {OP_squeeze, 3, {1, 3, 1}, "i-1", 2, {1, 3}, 3, {0, 1, 2}},
  {OP_squeeze, 3, {1, 3, 1}, "l0,2", 1, {3}, 3, {0, 1, 2}},
  {OP_squeeze, 2, {2, 3}, "", 2, {2, 3}, 6, {0, 1, 2, 3, 4, 5}},
  {OP_squeeze, 2, {2, 3}, "l", 2, {2, 3}, 6, {0, 1, 2, 3, 4, 5}},
  {OP_expand_dims, 1, {3}, "i0", 2, {1, 3}, 3, {0, 1, 2}},
  {OP_expand_dims, 1, {3}, "i-1", 2, {3, 1}, 3, {0, 1, 2}},
  {OP_expand_dims, 2, {2, 3}, "l0,2,-1", 5, {1, 2, 1, 3, 1}, 6, {0, 1, 2, 3, 4, 5}},
  {OP_broadcast_to, 1, {2}, "l3,2", 2, {3, 2}, 6, {0, 1, 0, 1, 0, 1}},
  {OP_broadcast_to, 2, {2, 1}, "l2,2,2", 3, {2, 2, 2}, 8, {0, 0, 1, 1, 0, 0, 1, 1}},
  {OP_broadcast_to, 0, {0}, "i2", 1, {2}, 2, {0, 0}},
  {OP_broadcast_to, 1, {1}, "i0", 1, {0}, 0, {0}},
  {OP_flip, 2, {2, 3}, "", 2, {2, 3}, 6, {5, 4, 3, 2, 1, 0}},
  {OP_flip, 2, {2, 3}, "i-1", 2, {2, 3}, 6, {2, 1, 0, 5, 4, 3}},
  {OP_flip, 2, {2, 3}, "l0", 2, {2, 3}, 6, {3, 4, 5, 0, 1, 2}},
  {OP_flip, 2, {0, 3}, "", 2, {0, 3}, 0, {0}},
  {OP_diagonal, 2, {2, 3}, "", 1, {2}, 2, {0, 4}},
  {OP_diagonal, 2, {2, 3}, "i1", 1, {2}, 2, {1, 5}},
  {OP_diagonal, 2, {2, 3}, "i-1", 1, {1}, 1, {3}},
  {OP_diagonal, 2, {2, 3}, "i9", 1, {0}, 0, {0}},
  {OP_diagonal, 2, {2, 3}, "i-9223372036854775808", 1, {0}, 0, {0}},
  {OP_diagonal, 2, {2, 3}, "i1 i1 i0", 1, {1}, 1, {3}},
  {OP_diagonal, 3, {2, 3, 2}, "i0 i0 i2", 2, {3, 2}, 6, {0, 7, 2, 9, 4, 11}},
  {OP_sliding_window_view, 1, {5}, "l3 i1", 2, {3, 3}, 9, {0, 1, 2, 1, 2, 3, 2, 3, 4}},
  {OP_sliding_window_view, 1, {5}, "i2 i2", 2, {2, 2}, 4, {0, 1, 2, 3}},
  {OP_sliding_window_view, 1, {5}, "i2 i1 i3", 2, {2, 2}, 4, {0, 3, 1, 4}},
  {OP_sliding_window_view, 2, {3, 4}, "l2,2 l1,2", 4, {2, 2, 2, 2}, 8, {0, 1, 4, 5, 2, 3, 6, 7}},
  {OP_sliding_window_view, 2, {2, 3}, "l2", 3, {2, 2, 2}, 8, {0, 1, 3, 4, 1, 2, 4, 5}},
  {OP_sliding_window_view, 1, {5}, "l5 i9223372036854775807 i1", 2, {1, 5}, 5, {0, 1, 2, 3, 4}},
  {OP_sliding_window_view, 1, {2}, "l1 i1 i9223372036854775807", 2, {2, 1}, 2, {0, 1}},
};
enum { VIEW_ROWS = sizeof view_rows / sizeof *view_rows };

START_TEST(views_show_their_operand) {
  const ViewRow *row = &view_rows[_i];
  for (int type = 0; type < TYPES; type++) {
    for (int kind = 0; kind < DISGUISES; kind++) {
      DType dtype = all_types[type];
      if (dtype == DTYPE_BOOL) continue;
      Tensor *x = disguised(numbered(dtype, row->ndim, row->shape), kind);
      Tensor *got = made(view_of(row->op, x, arguments(row->arguments)));
      ck_assert_int_eq(tensor_ndim(got), row->out_ndim);
      for (int i = 0; i < row->out_ndim; i++) ck_assert_int_eq(layout_shape(got->layout)[i], row->out_shape[i]);
      for (int i = 0; i < row->count; i++) ck_assert_double_eq(tensor_number_at(got, i), row->numbers[i]);
      tensor_unref(got);
    }
  }
}
END_TEST

/* A reshape without a copy must show what a copy shows. */
START_TEST(reshape_of_any_strides) {
  static const int64_t shapes[][4] = {{2, 3, 4, 1}, {4, 1, 6, 1}, {24, 1, 1, 1}, {2, 12, 1, 1}, {3, 2, 2, 2},
                                      {1, 8, 1, 3}};
  enum { SHAPES = sizeof shapes / sizeof *shapes };
  for (int order = 0; order < 6; order++) {
    for (int to = 0; to < SHAPES; to++) {
      static const char *const orders[] = {"l0,1,2,3", "l1,0,2,3", "l2,1,0,3", "l0,2,1,3", "l2,0,1,3", "l1,2,0,3"};
      for (int from = 0; from < SHAPES; from++) {
        Tensor *x = view_of(OP_transpose, numbered(DTYPE_INT32, 4, shapes[from]), arguments(orders[order]));
        Tensor *dense = made(tensor_copy(&test_runtime, x));
        Attributes *wanted = attributes_new(&test_runtime, 1);
        ck_assert(attributes_set_integers(&test_runtime, wanted, 0, 4, shapes[to]));
        Tensor *expected = view_of(OP_reshape, dense, attributes_ref(wanted));
        expect_same(view_of(OP_reshape, x, wanted), expected);
      }
    }
  }
}
END_TEST

START_TEST(reshape_copies_only_when_it_must) {
  Layout *layout = NULL;
  int64_t offset = 0;
  bool needs_copy = false;
  Tensor *x = view_of(OP_transpose, numbered(DTYPE_FLOAT64, SHAPE(2, 3)), arguments(""));
  Attributes *wanted = arguments("l6");
  Operands operands = {.op = OP_reshape, .count = 1, .tensors = &x, .attributes = wanted};
  ck_assert(op_reshape_view(&test_runtime, &operands, x->layout, &layout, &offset, &needs_copy));
  ck_assert(needs_copy && !layout);
  attributes_unref(wanted);
  operands.attributes = wanted = arguments("l3,1,2,1");
  needs_copy = false;
  ck_assert(op_reshape_view(&test_runtime, &operands, x->layout, &layout, &offset, &needs_copy));
  ck_assert(!needs_copy && layout);
  attributes_unref(wanted);
  layout_unref(layout);
  tensor_unref(x);
}
END_TEST

/* ---- what views refuse */
static const struct { OpId op; int ndim; int64_t shape[3]; const char *arguments; ErrorKind kind; const char *message; }
view_failures[] = {
  {OP_reshape, 2, {2, 3}, "l4", ERROR_SHAPE,
   "cannot reshape " ERROR_OPERAND(0) "(2, 3) to (4,): 6 elements do not fill 4"},
  {OP_reshape, 2, {2, 3}, "l4,-1", ERROR_SHAPE, "(2, 3) to (4, -1): 6 elements cannot be divided by 4"},
  {OP_reshape, 2, {2, 3}, "l-1,-1", ERROR_SHAPE, "only one size can be -1, got (-1, -1)"},
  {OP_reshape, 1, {6}, "l-2,3", ERROR_SHAPE, "got (-2, 3)"},
  {OP_reshape, 1, {0}, "l0,-1", ERROR_SHAPE, "(0,) to (0, -1)"},
  {OP_reshape, 1, {4}, "l4294967296,4294967296", ERROR_SHAPE, "4 elements do not fill so many"},
  {OP_reshape, 1, {4}, "l4294967296,4294967296,-1", ERROR_SHAPE, "4 elements cannot be divided"},
  {OP_transpose, 2, {2, 3}, "l0,0", ERROR_ARGUMENT, "axis 0 is given twice"},
  {OP_transpose, 2, {2, 3}, "l0", ERROR_ARGUMENT, "transpose of " ERROR_OPERAND(0) "(2, 3) needs 2 axes, got 1"},
  {OP_transpose, 2, {2, 3}, "l0,2", ERROR_INDEX, "axis 2 is out of range"},
  {OP_swapaxes, 2, {2, 3}, "i0 i2", ERROR_INDEX,
   "axis 2 is out of range for " ERROR_OPERAND(0) "(2, 3) (use 0, 1, -1 or -2)"},
  {OP_moveaxis, 2, {2, 3}, "i0 i4", ERROR_INDEX, "axis 4 is out of range"},
  {OP_moveaxis, 2, {2, 3}, "l0,0 l0,1", ERROR_ARGUMENT, "axis 0 is given twice"},
  {OP_moveaxis, 2, {2, 3}, "l0,1 l1,1", ERROR_ARGUMENT, "axis 1 is given twice"},
  {OP_moveaxis, 2, {2, 3}, "l0,1 i1", ERROR_ARGUMENT, "2 axes, but 1 place"},
  {OP_squeeze, 2, {2, 1}, "i0", ERROR_SHAPE,
   "cannot squeeze axis 0 of " ERROR_OPERAND(0) "(2, 1): its size is 2, not 1"},
  {OP_squeeze, 2, {2, 3}, "i-1", ERROR_SHAPE,
   "cannot squeeze axis -1 of " ERROR_OPERAND(0) "(2, 3): its size is 3, not 1"},
  {OP_squeeze, 2, {1, 3}, "l-2,-1", ERROR_SHAPE,
   "cannot squeeze axis -1 of " ERROR_OPERAND(0) "(1, 3): its size is 3, not 1"},
  {OP_expand_dims, 1, {3}, "i5", ERROR_INDEX, "axis 5 is out of range"},
  {OP_expand_dims, 1, {3}, "l0,0", ERROR_ARGUMENT, "given twice"},
  {OP_broadcast_to, 1, {3}, "l2,2", ERROR_SHAPE, "cannot broadcast " ERROR_OPERAND(0) "(3,) to (2, 2)"},
  {OP_broadcast_to, 2, {1, 3}, "l3", ERROR_SHAPE, "(1, 3) to (3,)"},
  {OP_broadcast_to, 1, {1}, "l-2", ERROR_SHAPE, "cannot be negative"},
  {OP_broadcast_to, 1, {1}, "l4294967296,4294967296", ERROR_MEMORY, "more elements than memory can hold"},
  {OP_flip, 1, {3}, "i1", ERROR_INDEX, "axis 1 is out of range"},
  {OP_diagonal, 1, {3}, "", ERROR_SHAPE, "at least 2 axes"},
  {OP_diagonal, 2, {3, 3}, "i0 i1 i-1", ERROR_ARGUMENT, "two different axes"},
  {OP_sliding_window_view, 1, {3}, "l4 i1", ERROR_SHAPE, "a window of 4 with dilation 1 does not fit into axis 0 of"},
  {OP_sliding_window_view, 1, {3}, "l2 i1 i9223372036854775807", ERROR_SHAPE, "does not fit"},
  {OP_sliding_window_view, 1, {3}, "l9223372036854775807 i1 i9223372036854775807", ERROR_SHAPE, "does not fit"},
  {OP_sliding_window_view, 1, {0}, "l1 i1", ERROR_SHAPE, "does not fit"},
  {OP_sliding_window_view, 1, {3}, "l0 i1", ERROR_ARGUMENT, "`window_shape` must be at least 1, got 0"},
  {OP_sliding_window_view, 1, {3}, "l2 i0", ERROR_ARGUMENT, "`step` must be at least 1, got 0"},
  {OP_sliding_window_view, 2, {3, 3}, "l2,2 l1,1,1", ERROR_ARGUMENT, "`step` needs one number or 2, got 3"},
  {OP_sliding_window_view, 1, {3}, "l2,2", ERROR_SHAPE, "a window with 2 axes does not fit"},
};
enum { VIEW_FAILURES = sizeof view_failures / sizeof *view_failures };

START_TEST(views_explain_failures) {
  Tensor *x = numbered(DTYPE_FLOAT64, view_failures[_i].ndim, view_failures[_i].shape);
  Tensor *got = view_of(view_failures[_i].op, x, arguments(view_failures[_i].arguments));
  expect_failure(got, view_failures[_i].kind, view_failures[_i].message);
}
END_TEST

START_TEST(views_have_at_most_32_axes) {
  int64_t ones[TENSOR_MAX_DIMS];
  for (int i = 0; i < TENSOR_MAX_DIMS; i++) ones[i] = 1;
  Tensor *x = numbered(DTYPE_FLOAT64, TENSOR_MAX_DIMS, ones);
  expect_failure(view_of(OP_expand_dims, tensor_ref(x), arguments("i0")), ERROR_SHAPE, "at most 32 axes");
  expect_failure(view_of(OP_sliding_window_view, tensor_ref(x), arguments("l1")), ERROR_SHAPE, "at most 32 axes");
  Tensor *flat = made(view_of(OP_squeeze, x, arguments("")));
  ck_assert_int_eq(tensor_ndim(flat), 0);
  tensor_unref(flat);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("views");
  TCase *tests = tcase_create("views");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(tests, views_show_their_operand, 0, VIEW_ROWS);
  tcase_add_loop_test(tests, views_explain_failures, 0, VIEW_FAILURES);
  tcase_add_test(tests, reshape_of_any_strides);
  tcase_add_test(tests, reshape_copies_only_when_it_must);
  tcase_add_test(tests, views_have_at_most_32_axes);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
