/* SPDX-License-Identifier: MIT */
/* backward.c: reverse mode: from the loss back to its variables, newest node first. */
#include "autodiff/backward.h"

#include "autodiff/rule.h"
#include "autodiff/run.h"
#include "runtime/kernels/axes.h"

enum { POLL_STEPS = 1024 };

/* ---- errors */
static bool fail_constant(Graph *graph) {
  Error *error = graph->runtime->error;
  runtime_fail(graph->runtime, ERROR_GRADIENT, 0,
               "the loss " ERROR_OPERAND(0) "does not depend on any variable, so it has no gradient");
  error_hint(error, "start from a variable, e.g. `x = tensor(2)`; numbers, lists, integers, detached values and what "
                    "is made inside `no_autodiff` record nothing");
  return false;
}

static bool fail_released(BackwardRun *run, const Node *node) {
  Error *error = run->graph->runtime->error;
  run->graph->refused = node;
  if (node == run->loss)
    runtime_fail(run->graph->runtime, ERROR_GRADIENT, 0, "the history of the loss " ERROR_OPERAND(0) "was released");
  else
    runtime_fail(run->graph->runtime, ERROR_GRADIENT, 0,
                 "the loss " ERROR_OPERAND(0) "depends on a result whose history was released");
  error_label(error, node->span, "this result");
  error_label(error, node->released, "released here");
  error_hint(error, "compute the loss again, or leave out `retain_graph=false` and `clear_graph`");
  return false;
}

/* ---- scalars: plain float64 numbers all the way, without an allocation */
static inline bool is_double(const Tensor *operand) {
  return !operand || operand->dtype == DTYPE_FLOAT64;
}

static inline bool is_scalar_step(const Entry *entry, bool checks) {
  const Node *node = entry->node;
  return entry->plain && rule_table[node->tensor.op].scalar_x && !(node->tensor.flags & NODE_MANY) && !checks &&
         is_double(node->inputs[0]) && is_double(node->inputs[1]);
}

static inline double read_double(const Tensor *operand, const Node *node) {
  if (operand) return *(const double *)tensor_data(operand);
  return node->tensor.flags & (NODE_NUMBER | NODE_NUMBER_LEFT) ? node->number : 0;
}

static inline bool pass_number(BackwardRun *run, Entry *entry, Node *operand, double number, bool masked, bool alone) {
  if (!alone) return run_contribute_number(run, operand, number, masked);
  run_move(run, entry, operand, masked);
  entry->number = number;
  return true;
}

static inline bool step_scalar(BackwardRun *run, Entry *entry) {
  const Node *node = entry->node;
  const RuleInfo *info = &rule_table[node->tensor.op];
  const Tensor *a = node->inputs[0], *b = node->inputs[1];
  double g = entry->number, x = read_double(a, node), y = read_double(b, node), r = node->tensor.number;
  bool blank = entry->masked && g == 0, masked = entry->masked || info->masks;
  bool to_a = run_wants(run, a), to_b = run_wants(run, b), alone = to_a != to_b && run->heap_count == 0;
  if (to_a) {
    double dx = blank ? 0 : info->scalar_x(g, x, y, r);
    if (!pass_number(run, entry, node_of(a), dx, masked, alone)) return false;
  }
  if (to_b) {
    double dy = blank ? 0 : info->scalar_y(g, x, y, r);
    if (!pass_number(run, entry, node_of(b), dy, masked, alone)) return false;
  }
  return true;
}

/* ---- what is kept */
static Tensor *add_to(BackwardRun *run, Tensor *gradient_taken, Tensor *other) {
  Tensor *sum = gradient_taken && other ? op_apply2(run->graph, OP_add, other, gradient_taken, NULL) : gradient_taken;
  if (sum != gradient_taken) tensor_unref(gradient_taken);
  return sum;
}

