/* SPDX-License-Identifier: MIT */
/* conv_blocks.h: a convolution on its way: its operands, and the walk over images and blocks of rows. */
#ifndef MGRAD_RUNTIME_KERNELS_CONV_BLOCKS_H
#define MGRAD_RUNTIME_KERNELS_CONV_BLOCKS_H
#include "runtime/kernels/conv.h"

typedef struct Conv {
  const struct ConvKind *kind;
  ConvShape shape;
  DType dtype;              /* what is computed in; `result` where it differs is the one of the tensor */
  DType result;
  Tensor *operands[2];      /* of `dtype`, contiguous but where y is the same everywhere in a plane; owned */
  char *x, *y, *w;
  bool slides;              /* along one line, with stride 1: columns need not be written */
  int64_t y_batch, y_filter, y_place; /* strides of y; the last is 0 where y repeats, as the gradient of a sum does */
  int64_t cells, places;    /* rows of the columns (channels * window), and positions of the window */
  int64_t rest, rows;       /* positions per row of the first axis; rows done at a time */
  int64_t images;           /* of the batch that a thread takes at a time */
  size_t columns_bytes, product_bytes, thread_bytes; /* of memory for each thread */
  char *memory;
  char *sums;               /* filters of all shares but the first */
} Conv;

/* Whether the window slides along one line with stride 1, and sees so little of it at a time that copying this costs
   next to nothing: then the columns are the line itself, seen from each of the window's cells. */
bool conv_slides(const ConvShape *shape);

/* What is computed from the other two: y = w @ columns(x), x += fold(w^T @ y), or w += y @ columns(x)^T. */
extern const struct ConvKind conv_correlating, conv_spreading, conv_matching;

/* Computes it; x and y are (batch, channels, in...) and (batch, filters, out...), what is added to starts as zeros.
   False: interrupted or out of memory. */
bool conv_run(Runtime *runtime, Conv *conv, const struct ConvKind *kind, Tensor *x, Tensor *y, Tensor *w);

#endif
