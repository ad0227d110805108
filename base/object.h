/* SPDX-License-Identifier: MIT */
/* object.h: the header that every reference-counted value of the language begins with. */
#ifndef MGRAD_BASE_OBJECT_H
#define MGRAD_BASE_OBJECT_H
#include <stdint.h>

/* What a value of the language can be when it is not a plain number.  The two first are not values: they mark an
   unbound name and a failed evaluation. */
typedef enum ObjectKind {
  KIND_UNBOUND,
  KIND_ERROR,
  KIND_NONE,
  KIND_BOOL,
  KIND_VARIABLE, /* a tensor, variable or constant: autodiff/variable.h */
  KIND_STRING,
  KIND_TUPLE,
  KIND_RECORD,
  KIND_RANGE,
  KIND_FUNCTION, /* written in the language */
  KIND_BUILTIN,
  KIND_DTYPE,
  KIND_NAMESPACE,
  KIND_NATIVE, /* a function value made by a builtin: grad(f), f', custom_op(...) */
  KIND_BOX     /* a variable captured by a closure; never visible to users */
} ObjectKind;

typedef struct Object {
  uint32_t references;
  uint8_t kind; /* ObjectKind */
  uint8_t flags;
  uint16_t extra;
} Object;

#endif
