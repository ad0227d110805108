/* SPDX-License-Identifier: MIT */
/* axes.c: shapes under construction, and arguments that are one integer or several. */
#include "runtime/kernels/axes.h"

#include <inttypes.h>
#include <stdio.h>

bool axis_list_add(Runtime *runtime, AxisList *list, int64_t size, int64_t stride) {
  if (list->count == TENSOR_MAX_DIMS) {
    runtime_fail(runtime, ERROR_SHAPE, -1, "a tensor has at most %d axes", TENSOR_MAX_DIMS);
    return false;
  }
  list->sizes[list->count] = size;
  list->strides[list->count++] = stride;
  return true;
}

Layout *axis_list_layout(Runtime *runtime, const AxisList *list) {
  return layout_new_strided(runtime, list->count, list->sizes, list->strides);
}

Layout *layout_slice(Runtime *runtime, const Layout *layout, int axis, int64_t start, int64_t count, int64_t *offset) {
  AxisList list;
  axis_list_from(&list, layout);
  if (layout->size > 0) *offset += start * list.strides[axis];
  list.sizes[axis] = count;
  return axis_list_layout(runtime, &list);
}

bool layout_fits(const Layout *from, const Layout *to) {
  int missing = to->ndim - from->ndim;
  if (missing < 0) return false;
  for (int i = 0; i < from->ndim; i++) {
    int64_t size = layout_shape(from)[i];
    if (size != 1 && size != layout_shape(to)[missing + i]) return false;
  }
  return true;
}

int attribute_integers(const Attributes *attributes, int index, const int64_t **values) {
  *values = NULL;
  if (attribute_is_none(attributes, index)) return 0;
  const Parameter *parameter = &attributes->values[index];
  if (parameter->kind == PARAMETER_INTEGERS) {
    *values = parameter->integers;
    return parameter->count;
  }
  *values = &parameter->integer;
  return 1;
}

bool attribute_is_scalar_axis(const Attributes *attributes, int index, const Layout *of) {
  const int64_t *axes;
  int count = of->ndim == 0 ? attribute_integers(attributes, index, &axes) : 2;
  return count == 0 || (count == 1 && (axes[0] == 0 || axes[0] == -1));
}

bool attribute_axis_list(Runtime *runtime, const Attributes *attributes, int index, const Layout *of, int ndim,
                         int *count, int *axes) {
  const int64_t *values;
  uint32_t seen = 0;
  *count = attribute_integers(attributes, index, &values);
  for (int i = 0; i < *count; i++) {
    int axis;
    if (!axis_normalise(runtime, values[i], ndim, of, &axis)) return false;
    if (seen >> axis & 1) {
      runtime_fail(runtime, ERROR_ARGUMENT, -1, "axis %" PRId64 " is given twice", values[i]);
      return false;
    }
    seen |= UINT32_C(1) << axis;
    axes[i] = axis;
  }
  return true;
}

const char *count_text(CountText *out, int64_t count, const char *one, const char *many) {
  snprintf(out->text, sizeof out->text, "%" PRId64 " %s", count, count == 1 ? one : many);
  return out->text;
}

const char *operand_mark(OperandMark *out, int operand) {
  out->text[0] = operand < 8 ? ERROR_OPERAND_MARK : '\0';
  out->text[1] = (char)('0' + operand % 8);
  out->text[2] = '\0';
  return out->text;
}
