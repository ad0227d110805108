/* SPDX-License-Identifier: MIT */
/* conv.h: sliding filters over images: sizes, and the columns that turn a convolution into a product of matrices.

   x (N, C, in...) correlated with w (F, C, window...) gives y (N, F, out...), where along every spatial axis
       in + 2 padding = (out - 1) stride + (window - 1) dilation + 1     exactly,
   so any two of x, w, y determine the shape of the third.  The three operations conv_nd (x, w -> y), conv_transpose_nd
   (y, w -> x) and conv_filters (x, y -> w) are the three ways to read one trilinear form; the derivatives of each are
   the other two.  Pools slide windows in the same way, without filters. */
#ifndef MGRAD_RUNTIME_KERNELS_CONV_H
#define MGRAD_RUNTIME_KERNELS_CONV_H
#include "runtime/op.h"

enum { CONV_AXES = TENSOR_MAX_DIMS - 2 };

typedef struct ConvShape {
  int axes;                        /* spatial axes */
  int64_t batch, channels, filters;
  int64_t in[CONV_AXES], window[CONV_AXES], out[CONV_AXES];
  int64_t stride[CONV_AXES], padding[CONV_AXES], dilation[CONV_AXES];
} ConvShape;

/* The product of all sizes. */
int64_t conv_product(const int64_t *sizes, int axes);
/* A whole number, or one per axis, from attribute `index` (none: `otherwise`); the error names the parameter. */
bool conv_read_numbers(Runtime *runtime, const Attributes *attributes, int index, const char *name, int axes,
                       int64_t least, int64_t otherwise, int64_t *values);
/* Finds `out` from `in`, `window` and the rest.  `what` slides, "filters": the error lists all sizes. */
bool conv_fit(Runtime *runtime, ConvShape *shape, const char *what);
/* The same for `in` from `out`, and for `window`. */
bool conv_find_in(Runtime *runtime, ConvShape *shape);
bool conv_find_window(Runtime *runtime, ConvShape *shape);

/* Columns of one image (channels, in...): a matrix (channels * window, out...) that holds, for every place of the
   window, what each of its cells sees; 0 in the padding.  Types: float64, float32, int64. */
void conv_unfold(const ConvShape *shape, DType dtype, const void *image, void *columns);
/* The transpose: adds the columns to the image where they came from. */
void conv_fold(const ConvShape *shape, DType dtype, const void *columns, void *image);

#endif
