/* SPDX-License-Identifier: MIT */
/* rules.c: the table of rules.  The derivative columns of the operation table are expanded twice: into graph
   operations and into plain doubles, for scalars.

   In both expansions the capitalised words of the columns are macros: first constructors of tensors. */
#include <math.h>

#include "autodiff/rule.h"

/* ---- words that are calls of an operation in both expansions: OP1 and OP2 say how it is called */
#define FloorDivide(a, b) OP2(floor_divide, a, b)
#define Hypot(a, b) OP2(hypot, a, b)
#define Direction(a, b) OP2(direction, a, b)
#define ExpShare(a, b) OP2(exp_share, a, b)
#define Exp2Share(a, b) OP2(exp2_share, a, b)
#define GreaterShare(a, b) OP2(greater_share, a, b)
#define LessShare(a, b) OP2(less_share, a, b)
#define AtLeast(a, b) OP2(at_least, a, b)
#define Part(g, share) OP2(part, g, share)
#define MaskedBoth(a, b) OP2(masked_both, a, b)
#define MaskedDiv(a, b) OP2(masked_divide, a, b)
#define Sign(a) OP1(sign, a)
#define Square(a) OP1(square, a)
#define Semicircle(a) OP1(semicircle, a)
#define Hyperbola(a) OP1(hyperbola, a)
#define Lens(a) OP1(lens, a)
#define Parabola(a) OP1(parabola, a)
#define Cot(a) OP1(cot, a)
#define Exp(a) OP1(exp, a)
#define Log(a) OP1(log, a)
#define Sin(a) OP1(sin, a)
#define Cos(a) OP1(cos, a)
#define Sinh(a) OP1(sinh, a)
#define Cosh(a) OP1(cosh, a)
#define Tanh(a) OP1(tanh, a)
#define Sech(a) OP1(sech, a)
#define SechSquared(a) OP1(sech_squared, a)
#define Csch(a) OP1(csch, a)
#define Sigmoid(a) OP1(expit, a)
#define SigmoidSlope(a) OP1(sigmoid_slope, a)
#define TanhSoftplus(a) OP1(tanh_softplus, a)
#define SechSoftplus(a) OP1(sech_softplus, a)
#define Erfinv(a) OP1(erfinv, a)
#define ErfinvSlope(a) OP1(erfinv_slope, a)
#define Gaussian(a) OP1(gaussian, a)
#define NormalPdf(a) OP1(normal_pdf, a)
#define NormalCdf(a) OP1(normal_cdf, a)
#define Digamma(a) OP1(digamma, a)
#define Polygamma(n, a) OP2(polygamma, n, a)
#define DigammaRise(a, b) OP2(digamma_rise, a, b)
#define TrigammaFall(a, b) OP2(trigamma_fall, a, b)
#define SincDerivative(n, a) OP2(sinc_derivative, n, a)
#define I0(a) OP1(i0, a)
#define I1(a) OP1(i1, a)
#define BesselI(n, a) OP2(bessel_i, n, a)

/* ---- graph operations */
#define OP1(op, a) rule_op1(rule, OP_##op, a, NULL)
#define OP2(op, a, b) rule_op2(rule, OP_##op, a, b, NULL)
#define Num(a) rule_number(rule, a)
#define Add(a, b) OP2(add, a, b)
#define Sub(a, b) OP2(subtract, a, b)
#define Mul(a, b) rule_multiply(rule, a, b)
#define Div(a, b) rule_divide(rule, a, b)
#define Blanked(a, b) rule_blanked(rule, a, b)
#define PowerBelow(a, b) rule_power_below(rule, a, b)
#define Copysign(a, b) OP2(copysign, a, b)
#define Neg(a) OP1(negative, a)
/* Of a gradient for `like` that is repeated: what follows has less to do. */
#define SumTo(a, like) rule_sum_to(rule, a, (like)->layout)
#define Abs(a) OP1(absolute, a)
#define Sqrt(a) OP1(sqrt, a)
#define IsNan(a) OP1(isnan, a)
#define Less(a, b) OP2(less, a, b)
#define Greater(a, b) OP2(greater, a, b)
#define GreaterEqual(a, b) OP2(greater_equal, a, b)
#define Equal(a, b) OP2(equal, a, b)
/* What is false already asks for no second operand, whose own operands hold no And. */
#define And(a, b) (rule_is_false(rule->first = (a)) ? rule->first : OP2(logical_and, rule->first, b))
#define Or(a, b) OP2(logical_or, a, b)
#define Where(c, a, b) rule_where(rule, c, a, b)
#define FLAT NULL
#define NO_GRADIENT NULL

#define UNARY(op, domain, type, value, integer, dx, doc, example, gives) \
  static void op##_backward(Rule *rule) { \
    Tensor *g = rule->g, *x = rule->x[0], *r = rule->r; \
    (void)g, (void)x, (void)r; \
    rule->gradients[0] = dx; \
  }
#define BINARY(op, domain, type, value, integer, dx, dy, doc, example, gives) \
  static void op##_backward(Rule *rule) { \
    Tensor *g = rule->g, *x = rule->x[0], *y = rule->x[1], *r = rule->r; \
    (void)g, (void)x, (void)y, (void)r; \
    if (rule->needs[0]) rule->gradients[0] = dx; \
    if (rule->needs[1]) rule->gradients[1] = dy; \
  }
#define SPECIAL(op, ...)
#define CONSTANT(op, ...)
#define VIEW(op, ...)
#define COMPOSED(op, ...)
#define ALIAS(alias, op)
#include "runtime/ops.def"
#include "runtime/ops_end.def"