static bool store_later(Outcome *outcome, Tensor *gradient_taken) {
  if (!gradient_taken) return false;
  tensor_unref(outcome->gradient);
  outcome->gradient = gradient_taken;
  return true;
}

/* The gradient of a former value in the shape that its variable has now, which x.shape = ... may have changed. */
static Tensor *gradient_as_held(BackwardRun *run, const Entry *entry) {
  Tensor *gradient = run_gradient(run, entry);
  const Layout *held = entry->node->holder->value->layout;
  if (!gradient || layout_same_shape(held, gradient->layout)) return gradient;
  Rule rule;
  rule_start(&rule, run->graph);
  Tensor *reshaped = rule_reshape_like(&rule, rule_keep(&rule, gradient), held);
  if (reshaped) tensor_ref(reshaped);
  rule_finish(&rule);
  return reshaped;
}

/* A former value of a variable comes after the current one.  Of a leaf both gradients are the variable's; that of any
   other value has come to hold the current one's, which is a copy of it. */
static bool remember(BackwardRun *run, const Entry *entry) {
  Variable *holder = entry->node->holder;
  const Tensor *value = &entry->node->tensor;
  bool leaf = value->op == OP_none, former = !holder->base && holder->value != value;
  if (run->targets || holder->base || (run->options.leaves_only && !leaf)) return true;
  Tensor *gradient = former ? gradient_as_held(run, entry) : run_gradient(run, entry);
  Outcome *current = former ? run_outcome(run, holder) : NULL;
  if (current && node_is_former_leaf(entry->node)) return store_later(current, add_to(run, gradient, current->gradient));
  if (run->options.accumulate) gradient = add_to(run, gradient, holder->gradient);
  if (current) return store_later(current, gradient);
  return gradient && run_remember(run, holder, gradient);
}

static bool answer(BackwardRun *run, const Entry *entry) {
  for (int i = 0; i < run->target_count; i++) {
    if (run->targets[i] != &entry->node->tensor) continue;
    run->targets_left--;
    if (!entry->reached) continue;
    run->results[i] = run_gradient(run, entry);
    if (!run->results[i]) return false;
  }
  return true;
}

/* The same for a former value of a variable: its gradient is added to that of the current one, or stands for it. */
static bool answer_former(BackwardRun *run, const Entry *entry) {
  const Tensor *value = &entry->node->tensor, *current = entry->node->holder->value;
  if (entry->node->holder->base || current == value) return true;
  for (int i = 0; i < run->target_count; i++) {
    if (run->targets[i] != current) continue;
    Tensor *before = run->results[i], *gradient = gradient_as_held(run, entry);
    run->results[i] = node_is_former_leaf(entry->node) ? add_to(run, gradient, before) : gradient;
    tensor_unref(before);
    if (!run->results[i]) return false;
  }
  return true;
}

static bool has_answers(const BackwardRun *run) { return run->targets && run->targets_left == 0 && !run->formers; }

/* ---- the run */
static bool observe_node(BackwardRun *run, const Entry *entry) {
  Tensor *gradient = run_gradient(run, entry);
  bool going = gradient && run->observer->node(run->observer->context, entry->node, gradient);
  tensor_unref(gradient);
  return going;
}

/* The entry is done with, or (`entry->node` is another one) has moved on to an operand. */
static bool step(BackwardRun *run, Entry *entry) {
  Node *node = entry->node;
  if (entry->target && !answer(run, entry)) return false;
  if (run->observer && !observe_node(run, entry)) return false;
  if (run->formers && node->holder && entry->reached && !answer_former(run, entry)) return false;
  if (node->holder && !run->observer) {
    if (!remember(run, entry)) return false;
    if (node_is_held(node) && node != run->loss) {
      run->met_name = true;
      history_trim(run, node, false);
    }
  }
  bool inside = node->sequence > run->options.start;
  if (has_answers(run) || (run->targets && (!entry->reached || !inside))) return true;
  if (node->tensor.op == OP_none) return node->tensor.flags & NODE_RELEASED ? fail_released(run, node) : true;
  bool checks = run->graph->nan_check || run->observer;
  if (!(is_scalar_step(entry, checks) ? step_scalar(run, entry) : run_apply_rule(run, entry))) return false;
  if (run->options.release_graph) node_release_history(run->graph, node);
  return true;
}

