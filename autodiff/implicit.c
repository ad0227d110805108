/* SPDX-License-Identifier: MIT */
/* implicit.c: roots with derivatives.

   Where f(x, p) = 0 keeps x in step with the parameters p, x' = -inv(J) f_p with the matrix J = f_x.  The result is a
   node whose operands are the parameters: the nodes that the recorded equations lead to and that are older than them.
   Its rule runs backward through the recorded equations alone, once per row of J and once from -inv(J).T g.  When that
   is to be differentiated again, the equations are first recorded anew on the node itself in place of the unknown, so
   that derivatives of every order know that x moves along. */
#include "autodiff/implicit.h"
#include <stdlib.h>
#include "autodiff/backward.h"
#include "autodiff/rules_linalg.h"
#include "autodiff/steps.h"
#include "base/memory.h"

typedef struct Implicit {
  OpCallback callback;
  Graph *graph;
  Tensor *root;
  Equations equations;
  int count;
  Tensor *parameters[]; /* owned */
} Implicit;

enum { NEWTON_STEPS = 4 }; /* from a root to one nearby: each doubles the digits */

/* ---- the equations again */
/* What the equations are recorded on anew: by number of the step, NULL where nothing changes. */
typedef struct Replay {
  const Implicit *implicit;
  Rule *rule;
  Steps steps;
  Tensor **values; /* in the rule's frame */
} Replay;

/* An operand with the node itself for the unknown, and the node's operands for the parameters. */
static Tensor *operand_of(const Replay *replay, const Node *node, int index) {
  const Implicit *implicit = replay->implicit;
  Tensor *input = node_peek_input(node, index);
  if (!input || !tensor_is_tracked(input)) return rule_keep(replay->rule, node_input(replay->rule->graph, node, index));
  if (input == implicit->equations.unknown) return replay->rule->r;
  if (node_of(input)->sequence > implicit->equations.start) {
    Tensor *made = replay->values[steps_number(&implicit->equations, node_of(input))];
    return made ? made : input;
  }
  Tensor **parameter = bsearch(&input, implicit->parameters, (size_t)implicit->count, sizeof input, parameters_by_age);
  return parameter ? replay->rule->x[parameter - implicit->parameters] : input;
}

static Tensor *compute_again(const Replay *replay, const Node *node) {
  int count = node_input_count(node);
  bool number = node->tensor.flags & (NODE_NUMBER | NODE_NUMBER_LEFT);
  size_t bytes = (size_t)count * sizeof(Tensor *);
  Tensor **operands = memory_allocate(bytes);
  if (!operands) return runtime_out_of_memory(replay->rule->graph->runtime);
  for (int i = 0; i < count; i++) operands[i] = operand_of(replay, node, i);
  Tensor *value = rule_op(replay->rule, (OpId)node->tensor.op, count, operands,
                          number ? NULL : attributes_ref(node->attributes));
  memory_release(operands, bytes);
  return value;
}

static bool compute_all_again(Replay *replay) {
  for (size_t at = 1; at < replay->steps.count; at++) {
    const Node *node = replay->steps.nodes[at];
    if (!node || node->tensor.op == OP_none) continue;
    replay->values[at] = compute_again(replay, node);
    if (!replay->values[at]) return false;
  }
  return true;
}

/* The equations as functions of the node and its operands. */
static bool record_again(const Implicit *implicit, Rule *rule, Equations *equations) {
  Replay replay = {.implicit = implicit, .rule = rule};
  *equations = (Equations){.unknown = rule->r, .start = rule->graph->sequence};
  if (!steps_find(rule->graph, &implicit->equations, &replay.steps, NULL)) return steps_release(&replay.steps), false;
  size_t bytes = replay.steps.count * sizeof(Tensor *);
  replay.values = memory_allocate_zeroed(bytes);
  bool done = replay.values ? compute_all_again(&replay) : error_out_of_memory(rule->graph->runtime->error);
  if (done) equations->value = replay.values[replay.steps.count - 1];
  if (replay.values) memory_release(replay.values, bytes);
  steps_release(&replay.steps);
  return done;
}

