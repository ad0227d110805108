/* SPDX-License-Identifier: MIT */
/* explain.h: what explain and graph share: the rows of a recorded graph with the names and texts that users know. */
#ifndef MGRAD_EVALUATOR_BUILTINS_EXPLAIN_H
#define MGRAD_EVALUATOR_BUILTINS_EXPLAIN_H
#include "autodiff/explain.h"
#include "base/text.h"
#include "evaluator/builtins/arguments.h"
#include "evaluator/builtins/recorded.h"
#include "evaluator/builtins/trace.h"
#include "evaluator/names.h"

enum {
  EXPLAIN_WIDTH = 80, EXPLAIN_ROWS_SHOWN = 40, EXPLAIN_FIRST = 20, EXPLAIN_LAST = 10, EXPLAIN_DIGITS = 6,
  VALUE_WIDE = 30
};

/* The steps of one explanation.  Texts live in the arena. */
typedef struct Steps {
  Call *call;
  Session *session;
  Explanation explanation;
  Value function;            /* of explain(f, ...): borrowed; else unbound */
  Trace trace;               /* of the same */
  const char **names;        /* by row */
  bool *earlier;             /* by row: what the variable of this name held before it was assigned */
  const char *result;        /* the name of the last row */
  NameTable taken;
  Arena arena;
  size_t value_columns;      /* a longer tensor is written with fewer digits, or as a range */
  const RecordedCall *calls; /* of library functions, by the numbers that rows have */
  bool whole;
  bool only;                 /* the paths to one variable */
  bool elements;             /* few elements are written one by one, with two digits if need be */
  bool traced, failed;       /* failed: out of memory while names were made */
} Steps;

/* What call->arguments[0] (a tensor, or a function called on `count` values) was computed from.  steps_free is due in
   any case.  `whole`: calls of library functions are shown with all that they do.  False: error recorded. */
bool steps_of_value(Steps *steps, Call *call, Value only, bool whole);
bool steps_of_function(Steps *steps, Call *call, int count, const Value *arguments, bool whole);
void steps_free(Steps *steps);

static inline uint32_t steps_count(const Steps *steps) { return steps->explanation.count; }
static inline const ExplainRow *steps_row(const Steps *steps, uint32_t at) { return &steps->explanation.rows[at]; }
static inline const ExplainEdge *steps_edge(const Steps *steps, const ExplainRow *row, uint32_t operand) {
  return &steps->explanation.edges[row->edge + operand];
}
/* The source text of a step. */
Span steps_span(const Steps *steps, uint32_t at);
bool steps_take_calls(Steps *steps, ExplainCalls *calls);
const RecordedCall *steps_call(const Steps *steps, const ExplainRow *row); /* NULL: it is no result of one */
/* Whether gradients flow to this operand and it is shown. */
bool steps_edge_shown(const Steps *steps, const ExplainEdge *edge);
/* Whether every shown value is a single number. */
bool steps_are_scalar(const Steps *steps);
/* Rows that are printed: all of them, or the first and last ones. */
bool steps_row_printed(const Steps *steps, uint32_t rank);

/* ---- texts (explain_text.c) */
/* Stands for what is left out: one sign, or three points where the terminal has ASCII only. */
const char *steps_ellipsis(const Steps *steps);
/* Moves a text into the arena and clears the buffer; never NULL. */
const char *steps_text(Steps *steps, Buffer *buffer);
void steps_add_digits(Buffer *out, const Tensor *tensor, int digits);
void steps_add_expression(Steps *steps, Buffer *out, uint32_t at);  /* `v2 + v3`, `input` */
void steps_add_operand(Steps *steps, Buffer *out, const ExplainRow *row, uint32_t operand);
bool steps_add_call(Steps *steps, Buffer *out, uint32_t at);        /* `integrate(f, 0, a)`; false: it is no call */
const char *steps_rule(const Steps *steps, const ExplainRow *row);                 /* "product", "sine" */
/* The operation that people know: the share of a gradient is a product. */
static inline OpId steps_operation(const ExplainRow *row) {
  OpId op = (OpId)row->node->tensor.op;
  if (op == OP_masked_divide) return OP_divide;
  return op == OP_part || op == OP_masked_multiply || op == OP_masked_both ? OP_multiply : op;
}
void steps_add_number(Buffer *out, double number, int digits);
void steps_add_value(const Steps *steps, Buffer *out, const ExplainValue *value); /* `[1 2 3]`, `-1 ... 5 |2.5|` */
void steps_add_tensor(Steps *steps, Buffer *out, Tensor *tensor);
/* `2*x`, `1/3 each`, `X.T @ ...`: what a gradient is multiplied by on its way to an operand; false, with nothing
   written: there is no such factor. */
bool steps_add_local(Steps *steps, Buffer *out, uint32_t at, uint32_t operand);
const Formula *steps_local_formula(Steps *steps, uint32_t at, uint32_t operand, FormulaNames *used);
/* What an elementwise step computes, in the names of its operands; NULL: no formula. */
const Formula *steps_value_formula(Steps *steps, uint32_t at, FormulaNames *used);
/* The derivative as one number; false: it is none. */
bool steps_local_number(Steps *steps, uint32_t at, uint32_t operand, double *number);

/* ---- forms */
bool explain_tables(Steps *steps, Buffer *out, bool quiz);          /* explain_tables.c */
void explain_add_sums(Steps *steps, Buffer *out);                   /* explain_sums.c */
void explain_add_formulas(Steps *steps, Buffer *out, bool latex);
void explain_add_check(Steps *steps, Buffer *out);
void explain_add_troubles(Steps *steps, Buffer *out); /* where values and gradients begin to be nan or infinite */
void explain_add_latex(Steps *steps, Buffer *out);                  /* explain_latex.c */
bool explain_add_json(Steps *steps, Buffer *out);                   /* explain_json.c */
void explain_add_dot(Steps *steps, Buffer *out);                    /* explain_dot.c */
/* Prints tables row by row, waiting for Enter; or asks for every gradient (explain_ask.c). */
bool explain_by_steps(Steps *steps, const char *text, size_t length);
bool explain_quiz(Steps *steps);

#endif
