/* SPDX-License-Identifier: MIT */
/* table.h: numbers and texts in aligned columns. */
#ifndef MGRAD_PLOT_TABLE_H
#define MGRAD_PLOT_TABLE_H
#include <stdint.h>
#include "base/buffer.h"

/* A column of numbers, or of texts where `texts` is set. */
typedef struct TableColumn {
  const char *heading; /* NULL: none */
  int64_t count;
  const double *numbers;
  const char *const *texts;
} TableColumn;

enum { TABLE_COLUMNS = 64 };

/* At most TABLE_COLUMNS columns.  Numbers have at most `digits` significant digits and their points below each other;
   where that would take too many places they have exponents.  Short columns end early; of very many rows the middle is
   left out. */
bool table_write(Buffer *out, const TableColumn *columns, int count, int digits, bool unicode);

#endif
