/* SPDX-License-Identifier: MIT */
/* elementwise_scalar.c: the elementwise rows as functions of plain doubles. */
#include "runtime/kernels/math.h"
#include "runtime/op.h"

/* Gradients of squares and cubes, to the bits of power_below; of one number a choice costs less than what it saves. */
static inline double power_below_number(double x, double y) {
  if (y == 2) return x;
  if (y == 3) return x * x;
  return power_below_float64(x, y);
}
#undef power_below
#define power_below(x, y) power_below_number(x, y)

#define SPECIAL(...)
#define CONSTANT(...)
#define VIEW(...)
#define COMPOSED(...)
#define ALIAS(...)
#define UNARY(op, domain, type, value, ...) \
  static double op##_double(double x) { \
    const bool near = false; \
    (void)near; \
    return (double)(value); \
  }
#define BINARY(op, domain, type, value, ...) static double op##_double(double x, double y) { return (double)(value); }
#include "runtime/ops.def"
#undef UNARY
#undef BINARY

const UnaryDouble op_unary_double[OP_COUNT] = {
#define UNARY(op, ...) [OP_##op] = op##_double,
#define BINARY(...)
#include "runtime/ops.def"
#undef UNARY
#undef BINARY
};

const BinaryDouble op_binary_double[OP_COUNT] = {
#define UNARY(...)
#define BINARY(op, ...) [OP_##op] = op##_double,
#include "runtime/ops.def"
#include "runtime/ops_end.def"
};
