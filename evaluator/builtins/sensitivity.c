/* SPDX-License-Identifier: MIT */
/* sensitivity.c: sensitivity(f, x, v): f(x), and how it changes when x moves along v and everything else that f uses
   along a direction of its own.

   What depends on f may thereby watch its derivatives while it computes the value: an error in the derivative by any
   one input shows in that along a direction that is like no other.  The directions are the same in every call. */
#include "autodiff/backward.h"
#include "autodiff/steps.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/leaves.h"

typedef struct Motion {
  Trace trace;
  Leaves directions;      /* of the fresh variables */
  Leaves outputs;
  Tensor **probes;        /* one per output, owned: what its gradients start from */
  Tensor **tangents;      /* one per output, owned: the result */
  uint64_t mark;          /* nodes up to this number are inputs of f */
  bool recorded;          /* whether the tangents can be differentiated */
} Motion;

/* ---- directions of what f uses besides x */
/* From 0.5 to 1 or from -1 to -0.5: nothing stands still, and sums hardly vanish (splitmix64). */
static double direction_at(uint64_t number) {
  uint64_t z = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  z ^= z >> 31;
  double size = 0.5 + (double)(z >> 12) * 0x1p-53;
  return z & 1 ? size : -size;
}

static Tensor *direction_of_parameter(Runtime *runtime, const Tensor *parameter, uint64_t rank) {
  Tensor *direction = tensor_new(runtime, DTYPE_FLOAT64, parameter->layout);
  if (!direction) return NULL;
  double *numbers = tensor_data(direction);
  for (int64_t i = 0; i < tensor_size(direction); i++) numbers[i] = direction_at(rank << 40 ^ (uint64_t)i);
  return direction;
}

static Tensor *direction_of(Motion *motion, const Tensor *parameter, int rank) {
  for (int i = 0; i < motion->trace.fresh_count; i++)
    if (motion->trace.fresh[i] == parameter) return tensor_ref(motion->directions.tensors[i]);
  return direction_of_parameter(motion->trace.graph->runtime, parameter, (uint64_t)rank);
}

/* ---- tangents */
/* The gradients of the inputs, contracted with their directions: a linear function of the probes. */
static Tensor *contract(Motion *motion, Tensor *total, const Parameters *inputs) {
  BackwardOptions options = {.create_graph = true, .start = motion->mark};
  Tensor **directions = trace_room(&motion->trace, inputs->count);
  Tensor **gradients = trace_room(&motion->trace, inputs->count);
  Tensor *along = NULL;
  bool done = directions && gradients;
  for (int i = 0, rank = 0; done && i < inputs->count; i++) {
    directions[i] = direction_of(motion, inputs->items[i], rank++);
    done = directions[i] != NULL;
  }
  if (done && backward_gradients_within(motion->trace.graph, total, NULL, inputs->count, inputs->items, options,
                                        gradients))
    along = trace_contract(&motion->trace, inputs->count, gradients, directions);
  trace_release_all(directions, inputs->count);
  trace_release_all(gradients, inputs->count);
  return along;
}

static Tensor *find_along(Motion *motion, Tensor *total) {
  Equations equations = {.value = total, .start = motion->mark};
  Steps steps;
  Parameters inputs = {0};
  bool found = steps_find(motion->trace.graph, &equations, &steps, &inputs);
  Tensor *along = found && inputs.count ? contract(motion, total, &inputs) : NULL;
  parameters_release(&inputs);
  steps_release(&steps);
  return along;
}

static bool failed(const Motion *motion) {
  return motion->trace.graph->runtime->error->kind != ERROR_NONE;
}

