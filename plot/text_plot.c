/* SPDX-License-Identifier: MIT */
/* text_plot.c: a figure as lines of text: title and legend, frame, numbers at the axes, contents. */
#include <stdio.h>
#include "base/text.h"
#include "plot/paint.h"
#include "plot/plot.h"
#include "plot/terminal.h"

enum { LABEL_MOST = 16, BAR_COLUMNS = 2, GAP = 3 };

typedef struct TextPlot {
  const Figure *figure;
  Axes axes;
  Ticks x_ticks, y_ticks, height_ticks;
  Terminal terminal;
  int header_rows, indent; /* of title and legend */
  int right;               /* columns of the colour bar and its numbers */
} TextPlot;

/* ---- title and legend */

typedef struct Header {
  TextPlot *plot;
  bool draws;
  int column, row, indent;
} Header;

static void header_item(Header *header, const char *sample, const char *text, int ink) {
  Canvas *canvas = &header->plot->terminal.canvas;
  int room = canvas->columns - header->indent;
  int length = (int)text_columns(sample) + (*sample ? 1 : 0) + (int)text_columns(text);
  if (length > room) length = room;
  if (header->column > 0 && header->column + GAP + length > room) {
    header->row++;
    header->column = 0;
  }
  if (header->column > 0) header->column += GAP;
  if (header->draws) {
    int at = header->indent + header->column, used = *sample ? (int)text_columns(sample) + 1 : 0;
    canvas_text(canvas, at, header->row, sample, room, ink);
    canvas_text(canvas, at + used, header->row, text, room - header->column - used, INK_NONE);
  }
  header->column += length;
}

enum { SAMPLE_ROOM = 16 };

static void write_sample(char *sample, const Series *series, const Canvas *canvas) {
  static const char *const strokes[COLOUR_PATTERNS] = {"─", "╌", "·", "─"};
  static const char *const ends[COLOUR_PATTERNS] = {"─", "╌", "·", "·"};
  int pattern = canvas->colour || series->overlay ? 0 : series->colour % COLOUR_PATTERNS;
  char plain[2] = {series->overlay ? 'o' : terminal_stand_in(series->colour), '\0'};
  const char *stroke = canvas->unicode ? strokes[pattern] : plain;
  switch (series->kind) {
    case SERIES_LINE: {
      const char *bead = series->overlay ? NULL : terminal_bead(canvas, series->colour);
      const char *end = series->marked    ? terminal_mark(canvas, series->colour)
                        : bead            ? bead
                        : canvas->unicode ? ends[pattern]
                                          : plain;
      snprintf(sample, SAMPLE_ROOM, "%s%s", stroke, end);
      break;
    }
    case SERIES_MARKS:
      snprintf(sample, SAMPLE_ROOM, "%s", terminal_mark(canvas, series->colour));
      break;
    case SERIES_BARS:
      snprintf(sample, SAMPLE_ROOM, "%s", terminal_filling(canvas, series->colour));
      break;
    case SERIES_ARROWS:
      snprintf(sample, SAMPLE_ROOM, "%s", canvas->unicode ? "→" : ">");
      break;
  }
}

/* The rows that title and legend take; `draws`: with them on the canvas. */
static int place_header(TextPlot *plot, bool draws, int indent) {
  Header header = {plot, draws, 0, 0, indent};
  char sample[SAMPLE_ROOM];
  if (plot->figure->title) header_item(&header, "", plot->figure->title, INK_NONE);
  for (const Series *series = plot->figure->series; series; series = series->next) {
    if (!series->label) continue;
    int ink = series->overlay ? COLOUR_OVERLAY_BRIGHT : colour_bright(series->colour);
    write_sample(sample, series, &plot->terminal.canvas);
    header_item(&header, sample, series->label, ink);
  }
  return header.row + (header.column > 0 ? 1 : 0);
}

/* ---- layout */

static int widest(const Ticks *ticks) {
  int most = 0;
  for (int k = 0; k < ticks->count; k++) {
    int columns = (int)text_columns(ticks->items[k].text);
    if (columns > most) most = columns;
  }
  return most < LABEL_MOST ? most : LABEL_MOST;
}

