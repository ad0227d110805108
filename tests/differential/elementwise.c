/* SPDX-License-Identifier: MIT */
/* elementwise.c: operations on single elements, with broadcasting. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "tests/differential/program.h"

/* ---- one operand */

static double complex c_sigmoid(double complex z) { return 1 / (1 + cexp(-z)); }
static double complex c_softplus(double complex z) { return clog(1 + cexp(z)); }
static double complex c_silu(double complex z) { return z * c_sigmoid(z); }
static double complex c_mish(double complex z) { return z * ctanh(c_softplus(z)); }
static double complex c_expm1(double complex z) { return cexp(z) - 1; }
static double complex c_exp2(double complex z) { return cexp(z * log(2)); }
static double complex c_log1p(double complex z) { return clog(1 + z); }
static double complex c_log2(double complex z) { return clog(z) / log(2); }
static double complex c_log10(double complex z) { return clog(z) / log(10); }
static double complex c_cbrt(double complex z) { return cpow(z, 1.0 / 3); }
static double complex c_square(double complex z) { return z * z; }
static double complex c_negative(double complex z) { return -z; }
static double complex c_reciprocal(double complex z) { return 1 / z; }
static double complex c_sech(double complex z) { return 1 / ccosh(z); }
static double complex c_logit(double complex z) { return clog(z / (1 - z)); }
static double complex c_abs(double complex z) { return creal(z) < 0 ? -z : z; }
static double complex c_relu(double complex z) { return creal(z) > 0 ? z : 0; }
static double complex c_leaky_relu(double complex z) { return creal(z) > 0 ? z : 0.125 * z; }
static double complex c_elu(double complex z) { return creal(z) > 0 ? z : cexp(z) - 1; }
static double complex c_soft_sign(double complex z) { return z / (1 + c_abs(z)); }
static double complex c_sinc(double complex z) { return csin(M_PI * z) / (M_PI * z); }
static double complex c_sign(double complex z) { return creal(z) > 0 ? 1 : -1; }
static double complex c_floor(double complex z) { return floor(creal(z)); }
static double complex c_ceil(double complex z) { return ceil(creal(z)); }
static double complex c_trunc(double complex z) { return trunc(creal(z)); }
static double complex c_clip(double complex z) { return creal(z) < -1 ? -1 : creal(z) > 1.5 ? 1.5 : z; }
/* erf itself has no complex form in C; its derivative is known. */
static double complex c_erf(double complex z) {
  double x = creal(z);
  return erf(x) + I * cimag(z) * M_2_SQRTPI * exp(-x * x);
}

/* Where a function may be compared: between two bounds, and away from the places where it bends or jumps. */
typedef struct Unary {
  const char *before, *after; /* the text around the operand */
  Function function;
  double low, high;
  enum { SMOOTH, AT_ZERO, AT_WHOLE, AT_BOUNDS } bends;
  bool keeps_dtype; /* integers stay integers */
} Unary;

static const Unary unaries[] = {
    {"sin(", ")", csin, -1e3, 1e3, SMOOTH, false},
    {"cos(", ")", ccos, -1e3, 1e3, SMOOTH, false},
    {"tanh(", ")", ctanh, -1e3, 1e3, SMOOTH, false},
    {"arctan(", ")", catan, -1e3, 1e3, SMOOTH, false},
    {"arcsinh(", ")", casinh, -1e3, 1e3, SMOOTH, false},
    {"sigmoid(", ")", c_sigmoid, -50, 50, SMOOTH, false},
    {"softplus(", ")", c_softplus, -30, 30, SMOOTH, false},
    {"silu(", ")", c_silu, -30, 30, SMOOTH, false},
    {"mish(", ")", c_mish, -30, 30, SMOOTH, false},
    {"expm1(", ")", c_expm1, -30, 5, SMOOTH, false},
    {"exp(", ")", cexp, -30, 5, SMOOTH, false},
    {"exp2(", ")", c_exp2, -30, 6, SMOOTH, false},
    {"sinh(", ")", csinh, -5, 5, SMOOTH, false},
    {"cosh(", ")", ccosh, -5, 5, SMOOTH, false},
    {"sech(", ")", c_sech, -20, 20, SMOOTH, false},
    {"erf(", ")", c_erf, -1e3, 1e3, SMOOTH, false},
    {"(-", ")", c_negative, -1e3, 1e3, SMOOTH, true},
    {"(", " ** 2)", c_square, -30, 30, SMOOTH, true},
    {"square(", ")", c_square, -30, 30, SMOOTH, true},
    {"sqrt(", ")", csqrt, 0.05, 1e3, SMOOTH, false},
    {"log(", ")", clog, 0.05, 1e3, SMOOTH, false},
    {"log2(", ")", c_log2, 0.05, 1e3, SMOOTH, false},
    {"log10(", ")", c_log10, 0.05, 1e3, SMOOTH, false},
    {"log1p(", ")", c_log1p, -0.9, 1e3, SMOOTH, false},
    {"cbrt(", ")", c_cbrt, 0.05, 1e3, SMOOTH, false},
    {"reciprocal(", ")", c_reciprocal, 0.1, 1e3, SMOOTH, false},
    {"(1 / ", ")", c_reciprocal, 0.1, 1e3, SMOOTH, false},
    {"tan(", ")", ctan, -1.3, 1.3, SMOOTH, false},
    {"arcsin(", ")", casin, -0.95, 0.95, SMOOTH, false},
    {"arccos(", ")", cacos, -0.95, 0.95, SMOOTH, false},
    {"arctanh(", ")", catanh, -0.95, 0.95, SMOOTH, false},
    {"logit(", ")", c_logit, 0.05, 0.95, SMOOTH, false},
    {"arccosh(", ")", cacosh, 1.1, 1e3, SMOOTH, false},
    {"abs(", ")", c_abs, -1e3, 1e3, AT_ZERO, true},
    {"relu(", ")", c_relu, -1e3, 1e3, AT_ZERO, true},
    {"leaky_relu(", ", 0.125)", c_leaky_relu, -1e3, 1e3, AT_ZERO, false},
    {"elu(", ")", c_elu, -30, 1e3, AT_ZERO, false},
    {"soft_sign(", ")", c_soft_sign, -1e3, 1e3, AT_ZERO, false},
    {"sinc(", ")", c_sinc, -20, 20, AT_ZERO, false},
    {"sign(", ")", c_sign, -1e3, 1e3, AT_ZERO, true},
    {"floor(", ")", c_floor, -1e3, 1e3, AT_WHOLE, true},
    {"ceil(", ")", c_ceil, -1e3, 1e3, AT_WHOLE, true},
    {"trunc(", ")", c_trunc, -1e3, 1e3, AT_WHOLE, true},
    {"clip(", ", -1, 1.5)", c_clip, -1e3, 1e3, AT_BOUNDS, false},
};

