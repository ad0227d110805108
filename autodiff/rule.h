/* SPDX-License-Identifier: MIT */
/* rule.h: the language in which derivatives and composed operations are written.

   A rule gets the incoming gradient, the operands and the result, and builds tensors with the differentiable
   operations; whether these are recorded is the driver's business.  Every tensor made here belongs to the rule's frame,
   which the driver empties: rules nest calls freely and release nothing.  After an error every constructor returns
   NULL and takes NULL, so a rule checks nothing in between.

   The driver alone sums a gradient over broadcast axes, casts it to the operand's dtype, skips operands that need no
   gradient, and replaces nan and inf by 0 where the incoming gradient of a masked branch is exactly 0. */
#ifndef MGRAD_AUTODIFF_RULE_H
#define MGRAD_AUTODIFF_RULE_H
#include "autodiff/node.h"

enum { RULE_INPUTS = 64 };

enum { RULE_FEW = 16 };

typedef struct Rule {
  Graph *graph;
  OpId op;
  Tensor *g;                  /* incoming gradient: shape of the result */
  Tensor *r;                  /* the result */
  int count;
  Tensor *const *x;           /* operands */
  const bool *needs;          /* which operands want a gradient; the driver ignores other gradients */
  Attributes *attributes;
  Tensor **gradients;         /* out: one per operand, borrowed from the frame; NULL: none (zero) */
  bool masked;                /* g passed through a mask, and the rule is recorded: see rule_multiply */
  bool masks;                 /* out: set by a rule that blanks part of the gradient (where, masked writes) */
  bool adds_windows;          /* the driver can add the gradient of a window in place: */
  Layout *window;             /* out: then g is the gradient of this window of the only operand; owned by the driver */
  int64_t window_offset;
  Tensor *first;              /* of two operands, while it is not sure that the second is needed; borrowed */
  struct { Tensor **items; int count, capacity; } frame;
  Tensor *few[RULE_FEW];      /* of the frame; most rules need no more */
} Rule;

typedef void (*BackwardFunction)(Rule *rule);
typedef Tensor *(*ComposeFunction)(Rule *rule); /* operands and attributes in, result (borrowed from the frame) out */

void rule_start(Rule *rule, Graph *graph);             /* with an empty frame; needs no memory */
void rule_finish(Rule *rule);                          /* releases the frame */
Tensor *rule_keep(Rule *rule, Tensor *owned);          /* gives a tensor to the frame */
Tensor *rule_op(Rule *rule, OpId op, int count, Tensor *const *tensors, Attributes *attributes_taken);
Tensor *rule_op1(Rule *rule, OpId op, Tensor *x, Attributes *attributes_taken);
Tensor *rule_op2(Rule *rule, OpId op, Tensor *x, Tensor *y, Attributes *attributes_taken);
Tensor *rule_cast(Rule *rule, Tensor *x, DType dtype); /* x itself where it is of that type; NULL gives NULL */
Tensor *rule_op3(Rule *rule, OpId op, Tensor *x, Tensor *y, Tensor *z, Attributes *attributes_taken);
Tensor *rule_number(Rule *rule, double number);        /* 0-d constant float64: never widens the other operand */
Tensor *rule_detach(Rule *rule, Tensor *x);            /* the same numbers without history */

static inline Tensor *rule_add(Rule *rule, Tensor *x, Tensor *y) { return rule_op2(rule, OP_add, x, y, NULL); }
static inline Tensor *rule_subtract(Rule *rule, Tensor *x, Tensor *y) {
  return rule_op2(rule, OP_subtract, x, y, NULL);
}
/* x * y; y itself where x is all ones, as the gradient of a sum is.  Where the rule is masked and x is g, or made of it
   by these two, the operation is `masked_multiply` or `masked_divide`: a zero of g stays one in further derivatives. */
