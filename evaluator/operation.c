/* SPDX-License-Identifier: MIT */
/* operation.c: from the arguments of a call to operands and attributes, through the operation, back to a value. */
#include "evaluator/operation.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "evaluator/builtins/arguments.h"
#include "evaluator/builtins/create.h"
#include "evaluator/builtins/recorded.h"
#include "evaluator/constness.h"
#include "evaluator/cut.h"
#include "evaluator/marshal.h"
#include "evaluator/wanted.h"
#include "runtime/kernels/elementwise.h"

/* The arguments that operations share; absent ones are NULL or unset. */
typedef struct Common {
  Variable *out;
  Tensor *mask;   /* where=, owned */
  Span out_span, mask_span;
  bool has_dtype;
  DType dtype;
  Constness constness;
} Common;

static bool read_out(Call *call, int index, Common *common) {
  Value value = call->arguments[index];
  common->out_span = call->spans[index];
  if (value_is_none(value)) return true;
  common->out = value_as_variable(value);
  if (!common->out)
    session_fail(call->session, ERROR_ARGUMENT, "`out` must be a tensor to write into, not a %s",
                 value_type_name(value));
  return common->out != NULL;
}

static bool read_mask(Call *call, int index, Common *common) {
  Value value = call->arguments[index];
  common->mask_span = call->spans[index];
  if (value_is_none(value) || (value_is_bool(value) && value.number != 0)) return true;
  Tensor *mask = value_to_tensor(call->session, value);
  if (!mask) return false;
  common->mask = mask->dtype == DTYPE_BOOL ? tensor_ref(mask)
                                            : tensor_cast(session_runtime(call->session), mask, DTYPE_BOOL);
  tensor_unref(mask);
  return common->mask != NULL;
}

static bool read_common(Call *call, Common *common) {
  const Signature *signature = call->signature;
  for (int i = signature->shown; i < signature->count; i++) {
    if (!call->given[i]) continue;
    const char *name = signature->parameters[i].name;
    Value value = call->arguments[i];
    bool read = true;
    if (strcmp(name, "out") == 0) read = read_out(call, i, common);
    else if (strcmp(name, "where") == 0) read = read_mask(call, i, common);
    else if (strcmp(name, "constant") == 0) read = constness_read(call->session, value, &common->constness);
    else if (!value_is_none(value)) read = common->has_dtype = argument_dtype(call, i, &common->dtype);
    if (!read) return error_at(session_runtime(call->session)->error, call->spans[i]), false;
  }
  return true;
}

/* The operand is replaced; false: `operand_taken` is NULL. */
static bool replace_operand(Marshal *marshal, int index, Tensor *operand_taken) {
  if (!operand_taken) return false;
  tensor_unref(marshal->operands[index]);
  marshal->operands[index] = operand_taken;
  return true;
}

/* Whether the operands are integers, beside which there may be plain numbers that the dtype holds. */
static bool are_whole(const Marshal *marshal, DType dtype) {
  bool integers = false;
  for (int i = 0; i < marshal->count; i++) {
    const Tensor *operand = marshal->operands[i];
    if (!operand) continue;
    if (!tensor_is_float(operand)) integers = true;
    else if (!operand_is_number(operand) || !dtype_holds(dtype, tensor_number_at(operand, 0))) return false;
  }
  return integers;
}

/* dtype=float32 computes in float32; dtype=int with whole numbers at least in int64. */
static bool cast_operands(Marshal *marshal, DType dtype) {
  bool whole = !dtype_is_float(dtype);
  if (whole && !are_whole(marshal, dtype)) return true;
  for (int i = 0; i < marshal->count; i++) {
    Tensor *operand = marshal->operands[i];
    if (!operand) continue;
    bool widens = whole && !tensor_is_float(operand);
    DType wanted = widens ? dtype_promote((DType)operand->dtype, false, dtype, false) : dtype;
    if (operand->dtype != wanted && !replace_operand(marshal, i, op_cast(session_graph(marshal->session), operand, wanted)))
      return false;
  }
  return true;
}

/* Nothing is lost without being told. */
static Tensor *cast_result(Call *call, Tensor *result_taken, DType dtype) {
  if (!result_taken || result_taken->dtype == dtype) return result_taken;
  bool holds = dtype_is_float(dtype) || create_holds(call, result_taken, dtype);
  Tensor *cast = holds ? op_cast(session_graph(call->session), result_taken, dtype) : NULL;
  tensor_unref(result_taken);
  return cast;
}

