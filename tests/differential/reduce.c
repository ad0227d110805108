/* SPDX-License-Identifier: MIT */
/* reduce.c: operations that combine the elements along axes. */
#include <math.h>
#include "tests/differential/program.h"

static double complex c_sqrt(double complex z) { return csqrt(z); }
static double complex c_exp(double complex z) { return cexp(z); }
static double complex c_log(double complex z) { return clog(z); }
static double complex c_reciprocal(double complex z) { return 1 / z; }
static double complex d_sqrt(double complex z) { return 0.5 / csqrt(z); }
static double complex d_reciprocal(double complex z) { return -1 / (z * z); }

/* Combines `count` numbers; false: rounding could decide, or the result is a singular point. */
typedef bool (*Combine)(Number *const *items, int count, Kind kind, Number *result);

static bool combine_sum(Number *const *items, int count, Kind kind, Number *result) {
  (void)kind;
  *result = number_constant(0);
  for (int i = 0; i < count; i++) *result = number_add(result, items[i], 1);
  return true;
}

static bool combine_mean(Number *const *items, int count, Kind kind, Number *result) {
  combine_sum(items, count, kind, result);
  *result = number_scale(result, 1.0 / count);
  return true;
}

static bool combine_prod(Number *const *items, int count, Kind kind, Number *result) {
  (void)kind;
  *result = number_constant(1);
  for (int i = 0; i < count; i++) *result = number_multiply(result, items[i]);
  return true;
}

static bool combine_extreme(Number *const *items, int count, Kind kind, double sign, Number *result) {
  int best = 0;
  for (int i = 1; i < count; i++) {
    if (sign * items[i]->value > sign * items[best]->value) best = i;
  }
  *result = *items[best];
  for (int i = 0; i < count; i++)
    if (i != best && kind_close(kind, items[i]->value, result->value)) return false;
  return true;
}

static bool combine_max(Number *const *items, int count, Kind kind, Number *result) {
  return combine_extreme(items, count, kind, 1, result);
}

static bool combine_min(Number *const *items, int count, Kind kind, Number *result) {
  return combine_extreme(items, count, kind, -1, result);
}

static bool combine_var(Number *const *items, int count, Kind kind, Number *result) {
  Number mean;
  combine_mean(items, count, kind, &mean);
  *result = number_constant(0);
  for (int i = 0; i < count; i++) {
    Number away = number_add(items[i], &mean, -1), square = number_multiply(&away, &away);
    *result = number_add(result, &square, 1.0 / count);
  }
  return true;
}

static bool combine_std(Number *const *items, int count, Kind kind, Number *result) {
  Number variance;
  combine_var(items, count, kind, &variance);
  if (variance.value < 0.01) return false;
  *result = number_apply(c_sqrt, d_sqrt, &variance);
  return true;
}

static bool combine_norm(Number *const *items, int count, Kind kind, Number *result) {
  Number squares = number_constant(0);
  (void)kind;
  for (int i = 0; i < count; i++) {
    Number square = number_multiply(items[i], items[i]);
    squares = number_add(&squares, &square, 1);
  }
  if (squares.value < 0.01) return false;
  *result = number_apply(c_sqrt, d_sqrt, &squares);
  return true;
}

static bool combine_logsumexp(Number *const *items, int count, Kind kind, Number *result) {
  Number total = number_constant(0);
  (void)kind;
  for (int i = 0; i < count; i++) {
    if (fabs(items[i]->value) > 50) return false;
    Number power = number_apply(c_exp, c_exp, items[i]);
    total = number_add(&total, &power, 1);
  }
  *result = number_apply(c_log, c_reciprocal, &total);
  return true;
}

typedef struct Reduction {
  const char *name;
  Combine combine;
  bool one_axis; /* or all: no tuple of axes */
} Reduction;

static const Reduction reductions[] = {
    {"sum", combine_sum, false},   {"mean", combine_mean, false},
    {"prod", combine_prod, false}, {"max", combine_max, false},
    {"min", combine_min, false},   {"var", combine_var, false},
    {"std", combine_std, false},   {"logsumexp", combine_logsumexp, false},
    {"norm", combine_norm, true},
};

/* Draws the axes to go; writes them as the `axis` argument. */
static bool draw_axes(Program *program, const Array *array, bool one, bool *gone, Value *value) {
  int shape = draw(program, 3), first = array->ndim ? draw(program, array->ndim) : 0;
  for (int k = 0; k < array->ndim; k++) gone[k] = shape == 0;
  if (shape == 0 || array->ndim == 0) return chance(program, 50) || write_text(value, ", axis=none");
  gone[first] = true;
  if (shape == 1 || one || array->ndim == 1)
    return write_text(value, ", axis=") && write_axis(value, first, array->ndim, chance(program, 40));
  int second = (first + 1 + draw(program, array->ndim - 1)) % array->ndim;
  gone[second] = true;
  return write_text(value, ", axis=(%d, ", first) && write_axis(value, second, array->ndim, chance(program, 40)) &&
         write_text(value, ")");
}

