/* SPDX-License-Identifier: MIT */
/* create.c: tensors from shapes and ranges. */
#include "evaluator/builtins/create.h"

#include <math.h>

#include "autodiff/rule.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/constness.h"
#include "runtime/format/number.h"
#include "runtime/kernels/axes.h"
#include "runtime/kernels/create.h"
#include "runtime/kernels/window.h"

Value create_finish(Call *call, Tensor *tensor_taken, int constant) {
  Constness constness = CONSTNESS_KEEP;
  if (tensor_taken && !constness_read(call->session, call->arguments[constant], &constness)) {
    tensor_unref(tensor_taken);
    return argument_fail(call, constant);
  }
  if (tensor_taken && constness == CONSTNESS_KEEP && tensor_is_float(tensor_taken)) constness = CONSTNESS_VARIABLE;
  return constness_apply(call->session, tensor_taken, constness);
}

bool create_dtype(Call *call, int index, DType otherwise, DType *dtype) {
  *dtype = otherwise;
  return argument_is_none(call, index) || argument_dtype(call, index, dtype);
}

static bool fail_number(Call *call, double number, DType dtype) {
  const char *name = dtype_info[dtype].name;
  NumberText shown;
  bool whole = number == floor(number) && !isinf(number);
  if (whole) session_fail(call->session, ERROR_TYPE, "%s is out of the range of dtype %s", number_text(&shown, number),
                          name);
  else session_fail(call->session, ERROR_TYPE, "%.6g is no whole number, so it cannot be of dtype %s", number, name);
  if (whole) error_hint(call_runtime(call)->error, "`astype(x, %s)` makes it fit", name);
  else if (!isfinite(number))
    error_hint(call_runtime(call)->error, "replace it first: `where(isfinite(x), x, 0)`");
  else error_hint(call_runtime(call)->error, "`astype(x, %s)` drops fractions", name);
  return false;
}

bool create_holds(Call *call, const Tensor *tensor, DType dtype) {
  int64_t misfit = dtype == DTYPE_BOOL ? tensor_size(tensor) : tensor_find_misfit(call_runtime(call), tensor, dtype);
  if (misfit < 0 || misfit == tensor_size(tensor)) return misfit >= 0;
  return fail_number(call, tensor_number_at(tensor, misfit), dtype);
}

bool create_float_dtype(Call *call, int index, DType *dtype) {
  if (!create_dtype(call, index, DTYPE_FLOAT64, dtype)) return false;
  if (dtype_is_float(*dtype)) return true;
  session_fail(call->session, ERROR_ARGUMENT, "`%s` gives real numbers, which %s cannot hold", call->info->name,
               dtype_info[*dtype].name);
  error_hint(call_runtime(call)->error, "randint(low, high, shape) gives whole numbers");
  argument_fail(call, index);
  return false;
}

/* zeros((2, 3)): a second number where the dtype belongs is most likely a second size. */
static bool read_shape_dtype(Call *call, IntegerList *shape, DType *dtype) {
  if (call->given[1] && value_is_number(call->arguments[1])) {
    session_fail(call->session, ERROR_ARGUMENT, "`%s` takes its shape as one tuple", call->info->name);
    error_hint(call_runtime(call)->error, "%s((2, 3))", call->info->name);
    argument_fail(call, 1);
    return false;
  }
  return argument_shape(call, 0, shape) && create_dtype(call, 1, DTYPE_FLOAT64, dtype);
}

static Value create_filled(Call *call, double number) {
  IntegerList shape;
  DType dtype;
  if (!read_shape_dtype(call, &shape, &dtype)) return value_error();
  return create_finish(call, tensor_full(call_runtime(call), dtype, shape.count, shape.values, number), 2);
}

Value builtin_zeros(Call *call) { return create_filled(call, 0); }
Value builtin_ones(Call *call) { return create_filled(call, 1); }
Value builtin_empty(Call *call) { return create_filled(call, 0); }

/* The shape and dtype of `x`, or what the arguments at `dtype_at` and behind it say; numbers unset. */
static Tensor *new_like(Call *call, int dtype_at) {
  Tensor *like = argument_operand(call, 0);
  if (!like) return NULL;
  IntegerList shape = {.count = tensor_ndim(like)};
  for (int i = 0; i < shape.count; i++) shape.values[i] = layout_shape(like->layout)[i];
  DType dtype = (DType)like->dtype;
  tensor_unref(like);
  if (!argument_is_none(call, dtype_at + 1) && !argument_shape(call, dtype_at + 1, &shape)) return NULL;
  if (!create_dtype(call, dtype_at, dtype, &dtype)) return NULL;
  return tensor_new_shape(call_runtime(call), dtype, shape.count, shape.values);
}

/* Fills with a value broadcast to the shape; takes both, either may be NULL. */
static Tensor *filled(Call *call, Tensor *into_taken, Tensor *value_taken) {
  bool done = into_taken && value_taken &&
              window_write(call_runtime(call), into_taken, into_taken->layout, 0, value_taken);
  tensor_unref(value_taken);
  if (done) return into_taken;
  tensor_unref(into_taken);
  return NULL;
}

