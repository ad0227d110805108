/* SPDX-License-Identifier: MIT */
/* drawing.c: what all plotting functions share: options, numbers, overlays, output. */
#include "evaluator/builtins/drawing.h"
#include <float.h>
#include <math.h>
#include <string.h>
#include "base/memory.h"
#include "base/text.h"
#include "evaluator/builtins/state.h"
#include "evaluator/machine.h"
#include "plot/axes.h"
#include "plot/scale.h"

enum { LABEL_MOST = 32, POLL_POINTS = 1 << 16 };

bool drawing_out_of_memory(Drawing *drawing) { return error_out_of_memory(call_runtime(drawing->call)->error); }

int drawing_option(const Call *call, const char *name) {
  for (int k = 0; k < call->signature->count; k++)
    if (strcmp(call->signature->parameters[k].name, name) == 0) return k;
  return -1;
}

/* Whether the function has this option, and its call gives it. */
static bool option_given(const Drawing *drawing, const char *name, int *index) {
  *index = drawing_option(drawing->call, name);
  return *index >= 0 && !argument_is_none(drawing->call, *index);
}

static bool fail_option(Drawing *drawing, int index, const char *message, const char *hint) {
  const char *name = drawing->call->signature->parameters[index].name;
  return argument_refuse(drawing->call, index, ERROR_ARGUMENT, hint, "`%s` %s", name, message);
}

/* ---- options */

static bool read_text(Drawing *drawing, const char *name, const char **text) {
  int index;
  if (!option_given(drawing, name, &index)) return true;
  const String *string = argument_text(drawing->call, index);
  if (!string) return false;
  *text = figure_text(drawing->figure, string->text, string->length);
  return *text || drawing_out_of_memory(drawing);
}

static bool read_switch(Drawing *drawing, const char *name, bool *truth) {
  int index = drawing_option(drawing->call, name);
  return index < 0 || argument_bool(drawing->call, index, truth);
}

/* Two numbers, ascending or not, of an option or argument; false: the error is recorded. */
static bool read_pair(Drawing *drawing, int index, double *first, double *second) {
  Numbers pair;
  Value value = drawing->call->arguments[index];
  if (!value_is(value, KIND_TUPLE) && !value_as_variable(value))
    return fail_option(drawing, index, "must be two numbers", "like (-1, 1)");
  if (!drawing_numbers(drawing, value, drawing->call->spans[index], &pair)) return false;
  if (pair.count != 2 || !isfinite(pair.items[0]) || !isfinite(pair.items[1]))
    return fail_option(drawing, index, "must be two finite numbers", "like (-1, 1)");
  *first = pair.items[0];
  *second = pair.items[1];
  return true;
}

static bool read_limits(Drawing *drawing, const char *name, AxisSpec *axis) {
  int index;
  if (!option_given(drawing, name, &index)) return true;
  if (!read_pair(drawing, index, &axis->low, &axis->high)) return false;
  if (axis->low == axis->high) return fail_option(drawing, index, "must be two different numbers", NULL);
  if (axis->logarithmic && !(axis->low > 0 && axis->high > 0))
    return fail_option(drawing, index, "must be positive on a logarithmic axis", NULL);
  return axis->limited = true;
}

static bool read_size(Drawing *drawing) {
  int index;
  IntegerList list;
  if (!option_given(drawing, "size", &index)) return true;
  if (!argument_integers(drawing->call, index, &list)) return false;
  bool fits = list.count == 2;
  for (int k = 0; fits && k < 2; k++) fits = list.values[k] >= PLOT_SIDE_LEAST && list.values[k] <= PLOT_SIDE_MOST;
  if (!fits)
    return argument_refuse(drawing->call, index, ERROR_ARGUMENT,
                           "columns and rows of a terminal like (60, 15), or pixels of a file like (700, 420)",
                           "`size` must be two whole numbers from %d to %d", PLOT_SIDE_LEAST, PLOT_SIDE_MOST);
  drawing->figure->width = (int)list.values[0];
  drawing->figure->height = (int)list.values[1];
  return true;
}