/* Everything above and at the left of the plotting area; title and legend begin where the area does. */
static void lay_out_left(TextPlot *plot, int indent) {
  const Figure *figure = plot->figure;
  Terminal *terminal = &plot->terminal;
  plot->indent = indent;
  plot->header_rows = place_header(plot, false, indent);
  int label_rows = (figure->y.label ? 1 : 0) + (figure->x.label ? 1 : 0);
  terminal->rows = terminal->canvas.rows - plot->header_rows - label_rows - 2;
  if (terminal->rows < 2) terminal->rows = 2;
  terminal->top = plot->header_rows + (figure->y.label ? 1 : 0);
  int most = terminal->rows / 2;
  ticks_choose(&plot->y_ticks, &plot->axes.y, most < 2 ? 2 : most > 8 ? 8 : most);
  if (figure->y.name_count) axes_ticks(&plot->y_ticks, &plot->axes.y, &figure->y, terminal->rows, 0.1);
  terminal->left = widest(&plot->y_ticks) + 1;
}

/* How many rows the header takes depends on the numbers at the left, and the other way round: one guess is enough. */
static void lay_out(TextPlot *plot) {
  const Figure *figure = plot->figure;
  Terminal *terminal = &plot->terminal;
  lay_out_left(plot, LABEL_MOST + 1);
  lay_out_left(plot, terminal->left);
  int most = terminal->rows / 2;
  if (figure->field && figure->field->filled && !extent_is_empty(&plot->axes.heights)) {
    Scale heights = {plot->axes.heights.low, plot->axes.heights.high, false, false};
    if (heights.high > heights.low) ticks_choose(&plot->height_ticks, &heights, most < 2 ? 2 : most > 6 ? 6 : most);
    plot->right = 1 + BAR_COLUMNS + 1 + widest(&plot->height_ticks);
  }
  terminal->columns = terminal->canvas.columns - terminal->left - plot->right - 1;
  if (terminal->columns < 4) terminal->columns = 4;
  terminal_start(terminal);
  axes_ticks(&plot->x_ticks, &plot->axes.x, &figure->x, terminal->surface.width, CELL_DOTS_ACROSS);
}

/* ---- frame and numbers */

static int cell_of(double place, double length, int dots) {
  int cell = (int)(place * length) / dots, most = (int)length / dots - 1;
  return cell < 0 ? 0 : cell > most ? most : cell;
}

/* The line through 0, where nothing else is drawn. */
static void draw_zero_lines(TextPlot *plot) {
  Terminal *terminal = &plot->terminal;
  Canvas *canvas = &terminal->canvas;
  if (plot->axes.crosses_y) {
    int row = cell_of(1 - scale_place(&plot->axes.y, 0), terminal->surface.height, CELL_DOTS_DOWN);
    for (int k = 0; k < terminal->columns; k++)
      canvas_glyph(canvas, terminal->left + k, terminal->top + row, canvas->unicode ? "┈" : "-", INK_DIM);
  }
  if (plot->axes.crosses_x) {
    int column = cell_of(scale_place(&plot->axes.x, 0), terminal->surface.width, CELL_DOTS_ACROSS);
    for (int k = 0; k < terminal->rows; k++)
      canvas_glyph(canvas, terminal->left + column, terminal->top + k, canvas->unicode ? "┊" : ":", INK_DIM);
  }
}

static void draw_left(TextPlot *plot) {
  Terminal *terminal = &plot->terminal;
  Canvas *canvas = &terminal->canvas;
  int column = terminal->left - 1;
  for (int k = 0; k < terminal->rows; k++)
    canvas_glyph(canvas, column, terminal->top + k, canvas->unicode ? "│" : "|", INK_DIM);
  for (int k = 0; k < plot->y_ticks.count; k++) {
    const Tick *tick = &plot->y_ticks.items[k];
    int row = terminal->top + cell_of(1 - tick->place, terminal->surface.height, CELL_DOTS_DOWN);
    int length = (int)text_columns(tick->text), room = column;
    canvas_text(canvas, length < room ? room - length : 0, row, tick->text, room, INK_NONE);
    canvas_glyph(canvas, column, row, canvas->unicode ? "┤" : "+", INK_DIM);
  }
}

