/* SPDX-License-Identifier: MIT */
/* dtype.c: names of element types and how two of them combine. */
#include "runtime/dtype.h"

#include <math.h>
#include <string.h>

const DTypeInfo dtype_info[DTYPE_COUNT] = {
#define DTYPE(name, type, text, kind, code) [DTYPE_##name] = {text, sizeof(type), DTYPE_KIND_##kind, code},
#include "runtime/dtype.def"
#undef DTYPE
};

bool dtype_from_name(const char *name, DType *dtype) {
  if (strcmp(name, "int") == 0) return *dtype = DTYPE_INT64, true;
  if (strcmp(name, "float") == 0) return *dtype = DTYPE_FLOAT64, true;
  for (int i = 0; i < DTYPE_COUNT; i++) {
    if (strcmp(name, dtype_info[i].name) == 0) return *dtype = (DType)i, true;
  }
  return false;
}

bool dtype_holds(DType dtype, double number) {
  switch (dtype) {
  case DTYPE_BOOL: return number == 0 || number == 1;
  case DTYPE_UINT8: return number >= 0 && number <= UINT8_MAX && number == floor(number);
  case DTYPE_INT32: return number >= INT32_MIN && number <= INT32_MAX && number == floor(number);
  case DTYPE_INT64: return number >= -0x1p63 && number < 0x1p63 && number == floor(number);
  default: return true;
  }
}

DType dtype_promote(DType a, bool a_is_scalar, DType b, bool b_is_scalar) {
  DTypeKind a_kind = dtype_info[a].kind, b_kind = dtype_info[b].kind;
  if (a_kind != b_kind) return a_kind > b_kind ? a : b;
  if (a_is_scalar != b_is_scalar) return a_is_scalar ? b : a;
  return a > b ? a : b;
}