static bool bends_near(const Unary *unary, Kind kind, double x) {
  switch (unary->bends) {
    case AT_ZERO:
      return kind_close(kind, x, 0);
    case AT_WHOLE:
      return kind_close(kind, x, nearbyint(x));
    case AT_BOUNDS:
      return kind_close(kind, x, -1) || kind_close(kind, x, 1.5);
    default:
      return false;
  }
}

static bool unary_fits(const Unary *unary, const Array *operand) {
  if (operand->kind < SINGLE && (operand->kind == LOGICAL || unary->bends != SMOOTH || unary->keeps_dtype))
    return false;
  for (int i = array_count(operand); i-- > 0;) {
    double x = array_at(operand, i)->value;
    if (x < unary->low || x > unary->high || bends_near(unary, operand->kind, x)) return false;
  }
  return true;
}

bool make_unary(Program *program, int depth, Value *value) {
  Value operand;
  if (!value_any(program, depth, &operand)) return false;
  for (int attempt = 0; attempt < 8; attempt++) {
    const Unary *unary = &unaries[draw(program, (int)(sizeof unaries / sizeof *unaries))];
    if (!unary_fits(unary, &operand.array)) continue;
    value->array =
        array_new(operand.array.kind < SINGLE ? DOUBLE : operand.array.kind, operand.array.ndim, operand.array.size);
    value->array.tracked = operand.array.tracked;
    for (int i = array_count(&operand.array); i-- > 0;)
      *array_at(&value->array, i) = number_apply(unary->function, array_at(&operand.array, i));
    return write_text(value, "%s%s%s", unary->before, operand.text, unary->after);
  }
  return false;
}

/* ---- two operands */

static double complex c_divide(double complex z, double complex w) { return z / w; }
static double complex c_add(double complex z, double complex w) { return z + w; }
static double complex c_subtract(double complex z, double complex w) { return z - w; }
static double complex c_multiply(double complex z, double complex w) { return z * w; }
static double complex c_maximum(double complex z, double complex w) { return creal(z) >= creal(w) ? z : w; }
static double complex c_minimum(double complex z, double complex w) { return creal(z) <= creal(w) ? z : w; }
static double complex c_hypot(double complex z, double complex w) { return csqrt(z * z + w * w); }
static double complex c_logaddexp(double complex z, double complex w) { return clog(cexp(z) + cexp(w)); }
static double complex c_mod(double complex z, double complex w) { return z - floor(creal(z) / creal(w)) * w; }
static double complex c_floor_divide(double complex z, double complex w) { return floor(creal(z) / creal(w)); }
static double complex c_arctan2(double complex z, double complex w) {
  double turn = creal(w) > 0 ? 0 : creal(z) > 0 ? M_PI : -M_PI;
  return catan(z / w) + turn;
}
static double complex c_less(double complex z, double complex w) { return creal(z) < creal(w); }
static double complex c_greater(double complex z, double complex w) { return creal(z) > creal(w); }

typedef struct Binary {
  const char *format; /* of both operands */
  Function2 function;
  enum { ANYWHERE, APART, POSITIVE_BASE, DIVISOR, QUOTIENT, BOTH_APART_FROM_ZERO } domain;
  enum { JOINED, FLOATING, TRUTH } type;
} Binary;

