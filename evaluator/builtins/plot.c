/* SPDX-License-Identifier: MIT */
/* plot.c: plot and scatter: series of numbers and curves of functions. */
#include <math.h>
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/curve.h"
#include "evaluator/builtins/drawing.h"
#include "evaluator/failure.h"

enum { CURVES_MOST = 64 };

/* A function waits until the data are known: they give its range where no other is given. */
typedef struct Curve {
  Value function;
  Series *series;
} Curve;

/* Where a series is written: an argument, or an element of one. */
typedef struct Origin {
  uint32_t argument;
  int element;
} Origin;

typedef struct Plot {
  Drawing drawing;
  SeriesKind kind;
  bool marked;
  bool has_range;
  double from, to;
  Numbers x; /* of the series that follow; none before the first tensor */
  bool has_x, x_used;
  Origin x_origin;
  Curve curves[CURVES_MOST];
  int curve_count;
  uint32_t count; /* arguments without the range */
} Plot;

static Span data_span(const Plot *plot) { return plot->drawing.call->spans[0]; }

/* ---- series */

static Series *add_series(Plot *plot, SeriesKind kind, Origin origin) {
  Series *series = figure_add(plot->drawing.figure, kind);
  if (!series) return drawing_out_of_memory(&plot->drawing), NULL;
  series->label = drawing_source(&plot->drawing, 0, origin.argument, origin.element);
  series->marked = plot->marked && kind == SERIES_LINE;
  return series;
}

static const char *column_label(Plot *plot, const char *label, int64_t column) {
  Buffer text = {0};
  buffer_format(&text, "%s[:, %lld]", label, (long long)column);
  const char *copy = text.failed ? NULL : figure_text(plot->drawing.figure, buffer_text(&text), text.length);
  buffer_free(&text);
  return copy;
}

/* One column of heights over x. */
static bool add_column(Plot *plot, const Numbers *x, const Numbers *y, int64_t column, int64_t columns, Origin origin) {
  int64_t count = y->count / columns;
  if (!drawing_same_count(&plot->drawing, data_span(plot), x->count, count)) return false;
  double *heights = columns == 1 ? y->items : figure_numbers(plot->drawing.figure, count);
  Series *series = heights ? add_series(plot, plot->kind, origin) : NULL;
  if (!series) return drawing_out_of_memory(&plot->drawing);
  for (int64_t i = 0; columns > 1 && i < count; i++) heights[i] = y->items[i * columns + column];
  if (columns > 1 && series->label) series->label = column_label(plot, series->label, column);
  series->x = x->items;
  series->y = heights;
  series->count = count;
  return true;
}

static bool add_heights(Plot *plot, const Numbers *x, const Numbers *y, Origin origin) {
  if (y->ndim > 2)
    return argument_refuse(plot->drawing.call, 0, ERROR_ARGUMENT, "plot(x, Y) draws each column of Y",
                           "a series has one axis, several have two");
  int64_t columns = y->ndim == 2 ? y->columns : 1;
  for (int64_t k = 0; k < columns; k++)
    if (!add_column(plot, x, y, k, columns, origin)) return false;
  return true;
}

/* x without heights of its own was heights itself, over 0, 1, 2, ...; two columns are points of a scatter plot. */
static bool settle_x(Plot *plot) {
  Numbers x, y = plot->x;
  if (!plot->has_x || plot->x_used) return true;
  if (plot->kind == SERIES_MARKS && y.ndim == 2 && y.columns == 2) {
    int64_t count = y.count / 2;
    x = (Numbers){figure_numbers(plot->drawing.figure, count), count, 1, count};
    double *heights = figure_numbers(plot->drawing.figure, count);
    if (!x.items || !heights) return drawing_out_of_memory(&plot->drawing);
    for (int64_t i = 0; i < count; i++) x.items[i] = y.items[2 * i], heights[i] = y.items[2 * i + 1];
    y = (Numbers){heights, count, 1, count};
    return add_heights(plot, &x, &y, plot->x_origin);
  }
  return drawing_count_up(&plot->drawing, y.ndim == 2 && y.columns ? y.count / y.columns : y.count, &x) &&
         add_heights(plot, &x, &y, plot->x_origin);
}

/* ---- arguments in turn */

