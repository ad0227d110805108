/* SPDX-License-Identifier: MIT */
/* rules_layers_recurrent.c: layers that walk along a sequence: rnn, gru, lstm.

   What depends on the inputs alone, X U + b, is one product for all steps.  Its rows are taken apart by halves, so
   that their gradients come together by halves too: n log n additions for n steps, where slices of the whole would
   take n n. */
#include <inttypes.h>

#include "autodiff/rules_layers.h"
#include "base/memory.h"

enum { MOST_GATES = 4 };

/* One gate: the weights of inputs and states and the bias, each an operand of the layer. */
typedef struct Gate { Tensor *u, *w, *b, **inputs; } Gate; /* inputs[t]: (X U + b)[t] (N, D) */

typedef struct Layer {
  Rule *rule;
  int gate_count;
  int64_t steps, batch, features, units;
  Gate gates[MOST_GATES];
  Tensor *first;     /* the state before the first step: (N, D) */
  Tensor **states;   /* steps + 1 of them */
  Tensor **memory;   /* as many arrays as there are gates, and one for states, in one block */
  size_t bytes;
  bool dropping;     /* gru: with a mask on X U */
  double dropout;
} Layer;

/* ---- operands */
static bool check_shape(Rule *rule, int operand, const char *name, int ndim, int64_t rows, int64_t columns) {
  const Layout *layout = rule->x[operand]->layout;
  const int64_t wanted[] = {rows, columns}, *shape = ndim == 1 ? wanted + 1 : wanted;
  bool same = layout->ndim == ndim;
  for (int i = 0; same && i < ndim; i++) same = layout_shape(layout)[i] == shape[i];
  if (same) return true;
  ShapeText needed, got;
  runtime_fail(rule->graph->runtime, ERROR_SHAPE, operand, "%s needs `%s` of shape %s, got %s",
               op_table[rule->op].name, name, shape_text(&needed, ndim, shape), layout_text(&got, layout));
  return false;
}

static bool read_sizes(Layer *layer) {
  Rule *rule = layer->rule;
  const Layout *x = rule->x[0]->layout, *u = rule->x[1]->layout;
  ShapeText first, second;
  if (x->ndim != 3 || u->ndim != 2) {
    runtime_fail(rule->graph->runtime, ERROR_SHAPE, x->ndim != 3 ? 0 : 1,
                 "%s needs X of shape (T, N, C) and weights of shape (C, D), got " ERROR_OPERAND(0) "%s and "
                 ERROR_OPERAND(1) "%s",
                 op_table[rule->op].name, layout_text(&first, x), layout_text(&second, u));
    return false;
  }
  layer->steps = layout_shape(x)[0];
  layer->batch = layout_shape(x)[1];
  layer->features = layout_shape(x)[2];
  layer->units = layout_shape(u)[1];
  return true;
}

/* The operands after X, three per gate; `names` holds the letters of the gates, " " for none. */
static bool read_gates(Layer *layer, const char *names) {
  Rule *rule = layer->rule;
  for (int i = 0; i < layer->gate_count; i++) {
    int at = 1 + 3 * i;
    char u[3] = {'U', names[i] == ' ' ? '\0' : names[i]}, w[3] = {'W', u[1]}, b[3] = {'b', u[1]};
    if (!check_shape(rule, at, u, 2, layer->features, layer->units)) return false;
    if (!check_shape(rule, at + 1, w, 2, layer->units, layer->units)) return false;
    if (!check_shape(rule, at + 2, b, 1, 0, layer->units)) return false;
    layer->gates[i] = (Gate){.u = rule->x[at], .w = rule->x[at + 1], .b = rule->x[at + 2]};
  }
  return true;
}

/* An initial state (N, D): what is given, repeated to that shape, or zeros. */
static Tensor *initial_state(Layer *layer, int operand) {
  Rule *rule = layer->rule;
  const int64_t shape[] = {layer->batch, layer->units};
  Layout *layout = layout_new(rule->graph->runtime, 2, shape);
  if (!layout) return NULL;
  Tensor *given = rule->x[operand];
  Tensor *state = given ? rule_broadcast(rule, given, layout) : rule_zeros(rule, layer_dtype(rule->x[0]), layout);
  layout_unref(layout);
  return state;
}

