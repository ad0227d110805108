/* SPDX-License-Identifier: MIT */
/* random_tensor.c: tensors of random numbers, permutations and samples. */
#include <float.h>
#include <inttypes.h>
#include <math.h>

#include "runtime/op.h"
#include "runtime/random.h"

/* Whether Ctrl-C ends a loop, which asks after every number; the error is recorded. */
static bool is_stopped(Runtime *runtime, int64_t index) {
  enum { POLL_NUMBERS = 1 << 16 };
  return index % POLL_NUMBERS == POLL_NUMBERS - 1 && runtime_interrupted(runtime);
}

/* One number after the other from a distribution with two parameters. */
typedef struct Draw { double (*number)(Random *random, double a, double b); double a, b; } Draw;

static bool fill(Runtime *runtime, Tensor *to, const Draw *draw) {
  double *out = tensor_data(to);
  for (int64_t i = 0; i < tensor_size(to); i++) {
    out[i] = draw->number(&runtime->random, draw->a, draw->b);
    if (is_stopped(runtime, i)) return false;
  }
  return true;
}

static Tensor *draw_tensor(Runtime *runtime, DType dtype, int ndim, const int64_t *shape, const Draw *draw) {
  Tensor *numbers = tensor_new_shape(runtime, DTYPE_FLOAT64, ndim, shape);
  if (!numbers) return NULL;
  Tensor *result = fill(runtime, numbers, draw) ? tensor_cast(runtime, numbers, dtype) : NULL;
  tensor_unref(numbers);
  return result;
}

static bool check(Runtime *runtime, bool holds, const char *name, const char *condition, double value) {
  bool whole = value == floor(value) && fabs(value) <= 0x1p63;
  if (!holds)
    runtime_fail(runtime, ERROR_VALUE, -1, "`%s` must be %s, got %.*g", name, condition, whole ? 19 : 15, value);
  return holds;
}

/* ---- uniform and normal */
static double between(Random *random, double low, double high) {
  double number = low + random_uniform(random) * (high - low);
  return number < high ? number : low; /* rounding may reach `high` */
}

/* Few enough bits that rounding to float32 cannot reach 1. */
static double between_single(Random *random, double low, double high) {
  double number = low + (double)(random_next(random) >> 40) * 0x1p-24 * (high - low);
  return (float)number < (float)high ? number : low;
}

Tensor *random_uniform_tensor(Runtime *runtime, DType dtype, int ndim, const int64_t *shape, double low, double high) {
  if (!(low <= high) || !isfinite(high - low))
    return runtime_fail(runtime, ERROR_VALUE, -1, "uniform numbers need finite bounds in order, got %.15g and %.15g",
                        low, high);
  Draw draw = {dtype == DTYPE_FLOAT32 ? between_single : between, low, high};
  return draw_tensor(runtime, dtype, ndim, shape, &draw);
}

static double normal(Random *random, double mean, double std) {
  return mean + std * random_normal(random);
}

Tensor *random_normal_tensor(Runtime *runtime, DType dtype, int ndim, const int64_t *shape, double mean, double std) {
  Draw draw = {normal, mean, std};
  if (!check(runtime, std >= 0, "std", "0 or larger", std)) return NULL;
  return draw_tensor(runtime, dtype, ndim, shape, &draw);
}

/* ---- the other distributions */
static double exponential(Random *random, double scale, double unused) {
  (void)unused;
  return scale * random_exponential(random);
}

static double gamma_number(Random *random, double shape, double scale) { return scale * random_gamma(random, shape); }

static double poisson(Random *random, double mean, double unused) {
  (void)unused;
  return (double)random_poisson(random, mean);
}

static double binomial(Random *random, double n, double p) { return (double)random_binomial(random, (int64_t)n, p); }

static double bernoulli(Random *random, double p, double unused) {
  (void)unused;
  return random_uniform(random) < p;
}

static bool check_parameters(Runtime *runtime, RandomKind kind, double a, double b) {
  bool counts = kind == RANDOM_BINOMIAL;
  switch (kind) {
    case RANDOM_EXPONENTIAL: return check(runtime, a >= 0, "scale", "0 or larger", a);
    case RANDOM_GAMMA:
      return check(runtime, a > 0 && isfinite(a), "k", "positive", a) &&
             check(runtime, b >= 0, "scale", "0 or larger", b);
    case RANDOM_BETA:
      return check(runtime, a > 0 && isfinite(a), "a", "positive", a) &&
             check(runtime, b > 0 && isfinite(b), "b", "positive", b);
    case RANDOM_POISSON: return check(runtime, a >= 0 && a <= 0x1p53, "mean", "from 0 to 2**53", a);
    case RANDOM_BINOMIAL:
      counts = a >= 0 && a <= 0x1p53 && a == floor(a);
      if (!check(runtime, counts, "n", "a whole number from 0 to 2**53", a)) return false;
      break;
    case RANDOM_BERNOULLI: break;
  }
  double p = counts ? b : a;
  return check(runtime, p >= 0 && p <= 1, "p", "from 0 to 1", p);
}

