/* SPDX-License-Identifier: MIT */
/* figure.h: what a plot shows, before anybody knows how large it will be or where it is drawn.

   Everything that belongs to a figure lives in its arena.  Numbers may be nan or infinite: these are gaps. */
#ifndef MGRAD_PLOT_FIGURE_H
#define MGRAD_PLOT_FIGURE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buffer.h"
#include "base/memory.h"

typedef enum SeriesKind { SERIES_LINE, SERIES_MARKS, SERIES_BARS, SERIES_ARROWS } SeriesKind;

typedef struct Series {
  struct Series *next;
  SeriesKind kind;
  const char *label; /* for the legend; NULL: not in it */
  int64_t count;
  const double *x, *y; /* points; of bars: left edges and heights */
  const double *u, *v; /* arrows: directions; bars: u holds the right edges */
  bool marked;         /* a line with a mark at each point */
  bool directed;       /* arrows have heads; a slope field's strokes have none */
  bool overlay;        /* drawn so that it stands out from a field under it */
  bool any_x, any_y;   /* a line across the whole plot: these coordinates do not count for its limits */
  int colour;          /* place in the palette */
} Series;

/* Heights over a grid, row by row; the first row lies at `first_y`. */
typedef struct Field {
  int64_t rows, columns;
  const double *z;
  double first_x, last_x, first_y, last_y; /* of the outermost grid points */
  bool filled;                             /* a heat map; else contour lines */
  bool rows_downward;                      /* a matrix as it is printed: its first row on top */
  int level_count;
  const double *levels; /* ascending */
} Field;

typedef struct AxisSpec {
  const char *label; /* NULL: none */
  bool logarithmic;
  bool limited; /* low and high are given; low > high turns the axis around */
  double low, high;
  bool whole;         /* indices: no fractions are written beside it */
  int64_t name_count; /* categories: names[k] stands at k; 0: numbers */
  const char *const *names;
} AxisSpec;

typedef struct Figure {
  Arena arena;
  const char *title; /* NULL: none */
  AxisSpec x, y;
  Field *field; /* NULL: none */
  Series *series, *last;
  int colours;       /* handed out so far */
  int width, height; /* asked for by the user: columns and rows, or pixels; 0: free */
} Figure;

Figure *figure_new(void);         /* NULL: out of memory; so are the NULLs and falses below */
void figure_free(Figure *figure); /* NULL allowed */
/* A copy in which nothing can command a terminal: controls and the like are shown as escapes. */
const char *figure_text(Figure *figure, const char *text, size_t length);
double *figure_numbers(Figure *figure, int64_t count);
/* An empty series at the end, with the next colour. */
Series *figure_add(Figure *figure, SeriesKind kind);

/* The least and greatest finite number (positive ones only, for a logarithmic axis); empty: `extent_is_empty`. */
typedef struct Extent {
  double low, high;
} Extent;
void extent_start(Extent *extent); /* empty */
/* Extends it to the finite numbers; `positive`: to those above 0.  Of some when interrupted: nobody will see it. */
void extent_add(Extent *extent, const double *numbers, int64_t count, bool positive);
static inline bool extent_is_empty(const Extent *extent) { return !(extent->low <= extent->high); }

#endif