/* ---- doubles: what C says itself needs no call */
#undef OP1
#undef OP2
#undef Num
#undef Add
#undef Sub
#undef Mul
#undef Div
#undef Blanked
#undef PowerBelow
#undef Copysign
#undef Neg
#undef SumTo
#undef Abs
#undef Sqrt
#undef IsNan
#undef Less
#undef Greater
#undef GreaterEqual
#undef Equal
#undef And
#undef Or
#undef Where
#undef FLAT
#undef NO_GRADIENT
#define OP1(op, a) op_unary_double[OP_##op](a)
#define OP2(op, a, b) op_binary_double[OP_##op](a, b)
#define Num(a) ((double)(a))
#define Add(a, b) ((a) + (b))
#define Sub(a, b) ((a) - (b))
#define Mul(a, b) ((a) * (b))
#define Div(a, b) ((a) / (b))
#define Blanked(a, b) OP2(blanked, a, b)
#define PowerBelow(a, b) OP2(power_below, a, b)
#define Copysign(a, b) copysign(a, b)
#define Neg(a) (-(a))
#define SumTo(a, like) (a)
#define Abs(a) fabs(a)
#define Sqrt(a) sqrt(a)
#define IsNan(a) ((a) != (a))
#define Less(a, b) ((a) < (b))
#define Greater(a, b) ((a) > (b))
#define GreaterEqual(a, b) ((a) >= (b))
#define Equal(a, b) ((a) == (b))
#define And(a, b) ((a) && (b))
#define Or(a, b) ((a) || (b))
#define Where(c, a, b) ((c) ? (a) : (b))
#define FLAT 0
#define NO_GRADIENT 0

#define DOUBLE(name, formula) \
  static double name(double g, double x, double y, double r) { \
    (void)g, (void)x, (void)y, (void)r; \
    return formula; \
  }
#define UNARY(op, domain, type, value, integer, dx, doc, example, gives) DOUBLE(op##_dx, dx)
#define BINARY(op, domain, type, value, integer, dx, dy, doc, example, gives) DOUBLE(op##_dx, dx) DOUBLE(op##_dy, dy)
#define SPECIAL(op, ...)
#define CONSTANT(op, ...)
#define VIEW(op, ...)
#define COMPOSED(op, ...)
#define ALIAS(alias, op)
#include "runtime/ops.def"
#include "runtime/ops_end.def"

/* ---- the table */
/* PICK(IS_FLAT_##dx, 0, 0) is 1 when the column dx is the word FLAT, 0 for any formula. */
#define PICK(...) PICK_SECOND(__VA_ARGS__)
#define PICK_SECOND(first, second, ...) second
#define IS_FLAT_FLAT 0, 1
#define IS_CONSTANT_NO_GRADIENT 0, 1
#define IS_MASK_maximum 0, 1
#define IS_MASK_minimum 0, 1
#define IS_MASK_fmax 0, 1
#define IS_MASK_fmin 0, 1
#define IS_MASK_relu 0, 1
#define IS_MASK_part 0, 1
#define IS_MASK_blanked 0, 1
#define IS_KEEPER_masked_multiply 0, 1
#define IS_KEEPER_masked_divide 0, 1
#define IS_KEEPER_masked_both 0, 1
#define IS_SIGN_negative 0, 1
#define IS_SIGN_subtract 0, 1
#define MASKS(op) (PICK(IS_MASK_##op, 0, 0) || PICK(IS_KEEPER_##op, 0, 0))
#define PASSES_ZERO(op) (PICK(IS_MASK_##op, 0, 0) || PICK(IS_SIGN_##op, 0, 0))

const RuleInfo rule_table[OP_COUNT] = {
#define UNARY(op, domain, type, value, integer, dx, doc, example, gives) \
  [OP_##op] = {.backward = PICK(IS_CONSTANT_##dx, 0, 0) ? NULL : op##_backward, .scalar_x = op##_dx, \
               .flat = PICK(IS_FLAT_##dx, 0, 0), .masks = PICK(IS_FLAT_##dx, 0, 0) || MASKS(op), \
               .passes_zero = PASSES_ZERO(op), .derivative_x = #dx},
#define BINARY(op, domain, type, value, integer, dx, dy, doc, example, gives) \
  [OP_##op] = {.backward = PICK(IS_CONSTANT_##dx, 0, 0) && PICK(IS_CONSTANT_##dy, 0, 0) ? NULL : op##_backward, \
               .scalar_x = op##_dx, .scalar_y = op##_dy, \
               .flat = PICK(IS_FLAT_##dx, 0, 0) && PICK(IS_FLAT_##dy, 0, 0), \
               .masks = PICK(IS_FLAT_##dx, 0, 0) || PICK(IS_FLAT_##dy, 0, 0) || MASKS(op), \
               .passes_zero = PASSES_ZERO(op), .keeps_zero = PICK(IS_KEEPER_##op, 0, 0), \
               .derivative_x = #dx, .derivative_y = #dy},
#define SPECIAL(op, ...) [OP_##op] = {.backward = op_##op##_backward},
#define CONSTANT(op, ...)
#define VIEW(op, ...) [OP_##op] = {.backward = rule_view_backward},
#define COMPOSED(op, ...) [OP_##op] = {.compose = op_##op##_compose},
#define ALIAS(alias, op)
#include "runtime/ops.def"
#include "runtime/ops_end.def"
};
