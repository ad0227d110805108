/* SPDX-License-Identifier: MIT */
/* fields.c: heatmap, contour and arrows: what depends on x and y. */
#include <math.h>
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/drawing.h"
#include "plot/scale.h"

enum {
  LEVELS = 10,
  LEVELS_MOST = 100,
  ARROWS_ACROSS = 16,
  ARROWS_DOWN = 10,
  ARROWS_MOST = 200
};

typedef struct Region {
  double left, right, bottom, top;
  bool given;
} Region;

/* ---- the region */

/* a, b: both axes; a, b, c, d: each its own; the same as one or two pairs (of tensors, the first and last number). */
static bool read_region(Drawing *drawing, Region *region) {
  static const char hint[] = "the limits are a, b (for both axes), or a, b, c, d";
  const Tuple *limits = value_tuple(drawing->call->arguments[1]);
  double numbers[4];
  int count = 0;
  *region = (Region){-3, 3, -3, 3, limits->count > 0};
  for (uint32_t k = 0; k < limits->count; k++) {
    Numbers one;
    if (!drawing_numbers(drawing, limits->items[k], drawing->call->spans[1], &one)) return false;
    int added = one.ndim == 0 ? 1 : 2;
    if (one.count < 1 || count + added > 4)
      return argument_refuse(drawing->call, 1, ERROR_ARGUMENT, hint, "these limits of x and y are not clear");
    numbers[count++] = one.items[0];
    if (added == 2) numbers[count++] = one.items[one.count - 1];
  }
  if (count == 0) return true;
  if (count != 2 && count != 4)
    return argument_refuse(drawing->call, 1, ERROR_ARGUMENT, hint, "these limits of x and y are not clear");
  *region = (Region){numbers[0], numbers[1], numbers[count - 2], numbers[count - 1], true};
  bool usable = isfinite(region->right - region->left) && isfinite(region->top - region->bottom) &&
                region->left != region->right && region->bottom != region->top;
  return usable || argument_refuse(drawing->call, 1, ERROR_ARGUMENT, hint, "limits must be finite and different");
}

/* ---- heights */

static double between(double from, double to, int64_t k, int64_t count) {
  return count > 1 ? from + (to - from) * (double)k / (double)(count - 1) : (from + to) / 2;
}

/* The coordinates of a grid, row by row; `inset`: half a step away from the border. */
static bool make_grid(Drawing *drawing, const Region *region, int64_t columns, int64_t rows, bool inset,
                      double *points[2]) {
  int64_t count = columns * rows;
  points[0] = figure_numbers(drawing->figure, count);
  points[1] = figure_numbers(drawing->figure, count);
  if (!points[0] || !points[1]) return drawing_out_of_memory(drawing);
  double dx = inset ? (region->right - region->left) / (double)columns / 2 : 0;
  double dy = inset ? (region->top - region->bottom) / (double)rows / 2 : 0;
  for (int64_t i = 0; i < count; i++) {
    points[0][i] = between(region->left + dx, region->right - dx, i % columns, columns);
    points[1][i] = between(region->bottom + dy, region->top - dy, i / columns, rows);
  }
  return true;
}

static bool sample_heights(Drawing *drawing, const Region *region, Field *field) {
  Sampler sampler = sampler_start(drawing->call->session, drawing->call->arguments[0], 2, drawing->call->spans[0]);
  double *points[2], *heights = figure_numbers(drawing->figure, PLOT_GRID_COLUMNS * PLOT_GRID_ROWS);
  if (!heights) return drawing_out_of_memory(drawing);
  if (!make_grid(drawing, region, PLOT_GRID_COLUMNS, PLOT_GRID_ROWS, false, points)) return false;
  const double *const inputs[2] = {points[0], points[1]};
  field->rows = PLOT_GRID_ROWS;
  field->columns = PLOT_GRID_COLUMNS;
  field->z = heights;
  field->first_x = region->left, field->last_x = region->right;
  field->first_y = region->bottom, field->last_y = region->top;
  return sampler_evaluate(&sampler, PLOT_GRID_COLUMNS * PLOT_GRID_ROWS, inputs, &heights);
}

