/* SPDX-License-Identifier: MIT */
/* explain_grid.h: lines of cells in columns that fit a terminal. */
#ifndef MGRAD_EVALUATOR_BUILTINS_EXPLAIN_GRID_H
#define MGRAD_EVALUATOR_BUILTINS_EXPLAIN_GRID_H
#include "evaluator/builtins/explain.h"

enum { GRID_COLUMNS = 6, GRID_LINES = 256 };

typedef struct GridLine {
  const char *cells[GRID_COLUMNS]; /* NULL: empty */
  const char *whole;               /* stands instead of the cells */
  const char *note;                /* behind the cells where there is room, else on a line of its own */
  bool loose;                      /* the cells do not count for the widths and are not cut */
} GridLine;

typedef struct Grid {
  int columns;
  size_t least[GRID_COLUMNS];      /* a column with a least width gives way when the lines are too long */
  GridLine *lines;                 /* GRID_LINES of them */
  uint32_t count;
  const char *ellipsis;            /* in cells that are cut */
} Grid;

/* Lines of so many columns, in the memory of the steps; false: none is left. */
bool grid_start(Steps *steps, Grid *grid, int columns);
GridLine *grid_add(Grid *grid);    /* never NULL: the last line serves when there is no room */
size_t grid_columns(const Grid *grid); /* how wide it is when all that can give way has done so */
void grid_write(const Grid *grid, Buffer *out);
/* Cut in the middle to so many columns, with an ellipsis for what is missing; terminals obey nothing in it.  Numbers
   are kept or left out, and what a last ` = ` says is kept. */
void text_add_cut(Buffer *out, const char *text, size_t columns, const char *ellipsis);

#endif
