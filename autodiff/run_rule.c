/* SPDX-License-Identifier: MIT */
/* run_rule.c: one step of a backward run on tensors: the rule of a node, and all that no rule has to think of: summing
   over broadcast axes, casting, operands that need nothing, and blanked gradients. */
#include <float.h>
#include <math.h>

#include "autodiff/rule.h"
#include "autodiff/run.h"
#include "base/memory.h"
#include "runtime/fuse/fuse.h"

enum { FEW_OPERANDS = 8 };

typedef struct Step {
  BackwardRun *run;
  Entry *entry;
  const Node *node;
  bool alone;   /* the entry moves on to the one operand that needs a gradient */
  Rule rule;
  Tensor **tensors, **gradients;
  bool *needs;
  size_t bytes; /* of the block that holds these three when there are many operands, else 0 */
  Tensor *few_tensors[FEW_OPERANDS], *few_gradients[FEW_OPERANDS];
  bool few_needs[FEW_OPERANDS];
} Step;

/* ---- operands */
static bool make_room(Step *step, int count) {
  step->tensors = step->few_tensors;
  step->gradients = step->few_gradients;
  step->needs = step->few_needs;
  step->bytes = 0;
  if (count <= FEW_OPERANDS) return true;
  size_t bytes = (size_t)count * (2 * sizeof(Tensor *) + sizeof(bool));
  step->tensors = memory_allocate(bytes);
  if (!step->tensors) return runtime_out_of_memory(step->run->graph->runtime), false;
  step->gradients = step->tensors + count;
  step->needs = (bool *)(step->gradients + count);
  step->bytes = bytes;
  return true;
}

static Tensor *operand(Step *step, const Node *node, int index) {
  int number_flag = index == 0 ? NODE_NUMBER_LEFT : NODE_NUMBER;
  if (node->tensor.flags & number_flag) return rule_number(&step->rule, node->number);
  return node_peek_input(node, index);
}

static void collect_operands(Step *step, const Node *node) {
  int needed = 0;
  for (int i = 0; i < step->rule.count; i++) {
    step->tensors[i] = operand(step, node, i);
    step->gradients[i] = NULL;
    step->needs[i] = run_wants(step->run, step->tensors[i]);
    needed += step->needs[i];
  }
  step->alone = needed == 1 && step->run->heap_count == 0;
}

/* ---- blanked gradients */
/* Whether the factor of g is one number, and finite in either type. */
static bool is_scaling(const Rule *rule, int index) {
  bool divides = rule->op == OP_divide && index == 0;
  const Tensor *factor = divides || rule->op == OP_multiply ? rule->x[1 - index] : NULL;
  if (!factor || !rule_is_number(factor)) return false;
  double number = tensor_number_at(factor, 0);
  return fabs(divides ? 1 / number : number) <= (double)FLT_MAX;
}

/* Where a blanked gradient is exactly zero, so is what an elementwise operation passes on, whatever its derivative is.
   When the derivative is to be differentiated again the choice must be on record, and a pending gradient is not
   computed for the question.  What a masked rule multiplied is exactly zero already. */
static Tensor *blank(Step *step, int index, Tensor *gradient) {
  Rule *rule = &step->rule;
  if (gradient == rule->g || rule_table[rule->op].passes_zero || is_scaling(rule, index)) return gradient;
  if (rule->masked && rule_is_masked(gradient)) return gradient;
  if (!step->run->options.create_graph && !tensor_is_pending(gradient) && tensor_is_finite(gradient)) return gradient;
  return rule_op2(rule, OP_blanked, gradient, rule->g, NULL);
}

/* ---- handing on */
static Tensor *with_shape(Rule *rule, Tensor *gradient, Layout *shape) {
  if (layout_same_shape(gradient->layout, shape)) return gradient;
  Layout *full = layout_broadcast(rule->graph->runtime, gradient->layout, shape, "match the gradient's");
  if (!full) return NULL;
  Tensor *fitted = rule_sum_to(rule, rule_broadcast(rule, gradient, full), shape);
  layout_unref(full);
  return fitted;
}