/* A matrix without limits is shown over its indices, the first row on top. */
static bool take_matrix(Drawing *drawing, const Region *region, Field *field) {
  Numbers numbers;
  if (!drawing_numbers(drawing, drawing->call->arguments[0], drawing->call->spans[0], &numbers)) return false;
  if (numbers.ndim != 2 || numbers.count == 0)
    return argument_refuse(drawing->call, 0, ERROR_ARGUMENT, "heatmap(Z), heatmap((x, y) -> x * y, -1, 1)",
                           "heights are a matrix or a function of x and y");
  field->columns = numbers.columns;
  field->rows = numbers.count / numbers.columns;
  field->z = numbers.items;
  field->rows_downward = drawing->figure->x.whole = drawing->figure->y.whole = !region->given;
  field->first_x = region->given ? region->left : 0;
  field->last_x = region->given ? region->right : (double)(field->columns - 1);
  field->first_y = region->given ? region->bottom : 0;
  field->last_y = region->given ? region->top : (double)(field->rows - 1);
  return true;
}

/* False: interrupted. */
static bool find_heights(Drawing *drawing, const Field *field, Extent *extent) {
  extent_start(extent);
  extent_add(extent, field->z, field->rows * field->columns, false);
  return !runtime_interrupted(call_runtime(drawing->call));
}

static bool make_field(Drawing *drawing, bool filled) {
  Region region;
  Field *field = arena_allocate(&drawing->figure->arena, sizeof *field);
  if (!field) return drawing_out_of_memory(drawing);
  *field = (Field){.filled = filled};
  if (!read_region(drawing, &region)) return false;
  bool made = value_is_callable(drawing->call->arguments[0]) ? sample_heights(drawing, &region, field)
                                                             : take_matrix(drawing, &region, field);
  if (!made) return false;
  drawing->figure->field = field;
  Extent extent;
  if (!find_heights(drawing, field, &extent)) return false;
  return !extent_is_empty(&extent) || drawing_fail_finite(drawing, "height to plot");
}

/* ---- levels */

/* Round numbers between two heights: those of the coarsest ticks of which enough lie there.  None is left out, as lines
   that are close together show where it is steep. */
static int round_levels(Extent extent, int count, double *levels) {
  Scale scale = scale_fit(extent, false, 0);
  int found = 0;
  for (int wanted = count; wanted <= TICKS_MOST && found < count; wanted++) {
    Ticks ticks;
    ticks_choose(&ticks, &scale, wanted);
    found = 0;
    for (int k = 0; k < ticks.count; k++) {
      double level = ticks.items[k].value;
      if (level > extent.low && level < extent.high) levels[found++] = level;
    }
  }
  return found;
}

/* Between the least and the greatest height. */
static bool choose_levels(Drawing *drawing, Field *field, int count) {
  Extent extent;
  if (!find_heights(drawing, field, &extent)) return false;
  double *levels = figure_numbers(drawing->figure, TICKS_MOST);
  if (!levels) return drawing_out_of_memory(drawing);
  field->level_count = round_levels(extent, count, levels);
  field->levels = levels;
  return true;
}

static bool are_finite(const Numbers *numbers) {
  bool finite = true;
  for (int64_t i = 0; i < numbers->count; i++) finite &= isfinite(numbers->items[i]) != 0;
  return finite;
}

static bool read_levels(Drawing *drawing, Field *field) {
  int index = drawing_option(drawing->call, "levels");
  Value value = drawing->call->arguments[index];
  int64_t count = LEVELS;
  Numbers levels;
  bool listed = value_as_variable(value) || value_is(value, KIND_TUPLE) || value_is(value, KIND_RANGE);
  if (listed) {
    if (!drawing_numbers(drawing, value, drawing->call->spans[index], &levels)) return false;
    if (levels.count < 1 || levels.count > LEVELS_MOST || !are_finite(&levels))
      return argument_refuse(drawing->call, index, ERROR_ARGUMENT, "levels=[0, 1, 2]",
                             "`levels` holds 1 to %d finite heights", LEVELS_MOST);
    field->levels = levels.items;
    field->level_count = (int)levels.count;
    return true;
  }
  if (!argument_is_none(drawing->call, index) && !argument_integer(drawing->call, index, &count)) return false;
  if (count < 1 || count > TICKS_MOST)
    return argument_refuse(drawing->call, index, ERROR_ARGUMENT, "levels=[0, 1, 2]",
                           "`levels` goes from 1 to %d, or lists heights", TICKS_MOST);
  return choose_levels(drawing, field, (int)count);
}

