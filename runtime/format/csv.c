/* SPDX-License-Identifier: MIT */
/* csv.c: tables of numbers as text, read in one pass. */
#include "runtime/format/csv.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "runtime/format/file.h"
#include "runtime/format/number.h"
#include "runtime/format/text.h"

enum { POLL = 1 << 12, SHOWN_MOST = 40 };

typedef struct Table {
  Runtime *runtime;
  const char *name;
  const char *at, *limit;
  char delimiter;
  int64_t line, field;            /* from 1 */
  int64_t rows, columns, first_line;
  const char *row;                /* where it begins */
  Buffer numbers;                 /* doubles */
} Table;

/* ---- characters */
static bool at_end_of_line(const Table *table) {
  return table->at == table->limit || *table->at == '\n' || *table->at == '\r' || *table->at == '#';
}

static bool is_blank(const Table *table, char c) {
  return (c == ' ' || c == '\t') && (c != table->delimiter || table->delimiter == ' ');
}

static void skip_blanks(Table *table) {
  while (table->at < table->limit && is_blank(table, *table->at)) table->at++;
}

static void skip_line(Table *table) {
  while (table->at < table->limit && *table->at != '\n' && *table->at != '\r') table->at++;
  if (table->at == table->limit) return;
  bool both = *table->at == '\r' && table->at + 1 < table->limit && table->at[1] == '\n';
  table->at += both ? 2 : 1;
}

/* ---- numbers */
/* `nan`, `inf` and `infinity` in any case, with a sign. */
static size_t read_word(const char *text, size_t length, double *number) {
  static const char *const words[] = {"infinity", "inf", "nan"};
  size_t sign = length && (*text == '-' || *text == '+');
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    size_t size = strlen(words[i]);
    if (length - sign < size || strncasecmp(text + sign, words[i], size) != 0) continue;
    *number = i < 2 ? (double)INFINITY : (double)NAN;
    if (sign && *text == '-') *number = -*number;
    return sign + size;
  }
  return 0;
}

static size_t read_number(const char *text, size_t length, double *number) {
  size_t used = number_read(text, length, number);
  return used ? used : read_word(text, length, number);
}

/* ---- what the first row may have been */
/* Whether the row is numbers with that delimiter between them. */
static bool splits(Table row, char delimiter) {
  row.at = row.row;
  row.delimiter = delimiter;
  for (bool several = false;; several = true) {
    double number;
    skip_blanks(&row);
    row.at += read_number(row.at, (size_t)(row.limit - row.at), &number);
    const char *end = row.at;
    skip_blanks(&row);
    if (at_end_of_line(&row)) return several;
    if (delimiter == ' ' ? row.at == end : *row.at != delimiter) return false;
    if (delimiter != ' ') row.at++;
  }
}

/* Whether anything stands below this line. */
static bool has_more_rows(Table rest) {
  for (skip_line(&rest); rest.at < rest.limit; skip_line(&rest)) {
    skip_blanks(&rest);
    if (!at_end_of_line(&rest)) return true;
  }
  return false;
}

static void hint_rows(const Table *table) {
  static const struct { char delimiter; const char *written; } others[] = {
      {';', ";"}, {',', ","}, {'\t', "\\t"}, {' ', " "}, {'|', "|"}};
  for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
    if (!splits(*table, others[k].delimiter)) continue;
    error_hint(table->runtime->error, "the numbers stand apart by another delimiter: write `delimiter=\"%s\"`",
               others[k].written);
    return;
  }
  if (!has_more_rows(*table)) return;
  error_hint(table->runtime->error, "to leave out a heading, write `skip_header=%lld`", (long long)table->line);
}

/* ---- one field */
/* What stands at `text` up to the end of the field, quoted for a message. */
static bool fail_number(Table *table, const char *text) {
  size_t length = 0;
  while (text + length < table->limit && length < SHOWN_MOST && !memchr("\n\r#", text[length], 3) &&
         text[length] != table->delimiter)
    length++;
  while (length && is_blank(table, text[length - 1])) length--;
  Buffer shown = {0};
  text_string_quoted(&shown, text, length);
  bool usable = shown.length >= 2 && !shown.failed;
  file_fail(table->runtime, "read", table->name, strlen(table->name), "line %lld, column %lld: `%.*s` is not a number",
            (long long)table->line, (long long)table->field, usable ? (int)shown.length - 2 : 0,
            usable ? shown.text + 1 : "");
  buffer_free(&shown);
  if (table->rows == 0) hint_rows(table);
  return false;
}

/* A quoted field: a number in quotes, or nothing. */
static bool read_quoted(Table *table, double *number) {
  const char *start = table->at++;
  const char *end = memchr(table->at, '"', (size_t)(table->limit - table->at));
  if (!end) {
    return file_fail(table->runtime, "read", table->name, strlen(table->name),
                     "line %lld, column %lld: a quote is never closed", (long long)table->line,
                     (long long)table->field);
  }
  while (table->at < end && (*table->at == ' ' || *table->at == '\t')) table->at++;
  size_t used = read_number(table->at, (size_t)(end - table->at), number);
  table->at += used;
  while (table->at < end && (*table->at == ' ' || *table->at == '\t')) table->at++;
  if (table->at != end) return fail_number(table, start);
  table->at++;
  return true;
}

