/* SPDX-License-Identifier: MIT */
/* paint.c: drawing the series of a figure on any surface. */
#include "plot/paint.h"
#include <math.h>
#include "base/interrupt.h"

/* Places further out than this many lengths of an axis count as there: slopes stay, overflow does not happen. */
static const double far_out = 1e7;
enum { POLL_POINTS = 1 << 16, DENSE_POINTS = 8 /* per unit of the surface */ };

static double place_on(const Scale *scale, double number, double length, bool downward) {
  double place = scale_place(scale, number);
  if (place > far_out) place = far_out;
  if (place < -far_out) place = -far_out;
  return (downward ? 1 - place : place) * length;
}

static double place_x(const Surface *surface, const Axes *axes, double x) {
  return place_on(&axes->x, x, surface->width, false);
}

static double place_y(const Surface *surface, const Axes *axes, double y) {
  return place_on(&axes->y, y, surface->height, true);
}

static bool is_inside(const Surface *surface, double x, double y) {
  return x >= 0 && x <= surface->width && y >= 0 && y <= surface->height;
}

/* ---- lines */

/* One side of the box: the part of the segment with `along * t <= distance` stays. */
static bool clip_side(double along, double distance, double *from, double *to) {
  if (along == 0) return distance >= 0;
  double t = distance / along;
  if (along < 0) {
    if (t > *to) return false;
    if (t > *from) *from = t;
  } else {
    if (t < *from) return false;
    if (t < *to) *to = t;
  }
  return true;
}

bool segment_clip(Segment *segment, double width, double height) {
  double dx = segment->x1 - segment->x0, dy = segment->y1 - segment->y0, from = 0, to = 1;
  bool stays = clip_side(-dx, segment->x0, &from, &to) && clip_side(dx, width - segment->x0, &from, &to) &&
               clip_side(-dy, segment->y0, &from, &to) && clip_side(dy, height - segment->y0, &from, &to);
  if (!stays) return false;
  double x0 = segment->x0, y0 = segment->y0;
  if (to < 1) segment->x1 = x0 + to * dx, segment->y1 = y0 + to * dy;
  if (from > 0) segment->x0 = x0 + from * dx, segment->y0 = y0 + from * dy;
  return true;
}

/* The end of the line so far, and what lies between it and the column that is being collected. */
typedef struct Line {
  Surface *surface;
  bool dense, begun, drawn; /* drawn: since it began */
  double x, y;              /* the last point */
  double column;            /* dense: the unit that the points since then lie in */
  double low, high;         /* what they cover */
  bool collected;
} Line;

static void line_to(Line *line, double x, double y) {
  Segment piece = {line->x, line->y, x, y};
  if (line->begun) line->drawn = true;
  if (line->begun && segment_clip(&piece, line->surface->width, line->surface->height))
    line->surface->segment(line->surface, piece.x0, piece.y0, piece.x1, piece.y1);
  line->begun = true;
  line->x = x;
  line->y = y;
}

/* The points of one column: a stroke over all of them, ending where the last one is. */
static void end_column(Line *line, double x, double y) {
  if (line->collected && line->high > line->low) {
    line_to(line, x, line->low);
    line_to(line, x, line->high);
    line_to(line, x, y);
  }
  line->collected = false;
}

static void add_dense(Line *line, double x, double y) {
  double column = floor(x);
  if (line->begun && column == line->column) {
    line->low = line->collected ? fmin(line->low, y) : fmin(line->y, y);
    line->high = line->collected ? fmax(line->high, y) : fmax(line->y, y);
    line->collected = true;
    line->x = x;
    line->y = y;
    return;
  }
  if (line->begun) end_column(line, line->x, line->y);
  line_to(line, x, y);
  line->column = column;
}

/* A point without neighbours is a dot. */
static void end_line(Line *line) {
  if (!line->begun) return;
  if (line->dense) end_column(line, line->x, line->y);
  if (!line->drawn) line_to(line, line->x, line->y);
  line->begun = line->collected = line->drawn = false;
}

void paint_line(Surface *surface, const Axes *axes, const double *x, const double *y, int64_t count) {
  Line line = {.surface = surface, .dense = (double)count > DENSE_POINTS * surface->width};
  for (int64_t i = 0; i < count; i++) {
    if (i % POLL_POINTS == 0 && interrupt_requested) return;
    double at_x = place_x(surface, axes, x[i]), at_y = place_y(surface, axes, y[i]);
    if (isnan(at_x) || isnan(at_y)) {
      end_line(&line);
    } else if (line.dense) {
      add_dense(&line, at_x, at_y);
    } else {
      line_to(&line, at_x, at_y);
    }
  }
  end_line(&line);
}

