/* SPDX-License-Identifier: MIT */
/* random.c: the session's random numbers, samples and permutations. */
#include "runtime/random.h"
#include <inttypes.h>
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/create.h"
#include "runtime/kernels/index.h"

Value builtin_seed(Call *call) {
  int64_t seed;
  if (!argument_integer(call, 0, &seed)) return value_error();
  random_seed(&call_runtime(call)->random, (uint64_t)seed);
  return value_none();
}

/* rand() and randn() without a shape give a plain number. */
static bool is_plain(const Call *call) {
  return value_tuple(call->arguments[0])->count == 0;
}

/* rand(*shape, dtype=float64, constant=none) */
Value builtin_rand(Call *call) {
  IntegerList shape;
  DType dtype;
  if (is_plain(call)) return value_number(random_uniform(&call_runtime(call)->random));
  if (!argument_rest_shape(call, 0, &shape) || !create_float_dtype(call, 1, &dtype)) return value_error();
  Tensor *tensor = random_uniform_tensor(call_runtime(call), dtype, shape.count, shape.values, 0, 1);
  return create_finish(call, tensor, 2);
}

/* randn(*shape, dtype=float64, constant=none) */
Value builtin_randn(Call *call) {
  IntegerList shape;
  DType dtype;
  if (is_plain(call)) return value_number(random_normal(&call_runtime(call)->random));
  if (!argument_rest_shape(call, 0, &shape) || !create_float_dtype(call, 1, &dtype)) return value_error();
  Tensor *tensor = random_normal_tensor(call_runtime(call), dtype, shape.count, shape.values, 0, 1);
  return create_finish(call, tensor, 2);
}

/* A shape argument; none: a single number. */
static bool read_sample_shape(Call *call, int index, IntegerList *shape) {
  *shape = (IntegerList){0};
  return argument_is_none(call, index) || argument_shape(call, index, shape);
}

/* A sample without a shape is a plain number. */
static Value finish_sample(Call *call, Tensor *tensor_taken, int shape_at, int constant) {
  if (!tensor_taken || !argument_is_none(call, shape_at)) return create_finish(call, tensor_taken, constant);
  double number = tensor_number_at(tensor_taken, 0);
  tensor_unref(tensor_taken);
  return value_number(number);
}

/* randint(low, high=none, shape=none): one number counts from 0. */
Value builtin_randint(Call *call) {
  int64_t low, high;
  IntegerList shape;
  if (!argument_integer(call, 0, &low)) return value_error();
  high = low;
  if (argument_is_none(call, 1)) low = 0;
  else if (!argument_integer(call, 1, &high)) return value_error();
  if (!read_sample_shape(call, 2, &shape)) return value_error();
  Tensor *tensor = random_integer_tensor(call_runtime(call), shape.count, shape.values, low, high);
  if (!tensor || !argument_is_none(call, 2)) return value_from_tensor(call->session, tensor);
  double number = tensor_number_at(tensor, 0);
  tensor_unref(tensor);
  return value_number(number);
}

static Value sample_pair(Call *call, RandomSampler sampler) {
  double a, b;
  IntegerList shape;
  if (!argument_number(call, 0, &a) || !argument_number(call, 1, &b) || !read_sample_shape(call, 2, &shape))
    return value_error();
  return finish_sample(call, sampler(call_runtime(call), DTYPE_FLOAT64, shape.count, shape.values, a, b), 2, 3);
}

Value builtin_random_uniform(Call *call) { return sample_pair(call, random_uniform_tensor); }
Value builtin_random_normal(Call *call) { return sample_pair(call, random_normal_tensor); }

/* Distributions of one parameter: (a, shape=none), or two: (a, b, shape=none). */
static Value sample(Call *call, RandomKind kind, int parameters) {
  double a, b = 0;
  IntegerList shape;
  if (!argument_number(call, 0, &a) || (parameters == 2 && !argument_number(call, 1, &b))) return value_error();
  if (!read_sample_shape(call, parameters, &shape)) return value_error();
  Tensor *tensor = random_tensor(call_runtime(call), kind, shape.count, shape.values, a, b);
  return finish_sample(call, tensor, parameters, parameters + 1);
}

