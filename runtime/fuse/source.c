/* SPDX-License-Identifier: MIT */
/* source.c: where the operands of a tile are, or are put together. */
#include <string.h>

#include "runtime/fuse/program.h"
#include "runtime/kernels/turn.h"

void source_merge_axes(Feed *source, const Layout *of, const Layout *elements) {
  int ndim = 0, missing = elements->ndim - of->ndim;
  source->strides[0] = 0;
  for (int i = 0; i < elements->ndim; i++) {
    int64_t size = layout_shape(elements)[i];
    if (size == 1) continue;
    bool repeated = i < missing || layout_shape(of)[i - missing] == 1;
    int64_t stride = repeated ? 0 : layout_strides(of)[i - missing] * source->size;
    if (ndim > 0 && source->strides[ndim - 1] == stride * size) {
      source->sizes[ndim - 1] *= size;
      source->strides[ndim - 1] = stride;
    } else {
      source->sizes[ndim] = size;
      source->strides[ndim++] = stride;
    }
  }
  source->ndim = (uint8_t)(ndim > 0 ? ndim : 1);
}

typedef struct Position { int64_t position[TENSOR_MAX_DIMS]; const char *data; } Position;

static void find_place(const Feed *source, int64_t index, Position *at) {
  at->data = source->data;
  for (int axis = source->ndim - 1; axis > 0; axis--) {
    at->position[axis] = index % source->sizes[axis];
    index /= source->sizes[axis];
    at->data += at->position[axis] * source->strides[axis];
  }
  at->position[0] = index;
  at->data += index * source->strides[0];
}

static void next_line(const Feed *source, Position *at) {
  for (int axis = source->ndim - 1; axis >= 0; axis--) {
    at->data += source->strides[axis];
    if (++at->position[axis] < source->sizes[axis]) return;
    at->data -= source->sizes[axis] * source->strides[axis];
    at->position[axis] = 0;
  }
}

/* Short lines are copied in place: calling somebody would take longer. */
#define COPY_LINE(WORD) \
  for (int64_t i = 0; i < length; i++, data += stride) \
    ((WORD *)(void *)out)[i] = *(const WORD *)(const void *)data;

/* A line of a column beside a matrix: one number again and again. */
#define FILL_LINE(WORD) \
  do { \
    typedef WORD Words __attribute__((vector_size(32), aligned(4), may_alias)); \
    enum { LANES = sizeof(Words) / sizeof(WORD) }; \
    const WORD word = *(const WORD *)(const void *)data; \
    const Words words = word - (Words){0}; \
    WORD *numbers = (WORD *)(void *)out; \
    int64_t i = 0; \
    for (; i + LANES <= length; i += LANES) *(Words *)(void *)(numbers + i) = words; \
    for (; i < length; i++) numbers[i] = word; \
  } while (0)

static void copy_line(const Feed *source, char *out, const char *data, int64_t stride, int64_t length) {
  enum { SHORT_LINE = 32 };
  if (source->size == 8 && stride == 0) FILL_LINE(uint64_t);
  else if (source->size == 4 && stride == 0) FILL_LINE(uint32_t);
  else if (length > SHORT_LINE || source->size < 4) source->copy(out, source->size, data, stride, length);
  else if (source->size == 8) COPY_LINE(uint64_t)
  else COPY_LINE(uint32_t)
}

/* From the start of a line: whole lines the same step apart, up to the last element of them; returns how many. */
static int64_t copy_lines(const Feed *source, Position *at, char *out, int64_t most) {
  int inner = source->ndim - 1, outer = inner - 1;
  int64_t length = source->sizes[inner], stride = source->strides[inner], step = source->strides[outer];
  int64_t left = source->sizes[outer] - at->position[outer], lines = most < left ? most : left;
  for (int64_t line = 0; line < lines; line++, out += length * source->size)
    copy_line(source, out, at->data + line * step, stride, length);
  at->data += (lines - 1) * step + (length - 1) * stride;
  at->position[outer] += lines - 1;
  at->position[inner] = length - 1;
  return lines;
}

/* Copies a tile that does not lie on one line. */
static void gather(const Feed *source, Position *at, char *out, int64_t count) {
  int inner = source->ndim - 1;
  int64_t size = source->sizes[inner], stride = source->strides[inner];
  while (count > 0) {
    int64_t length = size - at->position[inner];
    if (length == size && count >= size) {
      length *= copy_lines(source, at, out, count / size);
    } else {
      if (length > count) length = count;
      copy_line(source, out, at->data, stride, length);
      at->data += (length - 1) * stride;
      at->position[inner] += length - 1;
    }
    out += length * source->size;
    count -= length;
    next_line(source, at);
  }
}

enum { FETCH_COLUMNS = 24 }; /* too far apart for the processor to see what comes */

/* ---- panels
   Of a transposed matrix C order reads one element of every cache line, and the next one only a whole row later.  So
   the rows that share cache lines are copied together, and read from there. */
bool source_takes_panel(const Feed *source) {
  int inner = source->ndim - 1;
  return inner > 0 && (source->size == 8 || source->size == 4) && source->strides[inner - 1] == source->size &&
         source->strides[inner] >= FUSE_PANEL_WIDTH && source->sizes[inner] <= FUSE_PANEL_COLUMNS;
}

/* Rows of a panel start a page and a line apart: stores to rows that start at about the same place of a page wait for
   each other. */
static int64_t panel_stride(const Feed *source) {
  enum { PAGE = 4096 };
  return (source->sizes[source->ndim - 1] * source->size + PAGE - 1) / PAGE * PAGE + FUSE_PANEL_WIDTH;
}

