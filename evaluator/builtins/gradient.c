/* SPDX-License-Identifier: MIT */
/* gradient.c: backward, the three forms of grad, and forgetting. */
#include <stdio.h>
#include <string.h>
#include "autodiff/backward.h"
#include "base/memory.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/differentiate.h"
#include "evaluator/builtins/made.h"
#include "evaluator/builtins/note.h"
#include "evaluator/builtins/released.h"
#include "evaluator/builtins/structure.h"
#include "evaluator/builtins/trace.h"
#include "evaluator/builtins/unrecorded.h"
#include "evaluator/failure.h"
#include "runtime/kernels/window.h"

/* ---- backward */
/* The argument as it was written when that is a plain name, else `otherwise`. */
static const char *written_name(const Call *call, int index, char *out, size_t size, const char *otherwise) {
  size_t length = 0;
  const char *text = argument_written(call, index, &length);
  if (!text || length + 3 > size) return otherwise;
  out[0] = '`';
  memcpy(out + 1, text, length);
  memcpy(out + 1 + length, "`", 2);
  return out;
}

static Value fail_constant(Call *call, int index) {
  char name[80];
  Error *error = call_runtime(call)->error;
  session_fail(call->session, ERROR_GRADIENT, "%s does not depend on any variable, so it has no gradient",
               written_name(call, index, name, sizeof name, "the value"));
  error_label(error, call->spans[index], "constant");
  unrecorded_explain(call, index);
  return argument_fail(call, index);
}

static void fail_loss(Call *call, int index) {
  char name[80], parameter[40];
  ShownText kind;
  snprintf(parameter, sizeof parameter, "`%s`", call->signature->parameters[index].name);
  argument_refuse(call, index, ERROR_TYPE, NULL, "%s must be a tensor, not %s",
                  written_name(call, index, name, sizeof name, parameter),
                  shown_kind(call->session, &kind, call->arguments[index]));
}

/* The loss as a tracked tensor, borrowed; NULL: error recorded. */
static Tensor *tracked_argument(Call *call, int index) {
  Variable *variable = value_as_variable(call->arguments[index]);
  bool number = value_is_number(call->arguments[index]) || value_is_bool(call->arguments[index]);
  if (!variable && !number) return fail_loss(call, index), NULL;
  Tensor *tensor = variable ? variable_value(call_graph(call), variable) : NULL;
  if (variable && !tensor) return NULL;
  if (tensor && tensor_is_tracked(tensor)) return tensor;
  fail_constant(call, index);
  return NULL;
}

static bool read_backward_options(Call *call, BackwardOptions *options) {
  bool keep_graph, keep_gradients;
  if (!argument_bool(call, 2, &keep_graph) || !argument_bool(call, 3, &keep_gradients) ||
      !argument_bool(call, 4, &options->create_graph) || !argument_bool(call, 5, &options->accumulate)) return false;
  options->release_graph = !keep_graph;
  options->leaves_only = !keep_gradients;
  return true;
}

static void explain_failure(Call *call) {
  Graph *graph = call_graph(call);
  char name[80];
  if (graph->refused) released_explain(call, graph->refused, written_name(call, 0, name, sizeof name, NULL));
  graph->refused = NULL;
  operation_explain(call->session, 1, call->spans, call->spans[0]);
}

/* backward(L, gradient=none, *, retain_graph=true, retain_grad=true, create_graph=false, accumulate=false) */
Value builtin_backward(Call *call) {
  BackwardOptions options;
  if (!tracked_argument(call, 0) || !read_backward_options(call, &options)) return value_error();
  Tensor *gradient = argument_is_none(call, 1) ? NULL : argument_operand(call, 1);
  if (!gradient && !argument_is_none(call, 1)) return value_error();
  Variable *loss = value_as_variable(call->arguments[0]);
  GradientNote note;
  gradient_note_start(&note, call);
  call_graph(call)->refused = NULL;
  bool done = backward_run(call_graph(call), loss, gradient, options);
  tensor_unref(gradient);
  if (!done) explain_failure(call);
  gradient_note_finish(&note, done);
  return done ? value_none() : value_error();
}

