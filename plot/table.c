/* SPDX-License-Identifier: MIT */
/* table.c: numbers and texts in aligned columns. */
#include "plot/table.h"
#include "base/text.h"
#include "runtime/format/number.h"

enum { PLACES_MOST = 9, POINT_MOST = 12, ROWS_MOST = 200, ROWS_KEPT = 20, GAP = 2 };

/* How the numbers of a column are written, and how wide it is. */
typedef struct ColumnLayout {
  int places;
  bool scientific;
  int width;
} ColumnLayout;

static void write_number(Buffer *out, double number, const ColumnLayout *layout, int digits) {
  Decimal decimal = decimal_from_number(number == 0 ? 0 : number, false, digits);
  if (decimal.kind != DECIMAL_FINITE || (layout->scientific && decimal.count))
    decimal_write(out, &decimal);
  else
    decimal_write_positional(out, &decimal, layout->places);
}

static void choose_places(const TableColumn *column, ColumnLayout *layout, int digits) {
  for (int64_t i = 0; column->numbers && i < column->count; i++) {
    Decimal decimal = decimal_from_number(column->numbers[i], false, digits);
    if (decimal.kind != DECIMAL_FINITE || decimal.count == 0) continue;
    int places = decimal_places(&decimal);
    if (places > layout->places) layout->places = places;
    if (decimal.point > POINT_MOST) layout->scientific = true;
  }
  if (layout->places > PLACES_MOST) layout->scientific = true;
  if (layout->scientific) layout->places = 0;
}

static void write_entry(Buffer *out, const TableColumn *column, int64_t row, const ColumnLayout *layout, int digits) {
  if (row >= column->count) return;
  if (column->texts)
    buffer_add_text(out, column->texts[row]);
  else
    write_number(out, column->numbers[row], layout, digits);
}

static bool is_shown(int64_t row, int64_t rows) {
  return rows <= ROWS_MOST || row < ROWS_KEPT || row >= rows - ROWS_KEPT;
}

static void measure(const TableColumn *column, ColumnLayout *layout, int64_t rows, int digits) {
  Buffer entry = {0};
  choose_places(column, layout, digits);
  if (column->heading) layout->width = (int)text_columns(column->heading);
  for (int64_t row = 0; row < column->count; row++) {
    if (!is_shown(row, rows)) continue;
    buffer_clear(&entry);
    write_entry(&entry, column, row, layout, digits);
    int width = (int)text_columns(buffer_text(&entry));
    if (width > layout->width) layout->width = width;
  }
  buffer_free(&entry);
}

static void write_aligned(Buffer *out, const char *text, int width, bool right) {
  int blanks = width - (int)text_columns(text);
  if (right) buffer_add_fill(out, ' ', (size_t)(blanks > 0 ? blanks : 0));
  buffer_add_text(out, text);
  if (!right) buffer_add_fill(out, ' ', (size_t)(blanks > 0 ? blanks : 0));
}

static void end_line(Buffer *out) {
  buffer_trim(out, 0, " ");
  buffer_add_byte(out, '\n');
}

static void write_headings(Buffer *out, const TableColumn *columns, const ColumnLayout *layouts, int count,
                           bool unicode) {
  bool any = false;
  for (int k = 0; k < count; k++) any = any || columns[k].heading;
  if (!any) return;
  for (int k = 0; k < count; k++) {
    if (k) buffer_add_fill(out, ' ', GAP);
    write_aligned(out, columns[k].heading ? columns[k].heading : "", layouts[k].width, columns[k].texts == NULL);
  }
  end_line(out);
  for (int k = 0; k < count; k++) {
    if (k) buffer_add_fill(out, ' ', GAP);
    for (int i = 0; i < layouts[k].width; i++) buffer_add_text(out, unicode ? "─" : "-");
  }
  end_line(out);
}

static void write_row(Buffer *out, const TableColumn *columns, const ColumnLayout *layouts, int count, int64_t row,
                      int digits) {
  Buffer entry = {0};
  for (int k = 0; k < count; k++) {
    if (k) buffer_add_fill(out, ' ', GAP);
    buffer_clear(&entry);
    write_entry(&entry, &columns[k], row, &layouts[k], digits);
    write_aligned(out, buffer_text(&entry), layouts[k].width, columns[k].texts == NULL);
    if (entry.failed) out->failed = true;
  }
  buffer_free(&entry);
  end_line(out);
}

bool table_write(Buffer *out, const TableColumn *columns, int count, int digits, bool unicode) {
  ColumnLayout layouts[TABLE_COLUMNS] = {{0}};
  int64_t rows = 0;
  for (int k = 0; k < count; k++)
    if (columns[k].count > rows) rows = columns[k].count;
  for (int k = 0; k < count; k++) measure(&columns[k], &layouts[k], rows, digits);
  write_headings(out, columns, layouts, count, unicode);
  for (int64_t row = 0; row < rows; row++) {
    if (is_shown(row, rows))
      write_row(out, columns, layouts, count, row, digits);
    else if (row == ROWS_KEPT)
      buffer_add_text(out, "...\n");
  }
  return !out->failed;
}