/* heatmap(z, *limits) */
Value builtin_heatmap(Call *call) {
  Drawing drawing;
  bool going = drawing_start(&drawing, call) && make_field(&drawing, true);
  return drawing_finish(&drawing, going);
}

/* Two rows and columns, and two heights. */
static bool require_slope(Drawing *drawing, const Field *field) {
  if (field->rows < 2 || field->columns < 2)
    return argument_refuse(drawing->call, 0, ERROR_ARGUMENT, "contour(f, -3, 3)",
                           "contour lines need two rows and two columns at least");
  Extent extent;
  if (!find_heights(drawing, field, &extent)) return false;
  return extent.low < extent.high ||
         argument_refuse(drawing->call, 0, ERROR_ARGUMENT, "heatmap shows the height",
                         "all heights are the same, so there are no contour lines");
}

/* contour(z, *limits, levels=none) */
Value builtin_contour(Call *call) {
  Drawing drawing;
  bool going = drawing_start(&drawing, call) && make_field(&drawing, false);
  going = going && require_slope(&drawing, drawing.figure->field) && read_levels(&drawing, drawing.figure->field);
  return drawing_finish(&drawing, going);
}

/* ---- arrows */

static bool read_count(Drawing *drawing, int64_t *across, int64_t *down) {
  int index = drawing_option(drawing->call, "count");
  IntegerList list;
  *across = ARROWS_ACROSS;
  *down = ARROWS_DOWN;
  if (argument_is_none(drawing->call, index)) return true;
  if (!argument_integers(drawing->call, index, &list)) return false;
  *across = list.count ? list.values[0] : 0;
  *down = list.count > 1 ? list.values[1] : *across;
  if (list.count < 3 && *across > 0 && *down > 0 && *across <= ARROWS_MOST && *down <= ARROWS_MOST) return true;
  return argument_refuse(drawing->call, index, ERROR_ARGUMENT, "count=(20, 12)",
                         "`count` is how many arrows stand in a row and in a column, 1 to %d", ARROWS_MOST);
}

/* A slope s points along (1, s). */
static bool add_arrows(Drawing *drawing, Sampler *sampler, double *points[2], int64_t count) {
  double *u = figure_numbers(drawing->figure, count), *v = figure_numbers(drawing->figure, count);
  Series *series = figure_add(drawing->figure, SERIES_ARROWS);
  if (!u || !v || !series) return drawing_out_of_memory(drawing);
  bool slopes = sampler->outputs == 1;
  double *outputs[2] = {slopes ? v : u, v};
  const double *const inputs[2] = {points[0], points[1]};
  if (!sampler_evaluate(sampler, count, inputs, outputs)) return false;
  for (int64_t i = 0; slopes && i < count; i++) u[i] = 1;
  series->x = points[0];
  series->y = points[1];
  series->u = u;
  series->v = v;
  series->count = count;
  series->directed = !slopes;
  return true;
}

static bool make_arrows(Drawing *drawing) {
  Region region;
  int64_t across, down;
  double *points[2];
  if (!argument_function(drawing->call, 0) || !read_region(drawing, &region) || !read_count(drawing, &across, &down))
    return false;
  if (!make_grid(drawing, &region, across, down, true, points)) return false;
  Sampler sampler = sampler_start(drawing->call->session, drawing->call->arguments[0], 2, drawing->call->spans[0]);
  if (!sampler_settle_outputs(&sampler, (double[]){points[0][0], points[1][0]})) return false;
  if (!drawing->figure->x.limited)
    drawing->figure->x.limited = true, drawing->figure->x.low = region.left, drawing->figure->x.high = region.right;
  if (!drawing->figure->y.limited)
    drawing->figure->y.limited = true, drawing->figure->y.low = region.bottom, drawing->figure->y.high = region.top;
  return add_arrows(drawing, &sampler, points, across * down);
}

/* arrows(field, *limits) */
Value builtin_arrows(Call *call) {
  Drawing drawing;
  bool going = drawing_start(&drawing, call) && make_arrows(&drawing);
  return drawing_finish(&drawing, going);
}
