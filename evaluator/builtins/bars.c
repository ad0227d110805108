/* SPDX-License-Identifier: MIT */
/* bars.c: bar and hist. */
#include <math.h>
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/drawing.h"

enum { BARS_MOST = 100000, BINS_MOST = 10000, MEMBERS_MOST = 12 };

typedef struct Bars {
  Drawing drawing;
  Numbers x;    /* the middle of each group */
  double width; /* of a group */
  int64_t groups;
} Bars;

/* ---- bar */

static bool is_names(Value value) {
  if (!value_is(value, KIND_TUPLE) || value_tuple(value)->count == 0) return false;
  for (uint32_t k = 0; k < value_tuple(value)->count; k++)
    if (!value_is(value_tuple(value)->items[k], KIND_STRING)) return false;
  return true;
}

static bool take_names(Bars *bars, const Tuple *tuple) {
  Figure *figure = bars->drawing.figure;
  const char **names = arena_allocate(&figure->arena, tuple->count * sizeof *names);
  if (!names) return drawing_out_of_memory(&bars->drawing);
  for (uint32_t k = 0; k < tuple->count; k++) {
    const String *name = value_string(tuple->items[k]);
    names[k] = figure_text(figure, name->text, name->length);
    if (!names[k]) return drawing_out_of_memory(&bars->drawing);
  }
  figure->x.names = names;
  figure->x.name_count = tuple->count;
  return true;
}

/* The least distance between neighbours. */
static double least_distance(const Numbers *x) {
  double least = INFINITY;
  for (int64_t i = 1; i < x->count; i++) {
    double distance = fabs(x->items[i] - x->items[i - 1]);
    if (distance > 0 && distance < least) least = distance;
  }
  return isfinite(least) ? least : 1;
}

static bool are_whole(const Numbers *x) {
  for (int64_t i = 0; i < x->count; i++)
    if (x->items[i] != floor(x->items[i])) return false;
  return true;
}

static bool take_x(Bars *bars, Value value) {
  if (is_names(value))
    return take_names(bars, value_tuple(value)) &&
           drawing_count_up(&bars->drawing, value_tuple(value)->count, &bars->x);
  if (!drawing_numbers(&bars->drawing, value, bars->drawing.call->spans[0], &bars->x)) return false;
  bars->drawing.figure->x.whole = are_whole(&bars->x);
  return true;
}

/* Member `member` of `members` that stand side by side in each group. */
static bool add_bars(Bars *bars, const Numbers *heights, int64_t column, int64_t columns, int member, int members,
                     const char *label) {
  Figure *figure = bars->drawing.figure;
  int64_t count = heights->count / columns;
  if (!drawing_same_count(&bars->drawing, bars->drawing.call->spans[0], bars->x.count, count)) return false;
  double *left = figure_numbers(figure, count), *right = figure_numbers(figure, count),
         *y = figure_numbers(figure, count);
  Series *series = figure_add(figure, SERIES_BARS);
  if (!left || !right || !y || !series) return drawing_out_of_memory(&bars->drawing);
  double each = bars->width * 0.8 / members;
  for (int64_t i = 0; i < count; i++) {
    left[i] = bars->x.items[i] - bars->width * 0.4 + each * member;
    right[i] = left[i] + each;
    y[i] = heights->items[i * columns + column];
  }
  *series = (Series){
      .kind = SERIES_BARS, .label = label, .count = count, .x = left, .u = right, .y = y, .colour = series->colour};
  return true;
}

static int count_members(const Numbers *series, uint32_t count) {
  int members = 0;
  for (uint32_t k = 0; k < count; k++) members += series[k].ndim == 2 ? (int)series[k].columns : 1;
  return members;
}

static bool add_all(Bars *bars, const Numbers *series, uint32_t count, uint32_t first) {
  int members = count_members(series, count), member = 0;
  if (members > MEMBERS_MOST)
    return argument_refuse(bars->drawing.call, 0, ERROR_ARGUMENT, "draw fewer series",
                           "at most %d bars stand side by side", MEMBERS_MOST);
  bars->width = least_distance(&bars->x);
  for (uint32_t k = 0; k < count; k++) {
    int64_t columns = series[k].ndim == 2 ? series[k].columns : 1;
    const char *label = members > 1 ? drawing_source(&bars->drawing, 0, first + k, SOURCE_WHOLE) : NULL;
    for (int64_t column = 0; column < columns; column++)
      if (!add_bars(bars, &series[k], column, columns, member++, members, columns == 1 ? label : NULL)) return false;
  }
  return true;
}

/* bar(heights), bar(x, heights, ...) */
static bool make_bars(Bars *bars) {
  Call *call = bars->drawing.call;
  const Tuple *data = value_tuple(call->arguments[0]);
  if (data->count == 0) return true;
  Numbers series[MEMBERS_MOST];
  uint32_t first = data->count > 1 ? 1 : 0, count = data->count - first;
  if (count > MEMBERS_MOST)
    return argument_refuse(bars->drawing.call, 0, ERROR_ARGUMENT, "draw fewer series",
                           "at most %d bars stand side by side", MEMBERS_MOST);
  if (first && !take_x(bars, data->items[0])) return false;
  for (uint32_t k = 0; k < count; k++) {
    if (!drawing_numbers(&bars->drawing, data->items[first + k], call->spans[0], &series[k])) return false;
    if (series[k].count == 0 || series[k].ndim > 2)
      return argument_refuse(bars->drawing.call, 0, ERROR_SHAPE, call->info->example,
                             "heights of bars are one number or more in one or two axes");
  }
  int64_t groups = series[0].ndim == 2 ? series[0].count / series[0].columns : series[0].count;
  if (groups > BARS_MOST)
    return argument_refuse(bars->drawing.call, 0, ERROR_ARGUMENT, "hist(x, bins) counts them",
                           "these are too many bars");
  return (first || drawing_count_up(&bars->drawing, groups, &bars->x)) && add_all(bars, series, count, first);
}

