/* SPDX-License-Identifier: MIT */
/* trace.c: calling a function on fresh variables. */
#include "evaluator/builtins/trace.h"
#include <string.h>
#include "autodiff/backward.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "evaluator/builtins/structure.h"
#include "evaluator/failure.h"

static bool out_of_memory(Trace *trace) {
  return error_out_of_memory(session_runtime(trace->session)->error);
}

static bool keep_fresh(Trace *trace, Tensor *tensor_taken) {
  if ((uint32_t)trace->fresh_count == trace->fresh_capacity) {
    Tensor **fresh = memory_grow(trace->fresh, &trace->fresh_capacity, sizeof *fresh, 4);
    if (!fresh) {
      tensor_unref(tensor_taken);
      return out_of_memory(trace);
    }
    trace->fresh = fresh;
  }
  tensor_taken->flags |= NODE_ASKED;
  trace->fresh[trace->fresh_count++] = tensor_taken;
  return true;
}

/* A new node with the value of an argument: one that remembers where it came from when that matters outside. */
static Tensor *make_node(Trace *trace, Tensor *value) {
  Graph *graph = trace->graph;
  if (trace->recording && tensor_is_tracked(value)) return op_apply1(graph, OP_positive, value, NULL);
  Tensor *numbers = tensor_is_float(value) ? tensor_ref(value) : tensor_cast(graph->runtime, value, DTYPE_FLOAT64);
  Tensor *node = numbers ? (Tensor *)node_new_leaf(graph, numbers) : NULL;
  tensor_unref(numbers);
  return node;
}

/* Strings and whatever else has no derivative are passed on unchanged, and so are booleans within a tuple or record:
   there they are switches and masks.  A boolean that is the whole argument is a number. */
bool trace_is_differentiable(Value leaf, Value argument) {
  const Variable *variable = value_as_variable(leaf);
  if (value_is_bool(leaf) || (variable && variable_dtype(variable) == DTYPE_BOOL))
    return leaf.object == argument.object;
  return value_is_number(leaf) || variable;
}

/* Integers are cells even where they are results. */
StandsFor trace_kind(Value leaf) {
  const Variable *variable = value_as_variable(leaf);
  if (!variable || stand_in_is_number(variable)) return STANDS_FOR_NUMBER;
  const Tensor *value = variable->base ? variable->base->value : variable->value;
  bool constant = tensor_is_tracked(value) ? node_of(value)->stands_in : tensor_is_float(value);
  return constant ? STANDS_FOR_CONSTANT : STANDS_FOR_ITSELF;
}

typedef struct Freshening { Trace *trace; Value argument; } Freshening;

static bool freshen(void *context, Value *leaf) {
  const Freshening *freshening = context;
  Trace *trace = freshening->trace;
  if (!trace_is_differentiable(*leaf, freshening->argument)) return true;
  Tensor *value = value_to_tensor(trace->session, *leaf);
  Tensor *node = value ? make_node(trace, value) : NULL;
  tensor_unref(value);
  if (!node || !keep_fresh(trace, node)) return false;
  Variable *variable = stand_in_new(trace->graph, node, trace_kind(*leaf));
  if (!variable) return false;
  value_unref(*leaf);
  *leaf = value_object(variable);
  return true;
}

static bool allocate_arguments(Trace *trace, const unsigned char *chosen) {
  size_t count = (size_t)trace->count;
  trace->arguments = memory_allocate_zeroed(count * sizeof *trace->arguments + 1);
  trace->chosen = memory_allocate(count + 1);
  if (!trace->arguments || !trace->chosen) return out_of_memory(trace);
  memcpy(trace->chosen, chosen, count);
  return true;
}

