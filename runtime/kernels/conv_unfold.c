/* SPDX-License-Identifier: MIT */
/* conv_unfold.c: the columns of an image that a window slides over, and back. */
#include <string.h>

#include "base/number.h"
#include "runtime/kernels/conv.h"
#include "runtime/kernels/grid.h"

/* What one cell of the window sees of a plane of the image, and where it goes in a row of the matrix: lines of elements
   `step` apart, in the image `down` apart, in the row `width`. */
typedef struct Lines {
  int64_t count, length;      /* none where these are not positive */
  int64_t image_at, row_at;   /* where the first one starts */
  int64_t step, down, width;
} Lines;
typedef void (*LinesLoop)(const Lines *lines, void *image, void *row);

#define EACH_LINE(statement) \
  for (int64_t k = 0; k < lines->count; k++, image += lines->down, row += lines->width) statement
#define EACH_ELEMENT(statement) EACH_LINE(for (int64_t i = 0; i < lines->length; i++) statement)
#define LOOPS(name, type, SUM) \
  static void copy_##name(const Lines *lines, void *from, void *to) { \
    const type *restrict image = from; \
    type *restrict row = to; \
    if (lines->step == 1) EACH_LINE(memcpy(row, image, (size_t)lines->length * sizeof *row)); \
    else EACH_ELEMENT(row[i] = image[i * lines->step]); \
  } \
  static void add_##name(const Lines *lines, void *to, void *from) { \
    type *restrict image = to; \
    const type *restrict row = from; \
    if (lines->step == 1) EACH_ELEMENT(image[i] = SUM(image[i], row[i])); \
    else EACH_ELEMENT(image[i * lines->step] = SUM(image[i * lines->step], row[i])); \
  }
#define SUM_FLOAT(a, b) ((a) + (b))
#define SUM_INTEGER(a, b) ((int64_t)((uint64_t)(a) + (uint64_t)(b)))
LOOPS(float64, double, SUM_FLOAT)
LOOPS(float32, float, SUM_FLOAT)
LOOPS(int64, int64_t, SUM_INTEGER)

typedef struct Walk {
  const ConvShape *shape;
  int64_t item;
  LinesLoop loop;
  bool fills;                  /* rows are written: what lies in the padding becomes 0 */
  int outer;                   /* axes above those of a plane, the last two */
  int64_t in_plane, out_plane; /* bytes */
  int64_t position[CONV_AXES]; /* of the window along the outer axes */
} Walk;

/* Where a cell of the window stands along an axis when the window is at 0, and the positions of the window at which the
   cell is inside the image. */
typedef struct Range { int64_t start, first, end; } Range;

static int64_t start_of(const ConvShape *shape, int axis, const int64_t *place) {
  return place[axis] * shape->dilation[axis] - shape->padding[axis];
}

/* position * stride + start is inside for first <= position < end. */
static Range inside(const ConvShape *shape, int axis, const int64_t *place) {
  int64_t start = start_of(shape, axis, place), stride = shape->stride[axis], left = shape->in[axis] - 1 - start;
  int64_t end = left < 0 ? 0 : smaller_of(shape->out[axis], left / stride + 1);
  return (Range){start, start >= 0 ? 0 : smaller_of((stride - 1 - start) / stride, end), end};
}

static Lines lines_of(const ConvShape *shape, const int64_t *place) {
  int last = shape->axes - 1;
  int64_t in = shape->in[last], out = shape->out[last], stride = shape->stride[last];
  Range across = inside(shape, last, place);
  Lines lines = {.count = 1, .length = across.end - across.first, .image_at = across.start + across.first * stride,
                 .row_at = across.first, .step = stride, .width = out};
  if (last == 0) return lines;
  Range along = inside(shape, last - 1, place);
  lines.count = along.end - along.first;
  lines.down = shape->stride[last - 1] * in;
  lines.image_at += (along.start + along.first * shape->stride[last - 1]) * in;
  lines.row_at += along.first * out;
  return lines;
}

/* The plane of the image for a position of the window; -1: in the padding. */
static int64_t image_plane(const Walk *walk, const int64_t *place) {
  const ConvShape *shape = walk->shape;
  int64_t plane = 0;
  for (int axis = 0; axis < walk->outer; axis++) {
    int64_t at = walk->position[axis] * shape->stride[axis] + start_of(shape, axis, place);
    if (at < 0 || at >= shape->in[axis]) return -1;
    plane = plane * shape->in[axis] + at;
  }
  return plane;
}

static void do_plane(const Walk *walk, const Lines *lines, char *channel, int64_t plane, char *row) {
  bool none = plane < 0 || lines->count <= 0 || lines->length <= 0;
  bool all = !none && lines->count * lines->length * walk->item == walk->out_plane;
  if (walk->fills && !all) memset(row, 0, (size_t)walk->out_plane);
  if (!none)
    walk->loop(lines, channel + plane * walk->in_plane + lines->image_at * walk->item,
               row + lines->row_at * walk->item);
}

/* One row of the matrix: one cell of the window over one channel. */
static void do_row(Walk *walk, char *channel, const int64_t *place, char *row) {
  Lines lines = lines_of(walk->shape, place);
  do {
    do_plane(walk, &lines, channel, image_plane(walk, place), row);
    row += walk->out_plane;
  } while (grid_next(walk->position, walk->shape->out, walk->outer));
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

static Walk walk_of(const ConvShape *shape, DType dtype, LinesLoop loop, bool fills) {
  int64_t item = (int64_t)dtype_info[dtype].size;
  int outer = shape->axes > 2 ? shape->axes - 2 : 0, inner = shape->axes - outer;
  return (Walk){.shape = shape, .item = item, .loop = loop, .fills = fills, .outer = outer,
                .in_plane = conv_product(shape->in + outer, inner) * item,
                .out_plane = conv_product(shape->out + outer, inner) * item};
}

void conv_unfold(const ConvShape *shape, DType dtype, const void *image, void *columns) {
  LinesLoop loop = dtype == DTYPE_FLOAT64 ? copy_float64 : dtype == DTYPE_FLOAT32 ? copy_float32 : copy_int64;
  Walk walk = walk_of(shape, dtype, loop, true);
  do_rows(&walk, (char *)(uintptr_t)image, columns);
}

void conv_fold(const ConvShape *shape, DType dtype, const void *columns, void *image) {
  LinesLoop loop = dtype == DTYPE_FLOAT64 ? add_float64 : dtype == DTYPE_FLOAT32 ? add_float32 : add_int64;
  Walk walk = walk_of(shape, dtype, loop, false);
  do_rows(&walk, image, (char *)(uintptr_t)columns);
}