static bool read_save(Drawing *drawing) {
  int index;
  if (!option_given(drawing, "save", &index)) return true;
  drawing->save = argument_text(drawing->call, index);
  return drawing->save != NULL;
}

bool drawing_start(Drawing *drawing, Call *call) {
  *drawing = (Drawing){.call = call, .figure = figure_new()};
  Figure *figure = drawing->figure;
  if (!figure) return drawing_out_of_memory(drawing);
  return read_text(drawing, "title", &figure->title) && read_text(drawing, "xlabel", &figure->x.label) &&
         read_text(drawing, "ylabel", &figure->y.label) && read_switch(drawing, "logx", &figure->x.logarithmic) &&
         read_switch(drawing, "logy", &figure->y.logarithmic) && read_limits(drawing, "xlim", &figure->x) &&
         read_limits(drawing, "ylim", &figure->y) && read_size(drawing) && read_save(drawing);
}

/* ---- numbers */

bool drawing_numbers(Drawing *drawing, Value value, Span span, Numbers *numbers) {
  Session *session = drawing->call->session;
  double *all = numbers_of_value(session, value, &numbers->count, &numbers->ndim, &numbers->columns);
  if (!all) return error_at(session_runtime(session)->error, span), false;
  numbers->items = figure_numbers(drawing->figure, numbers->count);
  bool copied = numbers->items ? runtime_copy(session_runtime(session), numbers->items, all,
                                              (size_t)numbers->count * sizeof *all)
                               : drawing_out_of_memory(drawing);
  memory_release(all, (size_t)(numbers->count + 1) * sizeof *all);
  return copied;
}

bool drawing_count_up(Drawing *drawing, int64_t count, Numbers *numbers) {
  *numbers = (Numbers){figure_numbers(drawing->figure, count), count, 1, count};
  for (int64_t i = 0; numbers->items && i < count; i++) {
    numbers->items[i] = (double)i;
    if (i % POLL_POINTS == POLL_POINTS - 1 && runtime_interrupted(call_runtime(drawing->call))) return false;
  }
  drawing->figure->x.whole = true;
  return numbers->items || drawing_out_of_memory(drawing);
}

bool drawing_fail_finite(Drawing *drawing, const char *what) {
  return argument_refuse(drawing->call, 0, ERROR_ARGUMENT, "nan and inf are left out, and nothing else is there",
                         "there is no finite %s", what);
}

bool drawing_require_finite(Drawing *drawing) {
  for (const Series *series = drawing->figure->series; series; series = series->next)
    for (int64_t i = 0; i < series->count; i++)
      if (isfinite(series->y[i]) && isfinite(series->x[i])) return true;
  return !drawing->figure->series || drawing_fail_finite(drawing, "number to plot");
}

bool drawing_same_count(Drawing *drawing, Span span, int64_t x, int64_t y) {
  if (x == y) return true;
  session_fail(drawing->call->session, ERROR_SHAPE, "there are %lld x but %lld y", (long long)x, (long long)y);
  error_hint(call_runtime(drawing->call)->error, "every x needs one y");
  error_at(call_runtime(drawing->call)->error, span);
  return false;
}

static bool split_rows(Drawing *drawing, const Numbers *rows, Numbers *x, Numbers *y) {
  int64_t count = rows->count / 2;
  *x = (Numbers){figure_numbers(drawing->figure, count), count, 1, count};
  *y = (Numbers){figure_numbers(drawing->figure, count), count, 1, count};
  if (!x->items || !y->items) return drawing_out_of_memory(drawing);
  for (int64_t i = 0; i < count; i++) {
    x->items[i] = rows->items[2 * i];
    y->items[i] = rows->items[2 * i + 1];
  }
  return true;
}

bool drawing_points(Drawing *drawing, Value value, Span span, Numbers *x, Numbers *y) {
  Numbers rows;
  if (value_is(value, KIND_TUPLE) && value_tuple(value)->count == 2) {
    const Tuple *pair = value_tuple(value);
    return drawing_numbers(drawing, pair->items[0], span, x) && drawing_numbers(drawing, pair->items[1], span, y) &&
           drawing_same_count(drawing, span, x->count, y->count);
  }
  if (!drawing_numbers(drawing, value, span, &rows)) return false;
  if (rows.count == 2 || (rows.ndim == 2 && rows.columns == 2)) return split_rows(drawing, &rows, x, y);
  session_fail(drawing->call->session, ERROR_SHAPE, "points are (x, y), or a matrix of two columns");
  error_at(call_runtime(drawing->call)->error, span);
  return false;
}

