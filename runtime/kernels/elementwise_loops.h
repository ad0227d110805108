/* SPDX-License-Identifier: MIT */
/* elementwise_loops.h: expands the elementwise rows for one element type.  The including file defines

     ELEMENT           the element type
     WIDE              the type in which LOGIC rows see elements
     LOOPS             the name of the table
     WITH_AVX2         to compile them for AVX2; or not
     COLUMN(v, i)      which column it computes: value (on double) or integer (on int64_t)
     OPERAND           the type of x and y in that column
     FLOAT_ROW(...)    its arguments when rows of type FLOAT compute in this type, nothing otherwise */
#include "runtime/kernels/elementwise.h"
#include "runtime/kernels/math.h"
#include "runtime/kernels/target.h"

#ifdef WITH_AVX2
TARGET_AVX2_BEGIN
#endif

/* The result may be written over an operand, element for element, so `restrict` would be a lie; but no turn of a loop
   reads what another one wrote, and that is all that vectorising needs. */
#ifdef __clang__
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENT _Pragma("GCC ivdep")
#endif

#define READ(pointer) (*(const ELEMENT *)(const void *)(pointer))

#define UNARY_LOOP(op, RESULT, WORK, expression) \
  static void op##_unary(char *out, const char *in, int64_t stride, int64_t count) { \
    RESULT *results = (RESULT *)(void *)out; \
    if (stride == (int64_t)sizeof(ELEMENT)) { \
      const ELEMENT *elements = (const ELEMENT *)(const void *)in; \
      INDEPENDENT \
      for (int64_t i = 0; i < count; i++) { \
        const WORK x = elements[i]; \
        (void)x; \
        results[i] = (RESULT)(expression); \
      } \
      return; \
    } \
    for (int64_t i = 0; i < count; i++, in += stride) { \
      const WORK x = READ(in); \
      (void)x; \
      results[i] = (RESULT)(expression); \
    } \
  }

#define BINARY_RUN(RESULT, WORK, left, right, advance, expression) \
  INDEPENDENT \
  for (int64_t i = 0; i < count; i++) { \
    const WORK x = left, y = right; \
    results[i] = (RESULT)(expression); \
    advance; \
  }

#define BINARY_LOOP(op, RESULT, WORK, expression) \
  static void op##_binary(char *out, const char *left, int64_t left_stride, const char *right, int64_t right_stride, \
                          int64_t count) { \
    const int64_t item = (int64_t)sizeof(ELEMENT); \
    RESULT *results = (RESULT *)(void *)out; \
    const ELEMENT *a = (const ELEMENT *)(const void *)left; \
    const ELEMENT *b = (const ELEMENT *)(const void *)right; \
    if (left_stride == item && right_stride == item) { \
      BINARY_RUN(RESULT, WORK, a[i], b[i], (void)0, expression) \
    } else if (left_stride == item && right_stride == 0) { \
      const ELEMENT second = *b; \
      BINARY_RUN(RESULT, WORK, a[i], second, (void)0, expression) \
    } else if (left_stride == 0 && right_stride == item) { \
      const ELEMENT first = *a; \
      BINARY_RUN(RESULT, WORK, first, b[i], (void)0, expression) \
    } else { \
      BINARY_RUN(RESULT, WORK, READ(left), READ(right), (left += left_stride, right += right_stride), expression) \
    } \
  }

/* FLOAT, SAME and LOGIC rows differ in the result's type and in whether they exist here at all. */
#define UNARY_FLOAT(op, expression) FLOAT_ROW(UNARY_LOOP(op, ELEMENT, OPERAND, expression))
#define UNARY_SAME(op, expression) UNARY_LOOP(op, ELEMENT, OPERAND, expression)
#define UNARY_LOGIC(op, expression) UNARY_LOOP(op, bool, WIDE, expression)
#define BINARY_FLOAT(op, expression) FLOAT_ROW(BINARY_LOOP(op, ELEMENT, OPERAND, expression))
#define BINARY_SAME(op, expression) BINARY_LOOP(op, ELEMENT, OPERAND, expression)
#define BINARY_LOGIC(op, expression) BINARY_LOOP(op, bool, WIDE, expression)

#define SPECIAL(...)
#define CONSTANT(...)
#define VIEW(...)
#define COMPOSED(...)
#define ALIAS(...)
#define UNARY(op, domain, type, value, integer, ...) UNARY_##type(op, COLUMN((value), (integer)))
#define BINARY(op, domain, type, value, integer, ...) BINARY_##type(op, COLUMN((value), (integer)))
#include "runtime/ops.def"
#undef UNARY
#undef BINARY

#define ENTRY_FLOAT(op, kind) FLOAT_ROW([OP_##op] = op##_##kind COMMA)
#define ENTRY_SAME(op, kind) [OP_##op] = op##_##kind,
#define ENTRY_LOGIC(op, kind) [OP_##op] = op##_##kind,
#define COMMA ,

const ElementwiseLoops LOOPS = {
  .unary = {
#define UNARY(op, domain, type, ...) ENTRY_##type(op, unary)
#define BINARY(...)
#include "runtime/ops.def"
#undef UNARY
#undef BINARY
  },
  .binary = {
#define UNARY(...)
#define BINARY(op, domain, type, ...) ENTRY_##type(op, binary)
#include "runtime/ops.def"
#include "runtime/ops_end.def"
  },
};

#ifdef WITH_AVX2
TARGET_AVX2_END
#endif