/* ---- grad */
static Value stored_gradient(Session *session, Value value) {
  Variable *variable = value_as_variable(value);
  Variable *gradient = variable ? variable_gradient(session_graph(session), variable) : NULL;
  if (gradient) return value_from_variable(session, gradient);
  if (!variable) session_graph(session)->missing = GRADIENT_OF_CONSTANT;
  return session_runtime(session)->error->kind == ERROR_NONE ? value_none() : value_error();
}

static bool stored_leaf(void *context, Value *leaf) {
  Session *session = context;
  Value gradient = stored_gradient(session, *leaf);
  if (value_is_error(gradient)) return false;
  value_unref(*leaf);
  *leaf = gradient;
  return true;
}

/* What grad(L, x) differentiates with respect to: the value that a variable has now, and those that it had before it
   was written without a record; a view is a window of its base, but one that cannot be written has elements of its
   own. */
typedef struct Targets {
  Call *call;
  int count;
  uint32_t tensor_capacity, variable_capacity;
  Tensor **tensors;     /* borrowed */
  Variable **variables; /* borrowed */
  Tensor **gradients;   /* owned */
} Targets;

/* Makes room for one more in both arrays, one of which may have it already: the other had no memory then. */
static bool targets_grow(Targets *targets) {
  uint32_t count = (uint32_t)targets->count;
  if (count == targets->tensor_capacity) {
    Tensor **tensors = memory_grow(targets->tensors, &targets->tensor_capacity, sizeof *tensors, 4);
    if (!tensors) return error_out_of_memory(call_runtime(targets->call)->error);
    targets->tensors = tensors;
  }
  if (count == targets->variable_capacity) {
    Variable **variables = memory_grow(targets->variables, &targets->variable_capacity, sizeof *variables, 4);
    if (!variables) return error_out_of_memory(call_runtime(targets->call)->error);
    targets->variables = variables;
  }
  return true;
}

/* A value computed in the call of grad itself: the loss was computed without it. */
static bool fail_fresh(Call *call, const Tensor *tensor) {
  session_fail(call->session, ERROR_GRADIENT,
               "nothing can depend on the second argument of `grad`: it is computed only here");
  Error *error = call_runtime(call)->error;
  if (tensor->op == OP_concatenate)
    error_hint(error, "a list makes a new tensor of its variables; a tuple keeps them: `(x, y)`, or `(x,)`");
  else error_hint(error, "give it a name, and use that to compute the first argument");
  argument_fail(call, 1);
  return false;
}

/* Whose gradient the variable's is a window of, or the variable itself where it has its own. */
static Variable *owner_of(Variable *variable) {
  return variable->base && !(variable->object.flags & VARIABLE_READ_ONLY) ? variable->base : variable;
}

static bool collect_target(void *context, Value *leaf) {
  Targets *targets = context;
  Call *call = targets->call;
  Variable *variable = value_as_variable(*leaf);
  if (!variable || variable_is_constant(variable)) {
    char name[80];
    bool constant = variable || value_is_number(*leaf);
    session_fail(call->session, ERROR_GRADIENT, "%s is %s%s: only variables have gradients",
                 written_name(call, 1, name, sizeof name, "the second argument of `grad`"),
                 constant || value_is_none(*leaf) ? "" : "a ", constant ? "constant" : value_type_name(*leaf));
    error_hint(call_runtime(call)->error, "start from a variable, e.g. `x = tensor(2)`");
    argument_fail(call, 1);
    return false;
  }
  if (made_only_here(variable)) return fail_fresh(call, variable->value);
  if (!targets_grow(targets)) return false;
  Tensor *tensor = variable_value(call_graph(call), owner_of(variable));
  targets->variables[targets->count] = variable;
  targets->tensors[targets->count] = tensor;
  targets->count += tensor != NULL;
  return tensor != NULL;
}

static Tensor *window_of(Call *call, Variable *view, Tensor *gradient_taken) {
  if (owner_of(view) == view) return gradient_taken;
  Attributes *attributes = window_attributes(call_runtime(call), gradient_taken->layout, view->layout, view->offset);
  Tensor *window = attributes ? op_apply1(call_graph(call), OP_window, gradient_taken, attributes) : NULL;
  attributes_unref(attributes);
  tensor_unref(gradient_taken);
  return window;
}