/* A new tensor: the number where the mask does not hold. */
static Tensor *blanked(Session *session, Tensor *tensor, double number, const Common *common) {
  Tensor *other = tensor_new_number(session_runtime(session), (DType)tensor->dtype, number);
  Tensor *operands[3] = {common->mask, tensor, other};
  Tensor *result = other ? op_apply(session_graph(session), OP_where, 3, operands, NULL) : NULL;
  if (!result) operation_explain(session, 1, &common->mask_span, common->mask_span);
  tensor_unref(other);
  return result;
}

/* Zero where the mask does not hold. */
static Tensor *blank_result(Session *session, Tensor *result_taken, const Common *common) {
  Tensor *result = result_taken ? blanked(session, result_taken, 0, common) : NULL;
  tensor_unref(result_taken);
  return result;
}

/* Whole numbers are not divided by 0, nor raised to a negative power, where nobody asked for it. */
static bool blank_divisor(Marshal *marshal, const Common *common) {
  Tensor *x = marshal->operands[0], *y = marshal->operands[1];
  bool whole = !tensor_is_float(x) && !tensor_is_float(y);
  return !whole || replace_operand(marshal, 1, blanked(marshal->session, y, 1, common));
}

/* What is to be constant is written without its history; the write itself is recorded. */
static Value write_out(Session *session, Tensor *result_taken, const Common *common) {
  if (result_taken && common->constness == CONSTNESS_CONSTANT) {
    Tensor *plain = tensor_plain(session_runtime(session), result_taken);
    tensor_unref(result_taken);
    result_taken = plain;
  }
  if (!result_taken) return value_error();
  Graph *graph = session_graph(session);
  bool written = common->mask ? variable_write_masked(graph, common->out, result_taken, common->mask)
                              : variable_write(graph, common->out, result_taken);
  tensor_unref(result_taken);
  if (written) cut_check_write(session, common->out, common->out_span, common->out_span);
  if (written) return value_object(variable_ref(common->out));
  operation_explain(session, 2, (const Span[]){common->out_span, common->mask_span}, common->out_span);
  return value_error();
}

static bool has_nan(const Tensor *tensor) {
  for (int64_t i = 0; i < tensor_size(tensor); i++)
    if (isnan(tensor_number_at(tensor, i))) return true;
  return false;
}

/* Forgets the warning of an operation whose nan all stand where the mask does not hold. */
static void drop_masked_warning(Session *session, Tensor *result, const Common *common,
                                const struct RuntimeWarning *before) {
  Graph *graph = session_graph(session);
  if (session_runtime(session)->warning.count == before->count) return;
  bool recording = graph->recording;
  graph->recording = false;
  Tensor *seen = blank_result(session, tensor_ref(result), common);
  graph->recording = recording;
  if (seen && !has_nan(seen)) session_runtime(session)->warning = *before;
  tensor_unref(seen);
}

/* sin(x, dtype=int) would only lose digits. */
static bool dtype_fits(Call *call, const Common *common) {
  if (!common->has_dtype || dtype_is_float(common->dtype) || op_table[call->info->op].type != OP_TYPE_FLOAT)
    return true;
  session_fail(call->session, ERROR_ARGUMENT,
               "`%s` gives real numbers, which %s cannot hold: `dtype` is float32 or float64",
               call->info->name, dtype_info[common->dtype].name);
  return false;
}

static bool prepare_operands(Call *call, Marshal *marshal, const Common *common) {
  if (!dtype_fits(call, common)) return false;
  if (common->has_dtype && !cast_operands(marshal, common->dtype)) return false;
  return !common->mask || op_table[call->info->op].kind != OP_KIND_BINARY || blank_divisor(marshal, common);
}

/* What an operation is composed of warns by its own name: that of the operation stands before it. */
static void name_composed(Runtime *runtime, OpId op, int warnings) {
  struct RuntimeWarning *warning = &runtime->warning, part = *warning;
  if (op_table[op].kind != OP_KIND_COMPOSED || warnings > 0 || part.count == 0) return;
  int room = (int)(sizeof part.text - strlen(op_table[op].name) - sizeof "``: ");
  snprintf(warning->text, sizeof warning->text, "`%s`: %.*s", op_table[op].name, room, part.text);
}

