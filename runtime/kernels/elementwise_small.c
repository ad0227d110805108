/* SPDX-License-Identifier: MIT */
/* elementwise_small.c: elementwise operations on small tensors of one float type, where finding out what to do would
   cost more than doing it. */
#include "runtime/fuse/fuse.h"
#include "runtime/kernels/elementwise.h"

enum { MOST_ELEMENTS = 4096 };

/* Floats, few enough that nobody waits for them, and not worth leaving pending. */
static inline bool are_few(const Runtime *runtime, const Tensor *tensor) {
  const Layout *layout = tensor->layout;
  return dtype_is_float((DType)tensor->dtype) && layout->size <= MOST_ELEMENTS && !fuse_is_worth(runtime, layout);
}

static inline bool is_small(const Runtime *runtime, const Tensor *tensor) {
  return are_few(runtime, tensor) && tensor->layout->contiguous;
}

/* Whether y repeats along the first axes of x: its shape is the end of x's. */
static bool repeats(const Layout *x, const Layout *y) {
  int missing = x->ndim - y->ndim;
  if (missing < 0 || y->size == 0) return false;
  for (int i = 0; i < y->ndim; i++) {
    if (layout_shape(x)[missing + i] != layout_shape(y)[i]) return false;
  }
  return true;
}

static Tensor *new_result(Runtime *runtime, OpId op, const Tensor *like) {
  return tensor_new(runtime, op_table[op].type == OP_TYPE_LOGIC ? DTYPE_BOOL : (DType)like->dtype, like->layout);
}

bool elementwise_small_unary(Runtime *runtime, OpId op, Tensor *x, Tensor **result) {
  if (!is_small(runtime, x) || domain_reason(op)) return false;
  *result = new_result(runtime, op, x);
  if (*result)
    elementwise_loops((DType)x->dtype)->unary[op](tensor_data(*result), tensor_data(x),
                                                  (int64_t)dtype_info[x->dtype].size, x->layout->size);
  return true;
}

bool elementwise_small_pair(Runtime *runtime, OpId op, Tensor *x, Tensor **result, Tensor **beside) {
  enum { FEWEST = 64 };
  if (elementwise_companion(op) == OP_none || x->layout->size < FEWEST || !is_small(runtime, x)) return false;
  *beside = new_result(runtime, op, x);
  *result = *beside ? new_result(runtime, op, x) : NULL;
  if (*result)
    elementwise_loops((DType)x->dtype)->pair[op](tensor_data(*result), tensor_data(*beside), tensor_data(x),
                                                 (int64_t)dtype_info[x->dtype].size, x->layout->size);
  return true;
}

/* One run of the loop for every time that the smaller operand repeats. */
static void run_binary(BinaryLoop loop, Tensor *result, Tensor *x, Tensor *y, bool y_repeats) {
  const char *left = tensor_data(x), *right = tensor_data(y);
  char *out = tensor_data(result);
  int64_t item = (int64_t)dtype_info[x->dtype].size, size = result->layout->size;
  int64_t run = y_repeats ? y->layout->size : x->layout->size;
  if (run == 1) {
    loop(out, left, y_repeats ? item : 0, right, y_repeats ? 0 : item, size);
    return;
  }
  int64_t out_step = run * (int64_t)dtype_info[result->dtype].size;
  int64_t left_step = y_repeats ? run * item : 0, right_step = y_repeats ? 0 : run * item;
  for (int64_t done = 0; done < size; done += run, out += out_step, left += left_step, right += right_step)
    loop(out, left, item, right, item, run);
}

bool elementwise_small_binary(Runtime *runtime, OpId op, Tensor *x, Tensor *y, Tensor **result) {
  if (x->dtype != y->dtype || !is_small(runtime, x) || !is_small(runtime, y) || domain_reason(op)) return false;
  bool y_repeats = x->layout == y->layout || repeats(x->layout, y->layout);
  if (!y_repeats && !repeats(y->layout, x->layout)) return false;
  *result = new_result(runtime, op, y_repeats ? x : y);
  if (*result) run_binary(elementwise_loops((DType)x->dtype)->binary[op], *result, x, y, y_repeats);
  return true;
}

/* ---- the shortest way */
/* Whether a row gives floats for floats and never warns. */
static bool is_plain(OpId op, OpKind kind, DType dtype) {
  return dtype_is_float(dtype) && op_table[op].kind == kind && op_table[op].type != OP_TYPE_LOGIC && !domain_reason(op);
}

/* The loops of plain rows, kept once they are found: they are asked for with every small operation. */
static inline UnaryLoop plain_unary(OpId op, DType dtype) {
  static UnaryLoop found[DTYPE_COUNT][OP_COUNT];
  UnaryLoop *loop = &found[dtype][op];
  if (!*loop && is_plain(op, OP_KIND_UNARY, dtype)) *loop = elementwise_loops(dtype)->unary[op];
  return *loop;
}

static inline BinaryLoop plain_binary(OpId op, DType dtype) {
  static BinaryLoop found[DTYPE_COUNT][OP_COUNT];
  BinaryLoop *loop = &found[dtype][op];
  if (!*loop && is_plain(op, OP_KIND_BINARY, dtype)) *loop = elementwise_loops(dtype)->binary[op];
  return *loop;
}

static inline bool is_quick(const Runtime *runtime, const Tensor *x) {
  return x->data && x->layout->ndim > 0 && is_small(runtime, x);
}

UnaryLoop elementwise_quick_unary(const Runtime *runtime, OpId op, const Tensor *x) {
  UnaryLoop loop = plain_unary(op, (DType)x->dtype);
  return loop && is_quick(runtime, x) ? loop : NULL;
}

/* One number at every place. */
static inline bool is_spread(const Layout *layout) {
  for (int i = 0; i < layout->ndim; i++)
    if (layout_strides(layout)[i] != 0) return false;
  return true;
}

static inline bool are_alike(const Tensor *x, const Tensor *y) {
  return x->dtype == y->dtype && x->data && y->data && x->layout->ndim > 0 && layout_same_shape(x->layout, y->layout);
}

/* In C order both, or one of them and the other one spread. */
static inline bool lie_well(const Layout *x, const Layout *y) {
  if (x->contiguous) return y->contiguous || is_spread(y);
  return y->contiguous && is_spread(x);
}

BinaryLoop elementwise_quick_binary(const Runtime *runtime, OpId op, const Tensor *x, const Tensor *y) {
  BinaryLoop loop = plain_binary(op, (DType)x->dtype);
  bool takes = loop && are_alike(x, y) && are_few(runtime, x) && lie_well(x->layout, y->layout);
  return takes ? loop : NULL;
}

/* Of the powers only squares, which have a row of their own. */
bool elementwise_takes_number(const Runtime *runtime, OpId op, const Tensor *x, double number, bool first) {
  bool square = op == OP_power && number == 2 && !first;
  return (square || plain_binary(op, (DType)x->dtype)) && is_quick(runtime, x);
}

void elementwise_with_number(OpId op, Tensor *result, const Tensor *x, double number, bool first) {
  const ElementwiseLoops *loops = elementwise_loops((DType)x->dtype);
  int64_t item = (int64_t)dtype_info[x->dtype].size, size = x->layout->size;
  float narrow = (float)number;
  const char *other = x->dtype == DTYPE_FLOAT32 ? (const char *)&narrow : (const char *)&number;
  if (op == OP_power) loops->unary[OP_square](result->data, x->data, item, size);
  else if (first) loops->binary[op](result->data, other, 0, x->data, item, size);
  else loops->binary[op](result->data, x->data, item, other, 0, size);
}
