/* SPDX-License-Identifier: MIT */
/* string.c: strings: making and joining them, and finding their characters.

   Bytes that are no UTF-8 are characters of their own.  How many characters a string has is counted once; where they
   are as many as its bytes, as in ASCII, they need not be searched for. */
#include <string.h>
#include "evaluator/machine.h"

enum { COUNTED = 1 /* flag: `characters` is known */ };

static String *string_reserve(Session *session, size_t length, size_t capacity) {
  if (capacity > PTRDIFF_MAX - sizeof(String) - 1) {
    session_out_of_memory(session);
    return NULL;
  }
  String *string = object_new(session, KIND_STRING, sizeof *string + capacity + 1);
  if (!string) return NULL;
  string->length = length;
  string->capacity = capacity;
  return string;
}

String *string_new(Session *session, const char *text, size_t length) {
  String *string = string_reserve(session, length, length);
  if (string && text) memcpy(string->text, text, length);
  return string;
}

/* ---- characters */

static size_t character_bytes(const String *string, size_t at) {
  uint32_t character;
  int bytes = utf8_decode(string->text + at, string->text + string->length, &character);
  return bytes ? (size_t)bytes : 1;
}

static size_t count_characters(const String *string) {
  size_t count = 0, at = 0;
  while (at < string->length && (unsigned char)string->text[at] < 0x80) at++;
  for (count = at; at < string->length; count++) at += character_bytes(string, at);
  return count;
}

size_t string_characters(String *string) {
  if (!(string->object.flags & COUNTED)) string->characters = count_characters(string);
  string->object.flags |= COUNTED;
  return string->characters;
}

size_t string_offset(String *string, size_t character) {
  if (string_characters(string) == string->length) return character;
  size_t at = 0;
  for (; character; character--) at += character_bytes(string, at);
  return at;
}

/* ---- sums */

/* The number of characters stays known, unless the end of one string and the start of the other may be one. */
static void count_joined(String *joined, size_t before, bool counted, String *added) {
  bool apart = added->length == 0 || ((unsigned char)added->text[0] & 0xC0) != 0x80;
  joined->object.flags &= (uint8_t)~COUNTED;
  if (!counted || !apart) return;
  joined->characters = before + string_characters(added);
  joined->object.flags |= COUNTED;
}

static void add_text(String *string, const String *added) {
  memcpy(string->text + string->length, added->text, added->length);
  string->length += added->length;
  string->text[string->length] = '\0';
}

/* A string that nobody else holds grows, and so that many small sums copy it seldom it gets room for as much again. */
String *string_join(Session *session, String *left, String *right, uint32_t holders) {
  bool grows = left->object.references == holders && left != right;
  size_t length = left->length + right->length, before = left->characters;
  bool counted = left->object.flags & COUNTED;
  String *joined = left;
  if (grows && length <= left->capacity) left->object.references++;
  else joined = string_reserve(session, 0, grows && length <= PTRDIFF_MAX / 4 ? length * 2 : length);
  if (!joined) return NULL;
  if (joined != left) add_text(joined, left);
  add_text(joined, right);
  count_joined(joined, before, counted, right);
  return joined;
}