/* ---- the other kinds */

static void paint_marks(Surface *surface, const Axes *axes, const Series *series) {
  void (*draw)(Surface *, double, double) = series->count > surface->mark_limit ? surface->dot : surface->mark;
  for (int64_t i = 0; i < series->count; i++) {
    if (i % POLL_POINTS == 0 && interrupt_requested) return;
    double x = place_x(surface, axes, series->x[i]), y = place_y(surface, axes, series->y[i]);
    if (is_inside(surface, x, y)) draw(surface, x, y);
  }
}

static double between(double number, double most) { return number < 0 ? 0 : number > most ? most : number; }

static void paint_bars(Surface *surface, const Axes *axes, const Series *series) {
  double base = axes->y.logarithmic ? surface->height : place_y(surface, axes, 0);
  for (int64_t i = 0; i < series->count; i++) {
    double left = place_x(surface, axes, series->x[i]), right = place_x(surface, axes, series->u[i]);
    double top = place_y(surface, axes, series->y[i]);
    if (isnan(top) || isnan(left) || isnan(right)) continue;
    PlotBox box = {between(fmin(left, right), surface->width), between(fmin(top, base), surface->height),
                   between(fmax(left, right), surface->width), between(fmax(top, base), surface->height)};
    if (box.right > box.left && box.bottom > box.top) surface->block(surface, box);
  }
}

/* Directions as they are seen: lengths of the axes count. */
static void seen_direction(const Surface *surface, const Axes *axes, const Series *series, int64_t i, double *dx,
                           double *dy) {
  *dx = series->u[i] / (axes->x.high - axes->x.low) * surface->width;
  *dy = -series->v[i] / (axes->y.high - axes->y.low) * surface->height;
}

static void paint_arrows(Surface *surface, const Axes *axes, const Series *series) {
  double longest = 0, dx, dy;
  for (int64_t i = 0; i < series->count; i++) {
    seen_direction(surface, axes, series, i, &dx, &dy);
    double length = hypot(dx, dy);
    if (isfinite(length) && length > longest) longest = length;
  }
  double room = sqrt(surface->width * surface->height / (double)series->count) * 0.85;
  for (int64_t i = 0; i < series->count; i++) {
    seen_direction(surface, axes, series, i, &dx, &dy);
    double x = place_x(surface, axes, series->x[i]), y = place_y(surface, axes, series->y[i]), length = hypot(dx, dy);
    if (!isfinite(length) || length == 0 || !(fabs(x) + fabs(y) < INFINITY)) continue;
    double factor = room / 2 / (series->directed ? longest : length);
    Segment stroke = {x - dx * factor, y - dy * factor, x + dx * factor, y + dy * factor};
    bool whole = is_inside(surface, stroke.x1, stroke.y1);
    if (segment_clip(&stroke, surface->width, surface->height))
      surface->arrow(surface, stroke.x0, stroke.y0, stroke.x1, stroke.y1, series->directed && whole);
  }
}

/* A line of one point has no length to be seen. */
static bool is_point(const Series *series) { return series->kind == SERIES_LINE && series->count == 1; }

static void paint_series(Surface *surface, const Axes *axes, const Series *series) {
  surface->start(surface, &(Pen){.series = series->colour, .overlay = series->overlay});
  switch (series->kind) {
    case SERIES_LINE:
      paint_line(surface, axes, series->x, series->y, series->count);
      break;
    case SERIES_BARS:
      paint_bars(surface, axes, series);
      break;
    case SERIES_ARROWS:
      paint_arrows(surface, axes, series);
      break;
    case SERIES_MARKS:
      break;
  }
  if (series->kind == SERIES_MARKS || series->marked || is_point(series)) paint_marks(surface, axes, series);
  surface->finish(surface);
}

void paint_figure(const Figure *figure, const Axes *axes, Surface *surface) {
  if (figure->field && figure->field->filled)
    paint_heat(figure->field, axes, surface);
  else if (figure->field)
    paint_contours(figure->field, axes, surface);
  for (const Series *series = figure->series; series && !interrupt_requested; series = series->next)
    paint_series(surface, axes, series);
}
