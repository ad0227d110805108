/* SPDX-License-Identifier: MIT */
/* number_read.c: decimal text to the nearest double, whatever the locale, in linear time. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/format/number.h"

/* 767 digits decide between any two neighbouring doubles; what follows only matters as "a little more". */
enum { DIGITS_MOST = 800, EXPONENT_MOST = 100000 };

typedef struct Scan {
  const char *at, *limit;
  char digits[DIGITS_MOST + 24]; /* significant ones, then the exponent for strtod */
  int count;                     /* of digits kept */
  int64_t exponent;              /* of ten, for the digits kept */
  bool more;                     /* digits other than 0 were dropped */
  uint64_t integer;              /* the digits kept, while count <= 19 */
} Scan;

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static void keep_digit(Scan *scan, char digit, bool fraction) {
  if (scan->count == 0 && digit == '0') {
    scan->exponent -= fraction;
  } else if (scan->count < DIGITS_MOST) {
    scan->digits[scan->count++] = digit;
    scan->exponent -= fraction;
    if (scan->count <= 19) scan->integer = scan->integer * 10 + (uint64_t)(digit - '0');
  } else {
    scan->more |= digit != '0';
    scan->exponent += !fraction;
  }
}

static bool scan_digits(Scan *scan, bool fraction) {
  const char *start = scan->at;
  for (; scan->at < scan->limit && is_digit(*scan->at); scan->at++) keep_digit(scan, *scan->at, fraction);
  return scan->at > start;
}

/* An `e` without digits does not belong to the number. */
static void scan_exponent(Scan *scan) {
  const char *at = scan->at;
  if (at == scan->limit || (*at | 32) != 'e') return;
  at++;
  bool negative = at < scan->limit && *at == '-';
  if (at < scan->limit && (*at == '-' || *at == '+')) at++;
  if (at == scan->limit || !is_digit(*at)) return;
  int64_t exponent = 0;
  for (; at < scan->limit && is_digit(*at); at++)
    if (exponent < INT64_MAX / 100) exponent = exponent * 10 + (*at - '0');
  scan->exponent += negative ? -exponent : exponent;
  scan->at = at;
}

static bool scan_number(Scan *scan) {
  bool any = scan_digits(scan, false);
  if (scan->at < scan->limit && *scan->at == '.') {
    scan->at++;
    any |= scan_digits(scan, true);
  }
  if (any) scan_exponent(scan);
  return any;
}

/* Up to 2^53 and 10^22 are doubles, so one operation rounds correctly. */
static bool quick_value(const Scan *scan, double *number) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (scan->count > 19 || scan->integer > UINT64_C(1) << 53) return false;
  if (scan->exponent < -22 || scan->exponent > 22) return false;
  *number = (double)scan->integer;
  if (scan->exponent < 0) *number /= powers[-scan->exponent];
  else *number *= powers[scan->exponent];
  return true;
}

static double slow_value(Scan *scan) {
  if (scan->count == 0) return 0;
  if (scan->more) {
    scan->digits[scan->count++] = '1';
    scan->exponent--;
  }
  int64_t exponent = scan->exponent;
  if (exponent > EXPONENT_MOST) exponent = EXPONENT_MOST;
  if (exponent < -EXPONENT_MOST) exponent = -EXPONENT_MOST;
  snprintf(scan->digits + scan->count, sizeof scan->digits - (size_t)scan->count, "e%d", (int)exponent);
  return strtod(scan->digits, NULL);
}

size_t number_read(const char *text, size_t length, double *number) {
  Scan scan;
  scan.at = text;
  scan.limit = text + length;
  scan.count = 0;
  scan.exponent = 0;
  scan.more = false;
  scan.integer = 0;
  bool negative = length && *text == '-';
  if (length && (*text == '-' || *text == '+')) scan.at++;
  if (!scan_number(&scan)) return 0;
  if (!quick_value(&scan, number)) *number = slow_value(&scan);
  if (negative) *number = -*number;
  return (size_t)(scan.at - text);
}
