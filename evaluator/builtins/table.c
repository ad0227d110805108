/* SPDX-License-Identifier: MIT */
/* table.c: table: columns of numbers and texts. */
#include "plot/table.h"
#include "base/memory.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/sample.h"
#include "plot/figure.h"
#include "runtime/format/number.h"

/* Columns live in a figure's arena. */
typedef struct Table {
  Call *call;
  Figure *figure;
  TableColumn columns[TABLE_COLUMNS];
  int count;
} Table;

static bool out_of_memory(Table *table) { return error_out_of_memory(call_runtime(table->call)->error); }

static bool add_column(Table *table, const TableColumn *column) {
  if (table->count == TABLE_COLUMNS)
    return argument_refuse(table->call, 0, ERROR_ARGUMENT, "leave some out", "a table has at most %d columns",
                           TABLE_COLUMNS);
  table->columns[table->count++] = *column;
  return true;
}

static bool add_numbers(Table *table, Value value, const char *heading) {
  int64_t count, columns;
  int ndim;
  double *all = numbers_of_value(table->call->session, value, &count, &ndim, &columns);
  if (!all) return argument_fail(table->call, 0), false;
  double *copy = figure_numbers(table->figure, count);
  bool added = copy != NULL || out_of_memory(table);
  if (added && ndim > 2)
    added = argument_refuse(table->call, 0, ERROR_ARGUMENT, "table([1, 2], [3, 4])",
                            "columns have one axis, a matrix has two");
  int64_t width = ndim == 2 ? columns : 1, rows = width ? count / width : 0;
  for (int64_t j = 0; added && j < width; j++) {
    for (int64_t i = 0; i < rows; i++) copy[j * rows + i] = all[i * width + j];
    added = add_column(table, &(TableColumn){.heading = heading, .count = rows, .numbers = copy + j * rows});
  }
  memory_release(all, (size_t)(count + 1) * sizeof *all);
  return added;
}

static bool is_texts(Value value) {
  if (!value_is(value, KIND_TUPLE)) return false;
  for (uint32_t k = 0; k < value_tuple(value)->count; k++)
    if (value_is(value_tuple(value)->items[k], KIND_STRING)) return true;
  return false;
}

/* Texts; other values among them as they are printed. */
static bool add_texts(Table *table, const Tuple *tuple, const char *heading) {
  const char **texts = arena_allocate(&table->figure->arena, (tuple->count + 1) * sizeof *texts);
  if (!texts) return out_of_memory(table);
  for (uint32_t k = 0; k < tuple->count; k++) {
    Buffer text = {0};
    bool written = value_text(table->call->session, &text, tuple->items[k], false);
    texts[k] = written && !text.failed ? figure_text(table->figure, buffer_text(&text), text.length) : NULL;
    buffer_free(&text);
    if (!written) return false;
    if (!texts[k]) return out_of_memory(table);
  }
  return add_column(table, &(TableColumn){.heading = heading, .count = tuple->count, .texts = texts});
}

static bool add_value(Table *table, Value value, const char *heading) {
  if (is_texts(value)) return add_texts(table, value_tuple(value), heading);
  return add_numbers(table, value, heading);
}

static bool add_record(Table *table, const Record *record) {
  for (uint32_t k = 0; k < record->count; k++) {
    const String *name = record->fields[k].name;
    const char *heading = figure_text(table->figure, name->text, name->length);
    if (!heading) return out_of_memory(table);
    if (!add_value(table, record->fields[k].value, heading)) return false;
  }
  return true;
}

static bool add_columns(Table *table) {
  const Tuple *values = value_tuple(table->call->arguments[0]);
  if (values->count == 0)
    return argument_refuse(table->call, 0, ERROR_ARGUMENT, "table([1, 2], [3, 4])", "a table needs a column");
  for (uint32_t k = 0; k < values->count; k++) {
    Value value = values->items[k];
    bool added = value_is(value, KIND_RECORD) ? add_record(table, value_record(value)) : add_value(table, value, NULL);
    if (!added) return false;
  }
  return true;
}

static bool read_headings(Table *table) {
  Value value = table->call->arguments[1];
  if (value_is_none(value)) return true;
  bool fits = value_is(value, KIND_TUPLE) && value_tuple(value)->count <= (uint32_t)table->count;
  for (uint32_t k = 0; fits && k < value_tuple(value)->count; k++) {
    fits = value_is(value_tuple(value)->items[k], KIND_STRING);
    if (!fits) break;
    const String *text = value_string(value_tuple(value)->items[k]);
    table->columns[k].heading = figure_text(table->figure, text->text, text->length);
    if (!table->columns[k].heading) return out_of_memory(table);
  }
  return fits || argument_refuse(table->call, 1, ERROR_ARGUMENT, "headings=(\"n\", \"error\")",
                                 "`headings` is a tuple of strings, at most one for each column");
}

/* table(*columns, headings=none, precision=6) */
Value builtin_table(Call *call) {
  Table table = {.call = call, .figure = figure_new()};
  Buffer text = {0};
  int64_t digits;
  bool done = (table.figure || out_of_memory(&table)) && add_columns(&table) && read_headings(&table) &&
              argument_integer(call, 2, &digits);
  if (done && (digits < 1 || digits > DECIMAL_SHORTEST))
    done = argument_refuse(call, 2, ERROR_ARGUMENT, "precision=6", "`precision` goes from 1 to %d", DECIMAL_SHORTEST);
  if (done && !table_write(&text, table.columns, table.count, (int)digits, session_plot_device(call->session)->unicode))
    done = out_of_memory(&table);
  if (done) session_print(call->session, STREAM_RESULT, buffer_text(&text), text.length);
  buffer_free(&text);
  figure_free(table.figure);
  return done ? value_none() : value_error();
}
