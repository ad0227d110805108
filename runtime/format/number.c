/* SPDX-License-Identifier: MIT */
/* number.c: doubles to the shortest decimal digits, and how digits are written.

   printf and strtod are only ever given or asked for digits without a radix character, so no locale can interfere. */
#include "runtime/format/number.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Below these every decimal with so many digits is its own number: rounding to DBL_DIG digits, without trailing
   zeros, is the shortest text of a number that has one of that length. */
static const double double_exact_integers = 1e15, single_exact_integers = 1e6;
enum { SCALED_PLACES = 8 };

static void set_digits(Decimal *decimal, const char *digits, int count) {
  while (count > 0 && digits[count - 1] == '0') count--;
  memcpy(decimal->digits, digits, (size_t)count);
  decimal->count = count;
}

/* integer * 10^-places, where 0 < integer < 1e17 */
static void set_integer(Decimal *decimal, uint64_t integer, int places) {
  char digits[20];
  int first = (int)sizeof digits;
  for (; integer; integer /= 10) digits[--first] = (char)('0' + integer % 10);
  int count = (int)sizeof digits - first;
  set_digits(decimal, digits + first, count);
  decimal->point = count - places;
}

/* Most numbers that people type are short: integer / 10^places with an integer so small that division gives the very
   double nearest to that decimal, and no shorter decimal can. */
static bool set_short(Decimal *decimal, double size, bool single) {
  double limit = single ? single_exact_integers : double_exact_integers, scale = 1;
  if (size >= limit || size < 1e-5) return false;
  for (int places = 0; places <= SCALED_PLACES; places++, scale *= 10) {
    double integer = nearbyint(size * scale);
    if (integer >= limit) return false;
    double back = integer / scale;
    if (single ? (float)back == (float)size : back == size) {
      set_integer(decimal, (uint64_t)integer, places);
      return true;
    }
  }
  return false;
}

/* Correctly rounded to `count` significant digits. */
static void set_rounded(Decimal *decimal, double size, int count) {
  char text[48], digits[DECIMAL_SHORTEST];
  snprintf(text, sizeof text, "%.*e", count - 1, size);
  const char *at = text;
  int found = 0;
  for (; *at && *at != 'e'; at++)
    if (*at >= '0' && *at <= '9' && found < DECIMAL_SHORTEST) digits[found++] = *at;
  set_digits(decimal, digits, found);
  decimal->point = *at ? atoi(at + 1) + 1 : 1;
}

static bool reads_back(const Decimal *decimal, double size, bool single) {
  char text[48];
  snprintf(text, sizeof text, "%.*se%d", decimal->count, decimal->digits, decimal->point - decimal->count);
  return single ? strtof(text, NULL) == (float)size : strtod(text, NULL) == size;
}

/* The next decimal of as many digits. */
static void raise_last_digit(Decimal *decimal, int count) {
  while (decimal->count < count) decimal->digits[decimal->count++] = '0';
  int last = count - 1;
  while (last >= 0 && decimal->digits[last] == '9') last--;
  decimal->count = last + 1;
  if (last >= 0) {
    decimal->digits[last]++;
  } else {
    decimal->digits[decimal->count++] = '1';
    decimal->point++;
  }
}

/* The numbers below a power of two lie twice as dense as those above: the decimal that is nearest to it may be nearer
   to another number, while the next one up is not. */
static bool set_above(Decimal *decimal, double size, bool single, int count) {
  int exponent;
  if (frexp(size, &exponent) != 0.5) return false;
  raise_last_digit(decimal, count);
  return reads_back(decimal, size, single);
}

static void set_shortest(Decimal *decimal, double size, bool single) {
  int first = single ? FLT_DIG : DBL_DIG, last = single ? 9 : DECIMAL_SHORTEST;
  if (size < (single ? (double)FLT_MIN : DBL_MIN)) first = 1; /* subnormal: fewer bits, fewer digits */
  for (int count = first; count <= last; count++) {
    set_rounded(decimal, size, count);
    if (reads_back(decimal, size, single) || set_above(decimal, size, single, count)) return;
  }
}