/* The elements of `operand` that make one element of the result: those that agree with it on the axes that stay. */
static int gather_items(const Array *operand, const bool *gone, int flat_kept, Number **items) {
  int count = 0;
  for (int i = 0; i < array_count(operand); i++) {
    int rest = i, kept = 0, weight = 1;
    for (int k = operand->ndim - 1; k >= 0; k--) {
      int place = rest % operand->size[k];
      rest /= operand->size[k];
      if (gone[k]) continue;
      kept += place * weight;
      weight *= operand->size[k];
    }
    if (kept == flat_kept) items[count++] = array_at(operand, i);
  }
  return count;
}

bool make_reduction(Program *program, int depth, Value *value) {
  Value operand;
  bool gone[AXES] = {false}, keep = chance(program, 30);
  if (!value_float(program, depth, &operand)) return false;
  const Reduction *reduction = &reductions[draw(program, (int)(sizeof reductions / sizeof *reductions))];
  if (!write_text(value, "%s(%s", reduction->name, operand.text)) return false;
  if (!draw_axes(program, &operand.array, reduction->one_axis, gone, value)) return false;
  if (!write_text(value, keep ? ", keepdims=true)" : ")")) return false;
  int ndim = 0, size[AXES];
  for (int k = 0; k < operand.array.ndim; k++)
    if (keep || !gone[k]) size[ndim++] = gone[k] ? 1 : operand.array.size[k];
  value->array = array_new(operand.array.kind, ndim, size);
  value->array.tracked = operand.array.tracked;
  for (int i = array_count(&value->array); i-- > 0;) {
    Number *items[ELEMENTS];
    int count = gather_items(&operand.array, gone, i, items);
    if (count == 0 || !reduction->combine(items, count, operand.array.kind, array_at(&value->array, i))) return false;
  }
  return true;
}

/* ---- operations that keep the shape and work along one axis */

typedef bool (*Along)(Number *const *items, int count, Kind kind, Number **results);

static bool along_cumsum(Number *const *items, int count, Kind kind, Number **results) {
  for (int i = 0; i < count; i++) combine_sum(items, i + 1, kind, results[i]);
  return true;
}

static bool along_cumprod(Number *const *items, int count, Kind kind, Number **results) {
  for (int i = 0; i < count; i++) combine_prod(items, i + 1, kind, results[i]);
  return true;
}

static bool along_softmax(Number *const *items, int count, Kind kind, Number **results) {
  Number total = number_constant(0);
  (void)kind;
  for (int i = 0; i < count; i++) {
    if (fabs(items[i]->value) > 50) return false;
    *results[i] = number_apply(c_exp, c_exp, items[i]);
    total = number_add(&total, results[i], 1);
  }
  Number inverse = number_apply(c_reciprocal, d_reciprocal, &total);
  for (int i = 0; i < count; i++) *results[i] = number_multiply(results[i], &inverse);
  return true;
}

static bool along_logsoftmax(Number *const *items, int count, Kind kind, Number **results) {
  Number whole;
  if (!combine_logsumexp(items, count, kind, &whole)) return false;
  for (int i = 0; i < count; i++) *results[i] = number_add(items[i], &whole, -1);
  return true;
}

static bool along_sort(Number *const *items, int count, Kind kind, Number **results) {
  for (int i = 0; i < count; i++) {
    int place = 0;
    for (int j = 0; j < count; j++) {
      if (j != i && kind_close(kind, items[i]->value, items[j]->value)) return false;
      place += items[j]->value < items[i]->value;
    }
    *results[place] = *items[i];
  }
  return true;
}

static bool along_flip(Number *const *items, int count, Kind kind, Number **results) {
  (void)kind;
  for (int i = 0; i < count; i++) *results[i] = *items[count - 1 - i];
  return true;
}

static bool along_roll(Number *const *items, int count, Kind kind, Number **results) {
  (void)kind;
  for (int i = 0; i < count; i++) *results[(i + 2) % count] = *items[i];
  return true;
}

static const struct {
  const char *before, *after;
  Along along;
} lines[] = {
    {"cumsum(", "", along_cumsum},         {"cumprod(", "", along_cumprod}, {"softmax(", "", along_softmax},
    {"logsoftmax(", "", along_logsoftmax}, {"sort(", "", along_sort},       {"1 * flip(", "", along_flip},
    {"roll(", "2, ", along_roll},
};

bool make_line(Program *program, int depth, Value *value) {
  Value operand;
  if (!value_float(program, depth, &operand) || operand.array.ndim == 0) return false;
  const Array *array = &operand.array;
  int which = draw(program, (int)(sizeof lines / sizeof *lines)), axis = draw(program, array->ndim);
  bool alone[AXES] = {false};
  alone[axis] = true;
  Array copy = array_new(array->kind, array->ndim, array->size);
  copy.tracked = array->tracked;
  for (int i = array_count(array) / array->size[axis]; i-- > 0;) {
    Number *items[ELEMENTS], *results[ELEMENTS];
    int count = gather_items(array, alone, i, items);
    gather_items(&copy, alone, i, results);
    if (!lines[which].along(items, count, array->kind, results)) return false;
  }
  value->array = copy;
  return write_text(value, "(%s%s, %s", lines[which].before, operand.text, lines[which].after) &&
         write_text(value, "axis=") && write_axis(value, axis, array->ndim, chance(program, 40)) &&
         write_text(value, "))");
}