Tensor *rule_multiply(Rule *rule, Tensor *x, Tensor *y);
Tensor *rule_divide(Rule *rule, Tensor *x, Tensor *y);
bool rule_is_masked(const Tensor *x); /* made by such an operation, perhaps with its sign turned */
Tensor *rule_blanked(Rule *rule, Tensor *x, Tensor *y); /* x, and 0 where y is 0 and x is not finite */
static inline Tensor *rule_scale(Rule *rule, Tensor *x, double factor) {
  return rule_multiply(rule, x, rule_number(rule, factor));
}
/* The operation `where`; a constant scalar condition picks one side without computing anything. */
Tensor *rule_where(Rule *rule, Tensor *condition, Tensor *x, Tensor *y);
bool rule_is_number(const Tensor *tensor);   /* a constant scalar */
bool rule_is_false(const Tensor *condition); /* that is 0 */
Tensor *rule_power_below(Rule *rule, Tensor *x, Tensor *y);
/* x where the condition holds, else 0: marks the gradient as masked. */
Tensor *rule_mask(Rule *rule, Tensor *condition, Tensor *x);

/* Shape work, all differentiable. */
Tensor *rule_sum_to(Rule *rule, Tensor *x, const Layout *shape);        /* undoes broadcasting */
Tensor *rule_broadcast(Rule *rule, Tensor *x, const Layout *shape);
Tensor *rule_reshape(Rule *rule, Tensor *x, int ndim, const int64_t *shape);
Tensor *rule_reshape_like(Rule *rule, Tensor *x, const Layout *shape);
Tensor *rule_transpose(Rule *rule, Tensor *x, const int *order);
Tensor *rule_swap_last(Rule *rule, Tensor *x);                          /* matrix transpose of the last two axes */
Tensor *rule_sum(Rule *rule, Tensor *x, uint32_t axes, bool keepdims);
Tensor *rule_reduce(Rule *rule, OpId op, Tensor *x, uint32_t axes, bool keepdims); /* sum, mean, max, ... */
/* `size` elements from `start` along an axis; the axis in reverse. */
Tensor *rule_slice(Rule *rule, Tensor *x, int axis, int64_t start, int64_t size);
Tensor *rule_flip(Rule *rule, Tensor *x, int axis);
Tensor *rule_join(Rule *rule, Tensor *x, Tensor *y, int axis);
Tensor *rule_zeros(Rule *rule, DType dtype, const Layout *shape);       /* constant */
/* A reduced result or its gradient with the reduced axes back as size 1. */
Tensor *rule_keep_axes(Rule *rule, Tensor *reduced, const Layout *full, uint32_t axes, bool keepdims);
Tensor *rule_window(Rule *rule, Tensor *x, Layout *layout, int64_t offset);            /* a view of x */
Tensor *rule_window_add(Rule *rule, Tensor *g, const Layout *base, Layout *layout, int64_t offset); /* its transpose */

/* The rules, one per row of the table. */
typedef struct RuleInfo {
  BackwardFunction backward; /* NULL: the result is a constant */
  ComposeFunction compose;
  double (*scalar_x)(double g, double x, double y, double r); /* elementwise rows: the same formula on doubles */
  double (*scalar_y)(double g, double x, double y, double r);
  bool flat;                 /* derivative zero almost everywhere */
  bool passes_zero;          /* elementwise rows: the factor of g is -1, 0, 1/2 or 1, whatever the operands are */
  bool masks;                /* elementwise rows: part of the gradient is blanked (maximum, relu, ...) */
  bool keeps_zero;           /* a product or quotient that is exactly 0 where its first operand is */
  const char *derivative_x, *derivative_y; /* the text of the formula, for help */
} RuleInfo;
extern const RuleInfo rule_table[OP_COUNT];

/* Whether an operation is recorded where an operand is tracked. */
static inline bool rule_is_recorded(const Graph *graph, OpId op) { return graph->recording && rule_table[op].backward; }

void rule_view_backward(Rule *rule); /* of every VIEW row */

#define UNARY(name, ...)
#define BINARY(name, ...)
#define SPECIAL(name, ...) void op_##name##_backward(Rule *rule);
#define CONSTANT(name, ...)
#define VIEW(name, ...)
#define COMPOSED(name, ...) Tensor *op_##name##_compose(Rule *rule);
#define ALIAS(name, ...)
#include "runtime/ops.def"
#include "runtime/ops_end.def"

#endif
