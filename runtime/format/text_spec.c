/* SPDX-License-Identifier: MIT */
/* text_spec.c: format specs `[[fill]align][sign][#][0][width][,][.precision][type]` with Python's meaning. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/source.h"
#include "runtime/format/number.h"
#include "runtime/format/text.h"

enum { SIZE_MOST = 1000, NUMBER_BYTES = 1400 /* 309 digits, SIZE_MOST places */ };

typedef struct Spec {
  const char *fill;
  int fill_bytes;
  char align;      /* '<' '>' '^' '=', 0: not given */
  char sign;       /* '+', '-' or ' ' */
  bool alternate;
  char group;      /* ',' or '_', 0: none */
  int width, precision; /* precision -1: not given */
  char type;       /* 0: none */
} Spec;

/* A number before it is padded: sign, prefix ("0x"), digits to be grouped, the rest. */
typedef struct Parts {
  char sign;
  const char *prefix;
  const char *digits;
  size_t digit_count;
  const char *rest;
  size_t rest_length;
} Parts;

/* ---- reading a spec */
static bool is_align(char c) {
  return c == '<' || c == '>' || c == '^' || c == '=';
}

static const char *read_align(Spec *spec, const char *at, const char *limit) {
  uint32_t character;
  int bytes = at < limit ? utf8_decode(at, limit, &character) : 0;
  if (bytes && at + bytes < limit && is_align(at[bytes])) {
    spec->fill = at;
    spec->fill_bytes = bytes;
    spec->align = at[bytes];
    return at + bytes + 1;
  }
  if (at < limit && is_align(*at)) spec->align = *at++;
  return at;
}

/* Digits; -1 without any or when the number is too large. */
static const char *read_size(const char *at, const char *limit, int *size) {
  *size = -1;
  for (; at < limit && *at >= '0' && *at <= '9'; at++) {
    *size = (*size < 0 ? 0 : *size) * 10 + (*at - '0');
    if (*size > SIZE_MOST) return NULL;
  }
  return at;
}

static bool take(const char **at, const char *limit, const char *wanted, char *found) {
  if (*at == limit || !**at || !strchr(wanted, **at)) return false;
  *found = *(*at)++;
  return true;
}

static bool read_spec(Spec *spec, const char *at, size_t length) {
  const char *limit = at + length;
  char mark;
  *spec = (Spec){.fill = " ", .fill_bytes = 1, .sign = '-', .precision = -1};
  at = read_align(spec, at, limit);
  take(&at, limit, "+- ", &spec->sign);
  spec->alternate = take(&at, limit, "#", &mark);
  if (take(&at, limit, "0", &mark)) {
    if (*spec->fill == ' ') spec->fill = "0";
    if (!spec->align) spec->align = '=';
  }
  at = read_size(at, limit, &spec->width);
  if (!at) return false;
  take(&at, limit, ",_", &spec->group);
  if (take(&at, limit, ".", &mark)) {
    at = read_size(at, limit, &spec->precision);
    if (!at || spec->precision < 0) return false;
  }
  if (at < limit) spec->type = *at++;
  return at == limit;
}

/* ---- padding */
static size_t count_characters(const char *text, size_t length) {
  size_t count = 0;
  for (size_t i = 0; i < length; i++) count += ((unsigned char)text[i] & 0xC0) != 0x80;
  return count;
}

static void add_fill(Buffer *out, const Spec *spec, size_t count) {
  for (size_t i = 0; i < count; i++) buffer_add(out, spec->fill, (size_t)spec->fill_bytes);
}

static void add_padded(Buffer *out, const Spec *spec, char align, const char *text, size_t length) {
  size_t width = count_characters(text, length);
  size_t missing = spec->width > 0 && width < (size_t)spec->width ? (size_t)spec->width - width : 0;
  size_t before = align == '>' ? missing : align == '^' ? missing / 2 : 0;
  add_fill(out, spec, before);
  buffer_add(out, text, length);
  add_fill(out, spec, missing - before);
}

bool text_format_text(Buffer *out, const char *text, size_t text_length, const char *spec_text, size_t length) {
  Spec spec;
  if (!read_spec(&spec, spec_text, length)) return false;
  if (spec.type && spec.type != 's') return false;
  if (spec.sign != '-' || spec.alternate || spec.group) return false;
  char align = spec.align ? spec.align : '<';
  if (align == '=') {
    if (*spec.fill != '0' || memchr(spec_text, '=', length)) return false;
    align = '<';
  }
  if (spec.precision >= 0) {
    size_t end = 0;
    for (int i = 0; i < spec.precision && end < text_length; i++)
      do end++;
      while (end < text_length && ((unsigned char)text[end] & 0xC0) == 0x80);
    text_length = end;
  }
  add_padded(out, &spec, align, text, text_length);
  return true;
}