/* ---- the rule */
/* Gradients of the equations alone, into the rule's frame. */
static bool find_gradients(Rule *rule, const Equations *equations, Tensor *seed, int count, Tensor *const *targets,
                           Tensor **gradients) {
  Graph *graph = rule->graph;
  BackwardOptions options = {.create_graph = graph->recording, .start = equations->start};
  if (!seed || !backward_gradients_within(graph, equations->value, seed, count, targets, options, gradients))
    return false;
  for (int i = 0; i < count; i++) rule_keep(rule, gradients[i]);
  return true;
}

static Tensor *stack_rows(Rule *rule, Tensor *const *rows, int64_t count) {
  Attributes *axis = attributes_new(rule->graph->runtime, 1);
  if (!axis) return NULL;
  attributes_set_integer(axis, 0, 0);
  Tensor *stacked = rule_op(rule, OP_stack, (int)count, rows, axis);
  return stacked ? rule_reshape(rule, stacked, 2, (int64_t[]){count, count}) : NULL;
}

/* The derivatives of the equations by the unknown, one row per equation. */
static Tensor *jacobian_of(Rule *rule, const Equations *equations) {
  int64_t count = tensor_size(equations->value);
  size_t bytes = (size_t)count * sizeof(Tensor *);
  Tensor **rows = memory_allocate_zeroed(bytes), *unit = matrix_identity(rule, equations->value, count);
  bool done = rows ? unit != NULL : error_out_of_memory(rule->graph->runtime->error);
  for (int64_t i = 0; done && i < count; i++) {
    Tensor *seed = rule_reshape_like(rule, rule_slice(rule, unit, 0, i, 1), equations->value->layout);
    done = find_gradients(rule, equations, seed, 1, &equations->unknown, &rows[i]) &&
           !runtime_interrupted(rule->graph->runtime);
  }
  Tensor *jacobian = done ? stack_rows(rule, rows, count) : NULL;
  if (rows) memory_release(rows, bytes);
  return jacobian;
}

static Tensor *fail_singular(Rule *rule) {
  Error *error = rule->graph->runtime->error;
  if (error->kind == ERROR_MEMORY || error->kind == ERROR_INTERRUPT) return NULL;
  error_clear(error);
  runtime_fail(rule->graph->runtime, ERROR_GRADIENT, -1,
               "this result has no derivative: it is a root of equations, and "
               "their own derivative is singular there");
  error_hint(error, "`detach` takes it as a plain number");
  return NULL;
}

/* -inv(J).T g, in the shape of the equations. */
static Tensor *adjoint_of(Rule *rule, const Equations *equations) {
  Tensor *jacobian = jacobian_of(rule, equations);
  if (!jacobian) return NULL;
  if (!tensor_is_finite(jacobian)) return fail_singular(rule);
  Tensor *flat = rule_reshape(rule, rule_scale(rule, rule->g, -1), 1, (int64_t[]){tensor_size(rule->g)});
  Tensor *adjoint = flat ? matrix_solve(rule, matrix_turned(rule, jacobian), flat) : NULL;
  return adjoint ? rule_reshape_like(rule, adjoint, equations->value->layout) : fail_singular(rule);
}

static void implicit_backward(OpCallback *callback, Rule *rule) {
  const Implicit *implicit = (const Implicit *)callback;
  Equations equations = implicit->equations;
  Tensor *const *parameters = rule->graph->recording ? rule->x : implicit->parameters;
  if (rule->graph->recording && !record_again(implicit, rule, &equations)) return;
  Tensor *adjoint = adjoint_of(rule, &equations);
  if (adjoint) find_gradients(rule, &equations, adjoint, implicit->count, parameters, rule->gradients);
}

/* ---- other parameters */
static bool are_equal(const Tensor *a, const Tensor *b) {
  bool equal = true;
  for (int64_t i = 0; equal && a != b && i < tensor_size(a); i++)
    equal = tensor_number_at(a, i) == tensor_number_at(b, i);
  return equal;
}