Value builtin_random_exponential(Call *call) { return sample(call, RANDOM_EXPONENTIAL, 1); }
Value builtin_random_poisson(Call *call) { return sample(call, RANDOM_POISSON, 1); }
Value builtin_random_bernoulli(Call *call) { return sample(call, RANDOM_BERNOULLI, 1); }
Value builtin_random_gamma(Call *call) { return sample(call, RANDOM_GAMMA, 2); }
Value builtin_random_beta(Call *call) { return sample(call, RANDOM_BETA, 2); }
Value builtin_random_binomial(Call *call) { return sample(call, RANDOM_BINOMIAL, 2); }

/* ---- choosing among values */
/* Rows of a tensor by position: differentiable, as indexing with integers is. */
static Value take_rows(Call *call, Tensor *rows, Tensor *positions_taken) {
  if (!positions_taken) return value_error();
  int64_t axis = 0;
  Attributes *attributes = gather_attributes(call_runtime(call), rows->layout, 1, &axis, 0);
  Tensor *operands[2] = {rows, positions_taken};
  Value value = attributes ? operation_apply(call->session, OP_gather, 2, operands, attributes) : value_error();
  attributes_unref(attributes);
  tensor_unref(positions_taken);
  return value;
}

/* A whole number n stands for 0 to n - 1; otherwise the rows to choose from. */
static bool read_population(Call *call, Tensor **rows, int64_t *count) {
  *rows = NULL;
  if (value_is_number(call->arguments[0])) return argument_integer(call, 0, count);
  *rows = argument_tensor(call, 0);
  if (!*rows) return false;
  *count = tensor_ndim(*rows) ? layout_shape((*rows)->layout)[0] : 0;
  if (tensor_ndim(*rows)) return true;
  tensor_unref(*rows);
  *rows = NULL;
  session_fail(call->session, ERROR_TYPE, "`%s` needs a whole number or a tensor with rows", call->info->name);
  argument_fail(call, 0);
  return false;
}

/* permutation(n) or permutation(x): the numbers or the rows in random order. */
Value builtin_permutation(Call *call) {
  Tensor *rows;
  int64_t count;
  if (!read_population(call, &rows, &count)) return value_error();
  Tensor *positions = random_permutation(call_runtime(call), count);
  Value value = rows ? take_rows(call, rows, positions) : value_from_tensor(call->session, positions);
  tensor_unref(rows);
  return value;
}

static Value choose_rows(Call *call, Tensor *rows, int64_t population, Tensor *weights) {
  int64_t count = 1;
  bool replace, single = argument_is_none(call, 1);
  if ((!single && !argument_integer(call, 1, &count)) || !argument_bool(call, 2, &replace)) return value_error();
  Tensor *positions = random_choice(call_runtime(call), population, count, replace, weights);
  Value value = rows ? take_rows(call, rows, positions) : value_from_tensor(call->session, positions);
  if (!single || value_is_error(value)) return value;
  ValueIterator iterator;
  Value first = value_error();
  if (value_iterate(call->session, value, &iterator)) {
    if (!value_iterate_next(call->session, &iterator, &first)) first = value_error();
    value_iterate_end(&iterator);
  }
  value_unref(value);
  return first;
}

/* choice(x, n=none, replace=true, p=none): n rows of x, or of 0 to x - 1; one without a count. */
Value builtin_choice(Call *call) {
  Tensor *rows, *weights = NULL;
  int64_t population;
  if (!read_population(call, &rows, &population)) return value_error();
  Value value = value_error();
  if (argument_is_none(call, 3) || (weights = argument_tensor(call, 3)))
    value = choose_rows(call, rows, population, weights);
  tensor_unref(rows);
  tensor_unref(weights);
  return value;
}

/* shuffle(x): the rows of a tensor in random order, in place. */
Value builtin_shuffle(Call *call) {
  Variable *variable = argument_variable(call, 0);
  Value shuffled = variable ? builtin_permutation(call) : value_error();
  if (value_is_error(shuffled)) return shuffled;
  Tensor *tensor = value_to_tensor(call->session, shuffled);
  bool written = tensor && variable_write(call_graph(call), variable, tensor);
  tensor_unref(tensor);
  value_unref(shuffled);
  return written ? value_none() : argument_fail(call, 0);
}
