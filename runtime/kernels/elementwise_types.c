/* SPDX-License-Identifier: MIT */
/* elementwise_types.c: the common type of two operands, and the domains of real functions. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "runtime/kernels/elementwise.h"

/* ---- common types */
bool operand_is_number(const Tensor *tensor) {
  return (tensor->flags & (TENSOR_INLINE | TENSOR_TRACKED)) == TENSOR_INLINE && tensor->dtype == DTYPE_FLOAT64;
}

/* A number beside integers or booleans: a whole number is an integer, but true and false beside it are numbers too. */
static DType number_type(double number, const Tensor *other, bool wraps) {
  DType type = (DType)other->dtype;
  if (number != floor(number) || fabs(number) >= 0x1p63) return DTYPE_FLOAT64;
  if (type == DTYPE_BOOL) return tensor_ndim(other) == 0 ? DTYPE_FLOAT64 : DTYPE_INT64;
  return wraps || dtype_holds(type, number) ? type : DTYPE_INT64;
}

DType operands_promote(const Tensor *x, const Tensor *y, bool wraps) {
  DType x_type = (DType)x->dtype, y_type = (DType)y->dtype;
  bool x_number = operand_is_number(x), y_number = operand_is_number(y);
  if (x_number && y_number) return DTYPE_FLOAT64;
  if (x_number && !dtype_is_float(y_type)) return number_type(x->number, y, wraps);
  if (y_number && !dtype_is_float(x_type)) return number_type(y->number, x, wraps);
  if (x_number || y_number) return x_number ? y_type : x_type;
  return dtype_promote(x_type, tensor_ndim(x) == 0, y_type, tensor_ndim(y) == 0);
}

/* Sums and products of integers wrap, but a number that does so before may be a mistake. */
static Tensor *wrapped_integer(Runtime *runtime, DType dtype, double number) {
  Tensor *integer = tensor_new_integer(runtime, dtype, (int64_t)number);
  if (!integer || dtype_holds(dtype, number) || runtime->warning.count++ > 0) return integer;
  snprintf(runtime->warning.text, sizeof runtime->warning.text, "%.0f does not fit into %s and counts as %.0f", number,
           dtype_info[dtype].name, tensor_number_at(integer, 0));
  return integer;
}

Tensor *operand_as(Runtime *runtime, Tensor *tensor, DType common) {
  if (operand_is_number(tensor) && !dtype_is_float(common)) return wrapped_integer(runtime, common, tensor->number);
  return tensor_cast(runtime, tensor, common);
}

/* ---- domains */
const char *domain_reason(OpId op) {
  switch (op) {
    case OP_log: case OP_log2: case OP_log10: case OP_sqrt: return "negative";
    case OP_log1p: return "below -1";
    case OP_arcsin: case OP_arccos: case OP_arctanh: case OP_erfinv: return "outside -1 to 1";
    case OP_arccosh: return "below 1";
    case OP_arccsc: case OP_arcsec: case OP_arccoth: return "between -1 and 1";
    case OP_arcsech: case OP_logit: return "outside 0 to 1";
    case OP_power: return "negative";
    case OP_gamma: case OP_digamma: return "among -1, -2, ...";
    case OP_polygamma: return "with an order outside of 0, 1, ..., 1500, or at a pole,";
    case OP_xlogy: return "with a negative y, or infinite with y = 1,";
    case OP_beta: return "at a pole or infinity";
    default: return NULL;
  }
}

/* The first warning of an operation is kept; the count goes on. */
void domain_warn(Runtime *runtime, OpId op, int64_t elements) {
  if (runtime->warning.count++ > 0) return;
  const char *name = op_table[op].name, *reason = domain_reason(op);
  const char *power = op == OP_power ? " with a fractional exponent" : "";
  char *text = runtime->warning.text;
  size_t room = sizeof runtime->warning.text;
  bool negative = reason[0] == 'n';
  if (elements == 1 && negative) {
    snprintf(text, room, "`%s` of a negative number%s gives nan", name, power);
  } else if (elements == 1) {
    snprintf(text, room, "`%s` of a number %s gives nan", name, reason);
  } else if (negative) {
    snprintf(text, room, "`%s` of %" PRId64 " negative elements%s gives nan", name, elements, power);
  } else {
    snprintf(text, room, "`%s` of %" PRId64 " elements %s gives nan", name, elements, reason);
  }
}
