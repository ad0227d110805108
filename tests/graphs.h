/* SPDX-License-Identifier: MIT */
/* graphs.h: short ways to record graphs in tests of autodiff, on top of tensors.h. */
#ifndef MGRAD_TESTS_GRAPHS_H
#define MGRAD_TESTS_GRAPHS_H
#include <stdio.h>

#include "autodiff/backward.h"
#include "runtime/kernels/index.h"
#include "tests/tensors.h"

static Graph graph;

static inline void graphs_set_up(void) {
  tensors_set_up();
  graph_init(&graph, &test_runtime);
}

static inline void graphs_tear_down(void) {
  graph_free(&graph);
  tensors_tear_down();
}

/* As every_allocation_fails_once, for work that may do without some of what it asks for.  `on`: every later allocation
   fails, too. */
static inline void failures_lose_nothing(bool (*work)(bool variant), bool variant, bool on) {
  for (size_t n = 1;; n++) {
    size_t before = memory_live_blocks();
    memory_fail_at(n, on);
    bool done = work(variant), hit = memory_failure_hit();
    memory_fail_at(0, false);
    ck_assert_uint_eq(memory_live_blocks(), before);
    ck_assert(done || hit);
    if (!hit) break;
    if (!done) expect_failure(NULL, ERROR_MEMORY, "memory");
    error_clear(&test_error);
  }
}

/* ---- attributes from text: "I2 B1 N L0,1 F2.5 Tij->i D4" */
static inline int read_integers(const char *text, int64_t *integers) {
  int count = 0;
  for (char *end; *text && *text != ' ' && *text != ';' && *text != '|'; text = *end == ',' ? end + 1 : end)
    integers[count++] = strtoll(text, &end, 10);
  return count;
}

static inline int count_words(const char *text) {
  int count = *text ? 1 : 0;
  for (; *text; text++) count += *text == ' ';
  return count;
}

static inline void set_parameter(Attributes *attributes, int index, const char *word) {
  int64_t integers[TENSOR_MAX_DIMS];
  char text[64];
  switch (word[0]) {
  case 'I': attributes_set_integer(attributes, index, strtoll(word + 1, NULL, 10)); break;
  case 'B': attributes_set_bool(attributes, index, word[1] == '1'); break;
  case 'F': attributes_set_number(attributes, index, strtod(word + 1, NULL)); break;
  case 'D': attributes_set_dtype(attributes, index, (DType)atoi(word + 1)); break;
  case 'L':
    ck_assert(attributes_set_integers(&test_runtime, attributes, index, read_integers(word + 1, integers), integers));
    break;
  case 'T':
    snprintf(text, sizeof text, "%.*s", (int)strcspn(word + 1, " "), word + 1);
    ck_assert(attributes_set_text(&test_runtime, attributes, index, text));
    break;
  default: break;
  }
}

static inline Attributes *attributes_from(const char *text) {
  if (!text || !*text) return NULL;
  Attributes *attributes = attributes_new(&test_runtime, count_words(text));
  ck_assert_ptr_nonnull(attributes);
  for (int i = 0; i < attributes->count; i++, text += strcspn(text, " ") + 1) set_parameter(attributes, i, text);
  return attributes;
}

/* ---- variables */
static inline Variable *own(Variable *variable) {
  ck_assert_msg(variable != NULL, "%s", buffer_text(&test_error.message));
  return variable;
}

static inline Variable *leaf_of(Tensor *tensor_taken) {
  Node *node = node_new_leaf(&graph, made(tensor_taken));
  tensor_unref(tensor_taken);
  ck_assert_ptr_nonnull(node);
  return own(variable_new_take(&graph, &node->tensor));
}

static inline Variable *leaf(int count, const double *numbers) {
  return leaf_of(vector(DTYPE_FLOAT64, count, numbers));
}

static inline Variable *leaf_number(double value) {
  return leaf_of(number(value));
}

static inline Variable *constant(int count, const double *numbers) {
  return own(variable_new_take(&graph, vector(DTYPE_FLOAT64, count, numbers)));
}

static inline Tensor *value_of(Variable *variable) {
  return made(variable_value(&graph, variable));
}

