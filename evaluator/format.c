/* SPDX-License-Identifier: MIT */
/* format.c: values under a format spec. */
#include "evaluator/format.h"
#include <math.h>
#include "evaluator/failure.h"

static bool fail_spec(Session *session, const char *spec) {
  error_set(&session->error, ERROR_VALUE, "`%.40s` is no format here", spec);
  error_hint(&session->error, "formats look like `.4f`, `8.2f`, `.3e`, `d` or `>10`");
  error_blame(&session->error, FORMAT_SPEC);
  return false;
}

static bool fits_numbers(const char *spec, size_t length) {
  Buffer text = {0};
  bool fits = text_format_number(&text, 0, spec, length);
  buffer_free(&text);
  return fits;
}

/* `d` of 1.5: the spec would do for a whole number. */
static bool fail_number(Session *session, double number, const char *spec, size_t length) {
  Buffer text = {0};
  bool whole_fits = fits_numbers(spec, length);
  text_number(&text, number, NULL);
  if (whole_fits && (!isfinite(number) || nearbyint(number) != number)) {
    error_set(&session->error, ERROR_VALUE, "the format `%.40s` needs a whole number, not %s", spec,
              buffer_text(&text));
    if (isfinite(number)) error_hint(&session->error, "to round it, write `.0f`");
    error_blame(&session->error, FORMAT_VALUE);
  } else fail_spec(session, spec);
  buffer_free(&text);
  return false;
}

/* Text is aligned, and a string may be cut; a value of another kind would no longer be what it says. */
static bool add_text(Session *session, Buffer *out, Value value, const char *spec, size_t length) {
  Buffer text = {0};
  bool string = value_is(value, KIND_STRING), written = value_text(session, &text, value, false);
  size_t before = out->length;
  bool fits = written && text_format_text(out, buffer_text(&text), text.length, spec, length) &&
              (string || out->length - before >= text.length);
  buffer_free(&text);
  if (fits || !written) return written;
  if (string && !fits_numbers(spec, length)) return fail_spec(session, spec);
  ShownText kind;
  error_set(&session->error, ERROR_TYPE, "the format `%.40s` needs a number, not %s", spec,
            shown_kind(session, &kind, value));
  error_blame(&session->error, FORMAT_VALUE);
  return false;
}

/* The tensor that holds a single number, or NULL. */
static Variable *single_number(Value value) {
  Variable *variable = value_as_variable(value);
  return variable && variable_layout(variable)->size == 1 && variable_dtype(variable) != DTYPE_BOOL ? variable : NULL;
}

static bool add_element(Session *session, Buffer *out, Variable *variable, const char *spec, size_t length) {
  const Tensor *tensor = variable_value(&session->graph, variable);
  if (!tensor || !tensor_ready(&session->runtime, tensor)) return false;
  double number = tensor_number_at(tensor, 0);
  bool written = tensor_is_float(tensor) ? text_format_number(out, number, spec, length)
                                         : text_format_integer(out, tensor_integer_at(tensor, 0), spec, length);
  return written || fail_number(session, number, spec, length);
}

bool format_value(Session *session, Buffer *out, Value value, const char *spec, size_t length) {
  if (length == 0) return value_text(session, out, value, false);
  Variable *single = single_number(value);
  if (single) return add_element(session, out, single, spec, length);
  if (!value_is_number(value)) return add_text(session, out, value, spec, length);
  return text_format_number(out, value.number, spec, length) || fail_number(session, value.number, spec, length);
}
