/* SPDX-License-Identifier: MIT */
/* dtype.h: element types and how they combine. */
#ifndef MGRAD_RUNTIME_DTYPE_H
#define MGRAD_RUNTIME_DTYPE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum DTypeKind { DTYPE_KIND_BOOL, DTYPE_KIND_INTEGER, DTYPE_KIND_FLOAT } DTypeKind;

typedef enum DType {
#define DTYPE(name, type, text, kind, code) DTYPE_##name,
#include "runtime/dtype.def"
#undef DTYPE
  DTYPE_COUNT
} DType;

typedef struct DTypeInfo { const char *name; size_t size; DTypeKind kind; const char *code; } DTypeInfo;
extern const DTypeInfo dtype_info[DTYPE_COUNT];

static inline bool dtype_is_float(DType dtype) { return dtype >= DTYPE_FLOAT32; }
bool dtype_from_name(const char *name, DType *dtype); /* also "int" = int64, "float" = float64 */
bool dtype_holds(DType dtype, double number); /* without changing it, but for digits that floats do not have */

/* The type that two operands give.  A 0-d operand or a plain number never widens a tensor of the same or a higher
   kind; int32 with uint8 is int32. */
DType dtype_promote(DType a, bool a_is_scalar, DType b, bool b_is_scalar);

#endif