Tensor *random_tensor(Runtime *runtime, RandomKind kind, int ndim, const int64_t *shape, double a, double b) {
  static double (*const numbers[])(Random *, double, double) = {
    [RANDOM_EXPONENTIAL] = exponential, [RANDOM_GAMMA] = gamma_number, [RANDOM_BETA] = random_beta,
    [RANDOM_POISSON] = poisson,         [RANDOM_BINOMIAL] = binomial,  [RANDOM_BERNOULLI] = bernoulli,
  };
  Draw draw = {numbers[kind], a, b};
  bool counts = kind == RANDOM_POISSON || kind == RANDOM_BINOMIAL;
  if (!check_parameters(runtime, kind, a, b)) return NULL;
  return draw_tensor(runtime, counts ? DTYPE_INT64 : DTYPE_FLOAT64, ndim, shape, &draw);
}

/* ---- whole numbers */
Tensor *random_integer_tensor(Runtime *runtime, int ndim, const int64_t *shape, int64_t low, int64_t high) {
  if (low >= high)
    return runtime_fail(runtime, ERROR_VALUE, -1, "random integers need bounds in order, got %" PRId64 " and %" PRId64,
                        low, high);
  Tensor *result = tensor_new_shape(runtime, DTYPE_INT64, ndim, shape);
  if (!result) return NULL;
  int64_t *out = tensor_data(result);
  uint64_t bound = (uint64_t)high - (uint64_t)low;
  for (int64_t i = 0; i < tensor_size(result); i++) {
    out[i] = (int64_t)((uint64_t)low + random_below(&runtime->random, bound));
    if (is_stopped(runtime, i)) return tensor_unref(result), NULL;
  }
  return result;
}

/* The numbers 0 to n - 1, the first `count` of them in random order. */
static Tensor *shuffled(Runtime *runtime, int64_t n, int64_t count) {
  Tensor *result = tensor_new_shape(runtime, DTYPE_INT64, 1, &n);
  if (!result) return NULL;
  int64_t *out = tensor_data(result);
  for (int64_t i = 0; i < n; i++) {
    out[i] = i;
    if (is_stopped(runtime, i)) return tensor_unref(result), NULL;
  }
  for (int64_t i = 0; i < count; i++) {
    int64_t other = i + (int64_t)random_below(&runtime->random, (uint64_t)(n - i)), kept = out[i];
    out[i] = out[other];
    out[other] = kept;
    if (is_stopped(runtime, i)) return tensor_unref(result), NULL;
  }
  return result;
}

Tensor *random_permutation(Runtime *runtime, int64_t n) {
  return shuffled(runtime, n, n);
}

/* ---- choice */
static bool check_weights(Runtime *runtime, int64_t n, Tensor *weights, double *total, int64_t *positive) {
  *total = 0;
  *positive = 0;
  if (tensor_ndim(weights) != 1 || tensor_size(weights) != n) {
    ShapeText shape;
    runtime_fail(runtime, ERROR_SHAPE, -1, "`p` needs shape (%" PRId64 ",), got %s", n,
                 layout_text(&shape, weights->layout));
    return false;
  }
  for (int64_t i = 0; i < n; i++) {
    double weight = tensor_number_at(weights, i);
    if (is_stopped(runtime, i) || !check(runtime, weight >= 0, "p", "0 or larger", weight)) return false;
    *total += weight;
    *positive += weight > 0;
  }
  if (!check(runtime, *total > 0 && isfinite(*total), "sum(p)", "positive and finite", *total)) return false;
  double rounding = weights->dtype == DTYPE_FLOAT32 ? 4e-4 : 1.5e-8; /* the roots of the epsilons */
  if (fabs(*total - 1) <= rounding) return true;
  runtime_fail(runtime, ERROR_VALUE, -1, "the probabilities `p` must add up to 1, not to %.10g", *total);
  error_hint(runtime->error, "`p / sum(p)` makes probabilities of weights");
  return false;
}

