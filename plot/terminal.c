/* SPDX-License-Identifier: MIT */
/* terminal.c: a figure as lines of text: the surface of Braille dots, half blocks and eighth blocks. */
#include "plot/terminal.h"
#include <math.h>
#include <string.h>

static Terminal *terminal_of(Surface *surface) { return (Terminal *)surface; }

static int pen_ink(const Pen *pen) {
  if (pen->leveled) return colour_nearest(colour_ramp(0.25 + 0.75 * pen->level));
  return pen->overlay ? COLOUR_OVERLAY_BRIGHT : colour_bright(pen->series);
}

static void start_series(Surface *surface, const Pen *pen) {
  Terminal *terminal = terminal_of(surface);
  terminal->pen = *pen;
  terminal->ink = pen_ink(pen);
  terminal->phase = 0;
  terminal->dot_x = terminal->dot_y = terminal->bead_column = terminal->bead_row = -1;
}

static void finish_series(Surface *surface) { (void)surface; }

/* ---- dots and lines */

char terminal_stand_in(int series) {
  static const char signs[] = "*+o#x@%=&$~^";
  return signs[series % (int)(sizeof signs - 1)];
}

static void put_dot(Terminal *terminal, int x, int y) {
  char stand_in = terminal->pen.leveled ? '.' : terminal->pen.overlay ? 'o' : terminal_stand_in(terminal->pen.series);
  canvas_dot(&terminal->canvas, terminal->left + x / CELL_DOTS_ACROSS, terminal->top + y / CELL_DOTS_DOWN,
             x % CELL_DOTS_ACROSS, y % CELL_DOTS_DOWN, terminal->ink, stand_in);
}

static int clamp_dot(double at, double length) {
  int dot = (int)at;
  return dot < 0 ? 0 : dot >= (int)length ? (int)length - 1 : dot;
}

static void dot_at(Surface *surface, double x, double y) {
  put_dot(terminal_of(surface), clamp_dot(x, surface->width), clamp_dot(y, surface->height));
}

/* Without colours, series differ in their strokes. */
static bool pattern_shows(const Terminal *terminal) {
  if (terminal->canvas.colour || !terminal->canvas.unicode || terminal->pen.leveled || terminal->pen.overlay)
    return true;
  int phase = terminal->phase;
  switch (terminal->pen.series % COLOUR_PATTERNS) {
    case 1:
      return phase % 8 < 5;
    case 2:
      return phase % 4 < 1;
    case 3:
      return phase % 12 < 6 || phase % 12 == 8;
    default:
      return true;
  }
}

const char *terminal_mark(const Canvas *canvas, int series) {
  static const char *const glyphs[COLOUR_PALETTE] = {"•", "+", "×", "◦", "▪", "▫"};
  static const char *const plain[COLOUR_PALETTE] = {"*", "+", "x", "o", "#", "@"};
  return canvas->unicode ? glyphs[series % COLOUR_PALETTE] : plain[series % COLOUR_PALETTE];
}

const char *terminal_bead(const Canvas *canvas, int series) {
  bool needed = !canvas->colour && canvas->unicode && series >= COLOUR_PATTERNS;
  return needed ? terminal_mark(canvas, series / COLOUR_PATTERNS) : NULL;
}

static void step_to(Terminal *terminal, int x, int y) {
  enum { BEAD_DISTANCE = 24 };
  if (x == terminal->dot_x && y == terminal->dot_y) return;
  terminal->dot_x = x;
  terminal->dot_y = y;
  bool plain = terminal->pen.leveled || terminal->pen.overlay;
  const char *bead = plain ? NULL : terminal_bead(&terminal->canvas, terminal->pen.series);
  int column = terminal->left + x / CELL_DOTS_ACROSS, row = terminal->top + y / CELL_DOTS_DOWN;
  if (bead && terminal->phase % BEAD_DISTANCE == BEAD_DISTANCE / 2) {
    canvas_glyph(&terminal->canvas, column, row, bead, terminal->ink);
    terminal->bead_column = column;
    terminal->bead_row = row;
  } else if (pattern_shows(terminal) && (column != terminal->bead_column || row != terminal->bead_row)) {
    put_dot(terminal, x, y);
  }
  terminal->phase++;
}

static void draw_segment(Surface *surface, double x0, double y0, double x1, double y1) {
  double longest = fmax(fabs(x1 - x0), fabs(y1 - y0));
  int steps = (int)ceil(longest);
  for (int k = 0; k <= steps; k++) {
    double part = steps ? (double)k / steps : 0;
    step_to(terminal_of(surface), clamp_dot(x0 + part * (x1 - x0), surface->width),
            clamp_dot(y0 + part * (y1 - y0), surface->height));
  }
}

static void mark_at(Surface *surface, double x, double y) {
  Terminal *terminal = terminal_of(surface);
  int column = clamp_dot(x, surface->width) / CELL_DOTS_ACROSS, row = clamp_dot(y, surface->height) / CELL_DOTS_DOWN;
  canvas_glyph(&terminal->canvas, terminal->left + column, terminal->top + row,
               terminal_mark(&terminal->canvas, terminal->pen.series), terminal->ink);
}