bool trace_start(Trace *trace, Session *session, const char *who, const Arguments *given, const unsigned char *chosen,
                 Span span) {
  Graph *graph = session_graph(session);
  int count = given->positional_count + given->named_count;
  *trace = (Trace){.session = session, .graph = graph, .who = who, .span = span, .recording = graph->recording,
                   .start = graph->sequence, .count = count, .named_count = given->named_count, .names = given->names,
                   .originals = (Value *)(uintptr_t)given->values};
  trace->result = value_unbound();
  if (!allocate_arguments(trace, chosen)) return false;
  for (int i = 0; i < count; i++) {
    Value original = trace->originals[i];
    Freshening freshening = {trace, original};
    trace->arguments[i] = chosen[i] ? structure_map(session, original, freshen, &freshening) : value_ref(original);
    if (!value_is_error(trace->arguments[i])) continue;
    trace->arguments[i] = value_none();
    return false;
  }
  return true;
}

bool trace_call(Trace *trace, Value function) {
  trace->graph->recording = true;
  Arguments given = {trace->count - trace->named_count, trace->named_count, trace->arguments, trace->names, NULL};
  trace->graph->depth += 1 + trace->twice;
  Value result = session_call_given(trace->session, function, &given, trace->span);
  trace->graph->depth -= 1 + trace->twice;
  trace->graph->recording = trace->recording;
  if (value_is_error(result)) return false;
  trace->result = result;
  return true;
}

void trace_finish(Trace *trace) {
  size_t count = (size_t)trace->count;
  for (size_t i = 0; trace->arguments && i < count; i++) value_unref(trace->arguments[i]);
  if (trace->arguments) memory_release(trace->arguments, count * sizeof *trace->arguments + 1);
  if (trace->chosen) memory_release(trace->chosen, count + 1);
  for (int i = 0; i < trace->fresh_count; i++) {
    trace->fresh[i]->flags &= (uint8_t)~NODE_ASKED;
    tensor_unref(trace->fresh[i]);
  }
  if (trace->fresh) memory_release(trace->fresh, trace->fresh_capacity * sizeof *trace->fresh);
  if (!value_is_unbound(trace->result)) value_unref(trace->result);
}

Tensor *result_tensor(Session *session, const char *who, Value result) {
  if (value_is_number(result) || value_is_bool(result) || value_as_variable(result))
    return value_to_tensor(session, result);
  ShownText text;
  session_fail(session, ERROR_GRADIENT, "`%s` needs a function that returns a tensor, but it returned %s", who,
               shown_kind(session, &text, result));
  return NULL;
}

Tensor *trace_tensor(Trace *trace, Value result) { return result_tensor(trace->session, trace->who, result); }

/* ---- searches */
/* Nodes made since the trace began, found by their numbers, which are dense. */
typedef struct Search {
  TraceQuestion question;
  Node **stack;
  size_t count, capacity;
  unsigned char *seen;
  size_t seen_bytes;
  bool found;
} Search;

static void visit(Search *search, const Trace *trace, Tensor *tensor) {
  Node *node = tensor ? node_of(tensor) : NULL;
  if (!node || search->found) return;
  search->found = search->question(trace, node);
  if (search->found || node->sequence <= trace->start) return;
  uint64_t number = node->sequence - trace->start;
  if (number / 8 >= search->seen_bytes || search->seen[number / 8] >> (number % 8) & 1) return;
  search->seen[number / 8] |= (unsigned char)(1u << (number % 8));
  if (search->count < search->capacity) search->stack[search->count++] = node;
  else search->found = true;
}

/* An interrupt ends it with a yes: whatever comes next ends there, too. */
static void search_inputs(Search *search, const Trace *trace) {
  while (search->count && !search->found) {
    search->found = interrupt_requested;
    const Node *node = search->stack[--search->count];
    for (int i = 0; i < node_input_count(node); i++) visit(search, trace, node_peek_input(node, i));
  }
}

