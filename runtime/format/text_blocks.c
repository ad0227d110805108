/* SPDX-License-Identifier: MIT */
/* text_blocks.c: matrices, aligned by column, and tensors of higher rank as a run of matrices.

   The text reads back as it stands (unless it was cut): a tensor of higher rank has the brackets of one literal, with
   the index of each matrix in a comment above it. */
#include <math.h>

#include "base/memory.h"
#include "runtime/format/text_cell.h"

enum {
  BLOCKS_MOST = 4,
  LARGEST_DIGITS = 6, SMALLEST_DIGITS = 4, /* of a column: at least so many significant digits */
  POSITIONAL_WIDTH = 14                    /* a column that needs more goes scientific */
};

typedef enum ColumnStyle { COLUMN_PLAIN, COLUMN_POSITIONAL, COLUMN_SCIENTIFIC } ColumnStyle;
typedef struct Column { ColumnStyle style; int places; size_t width; } Column;

typedef struct Grid {
  Buffer *out;
  Runtime *runtime;
  const Tensor *tensor;
  const TextOptions *options;
  int ndim;
  int64_t rows, columns, blocks; /* of the tensor */
  int64_t base;                  /* first element of the block being written */
  TextWindow row_window, column_window;
  Column *shown;                 /* a style for each column of the window */
  int64_t capacity;
  Buffer cell;
} Grid;

/* ---- how the numbers of a column are written */
typedef struct Extent {
  bool whole;            /* all finite numbers are integers */
  int point, places;     /* most digits before and after the point */
  int least;             /* exponent of the smallest number that is not 0 */
  int mantissa;          /* most places of a mantissa */
} Extent;

static int64_t element_index(const Grid *grid, int64_t row, int64_t column) {
  return grid->base + text_window_index(&grid->row_window, row) * grid->columns + column;
}

static void extend(Extent *extent, double number, const Decimal *decimal) {
  if (decimal->kind != DECIMAL_FINITE) return;
  if (nearbyint(number) != number) extent->whole = false;
  if (decimal->point > extent->point) extent->point = decimal->point;
  if (decimal_places(decimal) > extent->places) extent->places = decimal_places(decimal);
  if (decimal->count && decimal->point - 1 < extent->least) extent->least = decimal->point - 1;
  if (decimal->count - 1 > extent->mantissa) extent->mantissa = decimal->count - 1;
}

static Extent column_extent(const Grid *grid, int64_t column) {
  Extent extent = {.whole = true, .point = 1, .least = 400};
  int precision = text_precision(grid->options);
  for (int64_t row = 0; row < text_window_shown(&grid->row_window); row++) {
    double number = tensor_number_at(grid->tensor, element_index(grid, row, column));
    Decimal decimal = decimal_from_number(number, text_is_single(grid->tensor), precision);
    extend(&extent, number, &decimal);
    if (row % TEXT_POLL == TEXT_POLL - 1 && runtime_interrupted(grid->runtime)) break;
  }
  return extent;
}

static int least_of(int a, int b) { return a < b ? a : b; }
static int most_of(int a, int b) { return a > b ? a : b; }

/* The largest number gets all its digits and the smallest a few, if that takes no more places than any needs. */
static int places_of(const Extent *extent, int precision) {
  if (precision > DECIMAL_SHORTEST - 2) return extent->places;
  int largest = precision - extent->point, smallest = least_of(precision, SMALLEST_DIGITS) - 1 - extent->least;
  return most_of(1, least_of(extent->places, most_of(largest, smallest)));
}

static Column float_column(const Grid *grid, int64_t column) {
  Extent extent = column_extent(grid, column);
  int precision = text_precision(grid->options);
  if (grid->options->suppress) {
    int places = extent.whole ? 0 : most_of(1, least_of(extent.places, precision));
    return (Column){.style = COLUMN_POSITIONAL, .places = places};
  }
  int width = POSITIONAL_WIDTH + most_of(0, precision - LARGEST_DIGITS);
  int places = extent.whole ? 0 : places_of(&extent, precision);
  bool fits = extent.whole ? extent.point <= 16 : extent.point + 1 + places <= width;
  if (fits) return (Column){.style = COLUMN_POSITIONAL, .places = places};
  return (Column){.style = COLUMN_SCIENTIFIC, .places = extent.mantissa};
}

static void write_cell(const Grid *grid, Buffer *out, int64_t index, const Column *column) {
  if (column->style == COLUMN_PLAIN) {
    text_cell(out, grid->tensor, index, grid->options);
    return;
  }
  double number = tensor_number_at(grid->tensor, index);
  bool single = text_is_single(grid->tensor);
  if (column->style == COLUMN_SCIENTIFIC) {
    Decimal decimal = decimal_from_number(number, single, text_precision(grid->options));
    decimal_write_scientific(out, &decimal, column->places, false);
  } else {
    Decimal decimal = decimal_from_places(number, single, column->places);
    decimal_write_positional(out, &decimal, column->places);
  }
}