Decimal decimal_from_number(double number, bool single, int most) {
  Decimal decimal = {.negative = signbit(number) && !isnan(number), .point = 1};
  double size = fabs(number);
  if (isnan(number)) decimal.kind = DECIMAL_NAN;
  else if (isinf(number)) decimal.kind = DECIMAL_INFINITE;
  if (decimal.kind != DECIMAL_FINITE || size == 0) return decimal;
  bool normal = size >= (single ? (double)FLT_MIN : DBL_MIN);
  if (!set_short(&decimal, size, single)) {
    if (normal && most <= (single ? FLT_DIG : DBL_DIG)) set_rounded(&decimal, size, most);
    else set_shortest(&decimal, size, single);
  }
  if (decimal.count > most) set_rounded(&decimal, size, most);
  return decimal;
}

double number_shown_single(double number) {
  Decimal decimal = decimal_from_number(number, true, DECIMAL_SHORTEST);
  if (decimal.kind != DECIMAL_FINITE || decimal.count == 0) return number;
  char text[DECIMAL_SHORTEST + 16];
  int length = snprintf(text, sizeof text, "%s%.*se%d", decimal.negative ? "-" : "", decimal.count, decimal.digits,
                        decimal.point - decimal.count);
  number_read(text, (size_t)length, &number);
  return number;
}

static Decimal decimal_zero(bool negative) {
  return (Decimal){.negative = negative, .point = 1};
}

Decimal decimal_from_places(double number, bool single, int places) {
  Decimal decimal = decimal_from_number(number, single, DECIMAL_SHORTEST);
  if (decimal.kind != DECIMAL_FINITE || decimal_places(&decimal) <= places) return decimal;
  int count = decimal.point + places;
  if (count > 0) return decimal_from_number(number, single, count);
  bool up = count == 0 && (decimal.digits[0] > '5' || (decimal.digits[0] == '5' && decimal.count > 1));
  if (!up) return decimal_zero(decimal.negative);
  return (Decimal){.negative = decimal.negative, .count = 1, .point = 1 - places, .digits = "1"};
}

bool decimal_is_integral(const Decimal *decimal) {
  return decimal->kind == DECIMAL_FINITE && decimal->count <= decimal->point;
}

int decimal_places(const Decimal *decimal) {
  return decimal->count > decimal->point ? decimal->count - decimal->point : 0;
}

static char digit_at(const Decimal *decimal, int index) {
  return index >= 0 && index < decimal->count ? decimal->digits[index] : '0';
}

static void write_digits(Buffer *out, const Decimal *decimal, int from, int count) {
  for (int i = from; i < from + count; i++) buffer_add_byte(out, digit_at(decimal, i));
}

static bool write_special(Buffer *out, const Decimal *decimal) {
  if (decimal->negative) buffer_add_byte(out, '-');
  if (decimal->kind != DECIMAL_FINITE) buffer_add_text(out, decimal->kind == DECIMAL_NAN ? "nan" : "inf");
  return decimal->kind != DECIMAL_FINITE;
}

void decimal_write_positional(Buffer *out, const Decimal *decimal, int places) {
  if (write_special(out, decimal)) return;
  if (decimal->point > 0) write_digits(out, decimal, 0, decimal->point);
  else buffer_add_byte(out, '0');
  if (places < decimal_places(decimal)) places = decimal_places(decimal);
  if (places == 0) return;
  buffer_add_byte(out, '.');
  write_digits(out, decimal, decimal->point, places);
}

void decimal_write_scientific(Buffer *out, const Decimal *decimal, int places, bool minimal) {
  if (write_special(out, decimal)) return;
  buffer_add_byte(out, digit_at(decimal, 0));
  if (places < decimal->count - 1) places = decimal->count - 1;
  if (places > 0) {
    buffer_add_byte(out, '.');
    write_digits(out, decimal, 1, places);
  }
  buffer_format(out, minimal ? "e%d" : "e%+03d", decimal->point - 1);
}

void decimal_write(Buffer *out, const Decimal *decimal) {
  if (decimal->point > -5 && decimal->point <= 16) decimal_write_positional(out, decimal, 0);
  else decimal_write_scientific(out, decimal, 0, true);
}

const char *number_text(NumberText *out, double number) {
  Buffer text = {0};
  Decimal decimal = decimal_from_number(number, false, DECIMAL_SHORTEST);
  decimal_write(&text, &decimal);
  snprintf(out->text, sizeof out->text, "%s", buffer_text(&text));
  buffer_free(&text);
  return out->text;
}
