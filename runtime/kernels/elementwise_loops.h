/* SPDX-License-Identifier: MIT */
/* elementwise_loops.h: expands the elementwise rows for one element type.  The including file defines

     ELEMENT           the element type
     WIDE              the type in which LOGIC rows see elements
     LOOPS             the name of the table
     FEATURES          the processor features to compile them for (TARGET_..._FEATURES); or not
     COLUMN(v, i)      which column it computes: value (on real numbers) or integer (on int64_t)
     OPERAND           the type of x and y in that column
     FLOAT_ROW(...)    its arguments when rows of type FLOAT compute in this type, nothing otherwise
     DIVIDE_BITS       32 or 64: the integers that hold all elements, for elementwise_divide.h; or not
     LANE_BYTES        the size of vectors, and what else math_lanes.h needs; or not */
#include "runtime/kernels/elementwise.h"
#include "runtime/kernels/math.h"
#include "runtime/kernels/target.h"

#ifdef FEATURES
TARGET_BEGIN(FEATURES)
#endif

/* The result may be written over an operand, element for element, so `restrict` would be a lie; but no turn of a loop
   reads what another one wrote, and that is all that vectorising needs. */
#ifdef __clang__
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENT _Pragma("GCC ivdep")
#endif

#define READ(pointer) (*(const ELEMENT *)(const void *)(pointer))

/* Elements that do not lie side by side are first collected, a block at a time: so each loop exists once. */
enum { ELEMENTWISE_BLOCK = 256 };

static void collect(ELEMENT *restrict block, const char *in, int64_t stride, int64_t count) {
  const ELEMENT *elements = (const ELEMENT *)(const void *)in;
  if (stride == 2 * (int64_t)sizeof(ELEMENT)) /* every other one can be picked out of vectors */
    for (int64_t i = 0; i < count; i++) block[i] = elements[2 * i];
  else
    for (int64_t i = 0; i < count; i++, in += stride) block[i] = READ(in);
}

/* Rows that reduce angles have loops for near ones, and take far ones one by one. */
static inline bool reduces_angles(OpId op) {
  switch (op) {
    case OP_sin: case OP_cos: case OP_tan: case OP_sec: case OP_csc: case OP_cot: return true;
    default: return false;
  }
}

static inline bool all_within(const ELEMENT *elements, int64_t count, double limit) {
  return _Generic((ELEMENT)0, double: all_within_float64((const double *)(const void *)elements, count, limit),
                  float: all_within_float32((const float *)(const void *)elements, count, (float)limit), default: true);
}

static bool any_nan(const char *data, int64_t count) {
  return !all_within((const ELEMENT *)(const void *)data, count, (double)INFINITY);
}

/* Rows that have loops for near numbers, which take several vectors at a time.  False: not all are near. */
typedef bool (*NearLoop)(ELEMENT *results, const ELEMENT *elements, int64_t count);
#ifdef LANE_BYTES
#include "runtime/kernels/math_lanes.h"
static inline NearLoop near_loop(OpId op) {
  switch (op) {
    case OP_exp: return exp_near;
    case OP_exp2: return exp2_near;
    case OP_expm1: return expm1_near;
    case OP_expit: return sigmoid_near;
    case OP_sigmoid_slope: return sigmoid_slope_near;
    case OP_sech_squared: return sech_squared_near;
    case OP_tanh: return tanh_near;
    case OP_log: return log_near;
    case OP_log2: return log2_near;
    case OP_log10: return log10_near;
    case OP_log1p: return log1p_near;
#if NEAR_ANGLES
    case OP_sin: return sin_near;
    case OP_cos: return cos_near;
    case OP_tan: return tan_near;
#endif
    default: return NULL;
  }
}
#else
#define exp_difference_near(...) false
#define tanh_both_near(...) false
#define sigmoid_both_near(...) false
static inline NearLoop near_loop(OpId op) {
  (void)op;
  return NULL;
}
#endif

