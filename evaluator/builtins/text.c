/* SPDX-License-Identifier: MIT */
/* text.c: print, str, format, errors and print options. */
#include <string.h>
#include "evaluator/builtins/builtins.h"
#include "evaluator/format.h"
#include "evaluator/machine.h"
#include "runtime/format/number.h"

static Value string_from_buffer(Session *session, Buffer *buffer, bool written) {
  Value value = value_error();
  if (buffer->failed) error_out_of_memory(session_runtime(session)->error);
  else if (written) value = value_object_or_error(string_new(session, buffer_text(buffer), buffer->length));
  buffer_free(buffer);
  return value;
}

static bool add_argument_text(Call *call, int index, Buffer *out) {
  const String *text = argument_text(call, index);
  if (text) buffer_add(out, text->text, text->length);
  return text != NULL;
}

/* print(*xs, sep=" ", end="\n") */
Value builtin_print(Call *call) {
  const Tuple *values = value_tuple(call->arguments[0]);
  Buffer out = {0};
  bool written = true;
  for (uint32_t i = 0; written && i < values->count; i++) {
    if (i) written = add_argument_text(call, 1, &out);
    written = written && value_text(call->session, &out, values->items[i], false);
  }
  written = written && add_argument_text(call, 2, &out);
  if (out.failed) written = error_out_of_memory(call_runtime(call)->error);
  if (written) session_print(call->session, STREAM_RESULT, buffer_text(&out), out.length);
  buffer_free(&out);
  return written ? value_none() : value_error();
}

Value builtin_str(Call *call) {
  Buffer out = {0};
  if (value_is(call->arguments[0], KIND_STRING)) return value_ref(call->arguments[0]);
  bool written = value_text(call->session, &out, call->arguments[0], false);
  return string_from_buffer(call->session, &out, written);
}

/* format(x, spec="") */
Value builtin_format(Call *call) {
  const Value value = call->arguments[0];
  bool template = value_is(value, KIND_STRING) && strchr(value_string(value)->text, '{') && call->given[1];
  if (template) {
    argument_refuse(call, 1, ERROR_ARGUMENT, "values are put into a text by f\"x = {x:.3f}\"",
                    "`format` writes one value in a format like \".3f\"");
    return value_error();
  }
  const String *spec = argument_text(call, 1);
  Buffer out = {0};
  bool written = spec && format_value(call->session, &out, call->arguments[0], spec->text, spec->length);
  if (spec && !written && call_runtime(call)->error->operand >= 0)
    argument_fail(call, call_runtime(call)->error->operand);
  return string_from_buffer(call->session, &out, written);
}

/* The kind of an error that was caught, or of a record like it. */
static ErrorKind kind_of_record(const Record *record) {
  const RecordField *field = record_find(record, "kind", 4);
  if (!field || !value_is(field->value, KIND_STRING)) return ERROR_USER;
  for (ErrorKind kind = ERROR_SYNTAX; kind < ERROR_USER; kind++)
    if (strcmp(value_string(field->value)->text, error_kind_name(kind)) == 0) return kind;
  return ERROR_USER;
}

static void hint_of_record(Error *error, const Record *record) {
  const RecordField *hint = record_find(record, "hint", 4), *value = record_find(record, "value", 5);
  if (hint && value_is(hint->value, KIND_STRING)) error_hint(error, "%s", value_string(hint->value)->text);
  error->of_none = value && value_is_none(value->value);
}

/* error(message): an error that was caught is thrown again with its message and kind; a record may also have a hint and
   the value that the message is about. */
Value builtin_error(Call *call) {
  Value value = call->arguments[0];
  ErrorKind kind = ERROR_USER;
  if (value_is(value, KIND_RECORD)) {
    const RecordField *field = record_find(value_record(value), "message", 7);
    kind = kind_of_record(value_record(value));
    if (field) value = field->value;
  }
  Buffer out = {0};
  if (value_text(call->session, &out, value, false)) session_fail(call->session, kind, "%s", buffer_text(&out));
  if (value_is(call->arguments[0], KIND_RECORD))
    hint_of_record(call_runtime(call)->error, value_record(call->arguments[0]));
  buffer_free(&out);
  return value_error();
}

static bool read_option(Call *call, int index, int least, int most, int *option) {
  int64_t integer;
  if (argument_is_none(call, index)) return true;
  if (!argument_integer(call, index, &integer)) return false;
  if (integer >= least && integer <= most) return *option = (int)integer, true;
  session_fail(call->session, ERROR_ARGUMENT, "`%s` goes from %d to %d", call->signature->parameters[index].name, least,
               most);
  argument_fail(call, index);
  return false;
}

/* set_printoptions(*, precision, threshold, linewidth, suppress) */
Value builtin_set_printoptions(Call *call) {
  TextOptions options = *session_text_options(call->session);
  bool suppress = options.suppress;
  if (!read_option(call, 0, 1, DECIMAL_SHORTEST, &options.precision) ||
      !read_option(call, 1, 0, 1000000000, &options.threshold) ||
      !read_option(call, 2, 10, 100000, &options.line_width)) return value_error();
  if (!argument_is_none(call, 3) && !argument_bool(call, 3, &suppress)) return value_error();
  options.suppress = suppress;
  *session_text_options(call->session) = options;
  return value_none();
}

/* show(x): everything, however large. */
Value builtin_show(Call *call) {
  TextOptions *options = session_text_options(call->session);
  bool full = options->full;
  Buffer out = {0};
  options->full = true;
  bool written = value_text(call->session, &out, call->arguments[0], true);
  options->full = full;
  buffer_add_byte(&out, '\n');
  if (out.failed) written = error_out_of_memory(call_runtime(call)->error);
  if (written) session_print(call->session, STREAM_RESULT, buffer_text(&out), out.length);
  buffer_free(&out);
  return written ? value_none() : value_error();
}