static void draw_arrow(Surface *surface, double x0, double y0, double x1, double y1, bool headed) {
  static const char *const heads[] = {"→", "↗", "↑", "↖", "←", "↙", "↓", "↘"};
  static const char *const plain[] = {">", "/", "^", "\\", "<", "/", "v", "\\"};
  Terminal *terminal = terminal_of(surface);
  draw_segment(surface, x0, y0, x1, y1);
  if (!headed) return;
  int turn = (int)lround(atan2(y0 - y1, x1 - x0) / (2 * acos(0.0)) * 4);
  const char *const *glyphs = terminal->canvas.unicode ? heads : plain;
  canvas_glyph(&terminal->canvas, terminal->left + clamp_dot(x1, surface->width) / CELL_DOTS_ACROSS,
               terminal->top + clamp_dot(y1, surface->height) / CELL_DOTS_DOWN, glyphs[(turn + 8) % 8], terminal->ink);
}

/* ---- bars and shades */

/* Where there are no colours, series differ in what fills their bars. */
const char *terminal_filling(const Canvas *canvas, int series) {
  enum { FILLINGS = 6 };
  static const char *const fillings[FILLINGS] = {"█", "▒", "░", "▚", "▓", "╳"};
  static const char *const plain[FILLINGS] = {"#", "=", "o", "+", "%", "x"};
  if (!canvas->unicode) return plain[series % FILLINGS];
  return fillings[canvas->colour ? 0 : series % FILLINGS];
}

static const char *part_of_block(const Terminal *terminal, double top, double bottom) {
  static const char *const eighths[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const char *filling = terminal_filling(&terminal->canvas, terminal->pen.series);
  int part = (int)lround((bottom - top) * 8);
  if (strcmp(filling, eighths[7]) != 0) return part >= 4 ? filling : NULL;
  if (part < 1) return NULL;
  if (bottom > 0.99 || part == 8) return eighths[part - 1];
  return part >= 6 ? eighths[7] : part >= 2 ? "▀" : NULL;
}

static void draw_block(Surface *surface, PlotBox box) {
  Terminal *terminal = terminal_of(surface);
  int first = (int)floor(box.left / CELL_DOTS_ACROSS + 0.5), last = (int)floor(box.right / CELL_DOTS_ACROSS + 0.5) - 1;
  if (first >= terminal->columns) first = terminal->columns - 1;
  if (last < first) last = first;
  double top = box.top / CELL_DOTS_DOWN, bottom = box.bottom / CELL_DOTS_DOWN;
  for (int row = (int)top; row < terminal->rows && row < bottom; row++) {
    const char *glyph = part_of_block(terminal, fmax(top - row, 0), fmin(bottom - row, 1));
    for (int column = first; glyph && column <= last; column++)
      canvas_glyph(&terminal->canvas, terminal->left + column, terminal->top + row, glyph, terminal->ink);
  }
}

/* Every half of a cell whose middle lies in the box. */
static void shade_box(Surface *surface, PlotBox box, double level) {
  Terminal *terminal = terminal_of(surface);
  for (int column = (int)ceil((box.left - 1) / 2); 2 * column + 1 < box.right; column++)
    for (int half = (int)ceil((box.top - 1) / 2); 2 * half + 1 < box.bottom; half++) {
      Cell *cell = canvas_cell(&terminal->canvas, terminal->left + column, terminal->top + half / 2);
      if (!cell || column >= terminal->columns || half >= 2 * terminal->rows) continue;
      if (half % 2)
        cell->lower = (float)level;
      else
        cell->upper = (float)level;
    }
}

static bool write_note(Surface *surface, double x, double y, const char *text) {
  Terminal *terminal = terminal_of(surface);
  int length = (int)strlen(text), row = (int)(y / CELL_DOTS_DOWN);
  int column = (int)(x / CELL_DOTS_ACROSS) - length / 2;
  if (column < 1 || column + length >= terminal->columns || row < 0 || row >= terminal->rows) return false;
  for (int k = -2; k <= length + 1; k++) {
    const Cell *cell = canvas_cell(&terminal->canvas, terminal->left + column + k, terminal->top + row);
    if (cell && cell->text[0]) return false;
  }
  canvas_text(&terminal->canvas, terminal->left + column, terminal->top + row, text, length, terminal->ink);
  return true;
}

void terminal_start(Terminal *terminal) {
  terminal->surface = (Surface){.width = terminal->columns * CELL_DOTS_ACROSS,
                                .height = terminal->rows * CELL_DOTS_DOWN,
                                .grid_columns = terminal->columns,
                                .grid_rows = terminal->rows * 2,
                                .mark_limit = 300,
                                .start = start_series,
                                .segment = draw_segment,
                                .mark = mark_at,
                                .dot = dot_at,
                                .block = draw_block,
                                .arrow = draw_arrow,
                                .shade = shade_box,
                                .note = write_note,
                                .finish = finish_series};
}
