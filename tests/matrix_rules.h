/* SPDX-License-Identifier: MIT */
/* matrix_rules.h: operations on matrices in a rule's frame, which keeps operands and results until the test is over. */
#ifndef MGRAD_TESTS_MATRIX_RULES_H
#define MGRAD_TESTS_MATRIX_RULES_H
#include "tests/matrices.h"

static Rule rule;

static inline void rules_set_up(void) {
  graphs_set_up();
  rule_start(&rule, &graph);
}

static inline void rules_tear_down(void) {
  rule_finish(&rule);
  graphs_tear_down();
}

static inline Tensor *keep(Tensor *tensor) { return made(rule_keep(&rule, made(tensor))); }
static inline Tensor *op1(OpId op, Tensor *x) { return made(rule_op1(&rule, op, x, NULL)); }
static inline Tensor *times(Tensor *x, Tensor *y) { return made(matrix_times(&rule, x, y)); }

#endif