static bool take_memory(Layer *layer) {
  size_t arrays = (size_t)layer->gate_count + 1, length = (size_t)layer->steps + 1;
  if (__builtin_mul_overflow(arrays * sizeof(Tensor *), length, &layer->bytes)) layer->bytes = SIZE_MAX;
  layer->memory = memory_allocate(layer->bytes);
  if (!layer->memory) return runtime_out_of_memory(layer->rule->graph->runtime), false;
  for (int i = 0; i < layer->gate_count; i++) layer->gates[i].inputs = layer->memory + (size_t)i * length;
  layer->states = layer->memory + (arrays - 1) * length;
  return true;
}

/* ---- X U + b, step by step */
static bool take_apart(Rule *rule, Tensor *rows, Tensor **items) {
  int64_t count = rows ? layout_shape(rows->layout)[0] : 0;
  if (count == 1) items[0] = rule_reshape(rule, rows, 2, layout_shape(rows->layout) + 1);
  if (count == 1) return items[0] != NULL;
  int64_t half = count / 2;
  return count > 0 && take_apart(rule, rule_slice(rule, rows, 0, 0, half), items) &&
         take_apart(rule, rule_slice(rule, rows, 0, half, count - half), items + half);
}

/* Dropout: one mask for all steps on what inputs give, one on the weights of states. */
static bool find_inputs(Layer *layer, Gate *gate) {
  Rule *rule = layer->rule;
  const int64_t flat[] = {layer->steps * layer->batch, layer->features};
  const int64_t shape[] = {layer->steps, layer->batch, layer->units}, square[] = {layer->units, layer->units};
  Tensor *product = rule_op2(rule, OP_matmul, rule_reshape(rule, rule->x[0], 2, flat), gate->u, NULL);
  Tensor *rows = rule_reshape(rule, product, 3, shape);
  DType dtype = layer_dtype(rule->x[0]);
  if (layer->dropping) rows = rule_multiply(rule, rows, layer_dropout_mask(rule, dtype, 2, shape + 1, layer->dropout));
  if (layer->dropping)
    gate->w = rule_multiply(rule, gate->w, layer_dropout_mask(rule, dtype, 2, square, layer->dropout));
  return gate->w && (layer->steps == 0 || take_apart(rule, rule_add(rule, rows, gate->b), gate->inputs));
}

static bool layer_start(Layer *layer, const char *names, int first_state) {
  if (!read_sizes(layer) || !read_gates(layer, names) || !take_memory(layer)) return false;
  for (int i = 0; i < layer->gate_count; i++) {
    if (!find_inputs(layer, &layer->gates[i])) return false;
  }
  layer->first = initial_state(layer, first_state);
  return layer->first != NULL;
}

/* ---- steps */
static Tensor *times(Rule *rule, Tensor *x, Tensor *y) { return rule_op2(rule, OP_matmul, x, y, NULL); }
static Tensor *sigmoid(Rule *rule, Tensor *x) { return rule_op1(rule, OP_expit, x, NULL); }
static Tensor *tanh_of(Rule *rule, Tensor *x) { return rule_op1(rule, OP_tanh, x, NULL); }

/* (X U + b)[t] + S W */
static Tensor *gate_sum(const Layer *layer, int gate, int64_t t, Tensor *state) {
  return rule_add(layer->rule, layer->gates[gate].inputs[t], times(layer->rule, state, layer->gates[gate].w));
}

/* All states as one tensor (T + 1, N, D); the layer's memory is given back. */
static Tensor *layer_finish(Layer *layer, bool done) {
  Rule *rule = layer->rule;
  Tensor *result = NULL;
  const int64_t shape[] = {layer->steps + 1, layer->batch, layer->units};
  Attributes *first_axis = done && layer->steps < INT32_MAX ? attributes_new(rule->graph->runtime, 1) : NULL;
  if (first_axis) {
    attributes_set_integer(first_axis, 0, 0);
    Tensor *rows = rule_op(rule, OP_concatenate, (int)layer->steps + 1, layer->states, first_axis);
    result = rule_reshape(rule, rows, 3, shape);
  }
  if (layer->memory) memory_release(layer->memory, layer->bytes);
  return result;
}

static bool go_on(const Layer *layer, const Tensor *state) {
  return state && !runtime_interrupted(layer->rule->graph->runtime);
}

