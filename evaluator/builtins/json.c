/* SPDX-License-Identifier: MIT */
/* json.c: values as JSON and back. */
#include "runtime/format/json.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/list.h"

typedef struct Writer { Session *session; Buffer *out; int depth; } Writer;

static bool write_value(Writer *writer, Value value);

static bool write_items(Writer *writer, const Tuple *tuple) {
  buffer_add_byte(writer->out, '[');
  for (uint32_t i = 0; i < tuple->count; i++) {
    if (i) buffer_add_text(writer->out, ", ");
    if (!write_value(writer, tuple->items[i])) return false;
  }
  buffer_add_byte(writer->out, ']');
  return true;
}

static bool write_fields(Writer *writer, const Record *record) {
  buffer_add_byte(writer->out, '{');
  for (uint32_t i = 0; i < record->count; i++) {
    if (i) buffer_add_text(writer->out, ", ");
    json_write_string(writer->out, record->fields[i].name->text, record->fields[i].name->length);
    buffer_add_text(writer->out, ": ");
    if (!write_value(writer, record->fields[i].value)) return false;
  }
  buffer_add_byte(writer->out, '}');
  return true;
}

static bool write_nested(Writer *writer, Value value) {
  if (writer->depth == JSON_DEPTH) {
    session_fail(writer->session, ERROR_DEPTH, "this is nested too deeply for JSON");
    return false;
  }
  writer->depth++;
  bool written = value_is(value, KIND_TUPLE) ? write_items(writer, value_tuple(value))
                                             : write_fields(writer, value_record(value));
  writer->depth--;
  return written;
}

static bool write_tensor(Writer *writer, Value value) {
  Tensor *tensor = value_to_tensor(writer->session, value);
  bool written = tensor && json_write_tensor(writer->out, session_runtime(writer->session), tensor);
  tensor_unref(tensor);
  return written;
}

static bool write_value(Writer *writer, Value value) {
  Buffer *out = writer->out;
  if (out->failed) return false;
  if (value_is_number(value)) return json_write_number(out, value.number), true;
  if (value_is_bool(value)) return buffer_add_text(out, value.number != 0 ? "true" : "false"), true;
  if (value_is_none(value)) return buffer_add_text(out, "null"), true;
  if (value_is(value, KIND_STRING))
    return json_write_string(out, value_string(value)->text, value_string(value)->length), true;
  if (value_is(value, KIND_TUPLE) || value_is(value, KIND_RECORD)) return write_nested(writer, value);
  if (value_is(value, KIND_VARIABLE) || value_is(value, KIND_RANGE)) return write_tensor(writer, value);
  if (!value_is(value, KIND_DTYPE)) {
    session_fail(writer->session, ERROR_TYPE, "a %s cannot be written as JSON", value_type_name(value));
    return false;
  }
  const DTypeObject *type = (const DTypeObject *)(const void *)value.object;
  buffer_format(out, "\"%s\"", dtype_info[type->dtype].name);
  return true;
}

Value builtin_to_json(Call *call) {
  Buffer out = {0};
  Writer writer = {call->session, &out, 0};
  bool written = write_value(&writer, call->arguments[0]);
  Value value = value_error();
  if (out.failed) error_out_of_memory(call_runtime(call)->error);
  else if (written) value = value_object_or_error(string_new(call->session, buffer_text(&out), out.length));
  buffer_free(&out);
  return value;
}

/* ---- reading */
typedef struct Reading { Session *session; JsonReader reader; } Reading;

static Value read_value(Reading *reading, JsonEvent event);

/* A number that only an int64 holds. */
static Value read_integer(Session *session, int64_t integer) {
  Tensor *tensor = tensor_new(session_runtime(session), DTYPE_INT64, &layout_scalar);
  if (tensor) *(int64_t *)tensor_data(tensor) = integer;
  return value_from_tensor(session, tensor);
}

