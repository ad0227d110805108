/* SPDX-License-Identifier: MIT */
/* elementwise.h: inner loops of the elementwise rows, and how operands of several types come together. */
#ifndef MGRAD_RUNTIME_KERNELS_ELEMENTWISE_H
#define MGRAD_RUNTIME_KERNELS_ELEMENTWISE_H
#include "runtime/iterator.h"
#include "runtime/kernels/target.h"
#include "runtime/op.h"

/* The result lies contiguously; strides of operands are in bytes. */
typedef void (*UnaryLoop)(char *out, const char *x, int64_t x_stride, int64_t count);
typedef void (*PairLoop)(char *out, char *second, const char *x, int64_t x_stride, int64_t count);
typedef void (*BinaryLoop)(char *out, const char *x, int64_t x_stride, const char *y, int64_t y_stride, int64_t count);

/* One table per element type and instruction set, expanded from the operation table by elementwise_<type>_<set>.c;
   NULL where an operation does not compute in that type.  An element's result is the same to the last bit in every
   table, at every place and with every stride. */
typedef struct ElementwiseLoops {
  UnaryLoop unary[OP_COUNT];
  BinaryLoop binary[OP_COUNT];
  PairLoop pair[OP_COUNT]; /* a row and its companion */
  bool (*any_nan)(const char *data, int64_t count); /* of elements side by side */
  /* exp(x - y) of elements side by side and as many y, or one; of float32 as if the difference were not rounded. */
  void (*exp_difference)(void *out, const void *x, const void *y, bool one, int64_t count);
} ElementwiseLoops;
/* The row that a pair loop computes beside `op`: its slope, of the same exponential.  OP_none: there is no such
   loop. */
static inline OpId elementwise_companion(OpId op) {
  return op == OP_tanh ? OP_sech_squared : op == OP_expit ? OP_sigmoid_slope : OP_none;
}
/* The table for the instruction set in use. */
const ElementwiseLoops *elementwise_loops(DType dtype);
/* The table for one that this processor has. */
const ElementwiseLoops *elementwise_loops_for(DType dtype, Isa isa);

/* out, condition (bool), x, y; strides in bytes; for any element type of that size. */
typedef void (*WhereLoop)(char *const *data, const int64_t *strides, int64_t count);
typedef struct WhereLoops { WhereLoop bits_8, bits_32, bits_64; } WhereLoops;
extern const WhereLoops where_loops_plain, where_loops_avx2, where_loops_avx512;
WhereLoop where_loop(DType dtype); /* the best one for this processor */

/* Loops are cut into runs of this many elements; in between Ctrl-C is noticed. */
enum { ELEMENTWISE_RUN = 1 << 16 };

/* A plain number: a constant float64 with no axes.  It adapts to the other operand's type where it can. */
bool operand_is_number(const Tensor *tensor);
/* The type in which two operands meet.  An integer tensor with a whole number stays as it is; `wraps` says whether the
   number may be reduced to the tensor's type (sums and products) or has to fit it. */
DType operands_promote(const Tensor *x, const Tensor *y, bool wraps);
Tensor *operand_as(Runtime *runtime, Tensor *tensor, DType common); /* converted to it; whole numbers wrap */

/* The short way for small tensors of one float type, broadcast along the first axes at most.  False: it takes the long
   way; else `*result` is what the operation gives (owned; NULL: error recorded). */
bool elementwise_small_unary(Runtime *runtime, OpId op, Tensor *x, Tensor **result);
/* The same for a row and its companion, where there are enough elements for a saving. */
bool elementwise_small_pair(Runtime *runtime, OpId op, Tensor *x, Tensor **result, Tensor **beside);
bool elementwise_small_binary(Runtime *runtime, OpId op, Tensor *x, Tensor *y, Tensor **result);

/* The shortest way, for such tensors that are in memory: the loop that computes a result of their type and layout; NULL:
   they cannot take it.  Two are of one shape; one of them may be one number at every place, of stride 0. */
UnaryLoop elementwise_quick_unary(const Runtime *runtime, OpId op, const Tensor *x);
BinaryLoop elementwise_quick_binary(const Runtime *runtime, OpId op, const Tensor *x, const Tensor *y);
/* The same for one tensor and a number, which is the `first` operand or the second one. */
bool elementwise_takes_number(const Runtime *runtime, OpId op, const Tensor *x, double number, bool first);
void elementwise_with_number(OpId op, Tensor *result, const Tensor *x, double number, bool first);

/* Notes for the user that an operation gave nan for operands that are not nan. */
const char *domain_reason(OpId op); /* "negative", "outside -1 to 1", ...; NULL: the operation has no such domain */
void domain_warn(Runtime *runtime, OpId op, int64_t elements);

#endif
