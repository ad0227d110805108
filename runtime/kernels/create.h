/* SPDX-License-Identifier: MIT */
/* create.h: tensors made from numbers: identity, ranges, grids. */
#ifndef MGRAD_RUNTIME_KERNELS_CREATE_H
#define MGRAD_RUNTIME_KERNELS_CREATE_H
#include "runtime/tensor.h"

/* rows x columns, 1 on the k-th diagonal (positive: above the main one), else 0. */
Tensor *tensor_eye(Runtime *runtime, DType dtype, int64_t rows, int64_t columns, int64_t k);
/* 1 on and below the k-th diagonal. */
Tensor *tensor_tri(Runtime *runtime, DType dtype, int64_t rows, int64_t columns, int64_t k);
Tensor *tensor_full(Runtime *runtime, DType dtype, int ndim, const int64_t *shape, double number);
/* start, start + step, ... below `stop` (above it for a negative step): ceil((stop - start) / step) numbers. */
Tensor *tensor_arange(Runtime *runtime, DType dtype, double start, double stop, double step);
/* Numbers from start to stop (both exact when `endpoint`), along a new axis `axis` of the shape that start and stop
   broadcast to.  float32 when both are, else float64. */
typedef struct Spacing { int64_t count, axis; bool endpoint; } Spacing;
Tensor *tensor_linspace(Runtime *runtime, Tensor *start, Tensor *stop, Spacing spacing);
/* Numbers with a constant ratio. */
Tensor *tensor_geomspace(Runtime *runtime, Tensor *start, Tensor *stop, Spacing spacing);
/* The coordinates of every cell of a shape: int64 of shape (ndim, *shape). */
Tensor *tensor_indices(Runtime *runtime, int ndim, const int64_t *shape);
/* labels.shape + (classes,): 1 at each label, else 0.  Labels are whole numbers from 0 to classes - 1. */
Tensor *tensor_one_hot(Runtime *runtime, DType dtype, Tensor *labels, int64_t classes);

#endif
