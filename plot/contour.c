/* SPDX-License-Identifier: MIT */
/* contour.c: the lines on which a field has one height, cell by cell of its grid. */
#include <math.h>
#include "base/interrupt.h"
#include "plot/paint.h"

enum { GRID_MOST = 256, SPOTS = 6 };

/* Where a level's number would stand best. */
typedef struct Spot {
  double x, y, distance;
} Spot;

typedef struct Contour {
  const Field *field;
  const Axes *axes;
  Surface *surface;
  int64_t row_stride, column_stride;
  double level;
  double wish_x, wish_y; /* where the number should be */
  Spot spots[SPOTS];     /* the nearest first */
  int spot_count;
} Contour;

/* A corner of a cell in places of the axes (0 to 1), and how far its height is above the level. */
typedef struct Corner {
  double x, y, above;
} Corner;

static Corner corner_at(const Contour *contour, int64_t row, int64_t column) {
  const Field *field = contour->field;
  double x = field->first_x + (field->last_x - field->first_x) * (double)column / (double)(field->columns - 1);
  double y = field->first_y + (field->last_y - field->first_y) * (double)row / (double)(field->rows - 1);
  double height = field->z[row * field->columns + column];
  return (Corner){scale_place(&contour->axes->x, x), 1 - scale_place(&contour->axes->y, y), height - contour->level};
}

static Corner crossing(const Corner *a, const Corner *b) {
  double part = a->above / (a->above - b->above);
  return (Corner){a->x + part * (b->x - a->x), a->y + part * (b->y - a->y), 0};
}

static void keep_spot(Contour *contour, const Segment *piece) {
  Spot spot = {(piece->x0 + piece->x1) / 2, (piece->y0 + piece->y1) / 2, 0};
  spot.distance =
      hypot(spot.x / contour->surface->width - contour->wish_x, spot.y / contour->surface->height - contour->wish_y);
  int at = contour->spot_count < SPOTS ? contour->spot_count++ : SPOTS - 1;
  if (at == SPOTS - 1 && contour->spots[at].distance > 0 && contour->spots[at].distance < spot.distance) return;
  for (; at > 0 && contour->spots[at - 1].distance > spot.distance; at--) contour->spots[at] = contour->spots[at - 1];
  contour->spots[at] = spot;
}

static void draw_piece(Contour *contour, const Corner *a, const Corner *b) {
  Surface *surface = contour->surface;
  Segment piece = {a->x * surface->width, a->y * surface->height, b->x * surface->width, b->y * surface->height};
  if (!segment_clip(&piece, surface->width, surface->height)) return;
  surface->segment(surface, piece.x0, piece.y0, piece.x1, piece.y1);
  keep_spot(contour, &piece);
}

/* Corners go around the cell.  Where all four sides are crossed, the height in the middle says which ends belong
   together. */
static void draw_cell(Contour *contour, const Corner *corners) {
  Corner ends[4];
  int count = 0;
  for (int k = 0; k < 4; k++) {
    const Corner *a = &corners[k], *b = &corners[(k + 1) % 4];
    if (!isfinite(a->above)) return;
    if ((a->above > 0) != (b->above > 0)) ends[count++] = crossing(a, b);
  }
  double middle = (corners[0].above + corners[1].above + corners[2].above + corners[3].above) / 4;
  if (count == 2) {
    draw_piece(contour, &ends[0], &ends[1]);
  } else if (count == 4) {
    bool turned = (middle > 0) == (corners[0].above > 0);
    draw_piece(contour, &ends[0], &ends[turned ? 1 : 3]);
    draw_piece(contour, &ends[2], &ends[turned ? 3 : 1]);
  }
}

static void draw_level(Contour *contour) {
  const Field *field = contour->field;
  int64_t down = contour->row_stride, across = contour->column_stride;
  for (int64_t row = 0; row + 1 < field->rows && !interrupt_requested; row += down) {
    int64_t below = row + down < field->rows ? row + down : field->rows - 1;
    for (int64_t column = 0; column + 1 < field->columns; column += across) {
      int64_t right = column + across < field->columns ? column + across : field->columns - 1;
      Corner corners[4] = {corner_at(contour, row, column), corner_at(contour, row, right),
                           corner_at(contour, below, right), corner_at(contour, below, column)};
      draw_cell(contour, corners);
    }
  }
}

static void write_level(Contour *contour) {
  char text[28];
  tick_number(text, sizeof text, contour->level, 4);
  for (int k = 0; k < contour->spot_count; k++)
    if (contour->surface->note(contour->surface, contour->spots[k].x, contour->spots[k].y, text)) return;
}

void paint_contours(const Field *field, const Axes *axes, Surface *surface) {
  if (field->rows < 2 || field->columns < 2 || extent_is_empty(&axes->heights)) return;
  double low = axes->heights.low, range = axes->heights.high - low;
  for (int k = 0; k < field->level_count && !interrupt_requested; k++) {
    double turn = 2.4 * k; /* about the golden angle: numbers of neighbouring levels stand apart */
    Contour contour = {.field = field,
                       .axes = axes,
                       .surface = surface,
                       .level = field->levels[k],
                       .row_stride = (field->rows + GRID_MOST - 1) / GRID_MOST,
                       .column_stride = (field->columns + GRID_MOST - 1) / GRID_MOST,
                       .wish_x = 0.5 + 0.3 * cos(turn),
                       .wish_y = 0.5 + 0.3 * sin(turn)};
    double part = range > 0 ? (contour.level - low) / range : 0.5;
    surface->start(surface, &(Pen){.series = k, .leveled = true, .level = part});
    draw_level(&contour);
    surface->finish(surface);
    write_level(&contour);
  }
}