static Column measure(Grid *grid, int64_t column) {
  Column style = {.style = COLUMN_PLAIN};
  if (tensor_is_float(grid->tensor)) style = float_column(grid, column);
  for (int64_t row = 0; row < text_window_shown(&grid->row_window); row++) {
    buffer_clear(&grid->cell);
    write_cell(grid, &grid->cell, element_index(grid, row, column), &style);
    if (grid->cell.length > style.width) style.width = grid->cell.length;
    if (row % TEXT_POLL == TEXT_POLL - 1 && runtime_interrupted(grid->runtime)) break;
  }
  return style;
}

/* ---- which columns fit */
/* What a line holds besides its columns. */
static int64_t line_frame(const Grid *grid, int64_t columns) {
  return 2 * grid->ndim + 2 * (columns - 1);
}

static bool all_columns_fit(Grid *grid) {
  int64_t width = line_frame(grid, grid->columns);
  for (int64_t i = 0; i < grid->columns; i++) {
    if (i % TEXT_POLL == TEXT_POLL - 1 && runtime_interrupted(grid->runtime)) return false;
    grid->shown[i] = measure(grid, i);
    width += (int64_t)grid->shown[i].width;
  }
  return grid->options->full || grid->columns <= 2 * TEXT_EDGE || width <= grid->options->line_width;
}

/* Columns from both ends in turn while the line has room; `shown` is filled from both ends, then closed up. */
static void choose_end_columns(Grid *grid) {
  int64_t lead = 0, tail = 0, width = line_frame(grid, 1) + 3;
  int64_t most = grid->columns - 1 < grid->capacity ? grid->columns - 1 : grid->capacity;
  while (lead + tail < most) {
    bool leading = lead == tail;
    int64_t column = leading ? lead : grid->columns - 1 - tail;
    Column style = measure(grid, column);
    width += (int64_t)style.width + 2;
    if (width > grid->options->line_width && lead + tail >= 2 * TEXT_EDGE) break;
    if (leading) grid->shown[lead++] = style;
    else grid->shown[grid->capacity - ++tail] = style;
  }
  for (int64_t i = 0; i < tail; i++) grid->shown[lead + i] = grid->shown[grid->capacity - tail + i];
  grid->column_window = (TextWindow){grid->columns, lead, tail};
}

static void choose_columns(Grid *grid) {
  grid->column_window = text_window_of(grid->columns, grid->columns);
  if (grid->columns > grid->capacity || !all_columns_fit(grid)) choose_end_columns(grid);
}

/* ---- which rows are shown */
/* What stands below the blocks if only so many are shown: dots, and the statistics. */
static int64_t lines_below(const Grid *grid, int64_t shown) { return shown < grid->blocks ? 2 : 1; }

/* As many as there is room for when their rows are cut, too. */
static int64_t shown_blocks(const Grid *grid) {
  const TextOptions *options = grid->options;
  if (options->full || grid->blocks <= 1) return grid->blocks;
  int64_t shown = grid->blocks < BLOCKS_MOST ? grid->blocks : BLOCKS_MOST;
  int64_t rows = grid->rows <= 2 * TEXT_EDGE ? grid->rows : 2 * TEXT_EDGE + 1, lines = options->max_rows;
  while (lines > 0 && shown > 1 && shown * (rows + 1) + lines_below(grid, shown) > lines) shown--;
  return shown;
}

static void choose_rows(Grid *grid) {
  const TextOptions *options = grid->options;
  int64_t lines = options->max_rows;
  grid->row_window = text_window_of(grid->rows, grid->rows);
  if (options->full || lines <= 0) return;
  int64_t shown = shown_blocks(grid);
  if (grid->ndim > 2) lines = (lines - lines_below(grid, shown)) / shown - 1; /* a comment above each block */
  if (grid->rows <= lines) return;
  int64_t room = lines - (grid->ndim > 2 ? 1 : 2); /* the line of dots, the statistics */
  grid->row_window = text_window_of(grid->rows, room < 2 * TEXT_EDGE ? 2 * TEXT_EDGE : room);
}

static bool is_cut(const Grid *grid) {
  return text_window_is_cut(&grid->row_window) || text_window_is_cut(&grid->column_window);
}

/* Too many elements are cut even where everything would fit. */
static void choose_windows(Grid *grid) {
  const TextOptions *options = grid->options;
  bool many = !options->full && tensor_size(grid->tensor) > options->threshold;
  choose_rows(grid);
  if (many && options->max_rows <= 0) grid->row_window = text_window_of(grid->rows, 2 * TEXT_EDGE);
  choose_columns(grid);
  if (!many || is_cut(grid)) return;
  grid->row_window = text_window_of(grid->rows, 2 * TEXT_EDGE);
  choose_columns(grid);
  if (!is_cut(grid) && grid->columns > 2 * TEXT_EDGE) {
    for (int i = 0; i < TEXT_EDGE; i++)
      grid->shown[TEXT_EDGE + i] = grid->shown[grid->columns - TEXT_EDGE + i];
    grid->column_window = text_window_of(grid->columns, 2 * TEXT_EDGE);
  }
}

