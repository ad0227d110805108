/* SPDX-License-Identifier: MIT */
/* csv.h: tables of numbers as text. */
#ifndef MGRAD_RUNTIME_FORMAT_CSV_H
#define MGRAD_RUNTIME_FORMAT_CSV_H
#include "base/buffer.h"
#include "runtime/tensor.h"

typedef struct CsvOptions {
  char delimiter;      /* ' ': any run of blanks and tabs */
  int64_t skip_header; /* lines dropped at the start */
} CsvOptions;

/* A float64 tensor (rows, columns); one column gives (rows,), one row (columns,), one number a scalar, as NumPy's
   loadtxt does, and no rows (0,).  `#` starts a comment, blank lines are skipped, a blank field is nan, a field may be
   quoted; nan, inf and infinity are known in any case.  Rows of unequal length and what is no number are errors with
   line and column.  `name` is what errors call the file. */
Tensor *csv_read(Runtime *runtime, const char *name, const char *text, size_t length, const CsvOptions *options);

/* A scalar, vector (one number a line) or matrix in digits that read back to the same numbers. */
bool csv_write(Runtime *runtime, Buffer *out, const Tensor *tensor, char delimiter);

#endif