static bool find_tangents(Motion *motion) {
  const Leaves *outputs = &motion->outputs;
  motion->probes = trace_room(&motion->trace, outputs->count);
  motion->tangents = trace_room(&motion->trace, outputs->count);
  if (!motion->probes || !motion->tangents) return false;
  for (int i = 0; i < outputs->count; i++) {
    motion->probes[i] = trace_probe(&motion->trace, outputs->tensors[i]);
    if (!motion->probes[i]) return false;
  }
  Tensor *total = trace_contract(&motion->trace, outputs->count, outputs->tensors, motion->probes);
  Tensor *along = total ? find_along(motion, total) : NULL;
  tensor_unref(total);
  if (failed(motion)) return tensor_unref(along), false;
  Tensor *still = along ? NULL : tensor_new_number(motion->trace.graph->runtime, DTYPE_FLOAT64, 0);
  bool done = (along || still) && backward_gradients(motion->trace.graph, along ? along : still, NULL, outputs->count,
                                                     motion->probes, motion->recorded, motion->tangents);
  tensor_unref(along);
  tensor_unref(still);
  return done;
}

/* ---- the result */
/* The value keeps its history where that leads outside. */
static bool keep_value(void *context, Value *leaf) {
  Motion *motion = context;
  Trace *trace = &motion->trace;
  Tensor *output = trace_tensor(trace, *leaf);
  if (!output) return false;
  bool connected = tensor_is_tracked(output) && trace->recording && trace_is_connected(trace, output);
  Tensor *kept = connected ? tensor_ref(output) : tensor_plain(trace->graph->runtime, output);
  tensor_unref(output);
  Value value = value_from_tensor(trace->session, kept);
  if (value_is_error(value)) return false;
  value_unref(*leaf);
  *leaf = value;
  return true;
}

typedef struct Taking { Motion *motion; int next; } Taking;

static bool take_tangent(void *context, Value *leaf) {
  Taking *taking = context;
  Value value = value_from_tensor(taking->motion->trace.session, tensor_ref(taking->motion->tangents[taking->next++]));
  if (value_is_error(value)) return false;
  value_unref(*leaf);
  *leaf = value;
  return true;
}

static Value make_pair(Motion *motion) {
  Session *session = motion->trace.session;
  Tuple *pair = tuple_new(session, 2);
  if (!pair) return value_error();
  Taking taking = {motion, 0};
  pair->items[0] = structure_map(session, motion->trace.result, keep_value, motion);
  pair->items[1] = value_none();
  if (!value_is_error(pair->items[0]))
    pair->items[1] = structure_map(session, motion->trace.result, take_tangent, &taking);
  if (!value_is_error(pair->items[0]) && !value_is_error(pair->items[1])) return value_object(pair);
  for (int i = 0; i < 2; i++)
    if (value_is_error(pair->items[i])) pair->items[i] = value_none();
  value_unref(value_object(pair));
  return value_error();
}

/* sensitivity(f, x, v, recorded) */
Value builtin_sensitivity(Call *call) {
  Motion motion = {0};
  Trace *trace = &motion.trace;
  Value value = value_error();
  const unsigned char chosen[] = {1};
  const Arguments given = {.positional_count = 1, .values = &call->arguments[1]};
  if (!argument_function(call, 0) || !argument_bool(call, 3, &motion.recorded)) return value_error();
  if (trace_start(trace, call->session, "sensitivity", &given, chosen, call->span) &&
      leaves_read_directions(trace, call->arguments[1], call->arguments[2], &motion.directions)) {
    motion.mark = trace->graph->sequence;
    if (trace_call(trace, call->arguments[0]) && leaves_read(&motion.outputs, call->session, trace->result) &&
        find_tangents(&motion))
      value = make_pair(&motion);
  }
  trace_release_all(motion.probes, motion.outputs.count);
  trace_release_all(motion.tangents, motion.outputs.count);
  leaves_release(&motion.outputs);
  leaves_release(&motion.directions);
  trace_finish(trace);
  return value;
}

/* derivative_depth() */
Value builtin_derivative_depth(Call *call) {
  return value_number(session_graph(call->session)->depth);
}