#define UNARY_LOOP(op, RESULT, WORK, expression) \
  static void op##_line(RESULT *results, const ELEMENT *elements, int64_t count) { \
    INDEPENDENT \
    for (int64_t i = 0; i < count; i++) { \
      const WORK x = elements[i]; \
      const bool near = true; \
      (void)x, (void)near; \
      results[i] = (RESULT)(expression); \
    } \
  } \
  static void op##_far(RESULT *results, const ELEMENT *elements, int64_t count) { \
    for (int64_t i = 0; i < count; i++) { \
      const WORK x = elements[i]; \
      const bool near = false; \
      (void)x, (void)near; \
      results[i] = (RESULT)(expression); \
    } \
  } \
  static void op##_unary(char *out, const char *in, int64_t stride, int64_t count) { \
    const NearLoop near = near_loop(OP_##op); \
    bool angles = reduces_angles(OP_##op), line = stride == (int64_t)sizeof(ELEMENT); \
    int64_t step = line && !angles && !near ? count : ELEMENTWISE_BLOCK; \
    for (int64_t start = 0; start < count; start += step) { \
      ELEMENT block[ELEMENTWISE_BLOCK]; \
      int64_t length = count - start < step ? count - start : step; \
      const ELEMENT *elements = line ? (const ELEMENT *)(const void *)in + start : block; \
      RESULT *results = (RESULT *)(void *)out + start; \
      if (!line) collect(block, in + start * stride, stride, length); \
      if (near && near((void *)results, elements, length)) continue; \
      if (angles && !all_within(elements, length, ANGLE_NEAR)) op##_far(results, elements, length); \
      else op##_line(results, elements, length); \
    } \
  }

/* Rows that divide integers have a way of their own for one divisor; where integers are not that wide, nothing has. */
#if defined DIVIDE_BITS && (DIVIDE_BITS == 32 || defined __SIZEOF_INT128__)
#include "runtime/kernels/elementwise_divide.h"
#else
#define divide_by_number(...) false
#endif

/* Dividing by a power of two is multiplying by its reciprocal, to the last bit, in a fraction of the time. */
#ifdef LANE_BYTES
static bool divide_by_power_of_two(OpId op, void *out, const ELEMENT *a, const ELEMENT second, int64_t count) {
  enum { EXPONENT_MOST = 100 }; /* neither the number nor its reciprocal is subnormal, in float32 either */
  int exponent;
  if (op != OP_divide || fabs(frexp((double)second, &exponent)) != 0.5) return false;
  if (exponent > EXPONENT_MOST || exponent < -EXPONENT_MOST) return false;
  const ELEMENT factor = 1 / second;
  ELEMENT *results = out;
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) results[i] = a[i] * factor;
  return true;
}
#else
#define divide_by_power_of_two(...) false
#endif

/* So have rows that raise to powers, for pairs, for one exponent and for one base. */
#include "runtime/kernels/power_loops.h"
#include "runtime/kernels/remainder_loops.h"

#define BINARY_RUN(RESULT, WORK, left, right, expression) \
  INDEPENDENT \
  for (int64_t i = 0; i < count; i++) { \
    const WORK x = left, y = right; \
    results[i] = (RESULT)(expression); \
  }