static bool run_all(BackwardRun *run) {
  Entry entry = {.node = NULL};
  bool going = true;
  for (uint32_t steps = 1; going && (entry.node || run_pop(run, &entry)); steps++) {
    Node *node = entry.node;
    going = step(run, &entry) && !(steps % POLL_STEPS == 0 && runtime_interrupted(run->graph->runtime));
    if (entry.node == node) {
      tensor_unref(entry.gradient);
      entry.node = NULL;
    }
    tensor_unref(&node->tensor);
    if (has_answers(run)) break;
  }
  if (entry.node) tensor_unref(&entry.node->tensor);
  return going;
}

/* ---- seeds */
static Tensor *fit_seed(Graph *graph, Tensor *gradient, const Tensor *loss) {
  ShapeText given, wanted;
  if (!layout_fits(gradient->layout, loss->layout)) {
    return runtime_fail(graph->runtime, ERROR_SHAPE, 1, "the gradient and the loss " ERROR_OPERAND(0)
                        "differ in shape: %s and %s", layout_text(&given, gradient->layout),
                        layout_text(&wanted, loss->layout));
  }
  Tensor *plain = graph->recording ? tensor_ref(gradient) : tensor_plain(graph->runtime, gradient);
  Tensor *cast = plain ? op_cast(graph, plain, (DType)loss->dtype) : NULL;
  tensor_unref(plain);
  return cast;
}

static Tensor *ones_like(Graph *graph, const Tensor *loss) {
  Tensor *one = tensor_new_number(graph->runtime, (DType)loss->dtype, 1);
  Tensor *ones = one ? tensor_broadcast_to(graph->runtime, one, loss->layout) : NULL;
  tensor_unref(one);
  return ones;
}

/* What is given as 0 asks for nothing of that element, however steep it is; but a tracked gradient is to be
   differentiated itself. */
static bool contribute_seed(BackwardRun *run, Tensor *gradient, bool given) {
  Rule rule;
  rule_start(&rule, run->graph);
  Tensor *full = rule_broadcast(&rule, gradient, run->loss->tensor.layout);
  bool seeded = full && run_contribute(run, run->loss, full, given && !tensor_is_tracked(gradient));
  rule_finish(&rule);
  return seeded;
}

static bool seed(BackwardRun *run, Tensor *gradient) {
  const Tensor *loss = &run->loss->tensor;
  Entry *entry = gradient ? NULL : run_find(run, run->loss);
  if (!gradient && !entry) entry = run_add(run, run->loss);
  if (entry && entry->plain) {
    entry->number = 1;
    return entry->reached = true;
  }
  Tensor *fitted = gradient ? fit_seed(run->graph, gradient, loss) : ones_like(run->graph, loss);
  bool seeded = fitted && contribute_seed(run, fitted, gradient != NULL);
  tensor_unref(fitted);
  return seeded;
}

/* Recording is on only when the gradients are to be differentiated again; what the rules compute on the way warns
   nobody. */
static bool run_from(BackwardRun *run, Node *loss, Tensor *gradient) {
  Graph *graph = run->graph;
  Span span = graph->span;
  bool recording = graph->recording;
  struct RuntimeWarning warning = graph->runtime->warning;
  bool quiet = graph->runtime->quiet;
  graph->recording = run->options.create_graph;
  graph->runtime->quiet = true;
  run->loss = loss;
  bool done = seed(run, gradient) && run_all(run);
  if (done && !run->observer && !run->met_name && node_is_held(loss)) history_trim(run, loss, true);
  if (done && (run->dead_end || run->targets)) prune_histories(graph, loss);
  graph->recording = recording;
  graph->runtime->warning = warning;
  graph->runtime->quiet = quiet;
  graph->span = span;
  return done;
}

