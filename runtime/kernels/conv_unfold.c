/* SPDX-License-Identifier: MIT */
/* conv_unfold.c: the columns of an image that a window slides over, and back. */
#include <string.h>

#include "base/number.h"
#include "runtime/kernels/conv.h"
#include "runtime/kernels/grid.h"

/* One stretch of a row: `count` elements that stand `step` apart in the image. */
typedef void (*RunLoop)(void *image, int64_t step, void *row, int64_t count);

#define LOOPS(name, type, SUM) \
  static void copy_##name(void *image, int64_t step, void *row, int64_t count) { \
    const type *restrict from = image; \
    type *restrict to = row; \
    if (step == 1) memcpy(to, from, (size_t)count * sizeof *to); \
    else for (int64_t i = 0; i < count; i++) to[i] = from[i * step]; \
  } \
  static void add_##name(void *image, int64_t step, void *row, int64_t count) { \
    type *restrict to = image; \
    const type *restrict from = row; \
    if (step == 1) for (int64_t i = 0; i < count; i++) to[i] = SUM(to[i], from[i]); \
    else for (int64_t i = 0; i < count; i++) to[i * step] = SUM(to[i * step], from[i]); \
  }
#define SUM_FLOAT(a, b) ((a) + (b))
#define SUM_INTEGER(a, b) ((int64_t)((uint64_t)(a) + (uint64_t)(b)))
LOOPS(float64, double, SUM_FLOAT)
LOOPS(float32, float, SUM_FLOAT)
LOOPS(int64, int64_t, SUM_INTEGER)

typedef struct Walk {
  const ConvShape *shape;
  int64_t item;
  int64_t start;      /* along the last axis: where the window's cell stands when the window is at 0 */
  int64_t first, end; /* of the last axis of `out`: where that cell is inside the image */
  RunLoop loop;
  bool fills;         /* rows are written: what lies in the padding becomes 0 */
} Walk;

/* Where the cell `place` of the window stands along an axis when the window is at 0. */
static int64_t start_of(const ConvShape *shape, int axis, const int64_t *place) {
  return place[axis] * shape->dilation[axis] - shape->padding[axis];
}

/* at = position * stride + start is inside for first <= position < end. */
static void find_inside(Walk *walk, const int64_t *place) {
  const ConvShape *shape = walk->shape;
  int last = shape->axes - 1;
  int64_t start = start_of(shape, last, place), stride = shape->stride[last], left = shape->in[last] - 1 - start;
  walk->start = start;
  walk->end = left < 0 ? 0 : smaller_of(shape->out[last], left / stride + 1);
  walk->first = start >= 0 ? 0 : smaller_of((stride - 1 - start) / stride, walk->end);
}

/* The row of the image for a position of the window, in elements; -1: in the padding. */
static int64_t image_row(const ConvShape *shape, const int64_t *place, const int64_t *position) {
  int64_t row = 0;
  for (int axis = 0; axis < shape->axes - 1; axis++) {
    int64_t at = position[axis] * shape->stride[axis] + start_of(shape, axis, place);
    if (at < 0 || at >= shape->in[axis]) return -1;
    row = row * shape->in[axis] + at;
  }
  return row * shape->in[shape->axes - 1];
}

static void do_run(const Walk *walk, char *image, int64_t image_at, char *row) {
  int last = walk->shape->axes - 1;
  int64_t size = walk->shape->out[last], stride = walk->shape->stride[last];
  int64_t first = image_at < 0 ? size : walk->first, end = image_at < 0 ? size : walk->end;
  if (walk->fills && first > 0) memset(row, 0, (size_t)(first * walk->item));
  if (walk->fills && end < size) memset(row + end * walk->item, 0, (size_t)((size - end) * walk->item));
  if (first < end)
    walk->loop(image + (image_at + walk->start + first * stride) * walk->item, stride, row + first * walk->item,
               end - first);
}

/* One row of the matrix: one cell of the window over one channel. */
static void do_row(Walk *walk, char *channel, const int64_t *place, char *row) {
  const ConvShape *shape = walk->shape;
  int last = shape->axes - 1;
  int64_t position[CONV_AXES] = {0}, length = shape->out[last] * walk->item;
  find_inside(walk, place);
  do {
    do_run(walk, channel, image_row(shape, place, position), row);
    row += length;
  } while (grid_next(position, shape->out, last));
}

static void do_rows(Walk *walk, char *image, char *columns) {
  const ConvShape *shape = walk->shape;
  int64_t place[CONV_AXES] = {0}, row = conv_product(shape->out, shape->axes) * walk->item;
  int64_t channel = conv_product(shape->in, shape->axes) * walk->item;
  for (int64_t c = 0; c < shape->channels; c++, image += channel) {
    do {
      do_row(walk, image, place, columns);
      columns += row;
    } while (grid_next(place, shape->window, shape->axes));
  }
}

void conv_unfold(const ConvShape *shape, DType dtype, const void *image, void *columns) {
  RunLoop loop = dtype == DTYPE_FLOAT64 ? copy_float64 : dtype == DTYPE_FLOAT32 ? copy_float32 : copy_int64;
  Walk walk = {.shape = shape, .item = (int64_t)dtype_info[dtype].size, .loop = loop, .fills = true};
  do_rows(&walk, (char *)(uintptr_t)image, columns);
}

void conv_fold(const ConvShape *shape, DType dtype, const void *columns, void *image) {
  RunLoop loop = dtype == DTYPE_FLOAT64 ? add_float64 : dtype == DTYPE_FLOAT32 ? add_float32 : add_int64;
  Walk walk = {.shape = shape, .item = (int64_t)dtype_info[dtype].size, .loop = loop};
  do_rows(&walk, image, (char *)(uintptr_t)columns);
}