/* ---- writing */
/* How many of the axes before the matrix are at their first (or last) index in this block, counted from the inside. */
static int edges_at(const Grid *grid, int64_t block, bool last) {
  const int64_t *shape = layout_shape(grid->tensor->layout);
  int count = 0;
  for (int axis = grid->ndim - 3; axis >= 0; axis--, count++) {
    if (block % shape[axis] != (last ? shape[axis] - 1 : 0)) break;
    block /= shape[axis];
  }
  return count;
}

static void write_index(const Grid *grid, int64_t block) {
  const int64_t *shape = layout_shape(grid->tensor->layout);
  int64_t index[TENSOR_MAX_DIMS];
  for (int axis = grid->ndim - 3; axis >= 0; axis--) {
    index[axis] = block % shape[axis];
    block /= shape[axis];
  }
  buffer_add_text(grid->out, "# [");
  for (int axis = 0; axis < grid->ndim - 2; axis++) buffer_format(grid->out, "%lld, ", (long long)index[axis]);
  buffer_add_text(grid->out, ":, :]\n");
}

static void write_row(Grid *grid, int64_t row, int opens) {
  buffer_add_fill(grid->out, ' ', (size_t)(grid->ndim - opens));
  buffer_add_fill(grid->out, '[', (size_t)opens);
  for (int64_t i = 0; i < text_window_shown(&grid->column_window); i++) {
    if (i) buffer_add_text(grid->out, ", ");
    if (i == grid->column_window.lead) buffer_add_text(grid->out, "..., ");
    buffer_clear(&grid->cell);
    int64_t column = text_window_index(&grid->column_window, i);
    write_cell(grid, &grid->cell, element_index(grid, row, column), &grid->shown[i]);
    if (grid->cell.length < grid->shown[i].width)
      buffer_add_fill(grid->out, ' ', grid->shown[i].width - grid->cell.length);
    buffer_add(grid->out, grid->cell.text, grid->cell.length);
  }
  buffer_add_byte(grid->out, ']');
}

static bool write_block(Grid *grid, int64_t block) {
  int64_t rows = text_window_shown(&grid->row_window);
  for (int64_t row = 0; row < rows; row++) {
    if (row && row == grid->row_window.lead) {
      buffer_add_fill(grid->out, ' ', (size_t)(grid->ndim - 1));
      buffer_add_text(grid->out, "...,\n");
    }
    write_row(grid, row, row ? 1 : 2 + edges_at(grid, block, false));
    if (row + 1 < rows) buffer_add_text(grid->out, ",\n");
    if (runtime_interrupted(grid->runtime)) return false;
  }
  buffer_add_fill(grid->out, ']', (size_t)(1 + edges_at(grid, block, true)));
  return true;
}

static bool write_blocks(Grid *grid, bool *cut) {
  for (int64_t block = 0; block < shown_blocks(grid); block++) {
    grid->base = block * grid->rows * grid->columns;
    choose_windows(grid);
    *cut |= is_cut(grid);
    if (block) buffer_add_text(grid->out, ",\n");
    if (grid->ndim > 2 && !grid->options->inside) write_index(grid, block);
    if (!write_block(grid, block)) return false;
  }
  if (shown_blocks(grid) < grid->blocks) {
    *cut = true;
    buffer_add_text(grid->out, ",\n ...");
    buffer_add_fill(grid->out, ']', (size_t)(grid->ndim - 2));
  }
  return true;
}

bool text_blocks(Buffer *out, Runtime *runtime, const Tensor *tensor, const TextOptions *options, bool *cut) {
  const Layout *layout = tensor->layout;
  int ndim = layout->ndim;
  Grid grid = {.out = out, .runtime = runtime, .tensor = tensor, .options = options, .ndim = ndim};
  grid.rows = layout_shape(layout)[ndim - 2];
  grid.columns = layout_shape(layout)[ndim - 1];
  grid.blocks = layout->size / (grid.rows * grid.columns);
  grid.capacity = options->full ? grid.columns : most_of(options->line_width, 0) / 3 + 2 * TEXT_EDGE + 2;
  grid.shown = memory_allocate((size_t)grid.capacity * sizeof *grid.shown);
  if (!grid.shown) return runtime_out_of_memory(runtime);
  bool written = text_cell_prepare(&grid.cell, runtime) && write_blocks(&grid, cut);
  memory_release(grid.shown, (size_t)grid.capacity * sizeof *grid.shown);
  buffer_free(&grid.cell);
  return written;
}
