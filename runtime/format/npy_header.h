/* SPDX-License-Identifier: MIT */
/* npy_header.h: what the header of an NPY file claims; for npy.c alone. */
#ifndef MGRAD_RUNTIME_FORMAT_NPY_HEADER_H
#define MGRAD_RUNTIME_FORMAT_NPY_HEADER_H
#include "runtime/tensor.h"

typedef struct NpyHeader {
  char kind;          /* 'b' 'i' 'u' 'f' */
  int item_size;      /* 1, 2, 4 or 8 bytes */
  bool big_endian, fortran;
  int ndim;
  int64_t shape[TENSOR_MAX_DIMS];
  size_t data_offset; /* where the numbers start */
} NpyHeader;

/* NULL, or why the bytes are no NPY file that can be read ("object arrays are not supported"). */
const char *npy_header_read(NpyHeader *header, const unsigned char *bytes, size_t length);

#endif