bool trace_search(const Trace *trace, const Tensor *output, TraceQuestion question) {
  uint64_t made = trace->graph->sequence - trace->start;
  Search search = {.question = question, .capacity = made + 1, .seen_bytes = made / 8 + 1};
  search.stack = memory_allocate(search.capacity * sizeof *search.stack);
  search.seen = memory_allocate_zeroed(search.seen_bytes);
  search.found = !search.stack || !search.seen;
  visit(&search, trace, (Tensor *)(uintptr_t)output);
  if (!search.found) search_inputs(&search, trace);
  if (search.stack) memory_release(search.stack, search.capacity * sizeof *search.stack);
  if (search.seen) memory_release(search.seen, search.seen_bytes);
  return search.found;
}

static bool is_older(const Trace *trace, const Node *node) { return node->sequence <= trace->start; }

bool trace_is_connected(const Trace *trace, const Tensor *output) { return trace_search(trace, output, is_older); }

/* ---- gradients */
static bool zero_gradients(Trace *trace, Tensor **gradients) {
  Runtime *runtime = session_runtime(trace->session);
  for (int i = 0; i < trace->fresh_count; i++) {
    Tensor *fresh = trace->fresh[i];
    gradients[i] = tensor_new_zeros(runtime, (DType)fresh->dtype, fresh->layout);
    if (!gradients[i]) return false;
  }
  return true;
}

bool trace_gradients(Trace *trace, Tensor *output, Tensor *cotangent, bool create_graph, Tensor **gradients) {
  if (!tensor_is_tracked(output)) return zero_gradients(trace, gradients);
  return backward_gradients(trace->graph, output, cotangent, trace->fresh_count, trace->fresh, create_graph,
                            gradients);
}

Tensor **trace_room(Trace *trace, int count) {
  Tensor **tensors = memory_allocate_zeroed(((size_t)count + 1) * sizeof *tensors);
  if (!tensors) out_of_memory(trace);
  return tensors;
}

void trace_release_all(Tensor **tensors, int count) {
  if (!tensors) return;
  for (int i = 0; i < count; i++) tensor_unref(tensors[i]);
  memory_release(tensors, ((size_t)count + 1) * sizeof *tensors);
}

Tensor **trace_gradient_room(Trace *trace) { return trace_room(trace, trace->fresh_count); }

void trace_release(Trace *trace, Tensor **gradients) { trace_release_all(gradients, trace->fresh_count); }

/* ---- structures */
typedef struct Filling { Trace *trace; Value argument; Tensor **gradients; int *next; } Filling;

static bool fill_leaf(void *context, Value *leaf) {
  Filling *filling = context;
  Value value = value_none();
  if (trace_is_differentiable(*leaf, filling->argument)) {
    Tensor *gradient = filling->gradients[*filling->next];
    filling->gradients[(*filling->next)++] = NULL;
    value = value_from_tensor(filling->trace->session, gradient);
  }
  value_unref(*leaf);
  *leaf = value;
  return !value_is_error(value);
}

/* Values in the structure of one chosen argument; takes tensors from `gradients`, starting at *next. */
static Value fill_structure(Trace *trace, int argument, Tensor **gradients, int *next) {
  Value original = trace->originals[argument];
  Filling filling = {trace, original, gradients, next};
  return structure_map(trace->session, original, fill_leaf, &filling);
}

Value trace_result(Trace *trace, Tensor **gradients, bool several) {
  uint32_t wanted = 0;
  int next = 0;
  for (int i = 0; i < trace->count; i++) wanted += trace->chosen[i] != 0;
  Tuple *tuple = several ? tuple_new(trace->session, wanted) : NULL;
  if (several && !tuple) return value_error();
  Value value = several ? value_object(tuple) : value_error();
  for (int i = 0; i < trace->count; i++) {
    if (!trace->chosen[i]) continue;
    Value item = fill_structure(trace, i, gradients, &next);
    if (!several) return item;
    if (value_is_error(item)) {
      value_unref(value);
      return item;
    }
    tuple->items[trace->chosen[i] - 1] = item;
  }
  return value;
}
