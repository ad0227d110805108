/* SPDX-License-Identifier: MIT */
/* initialise.c: first values of weights: (*shape, ..., dtype=float64, constant=none). */
#include <math.h>
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/create.h"
#include "runtime/kernels/create.h"
#include "runtime/random.h"

/* (*shape, a, b, dtype, constant) */
static Value sample_between(Call *call, RandomSampler sampler) {
  IntegerList shape;
  DType dtype;
  double a, b;
  if (!argument_rest_shape(call, 0, &shape) || !argument_number(call, 1, &a) || !argument_number(call, 2, &b) ||
      !create_float_dtype(call, 3, &dtype)) return value_error();
  return create_finish(call, sampler(call_runtime(call), dtype, shape.count, shape.values, a, b), 4);
}

Value builtin_uniform(Call *call) { return sample_between(call, random_uniform_tensor); }

Value builtin_normal(Call *call) {
  double deviation;
  if (!argument_number(call, 2, &deviation)) return value_error();
  if (deviation >= 0) return sample_between(call, random_normal_tensor);
  session_fail(call->session, ERROR_ARGUMENT, "`std` cannot be negative, got %.6g", deviation);
  return argument_fail(call, 2);
}

/* How many inputs an output depends on and the other way round; (out, in, *receptive field). */
typedef struct Fans { double in, out; } Fans;

static bool read_fans(Call *call, IntegerList *shape, Fans *fans) {
  if (!argument_rest_shape(call, 0, shape)) return false;
  if (shape->count < 2) {
    session_fail(call->session, ERROR_SHAPE, "`%s` needs a shape of at least two axes", call->info->name);
    argument_fail(call, 0);
    return false;
  }
  double field = 1;
  for (int i = 2; i < shape->count; i++) field *= (double)shape->values[i];
  *fans = (Fans){(double)shape->values[1] * field, (double)shape->values[0] * field};
  return true;
}

/* (*shape, gain, dtype, constant); the bound or deviation is gain * sqrt(scale / fan). */
static Value sample_scaled(Call *call, bool uniform, bool both) {
  IntegerList shape;
  DType dtype;
  Fans fans;
  double gain;
  if (!read_fans(call, &shape, &fans) || !argument_number(call, 1, &gain) ||
      !create_float_dtype(call, 2, &dtype)) return value_error();
  double fan = both ? (fans.in + fans.out) / 2 : fans.in;
  double size = fabs(gain) * sqrt((uniform ? 3 : 1) / (fan > 0 ? fan : 1));
  RandomSampler sampler = uniform ? random_uniform_tensor : random_normal_tensor;
  Tensor *tensor = sampler(call_runtime(call), dtype, shape.count, shape.values, uniform ? -size : 0, size);
  return create_finish(call, tensor, 3);
}

Value builtin_he_uniform(Call *call) { return sample_scaled(call, true, false); }
Value builtin_he_normal(Call *call) { return sample_scaled(call, false, false); }
Value builtin_glorot_uniform(Call *call) { return sample_scaled(call, true, true); }
Value builtin_glorot_normal(Call *call) { return sample_scaled(call, false, true); }

/* dirac(*shape): filters that pass their input on; 1 in the middle of filter i for channel i. */
Value builtin_dirac(Call *call) {
  IntegerList shape;
  DType dtype;
  Fans fans;
  if (!read_fans(call, &shape, &fans) || !create_dtype(call, 1, DTYPE_FLOAT64, &dtype)) return value_error();
  Tensor *tensor = tensor_new_shape(call_runtime(call), DTYPE_FLOAT64, shape.count, shape.values);
  if (!tensor || !tensor_fill(call_runtime(call), tensor, 0)) return tensor_unref(tensor), value_error();
  int64_t filters = shape.values[0], channels = shape.values[1];
  int64_t pairs = filters * channels, field = pairs > 0 ? tensor_size(tensor) / pairs : 0, middle = 0;
  for (int i = 2; i < shape.count; i++) middle = middle * shape.values[i] + shape.values[i] / 2;
  double *numbers = tensor_data(tensor);
  for (int64_t i = 0; i < filters && i < channels && field; i++) numbers[(i * channels + i) * field + middle] = 1;
  Tensor *result = tensor_cast(call_runtime(call), tensor, dtype);
  tensor_unref(tensor);
  return create_finish(call, result, 2);
}

/* nnet.constant(*shape, value=0) */
Value builtin_fill_constant(Call *call) {
  IntegerList shape;
  DType dtype;
  double number;
  if (!argument_rest_shape(call, 0, &shape) || !argument_number(call, 1, &number) ||
      !create_float_dtype(call, 2, &dtype)) return value_error();
  return create_finish(call, tensor_full(call_runtime(call), dtype, shape.count, shape.values, number), 3);
}