/* Leaves `at` behind the field and the blanks after it. */
static bool read_field(Table *table, double *number) {
  const char *start = table->at;
  *number = (double)NAN;
  if (table->at < table->limit && *table->at == '"') {
    if (!read_quoted(table, number)) return false;
  } else {
    table->at += read_number(start, (size_t)(table->limit - start), number);
  }
  const char *end = table->at;
  skip_blanks(table);
  if (at_end_of_line(table)) return true;
  bool separated = table->delimiter == ' ' ? table->at > end : *table->at == table->delimiter;
  return separated || fail_number(table, start);
}

/* ---- rows */
static bool end_row(Table *table) {
  if (table->rows++ == 0) {
    table->columns = table->field;
    table->first_line = table->line;
  }
  if (table->field == table->columns) return true;
  return file_fail(table->runtime, "read", table->name, strlen(table->name),
                   "line %lld, column %lld: the row has %lld number%s, but line %lld has %lld",
                   (long long)table->line,
                   (long long)(table->field < table->columns ? table->field : table->columns + 1),
                   (long long)table->field, table->field == 1 ? "" : "s", (long long)table->first_line, (long long)table->columns);
}

static bool read_row(Table *table) {
  table->row = table->at;
  for (table->field = 1;; table->field++) {
    double number;
    if (!read_field(table, &number)) return false;
    buffer_add(&table->numbers, (const char *)&number, sizeof number);
    if (table->numbers.failed) return runtime_out_of_memory(table->runtime);
    if (table->numbers.length / sizeof number % POLL == 0 && runtime_interrupted(table->runtime)) return false;
    if (at_end_of_line(table)) break;
    if (table->delimiter == ' ') continue;
    table->at++;
    skip_blanks(table);
  }
  return end_row(table);
}

static bool read_rows(Table *table, int64_t skip_header) {
  for (table->line = 1; table->at < table->limit; table->line++) {
    if (table->line > skip_header) {
      skip_blanks(table);
      if (!at_end_of_line(table) && !read_row(table)) return false;
    }
    if (table->line % POLL == 0 && runtime_interrupted(table->runtime)) return false;
    skip_line(table);
  }
  return true;
}

/* A delimiter that may stand in a number cannot delimit. */
static bool check_delimiter(Runtime *runtime, char delimiter) {
  static const char reserved[] = "0123456789+-.#\"\n\r";
  if (!memchr(reserved, delimiter, sizeof reserved) && !((delimiter | 32) >= 'a' && (delimiter | 32) <= 'z'))
    return true;
  return error_set(runtime->error, ERROR_VALUE, "a delimiter is a mark such as `,`, `;`, a tab or a space");
}

static Tensor *table_tensor(const Table *table) {
  int64_t shape[] = {table->rows, table->columns};
  int ndim = table->rows == 0 ? 1 : (table->rows > 1) + (table->columns > 1);
  const int64_t *used = table->rows == 1 ? shape + 1 : shape;
  Tensor *tensor = tensor_new_shape(table->runtime, DTYPE_FLOAT64, ndim, used);
  if (tensor && table->numbers.length) memcpy(tensor_data(tensor), table->numbers.text, table->numbers.length);
  return tensor;
}

Tensor *csv_read(Runtime *runtime, const char *name, const char *text, size_t length, const CsvOptions *options) {
  Table table = {.runtime = runtime, .name = name, .at = text, .limit = text + length};
  table.delimiter = options->delimiter;
  if (!check_delimiter(runtime, table.delimiter)) return NULL;
  if (length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
    file_fail(runtime, "read", name, strlen(name), "it is UTF-16 text, not UTF-8");
    return NULL;
  }
  if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) table.at += 3;
  Tensor *tensor = read_rows(&table, options->skip_header) ? table_tensor(&table) : NULL;
  buffer_free(&table.numbers);
  return tensor;
}

/* ---- writing */
static void write_number(Buffer *out, const Tensor *tensor, int64_t index) {
  if (tensor->dtype == DTYPE_BOOL) buffer_add_byte(out, tensor_integer_at(tensor, index) ? '1' : '0');
  else text_element(out, tensor, index, NULL);
}

bool csv_write(Runtime *runtime, Buffer *out, const Tensor *tensor, char delimiter) {
  const Layout *layout = tensor->layout;
  ShapeText shape;
  if (!check_delimiter(runtime, delimiter)) return false;
  if (layout->ndim > 2) {
    runtime_fail(runtime, ERROR_SHAPE, 0, "a table has at most 2 axes, but " ERROR_OPERAND(0) "has shape %s",
                 layout_text(&shape, layout));
    return false;
  }
  int64_t columns = layout->ndim == 2 ? layout_shape(layout)[1] : 1;
  for (int64_t i = 0; i < layout->size; i++) {
    write_number(out, tensor, i);
    buffer_add_byte(out, (i + 1) % columns ? delimiter : '\n');
    if (i % POLL == 0 && runtime_interrupted(runtime)) return false;
  }
  return !out->failed || runtime_out_of_memory(runtime);
}
