/* SPDX-License-Identifier: MIT */
/* npy.h: NumPy's file format for one array. */
#ifndef MGRAD_RUNTIME_FORMAT_NPY_H
#define MGRAD_RUNTIME_FORMAT_NPY_H
#include "base/buffer.h"
#include "runtime/tensor.h"

/* A file that was read into memory (versions 1 to 3, both byte orders, C and Fortran order) as a fresh tensor.  Types
   that mgrad lacks widen: i1 i2 u2 to int32, u4 u8 to int64 (a number that does not fit is an error), f2 to float32.
   Everything the header claims is checked before memory is taken; object arrays are refused, never interpreted.  Bytes
   after the numbers leave a warning in the runtime.  `name` is what errors call the file. */
Tensor *npy_read(Runtime *runtime, const char *name, const void *bytes, size_t length);

/* Appends the file (version 1.0, little endian, C order, numbers at a multiple of 64 bytes). */
bool npy_write(Runtime *runtime, Buffer *out, const Tensor *tensor);

#endif
