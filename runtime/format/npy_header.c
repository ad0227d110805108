/* SPDX-License-Identifier: MIT */
/* npy_header.c: the header of an NPY file is a Python literal; only this very dictionary is read, nothing is evaluated:
   {'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), } */
#include "runtime/format/npy_header.h"

#include <string.h>

enum { PREFIX = 8, HEADER_MOST = 1 << 16, TEXT_MOST = 24, DIGITS_MOST = 18 };
enum { KEY_DESCR = 1, KEY_FORTRAN = 2, KEY_SHAPE = 4, KEY_ALL = 7 };

static const char malformed[] = "its header is malformed";

typedef struct Literal {
  const char *at, *limit;
  NpyHeader *header;
  int keys;
  const char *problem;
} Literal;

static bool fail(Literal *literal, const char *problem) {
  if (!literal->problem) literal->problem = problem;
  return false;
}

static void skip_space(Literal *literal) {
  while (literal->at < literal->limit && memchr(" \t\r\n", *literal->at, 4)) literal->at++;
}

static bool accept(Literal *literal, char wanted) {
  skip_space(literal);
  if (literal->at == literal->limit || *literal->at != wanted) return false;
  literal->at++;
  return true;
}

static bool expect(Literal *literal, char wanted) {
  return accept(literal, wanted) || fail(literal, malformed);
}

/* A short string without escapes. */
static bool read_text(Literal *literal, char text[TEXT_MOST]) {
  skip_space(literal);
  char quote = literal->at < literal->limit ? *literal->at : '\0';
  if (quote != '\'' && quote != '"') return fail(literal, malformed);
  const char *start = ++literal->at;
  while (literal->at < literal->limit && *literal->at != quote) literal->at++;
  size_t length = (size_t)(literal->at - start);
  if (literal->at++ == literal->limit || length >= TEXT_MOST || memchr(start, '\\', length))
    return fail(literal, malformed);
  memcpy(text, start, length);
  text[length] = '\0';
  return true;
}

static bool read_bool(Literal *literal, bool *value) {
  skip_space(literal);
  size_t left = (size_t)(literal->limit - literal->at);
  *value = left >= 4 && memcmp(literal->at, "True", 4) == 0;
  if (!*value && (left < 5 || memcmp(literal->at, "False", 5) != 0)) return fail(literal, malformed);
  literal->at += *value ? 4 : 5;
  return true;
}

/* Python 2 wrote `3L`. */
static bool read_size(Literal *literal, int64_t *size) {
  skip_space(literal);
  int digits = 0;
  *size = 0;
  for (; literal->at < literal->limit && *literal->at >= '0' && *literal->at <= '9'; literal->at++) {
    if (++digits > DIGITS_MOST) return fail(literal, "its shape is too large");
    *size = *size * 10 + (*literal->at - '0');
  }
  if (digits == 0) return fail(literal, "its shape is malformed");
  if (literal->at < literal->limit && *literal->at == 'L') literal->at++;
  return true;
}

static bool read_shape(Literal *literal) {
  NpyHeader *header = literal->header;
  bool comma = true;
  if (!expect(literal, '(')) return false;
  for (header->ndim = 0; !accept(literal, ')'); header->ndim++) {
    if (!comma) return fail(literal, "its shape is malformed");
    if (header->ndim == TENSOR_MAX_DIMS) return fail(literal, "it has more than 32 axes");
    if (!read_size(literal, &header->shape[header->ndim])) return false;
    comma = accept(literal, ',');
  }
  return comma || header->ndim > 1 || fail(literal, "its shape is malformed");
}

/* ---- the type of the elements */
static const char *unsupported_kind(char kind) {
  switch (kind) {
    case 'O': return "object arrays are not supported";
    case 'c': return "complex numbers are not supported";
    case 'S': case 'U': case 'a': return "arrays of strings are not supported";
    case 'V': return "structured arrays are not supported";
    case 'M': case 'm': return "arrays of times are not supported";
    default: return "its type of elements is not supported";
  }
}

static bool set_type(Literal *literal, const char *text) {
  static const char known[] = "b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 ";
  NpyHeader *header = literal->header;
  char order = strchr("<>=|", *text) && *text ? *text++ : '=';
  char wanted[] = {text[0], text[0] ? text[1] : '\0', ' ', '\0'};
  bool simple = strlen(text) == 2 && strstr(known, wanted);
  if (strcmp(text, "?") == 0) simple = true, wanted[0] = 'b', wanted[1] = '1';
  if (!simple) return fail(literal, unsupported_kind(*text));
  header->kind = wanted[0];
  header->item_size = wanted[1] - '0';
  header->big_endian = order == '>';
  return true;
}

static bool read_type(Literal *literal) {
  char text[TEXT_MOST];
  skip_space(literal);
  if (literal->at < literal->limit && *literal->at == '[') return fail(literal, unsupported_kind('V'));
  return read_text(literal, text) && set_type(literal, text);
}

/* ---- the dictionary */
static bool read_entry(Literal *literal) {
  char key[TEXT_MOST];
  if (!read_text(literal, key) || !expect(literal, ':')) return false;
  int bit = strcmp(key, "descr") == 0           ? KEY_DESCR
            : strcmp(key, "fortran_order") == 0 ? KEY_FORTRAN
            : strcmp(key, "shape") == 0         ? KEY_SHAPE
                                                : 0;
  if (bit == 0 || literal->keys & bit) return fail(literal, malformed);
  literal->keys |= bit;
  if (bit == KEY_DESCR) return read_type(literal);
  return bit == KEY_SHAPE ? read_shape(literal) : read_bool(literal, &literal->header->fortran);
}

static bool read_literal(Literal *literal) {
  bool comma = true;
  if (!expect(literal, '{')) return false;
  while (!accept(literal, '}')) {
    if (!comma) return fail(literal, malformed);
    if (!read_entry(literal)) return false;
    comma = accept(literal, ',');
  }
  skip_space(literal);
  return (literal->at == literal->limit && literal->keys == KEY_ALL) || fail(literal, malformed);
}

const char *npy_header_read(NpyHeader *header, const unsigned char *bytes, size_t length) {
  if (length < PREFIX || memcmp(bytes, "\x93NUMPY", 6) != 0) return "it is not an NPY file";
  int version = bytes[6];
  if (version < 1 || version > 3 || bytes[7] != 0) return "its version of the NPY format is not known";
  size_t width = version == 1 ? 2 : 4, size = 0;
  if (length < PREFIX + width) return "it ends within the header";
  for (size_t i = width; i > 0; i--) size = size << 8 | bytes[PREFIX + i - 1];
  if (size > HEADER_MOST) return "its header is too long";
  if (size > length - PREFIX - width) return "it ends within the header";
  const char *text = (const char *)bytes + PREFIX + width;
  *header = (NpyHeader){.data_offset = PREFIX + width + size};
  Literal literal = {.at = text, .limit = text + size, .header = header};
  return read_literal(&literal) ? NULL : literal.problem;
}