/* ---- rnn */
Tensor *op_rnn_compose(Rule *rule) {
  Layer layer = {.rule = rule, .gate_count = 1};
  bool done = layer_start(&layer, " ", 4);
  if (done) layer.states[0] = layer.first;
  for (int64_t t = 0; done && t < layer.steps; t++) {
    layer.states[t + 1] = tanh_of(rule, gate_sum(&layer, 0, t, layer.states[t]));
    done = go_on(&layer, layer.states[t + 1]);
  }
  return layer_finish(&layer, done);
}

/* ---- gru */
/* H + Z (S - H) */
static Tensor *gru_step(const Layer *layer, int64_t t, Tensor *state) {
  Rule *rule = layer->rule;
  Tensor *z = sigmoid(rule, gate_sum(layer, 0, t, state)), *r = sigmoid(rule, gate_sum(layer, 1, t, state));
  Tensor *h = tanh_of(rule, gate_sum(layer, 2, t, rule_multiply(rule, r, state)));
  return rule_add(rule, h, rule_multiply(rule, z, rule_subtract(rule, state, h)));
}

static bool read_gru(Layer *layer, int64_t *limit) {
  Runtime *runtime = layer->rule->graph->runtime;
  const Layout *x = layer->rule->x[0]->layout;
  int64_t steps = x->ndim ? layout_shape(x)[0] : 0;
  *limit = attribute_integer(layer->rule->attributes, 0, steps);
  if (!attribute_is_none(layer->rule->attributes, 0) && (*limit < 0 || *limit >= steps)) {
    runtime_fail(runtime, ERROR_VALUE, -1, "`bp_lim` must be from 0 to below the %" PRId64 " steps, got %" PRId64,
                 steps, *limit);
    return false;
  }
  layer->dropout = attribute_number(layer->rule->attributes, 1, 0);
  layer->dropping = layer->dropout != 0;
  if (layer->dropout >= 0 && layer->dropout < 1) return true;
  runtime_fail(runtime, ERROR_VALUE, -1, "`dropout` must be from 0 to below 1, got %.6g", layer->dropout);
  return false;
}

/* With a limit, the gradient of a state goes back over so many states only: it is computed anew from the one before
   them, taken as a constant. */
static Tensor *gru_state(const Layer *layer, int64_t t, int64_t limit) {
  int64_t from = t > limit ? t - limit : 0;
  Tensor *state = from > 0 ? rule_detach(layer->rule, layer->states[from]) : layer->first;
  for (; from <= t; from++) state = gru_step(layer, from, state);
  return state;
}

Tensor *op_gru_compose(Rule *rule) {
  Layer layer = {.rule = rule, .gate_count = 3};
  int64_t limit;
  bool done = read_gru(&layer, &limit) && layer_start(&layer, "zrh", 10);
  bool whole = attribute_is_none(rule->attributes, 0) || !rule->graph->recording;
  if (done) layer.states[0] = layer.first;
  for (int64_t t = 0; done && t < layer.steps; t++) {
    layer.states[t + 1] = whole ? gru_step(&layer, t, layer.states[t]) : gru_state(&layer, t, limit);
    done = go_on(&layer, layer.states[t + 1]);
  }
  return layer_finish(&layer, done);
}

/* ---- lstm */
/* C' = F C + I G */
static Tensor *lstm_cell(const Layer *layer, int64_t t, Tensor *state, Tensor *cell) {
  Rule *rule = layer->rule;
  Tensor *in = sigmoid(rule, gate_sum(layer, 0, t, state)), *forget = sigmoid(rule, gate_sum(layer, 1, t, state));
  Tensor *candidate = tanh_of(rule, gate_sum(layer, 2, t, state));
  return rule_add(rule, rule_multiply(rule, forget, cell), rule_multiply(rule, in, candidate));
}

Tensor *op_lstm_compose(Rule *rule) {
  Layer layer = {.rule = rule, .gate_count = 4};
  bool done = layer_start(&layer, "ifgo", 13);
  Tensor *cell = done ? initial_state(&layer, 14) : NULL;
  if (done) layer.states[0] = layer.first;
  for (int64_t t = 0; done && t < layer.steps; t++) {
    Tensor *state = layer.states[t], *out = sigmoid(rule, gate_sum(&layer, 3, t, state));
    cell = lstm_cell(&layer, t, state, cell);
    layer.states[t + 1] = rule_multiply(rule, out, tanh_of(rule, cell));
    done = go_on(&layer, layer.states[t + 1]);
  }
  return layer_finish(&layer, done);
}