static void draw_bottom(TextPlot *plot) {
  Terminal *terminal = &plot->terminal;
  Canvas *canvas = &terminal->canvas;
  int row = terminal->top + terminal->rows, right = terminal->left + terminal->columns;
  canvas_glyph(canvas, terminal->left - 1, row, canvas->unicode ? "└" : "+", INK_DIM);
  for (int k = terminal->left; k < right; k++) canvas_glyph(canvas, k, row, canvas->unicode ? "─" : "-", INK_DIM);
  for (int k = 0; k < plot->x_ticks.count; k++) {
    const Tick *tick = &plot->x_ticks.items[k];
    int column = terminal->left + cell_of(tick->place, terminal->surface.width, CELL_DOTS_ACROSS);
    int length = (int)text_columns(tick->text), start = column - length / 2;
    if (start + length > canvas->columns) start = canvas->columns - length;
    canvas_glyph(canvas, column, row, canvas->unicode ? "┬" : "+", INK_DIM);
    canvas_text(canvas, start < 0 ? 0 : start, row + 1, tick->text, length, INK_NONE);
  }
}

static void draw_labels(TextPlot *plot) {
  const Figure *figure = plot->figure;
  Terminal *terminal = &plot->terminal;
  Canvas *canvas = &terminal->canvas;
  place_header(plot, true, plot->indent);
  if (figure->y.label)
    canvas_text(canvas, terminal->left, plot->header_rows, figure->y.label, canvas->columns - terminal->left, INK_NONE);
  if (!figure->x.label) return;
  int length = (int)text_columns(figure->x.label), start = terminal->left + (terminal->columns - length) / 2;
  if (start < 0) start = 0;
  canvas_text(canvas, start, terminal->top + terminal->rows + 2, figure->x.label, canvas->columns - start, INK_NONE);
}

/* A strip of all shades beside the map, with numbers. */
static void draw_colour_bar(TextPlot *plot) {
  Terminal *terminal = &plot->terminal;
  int left = terminal->left + terminal->columns + 1, halves = 2 * terminal->rows;
  for (int half = 0; half < halves; half++)
    for (int k = 0; k < BAR_COLUMNS; k++) {
      Cell *cell = canvas_cell(&terminal->canvas, left + k, terminal->top + half / 2);
      float level = 1 - ((float)half + 0.5f) / (float)halves;
      if (cell && half % 2)
        cell->lower = level;
      else if (cell)
        cell->upper = level;
    }
  for (int k = 0; k < plot->height_ticks.count; k++) {
    const Tick *tick = &plot->height_ticks.items[k];
    int row = terminal->top + cell_of(1 - tick->place, terminal->surface.height, CELL_DOTS_DOWN);
    canvas_text(&terminal->canvas, left + BAR_COLUMNS + 1, row, tick->text, LABEL_MOST, INK_NONE);
  }
}

static int side(int wanted, int offered) {
  int length = wanted ? wanted : offered;
  return length < PLOT_SIDE_LEAST ? PLOT_SIDE_LEAST : length > PLOT_SIDE_MOST ? PLOT_SIDE_MOST : length;
}

bool plot_write_text(const Figure *figure, const PlotDevice *device, Buffer *out) {
  TextPlot plot = {.figure = figure};
  int columns = side(figure->width, device->columns), rows = side(figure->height, device->rows);
  if (!canvas_open(&plot.terminal.canvas, columns, rows, device->unicode, device->colour)) return false;
  axes_fit(&plot.axes, figure);
  lay_out(&plot);
  draw_zero_lines(&plot);
  draw_left(&plot);
  draw_bottom(&plot);
  draw_labels(&plot);
  if (plot.right && plot.height_ticks.count) draw_colour_bar(&plot);
  paint_figure(figure, &plot.axes, &plot.terminal.surface);
  canvas_write(&plot.terminal.canvas, out);
  canvas_close(&plot.terminal.canvas);
  return !out->failed;
}
