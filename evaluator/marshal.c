/* SPDX-License-Identifier: MIT */
/* marshal.c: the arguments of a call of an operation as operands and attributes, by the kinds of its signature. */
#include "evaluator/marshal.h"
#include <math.h>
#include <string.h>
#include "base/memory.h"
#include "evaluator/builtins/arguments.h"
#include "evaluator/cut.h"
#include "runtime/kernels/elementwise.h"

static bool is_operand(char kind) {
  switch (kind) {
  case 'T': case 'M': case 'L': case 'G': return true;
  default: return false;
  }
}

static int count_attributes(const Signature *signature) {
  int count = 0;
  for (int i = 0; i < signature->shown; i++) count += !is_operand(signature->parameters[i].kind);
  return count;
}

bool marshal_start(Marshal *marshal, Call *call) {
  marshal->call = call;
  marshal->session = call->session;
  marshal->count = marshal->attribute_count = 0;
  marshal->capacity = MARSHAL_FEW;
  marshal->attributes = NULL;
  marshal->operands = marshal->few_operands;
  marshal->spans = marshal->few_spans;
  marshal->viewed = value_unbound();
  int attributes = count_attributes(call->signature);
  if (attributes == 0) return true;
  marshal->attributes = attributes_new(call_runtime(call), attributes);
  return marshal->attributes != NULL;
}

static void release_lists(Marshal *marshal) {
  if (marshal->operands == marshal->few_operands) return;
  memory_release(marshal->operands, (size_t)marshal->capacity * sizeof *marshal->operands);
  memory_release(marshal->spans, (size_t)marshal->capacity * sizeof *marshal->spans);
}

void marshal_finish(Marshal *marshal) {
  for (int i = 0; i < marshal->count; i++) tensor_unref(marshal->operands[i]);
  release_lists(marshal);
  attributes_unref(marshal->attributes);
}

static bool grow(Marshal *marshal) {
  int capacity = marshal->capacity * 2;
  Tensor **operands = memory_allocate((size_t)capacity * sizeof *operands);
  Span *spans = memory_allocate((size_t)capacity * sizeof *spans);
  if (!operands || !spans) {
    if (operands) memory_release(operands, (size_t)capacity * sizeof *operands);
    if (spans) memory_release(spans, (size_t)capacity * sizeof *spans);
    return error_out_of_memory(session_runtime(marshal->session)->error);
  }
  memcpy(operands, marshal->operands, (size_t)marshal->count * sizeof *operands);
  memcpy(spans, marshal->spans, (size_t)marshal->count * sizeof *spans);
  release_lists(marshal);
  marshal->operands = operands;
  marshal->spans = spans;
  marshal->capacity = capacity;
  return true;
}

static bool add_operand(Marshal *marshal, Tensor *tensor_taken, Span span) {
  if (marshal->count == marshal->capacity && !grow(marshal)) {
    tensor_unref(tensor_taken);
    return false;
  }
  marshal->operands[marshal->count] = tensor_taken;
  marshal->spans[marshal->count++] = span;
  return true;
}

static bool add_argument(Marshal *marshal, int index) {
  Tensor *tensor = argument_operand(marshal->call, index);
  return tensor && add_operand(marshal, tensor, marshal->call->spans[index]);
}

static bool add_item(Marshal *marshal, Value value, Span span) {
  Tensor *tensor = value_to_tensor(marshal->session, value);
  if (tensor) return add_operand(marshal, tensor, span);
  return error_at(session_runtime(marshal->session)->error, span), false;
}

/* Several tensors: a tuple, or whatever else can be walked through.  `*xs` may be given as one tuple, too. */
static bool add_list(Marshal *marshal, int index) {
  Value value = marshal->call->arguments[index];
  Span span = marshal->call->spans[index];
  bool rest = marshal->call->signature->parameters[index].rest;
  if (rest && value_tuple(value)->count == 1 && value_is(value_tuple(value)->items[0], KIND_TUPLE))
    value = value_tuple(value)->items[0];
  ValueIterator iterator;
  if (!value_iterate(marshal->session, value, &iterator)) return argument_fail(marshal->call, index), false;
  Value item;
  bool added = true;
  while (added && value_iterate_next(marshal->session, &iterator, &item)) {
    added = add_item(marshal, item, span);
    value_unref(item);
  }
  value_iterate_end(&iterator);
  return added && session_runtime(marshal->session)->error->kind == ERROR_NONE;
}

static bool add_integers(Marshal *marshal, int index) {
  Tensor *integers = argument_whole(marshal->call, index);
  return integers && add_operand(marshal, integers, marshal->call->spans[index]);
}

static bool marshal_operand(Marshal *marshal, int index, char kind) {
  Value value = marshal->call->arguments[index];
  if (kind == 'L') return add_list(marshal, index);
  if (kind == 'M' && value_is_none(value)) return add_operand(marshal, NULL, marshal->call->spans[index]);
  if (kind == 'G') return add_integers(marshal, index);
  bool viewed = op_table[marshal->call->info->op].kind == OP_KIND_VIEW && value_is_unbound(marshal->viewed);
  if (!viewed) return add_argument(marshal, index);
  marshal->viewed = value;
  return add_operand(marshal, NULL, marshal->call->spans[index]);
}

