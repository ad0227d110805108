/* SPDX-License-Identifier: MIT */
/* convert.c: variables and constants from values, and numbers from tensors. */
#include <stdio.h>
#include "evaluator/builtins/builtins.h"
#include "evaluator/constness.h"
#include "evaluator/cut.h"
#include "evaluator/builtins/create.h"
#include "evaluator/builtins/structure.h"
#include "evaluator/failure.h"

static Tensor *cast_exactly(Call *call, Tensor *tensor_taken, DType dtype) {
  Tensor *cast = create_holds(call, tensor_taken, dtype) ? tensor_cast(call_runtime(call), tensor_taken, dtype) : NULL;
  tensor_unref(tensor_taken);
  return cast;
}

/* What gives the same numbers with their history. */
static void hint_recorded(Call *call, const char *dtype, char *hint, size_t size) {
  ShownText text;
  bool tuple = value_is(call->arguments[0], KIND_TUPLE);
  const char *source = call->spans[0].end ? shown_source(call->session, &text, call->spans[0]) : "x";
  if (dtype) snprintf(hint, size, "write `astype(%s, %s)`", source, dtype);
  else snprintf(hint, size, tuple ? "write `stack(%s)`" : "write `%s`, without `%s`", source, call->info->name);
}

/* A new variable in the midst of what is differentiated.  Who says what is to be constant knows it, and integers have no
   derivatives wherever they are made. */
static void check_cut(Call *call, int dtype_at, const Tensor *tensor) {
  char message[120], hint[200];
  DType dtype;
  if (!argument_is_none(call, dtype_at + 1) || !create_dtype(call, dtype_at, DTYPE_FLOAT64, &dtype)) return;
  if (!dtype_is_float(dtype) || !cut_matters(call->session, tensor)) return;
  snprintf(message, sizeof message, "`%s` starts anew: no derivative goes through it", call->info->name);
  hint_recorded(call, argument_is_none(call, dtype_at) ? NULL : dtype_info[dtype].name, hint, sizeof hint);
  session_warn(call->session, call->span, message, hint);
}

/* The numbers of an argument without history, in the dtype that is asked for; behind which stands `constant`. */
static Tensor *plain_argument(Call *call, int dtype_at) {
  Tensor *tensor = argument_tensor(call, 0);
  if (!tensor) return NULL;
  check_cut(call, dtype_at, tensor);
  Tensor *plain = tensor_plain(call_runtime(call), tensor);
  tensor_unref(tensor);
  DType dtype;
  if (!plain || argument_is_none(call, dtype_at)) return plain;
  if (argument_dtype(call, dtype_at, &dtype)) return cast_exactly(call, plain, dtype);
  tensor_unref(plain);
  return NULL;
}

/* New axes of size 1 in front, until there are `least`. */
static Tensor *raise_axes(Runtime *runtime, Tensor *tensor_taken, int64_t least) {
  if (!tensor_taken || least <= tensor_ndim(tensor_taken)) return tensor_taken;
  int missing = (int)least - tensor_ndim(tensor_taken);
  int64_t shape[TENSOR_MAX_DIMS];
  for (int i = 0; i < (int)least; i++) shape[i] = i < missing ? 1 : layout_shape(tensor_taken->layout)[i - missing];
  Tensor *flat = tensor_contiguous(runtime, tensor_taken);
  Layout *layout = flat ? layout_new(runtime, (int)least, shape) : NULL;
  Tensor *raised = layout ? tensor_window(runtime, flat, layout, 0) : NULL;
  layout_unref(layout);
  tensor_unref(flat);
  tensor_unref(tensor_taken);
  return raised;
}

/* tensor(x, dtype=none, *, constant=none, copy=true, ndmin=0) */
Value builtin_tensor(Call *call) {
  int64_t least;
  bool copies;
  if (!argument_integer(call, 4, &least) || !argument_bool(call, 3, &copies)) return value_error();
  Variable *variable = value_as_variable(call->arguments[0]);
  if (!copies && variable && variable_layout(variable)->ndim >= least) return builtin_astensor(call);
  if (least > TENSOR_MAX_DIMS) {
    session_fail(call->session, ERROR_ARGUMENT, "a tensor has at most %d axes", TENSOR_MAX_DIMS);
    return argument_fail(call, 4);
  }
  Tensor *tensor = raise_axes(call_runtime(call), plain_argument(call, 1), least);
  return create_finish(call, tensor, 2);
}

/* A tensor that fits already is returned itself. */
Value builtin_astensor(Call *call) {
  Variable *variable = value_as_variable(call->arguments[0]);
  DType dtype;
  Constness constness;
  if (!variable) return create_finish(call, plain_argument(call, 1), 2);
  if (!create_dtype(call, 1, variable_dtype(variable), &dtype)) return value_error();
  if (!constness_read(call->session, call->arguments[2], &constness)) return argument_fail(call, 2);
  bool fits = dtype == variable_dtype(variable) &&
              (constness == CONSTNESS_KEEP || variable_is_constant(variable) == (constness == CONSTNESS_CONSTANT));
  return fits ? value_ref(call->arguments[0]) : create_finish(call, plain_argument(call, 1), 2);
}

static bool detach_leaf(void *context, Value *leaf) {
  Call *call = context;
  Variable *variable = value_as_variable(*leaf);
  if (!variable) return true;
  Tensor *value = variable_value(call_graph(call), variable);
  Value detached = value ? value_from_tensor(call->session, tensor_plain(call_runtime(call), value)) : value_error();
  value_unref(*leaf);
  *leaf = detached;
  return !value_is_error(detached);
}

/* Tuples and records are detached element by element. */
Value builtin_detach(Call *call) {
  return structure_map(call->session, call->arguments[0], detach_leaf, call);
}

Value builtin_item(Call *call) {
  double number;
  Variable *variable = value_as_variable(call->arguments[0]);
  if (variable && variable_layout(variable)->size != 1) {
    ShapeText shape;
    session_fail(call->session, ERROR_SHAPE, "`item` needs a single number, but this has shape %s",
                 layout_text(&shape, variable_layout(variable)));
    return argument_fail(call, 0);
  }
  if (!argument_read_number(call, 0, &number)) return value_error();
  bool truth = value_is_bool(call->arguments[0]) || (variable && variable_dtype(variable) == DTYPE_BOOL);
  return truth ? value_bool(number != 0) : value_number(number);
}
