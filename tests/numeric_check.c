/* SPDX-License-Identifier: MIT */
/* numeric_check.c: derivatives of first and second order against finite differences. */
#include "tests/numeric_check.h"

/* ---- random directions, the same ones on every machine */
static double next_random(uint64_t *state) {
  uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1;
}

static Tensor *random_like(Graph *graph, const Tensor *like, uint64_t seed) {
  Tensor *random = tensor_new_shape(graph->runtime, DTYPE_FLOAT64, tensor_ndim(like), layout_shape(like->layout));
  double *numbers = random ? tensor_data(random) : NULL;
  for (int64_t i = 0; random && i < tensor_size(random); i++) numbers[i] = next_random(&seed);
  return random;
}

static double inner_product(const Tensor *a, const Tensor *b) {
  double sum = 0;
  for (int64_t i = 0; i < tensor_size(a); i++) sum += tensor_number_at(a, i) * tensor_number_at(b, i);
  return sum;
}

static void release(int count, Tensor **tensors) {
  for (int i = 0; i < count; i++) tensor_unref(tensors[i]);
}

/* ---- points and directions */
typedef struct Directions { Tensor *along[CHECK_OPERANDS]; } Directions;

static bool choose(const Check *check, uint64_t seed, Directions *directions) {
  for (int i = 0; i < check->count; i++) {
    if (!check->x[i]) continue;
    directions->along[i] = random_like(check->graph, check->x[i], check->seed + seed + (uint64_t)i);
    if (!directions->along[i]) return false;
  }
  return true;
}

/* Leaves with the numbers x + t u. */
static bool move(const Check *check, const Directions *u, double t, Tensor **leaves) {
  Runtime *runtime = check->graph->runtime;
  for (int i = 0; i < check->count; i++) leaves[i] = NULL;
  for (int i = 0; i < check->count; i++) {
    if (!check->x[i]) continue;
    Tensor *moved = tensor_cast(runtime, check->x[i], DTYPE_FLOAT64);
    Tensor *fresh = moved ? tensor_copy(runtime, moved) : NULL;
    tensor_unref(moved);
    if (!fresh) return false;
    double *numbers = tensor_data(fresh);
    for (int64_t k = 0; k < tensor_size(fresh); k++) numbers[k] += t * tensor_number_at(u->along[i], k);
    Tensor *cast = tensor_cast(runtime, fresh, (DType)check->x[i]->dtype);
    leaves[i] = cast ? (Tensor *)node_new_leaf(check->graph, cast) : NULL;
    tensor_unref(fresh);
    tensor_unref(cast);
    if (!leaves[i]) return false;
  }
  return true;
}

/* Present operands only. */
static int pack(const Check *check, Tensor *const *from, Tensor **to) {
  int count = 0;
  for (int i = 0; i < check->count; i++) {
    if (check->x[i]) to[count++] = from[i];
  }
  return count;
}

/* ---- values along a line */
enum { WEIGHTS_SEED = 1000, FIRST_SEED = 2000, SECOND_SEED = 3000 };

static bool value_at(const Check *check, Tensor *const *leaves, double *value) {
  Tensor *result = check->function(check->graph, check->context, check->count, leaves);
  Tensor *weights = result ? random_like(check->graph, result, check->seed + WEIGHTS_SEED) : NULL;
  if (weights) *value = inner_product(result, weights);
  tensor_unref(weights);
  tensor_unref(result);
  return weights != NULL;
}

/* The gradients of L, for the present operands. */
static bool gradients_at(const Check *check, Tensor *const *leaves, bool create_graph, Tensor **gradients) {
  Tensor *present[CHECK_OPERANDS];
  Tensor *result = check->function(check->graph, check->context, check->count, leaves);
  Tensor *weights = result ? random_like(check->graph, result, check->seed + WEIGHTS_SEED) : NULL;
  bool done = weights && backward_gradients(check->graph, result, weights, pack(check, leaves, present), present,
                                            create_graph, gradients);
  tensor_unref(weights);
  tensor_unref(result);
  return done;
}

