/* SPDX-License-Identifier: MIT */
/* json_read.c: a strict JSON reader that keeps no stack but a bit for each open array or object. */
#include <math.h>
#include <string.h>

#include "base/source.h"
#include "runtime/format/json.h"
#include "runtime/format/number.h"

/* What may come next. */
typedef enum State {
  STATE_VALUE,        /* a value */
  STATE_FIRST_VALUE,  /* a value or `]` */
  STATE_FIRST_KEY,    /* a key or `}` */
  STATE_COLON,        /* `:` and then a value */
  STATE_COMMA,        /* `,` or the end of the innermost array or object, or of the text */
  STATE_END,
  STATE_FAILED
} State;

enum { POLL_EVENTS = 1 << 12 };

void json_reader_start(JsonReader *reader, Runtime *runtime, const char *text, size_t length) {
  static const char mark[] = "\xef\xbb\xbf";
  *reader = (JsonReader){.runtime = runtime, .text = text, .length = length, .state = STATE_VALUE};
  if (length >= 3 && memcmp(text, mark, 3) == 0) reader->position = 3;
}

void json_reader_free(JsonReader *reader) {
  buffer_free(&reader->string);
}

/* ---- errors */
/* Records "... in JSON at line 2, column 5", at the place just read. */
static JsonEvent fail(JsonReader *reader, const char *problem) {
  size_t line = 1, column = 1;
  for (size_t i = 0; i < reader->position && i < reader->length; i++) {
    unsigned char byte = (unsigned char)reader->text[i];
    if (byte == '\n') line++, column = 1;
    else if ((byte & 0xC0) != 0x80) column++;
  }
  reader->state = STATE_FAILED;
  error_set(reader->runtime->error, ERROR_VALUE, "%s in JSON at line %zu, column %zu", problem, line, column);
  return JSON_ERROR;
}

static JsonEvent fail_at(JsonReader *reader, size_t position, const char *problem) {
  reader->position = position;
  return fail(reader, problem);
}

static JsonEvent fail_expecting(JsonReader *reader, const char *wanted) {
  char problem[80] = "expected ";
  strncat(problem, wanted, 60);
  if (reader->position >= reader->length) strncat(problem, " before the end", 20);
  return fail(reader, problem);
}

/* ---- pieces of text */
static int peek(const JsonReader *reader) {
  return reader->position < reader->length ? (unsigned char)reader->text[reader->position] : -1;
}

static void skip_space(JsonReader *reader) {
  for (int c = peek(reader); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = peek(reader)) reader->position++;
}

static bool skip_word(JsonReader *reader, const char *word) {
  size_t length = strlen(word);
  if (reader->length - reader->position < length) return false;
  if (memcmp(reader->text + reader->position, word, length) != 0) return false;
  reader->position += length;
  return true;
}

static bool read_unit(JsonReader *reader, uint32_t *unit) {
  *unit = 0;
  for (int i = 0; i < 4; i++, reader->position++) {
    int c = peek(reader);
    int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
    if (c < 0 || digit < 0) return false;
    *unit = *unit * 16 + (uint32_t)digit;
  }
  return true;
}

/* After `\u`. */
static JsonEvent read_unicode(JsonReader *reader) {
  uint32_t character, low;
  char bytes[4];
  if (!read_unit(reader, &character)) return fail(reader, "expected four hexadecimal digits");
  if (character >= 0xd800 && character < 0xe000) {
    bool paired = character < 0xdc00 && skip_word(reader, "\\u") && read_unit(reader, &low) && low >= 0xdc00 &&
                  low < 0xe000;
    if (!paired) return fail(reader, "half of a surrogate pair");
    character = 0x10000 + ((character - 0xd800) << 10) + (low - 0xdc00);
  }
  buffer_add(&reader->string, bytes, (size_t)utf8_encode(character, bytes));
  return JSON_STRING;
}

