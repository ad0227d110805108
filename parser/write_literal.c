/* SPDX-License-Identifier: MIT */
/* write_literal.c: numbers, strings and f-strings as text that reads back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "parser/write.h"

/* ---- numbers */

/* The fewest significant digits that read back to the same number. */
static int count_digits(double number) {
  char text[40];
  int digits = 1;
  for (; digits < 17; digits++) {
    snprintf(text, sizeof text, "%.*e", digits - 1, number);
    if (strtod(text, NULL) >= number && strtod(text, NULL) <= number) break;
  }
  return digits;
}

void write_number(Buffer *out, double number) {
  char text[40];
  if (isinf(number)) {
    buffer_add_text(out, "1e999");
    return;
  }
  int digits = count_digits(number);
  snprintf(text, sizeof text, "%.*e", digits - 1, number);
  char *mark = text;
  while (*mark != 'e') mark++;
  int exponent = atoi(mark + 1);
  if (exponent >= -5 && exponent < 16) {
    int decimals = digits - 1 - exponent;
    buffer_format(out, "%.*f", decimals > 0 ? decimals : 0, number);
    return;
  }
  buffer_add(out, text, (size_t)(mark - text));
  buffer_format(out, "e%d", exponent);
}

/* ---- strings */

/* Bytes that a terminal would obey are escaped; bytes that are no UTF-8 stay as they are. */
static void write_character(Buffer *out, const char *text, int length, uint32_t character) {
  switch (character) {
    case '\n': buffer_add_text(out, "\\n"); return;
    case '\t': buffer_add_text(out, "\\t"); return;
    case '\r': buffer_add_text(out, "\\r"); return;
    case 0: buffer_add_text(out, "\\0"); return;
    case '"': buffer_add_text(out, "\\\""); return;
    case '\\': buffer_add_text(out, "\\\\"); return;
    default: break;
  }
  bool control = character < ' ' || (character >= 0x7F && character < 0xA0);
  if (control) buffer_format(out, "\\u{%x}", (unsigned)character);
  else buffer_add(out, text, (size_t)length);
}

static void write_text(Buffer *out, const char *text, size_t length, bool double_braces) {
  const char *limit = text + length;
  while (text < limit) {
    uint32_t character;
    int bytes = utf8_decode(text, limit, &character);
    if (bytes == 0) buffer_add_byte(out, *text);
    else write_character(out, text, bytes, character);
    if (double_braces && (*text == '{' || *text == '}')) buffer_add_byte(out, *text);
    text += bytes ? bytes : 1;
  }
}

void write_string(Buffer *out, const char *text, size_t length) {
  buffer_add_byte(out, '"');
  write_text(out, text, length, false);
  buffer_add_byte(out, '"');
}

/* A space keeps the brace of a record from doubling the brace around it. */
static void write_part(Buffer *out, const Ast *part) {
  buffer_add_byte(out, '{');
  size_t start = out->length;
  write_expression(out, part->children[0], LEVEL_LAMBDA);
  if (out->failed) return;
  if (out->text[start] == '{') {
    buffer_add_byte(out, ' ');
    if (out->failed) return;
    for (size_t i = out->length - 1; i > start; i--) out->text[i] = out->text[i - 1];
    out->text[start] = ' ';
  }
  if (part->text_length) {
    buffer_add_byte(out, ':');
    buffer_add(out, part->text, part->text_length);
  }
  buffer_add_byte(out, '}');
}

void write_fstring(Buffer *out, const Ast *tree) {
  buffer_add_text(out, "f\"");
  for (uint32_t i = 0; i < tree->count; i++) {
    const Ast *part = tree->children[i];
    if (part->kind == AST_STRING) write_text(out, part->text, part->text_length, true);
    else write_part(out, part);
  }
  buffer_add_byte(out, '"');
}
