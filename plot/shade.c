/* SPDX-License-Identifier: MIT */
/* shade.c: the heights of a heat map, averaged to what the surface can show. */
#include <math.h>
#include "base/interrupt.h"
#include "plot/paint.h"

typedef struct Cells {
  int64_t from, to;
} Cells; /* of grid points, `to` excluded */

/* Block `k` of `count`, which share `size` grid points as evenly as possible. */
static Cells cells_of(int64_t k, int64_t count, int64_t size) {
  return (Cells){k * size / count, (k + 1) * size / count};
}

static double mean_height(const Field *field, Cells rows, Cells columns) {
  double sum = 0;
  int64_t count = 0;
  for (int64_t i = rows.from; i < rows.to; i++)
    for (int64_t j = columns.from; j < columns.to; j++) {
      double height = field->z[i * field->columns + j];
      if (!isfinite(height)) continue;
      sum += height;
      count++;
    }
  return count ? sum / (double)count : NAN;
}

/* The coordinate of the border before grid point `at`. */
static double border(double first, double last, int64_t size, int64_t at) {
  double step = size > 1 ? (last - first) / (double)(size - 1) : 1;
  return first + ((double)at - 0.5) * step;
}

static double cut(double place, double length) { return fmin(fmax(place, 0), 1) * length; }

static bool box_of(const Field *field, const Axes *axes, const Surface *surface, Cells rows, Cells columns,
                   PlotBox *box) {
  double x0 =
      cut(scale_place(&axes->x, border(field->first_x, field->last_x, field->columns, columns.from)), surface->width);
  double x1 =
      cut(scale_place(&axes->x, border(field->first_x, field->last_x, field->columns, columns.to)), surface->width);
  double y0 =
      cut(1 - scale_place(&axes->y, border(field->first_y, field->last_y, field->rows, rows.from)), surface->height);
  double y1 =
      cut(1 - scale_place(&axes->y, border(field->first_y, field->last_y, field->rows, rows.to)), surface->height);
  *box = (PlotBox){fmin(x0, x1), fmin(y0, y1), fmax(x0, x1), fmax(y0, y1)};
  return box->right > box->left && box->bottom > box->top;
}

void paint_heat(const Field *field, const Axes *axes, Surface *surface) {
  if (extent_is_empty(&axes->heights)) return;
  int64_t rows = field->rows < surface->grid_rows ? field->rows : surface->grid_rows;
  int64_t columns = field->columns < surface->grid_columns ? field->columns : surface->grid_columns;
  double low = axes->heights.low, range = axes->heights.high - low;
  for (int64_t i = 0; i < rows && !interrupt_requested; i++)
    for (int64_t j = 0; j < columns; j++) {
      Cells down = cells_of(i, rows, field->rows), across = cells_of(j, columns, field->columns);
      double height = mean_height(field, down, across);
      PlotBox box;
      if (isnan(height) || !box_of(field, axes, surface, down, across, &box)) continue;
      surface->shade(surface, box, range > 0 ? (height - low) / range : 0.5);
    }
}