bool backward_run(Graph *graph, Variable *loss, Tensor *gradient, BackwardOptions options) {
  Tensor *value = variable_value(graph, loss);
  if (!value) return false;
  if (!tensor_is_tracked(value)) return fail_constant(graph);
  BackwardRun run;
  run_start(&run, graph, options);
  bool done = run_from(&run, node_of(value), gradient);
  if (done) run_store(&run);
  run_finish(&run);
  graph->backwards += done;
  return done;
}

bool backward_observe(Graph *graph, Node *loss, const RunObserver *observer) {
  BackwardRun run;
  run_start(&run, graph, (BackwardOptions){.create_graph = false});
  run.observer = observer;
  bool done = run_from(&run, loss, NULL);
  run_finish(&run);
  return done;
}

/* ---- asked for */
static void mark_targets(int count, Tensor *const *targets, bool asked) {
  for (int i = 0; i < count; i++) {
    if (!tensor_is_tracked(targets[i])) continue;
    if (asked) targets[i]->flags |= NODE_TARGET;
    else targets[i]->flags &= (uint8_t)~NODE_TARGET;
  }
}

static bool add_targets(BackwardRun *run, int count, Tensor *const *targets, Tensor **results) {
  run->target_count = count;
  run->targets = targets;
  run->results = results;
  for (int i = 0; i < count; i++) {
    Node *node = node_of(targets[i]);
    if (!node) continue;
    const Variable *holder = run->options.former_values ? node->holder : NULL;
    run->formers = run->formers || (holder && !holder->base && variable_has_former(holder));
    run->targets_left++;
    Entry *entry = run_find(run, node);
    if (!entry) entry = run_add(run, node);
    if (!entry) return false;
    entry->target = true;
  }
  return true;
}

static bool fill_with_zeros(Graph *graph, int count, Tensor *const *targets, Tensor **gradients) {
  for (int i = 0; i < count; i++) {
    if (gradients[i]) continue;
    Tensor *zero = tensor_new_number(graph->runtime, (DType)targets[i]->dtype, 0);
    gradients[i] = zero ? tensor_broadcast_to(graph->runtime, zero, targets[i]->layout) : NULL;
    tensor_unref(zero);
    if (!gradients[i]) return false;
  }
  return true;
}

static bool find_gradients(Graph *graph, Node *loss, Tensor *gradient, int count, Tensor *const *targets,
                           BackwardOptions options, Tensor **gradients) {
  BackwardRun run;
  run_start(&run, graph, options);
  mark_targets(count, targets, true);
  bool done = add_targets(&run, count, targets, gradients) &&
              (run.targets_left == 0 || run_from(&run, loss, gradient));
  mark_targets(count, targets, false);
  run_finish(&run);
  return done;
}

bool backward_gradients_within(Graph *graph, Tensor *loss, Tensor *gradient, int count, Tensor *const *targets,
                               BackwardOptions options, Tensor **gradients) {
  for (int i = 0; i < count; i++) gradients[i] = NULL;
  bool done = !tensor_is_tracked(loss) ||
              find_gradients(graph, node_of(loss), gradient, count, targets, options, gradients);
  done = done && fill_with_zeros(graph, count, targets, gradients);
  for (int i = 0; !done && i < count; i++) {
    tensor_unref(gradients[i]);
    gradients[i] = NULL;
  }
  return done;
}

bool backward_gradients(Graph *graph, Tensor *loss, Tensor *gradient, int count, Tensor *const *targets,
                        bool create_graph, Tensor **gradients) {
  return backward_gradients_within(graph, loss, gradient, count, targets,
                                   (BackwardOptions){.create_graph = create_graph}, gradients);
}