static JsonEvent read_escape(JsonReader *reader) {
  static const char names[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
  int c = peek(reader);
  reader->position++;
  if (c == 'u') return read_unicode(reader);
  for (const char *name = names; c > 0 && *name; name += 2) {
    if (c != *name) continue;
    buffer_add_byte(&reader->string, name[1]);
    return JSON_STRING;
  }
  return fail_at(reader, reader->position - 1, "unknown escape");
}

/* After the opening quote. */
static JsonEvent read_string(JsonReader *reader, JsonEvent event) {
  size_t open = reader->position - 1;
  buffer_clear(&reader->string);
  for (;;) {
    int c = peek(reader);
    uint32_t character;
    if (c < 0) return fail_at(reader, open, "a string that is never closed");
    if (c < 0x20) return fail(reader, "a control character in a string");
    const char *at = reader->text + reader->position;
    int bytes = utf8_decode(at, reader->text + reader->length, &character);
    if (bytes == 0) return fail(reader, "a byte that is not UTF-8");
    reader->position += (size_t)bytes;
    if (c == '"') break;
    if (c != '\\') buffer_add(&reader->string, at, (size_t)bytes);
    else if (read_escape(reader) == JSON_ERROR) return JSON_ERROR;
    if (!reader->string.failed) continue;
    reader->state = STATE_FAILED;
    runtime_out_of_memory(reader->runtime);
    return JSON_ERROR;
  }
  return event;
}

static bool is_digit(int c) {
  return c >= '0' && c <= '9';
}

static bool skip_digits(JsonReader *reader) {
  size_t start = reader->position;
  while (is_digit(peek(reader))) reader->position++;
  return reader->position > start;
}

/* Whether the digits are an int64 that a double cannot hold.  2^63 itself is a double. */
static bool read_integer(JsonReader *reader, size_t start) {
  bool negative = reader->text[start] == '-';
  uint64_t size = 0;
  if (fabs(reader->number) < 0x1p53 || fabs(reader->number) > 0x1p63) return false;
  for (size_t at = start + negative; at < reader->position; at++) {
    if (!is_digit((unsigned char)reader->text[at])) return false;
    size = size * 10 + (uint64_t)(reader->text[at] - '0');
  }
  if (size > INT64_MAX || (uint64_t)fabs(reader->number) == size) return false;
  reader->integer = negative ? -(int64_t)size : (int64_t)size;
  return true;
}

/* JSON's own grammar: no leading zeros, digits on both sides of the point. */
static JsonEvent read_number(JsonReader *reader) {
  size_t start = reader->position;
  bool valid = true;
  if (peek(reader) == '-') reader->position++;
  if (peek(reader) == '0') reader->position++;
  else valid = skip_digits(reader);
  if (valid && peek(reader) == '.') {
    reader->position++;
    valid = skip_digits(reader);
  }
  if (valid && (peek(reader) | 32) == 'e') {
    reader->position++;
    if (peek(reader) == '+' || peek(reader) == '-') reader->position++;
    valid = skip_digits(reader);
  }
  if (!valid || is_digit(peek(reader))) return fail_at(reader, start, "a malformed number");
  number_read(reader->text + start, reader->position - start, &reader->number);
  return read_integer(reader, start) ? JSON_INTEGER : JSON_NUMBER;
}

/* ---- structure */
static bool is_in_object(const JsonReader *reader) {
  int top = reader->depth - 1;
  return top >= 0 && reader->in_object[top / 8] >> (top % 8) & 1;
}

static JsonEvent open_group(JsonReader *reader, JsonEvent event) {
  if (reader->depth == JSON_DEPTH) return fail(reader, "nested too deeply");
  int top = reader->depth++;
  unsigned char bit = (unsigned char)(1 << (top % 8));
  if (event == JSON_OBJECT) reader->in_object[top / 8] |= bit;
  else reader->in_object[top / 8] &= (unsigned char)~bit;
  reader->position++;
  reader->state = event == JSON_OBJECT ? STATE_FIRST_KEY : STATE_FIRST_VALUE;
  return event;
}

static JsonEvent close_group(JsonReader *reader) {
  JsonEvent event = is_in_object(reader) ? JSON_OBJECT_END : JSON_ARRAY_END;
  reader->depth--;
  reader->position++;
  reader->state = STATE_COMMA;
  return event;
}

static JsonEvent give_number(JsonReader *reader, double number) {
  reader->number = number;
  return JSON_NUMBER;
}

static JsonEvent read_value(JsonReader *reader) {
  int c = peek(reader);
  if (c == '[') return open_group(reader, JSON_ARRAY);
  if (c == '{') return open_group(reader, JSON_OBJECT);
  reader->state = STATE_COMMA;
  if (c == '"') {
    reader->position++;
    return read_string(reader, JSON_STRING);
  }
  if (skip_word(reader, "-Infinity")) return give_number(reader, -(double)INFINITY);
  if (c == '-' || is_digit(c)) return read_number(reader);
  if (skip_word(reader, "null")) return JSON_NULL;
  if (skip_word(reader, "true")) return JSON_TRUE;
  if (skip_word(reader, "false")) return JSON_FALSE;
  if (skip_word(reader, "NaN")) return give_number(reader, (double)NAN);
  if (skip_word(reader, "Infinity")) return give_number(reader, (double)INFINITY);
  return fail_expecting(reader, "a value");
}

static JsonEvent read_key(JsonReader *reader) {
  if (peek(reader) != '"') return fail_expecting(reader, "a key in double quotes");
  reader->position++;
  reader->state = STATE_COLON;
  return read_string(reader, JSON_KEY);
}

static JsonEvent read_end(JsonReader *reader) {
  if (peek(reader) >= 0) return fail(reader, "more text after the value");
  reader->state = STATE_END;
  return JSON_DONE;
}

static JsonEvent read_next_item(JsonReader *reader) {
  if (reader->depth == 0) return read_end(reader);
  bool object = is_in_object(reader);
  if (peek(reader) == (object ? '}' : ']')) return close_group(reader);
  if (peek(reader) != ',') return fail_expecting(reader, object ? "`,` or `}`" : "`,` or `]`");
  reader->position++;
  skip_space(reader);
  return object ? read_key(reader) : read_value(reader);
}

static JsonEvent read_colon(JsonReader *reader) {
  if (peek(reader) != ':') return fail_expecting(reader, "`:`");
  reader->position++;
  skip_space(reader);
  return read_value(reader);
}

JsonEvent json_next(JsonReader *reader) {
  if (++reader->events % POLL_EVENTS == 0 && runtime_interrupted(reader->runtime)) reader->state = STATE_FAILED;
  if (reader->state == STATE_FAILED) return JSON_ERROR;
  skip_space(reader);
  switch ((State)reader->state) {
    case STATE_VALUE: return read_value(reader);
    case STATE_FIRST_VALUE: return peek(reader) == ']' ? close_group(reader) : read_value(reader);
    case STATE_FIRST_KEY: return peek(reader) == '}' ? close_group(reader) : read_key(reader);
    case STATE_COLON: return read_colon(reader);
    case STATE_COMMA: return read_next_item(reader);
    default: return JSON_DONE;
  }
}
