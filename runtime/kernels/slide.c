/* SPDX-License-Identifier: MIT */
/* slide.c: sliding_window_view: every window of a shape, without copying. */
#include <inttypes.h>

#include "runtime/kernels/axes.h"

typedef struct Slide { int64_t window, step, dilation, grid; } Slide;

/* The k-th of several values, or the one for all. */
static int64_t for_axis(const int64_t *values, int count, int k, int64_t otherwise) {
  return count == 0 ? otherwise : count == 1 ? values[0] : values[k];
}

static bool read_counts(Runtime *runtime, const Attributes *attributes, int index, int windows, const char *name,
                        const int64_t **values, int *count) {
  *count = attribute_integers(attributes, index, values);
  if (*count > 1 && *count != windows) {
    runtime_fail(runtime, ERROR_ARGUMENT, -1, "`%s` needs one number or %d, got %d", name, windows, *count);
    return false;
  }
  for (int i = 0; i < *count; i++) {
    if ((*values)[i] >= 1) continue;
    runtime_fail(runtime, ERROR_ARGUMENT, -1, "`%s` must be at least 1, got %" PRId64, name, (*values)[i]);
    return false;
  }
  return true;
}

static bool slide_along(Runtime *runtime, const Layout *in, int axis, Slide *slide) {
  int64_t size = layout_shape(in)[axis];
  /* (window - 1) * dilation < size, without overflow */
  if (size > 0 && slide->window - 1 <= (size - 1) / slide->dilation) {
    slide->grid = (size - 1 - (slide->window - 1) * slide->dilation) / slide->step + 1;
    return true;
  }
  ShapeText shape;
  runtime_fail(runtime, ERROR_SHAPE, -1, "a window of %" PRId64 " with dilation %" PRId64
               " does not fit into axis %d of " ERROR_OPERAND(0) "%s", slide->window, slide->dilation, axis,
               layout_text(&shape, in));
  return false;
}

static bool read_slides(Runtime *runtime, const Attributes *attributes, const Layout *in, int *count, Slide *slides) {
  const int64_t *windows, *steps, *dilations;
  int step_count, dilation_count;
  *count = attribute_integers(attributes, 0, &windows);
  if (*count > in->ndim) {
    ShapeText shape;
    CountText axes;
    runtime_fail(runtime, ERROR_SHAPE, -1, "a window with %s does not fit into " ERROR_OPERAND(0) "%s",
                 count_text(&axes, *count, "axis", "axes"), layout_text(&shape, in));
    return false;
  }
  if (!read_counts(runtime, attributes, 0, *count, "window_shape", &windows, count)) return false;
  if (!read_counts(runtime, attributes, 1, *count, "step", &steps, &step_count)) return false;
  if (!read_counts(runtime, attributes, 2, *count, "dilation", &dilations, &dilation_count)) return false;
  for (int k = 0; k < *count; k++) {
    slides[k] = (Slide){.window = windows[k], .step = for_axis(steps, step_count, k, 1),
                        .dilation = for_axis(dilations, dilation_count, k, 1)};
    if (!slide_along(runtime, in, in->ndim - *count + k, &slides[k])) return false;
  }
  return true;
}

/* The step between elements; where there is one only it may be too large to multiply. */
static int64_t spread(int64_t count, int64_t stride, int64_t factor) {
  return count > 1 ? stride * factor : stride;
}

/* (grid..., axes that are not slid over..., window...) */
bool op_sliding_window_view_view(Runtime *runtime, const Operands *operands, const Layout *in, Layout **out,
                                 int64_t *offset, bool *needs_copy) {
  AxisList list = {0};
  Slide slides[TENSOR_MAX_DIMS];
  int count;
  (void)needs_copy;
  *offset = 0;
  if (!read_slides(runtime, operands->attributes, in, &count, slides)) return false;
  const int64_t *shape = layout_shape(in), *strides = layout_strides(in);
  int leading = in->ndim - count;
  for (int k = 0; k < count; k++) {
    const Slide *slide = &slides[k];
    int64_t stride = spread(slide->grid, strides[leading + k], slide->step);
    if (!axis_list_add(runtime, &list, slide->grid, stride)) return false;
  }
  for (int i = 0; i < leading; i++) {
    if (!axis_list_add(runtime, &list, shape[i], strides[i])) return false;
  }
  for (int k = 0; k < count; k++) {
    const Slide *slide = &slides[k];
    if (!axis_list_add(runtime, &list, slide->window, spread(slide->window, strides[leading + k], slide->dilation)))
      return false;
  }
  *out = axis_list_layout(runtime, &list);
  return *out != NULL;
}
