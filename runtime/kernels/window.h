/* SPDX-License-Identifier: MIT */
/* window.h: attributes of windows, and copying that Ctrl-C can stop.

   OP_window, OP_window_add and OP_window_put take the same attributes: `layout` and `offset` are a window of a
   C-contiguous tensor, and values[0] (PARAMETER_INTEGERS) is that tensor's shape.  OP_window_add needs values[0]; the
   others know the shape from their operand.
   OP_window_add: zeros of that shape with the elements of g, whose shape is the window's, ADDED at the window; where
   windows overlap they add up.  OP_window_put: a copy of x with the window replaced by value, broadcast to the
   window's shape and converted to x's dtype; an overlapping window keeps the element written last.  It may take over
   x's memory: see runtime/displaced.h. */
#ifndef MGRAD_RUNTIME_KERNELS_WINDOW_H
#define MGRAD_RUNTIME_KERNELS_WINDOW_H
#include "runtime/op.h"

/* Attributes for the three operations; `base` gives the shape of the tensor that the window looks at. */
Attributes *window_attributes(Runtime *runtime, const Layout *base, Layout *layout, int64_t offset);

/* As tensor_assign_window, for a `to` that nobody else has seen: stops with an error when interrupted. */
bool window_write(Runtime *runtime, Tensor *to, Layout *window, int64_t offset, Tensor *from);

/* Adds the elements of `from` at a window of `to`, of the same type, contiguous, that nobody else holds; elements of
   the window may overlap, for which OP_window_add is more exact.  False: interrupted. */
bool window_add(Runtime *runtime, Tensor *to, Layout *window, int64_t offset, Tensor *from);

/* Whether several elements of a window are one; also where that cannot be told from the strides alone. */
bool window_overlaps(const Layout *window);

#endif