static const Binary binaries[] = {
    {"(%s + %s)", c_add, ANYWHERE, JOINED},
    {"(%s - %s)", c_subtract, ANYWHERE, JOINED},
    {"(%s * %s)", c_multiply, ANYWHERE, JOINED},
    {"(%s / %s)", c_divide, DIVISOR, FLOATING},
    {"add(%s, %s)", c_add, ANYWHERE, JOINED},
    {"multiply(%s, %s)", c_multiply, ANYWHERE, JOINED},
    {"divide(%s, %s)", c_divide, DIVISOR, FLOATING},
    {"(%s ** %s)", cpow, POSITIVE_BASE, FLOATING},
    {"maximum(%s, %s)", c_maximum, APART, JOINED},
    {"minimum(%s, %s)", c_minimum, APART, JOINED},
    {"fmax(%s, %s)", c_maximum, APART, JOINED},
    {"hypot(%s, %s)", c_hypot, BOTH_APART_FROM_ZERO, FLOATING},
    {"logaddexp(%s, %s)", c_logaddexp, ANYWHERE, FLOATING},
    {"arctan2(%s, %s)", c_arctan2, BOTH_APART_FROM_ZERO, FLOATING},
    {"(%s %% %s)", c_mod, QUOTIENT, JOINED},
    {"(%s // %s)", c_floor_divide, QUOTIENT, JOINED},
    {"(%s < %s)", c_less, APART, TRUTH},
    {"(%s > %s)", c_greater, APART, TRUTH},
};

static bool pair_fits(const Binary *binary, Kind kind, double x, double y) {
  switch (binary->domain) {
    case APART:
      return !kind_close(kind, x, y);
    case POSITIVE_BASE:
      return x > 0.05 && fabs(y) < 4;
    case DIVISOR:
      return fabs(y) > 0.2;
    case QUOTIENT:
      return fabs(y) > 0.2 && !kind_close(kind, x / y, nearbyint(x / y));
    case BOTH_APART_FROM_ZERO:
      return fabs(x) > 0.1 && fabs(y) > 0.1;
    default:
      return fabs(x) < 500 && fabs(y) < 500;
  }
}

static bool binary_result(const Binary *binary, const Array *x, const Array *y, Array *result) {
  int ndim, size[AXES];
  Kind kind;
  Array left, right;
  if (!kind_join(x, y, &kind) || kind == LOGICAL || !shape_join(x, y, &ndim, size)) return false;
  if (!array_broadcast(x, ndim, size, &left) || !array_broadcast(y, ndim, size, &right)) return false;
  Kind type = binary->type == TRUTH ? LOGICAL : binary->type == FLOATING && kind < SINGLE ? DOUBLE : kind;
  *result = array_new(type, ndim, size);
  result->tracked = type >= SINGLE && (x->tracked || y->tracked);
  for (int i = array_count(result); i-- > 0;) {
    const Number *a = array_at(&left, i), *b = array_at(&right, i);
    if (!pair_fits(binary, kind, a->value, b->value)) return false;
    *array_at(result, i) = number_apply2(binary->function, a, b);
  }
  return true;
}

bool make_binary(Program *program, int depth, Value *value) {
  Value x, y;
  if (!value_any(program, depth, &x)) return false;
  if (chance(program, 30) && depth > 0 ? !value_any(program, depth - 1, &y) : !value_partner(program, &x.array, &y))
    return false;
  bool swapped = chance(program, 50);
  const Value *left = swapped ? &y : &x, *right = swapped ? &x : &y;
  for (int attempt = 0; attempt < 8; attempt++) {
    const Binary *binary = &binaries[draw(program, (int)(sizeof binaries / sizeof *binaries))];
    if (!binary_result(binary, &left->array, &right->array, &value->array)) continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return write_text(value, binary->format, left->text, right->text);
#pragma GCC diagnostic pop
  }
  return false;
}

/* ---- where(mask, x, y) */

bool make_choice(Program *program, int depth, Value *value) {
  Value x, y, mask;
  Array all[3];
  Kind kind;
  int ndim, size[AXES];
  if (!value_float(program, depth, &x) || !value_partner(program, &x.array, &y)) return false;
  if (!kind_join(&x.array, &y.array, &kind) || kind < SINGLE || !shape_join(&x.array, &y.array, &ndim, size))
    return false;
  if (!value_fitting(program, ndim, size, &mask) || mask.array.kind == WHOLE) return false;
  if (!array_broadcast(&x.array, ndim, size, &all[0]) || !array_broadcast(&y.array, ndim, size, &all[1]) ||
      !array_broadcast(&mask.array, ndim, size, &all[2]))
    return false;
  value->array = array_new(kind, ndim, size);
  value->array.tracked = x.array.tracked || y.array.tracked;
  for (int i = array_count(&value->array); i-- > 0;) {
    double condition = array_at(&all[2], i)->value;
    if (mask.array.kind >= SINGLE && kind_close(mask.array.kind, condition, 0)) return false;
    *array_at(&value->array, i) = *array_at(&all[condition > 0 ? 0 : 1], i);
  }
  return write_text(value, "where(%s%s, %s, %s)", mask.text, mask.array.kind == LOGICAL ? "" : " > 0", x.text, y.text);
}