/* ---- numbers */
/* Digits stand in groups of three, of four in binary, octal and hexadecimal. */
static size_t group_size(const Spec *spec) {
  return spec->type && strchr("bxXo", spec->type) ? 4 : 3;
}

static size_t grouped_length(const Spec *spec, size_t digits) {
  return digits && spec->group ? digits + (digits - 1) / group_size(spec) : digits;
}

/* With zeros in front up to `least` characters. */
static void add_grouped(Buffer *out, const Spec *spec, const Parts *parts, size_t least) {
  size_t group = group_size(spec), digits = parts->digit_count;
  while (grouped_length(spec, digits) < least) digits++;
  for (size_t i = digits; i > 0; i--) {
    buffer_add_byte(out, i > parts->digit_count ? '0' : parts->digits[parts->digit_count - i]);
    if (spec->group && i > 1 && (i - 1) % group == 0) buffer_add_byte(out, spec->group);
  }
}

static void add_number(Buffer *out, const Spec *spec, const Parts *parts) {
  Buffer text = {0};
  if (parts->sign) buffer_add_byte(&text, parts->sign);
  buffer_add_text(&text, parts->prefix);
  size_t used = text.length + parts->rest_length, width = spec->width > 0 ? (size_t)spec->width : 0;
  bool zeros = spec->align == '=' && *spec->fill == '0' && parts->digit_count;
  if (spec->align == '=' && !zeros) {
    size_t length = used + grouped_length(spec, parts->digit_count);
    if (length < width) add_fill(&text, spec, width - length);
  }
  add_grouped(&text, spec, parts, zeros && width > used ? width - used : 0);
  buffer_add(&text, parts->rest, parts->rest_length);
  char align = spec->align && spec->align != '=' ? spec->align : '>';
  if (text.failed) out->failed = true;
  else add_padded(out, spec, align, text.text, text.length);
  buffer_free(&text);
}

static char sign_of(const Spec *spec, bool negative) {
  return negative ? '-' : spec->sign == '-' ? '\0' : spec->sign;
}

/* ---- integers */
static bool add_integer(Buffer *out, const Spec *spec, bool negative, uint64_t size) {
  bool decimal = spec->type == 'd' || !spec->type;
  if (spec->precision >= 0 || (!decimal && spec->group == ',')) return false;
  char digits[64];
  Parts parts = {.sign = sign_of(spec, negative), .prefix = "", .rest = ""};
  unsigned base = decimal ? 10 : spec->type == 'b' ? 2 : spec->type == 'o' ? 8 : 16;
  const char *names = spec->type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  char *at = digits + sizeof digits;
  do *--at = names[size % base];
  while (size /= base);
  parts.digits = at;
  parts.digit_count = (size_t)(digits + sizeof digits - at);
  if (spec->alternate && !decimal) parts.prefix = base == 2 ? "0b" : base == 8 ? "0o" : spec->type == 'X' ? "0X" : "0x";
  add_number(out, spec, &parts);
  return true;
}

static bool add_whole(Buffer *out, const Spec *spec, double number) {
  if (!isfinite(number) || nearbyint(number) != number) return false;
  if (fabs(number) < 0x1p63) return add_integer(out, spec, number < 0, (uint64_t)fabs(number));
  if (spec->type != 'd' || spec->precision >= 0) return false;
  char digits[NUMBER_BYTES];
  Parts parts = {.sign = sign_of(spec, number < 0), .prefix = "", .rest = "", .digits = digits};
  parts.digit_count = (size_t)snprintf(digits, sizeof digits, "%.0f", fabs(number));
  add_number(out, spec, &parts);
  return true;
}

/* ---- floats */
/* "%#.*g" keeps zeros up to the precision.  C libraries differ in whether it does when rounding carries into a new
   digit (999.9995 with 3), so the exponent of what %e rounds to decides here, as the standard says. */
static int print_alternate(char *text, double size, int precision) {
  int wanted = precision ? precision : 1;
  int written = snprintf(text, NUMBER_BYTES, "%#.*e", wanted - 1, size);
  int exponent = atoi(strrchr(text, 'e') + 1);
  if (exponent < -4 || exponent >= wanted) return written;
  return snprintf(text, NUMBER_BYTES, "%#.*f", wanted - 1 - exponent, size);
}

