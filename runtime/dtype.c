/* SPDX-License-Identifier: MIT */
/* dtype.c: names of element types and how two of them combine. */
#include "runtime/dtype.h"

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

DType dtype_promote(DType a, bool a_is_scalar, DType b, bool b_is_scalar) {
  DTypeKind a_kind = dtype_info[a].kind, b_kind = dtype_info[b].kind;
  if (a_kind != b_kind) return a_kind > b_kind ? a : b;
  if (a_is_scalar != b_is_scalar) return a_is_scalar ? b : a;
  return a > b ? a : b;
}