static bool is_integer(Value value) {
  const Variable *variable = value_as_variable(value);
  return variable && variable_dtype(variable) == DTYPE_INT64;
}

static bool has_integers(const ValueList *list) {
  for (uint32_t i = 0; i < list->count; i++)
    if (is_integer(list->values[i])) return true;
  return false;
}

/* NULL when some number is not whole, or an error is recorded. */
static Tensor *as_integers(Session *session, Value value) {
  Tensor *tensor = value_to_tensor(session, value), *integers = NULL;
  bool whole = tensor != NULL;
  for (int64_t i = 0; whole && !is_integer(value) && i < tensor_size(tensor); i++)
    whole = dtype_holds(DTYPE_INT64, tensor_number_at(tensor, i));
  if (whole) integers = tensor_cast(session_runtime(session), tensor, DTYPE_INT64);
  tensor_unref(tensor);
  return integers;
}

/* Whole numbers that become a tensor with such as only an int64 holds are int64 too: in a double these lose digits. */
static bool unite_integers(ValueList *list) {
  if (!has_integers(list) || !value_list_is_uniform(list)) return true;
  ValueList integers = value_list_start(list->session);
  bool whole = true;
  for (uint32_t i = 0; whole && i < list->count; i++) {
    Tensor *tensor = as_integers(list->session, list->values[i]);
    whole = tensor && value_list_add(&integers, value_from_tensor(list->session, tensor));
  }
  ValueList unused = whole ? *list : integers;
  if (whole) *list = integers;
  value_list_drop(&unused);
  return session_runtime(list->session)->error->kind == ERROR_NONE;
}

/* Lists of numbers of one shape become tensors, others tuples. */
static Value read_array(Reading *reading) {
  ValueList list = value_list_start(reading->session);
  JsonEvent event;
  while ((event = json_next(&reading->reader)) != JSON_ARRAY_END) {
    Value item = read_value(reading, event);
    if (value_is_error(item) || !value_list_add(&list, item)) return value_list_drop(&list);
  }
  return unite_integers(&list) ? value_list_finish(&list, LIST_PREFER_TENSOR) : value_list_drop(&list);
}

static Value read_object(Reading *reading) {
  Record *record = record_new(reading->session);
  JsonEvent event;
  while (record && (event = json_next(&reading->reader)) != JSON_OBJECT_END) {
    String *key = event == JSON_KEY ? string_new(reading->session, buffer_text(&reading->reader.string),
                                                 reading->reader.string.length) : NULL;
    Value item = key ? read_value(reading, json_next(&reading->reader)) : value_error();
    bool set = !value_is_error(item) && record_set(reading->session, record, key->text, key->length, item);
    if (key) value_unref(value_object(key));
    if (set) continue;
    value_unref(value_object(record));
    return value_error();
  }
  return value_object_or_error(record);
}

static Value read_value(Reading *reading, JsonEvent event) {
  JsonReader *reader = &reading->reader;
  switch (event) {
  case JSON_NULL: return value_none();
  case JSON_TRUE: return value_bool(true);
  case JSON_FALSE: return value_bool(false);
  case JSON_NUMBER: return value_number(reader->number);
  case JSON_INTEGER: return read_integer(reading->session, reader->integer);
  case JSON_STRING:
    return value_object_or_error(string_new(reading->session, buffer_text(&reader->string), reader->string.length));
  case JSON_ARRAY: return read_array(reading);
  case JSON_OBJECT: return read_object(reading);
  default: return value_error();
  }
}

Value builtin_from_json(Call *call) {
  const String *text = argument_text(call, 0);
  if (!text) return value_error();
  Reading reading = {.session = call->session};
  json_reader_start(&reading.reader, call_runtime(call), text->text, text->length);
  Value value = read_value(&reading, json_next(&reading.reader));
  if (!value_is_error(value) && json_next(&reading.reader) != JSON_DONE) {
    value_unref(value);
    value = value_error();
  }
  json_reader_free(&reading.reader);
  return value;
}