static bool fill_target(void *context, Value *leaf) {
  Targets *targets = context;
  int at = targets->count++;
  Tensor *gradient = window_of(targets->call, targets->variables[at], targets->gradients[at]);
  targets->gradients[at] = NULL;
  Value value = value_from_tensor(targets->call->session, gradient);
  if (value_is_error(value)) return false;
  value_unref(*leaf);
  *leaf = value;
  return true;
}

/* What does not depend on any variable has the gradient zero. */
static bool fill_gradients(Targets *targets, Tensor *loss) {
  Graph *graph = call_graph(targets->call);
  BackwardOptions options = {.create_graph = graph->recording, .former_values = true};
  if (loss)
    return backward_gradients_within(graph, loss, NULL, targets->count, targets->tensors, options, targets->gradients);
  for (int i = 0; i < targets->count; i++) {
    const Tensor *target = targets->tensors[i];
    targets->gradients[i] = tensor_new_zeros(graph->runtime, (DType)target->dtype, target->layout);
    if (!targets->gradients[i]) return false;
  }
  return true;
}

/* Nothing depends on what came into being later.  One with former values has been asked for those. */
static bool is_late(const Targets *targets, int index, Tensor *loss) {
  const Variable *owner = owner_of(targets->variables[index]);
  bool late = node_of(targets->tensors[index])->sequence > node_of(loss)->sequence;
  return late && (owner->base || !variable_has_former(owner));
}

static void warn_late(const Targets *targets, Tensor *loss) {
  Call *call = targets->call;
  char loss_name[80], name[80], message[240];
  for (int i = 0; i < targets->count; i++) {
    if (!is_late(targets, i, loss)) continue;
    snprintf(message, sizeof message, "%s got its value after %s was computed, so the gradient is 0",
             written_name(call, 1, name, sizeof name, "a variable"),
             written_name(call, 0, loss_name, sizeof loss_name, "the first argument"));
    session_warn(call->session, call->spans[1], message, "compute it again from the new value");
    return;
  }
}

static Value gradients_value(Targets *targets, Tensor *loss) {
  Call *call = targets->call;
  int count = targets->count;
  size_t bytes = (size_t)(count + 1) * sizeof(Tensor *);
  targets->gradients = memory_allocate_zeroed(bytes);
  if (!targets->gradients) return error_out_of_memory(call_runtime(call)->error), value_error();
  Value value = value_error();
  if (fill_gradients(targets, loss)) {
    if (loss) warn_late(targets, loss);
    targets->count = 0;
    value = structure_map(call->session, call->arguments[1], fill_target, targets);
  }
  for (int i = 0; i < count; i++) tensor_unref(targets->gradients[i]);
  memory_release(targets->gradients, bytes);
  return value;
}

/* grad(L, x): the gradients in the structure of x, stored nowhere. */
static Value gradient_of_value(Call *call) {
  Tensor *loss = argument_operand(call, 0);
  if (!loss) return value_error();
  if (!tensor_is_tracked(loss)) {
    tensor_unref(loss);
    loss = NULL;
  }
  Targets targets = {.call = call};
  Value copy = structure_map(call->session, call->arguments[1], collect_target, &targets), value = value_error();
  if (!value_is_error(copy)) {
    call_graph(call)->refused = NULL;
    value = gradients_value(&targets, loss);
    if (call_graph(call)->refused) explain_failure(call);
    value_unref(copy);
  }
  tensor_unref(loss);
  memory_release(targets.tensors, targets.tensor_capacity * sizeof *targets.tensors);
  memory_release(targets.variables, targets.variable_capacity * sizeof *targets.variables);
  return value;
}

/* grad(f), grad(f, argnum) */
static Value gradient_of_function(Call *call) {
  if (!argument_is_none(call, 1) && !argument_is_none(call, 2))
    return session_fail(call->session, ERROR_ARGUMENT, "`grad` got `argnum` twice");
  int given = argument_is_none(call, 1) ? 2 : 1;
  if (!argument_is_none(call, given) && !argument_positions(call, given)) return value_error();
  Value position = argument_is_none(call, given) ? value_number(0) : call->arguments[given];
  return gradient_new(call->session, call->arguments[0], position);
}

