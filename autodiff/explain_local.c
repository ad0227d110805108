/* SPDX-License-Identifier: MIT */
/* explain_local.c: the derivative of one operation, as numbers and as a formula: its rule run on the gradient 1. */
#include <math.h>
#include "autodiff/explain.h"
#include "autodiff/rule.h"

enum { OPERANDS_MOST = 8, ELEMENTS_TRIED = 64 };

/* One run of a rule outside of any backward run. */
typedef struct LocalRun {
  Graph *graph;
  Rule rule;
  Tensor *operands[OPERANDS_MOST], *gradients[OPERANDS_MOST];
  bool needs[OPERANDS_MOST];
  bool twice;                /* the operand stands in both places */
  bool recording;
  struct RuntimeWarning warning;
} LocalRun;

static bool start(LocalRun *run, Graph *graph, const Node *node, int operand, bool recording) {
  *run = (LocalRun){.graph = graph, .recording = graph->recording, .warning = graph->runtime->warning};
  graph->recording = recording;
  rule_start(&run->rule, graph);
  run->rule.op = (OpId)node->tensor.op;
  run->rule.count = node_input_count(node);
  run->rule.x = run->operands;
  run->rule.gradients = run->gradients;
  run->rule.needs = run->needs;
  if (!(node->tensor.flags & (NODE_NUMBER | NODE_NUMBER_LEFT))) run->rule.attributes = node->attributes;
  run->twice = operand == 0 && explain_takes_twice(node);
  if (operand < OPERANDS_MOST) run->needs[operand] = true;
  if (run->twice) run->needs[1] = true;
  return run->rule.count <= OPERANDS_MOST && rule_table[run->rule.op].backward;
}

static void finish(LocalRun *run) {
  rule_finish(&run->rule);
  run->graph->recording = run->recording;
  run->graph->runtime->warning = run->warning;
}

/* The derivative by an operand, or by both where they are the same; NULL: it is zero, or an error is recorded. */
static Tensor *gradient_of(LocalRun *run, int operand) {
  Tensor *gradient = run->gradients[operand], *second = run->twice ? run->gradients[1] : NULL;
  return gradient && second ? rule_add(&run->rule, gradient, second) : gradient ? gradient : second;
}

static bool is_elementwise(OpId op) { return rule_table[op].scalar_x != NULL; }

/* ---- numbers */
static void take_operands(LocalRun *run, const Node *node) {
  for (int i = 0; i < run->rule.count; i++) {
    bool number = node->tensor.flags & (i == 0 ? NODE_NUMBER_LEFT : NODE_NUMBER);
    run->operands[i] = number ? rule_number(&run->rule, node->number) : node_peek_input(node, i);
  }
  Tensor *one = rule_keep(&run->rule, tensor_new_number(run->graph->runtime, (DType)node->tensor.dtype, 1));
  run->rule.g = one ? rule_broadcast(&run->rule, one, node->tensor.layout) : NULL;
  run->rule.r = (Tensor *)(uintptr_t)&node->tensor;
}

Tensor *explain_local(Graph *graph, const Node *node, int operand) {
  LocalRun run;
  Tensor *local = NULL;
  bool has_one = is_elementwise((OpId)node->tensor.op) || tensor_size(&node->tensor) == 1;
  if (start(&run, graph, node, operand, false) && has_one) {
    take_operands(&run, node);
    if (run.rule.g) rule_table[run.rule.op].backward(&run.rule);
    local = gradient_of(&run, operand);
    if (local && tensor_size(local) == tensor_size(node_peek_input(node, operand)))
      local = rule_reshape_like(&run.rule, local, node_peek_input(node, operand)->layout);
    if (local) tensor_ref(local);
    else if (run.rule.g && graph->runtime->error->kind == ERROR_NONE)
      local = tensor_new_number(graph->runtime, (DType)node->tensor.dtype, 0);
  }
  finish(&run);
  return local;
}

/* ---- formulas */

/* A fresh variable in place of what differs from element to element, known to the formula by a name. */
static Tensor *stand_in(LocalRun *run, const Tensor *value, const char *name, FormulaNames *used) {
  Runtime *runtime = run->graph->runtime;
  Tensor *number = rule_keep(&run->rule, tensor_new_number(runtime, DTYPE_FLOAT64, tensor_number_at(value, 0)));
  Node *leaf = number ? node_new_leaf(run->graph, number) : NULL;
  if (!leaf) return NULL;
  used->texts[used->count] = name;
  used->leaves[used->count++] = &leaf->tensor;
  return rule_keep(&run->rule, &leaf->tensor);
}