/* A step of Newton's method from x, in the frame of the rule; NULL: error recorded. */
static Tensor *newton_step(const Implicit *implicit, Rule *rule, Tensor *x) {
  Graph *graph = rule->graph;
  Equations equations;
  rule->r = rule_keep(rule, (Tensor *)node_new_leaf(graph, x));
  graph->recording = true;
  bool recorded = rule->r && record_again(implicit, rule, &equations);
  graph->recording = false;
  Tensor *jacobian = recorded ? jacobian_of(rule, &equations) : NULL;
  Tensor *flat = jacobian ? rule_reshape(rule, equations.value, 1, (int64_t[]){tensor_size(x)}) : NULL;
  Tensor *step = flat ? matrix_solve(rule, jacobian, rule_detach(rule, flat)) : NULL;
  return step ? rule_subtract(rule, x, rule_reshape_like(rule, step, x->layout)) : NULL;
}

static Tensor *move_root(const Implicit *implicit, int count, Tensor *const *tensors) {
  Rule rule;
  bool recording = implicit->graph->recording;
  rule_start(&rule, implicit->graph);
  rule.count = count;
  rule.x = tensors;
  Tensor *x = implicit->root;
  for (int i = 0; x && i < NEWTON_STEPS; i++) x = newton_step(implicit, &rule, x);
  implicit->graph->recording = recording;
  if (x) tensor_ref(x);
  rule_finish(&rule);
  return x;
}

/* Only an explanation that looks beside the point asks for the root of other parameters. */
static Tensor *implicit_forward(OpCallback *callback, int count, Tensor *const *tensors) {
  const Implicit *implicit = (const Implicit *)callback;
  bool same = true;
  for (int i = 0; same && i < count; i++) same = are_equal(implicit->parameters[i], tensors[i]);
  return same ? tensor_ref(implicit->root) : move_root(implicit, count, tensors);
}

/* ---- the node */
static size_t implicit_bytes(int count) {
  return sizeof(Implicit) + (size_t)count * sizeof(Tensor *);
}

static void implicit_release(OpCallback *callback) {
  Implicit *implicit = (Implicit *)callback;
  for (int i = 0; i < implicit->count; i++) tensor_unref(implicit->parameters[i]);
  tensor_unref(implicit->equations.value);
  tensor_unref(implicit->equations.unknown);
  tensor_unref(implicit->root);
  memory_release(implicit, implicit_bytes(implicit->count));
}

/* The unknown counts as named, so that no search for what nobody can name takes it out of the equations. */
static Implicit *implicit_new(Graph *graph, Tensor *root, const Equations *equations, const Parameters *parameters) {
  Implicit *implicit = memory_allocate(implicit_bytes(parameters->count));
  if (!implicit) return runtime_out_of_memory(graph->runtime);
  implicit->callback = (OpCallback){1, implicit_forward, implicit_backward, implicit_release};
  implicit->graph = graph;
  implicit->root = tensor_ref(root);
  implicit->equations = *equations;
  tensor_ref(equations->value);
  tensor_ref(equations->unknown)->flags |= NODE_ASKED;
  implicit->count = parameters->count;
  for (int i = 0; i < parameters->count; i++) implicit->parameters[i] = tensor_ref(parameters->items[i]);
  return implicit;
}

static Tensor *connect(Graph *graph, Tensor *root, const Equations *equations, const Parameters *parameters) {
  if (parameters->count == 0) return tensor_ref(root);
  Attributes *attributes = attributes_new(graph->runtime, 0);
  Implicit *implicit = attributes ? implicit_new(graph, root, equations, parameters) : NULL;
  if (attributes && implicit) attributes->callback = &implicit->callback;
  Tensor *node = implicit ? op_apply(graph, OP_implicit_root, implicit->count, implicit->parameters, attributes) : NULL;
  attributes_unref(attributes);
  return node;
}

Tensor *implicit_root(Graph *graph, Tensor *root, const Equations *equations) {
  if (!graph->recording || !tensor_is_tracked(equations->value)) return tensor_ref(root);
  Steps steps;
  Parameters parameters = {0};
  bool found = steps_find(graph, equations, &steps, &parameters);
  Tensor *result = found ? connect(graph, root, equations, &parameters) : NULL;
  parameters_release(&parameters);
  steps_release(&steps);
  return result;
}
