/* SPDX-License-Identifier: MIT */
/* leaves.c: the tensors of a structure, in order. */
#include "evaluator/builtins/leaves.h"
#include "base/memory.h"

static bool leaves_grow(Leaves *leaves) {
  Tensor **tensors = memory_grow(leaves->tensors, &leaves->capacity, sizeof *tensors, 4);
  if (!tensors) return error_out_of_memory(session_runtime(leaves->session)->error);
  leaves->tensors = tensors;
  return true;
}

static bool add_leaf(void *context, Value *leaf) {
  Leaves *leaves = context;
  if ((uint32_t)leaves->count == leaves->capacity && !leaves_grow(leaves)) return false;
  Tensor *tensor = value_to_tensor(leaves->session, *leaf);
  if (tensor) leaves->tensors[leaves->count++] = tensor;
  return tensor != NULL;
}

bool leaves_read(Leaves *leaves, Session *session, Value value) {
  *leaves = (Leaves){.session = session};
  Value copy = structure_map(session, value, add_leaf, leaves);
  if (value_is_error(copy)) return false;
  value_unref(copy);
  return true;
}

bool leaves_read_like(Leaves *leaves, Session *session, Value like, Value value) {
  Value aligned = structure_align(session, like, value);
  *leaves = (Leaves){.session = session};
  if (value_is_error(aligned)) return false;
  bool read = leaves_read(leaves, session, aligned);
  value_unref(aligned);
  return read;
}

void leaves_release(Leaves *leaves) {
  for (int i = 0; i < leaves->count; i++) tensor_unref(leaves->tensors[i]);
  if (leaves->tensors) memory_release(leaves->tensors, leaves->capacity * sizeof *leaves->tensors);
}

static bool fit_direction(Trace *trace, const Tensor *direction, const Tensor *fresh) {
  if (layout_same_shape(direction->layout, fresh->layout)) return true;
  ShapeText got, wanted;
  session_fail(trace->session, ERROR_SHAPE, "`%s`: `v` and `x` differ in shape: %s and %s", trace->who,
               layout_text(&got, direction->layout), layout_text(&wanted, fresh->layout));
  return false;
}

bool leaves_read_directions(Trace *trace, Value like, Value value, Leaves *directions) {
  if (!leaves_read_like(directions, trace->session, like, value)) return false;
  for (int i = 0; i < directions->count && i < trace->fresh_count; i++)
    if (!fit_direction(trace, directions->tensors[i], trace->fresh[i])) return false;
  if (directions->count == trace->fresh_count) return true;
  session_fail(trace->session, ERROR_ARGUMENT, "`%s`: `v` has %s tensors than `x`", trace->who,
               directions->count > trace->fresh_count ? "more" : "fewer");
  return false;
}