static inline Variable *apply(OpId op, int count, Variable *const *variables, const char *attributes_text) {
  Tensor *tensors[8];
  Attributes *attributes = attributes_from(attributes_text);
  for (int i = 0; i < count; i++) tensors[i] = value_of(variables[i]);
  Tensor *result = made(op_apply(&graph, op, count, tensors, attributes));
  attributes_unref(attributes);
  return own(variable_new_take(&graph, result));
}
static inline Variable *apply1(OpId op, Variable *x) { return apply(op, 1, &x, NULL); }
static inline Variable *apply2(OpId op, Variable *x, Variable *y) { return apply(op, 2, (Variable *[]){x, y}, NULL); }

/* With a number on the right. */
static inline Variable *apply_number(OpId op, Variable *x, double right) {
  Tensor *y = number(right);
  Tensor *result = made(op_apply2(&graph, op, value_of(x), y, NULL));
  tensor_unref(y);
  return own(variable_new_take(&graph, result));
}

static inline Variable *sum_of(Variable *x) { return apply1(OP_sum, x); }

/* A name bound anew. */
static inline void rebind(Variable **name, Variable *value) {
  variable_unref(*name);
  *name = value;
}

static inline bool run_backward(Variable *loss, BackwardOptions options) {
  return backward_run(&graph, loss, NULL, options);
}

static inline void backward(Variable *loss) {
  bool done = run_backward(loss, (BackwardOptions){.release_graph = false});
  ck_assert_msg(done, "%s", buffer_text(&test_error.message));
}

/* grad(sum(L), x) as a tensor, tracked with `again`. */
static inline Tensor *asked_gradient(Variable *loss, Variable *x, bool again) {
  Tensor *target = value_of(x), *gradient;
  ck_assert_msg(backward_gradients(&graph, value_of(loss), NULL, 1, &target, again, &gradient), "%s",
                buffer_text(&test_error.message));
  return gradient;
}

static inline void expect_numbers(const Tensor *tensor, int count, const double *numbers) {
  ck_assert_int_eq(tensor_size(tensor), count);
  for (int i = 0; i < count; i++) {
    double got = tensor_number_at(tensor, i), wanted = numbers[i];
    bool same = got == wanted || (isnan(got) && isnan(wanted)) || fabs(got - wanted) <= 1e-13 * fabs(wanted);
    ck_assert_msg(same, "element %d is %.17g, not %.17g", i, got, wanted);
  }
}

static inline void expect_value(Variable *variable, int count, const double *numbers) {
  expect_numbers(value_of(variable), count, numbers);
}

static inline void expect_gradient(Variable *variable, int count, const double *numbers) {
  Variable *gradient = own(variable_gradient(&graph, variable));
  ck_assert(layout_same_shape(variable_layout(gradient), variable_layout(variable)));
  ck_assert_int_eq(variable_dtype(gradient), variable_dtype(variable));
  expect_value(gradient, count, numbers);
  variable_unref(gradient);
}

static inline void expect_no_gradient(Variable *variable) {
  ck_assert_ptr_null(variable_gradient(&graph, variable));
  ck_assert_int_eq(test_error.kind, ERROR_NONE);
}

/* ---- windows by index: a slice of the first axis, or one element */
static inline Variable *slice(Variable *x, int64_t start, int64_t stop, int64_t step) {
  IndexItem item = {.kind = INDEX_SLICE, .start = start, .stop = stop, .step = step, .has_start = true,
                    .has_stop = step > 0, .has_step = true};
  Index index = {1, &item};
  IndexPlan plan;
  ck_assert(index_plan(&test_runtime, variable_layout(x), &index, &plan));
  Variable *view = own(variable_window(&graph, x, plan.layout, plan.offset, false));
  index_plan_free(&plan);
  return view;
}

static inline bool write_at(Variable *x, int64_t place, Tensor *value) {
  IndexItem item = {.kind = INDEX_INTEGER, .start = place};
  Index index = {1, &item};
  return variable_write_index(&graph, x, &index, value);
}

static inline void put(Variable *x, int64_t place, double value) {
  Tensor *written = number(value);
  ck_assert(write_at(x, place, written));
  tensor_unref(written);
}

static inline void write_number(Variable *x, double value) {
  Tensor *written = number(value);
  ck_assert(variable_write(&graph, x, written));
  tensor_unref(written);
}

static inline void update(Variable *x, OpId op, double value) {
  Tensor *operand = number(value);
  ck_assert(variable_write_op(&graph, x, op, operand));
  tensor_unref(operand);
}

#endif