/* The sums of the weights up to each of them; `last` is the last that is not 0. */
static Tensor *sums_upto(Runtime *runtime, int64_t n, const Tensor *weights, int64_t *last) {
  Tensor *sums = tensor_new_shape(runtime, DTYPE_FLOAT64, 1, &n);
  double *upto = sums ? tensor_data(sums) : NULL, sum = 0;
  for (int64_t i = 0; sums && i < n; i++) {
    double weight = tensor_number_at(weights, i);
    upto[i] = sum += weight;
    if (weight > 0) *last = i;
    if (is_stopped(runtime, i)) return tensor_unref(sums), NULL;
  }
  return sums;
}

/* The first sum beyond a place. */
static int64_t find_place(const double *upto, int64_t last, double place) {
  int64_t low = 0, high = last;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (upto[middle] > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

static Tensor *choose_weighted(Runtime *runtime, int64_t n, int64_t count, const Tensor *weights, double total) {
  int64_t last = 0;
  Tensor *sums = sums_upto(runtime, n, weights, &last);
  Tensor *result = sums ? tensor_new_shape(runtime, DTYPE_INT64, 1, &count) : NULL;
  const double *upto = sums ? tensor_data(sums) : NULL;
  int64_t *out = result ? tensor_data(result) : NULL;
  bool stopped = false;
  for (int64_t i = 0; out && i < count && !stopped; i++) {
    out[i] = find_place(upto, last, random_uniform(&runtime->random) * total);
    stopped = is_stopped(runtime, i);
  }
  tensor_unref(sums);
  if (!stopped) return result;
  tensor_unref(result);
  return NULL;
}

/* Each index waits an exponential time at the rate of its weight; the first `count` are taken (Efraimidis and Spirakis).
   However small a weight is, it comes before those that are 0. */
static Tensor *waiting_times(Runtime *runtime, int64_t n, const Tensor *weights) {
  Tensor *times = tensor_new_shape(runtime, DTYPE_FLOAT64, 1, &n);
  double *time = times ? tensor_data(times) : NULL;
  for (int64_t i = 0; time && i < n; i++) {
    double weight = tensor_number_at(weights, i);
    time[i] = weight > 0 ? fmin(random_exponential(&runtime->random) / weight, DBL_MAX) : INFINITY;
    if (is_stopped(runtime, i)) return tensor_unref(times), NULL;
  }
  return times;
}

static Tensor *first_of(Runtime *runtime, Tensor *all_taken, int64_t count) {
  Layout *layout = all_taken ? layout_new(runtime, 1, &count) : NULL;
  Tensor *window = layout ? tensor_window(runtime, all_taken, layout, 0) : NULL;
  Tensor *result = window ? tensor_copy(runtime, window) : NULL;
  tensor_unref(window);
  layout_unref(layout);
  tensor_unref(all_taken);
  return result;
}

static Tensor *choose_without_replacement(Runtime *runtime, int64_t n, int64_t count, const Tensor *weights) {
  Tensor *times = waiting_times(runtime, n, weights);
  Operands operands = {.op = OP_argsort, .count = 1, .tensors = &times};
  Tensor *order = times ? op_argsort_forward(runtime, &operands) : NULL;
  tensor_unref(times);
  return first_of(runtime, order, count);
}

static Tensor *choose_equal(Runtime *runtime, int64_t n, int64_t count, bool replace) {
  if (replace) return random_integer_tensor(runtime, 1, &count, 0, n);
  return first_of(runtime, shuffled(runtime, n, count), count);
}

Tensor *random_choice(Runtime *runtime, int64_t n, int64_t count, bool replace, Tensor *weights) {
  double total = 0;
  int64_t available = n;
  if (count < 0) return runtime_fail(runtime, ERROR_VALUE, -1, "cannot choose %" PRId64 " times", count);
  if (n <= 0 && count > 0) return runtime_fail(runtime, ERROR_VALUE, -1, "there is nothing to choose from");
  if (count == 0) return tensor_new_shape(runtime, DTYPE_INT64, 1, &count);
  if (weights && !check_weights(runtime, n, weights, &total, &available)) return NULL;
  if (!replace && count > available)
    return runtime_fail(runtime, ERROR_VALUE, -1, "cannot choose %" PRId64 " of %" PRId64 " without replacement", count,
                        available);
  if (!weights) return choose_equal(runtime, n, count, replace);
  return replace ? choose_weighted(runtime, n, count, weights, total)
                 : choose_without_replacement(runtime, n, count, weights);
}