#define BINARY_LOOP(op, RESULT, WORK, expression) \
  static void op##_pairs(RESULT *results, const ELEMENT *a, const ELEMENT *b, int64_t count) { \
    if (raise_pairs(OP_##op, results, a, b, count)) return; \
    if (take_remainders(OP_##op, results, a, 1, b, 1, count)) return; \
    BINARY_RUN(RESULT, WORK, a[i], b[i], expression) \
  } \
  static void op##_right_number(RESULT *results, const ELEMENT *a, const ELEMENT second, int64_t count) { \
    if (divide_by_number(OP_##op, results, a, second, count)) return; \
    if (divide_by_power_of_two(OP_##op, results, a, second, count)) return; \
    if (raise_right(OP_##op, results, a, second, count)) return; \
    if (take_remainders(OP_##op, results, a, 1, &second, 0, count)) return; \
    BINARY_RUN(RESULT, WORK, a[i], second, expression) \
  } \
  static void op##_left_number(RESULT *results, const ELEMENT first, const ELEMENT *b, int64_t count) { \
    if (raise_left(OP_##op, results, first, b, count)) return; \
    if (take_remainders(OP_##op, results, &first, 0, b, 1, count)) return; \
    BINARY_RUN(RESULT, WORK, first, b[i], expression) \
  } \
  static void op##_binary(char *out, const char *left, int64_t left_stride, const char *right, int64_t right_stride, \
                          int64_t count) { \
    const int64_t item = (int64_t)sizeof(ELEMENT); \
    RESULT *results = (RESULT *)(void *)out; \
    const ELEMENT *a = (const ELEMENT *)(const void *)left, *b = (const ELEMENT *)(const void *)right; \
    if (left_stride == item && right_stride == item) { \
      op##_pairs(results, a, b, count); \
    } else if (left_stride == item && right_stride == 0) { \
      op##_right_number(results, a, *b, count); \
    } else if (left_stride == 0 && right_stride == item) { \
      op##_left_number(results, *a, b, count); \
    } else { \
      for (int64_t start = 0; start < count; start += ELEMENTWISE_BLOCK) { \
        ELEMENT first[ELEMENTWISE_BLOCK], second[ELEMENTWISE_BLOCK]; \
        int64_t length = count - start < ELEMENTWISE_BLOCK ? count - start : ELEMENTWISE_BLOCK; \
        collect(first, left + start * left_stride, left_stride, length); \
        collect(second, right + start * right_stride, right_stride, length); \
        op##_pairs(results + start, first, second, length); \
      } \
    } \
  }

/* A function and its slope. */
#define PAIR_LOOP(name) \
  static void name(char *out, char *other, const char *in, int64_t stride, int64_t count) { \
    for (int64_t start = 0; start < count; start += ELEMENTWISE_BLOCK) { \
      ELEMENT block[ELEMENTWISE_BLOCK]; \
      ELEMENT *results = (ELEMENT *)(void *)out + start, *others = (ELEMENT *)(void *)other + start; \
      int64_t length = count - start < ELEMENTWISE_BLOCK ? count - start : ELEMENTWISE_BLOCK; \
      bool line = stride == (int64_t)sizeof(ELEMENT); \
      const ELEMENT *elements = line ? (const ELEMENT *)(const void *)in + start : block; \
      if (!line) collect(block, in + start * stride, stride, length); \
      if (name##_near(results, others, elements, length)) continue; \
      INDEPENDENT \
      for (int64_t i = 0; i < length; i++) { \
        const OPERAND x = elements[i]; \
        results[i] = (ELEMENT)real_##name(x).value; \
        others[i] = (ELEMENT)real_##name(x).slope; \
      } \
    } \
  }

/* `one` is a constant in each of two loops. */
#define DIFFERENCE_LOOP \
  INLINE void exp_difference_block(ELEMENT *results, const ELEMENT *x, const ELEMENT *y, bool one, int64_t count) { \
    if (exp_difference_near(results, x, y, one, count)) return; \
    INDEPENDENT \
    for (int64_t i = 0; i < count; i++) results[i] = real_exp_difference(x[i], y[one ? 0 : i]); \
  } \
  static void exp_difference(void *out, const void *x, const void *y, bool one, int64_t count) { \
    for (int64_t start = 0; start < count; start += ELEMENTWISE_BLOCK) { \
      ELEMENT *results = (ELEMENT *)out + start; \
      const ELEMENT *a = (const ELEMENT *)x + start, *b = (const ELEMENT *)y + (one ? 0 : start); \
      int64_t length = count - start < ELEMENTWISE_BLOCK ? count - start : ELEMENTWISE_BLOCK; \
      if (one) exp_difference_block(results, a, b, true, length); \
      else exp_difference_block(results, a, b, false, length); \
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

FLOAT_ROW(PAIR_LOOP(tanh_both) PAIR_LOOP(sigmoid_both) DIFFERENCE_LOOP)

/* What this type does not compute is NULL. */
const ElementwiseLoops LOOPS = {
  .any_nan = any_nan,
  FLOAT_ROW(.exp_difference = exp_difference COMMA)
  FLOAT_ROW(.pair = {[OP_tanh] = tanh_both COMMA [OP_expit] = sigmoid_both} COMMA)
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

#ifdef FEATURES
TARGET_END
#endif