/* Columns `first` to the last, element by element. */
#define COPY_COLUMNS(WORD) \
  for (int64_t column = first; column < columns; column++) \
    for (int64_t row = 0; row < rows; row++) \
      ((WORD *)(void *)(panel->numbers + row * own_stride))[column] = \
        ((const WORD *)(const void *)(data + column * stride))[row];

/* Columns are turned around in registers, as many at a time as squares have sides; returns how many columns that was. */
INLINE int64_t turn_columns(char *out, int64_t own_stride, const char *in, int64_t stride, int64_t columns,
                            const int item) {
  const int64_t side = TURN_BYTES / item, rows = FUSE_PANEL_WIDTH / item;
  int64_t column = 0;
  for (; column + side <= columns; column += side, in += side * stride, out += TURN_BYTES) {
    for (int k = 0; k < side; k++) __builtin_prefetch(in + (FETCH_COLUMNS + k) * stride);
    for (int64_t row = 0; row < rows; row += side)
      turn_square(out + row * own_stride, own_stride, in + row * item, stride, item);
  }
  return column;
}

static void copy_panel(Panel *panel, const Feed *source, const char *data, int64_t rows) {
  int inner = source->ndim - 1;
  int64_t columns = source->sizes[inner], stride = source->strides[inner], own_stride = panel_stride(source), first = 0;
  bool whole = rows == FUSE_PANEL_WIDTH / source->size;
  if (source->size == 8) {
    if (whole) first = turn_columns(panel->numbers, own_stride, data, stride, columns, 8);
    COPY_COLUMNS(uint64_t)
  } else {
    if (whole) first = turn_columns(panel->numbers, own_stride, data, stride, columns, 4);
    COPY_COLUMNS(uint32_t)
  }
}

/* Fills the panel with the row in which element `start` is and those beside it, but no further than the matrix goes. */
static void fill_panel(Panel *panel, const Feed *source, int64_t start) {
  Position at;
  find_place(source, start, &at);
  int inner = source->ndim - 1;
  int64_t column = at.position[inner], row = at.position[inner - 1], most = FUSE_PANEL_WIDTH / source->size;
  int64_t above = row % most, left = source->sizes[inner - 1] - row + above, rows = left < most ? left : most;
  copy_panel(panel, source, at.data - column * source->strides[inner] - above * source->size, rows);
  panel->start = start - column - above * source->sizes[inner];
  panel->end = panel->start + rows * source->sizes[inner];
}

/* A tile that is in the panel as a whole: on one row, or put together of some. */
static void bind_panel(Slot *slot, const Panel *panel, const Feed *source, char *buffer, int64_t start, int64_t count) {
  int64_t columns = source->sizes[source->ndim - 1], stride = panel_stride(source);
  int64_t row = (start - panel->start) / columns, column = (start - panel->start) % columns;
  const char *data = panel->numbers + row * stride;
  *slot = (Slot){(char *)(uintptr_t)data + column * source->size, source->size};
  if (columns - column >= count) return;
  slot->data = buffer;
  for (; count > 0; data += stride, column = 0) {
    int64_t length = columns - column < count ? columns - column : count;
    memcpy(buffer, data + column * source->size, (size_t)(length * source->size));
    buffer += length * source->size;
    count -= length;
  }
}

static bool in_panel(Panel *panel, const Feed *source, int64_t start, int64_t count) {
  if (start < panel->start || start >= panel->end) fill_panel(panel, source, start);
  return start + count <= panel->end;
}

/* ---- tiles */
/* A tile on one line is read where it is; any other one is put together. */
static void bind_strided(Slot *slot, const Feed *source, char *buffer, int64_t start, int64_t count) {
  Position at;
  int inner = source->ndim - 1;
  find_place(source, start, &at);
  if (source->sizes[inner] - at.position[inner] >= count) {
    *slot = (Slot){(char *)(uintptr_t)at.data, source->strides[inner]};
    return;
  }
  *slot = (Slot){buffer, source->size};
  gather(source, &at, buffer, count);
}

void source_bind(Worker *worker, int index, int64_t start, int64_t count) {
  const Feed *source = &worker->program->source[index];
  Slot *slot = &worker->slots[index];
  if (source->ndim == 1) {
    slot->data = (char *)(uintptr_t)source->data + start * source->strides[0];
    slot->stride = source->strides[0];
    return;
  }
  Panel *panel = source->panel < 0 ? NULL : &worker->panels[source->panel];
  char *buffer = worker->slots[source->buffer].data;
  if (panel && in_panel(panel, source, start, count)) bind_panel(slot, panel, source, buffer, start, count);
  else bind_strided(slot, source, buffer, start, count);
}

/* The axis along which `way` elements in C order lead, and how many of its positions that is. */
static int axis_of(const Feed *source, int64_t way, int64_t *positions) {
  int axis = source->ndim - 1;
  int64_t step = 1;
  while (axis > 0 && step * source->sizes[axis] <= way) step *= source->sizes[axis--];
  *positions = way / step;
  return axis;
}

bool source_rows(const Feed *source, int64_t start, int64_t width, int64_t rows, int64_t way, FoldOperand *operand) {
  Position at = {.data = source->data + start * source->strides[0]};
  int64_t positions;
  int inner = source->ndim - 1, axis = axis_of(source, way, &positions);
  if (inner > 0) {
    find_place(source, start, &at);
    int64_t last = positions * (rows - 1) + (axis == inner ? width - 1 : 0);
    if (at.position[axis] + last >= source->sizes[axis] || at.position[inner] + width > source->sizes[inner])
      return false;
  }
  *operand = (FoldOperand){at.data, positions * source->strides[axis], source->strides[inner]};
  return true;
}
