/* SPDX-License-Identifier: MIT */
/* text.c: numbers, elements and whole tensors as text; which form a tensor takes. */
#include "runtime/format/text.h"

#include <math.h>

#include "runtime/format/text_cell.h"

enum { CELL_BYTES = 400 }; /* the largest double without an exponent, and the places of suppress */
enum { THRESHOLD = 1000, LINE_WIDTH = 80, STATISTICS_ONLY_RANK = 7, STATISTICS_ONLY_SIZE = 1000000 };

void text_options_default(TextOptions *options) {
  *options = (TextOptions){.threshold = THRESHOLD, .line_width = LINE_WIDTH};
}

static int limit_precision(int precision, int otherwise) {
  if (precision <= 0) return otherwise;
  return precision < DECIMAL_SHORTEST ? precision : DECIMAL_SHORTEST;
}

int text_precision(const TextOptions *options) {
  return limit_precision(options->precision, TEXT_PRECISION);
}

TextWindow text_window_of(int64_t count, int64_t shown) {
  if (shown >= count) return (TextWindow){count, count, 0};
  return (TextWindow){count, shown - shown / 2, shown / 2};
}

Decimal text_round(double number, bool single, int precision) {
  bool whole = nearbyint(number) == number;
  if (whole && fabs(number) < 1e16) return decimal_from_number(number, single, DECIMAL_SHORTEST);
  Decimal decimal = decimal_from_number(number, single, precision);
  if (whole || !decimal_is_integral(&decimal)) return decimal;
  if (precision < decimal.point) precision = decimal.point;
  while (decimal_is_integral(&decimal) && precision++ < DECIMAL_SHORTEST)
    decimal = decimal_from_number(number, single, precision);
  return decimal;
}

static void write_number(Buffer *out, double number, bool single, const TextOptions *options) {
  int precision = options ? limit_precision(options->number_precision, DECIMAL_SHORTEST) : DECIMAL_SHORTEST;
  Decimal decimal = text_round(number, single, precision);
  decimal_write(out, &decimal);
}

void text_number(Buffer *out, double number, const TextOptions *options) {
  write_number(out, number, false, options);
}

/* What is exact whatever the options; false for floats. */
static bool write_exact(Buffer *out, const Tensor *tensor, int64_t index) {
  if (tensor_is_float(tensor)) return false;
  int64_t integer = tensor_integer_at(tensor, index);
  if (tensor->dtype == DTYPE_BOOL) buffer_add_text(out, integer ? "true" : "false");
  else buffer_format(out, "%lld", (long long)integer);
  return true;
}

void text_element(Buffer *out, const Tensor *tensor, int64_t index, const TextOptions *options) {
  if (!write_exact(out, tensor, index))
    write_number(out, tensor_number_at(tensor, index), text_is_single(tensor), options);
}

void text_cell(Buffer *out, const Tensor *tensor, int64_t index, const TextOptions *options) {
  if (write_exact(out, tensor, index)) return;
  int precision = text_precision(options);
  double number = tensor_number_at(tensor, index);
  Decimal decimal = text_round(number, text_is_single(tensor), precision);
  if (!options->suppress) {
    decimal_write(out, &decimal);
    return;
  }
  bool fraction = decimal.kind == DECIMAL_FINITE && !decimal_is_integral(&decimal);
  if (decimal_places(&decimal) > precision) decimal = decimal_from_places(number, text_is_single(tensor), precision);
  decimal_write_positional(out, &decimal, fraction);
}

bool text_cell_prepare(Buffer *cell, Runtime *runtime) {
  buffer_add_fill(cell, ' ', CELL_BYTES);
  return !cell->failed || runtime_out_of_memory(runtime);
}

static void write_empty(Buffer *out, const Layout *layout) {
  ShapeText shape;
  if (layout->ndim == 1) buffer_add_text(out, "[]");
  else buffer_format(out, "zeros(%s)", layout_text(&shape, layout));
}

static void write_single(Buffer *out, const Tensor *tensor, const TextOptions *options) {
  buffer_add_fill(out, '[', tensor->layout->ndim);
  text_element(out, tensor, 0, options);
  buffer_add_fill(out, ']', tensor->layout->ndim);
}

static bool has_statistics_only(const Layout *layout, const TextOptions *options) {
  if (options->full) return false;
  return layout->ndim >= STATISTICS_ONLY_RANK || (layout->ndim > 2 && layout->size > STATISTICS_ONLY_SIZE);
}

static bool write_several(Buffer *out, Runtime *runtime, const Tensor *tensor, const TextOptions *options) {
  if (has_statistics_only(tensor->layout, options)) {
    if (!options->inside) return text_summary(out, runtime, tensor, options);
    buffer_add_text(out, "...");
    return true;
  }
  bool cut = false;
  bool (*write)(Buffer *, Runtime *, const Tensor *, const TextOptions *, bool *) =
    tensor->layout->ndim == 1 ? text_vector : text_blocks;
  if (!write(out, runtime, tensor, options, &cut)) return false;
  if (!cut || options->inside) return true;
  buffer_add_byte(out, '\n');
  return text_summary(out, runtime, tensor, options);
}

bool text_tensor(Buffer *out, Runtime *runtime, const Tensor *tensor, const TextOptions *options) {
  if (!tensor_ready(runtime, tensor)) return false;
  if (tensor_size(tensor) == 0) write_empty(out, tensor->layout);
  else if (tensor_size(tensor) == 1) write_single(out, tensor, options);
  else if (!write_several(out, runtime, tensor, options)) return false;
  return !out->failed || runtime_out_of_memory(runtime);
}
