/* SPDX-License-Identifier: MIT */
/* axes.h: shapes under construction, and arguments that are one integer or several. */
#ifndef MGRAD_RUNTIME_KERNELS_AXES_H
#define MGRAD_RUNTIME_KERNELS_AXES_H
#include "runtime/op.h"

/* A layout while its axes are put together. */
typedef struct AxisList {
  int count;
  int64_t sizes[TENSOR_MAX_DIMS], strides[TENSOR_MAX_DIMS];
} AxisList;

/* False, with the error recorded, when a tensor cannot have more axes. */
bool axis_list_add(Runtime *runtime, AxisList *list, int64_t size, int64_t stride);
static inline void axis_list_from(AxisList *list, const Layout *layout) {
  list->count = layout->ndim;
  for (int i = 0; i < layout->ndim; i++) {
    list->sizes[i] = layout_shape(layout)[i];
    list->strides[i] = layout_strides(layout)[i];
  }
}
/* The axes as a layout (owned). */
Layout *axis_list_layout(Runtime *runtime, const AxisList *list);

/* The elements from `start` on along an axis; moves `*offset` to the first of them. */
Layout *layout_slice(Runtime *runtime, const Layout *layout, int axis, int64_t start, int64_t count, int64_t *offset);
/* Whether a tensor of the one shape can be written into the other. */
bool layout_fits(const Layout *from, const Layout *to);

/* A parameter of kind S: one integer or several; none: 0 of them. */
int attribute_integers(const Attributes *attributes, int index, const int64_t **values);
/* The same as axes of a layout with `ndim` axes (that of the result where it differs), each at most once. */
bool attribute_axis_list(Runtime *runtime, const Attributes *attributes, int index, const Layout *of, int ndim,
                         int *count, int *axes);
/* Whether a parameter is the axis of a scalar: none, or that of size 1 which it has for some operations, as NumPy
   says. */
bool attribute_is_scalar_axis(const Attributes *attributes, int index, const Layout *of);

/* "1 axis", "3 axes" */
typedef struct CountText { char text[40]; } CountText;
/* Marks an operand of an operation with any number of them, as ERROR_OPERAND does: "" from the ninth on. */
typedef struct OperandMark { char text[4]; } OperandMark;
const char *operand_mark(OperandMark *out, int operand);
const char *count_text(CountText *out, int64_t count, const char *one, const char *many);

#endif
