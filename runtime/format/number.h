/* SPDX-License-Identifier: MIT */
/* number.h: doubles to decimal digits and back, without the locale; shared by the formats. */
#ifndef MGRAD_RUNTIME_FORMAT_NUMBER_H
#define MGRAD_RUNTIME_FORMAT_NUMBER_H
#include <stdbool.h>
#include <stddef.h>
#include "base/buffer.h"

#define DECIMAL_SHORTEST 17 /* so many significant digits tell any double from the next */

typedef enum DecimalKind { DECIMAL_FINITE, DECIMAL_INFINITE, DECIMAL_NAN } DecimalKind;

/* The value 0.d1d2d3... * 10^point, without trailing zeros; zero has no digits and point 1. */
typedef struct Decimal {
  DecimalKind kind;
  bool negative; /* also of zero; never of nan */
  int count;
  int point;
  char digits[DECIMAL_SHORTEST]; /* '0' to '9', not NUL-terminated */
} Decimal;

/* The fewest digits that read back to the same double (single: to the same float), or, when these are more than
   `most`, the number correctly rounded to `most` digits (at least 1). */
Decimal decimal_from_number(double number, bool single, int most);
/* The shortest digits, rounded to at most `places` (at least 0) after the point. */
Decimal decimal_from_places(double number, bool single, int places);
/* The double that a float32 is shown as: 0.3, which lies beside the float32 nearest to it. */
double number_shown_single(double number);
/* No digit stands after the point; false for what is not finite. */
bool decimal_is_integral(const Decimal *decimal);
/* Places after the point that it takes to write all digits. */
int decimal_places(const Decimal *decimal);

/* "-12.50" with at least `places` after the point. */
void decimal_write_positional(Buffer *out, const Decimal *decimal, int places);
/* "1.50e-07" (C's exponent) with at least `places` after the point of the mantissa, or, when `minimal`, "1.5e-7". */
void decimal_write_scientific(Buffer *out, const Decimal *decimal, int places, bool minimal);
/* Positional for 1e-5 <= |x| < 1e16, otherwise scientific and minimal; "nan", "inf", "-inf". */
void decimal_write(Buffer *out, const Decimal *decimal);

/* A number in a message: its shortest digits. */
typedef struct NumberText { char text[32]; } NumberText;
const char *number_text(NumberText *out, double number);

/* Reads a decimal number `[+-] digits [. digits] [e [+-] digits]`, correctly rounded, in time linear in its length.
   Returns its bytes, 0 when the text does not start with one.  Knows no inf, nan, hexadecimal digits. */
size_t number_read(const char *text, size_t length, double *number);

#endif