/* nan_check: the first operation whose gradient is not finite, at the place that made it. */
static bool fail_not_finite(Step *step) {
  Graph *graph = step->run->graph;
  runtime_fail(graph->runtime, ERROR_GRADIENT, -1, "the gradient of `%s` is nan or infinite here",
               op_table[step->rule.op].name);
  error_at(graph->runtime->error, step->node->span);
  error_hint(graph->runtime->error, "`where` keeps a derivative out where it does not exist");
  return false;
}

static bool observe_edge(const Step *step, int index, Tensor *gradient) {
  const RunObserver *observer = step->run->observer;
  return !observer || observer->edge(observer->context, step->node, index, gradient);
}

/* The gradient of a window is added to its base's where it belongs. */
static bool hand_on_window(Step *step, bool masked) {
  Rule *rule = &step->rule;
  Tensor *to = step->tensors[0], *gradient = rule_detach(rule, rule_cast(rule, rule->g, (DType)to->dtype));
  return gradient && run_contribute_window(step->run, node_of(to), gradient, rule->window, rule->window_offset,
                                           masked || rule->masks);
}

static bool pass_gradient(Step *step, Node *operand, Tensor *gradient, bool masked) {
  if (!step->alone || operand->tensor.layout->ndim == 0) return run_contribute(step->run, operand, gradient, masked);
  run_move(step->run, step->entry, operand, masked);
  step->entry->gradient = tensor_ref(gradient);
  return true;
}

static bool hand_on(Step *step, int index, bool masked) {
  Rule *rule = &step->rule;
  Tensor *to = step->tensors[index], *gradient = step->gradients[index];
  if (rule->window) return hand_on_window(step, masked);
  if (!gradient) return run_contribute_zero(step->run, node_of(to));
  if (masked && rule_table[rule->op].scalar_x) gradient = blank(step, index, gradient);
  if (gradient) gradient = rule_cast(rule, with_shape(rule, gradient, to->layout), (DType)to->dtype);
  if (!step->run->options.create_graph) gradient = rule_detach(rule, gradient);
  if (gradient && step->run->graph->nan_check && !tensor_is_finite(gradient)) return fail_not_finite(step);
  bool blanked = masked || rule->masks || rule_table[rule->op].masks;
  return gradient && observe_edge(step, index, gradient) &&
         pass_gradient(step, node_of(to), gradient, blanked);
}

static bool hand_on_all(Step *step, bool masked) {
  if (step->run->graph->runtime->error->kind != ERROR_NONE) return false;
  for (int i = 0; i < step->rule.count; i++) {
    if (step->needs[i] && !hand_on(step, i, masked)) return false;
  }
  return true;
}

/* A gradient that is zero everywhere stays so, whatever the operation. */
static bool is_zero(const Entry *entry) {
  return !entry->plain && !entry->gradient;
}

bool run_apply_rule(BackwardRun *run, Entry *entry) {
  Step step;
  Node *node = entry->node;
  int count = node_input_count(node);
  step.run = run;
  step.entry = entry;
  step.node = node;
  if (!make_room(&step, count)) return false;
  rule_start(&step.rule, run->graph);
  step.rule.op = (OpId)node->tensor.op;
  step.rule.r = &node->tensor;
  step.rule.count = count;
  step.rule.x = step.tensors;
  step.rule.needs = step.needs;
  step.rule.gradients = step.gradients;
  if (!(node->tensor.flags & (NODE_NUMBER | NODE_NUMBER_LEFT))) step.rule.attributes = node->attributes;
  step.rule.masked = entry->masked && run->options.create_graph;
  step.rule.adds_windows = !run->options.create_graph && !run->graph->nan_check && !run->observer;
  collect_operands(&step, node);
  if (!is_zero(entry)) {
    step.rule.g = rule_keep(&step.rule, run_gradient(run, entry));
    if (step.rule.g) rule_table[step.rule.op].backward(&step.rule);
  }
  bool done = hand_on_all(&step, entry->masked);
  layout_unref(step.rule.window);
  rule_finish(&step.rule);
  if (step.bytes) memory_release(step.tensors, step.bytes);
  return done;
}