/* max(x, 0.5): who gives no whole number does not mean an axis. */
static bool axes_refused(const Call *call, int index) {
  OpId op = call->info->op;
  Error *error = session_runtime(call->session)->error;
  bool numbers = error->kind == ERROR_TYPE && !value_is(call->arguments[index], KIND_STRING);
  if (numbers && (op == OP_max || op == OP_min))
    error_hint(error, "of two values: %s(x, y)", op_table[op == OP_max ? OP_maximum : OP_minimum].name);
  return false;
}

static bool set_integers(Marshal *marshal, int index, int at, bool single_too) {
  IntegerList list;
  Value value = marshal->call->arguments[index];
  bool spread = marshal->call->signature->parameters[index].rest && value_tuple(value)->count == 1;
  Call inner = *marshal->call;
  Value values[SIGNATURE_PARAMETERS];
  if (spread) { /* transpose(x, (2, 0, 1)) */
    values[index] = value_tuple(value)->items[0];
    inner.arguments = values;
  }
  if (!argument_integers(&inner, index, &list)) return axes_refused(&inner, index);
  if (list.single && single_too) return attributes_set_integer(marshal->attributes, at, list.values[0]), true;
  return attributes_set_integers(session_runtime(marshal->session), marshal->attributes, at, list.count, list.values);
}

static bool set_scalar(Marshal *marshal, int index, int at, char kind) {
  Call *call = marshal->call;
  Attributes *attributes = marshal->attributes;
  int64_t integer;
  double number;
  bool truth;
  DType dtype;
  if (kind == 'I') cut_check_number(call, index);
  switch (kind) {
  case 'I': return argument_integer(call, index, &integer) && (attributes_set_integer(attributes, at, integer), true);
  case 'N': return argument_number(call, index, &number) && (attributes_set_number(attributes, at, number), true);
  case 'B': return argument_bool(call, index, &truth) && (attributes_set_bool(attributes, at, truth), true);
  case 'D': return argument_dtype(call, index, &dtype) && (attributes_set_dtype(attributes, at, dtype), true);
  default: return false;
  }
}

static bool marshal_attribute(Marshal *marshal, int index, char kind) {
  Call *call = marshal->call;
  int at = marshal->attribute_count++;
  bool rest = call->signature->parameters[index].rest;
  bool absent = argument_is_none(call, index) && call->signature->parameters[index].has_default;
  if (absent || (rest && value_tuple(call->arguments[index])->count == 0)) return true;
  if (kind == 'A' || kind == 'S') return set_integers(marshal, index, at, kind == 'A');
  if (kind == 'O') kind = value_is(call->arguments[index], KIND_STRING) ? 'W' : 'N';
  if (kind != 'W') return set_scalar(marshal, index, at, kind);
  const String *text = argument_text(call, index);
  return text && attributes_set_text(call_runtime(call), marshal->attributes, at, text->text);
}

static bool is_whole(double number) {
  return fabs(number) < 9e15 && number == floor(number);
}

static bool is_integer(const Tensor *tensor) {
  return tensor && dtype_info[tensor->dtype].kind == DTYPE_KIND_INTEGER;
}

/* Whether all integer tensors of the call can hold a number as it is. */
static bool is_held(const Marshal *marshal, double number) {
  for (int i = 0; i < marshal->count; i++) {
    const Tensor *tensor = marshal->operands[i];
    if (is_integer(tensor) && !dtype_holds((DType)tensor->dtype, number)) return false;
  }
  return true;
}

/* The widest type of the integer tensors; bool: there are none. */
static DType integers_type(const Marshal *marshal) {
  DType type = DTYPE_BOOL;
  for (int i = 0; i < marshal->count; i++)
    if (is_integer(marshal->operands[i]))
      type = dtype_promote(type, false, (DType)marshal->operands[i]->dtype, false);
  return type;
}

/* Whole numbers beside integer tensors that can hold them count as integers: clip(n, 0, 1) keeps the dtype of n. */
static bool adapt_numbers(Marshal *marshal) {
  for (int i = 0; i < marshal->count; i++) {
    const Tensor *tensor = marshal->operands[i];
    if (!tensor || !tensor_is_float(tensor)) continue;
    if (!operand_is_number(tensor) || !is_whole(tensor_number_at(tensor, 0))) return true;
  }
  DType type = integers_type(marshal);
  for (int i = 0; type != DTYPE_BOOL && i < marshal->count; i++) {
    Tensor *tensor = marshal->operands[i];
    if (!tensor || !operand_is_number(tensor) || !is_held(marshal, tensor_number_at(tensor, 0))) continue;
    Tensor *integer = tensor_cast(session_runtime(marshal->session), tensor, type);
    if (!integer) return false;
    tensor_unref(tensor);
    marshal->operands[i] = integer;
  }
  return true;
}

bool marshal_arguments(Marshal *marshal) {
  const Signature *signature = marshal->call->signature;
  for (int i = 0; i < signature->shown; i++) {
    char kind = signature->parameters[i].kind;
    bool done = is_operand(kind) ? marshal_operand(marshal, i, kind) : marshal_attribute(marshal, i, kind);
    if (!done) return false;
  }
  return adapt_numbers(marshal);
}
