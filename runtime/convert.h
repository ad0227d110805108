/* SPDX-License-Identifier: MIT */
/* convert.h: the inner loops that turn elements of one type into another. */
#ifndef MGRAD_RUNTIME_CONVERT_H
#define MGRAD_RUNTIME_CONVERT_H
#include "runtime/dtype.h"

/* to[i] = from[i]; strides in bytes; the two runs do not overlap. */
typedef void (*ConvertLoop)(char *to, int64_t to_stride, const char *from, int64_t from_stride, int64_t count);
typedef struct ConvertLoops { ConvertLoop between[DTYPE_COUNT][DTYPE_COUNT]; } ConvertLoops; /* to, from */
extern const ConvertLoops convert_loops_plain, convert_loops_avx2, convert_loops_avx512;
ConvertLoop convert_loop(DType to, DType from); /* the best one for this processor */

#endif
