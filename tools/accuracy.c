/* SPDX-License-Identifier: MIT */
/* accuracy.c: writes docs/accuracy.md: the largest errors of the elementwise functions, measured with MPFR. */
#include "tools/derivatives.h"

#include <stdio.h>
#include <stdlib.h>

static const char introduction[] =
  "# How accurate the functions are\n"
  "\n"
  "The largest error found of every elementwise operation on real numbers, in units in the last place of the exact "
  "result\n(0.5 is what correct rounding gives), on %d operands of each type: all exponents, subnormal numbers, around "
  "1, around\nmultiples of pi/2 and moderate ones. The exact result is MPFR's, to %d bits. `make accuracy` measures "
  "anew and writes this\npage; the tests measure a part of it and hold every row to its bound.\n"
  "\n"
  "An element has the same bits whatever the size and layout of its tensor, its place in it, and the vector "
  "instructions in\nuse (`MGRAD_ISA`). float32 has functions of its own. Names that are not in the "
  "[manual](operations.md) belong to operations\nthat occur in derivatives only.\n"
  "\n"
  "logaddexp and logaddexp2 are measured where no operand is negative, and digamma where its operand is positive. "
  "Elsewhere\ntheir results pass through 0, where terms as large as 1 cancel: the error stays below a unit in the last "
  "place of 1, which\nmay be many of the small result (345 of logaddexp(-0.552, -0.854)). digamma keeps its digits "
  "beside the first ten of its\nnegative zeros too, down to -9.7; beyond them they cancel.\n"
  "\n"
  "| operation | float64 | at | float32 | at | bound |\n"
  "| --- | --- | --- | --- | --- | --- |\n";

static const char derivatives_introduction[] =
  "\n"
  "## Derivatives\n"
  "\n"
  "The same for first and second derivatives by every operand, as `grad` gives them, on %d operands of each type. The "
  "exact\nones are central differences of the exact functions, with more digits than cancel. First derivatives stay "
  "within %g\nunits in the last place and second ones within %g. Operations whose derivative is 0 almost everywhere "
  "are left out, and\nso are points where the function bends, where it or the derivative overflows, and where operand, "
  "value or derivative are\nless than a million times the smallest number that has all its digits. Of operations that "
  "occur in derivatives only, the\nfirst derivative counts.\n"
  "\n"
  "| operation | first, float64 | at | first, float32 | second, float64 | at | second, float32 |\n"
  "| --- | --- | --- | --- | --- | --- | --- |\n";

static const char terms_introduction[] =
  "\n"
  "Some derivatives pass through 0 where terms cancel that are not 0 themselves, and no digit of the difference need "
  "be right\nthere. Errors of these are measured in units in the last place of the larger of the derivative and this "
  "term:\n"
  "\n"
  "| operation | derivative | term |\n"
  "| --- | --- | --- |\n";

static void write_place(OpId op, AccuracyResult result, int digits) {
  if (isnan(result.x)) printf(" |");
  else if (op_unary_double[op]) printf(" %.*g |", digits, result.x);
  else printf(" %.*g, %.*g |", digits, result.x, digits, result.y);
}

static void write_result(OpId op, AccuracyResult result, int digits) {
  printf(" %.3g |", result.worst);
  write_place(op, result, digits);
}

static bool keeps(const char *name, const char *what, double worst, double bound) {
  if (worst <= bound) return true;
  fprintf(stderr, "%s of %s is %g off, beyond its bound of %g\n", what, name, worst, bound);
  return false;
}

static bool write_values(int blocks) {
  bool fine = true;
  printf(introduction, blocks * ACCURACY_BLOCK, ACCURACY_BITS);
  for (int i = 0; i < ACCURACY_ROWS; i++) {
    const AccuracyRow *row = &accuracy_rows[i];
    AccuracyResult wide = accuracy_measure(row, false, blocks), narrow = accuracy_measure(row, true, blocks);
    printf("| %s |", op_table[row->op].name);
    write_result(row->op, wide, 17);
    write_result(row->op, narrow, 9);
    printf(" %g |\n", row->bound);
    fine &= keeps(op_table[row->op].name, "the value", fmax(wide.worst, narrow.worst), row->bound);
  }
  return fine;
}

static void write_order(const AccuracyRow *row, const DerivativeResult *wide, const DerivativeResult *narrow,
                        int order) {
  if (order == 2 && !has_second(row->op)) {
    printf(" | | |");
    return;
  }
  write_result(row->op, wide->order[order - 1], 17);
  printf(" %.3g |", narrow->order[order - 1].worst);
}

static bool write_derivatives(int samples) {
  bool fine = true;
  printf(derivatives_introduction, samples, derivative_bound(1), derivative_bound(2));
  for (int i = 0; i < ACCURACY_ROWS; i++) {
    const AccuracyRow *row = &accuracy_rows[i];
    if (!has_derivative(row->op, BY_X) && !has_derivative(row->op, BY_Y)) continue;
    DerivativeResult wide = derivatives_measure(row, false, samples), narrow = derivatives_measure(row, true, samples);
    printf("| %s |", op_table[row->op].name);
    for (int order = 1; order <= 2; order++) {
      double worst = fmax(wide.order[order - 1].worst, narrow.order[order - 1].worst);
      write_order(row, &wide, &narrow, order);
      fine &= keeps(op_table[row->op].name, order == 1 ? "the first derivative" : "the second derivative", worst,
                    derivative_bound(order));
    }
    printf("\n");
  }
  return fine;
}

static void write_terms(void) {
  static const char *const names[] = {"by x", "by y", "by x twice", "by x and y", "by y twice"};
  printf("%s", terms_introduction);
  for (int i = 0; i < DERIVATIVE_TERMS; i++) {
    const DerivativeTerm *term = &derivative_terms[i];
    printf("| %s | %s | %s |\n", op_table[term->op].name, names[term->which], term->text);
  }
}

int main(int count, char **words) {
  int blocks = count > 1 ? atoi(words[1]) : 100;
  bool fine = write_values(blocks);
  fine &= write_derivatives(10 * blocks);
  write_terms();
  mpfr_free_cache();
  return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