/* ---- overlays */

static bool add_points(Drawing *drawing, const char *name, SeriesKind kind) {
  int index;
  Numbers x, y;
  if (!option_given(drawing, name, &index)) return true;
  if (!drawing_points(drawing, drawing->call->arguments[index], drawing->call->spans[index], &x, &y)) return false;
  Series *series = figure_add(drawing->figure, kind);
  if (!series) return drawing_out_of_memory(drawing);
  series->x = x.items;
  series->y = y.items;
  series->count = x.count;
  series->overlay = drawing->figure->field != NULL;
  return true;
}

/* Lines at these heights over the whole width, or the other way round. */
static bool add_rulers(Drawing *drawing, const char *name, bool horizontal) {
  int index;
  Numbers places;
  if (!option_given(drawing, name, &index)) return true;
  if (!drawing_numbers(drawing, drawing->call->arguments[index], drawing->call->spans[index], &places)) return false;
  for (int64_t k = 0; k < places.count; k++) {
    Series *series = figure_add(drawing->figure, SERIES_LINE);
    double *along = figure_numbers(drawing->figure, 2), *at = figure_numbers(drawing->figure, 2);
    if (!series || !along || !at) return drawing_out_of_memory(drawing);
    bool logarithmic = horizontal ? drawing->figure->x.logarithmic : drawing->figure->y.logarithmic;
    along[0] = logarithmic ? DBL_MIN : -DBL_MAX;
    along[1] = DBL_MAX;
    at[0] = at[1] = places.items[k];
    series->x = horizontal ? along : at;
    series->y = horizontal ? at : along;
    series->count = 2;
    series->any_x = horizontal;
    series->any_y = !horizontal;
    series->overlay = drawing->figure->field != NULL;
  }
  return true;
}

/* ---- labels */

static bool set_label(Drawing *drawing, Series *series, Value value, int index) {
  if (value_is_none(value)) return series->label = NULL, true;
  if (!value_is(value, KIND_STRING)) return fail_option(drawing, index, "must be a string or a tuple of strings", NULL);
  series->label = figure_text(drawing->figure, value_string(value)->text, value_string(value)->length);
  return series->label || drawing_out_of_memory(drawing);
}

static bool read_labels(Drawing *drawing) {
  int index;
  if (!option_given(drawing, "labels", &index)) return true;
  Value value = drawing->call->arguments[index];
  Series *series = drawing->figure->series;
  if (!value_is(value, KIND_TUPLE)) return !series || set_label(drawing, series, value, index);
  const Tuple *labels = value_tuple(value);
  for (uint32_t k = 0; k < labels->count; k++, series = series->next) {
    if (!series) return fail_option(drawing, index, "holds more labels than there are series", NULL);
    if (!set_label(drawing, series, labels->items[k], index)) return false;
  }
  return true;
}

/* With a title one series needs no legend. */
static bool settle_legend(Drawing *drawing) {
  bool shown = true;
  if (!read_switch(drawing, "legend", &shown)) return false;
  int index, count = 0;
  bool asked = option_given(drawing, "labels", &index);
  for (Series *series = drawing->figure->series; series; series = series->next) count++;
  bool lonely = !asked && count < 2 && drawing->figure->title;
  for (Series *series = drawing->figure->series; series && (!shown || lonely); series = series->next)
    series->label = NULL;
  return true;
}

/* The end of the argument that starts here: the next comma outside of brackets and strings. */
static size_t argument_end(const char *text, size_t at, size_t length) {
  int depth = 0;
  char quote = '\0';
  for (; at < length; at++) {
    char c = text[at];
    if (quote) {
      if (c == '\\')
        at++;
      else if (c == quote)
        quote = '\0';
    } else if (c == '"')
      quote = c;
    else if (strchr("([{", c))
      depth++;
    else if (strchr(")]}", c))
      depth--;
    else if (c == ',' && depth == 0)
      break;
  }
  return at < length ? at : length;
}

