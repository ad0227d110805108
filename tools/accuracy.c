/* SPDX-License-Identifier: MIT */
/* accuracy.c: writes docs/accuracy.md: the largest errors of the elementwise functions, measured with MPFR. */
#include "tools/accuracy.h"

#include <stdio.h>
#include <stdlib.h>

static const char introduction[] =
  "# How accurate the functions are\n"
  "\n"
  "The largest error found of every elementwise operation on real numbers, in units in the last place of the exact result\n"
  "(0.5 is what correct rounding gives), on %d operands of each type: all exponents, subnormal numbers, around 1, around\n"
  "multiples of pi/2 and moderate ones. The exact result is MPFR's, to %d bits. `make accuracy` measures anew and writes this\n"
  "page; the tests measure a part of it and hold every row to its bound.\n"
  "\n"
  "An element has the same bits whatever the size and layout of its tensor, its place in it, and the vector instructions in\n"
  "use (`MGRAD_ISA`). float32 has functions of its own.\n"
  "\n"
  "| operation | float64 | at | float32 | at | bound |\n"
  "| --- | --- | --- | --- | --- | --- |\n";

static void write_result(const AccuracyRow *row, AccuracyResult result, int digits) {
  printf(" %.3g |", result.worst);
  if (isnan(result.x)) printf(" |");
  else if (op_unary_double[row->op]) printf(" %.*g |", digits, result.x);
  else printf(" %.*g, %.*g |", digits, result.x, digits, result.y);
}

int main(int count, char **words) {
  int blocks = count > 1 ? atoi(words[1]) : 100;
  bool fine = true;
  printf(introduction, blocks * ACCURACY_BLOCK, ACCURACY_BITS);
  for (int i = 0; i < ACCURACY_ROWS; i++) {
    const AccuracyRow *row = &accuracy_rows[i];
    AccuracyResult wide = accuracy_measure(row, false, blocks), narrow = accuracy_measure(row, true, blocks);
    printf("| %s |", op_table[row->op].name);
    write_result(row, wide, 17);
    write_result(row, narrow, 9);
    printf(" %g |\n", row->bound);
    if (wide.worst <= row->bound && narrow.worst <= row->bound) continue;
    fprintf(stderr, "%s is beyond its bound of %g\n", op_table[row->op].name, row->bound);
    fine = false;
  }
  mpfr_free_cache();
  return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
