/* SPDX-License-Identifier: MIT */
/* conv_shape.c: sizes of convolutions and pools, and what is wrong with those that do not fit. */
#include <inttypes.h>
#include <stdio.h>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/conv.h"

/* Strides and the like beyond this are mistakes, and with it no sum below overflows. */
#define LARGEST INT64_C(0x7fffffff)

int64_t conv_product(const int64_t *sizes, int axes) {
  int64_t product = 1;
  for (int i = 0; i < axes; i++) product *= sizes[i];
  return product;
}

bool conv_read_numbers(Runtime *runtime, const Attributes *attributes, int index, const char *name, int axes,
                       int64_t least, int64_t otherwise, int64_t *values) {
  const int64_t *given;
  int count = attribute_integers(attributes, index, &given);
  bool none = attribute_is_none(attributes, index);
  if (!none && count != 1 && count != axes) {
    if (axes == 1) runtime_fail(runtime, ERROR_ARGUMENT, -1, "`%s` needs one number, got %d", name, count);
    else runtime_fail(runtime, ERROR_ARGUMENT, -1, "`%s` needs one number or %d, got %d", name, axes, count);
    return false;
  }
  for (int i = 0; i < axes; i++) {
    values[i] = none ? otherwise : given[count == 1 ? 0 : i];
    if (values[i] >= least && values[i] <= LARGEST) continue;
    runtime_fail(runtime, ERROR_ARGUMENT, -1, "`%s` must be %s %" PRId64 ", got %" PRId64, name,
                 values[i] < least ? "at least" : "at most", values[i] < least ? least : LARGEST, values[i]);
    return false;
  }
  return true;
}

/* What a window reaches over; false: more than can be counted. */
static bool find_span(const ConvShape *shape, int axis, int64_t *span) {
  return !__builtin_mul_overflow(shape->window[axis] - 1, shape->dilation[axis], span) &&
         !__builtin_add_overflow(*span, 1, span);
}

static bool all_are(const int64_t *values, int axes, int64_t value) {
  for (int i = 0; i < axes; i++) {
    if (values[i] != value) return false;
  }
  return true;
}

/* "stride (2,), padding (1,)": what is not as it is by default, and the stride. */
typedef struct SettingsText { char text[3 * sizeof(ShapeText)]; } SettingsText;

static const char *settings_text(SettingsText *out, const ConvShape *shape) {
  ShapeText text;
  size_t room = sizeof out->text;
  int n = shape->axes, used = snprintf(out->text, room, "stride %s", shape_text(&text, n, shape->stride));
  if (!all_are(shape->padding, n, 0))
    used += snprintf(out->text + used, room - (size_t)used, ", padding %s", shape_text(&text, n, shape->padding));
  if (!all_are(shape->dilation, n, 1))
    snprintf(out->text + used, room - (size_t)used, ", dilation %s", shape_text(&text, n, shape->dilation));
  return out->text;
}

/* `left`: elements of an axis that no window reaches, or, below 0, how many are missing. */
static bool fail_fit(Runtime *runtime, const ConvShape *shape, const char *what, int axis, int64_t left) {
  ShapeText in, window;
  SettingsText settings;
  CountText count;
  int64_t rest = left < 0 ? -left : left % shape->stride[axis], size = shape->in[axis];
  runtime_fail(runtime, ERROR_SHAPE, 0, "axis %d of %s %s %s %s %s with %s", axis,
               shape_text(&in, shape->axes, shape->in), left < 0 ? "lacks" : "has",
               count_text(&count, rest, left < 0 ? "element for" : "element left over by",
                          left < 0 ? "elements for" : "elements left over by"),
               what, shape_text(&window, shape->axes, shape->window), settings_text(&settings, shape));
  if (left < 0) error_hint(runtime->error, "that axis needs a size of at least %" PRId64, size + rest);
  else
    error_hint(runtime->error, "sizes %" PRId64 " and %" PRId64 " of that axis would fit", size - rest,
               size - rest + shape->stride[axis]);
  return false;
}

static bool fail_empty(Runtime *runtime, const ConvShape *shape, const char *what) {
  ShapeText in, window;
  runtime_fail(runtime, ERROR_SHAPE, -1, "%s of shape %s cannot slide over %s", what,
               shape_text(&window, shape->axes, shape->window), shape_text(&in, shape->axes, shape->in));
  return false;
}

bool conv_fit(Runtime *runtime, ConvShape *shape, const char *what) {
  for (int i = 0; i < shape->axes; i++) {
    int64_t span, left = shape->in[i] + 2 * shape->padding[i];
    bool empty = shape->window[i] < 1 || shape->in[i] < 1;
    if (empty || !find_span(shape, i, &span)) return fail_empty(runtime, shape, what);
    left -= span;
    if (left < 0 || left % shape->stride[i] != 0) return fail_fit(runtime, shape, what, i, left);
    shape->out[i] = left / shape->stride[i] + 1;
  }
  return true;
}

bool conv_find_in(Runtime *runtime, ConvShape *shape) {
  ShapeText out, window, padding;
  for (int i = 0; i < shape->axes; i++) {
    int64_t span = 0, reach = 0;
    bool counted = shape->out[i] > 0 && shape->window[i] > 0 && find_span(shape, i, &span) &&
                   !__builtin_mul_overflow(shape->out[i] - 1, shape->stride[i], &reach) &&
                   !__builtin_add_overflow(reach, span, &reach);
    shape->in[i] = reach - 2 * shape->padding[i];
    if (counted && shape->in[i] > 0) continue;
    runtime_fail(runtime, ERROR_SHAPE, -1,
                 "nothing is left of axis %d when filters %s are spread from %s and padding %s is cut off", i,
                 shape_text(&window, shape->axes, shape->window), shape_text(&out, shape->axes, shape->out),
                 shape_text(&padding, shape->axes, shape->padding));
    return false;
  }
  return true;
}

bool conv_find_window(Runtime *runtime, ConvShape *shape) {
  ShapeText in, out;
  for (int i = 0; i < shape->axes; i++) {
    int64_t reach = (shape->out[i] - 1) * shape->stride[i], span = shape->in[i] + 2 * shape->padding[i] - 1 - reach;
    if (span >= 0 && span % shape->dilation[i] == 0) {
      shape->window[i] = span / shape->dilation[i] + 1;
      continue;
    }
    runtime_fail(runtime, ERROR_SHAPE, -1, "no filters lead from %s to %s", shape_text(&in, shape->axes, shape->in),
                 shape_text(&out, shape->axes, shape->out));
    return false;
  }
  return true;
}