static Value compute(Call *call, Marshal *marshal, const Common *common) {
  Session *session = call->session;
  Graph *graph = session_graph(session);
  if (!prepare_operands(call, marshal, common)) return value_error();
  struct RuntimeWarning before = session_runtime(session)->warning;
  Tensor *result = op_apply(graph, call->info->op, marshal->count, marshal->operands, marshal->attributes);
  if (result && common->mask) drop_masked_warning(session, result, common, &before);
  name_composed(session_runtime(session), call->info->op, before.count);
  if (common->mask && (common->has_dtype || !common->out)) result = blank_result(session, result, common);
  if (common->has_dtype) result = cast_result(call, result, common->dtype);
  if (common->out) return write_out(session, result, common);
  return constness_apply(session, result, common->constness);
}

/* A window shares its base's cell; one that is to be constant, or a variable of its own, does not. */
static Value compute_view(Call *call, Marshal *marshal, const Common *common) {
  Session *session = call->session;
  Value view = operation_view(session, call->info->op, marshal->viewed, marshal->attributes);
  return common->constness == CONSTNESS_KEEP ? view : constness_set(session, view, common->constness);
}

static Value run(Call *call, Marshal *marshal, const Common *common) {
  Graph *graph = session_graph(call->session);
  bool recording = graph->recording;
  if (common->constness == CONSTNESS_CONSTANT && !common->out) graph->recording = false;
  bool views = op_table[call->info->op].kind == OP_KIND_VIEW;
  bool composed = op_table[call->info->op].kind == OP_KIND_COMPOSED;
  RecordedCall recorded = composed ? recorded_start(call) : (RecordedCall){0};
  Value result = views ? compute_view(call, marshal, common) : compute(call, marshal, common);
  bool several = composed && graph->sequence > recorded.steps.first;
  if (several && !value_is_error(result)) recorded_finish(call, &recorded); /* people know it as one step */
  graph->recording = recording;
  return result;
}

/* The table knows `min`, the user wrote `amin`. */
static void name_alias(const Call *call) {
  Buffer *message = &session_runtime(call->session)->error->message;
  const char *name = op_table[call->info->op].name, *written = call->info->name;
  const char *dot = strrchr(written, '.'), *text = buffer_text(message);
  size_t length = strlen(name);
  if (strcmp(name, dot ? dot + 1 : written) == 0 || text[0] != '`' || strncmp(text + 1, name, length) != 0 ||
      text[length + 1] != '`')
    return;
  Buffer renamed = {0};
  buffer_format(&renamed, "`%s%s", written, text + length + 1);
  if (!renamed.failed) {
    buffer_clear(message);
    buffer_add(message, buffer_text(&renamed), renamed.length);
  }
  buffer_free(&renamed);
}

/* An operand that may be missing was given as none, which may be what is wrong. */
static void note_none(const Call *call) {
  for (int i = 0; i < call->signature->shown; i++)
    if (call->signature->parameters[i].kind == 'M' && call->given[i] && value_is_none(call->arguments[i]))
      session_runtime(call->session)->error->of_none = true;
}

/* An error about an axis or a shape is marked at the argument of that name. */
static Span blamed_place(const Call *call) {
  const Error *error = session_runtime(call->session)->error;
  if (error->operand >= 0) return call->span;
  for (int i = 0; i < call->signature->shown; i++) {
    const ParameterInfo *parameter = &call->signature->parameters[i];
    bool attribute = strchr("AISNW", parameter->kind) != NULL;
    if (attribute && call->given[i] && strstr(buffer_text(&error->message), parameter->name)) return call->spans[i];
  }
  return call->span;
}

Value operation_call(Call *call) {
  Common common = {0};
  Marshal marshal;
  Value result = value_error();
  if (marshal_start(&marshal, call)) {
    if (marshal_arguments(&marshal) && read_common(call, &common)) result = run(call, &marshal, &common);
    if (value_is_error(result)) {
      name_alias(call);
      note_none(call);
      hint_listed(call);
      operation_explain(call->session, marshal.count, marshal.spans, blamed_place(call));
    }
  }
  tensor_unref(common.mask);
  marshal_finish(&marshal);
  return result;
}

Value operation_apply(Session *session, OpId op, int count, Tensor *const *tensors, Attributes *attributes) {
  return value_from_tensor(session, op_apply(session_graph(session), op, count, tensors, attributes));
}

Value operation_view(Session *session, OpId op, Value operand, Attributes *attributes) {
  Graph *graph = session_graph(session);
  Variable *variable = value_as_variable(operand);
  if (variable) return value_from_variable(session, variable_view(graph, variable, op, attributes));
  Tensor *tensor = value_to_tensor(session, operand);
  if (!tensor) return value_error();
  variable = variable_new_take(graph, tensor);
  if (!variable) return value_error();
  Value view = value_from_variable(session, variable_view(graph, variable, op, attributes));
  variable_unref(variable);
  return view;
}