Value builtin_bar(Call *call) {
  Bars bars = {0};
  bool going = drawing_start(&bars.drawing, call) && make_bars(&bars) && drawing_require_finite(&bars.drawing);
  return drawing_finish(&bars.drawing, going);
}

/* ---- hist */

typedef struct Bins {
  int64_t count;
  double *edges;
} Bins; /* count + 1 edges, ascending */

static bool even_bins(Drawing *drawing, const Extent *extent, int64_t count, Bins *bins) {
  double low = extent->low, high = extent->high;
  if (!(low < high)) low -= 0.5, high += 0.5;
  *bins = (Bins){count, figure_numbers(drawing->figure, count + 1)};
  if (!bins->edges) return drawing_out_of_memory(drawing);
  for (int64_t i = 0; i <= count; i++) {
    double part = (double)i / (double)count;
    bins->edges[i] = low * (1 - part) + high * part;
  }
  return true;
}

static bool check_count(Drawing *drawing, int64_t count) {
  return (count >= 1 && count <= BINS_MOST) ||
         argument_refuse(drawing->call, 1, ERROR_ARGUMENT, "hist(x, 20)", "`bins` goes from 1 to %d", BINS_MOST);
}

static bool given_bins(Drawing *drawing, Bins *bins) {
  Numbers edges;
  if (!drawing_numbers(drawing, drawing->call->arguments[1], drawing->call->spans[1], &edges)) return false;
  if (edges.count >= 2 && !check_count(drawing, edges.count - 1)) return false;
  bool ascending = edges.count >= 2;
  for (int64_t i = 0; ascending && i < edges.count; i++)
    ascending = isfinite(edges.items[i]) && (i == 0 || edges.items[i] > edges.items[i - 1]);
  *bins = (Bins){edges.count - 1, edges.items};
  return ascending ||
         argument_refuse(drawing->call, 1, ERROR_ARGUMENT, "like [0, 1, 2, 5], or give their number",
                         "the edges of `bins` must ascend");
}

/* By default as many as the number of values has binary digits, and one more. */
static bool choose_bins(Drawing *drawing, const Numbers *x, Bins *bins) {
  Call *call = drawing->call;
  Extent extent;
  int64_t count = 1;
  extent_start(&extent);
  extent_add(&extent, x->items, x->count, false);
  if (runtime_interrupted(call_runtime(call))) return false;
  if (extent_is_empty(&extent)) return drawing_fail_finite(drawing, "number to count");
  if (value_as_variable(call->arguments[1]) || value_is(call->arguments[1], KIND_TUPLE))
    return given_bins(drawing, bins);
  if (argument_is_none(call, 1))
    while ((int64_t)1 << count < x->count && count < 40) count++;
  else if (!argument_integer(call, 1, &count))
    return false;
  if (argument_is_none(call, 1)) count++;
  return check_count(drawing, count) && even_bins(drawing, &extent, count, bins);
}

/* The bin of a number; -1: none.  The last one holds its upper edge too. */
static int64_t bin_of(const Bins *bins, double number) {
  if (!(number >= bins->edges[0] && number <= bins->edges[bins->count])) return -1;
  int64_t low = 0, high = bins->count;
  while (high - low > 1) {
    int64_t middle = (low + high) / 2;
    if (number >= bins->edges[middle])
      low = middle;
    else
      high = middle;
  }
  return low;
}

static bool count_numbers(Drawing *drawing, const Numbers *x, const Bins *bins, bool density) {
  double *counts = figure_numbers(drawing->figure, bins->count), counted = 0;
  Series *series = figure_add(drawing->figure, SERIES_BARS);
  if (!counts || !series) return drawing_out_of_memory(drawing);
  for (int64_t i = 0; i < x->count; i++) {
    int64_t bin = bin_of(bins, x->items[i]);
    if (bin >= 0) counts[bin]++, counted++;
    if (i % 65536 == 0 && runtime_interrupted(call_runtime(drawing->call))) return false;
  }
  for (int64_t i = 0; density && counted > 0 && i < bins->count; i++)
    counts[i] /= counted * (bins->edges[i + 1] - bins->edges[i]);
  series->count = bins->count;
  series->x = bins->edges;
  series->u = bins->edges + 1;
  series->y = counts;
  return true;
}

/* hist(x, bins=none, density=false) */
Value builtin_hist(Call *call) {
  Drawing drawing;
  Numbers x;
  Bins bins = {0};
  bool density = false;
  bool going = drawing_start(&drawing, call) && argument_bool(call, drawing_option(call, "density"), &density) &&
               drawing_numbers(&drawing, call->arguments[0], call->spans[0], &x) && choose_bins(&drawing, &x, &bins) &&
               count_numbers(&drawing, &x, &bins, density);
  return drawing_finish(&drawing, going);
}