static bool add_function(Plot *plot, Value function, Origin origin) {
  if (plot->curve_count == CURVES_MOST) {
    argument_refuse(plot->drawing.call, 0, ERROR_ARGUMENT, NULL, "these are too many functions");
    error_hint(call_runtime(plot->drawing.call)->error, "%d fit in one plot", CURVES_MOST);
    return false;
  }
  Series *series = add_series(plot, SERIES_LINE, origin);
  if (!series) return false;
  series->marked = false;
  plot->curves[plot->curve_count++] = (Curve){function, series};
  return true;
}

/* Before any x a tuple is (x, y); after it, several series over x. */
static bool add_tuple(Plot *plot, const Tuple *tuple, Value value, Origin origin) {
  Numbers x, y;
  if (!plot->has_x) {
    if (!drawing_points(&plot->drawing, value, data_span(plot), &x, &y)) return false;
    return add_column(plot, &x, &y, 0, 1, origin);
  }
  plot->x_used = true;
  for (uint32_t k = 0; k < tuple->count; k++)
    if (!drawing_numbers(&plot->drawing, tuple->items[k], data_span(plot), &y) ||
        !add_heights(plot, &plot->x, &y, (Origin){origin.argument, (int)k}))
      return false;
  return true;
}

static bool is_numbers_tuple(const Tuple *tuple) {
  for (uint32_t k = 0; k < tuple->count; k++)
    if (!value_is_number(tuple->items[k])) return false;
  return tuple->count != 2;
}

static bool add_argument(Plot *plot, Value value, Origin origin) {
  Session *session = plot->drawing.call->session;
  ShownText kind;
  Numbers numbers;
  if (value_is_callable(value)) return add_function(plot, value, origin);
  if (value_is(value, KIND_TUPLE) && !is_numbers_tuple(value_tuple(value)))
    return add_tuple(plot, value_tuple(value), value, origin);
  if (value_is(value, KIND_STRING) || value_is_none(value) || value_is(value, KIND_RECORD)) {
    session_fail(session, ERROR_TYPE, "%s cannot be plotted", shown_kind(session, &kind, value));
    error_hint(call_runtime(plot->drawing.call)->error,
               value_is(value, KIND_STRING) ? "leave it out: the strokes are chosen; `labels=` names the series"
                                            : "plot functions or tensors: plot(f, -3, 3), plot(x, y)");
    error_at(call_runtime(plot->drawing.call)->error, drawing_span(&plot->drawing, 0, origin.argument));
    return false;
  }
  if (!drawing_numbers(&plot->drawing, value, data_span(plot), &numbers)) return false;
  if (plot->has_x) return plot->x_used = true, add_heights(plot, &plot->x, &numbers, origin);
  plot->x = numbers;
  plot->x_origin = origin;
  return plot->has_x = true;
}

/* plot(f, a, b): two numbers at the end are the range of the functions. */
static bool take_range(Plot *plot, const Tuple *data) {
  bool functions = false;
  for (uint32_t k = 0; k < data->count; k++) functions = functions || value_is_callable(data->items[k]);
  plot->count = data->count;
  uint32_t numbers = 0;
  while (functions && numbers < data->count && value_is_number(data->items[data->count - 1 - numbers])) numbers++;
  if (numbers == 0) return true;
  if (numbers != 2)
    return argument_refuse(plot->drawing.call, 0, ERROR_ARGUMENT, "plot(f, -3, 3)",
                           "a range has two numbers, where it begins and where it ends");
  plot->count -= 2;
  plot->from = data->items[plot->count].number;
  plot->to = data->items[plot->count + 1].number;
  return plot->has_range = true;
}

/* ---- curves */