/* printf without the locale: whatever stands between two digits is the point. */
static size_t print_float(char *text, const Spec *spec, double size, int precision) {
  int written;
  switch (spec->type | 32) {
    case 'e': written = snprintf(text, NUMBER_BYTES, spec->alternate ? "%#.*e" : "%.*e", precision, size); break;
    case 'g':
      written = spec->alternate ? print_alternate(text, size, precision)
                                : snprintf(text, NUMBER_BYTES, "%.*g", precision, size);
      break;
    default: written = snprintf(text, NUMBER_BYTES, spec->alternate ? "%#.*f" : "%.*f", precision, size); break;
  }
  size_t length = (size_t)written, kept = 0;
  for (size_t i = 0; i < length; i++) {
    if (strchr("0123456789e+-", text[i])) text[kept++] = text[i];
    else if (kept && text[kept - 1] != '.') text[kept++] = '.';
  }
  return kept;
}

static void make_upper(char *text, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (text[i] >= 'a' && text[i] <= 'z') text[i] = (char)(text[i] - 32);
}

/* "%" writes 12.5% of 0.125. */
static bool add_float(Buffer *out, const Spec *spec, double number) {
  char text[NUMBER_BYTES + 1];
  bool percent = spec->type == '%', upper = spec->type >= 'A' && spec->type <= 'Z';
  if (percent) number *= 100;
  int precision = spec->precision >= 0 ? spec->precision : 6;
  double size = fabs(number);
  size_t length = 3;
  if (isnan(size)) memcpy(text, "nan", 3);
  else if (isinf(size)) memcpy(text, "inf", 3);
  else length = print_float(text, spec, size, precision);
  if (upper) make_upper(text, length);
  if (percent) text[length++] = '%';
  size_t digits = 0;
  while (digits < length && text[digits] >= '0' && text[digits] <= '9') digits++;
  Parts parts = {.sign = sign_of(spec, signbit(number) && !isnan(number)), .prefix = "", .digits = text};
  parts.digit_count = digits;
  parts.rest = text + digits;
  parts.rest_length = length - digits;
  add_number(out, spec, &parts);
  return true;
}

/* Without a type: the shortest digits, as the number is shown; with a precision: so many significant digits. */
static bool add_shown(Buffer *out, const Spec *spec, double number) {
  Buffer text = {0};
  if (spec->precision < 0) {
    text_number(&text, fabs(number), NULL);
  } else {
    int most = spec->precision > DECIMAL_SHORTEST ? DECIMAL_SHORTEST : spec->precision ? spec->precision : 1;
    Decimal decimal = decimal_from_number(fabs(number), false, most);
    if (decimal.point > most) decimal_write_scientific(&text, &decimal, 0, true);
    else decimal_write(&text, &decimal);
  }
  const char *shown = buffer_text(&text);
  size_t digits = 0;
  while (shown[digits] >= '0' && shown[digits] <= '9') digits++;
  Parts parts = {.sign = sign_of(spec, signbit(number) && !isnan(number)), .prefix = "", .digits = shown};
  parts.digit_count = digits;
  parts.rest = shown + digits;
  parts.rest_length = text.length - digits;
  if (text.failed) out->failed = true;
  else add_number(out, spec, &parts);
  buffer_free(&text);
  return true;
}

static bool add_any(Buffer *out, const Spec *spec, double number) {
  if (!spec->type) return add_shown(out, spec, number);
  if (strchr("dbxXo", spec->type)) return add_whole(out, spec, number);
  if (strchr("eEfFgG%", spec->type)) return add_float(out, spec, number);
  return false;
}

bool text_format_number(Buffer *out, double number, const char *spec_text, size_t length) {
  Spec spec;
  return read_spec(&spec, spec_text, length) && add_any(out, &spec, number);
}

bool text_format_integer(Buffer *out, int64_t number, const char *spec_text, size_t length) {
  Spec spec;
  if (!read_spec(&spec, spec_text, length)) return false;
  bool exact = spec.type ? strchr("dbxXo", spec.type) != NULL : spec.precision < 0;
  if (!exact) return add_any(out, &spec, (double)number);
  return add_integer(out, &spec, number < 0, number < 0 ? -(uint64_t)number : (uint64_t)number);
}