/* grad(x), grad(L, x), grad(f), grad(f, argnum) */
Value builtin_grad(Call *call) {
  Value value = call->arguments[0];
  if (value_is_callable(value)) return gradient_of_function(call);
  if (!argument_is_none(call, 2)) {
    session_fail(call->session, ERROR_ARGUMENT, "`argnum` is an argument of a function, but this is a %s",
                 value_type_name(value));
    return argument_fail(call, 0);
  }
  if (!argument_is_none(call, 1)) return gradient_of_value(call);
  bool known = value_is_number(value) || value_is_bool(value) || value_as_variable(value) ||
               value_is(value, KIND_TUPLE) || value_is(value, KIND_RECORD);
  if (!known) {
    ShownText kind;
    session_fail(call->session, ERROR_TYPE, "`grad` needs a variable or a function, not %s",
                 shown_kind(call->session, &kind, value));
    return argument_fail(call, 0);
  }
  Value gradient = structure_map(call->session, value, stored_leaf, call->session);
  char name[80];
  if (value_is_none(gradient)) gradient_note_none(call, written_name(call, 0, name, sizeof name, "this"));
  return gradient;
}

/* nan_check(on=true) */
Value builtin_nan_check(Call *call) {
  return argument_bool(call, 0, &call_graph(call)->nan_check) ? value_none() : value_error();
}

/* ---- forgetting */
static bool clear_leaf(void *context, Value *leaf) {
  Variable *variable = value_as_variable(*leaf);
  if (variable) variable_clear_gradient(context, variable);
  return true;
}

Value builtin_null_grad(Call *call) {
  Value copy = structure_map(call->session, call->arguments[0], clear_leaf, call_graph(call));
  if (value_is_error(copy)) return copy;
  value_unref(copy);
  return value_none();
}

/* A list of nodes still to be released; each holds a reference. */
typedef struct Pending { Tensor **tensors; size_t count; uint32_t capacity; } Pending;

static bool pending_add(Call *call, Pending *pending, Tensor *tensor) {
  Node *node = tensor ? node_of(tensor) : NULL;
  if (!node || node->tensor.op == OP_none || tensor->flags & NODE_RELEASED) return true;
  if (pending->count == pending->capacity) {
    Tensor **tensors = memory_grow(pending->tensors, &pending->capacity, sizeof *tensors, 64);
    if (!tensors) return error_out_of_memory(call_runtime(call)->error);
    pending->tensors = tensors;
  }
  pending->tensors[pending->count++] = tensor_ref(tensor);
  return true;
}

static bool release_one(Call *call, Pending *pending) {
  Tensor *tensor = pending->tensors[--pending->count];
  Node *node = node_of(tensor);
  bool added = true;
  bool released = tensor->flags & NODE_RELEASED;
  for (int i = 0; added && !released && i < node_input_count(node); i++) {
    Tensor *input = tensor->flags & NODE_MANY ? node->list.many[i] : node->inputs[i];
    added = pending_add(call, pending, input);
  }
  if (added && !released) node_release_history(call_graph(call), node);
  tensor_unref(tensor);
  return added;
}

/* clear_graph(L): the history of L and of everything it was computed from. */
Value builtin_clear_graph(Call *call) {
  Variable *variable = value_as_variable(call->arguments[0]);
  if (!variable && value_is_number(call->arguments[0])) return value_none();
  if (!variable) return argument_variable(call, 0), value_error();
  Pending pending = {0};
  Tensor *tensor = variable_value(call_graph(call), variable);
  bool done = tensor && pending_add(call, &pending, tensor);
  while (done && pending.count) done = release_one(call, &pending);
  while (pending.count) tensor_unref(pending.tensors[--pending.count]);
  if (pending.tensors) memory_release(pending.tensors, pending.capacity * sizeof *pending.tensors);
  return done ? value_none() : value_error();
}

/* ---- memory */
Value builtin_base(Call *call) {
  Variable *variable = value_as_variable(call->arguments[0]);
  Variable *owner = variable ? variable_base(variable) : NULL;
  return owner ? value_object(variable_ref(owner)) : value_none();
}

Value builtin_shares_memory(Call *call) {
  Variable *a = argument_variable(call, 0), *b = a ? argument_variable(call, 1) : NULL;
  return b ? value_bool(variable_shares_memory(call_graph(call), a, b)) : value_error();
}