static Value create_filled_like(Call *call, double number) {
  Tensor *result = new_like(call, 1);
  return create_finish(call, filled(call, result, tensor_new_number(call_runtime(call), DTYPE_FLOAT64, number)), 3);
}

Value builtin_zeros_like(Call *call) { return create_filled_like(call, 0); }
Value builtin_ones_like(Call *call) { return create_filled_like(call, 1); }
Value builtin_empty_like(Call *call) { return create_filled_like(call, 0); }

/* A value that is a variable goes on as one: its copy over the whole shape is recorded. */
static Tensor *recorded_fill(Call *call, const Tensor *into, Tensor *value) {
  Rule rule;
  rule_start(&rule, call_graph(call));
  Tensor *cast = rule_cast(&rule, value, (DType)into->dtype);
  Tensor *wide = cast ? rule_broadcast(&rule, cast, into->layout) : NULL;
  Tensor *result = wide ? rule_op1(&rule, OP_positive, wide, NULL) : NULL;
  if (result) tensor_ref(result);
  rule_finish(&rule);
  return result;
}

/* Fills with an argument, which may itself be a tensor. */
static Tensor *fill_with(Call *call, Tensor *into_taken, int value_at) {
  if (!into_taken) return NULL;
  Tensor *value = argument_tensor(call, value_at);
  if (value && !create_holds(call, value, (DType)into_taken->dtype)) {
    tensor_unref(value);
    value = NULL;
  }
  bool recorded = value && call_graph(call)->recording && tensor_is_tracked(value) && tensor_is_float(into_taken) &&
                  layout_fits(value->layout, into_taken->layout);
  Tensor *result = recorded ? recorded_fill(call, into_taken, value) : filled(call, into_taken, value);
  if (recorded) {
    tensor_unref(into_taken);
    tensor_unref(value);
  }
  if (!result) argument_fail(call, value_at);
  return result;
}

Value builtin_full_like(Call *call) {
  return create_finish(call, fill_with(call, new_like(call, 2), 1), 4);
}

static DType dtype_of_value(Call *call, int index) {
  Variable *variable = value_as_variable(call->arguments[index]);
  if (variable) return variable_dtype(variable);
  return value_is_bool(call->arguments[index]) ? DTYPE_BOOL : DTYPE_FLOAT64;
}

Value builtin_full(Call *call) {
  IntegerList shape;
  DType dtype;
  if (!argument_shape(call, 0, &shape) || !create_dtype(call, 2, dtype_of_value(call, 1), &dtype)) return value_error();
  Tensor *tensor = tensor_new_shape(call_runtime(call), dtype, shape.count, shape.values);
  return create_finish(call, fill_with(call, tensor, 1), 3);
}

/* rows, columns (as many when none), diagonal and dtype: of eye and tri. */
typedef struct Grid { int64_t rows, columns, k; DType dtype; } Grid;

static bool read_grid(Call *call, Grid *grid) {
  grid->k = 0;
  if (!argument_integer(call, 0, &grid->rows)) return false;
  grid->columns = grid->rows;
  if (!argument_is_none(call, 1) && !argument_integer(call, 1, &grid->columns)) return false;
  return argument_integer(call, 2, &grid->k) && create_dtype(call, 3, DTYPE_FLOAT64, &grid->dtype);
}

Value builtin_eye(Call *call) {
  Grid grid;
  if (!read_grid(call, &grid)) return value_error();
  return create_finish(call, tensor_eye(call_runtime(call), grid.dtype, grid.rows, grid.columns, grid.k), 4);
}

Value builtin_tri(Call *call) {
  Grid grid;
  if (!read_grid(call, &grid)) return value_error();
  return create_finish(call, tensor_tri(call_runtime(call), grid.dtype, grid.rows, grid.columns, grid.k), 4);
}

Value builtin_identity(Call *call) {
  int64_t size;
  DType dtype;
  if (!argument_integer(call, 0, &size) || !create_dtype(call, 1, DTYPE_FLOAT64, &dtype)) return value_error();
  return create_finish(call, tensor_eye(call_runtime(call), dtype, size, size, 0), 2);
}

/* arange, linspace, logspace, geomspace: what does not follow a variable is one itself, as other new tensors are. */
Value builtin_spaced(Call *call) {
  Value result = operation_call(call);
  if (value_is_error(result) || !argument_is_none(call, call->signature->shown)) return result;
  bool real = dtype_is_float(variable_dtype(value_as_variable(result)));
  return real ? constness_set(call->session, result, CONSTNESS_VARIABLE) : result;
}

Value builtin_indices(Call *call) {
  IntegerList shape;
  if (!argument_shape(call, 0, &shape)) return value_error();
  return value_from_tensor(call->session, tensor_indices(call_runtime(call), shape.count, shape.values));
}

Value builtin_one_hot(Call *call) {
  int64_t classes;
  DType dtype;
  if (!argument_integer(call, 1, &classes) || !create_dtype(call, 2, DTYPE_FLOAT64, &dtype)) return value_error();
  Tensor *labels = argument_tensor(call, 0);
  Tensor *tensor = labels ? tensor_one_hot(call_runtime(call), dtype, labels, classes) : NULL;
  tensor_unref(labels);
  return create_finish(call, tensor, 3);
}