static bool choose_range(Plot *plot) {
  const Figure *figure = plot->drawing.figure;
  Extent extent;
  extent_start(&extent);
  for (const Series *series = figure->series; series; series = series->next)
    extent_add(&extent, series->x, series->count, figure->x.logarithmic);
  if (!plot->has_range && figure->x.limited)
    plot->from = figure->x.low, plot->to = figure->x.high;
  else if (!plot->has_range && extent.low < extent.high)
    plot->from = extent.low, plot->to = extent.high;
  else if (!plot->has_range)
    plot->from = figure->x.logarithmic ? 0.1 : -5, plot->to = figure->x.logarithmic ? 10 : 5;
  if (!isfinite(plot->from) || !isfinite(plot->to) || !isfinite(plot->to - plot->from))
    return argument_refuse(plot->drawing.call, 0, ERROR_ARGUMENT, "plot(f, -3, 3)",
                           "the range of a function must be finite");
  if (plot->from == plot->to)
    return argument_refuse(plot->drawing.call, 0, ERROR_ARGUMENT, "plot(f, -3, 3)",
                           "the range of a function begins where it ends");
  if (plot->from > plot->to) {
    double from = plot->from;
    plot->from = plot->to;
    plot->to = from;
  }
  if (figure->x.logarithmic && !(plot->from > 0))
    return argument_refuse(plot->drawing.call, 0, ERROR_ARGUMENT, "plot(f, 0.1, 100, logx=true)",
                           "on a logarithmic axis the range must be positive");
  return true;
}

/* Heights of curves with poles are limited together. */
static bool sample_curves(Plot *plot) {
  Figure *figure = plot->drawing.figure;
  Extent shown;
  bool clipped = false;
  extent_start(&shown);
  for (const Series *series = figure->series; series; series = series->next)
    extent_add(&shown, series->y, series->count, figure->y.logarithmic);
  for (int k = 0; k < plot->curve_count; k++) {
    Sampler sampler = sampler_start(plot->drawing.call->session, plot->curves[k].function, 1, data_span(plot));
    CurveRange range = {plot->from,
                        plot->to,
                        figure->x.logarithmic,
                        figure->y.logarithmic,
                        figure->y.limited,
                        fmin(figure->y.low, figure->y.high),
                        fmax(figure->y.low, figure->y.high),
                        false};
    if (!curve_sample(&sampler, &range, figure, plot->curves[k].series)) return false;
    clipped = clipped || range.clipped;
    const Series *series = plot->curves[k].series;
    if (range.clipped)
      extent_add(&shown, (double[]){range.low, range.high}, 2, false);
    else
      extent_add(&shown, series->y, series->count, figure->y.logarithmic);
  }
  if (!clipped || figure->y.limited || !(shown.low < shown.high)) return true;
  double margin = (shown.high - shown.low) * 0.05;
  figure->y.limited = true;
  figure->y.low = shown.low - margin;
  figure->y.high = shown.high + margin;
  return true;
}

static bool frame_curves(Plot *plot) {
  if (plot->curve_count == 0) return true;
  return choose_range(plot) && sample_curves(plot);
}

/* One series of numbers needs no legend unless it is asked for. */
static void drop_single_label(Plot *plot) {
  Series *series = plot->drawing.figure->series;
  if (series && !series->next && plot->curve_count == 0) series->label = NULL;
}

/* ---- emptiness */

static bool has_logarithms(const Figure *figure) {
  for (const Series *series = figure->series; series; series = series->next)
    for (int64_t i = 0; i < series->count; i++)
      if ((!figure->x.logarithmic || series->x[i] > 0) && (!figure->y.logarithmic || series->y[i] > 0)) return true;
  return false;
}

static bool require_points(Plot *plot) {
  const Figure *figure = plot->drawing.figure;
  if (!drawing_require_finite(&plot->drawing)) return false;
  if (!figure->series || has_logarithms(figure)) return true;
  return argument_refuse(plot->drawing.call, 0, ERROR_ARGUMENT, "leave logx= or logy= away",
                         "a logarithmic axis needs positive numbers, and there are none");
}

static Value plot_series(Call *call, SeriesKind kind) {
  Plot plot = {.kind = kind};
  const Tuple *data = value_tuple(call->arguments[0]);
  int marks = drawing_option(call, "marks");
  bool going = drawing_start(&plot.drawing, call) && take_range(&plot, data);
  if (going && marks >= 0) going = argument_bool(call, marks, &plot.marked);
  for (uint32_t k = 0; going && k < plot.count; k++)
    going = add_argument(&plot, data->items[k], (Origin){k, SOURCE_WHOLE});
  going = going && settle_x(&plot) && frame_curves(&plot) && require_points(&plot);
  if (going) drop_single_label(&plot);
  return drawing_finish(&plot.drawing, going);
}

/* plot(*data, ...) */
Value builtin_plot(Call *call) { return plot_series(call, SERIES_LINE); }

/* scatter(*data, ...) */
Value builtin_scatter(Call *call) { return plot_series(call, SERIES_MARKS); }
