/* SPDX-License-Identifier: MIT */
/* json_write.c: values as JSON text. */

#include "base/source.h"
#include "runtime/format/json.h"
#include "runtime/format/number.h"
#include "runtime/format/text.h"

enum {
  POLL = 1 << 12,      /* elements or arrays, of which each may take a microsecond */
  EMPTY_MOST = 1 << 24 /* empty arrays in a text */
};

static void write_double(Buffer *out, double number, bool single) {
  Decimal decimal = decimal_from_number(number, single, DECIMAL_SHORTEST);
  if (decimal.kind == DECIMAL_FINITE) {
    decimal_write(out, &decimal);
    if (decimal.count == 0 && decimal.negative) buffer_add_text(out, ".0"); /* readers take -0 for an integer */
  }
  else buffer_add_text(out, decimal.kind == DECIMAL_NAN ? "NaN" : decimal.negative ? "-Infinity" : "Infinity");
}

void json_write_number(Buffer *out, double number) {
  write_double(out, number, false);
}

/* ---- strings */
static void write_character(Buffer *out, uint32_t character) {
  if (text_named_escape(out, character, "\nn\tt\rr\bb\ff\"\"\\\\")) return;
  if (character >= 0x20 && character < 0x7f) {
    buffer_add_byte(out, (char)character);
  } else if (character < 0x10000) {
    buffer_format(out, "\\u%04x", character);
  } else {
    character -= 0x10000;
    buffer_format(out, "\\u%04x\\u%04x", 0xd800 + (character >> 10), 0xdc00 + (character & 0x3ff));
  }
}

void json_write_string(Buffer *out, const char *text, size_t length) {
  const char *limit = text + length;
  buffer_add_byte(out, '"');
  while (text < limit) {
    uint32_t character = 0;
    int bytes = utf8_decode(text, limit, &character);
    write_character(out, bytes ? character : 0xfffd);
    text += bytes ? bytes : 1;
  }
  buffer_add_byte(out, '"');
}

/* ---- tensors */
static void write_element(Buffer *out, const Tensor *tensor, int64_t index) {
  if (!tensor_is_float(tensor)) text_element(out, tensor, index, NULL);
  else write_double(out, tensor_number_at(tensor, index), tensor->dtype == DTYPE_FLOAT32);
}

/* Elements and arrays written. */
typedef struct Count { int64_t elements, parts; } Count;

/* Recursion goes as deep as there are axes. */
static bool write_part(Buffer *out, Runtime *runtime, const Tensor *tensor, int axis, Count *count) {
  if (++count->parts % POLL == 0 && runtime_interrupted(runtime)) return false;
  if (axis == tensor_ndim(tensor)) {
    write_element(out, tensor, count->elements++);
    return true;
  }
  buffer_add_byte(out, '[');
  for (int64_t i = 0; i < layout_shape(tensor->layout)[axis]; i++) {
    if (i) buffer_add_text(out, ", ");
    if (!write_part(out, runtime, tensor, axis + 1, count)) return false;
    if (out->failed) return runtime_out_of_memory(runtime);
  }
  buffer_add_byte(out, ']');
  return true;
}

/* A tensor without elements takes no memory, but its text would hold every empty array. */
static bool check_arrays(Runtime *runtime, const Layout *layout) {
  int64_t arrays = 1;
  if (layout->size > 0) return true;
  for (int axis = 0; axis < layout->ndim && layout_shape(layout)[axis] > 0; axis++) {
    arrays = layout_shape(layout)[axis] > EMPTY_MOST ? EMPTY_MOST + 1 : arrays * layout_shape(layout)[axis];
    if (arrays > EMPTY_MOST) break;
  }
  ShapeText shape;
  if (arrays <= EMPTY_MOST) return true;
  return error_set(runtime->error, ERROR_VALUE, "the empty arrays of shape %s are too many to write as JSON",
                   layout_text(&shape, layout));
}

bool json_write_tensor(Buffer *out, Runtime *runtime, const Tensor *tensor) {
  if (!tensor_ready(runtime, tensor) || !check_arrays(runtime, tensor->layout)) return false;
  Count count = {0, 0};
  if (!write_part(out, runtime, tensor, 0, &count)) return false;
  return !out->failed || runtime_out_of_memory(runtime);
}
