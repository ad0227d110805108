/* SPDX-License-Identifier: MIT */
/* pool.h: the largest element under every position of a window. */
#ifndef MGRAD_RUNTIME_KERNELS_POOL_H
#define MGRAD_RUNTIME_KERNELS_POOL_H
#include "runtime/kernels/conv.h"

/* The shape of a pool over the last axes of x: batch counts the windows' planes.  Attributes: pool, stride. */
bool pool_shape(Runtime *runtime, const Layout *x, const Attributes *attributes, ConvShape *shape);
/* The maxima (NULL on failure) and, unless `indices` is NULL, where they stand in the C order of x (int64): of equal
   ones the first of the window; nan is larger than every number. */
Tensor *pool_maxima(Runtime *runtime, Tensor *x, const Attributes *attributes, Tensor **indices);

#endif
