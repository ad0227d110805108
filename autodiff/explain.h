/* SPDX-License-Identifier: MIT */
/* explain.h: the chain rule in the numbers of one recorded graph, as rows: what each operation made, what its operands
   get from it, and the gradient that reaches it.

   Nothing is stored in variables and no history is dropped.  Rows stand in the order of evaluation; the last one is the
   result.  Large tensors are kept as a range and a mean, so that an explanation is small beside its graph. */
#ifndef MGRAD_AUTODIFF_EXPLAIN_H
#define MGRAD_AUTODIFF_EXPLAIN_H
#include "autodiff/difference.h"
#include "autodiff/formula.h"

enum { EXPLAIN_ELEMENTS = 6, EXPLAIN_ROWS = 1 << 26 };
#define EXPLAIN_NO_ROW UINT32_MAX

/* A tensor as far as it is shown. */
typedef struct ExplainValue {
  Tensor *tensor;             /* owned; NULL: more than EXPLAIN_ELEMENTS elements (or no value at all) */
  double least, most, size;   /* else the smallest and largest element and the mean of the absolute values */
} ExplainValue;

typedef struct ExplainEdge {
  uint32_t row;               /* of the operand; EXPLAIN_NO_ROW: a constant */
  bool broadcast;             /* the operand was repeated: its gradient is a sum over axes */
  bool reached;               /* some gradient went this way; else it is zero */
  bool repeated;              /* the operand is the first one once more (x * x), which has the sum of both */
  ExplainValue contribution;  /* in the operand's shape */
  Tensor *local;              /* of joined steps with one number as result: the derivative by the operand; owned */
  Tensor *first;              /* the first of two contributions, until the second is known; owned */
} ExplainEdge;

typedef struct ExplainRow {
  Node *node;                 /* referenced */
  uint32_t edge, edge_count;  /* its operands' edges, in order, as they are shown */
  uint32_t inner, inner_count; /* those of the operation itself: the same, except in joined steps */
  uint32_t call;              /* 1 + the number of the call whose result it is; EXPLAIN_LIST; 0: an operation */
  bool joined;                /* stands for hidden steps too */
  bool shown;                 /* depends on the variable that was asked for, and is not hidden */
  bool hidden;                /* part of a call that is shown as one row */
  ExplainValue gradient;
  Tensor *full;               /* of leaves and joined steps: the gradient itself; owned */
} ExplainRow;

typedef struct Explanation {
  Graph *graph;
  ExplainRow *rows;
  ExplainEdge *edges;
  uint32_t count, edge_count, capacity, edge_capacity, shown_count;
} Explanation;

/* Calls whose steps are shown as one: what was recorded from one number of a node to another, in order. */
typedef struct ExplainCall { uint64_t first, last; } ExplainCall;
typedef struct ExplainCalls { const ExplainCall *calls; uint32_t count; } ExplainCalls;
#define EXPLAIN_LIST UINT32_MAX /* elements put together by one expression: [a, b] */

/* `only` (or NULL): the rows on the paths to this tensor alone are marked as shown.  False: error recorded; then too
   explain_free is due.  Errors: a released history, more than EXPLAIN_ROWS operations (memory ends first). */
bool explain_collect(Explanation *explanation, Graph *graph, Tensor *result, const Tensor *only,
                     const ExplainCalls *calls);
void explain_free(Explanation *explanation);
uint32_t explain_find(const Explanation *explanation, const Tensor *tensor); /* its row, or EXPLAIN_NO_ROW */
static inline bool explain_is_leaf(const ExplainRow *row) { return row->node->tensor.op == OP_none; }
bool explain_takes_twice(const Node *node); /* both operands of an elementwise step are the same value: x * x */

bool explain_value(Graph *graph, ExplainValue *value, Tensor *tensor); /* a tensor as it is kept; false: interrupted */
void explain_value_free(ExplainValue *value);

/* ---- steps that are shown as one (explain_joined.c); false: error recorded */
bool explain_join(Explanation *explanation, const ExplainCalls *calls); /* hides steps, and gives edges to results */
bool explain_fill_joined(Explanation *explanation);      /* the contributions of these edges, from the gradients */

/* ---- local derivatives, by the same rules (explain_local.c) */

/* The derivative of a row's value with respect to one operand: element by element for elementwise operations, the
   gradient for operations with one number as result, else NULL without an error; by the value itself where an
   elementwise one takes it twice.  Owned. */
Tensor *explain_local(Graph *graph, const Node *node, int operand);
/* The same as a formula, for elementwise operations: in the names of the operands and of the result.  NULL, without an
   error: there is none that holds for all elements. */
typedef struct LocalNames { const char *operands[2], *result; } LocalNames;
const Formula *explain_local_formula(Graph *graph, Arena *arena, const Node *node, int operand, const LocalNames *names,
                                     FormulaNames *used);
/* What an elementwise operation computes, in the same names. */
const Formula *explain_value_formula(Graph *graph, Arena *arena, const Node *node, const LocalNames *names,
                                     FormulaNames *used);

/* The gradient of a leaf as a formula in the leaves, which are known by the names of their rows; NULL: there is none
   (more than FORMULA_NAMES leaves, tensors with axes, a large graph), or an error is recorded.  It belongs to the
   branches that were taken (explain_formula.c). */
const Formula *explain_formula(const Explanation *explanation, Arena *arena, uint32_t leaf, const char *const *names,
                               FormulaNames *used);

/* ---- the numeric check (explain_check.c) */

/* The derivative of the sum of the result along one element of a leaf against differences, for which the graph is
   computed again: along `direction` (shape of the leaf) or, when NULL, its element `index`.  False: error recorded. */
typedef struct ExplainCheck { double expected; Difference difference; } ExplainCheck;
bool explain_check(const Explanation *explanation, uint32_t leaf, int64_t index, Tensor *direction, double noise,
                   ExplainCheck *check);
/* Whether its operation reads one triangle of a matrix that it takes for symmetric, as its gradient does. */
bool explain_reads_triangle(const ExplainRow *row);
/* Where an element of a stack of n x n matrices stands in the transposed ones. */
static inline int64_t explain_mirror(int64_t index, int64_t n) {
  return index / (n * n) * (n * n) + index % n * n + index / n % n;
}
/* A bound of the rounding error of the sum of the result. */
double explain_noise(const Explanation *explanation);
/* What computing the graph once takes, in operations on numbers; those on elements of tensors are cheaper. */
double explain_work(const Explanation *explanation);

#endif