static Tensor *symbol(LocalRun *run, const Node *node, int operand, const LocalNames *names, FormulaNames *used) {
  bool number = node->tensor.flags & (operand == 0 ? NODE_NUMBER_LEFT : NODE_NUMBER);
  const Tensor *value = node_peek_input(node, operand);
  if (number) return rule_number(&run->rule, node->number);
  if (!value) return NULL;
  if (!tensor_is_tracked(value) && tensor_size(value) == 1) return rule_number(&run->rule, tensor_number_at(value, 0));
  if (operand == 1 && explain_takes_twice(node)) return run->operands[0];
  return stand_in(run, value, names->operands[operand], used);
}

/* Element `index` of the result: where its operand stands, repeated as broadcasting does. */
static double element_of(const Tensor *operand, const Layout *result, int64_t index) {
  int64_t at = 0, step = 1;
  int ahead = result->ndim - tensor_ndim(operand);
  for (int axis = result->ndim - 1; axis >= ahead; axis--) {
    int64_t size = layout_shape(operand->layout)[axis - ahead], place = index % layout_shape(result)[axis];
    if (size != 1) at += place * step;
    step *= size;
    index /= layout_shape(result)[axis];
  }
  return tensor_number_at(operand, at);
}

/* The choices of a formula are those of the first element; it must be right for the others too. */
static bool holds(const Node *node, const Formula *formula, const FormulaNames *used, Tensor *const *sources,
                  const Tensor *local) {
  const Layout *layout = node->tensor.layout;
  int64_t count = layout->size < ELEMENTS_TRIED ? layout->size : ELEMENTS_TRIED;
  for (int64_t k = 0; k < count; k++) {
    int64_t index = k * (layout->size / count);
    double values[FORMULA_NAMES];
    for (int i = 0; i < used->count; i++) values[i] = element_of(sources[i], layout, index);
    double expected = element_of(local, layout, index), got = formula_evaluate(formula, values);
    if (isfinite(expected) && !formula_agrees(got, expected, node->tensor.dtype)) return false;
  }
  return true;
}

static int name_sources(const Node *node, const LocalRun *run, const FormulaNames *used, Tensor **sources) {
  for (int i = 0; i < used->count; i++) {
    sources[i] = (Tensor *)(uintptr_t)&node->tensor;
    for (int k = run->rule.count - 1; k >= 0; k--)
      if (used->leaves[i] == run->operands[k]) sources[i] = node_peek_input(node, k);
  }
  return used->count;
}

static const Formula *read_rule(LocalRun *run, Arena *arena, const Node *node, int operand, const LocalNames *names,
                                FormulaNames *used) {
  *used = (FormulaNames){.shown = true};
  for (int i = 0; i < run->rule.count; i++) run->operands[i] = symbol(run, node, i, names, used);
  run->rule.r = stand_in(run, &node->tensor, names->result, used);
  run->rule.g = rule_number(&run->rule, 1);
  if (!run->rule.r || !run->rule.g || !run->operands[0]) return NULL;
  rule_table[run->rule.op].backward(&run->rule);
  Tensor *gradient = gradient_of(run, operand);
  if (gradient) return formula_from_graph(arena, run->graph, gradient, used);
  return formula_number(&(FormulaBuilder){arena, 1}, 0);
}

const Formula *explain_local_formula(Graph *graph, Arena *arena, const Node *node, int operand, const LocalNames *names,
                                     FormulaNames *used) {
  LocalRun run;
  const Formula *formula = NULL;
  Tensor *sources[FORMULA_NAMES] = {NULL};
  if (!is_elementwise((OpId)node->tensor.op) || tensor_size(&node->tensor) == 0) return NULL;
  if (start(&run, graph, node, operand, true)) formula = read_rule(&run, arena, node, operand, names, used);
  if (formula) name_sources(node, &run, used, sources);
  finish(&run);
  Tensor *local = formula ? explain_local(graph, node, operand) : NULL;
  bool right = local && holds(node, formula, used, sources, local);
  tensor_unref(local);
  return right ? formula : NULL;
}

const Formula *explain_value_formula(Graph *graph, Arena *arena, const Node *node, const LocalNames *names,
                                     FormulaNames *used) {
  LocalRun run;
  Tensor *value = NULL;
  *used = (FormulaNames){.shown = true};
  if (!is_elementwise((OpId)node->tensor.op) || tensor_size(&node->tensor) == 0) return NULL;
  if (start(&run, graph, node, 0, true)) {
    for (int i = 0; i < run.rule.count; i++) run.operands[i] = symbol(&run, node, i, names, used);
    value = rule_op(&run.rule, run.rule.op, run.rule.count, run.operands, NULL);
  }
  const Formula *formula = value ? formula_from_graph(arena, graph, value, used) : NULL;
  finish(&run);
  return formula;
}