static bool slope_at(const Check *check, Tensor *const *leaves, const Directions *v, double *slope) {
  Tensor *gradients[CHECK_OPERANDS] = {NULL}, *along[CHECK_OPERANDS];
  if (!gradients_at(check, leaves, false, gradients)) return false;
  int count = pack(check, v->along, along);
  *slope = 0;
  for (int i = 0; i < count; i++) *slope += inner_product(gradients[i], along[i]);
  release(count, gradients);
  return true;
}

/* L, or with `v` its slope along v, at x + t u. */
static bool sample(const Check *check, const Directions *u, const Directions *v, double t, double *value) {
  Tensor *leaves[CHECK_OPERANDS];
  bool done = move(check, u, t, leaves) &&
              (v ? slope_at(check, leaves, v, value) : value_at(check, leaves, value));
  release(check->count, leaves);
  return done;
}

static bool difference(const Check *check, const Directions *u, const Directions *v, double *numeric) {
  double h = check->step > 0 ? check->step : 1e-3, a, b, c, d;
  if (!sample(check, u, v, -2 * h, &a) || !sample(check, u, v, -h, &b)) return false;
  if (!sample(check, u, v, h, &c) || !sample(check, u, v, 2 * h, &d)) return false;
  *numeric = (a - d + 8 * (c - b)) / (12 * h);
  return true;
}

/* ---- the second derivative by backward */
/* sum over operands of sum(g v), as a part of the graph. */
static Tensor *tracked_slope(Graph *graph, int count, Tensor *const *gradients, Tensor *const *along) {
  Tensor *total = tensor_new_number(graph->runtime, DTYPE_FLOAT64, 0);
  for (int i = 0; total && i < count; i++) {
    Tensor *product = op_apply2(graph, OP_multiply, gradients[i], along[i], NULL);
    Tensor *sum = product ? op_apply1(graph, OP_sum, product, NULL) : NULL;
    Tensor *next = sum ? op_apply2(graph, OP_add, total, sum, NULL) : NULL;
    tensor_unref(product);
    tensor_unref(sum);
    tensor_unref(total);
    total = next;
  }
  return total;
}

static bool curvature_at(const Check *check, Tensor *const *leaves, const Directions *u, const Directions *v,
                         double *curvature) {
  Tensor *gradients[CHECK_OPERANDS] = {NULL}, *second[CHECK_OPERANDS], *present[CHECK_OPERANDS], *along[CHECK_OPERANDS];
  if (!gradients_at(check, leaves, true, gradients)) return false;
  int count = pack(check, v->along, along);
  pack(check, leaves, present);
  Tensor *slope = tracked_slope(check->graph, count, gradients, along);
  bool done = slope && backward_gradients(check->graph, slope, NULL, count, present, false, second);
  *curvature = 0;
  pack(check, u->along, along);
  for (int i = 0; done && i < count; i++) *curvature += inner_product(second[i], along[i]);
  if (done) release(count, second);
  release(count, gradients);
  tensor_unref(slope);
  return done;
}

static bool compare(const Check *check, int order, const Directions *u, const Directions *v, double *analytic,
                    double *numeric) {
  Tensor *leaves[CHECK_OPERANDS];
  bool done = move(check, u, 0, leaves) && (order == 1 ? slope_at(check, leaves, u, analytic)
                                                       : curvature_at(check, leaves, u, v, analytic));
  release(check->count, leaves);
  return done && difference(check, u, order == 1 ? NULL : v, numeric);
}

bool check_run(const Check *check, int order, double *analytic, double *numeric) {
  Directions u = {{NULL}}, v = {{NULL}};
  bool done = choose(check, FIRST_SEED, &u) && choose(check, SECOND_SEED, &v) &&
              compare(check, order, &u, &v, analytic, numeric);
  release(check->count, u.along);
  release(check->count, v.along);
  return done;
}