typedef struct Words {
  const char *text;
  size_t length;
} Words;

/* Argument `index` of several; an empty text: there is none. */
static Words argument_words(Words all, uint32_t index) {
  size_t start = 0;
  for (uint32_t k = 0; k < index; k++) {
    start = argument_end(all.text, start, all.length) + 1;
    if (start > all.length) return (Words){all.text, 0};
  }
  size_t end = argument_end(all.text, start, all.length);
  while (start < end && strchr(" \n\t", all.text[start])) start++;
  while (end > start && strchr(" \n\t", all.text[end - 1])) end--;
  return (Words){all.text + start, end - start};
}

const char *drawing_source(Drawing *drawing, int rest, uint32_t index, int element) {
  Words words = {NULL, 0};
  words.text = source_text(session_sources(drawing->call->session), drawing->call->spans[rest], &words.length);
  if (!words.text || drawing->call->spans[rest].end == 0) return NULL;
  words = argument_words(words, index);
  bool tuple = words.length > 2 && words.text[0] == '(' && words.text[words.length - 1] == ')';
  if (element != SOURCE_WHOLE && !tuple) return NULL;
  if (element != SOURCE_WHOLE) words = argument_words((Words){words.text + 1, words.length - 2}, (uint32_t)element);
  if (words.length == 0 || words.length > LABEL_MOST) return NULL;
  return figure_text(drawing->figure, words.text, words.length);
}

Span drawing_span(const Drawing *drawing, int rest, uint32_t index) {
  Span span = drawing->call->spans[rest];
  Words all = {NULL, 0};
  all.text = source_text(session_sources(drawing->call->session), span, &all.length);
  if (!all.text || span.end == 0) return span;
  Words words = argument_words(all, index);
  if (words.length == 0) return span;
  span.start += (uint32_t)(words.text - all.text);
  span.end = span.start + (uint32_t)words.length;
  return span;
}

/* ---- the end */

static bool has_something(const Figure *figure) { return figure->series || figure->field; }

static bool show(Drawing *drawing) {
  Session *session = drawing->call->session;
  Buffer text = {0};
  bool drawn = plot_write_text(drawing->figure, session_plot_device(session), &text);
  if (!drawn) drawing_out_of_memory(drawing);
  if (drawn && runtime_interrupted(session_runtime(session))) drawn = false;
  if (drawn) session_print(session, STREAM_RESULT, buffer_text(&text), text.length);
  buffer_free(&text);
  return drawn;
}

static bool keep(Drawing *drawing) {
  BuiltinState *state = builtin_state(drawing->call->session);
  if (!state) return false;
  figure_free(state->figure);
  state->figure = drawing->figure;
  drawing->figure = NULL;
  return true;
}

static bool put_out(Drawing *drawing) {
  Call *call = drawing->call;
  if (!has_something(drawing->figure)) {
    session_fail(call->session, ERROR_ARGUMENT, "there is nothing to plot");
    error_hint(call_runtime(call)->error, "%s", call->info->example);
    return false;
  }
  if (drawing->save) return figure_save(call, drawing_option(call, "save"), drawing->save, drawing->figure);
  return show(drawing);
}

static bool check_reach(Drawing *drawing) {
  return axes_hold(drawing->figure) ||
         argument_refuse(drawing->call, 0, ERROR_ARGUMENT,
                         "divide them by a power of ten, or give limits such as `ylim=(-1, 1)`",
                         "values beyond " TEXT_OF(SCALE_FARTHEST) " cannot be drawn");
}

Value drawing_finish(Drawing *drawing, bool complete) {
  bool done = complete && add_points(drawing, "path", SERIES_LINE) && add_points(drawing, "points", SERIES_MARKS) &&
              add_rulers(drawing, "hlines", true) && add_rulers(drawing, "vlines", false) && read_labels(drawing) &&
              settle_legend(drawing) && check_reach(drawing) && put_out(drawing) && keep(drawing);
  figure_free(drawing->figure);
  return done ? value_none() : value_error();
}
