/* SPDX-License-Identifier: MIT */
/* gather_loops.c: the inner loops of gathers. */
#include <string.h>

#include "runtime/kernels/gather.h"
#include "runtime/kernels/wide.h"

/* Moving looks at bits only, whatever their type is. */
typedef uint8_t __attribute__((may_alias)) Bits1;
typedef uint32_t __attribute__((may_alias)) Bits4;
typedef uint64_t __attribute__((may_alias)) Bits8;

/* Single elements, as most gathers take them, need no loop inside.  Neither side holds the indices. */
#define MOVE(name, type, action) MOVE_BETWEEN(name, type, type, action)
#define MOVE_BETWEEN(name, place_type, type, action) \
  static char *name##_singles(char *x, const Run *run, char *dense) { \
    const int64_t *restrict indices = run->indices; \
    const int64_t scale = run->scale, count = run->index_count; \
    type *restrict stream = (type *)(void *)dense; \
    for (int64_t k = 0; k < count; k++, stream++) { \
      place_type *element = (place_type *)(void *)(x + indices[k] * scale); \
      action; \
    } \
    return (char *)stream; \
  } \
  static char *name##_runs(char *x, const Run *run, char *dense) { \
    const int64_t count = run->count, stride = run->stride; \
    type *stream = (type *)(void *)dense; \
    for (int64_t k = 0; k < run->index_count; k++) { \
      char *place = x + run->indices[k] * run->scale; \
      for (int64_t i = 0; i < count; i++, place += stride, stream++) { \
        place_type *element = (place_type *)(void *)place; \
        action; \
      } \
    } \
    return (char *)stream; \
  }
MOVE(get_1, Bits1, *stream = *element)
MOVE(get_4, Bits4, *stream = *element)
MOVE(get_8, Bits8, *stream = *element)
MOVE(put_1, Bits1, *element = *stream)
MOVE(put_4, Bits4, *element = *stream)
MOVE(put_8, Bits8, *element = *stream)

#define SUM_BOOL(type, x, y) ((x) || (y))
#define SUM_INTEGER(type, x, y) ((type)((uint64_t)(x) + (uint64_t)(y)))
#define SUM_FLOAT(type, x, y) ((x) + (y))
#define DTYPE(name, type, text, kind, code) MOVE(add_##name, type, *element = SUM_##kind(type, *element, *stream))
#include "runtime/dtype.def"
#undef DTYPE

/* Elements that lie side by side in x are copied together, if they are enough for a call to pay. */
enum { COPY_BYTES = 64 };

static char *get_lines(char *x, const Run *run, char *dense, size_t bytes) {
  for (int64_t k = 0; k < run->index_count; k++, dense += bytes) memcpy(dense, x + run->indices[k] * run->scale, bytes);
  return dense;
}

static char *put_lines(char *x, const Run *run, char *dense, size_t bytes) {
  for (int64_t k = 0; k < run->index_count; k++, dense += bytes) memcpy(x + run->indices[k] * run->scale, dense, bytes);
  return dense;
}

static bool in_lines(const Run *run, int64_t item) { return run->stride == item && run->count * item >= COPY_BYTES; }

#define MOVE_ANY(name, item) \
  static char *name##_##item(char *x, const Run *run, char *dense) { \
    if (run->count == 1) return name##_##item##_singles(x, run, dense); \
    if (in_lines(run, item)) return name##_lines(x, run, dense, (size_t)run->count * item); \
    return name##_##item##_runs(x, run, dense); \
  }
MOVE_ANY(get, 1)
MOVE_ANY(get, 4)
MOVE_ANY(get, 8)
MOVE_ANY(put, 1)
MOVE_ANY(put, 4)
MOVE_ANY(put, 8)

/* A run along neighbours is worth a loop of its own, which the compiler turns into vectors. */
#define DTYPE(name, type, text, kind, code) \
  static void add_line_##name(type *restrict to, const type *restrict stream, int64_t count) { \
    for (int64_t i = 0; i < count; i++) to[i] = SUM_##kind(type, to[i], stream[i]); \
  } \
  static char *add_##name(char *x, const Run *run, char *dense) { \
    const int64_t item = (int64_t)sizeof(type); \
    if (run->count == 1) return add_##name##_singles(x, run, dense); \
    if (!in_lines(run, item)) return add_##name##_runs(x, run, dense); \
    for (int64_t k = 0; k < run->index_count; k++, dense += run->count * item) \
      add_line_##name((type *)(void *)(x + run->indices[k] * run->scale), (const type *)(void *)dense, run->count); \
    return dense; \
  }
#include "runtime/dtype.def"
#undef DTYPE

MoveLoop get_loop(DType dtype) {
  size_t size = dtype_info[dtype].size;
  return size == 8 ? get_8 : size == 4 ? get_4 : get_1;
}

MoveLoop put_loop(DType dtype) {
  size_t size = dtype_info[dtype].size;
  return size == 8 ? put_8 : size == 4 ? put_4 : put_1;
}

MoveLoop add_loop(DType dtype) {
  static const MoveLoop loops[DTYPE_COUNT] = {
#define DTYPE(name, type, text, kind, code) [DTYPE_##name] = add_##name,
#include "runtime/dtype.def"
#undef DTYPE
  };
  return loops[dtype];
}

/* ---- long sums */
#define ADD_WIDE(name, place_type, type) \
  MOVE_BETWEEN(add_wide_##name, place_type, type, wide_add_##name(element, *stream)) \
  static char *add_wide_##name(char *x, const Run *run, char *dense) { \
    return run->count == 1 ? add_wide_##name##_singles(x, run, dense) : add_wide_##name##_runs(x, run, dense); \
  }
ADD_WIDE(float32, double, float)
ADD_WIDE(float64, LongSum, double)

MoveLoop add_wide_loop(DType dtype) {
  return dtype == DTYPE_FLOAT64 ? add_wide_float64 : add_wide_float32;
}
