/* SPDX-License-Identifier: MIT */
/* text_vector.c: vectors: one line, aligned columns when that is too long, or both ends of it. */
#include <string.h>

#include "runtime/format/text_cell.h"

enum { WRAPPED_LINES = 4 }; /* at a prompt; more are summarised */

/* The cells that may be shown, each ended by a NUL. */
typedef struct Cells {
  Buffer text;
  int64_t count;
  size_t total, widest; /* of the cells' lengths */
} Cells;

static bool add_cells(Cells *cells, Runtime *runtime, const Tensor *tensor, const TextOptions *options,
                      int64_t from, int64_t count) {
  for (int64_t i = from; i < from + count && !cells->text.failed; i++) {
    size_t start = cells->text.length;
    text_cell(&cells->text, tensor, i, options);
    size_t width = cells->text.length - start;
    buffer_add_byte(&cells->text, '\0');
    cells->total += width;
    if (width > cells->widest) cells->widest = width;
    if ((i + 1) % TEXT_POLL == 0 && runtime_interrupted(runtime)) return false;
  }
  cells->count += count;
  return !cells->text.failed || runtime_out_of_memory(runtime);
}

static void write_line(Buffer *out, const Cells *cells) {
  const char *cell = cells->text.text;
  for (int64_t i = 0; i < cells->count; i++, cell += strlen(cell) + 1) {
    buffer_add_text(out, i ? ", " : "[");
    buffer_add_text(out, cell);
  }
  buffer_add_byte(out, ']');
}

static int64_t cells_per_line(const Cells *cells, const TextOptions *options) {
  int64_t count = options->line_width / (int64_t)(cells->widest + 2); /* a bracket at each end, ", " in between */
  return count > 0 ? count : 1;
}

static void write_columns(Buffer *out, const Cells *cells, const TextOptions *options) {
  int64_t per_line = cells_per_line(cells, options);
  const char *cell = cells->text.text;
  for (int64_t i = 0; i < cells->count; i++) {
    size_t width = strlen(cell);
    buffer_add_text(out, i == 0 ? "[" : i % per_line ? ", " : ",\n ");
    buffer_add_fill(out, ' ', cells->widest - width);
    buffer_add(out, cell, width);
    cell += width + 1;
  }
  buffer_add_byte(out, ']');
}

/* Both ends, taken in turn while the line has room. */
static TextWindow choose_ends(const Tensor *tensor, const TextOptions *options, Buffer *cell) {
  int64_t size = tensor_size(tensor), room = options->line_width - (int64_t)strlen("[..., ]");
  TextWindow window = {.count = size};
  while (text_window_shown(&window) < size) {
    bool leading = window.lead == window.tail;
    buffer_clear(cell);
    text_cell(cell, tensor, leading ? window.lead : size - 1 - window.tail, options);
    room -= (int64_t)cell->length + (text_window_shown(&window) ? 2 : 0);
    if (room < 0 && text_window_shown(&window) >= 2 * TEXT_EDGE) break;
    if (leading) window.lead++;
    else window.tail++;
  }
  return text_window_is_cut(&window) ? window : text_window_of(size, 2 * TEXT_EDGE);
}

static bool write_ends(Buffer *out, Runtime *runtime, const Tensor *tensor, const TextOptions *options, bool *cut) {
  Buffer cell = {0};
  if (!text_cell_prepare(&cell, runtime)) return false;
  TextWindow window = choose_ends(tensor, options, &cell);
  buffer_free(&cell);
  *cut = text_window_is_cut(&window);
  for (int64_t i = 0; i < text_window_shown(&window); i++) {
    buffer_add_text(out, i ? ", " : "[");
    if (*cut && i == window.lead) buffer_add_text(out, "..., ");
    text_cell(out, tensor, text_window_index(&window, i), options);
  }
  buffer_add_byte(out, ']');
  return true;
}

static bool is_too_long(const Cells *cells, const TextOptions *options) {
  return !options->full && options->max_rows > 0 && cells->count > WRAPPED_LINES * cells_per_line(cells, options);
}

bool text_vector(Buffer *out, Runtime *runtime, const Tensor *tensor, const TextOptions *options, bool *cut) {
  int64_t size = tensor_size(tensor);
  if (!options->full && size > options->threshold) return write_ends(out, runtime, tensor, options, cut);
  Cells cells = {0};
  bool made = add_cells(&cells, runtime, tensor, options, 0, size);
  if (made) {
    size_t line = cells.total + 2 * (size_t)size;
    if (line <= (size_t)options->line_width) write_line(out, &cells);
    else if (is_too_long(&cells, options)) made = write_ends(out, runtime, tensor, options, cut);
    else write_columns(out, &cells, options);
  }
  buffer_free(&cells.text);
  return made;
}
