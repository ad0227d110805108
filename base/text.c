/* SPDX-License-Identifier: MIT */
/* text.c: showing foreign text safely, and finding the name that somebody may have meant. */
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#include "base/source.h"

static const char *short_escape(uint32_t character) {
  switch (character) {
  case '\n': return "\\n";
  case '\r': return "\\r";
  case '\t': return "\\t";
  default: return NULL;
  }
}

/* Format characters of Unicode 14 that show nothing, or turn the direction, and what separates lines. */
bool text_is_deceptive(uint32_t character) {
  static const struct { uint32_t first, last; } ranges[] = {
    {0xAD, 0xAD}, {0x61C, 0x61C}, {0x180E, 0x180E}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
    {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE007F},
  };
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    if (character >= ranges[i].first && character <= ranges[i].last) return true;
  return false;
}

static bool is_inside(char byte) { return ((unsigned char)byte & 0xC0) == 0x80; }

int text_cut(const char *text, size_t length, int most) {
  if (length <= (size_t)most) return (int)length;
  int end = most;
  while (end > 0 && is_inside(text[end])) end--;
  return end;
}

SafeCharacter text_safe_character(const char *text, const char *limit) {
  SafeCharacter safe = {0};
  uint32_t character = (unsigned char)*text;
  int bytes = utf8_decode(text, limit, &character);
  safe.bytes = bytes ? bytes : 1;
  const char *escape = bytes ? short_escape(character) : NULL;
  if (escape)
    safe.length = snprintf(safe.shown, sizeof safe.shown, "%s", escape);
  else if (bytes == 0 || character < 0x20 || (character >= 0x7F && character < 0xA0))
    safe.length = snprintf(safe.shown, sizeof safe.shown, "\\x%02x", (unsigned)character & 0xFF);
  else if (text_is_deceptive(character))
    safe.length = snprintf(safe.shown, sizeof safe.shown, "\\u{%x}", (unsigned)character & 0xFFFFF);
  if (safe.length) {
    safe.columns = safe.length;
    return safe;
  }
  memcpy(safe.shown, text, (size_t)bytes);
  safe.length = bytes;
  safe.columns = utf8_width(character);
  return safe;
}

size_t text_columns(const char *text) {
  size_t columns = 0;
  const char *limit = text + strlen(text);
  while (text < limit) {
    SafeCharacter character = text_safe_character(text, limit);
    columns += (size_t)character.columns;
    text += character.bytes;
  }
  return columns;
}

void text_add_safe(Buffer *out, const char *text, size_t length) {
  for (const char *limit = text + length; text < limit;) {
    SafeCharacter safe = text_safe_character(text, limit);
    buffer_add(out, safe.shown, (size_t)safe.length);
    text += safe.bytes;
  }
}

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

bool text_is_name_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte) || byte == '_' ||
         (unsigned char)byte >= 0x80;
}

size_t text_name_length(const char *text, size_t most) {
  size_t length = 0;
  while (length < most && text_is_name_byte(text[length])) length++;
  return length && !is_digit(*text) ? length : 0;
}

static int least_of(int a, int b) {
  return a < b ? a : b;
}

int text_distance(const uint32_t *a, int a_length, const uint32_t *b, int b_length) {
  int rows[3][SUGGEST_CHARACTERS + 1];
  int *before = rows[0], *last = rows[1], *row = rows[2];
  for (int j = 0; j <= b_length; j++) last[j] = j;
  for (int i = 1; i <= a_length; i++) {
    row[0] = i;
    for (int j = 1; j <= b_length; j++) {
      int replaced = last[j - 1] + (a[i - 1] != b[j - 1]);
      row[j] = least_of(replaced, least_of(last[j], row[j - 1]) + 1);
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = least_of(row[j], before[j - 2] + 1);
    }
    int *free_row = before;
    before = last;
    last = row;
    row = free_row;
  }
  return last[b_length];
}

/* The characters of a name; -1 when it is empty, too long or no UTF-8. */
static int decode_name(const char *name, uint32_t characters[SUGGEST_CHARACTERS]) {
  const char *limit = name + strlen(name);
  int count = 0;
  while (name < limit) {
    int bytes = count < SUGGEST_CHARACTERS ? utf8_decode(name, limit, &characters[count]) : 0;
    if (bytes == 0) return -1;
    name += bytes;
    count++;
  }
  return count ? count : -1;
}

static char lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

bool text_ends_with(const char *text, size_t length, const char *ending) {
  size_t end = strlen(ending);
  return length > end && memcmp(text + length - end, ending, end) == 0;
}

bool text_ends_with_any_case(const char *text, size_t length, const char *ending) {
  size_t end = strlen(ending), at = 0;
  if (length <= end) return false;
  while (at < end && lower(text[length - end + at]) == ending[at]) at++;
  return at == end;
}

static bool same_but_case(const char *a, const char *b) {
  while (*a && lower(*a) == lower(*b)) a++, b++;
  return *a == *b;
}

static int distance_limit(int length) {
  return length <= 2 ? 0 : length <= 4 ? 1 : length <= 7 ? 2 : 3;
}

bool suggest_start(Suggest *suggest, const char *wanted) {
  *suggest = (Suggest){.wanted = wanted};
  suggest->length = decode_name(wanted, suggest->characters);
  suggest->limit = distance_limit(suggest->length);
  return suggest->length > 0;
}

static bool has_other_letters(const uint32_t *a, int a_length, const uint32_t *b, int b_length) {
  for (int i = 0; i < a_length; i++) {
    int j = 0;
    while (j < b_length && a[i] != b[j]) j++;
    if (j == b_length) return true;
  }
  return false;
}

/* Among names at the same distance a doubled, missing double or swapped letter is the likeliest slip: `sinn` is `sin`
   rather than `sinh`. */
static int rank_of(int distance, bool other_letters) {
  return 2 * distance + other_letters;
}

static void offer(Suggest *suggest, const char *candidate, int rank) {
  if (suggest->count && rank > suggest->best) return;
  if (suggest->count == 0 || rank < suggest->best) {
    suggest->best = rank;
    suggest->count = 0;
  }
  for (int i = 0; i < suggest->count; i++)
    if (strcmp(suggest->found[i], candidate) == 0) return;
  if (suggest->count < 2) suggest->found[suggest->count++] = candidate;
}

static void offer_completion(Suggest *suggest, const char *candidate) {
  if (suggest->completion && strcmp(suggest->completion, candidate) == 0) return;
  suggest->completion = candidate;
  suggest->completions++;
}

/* Another case of the same letters is worth telling however short the name is. */
void suggest_consider(Suggest *suggest, const char *candidate) {
  if (suggest->length <= 0 || strcmp(suggest->wanted, candidate) == 0) return;
  if (same_but_case(suggest->wanted, candidate)) {
    offer(suggest, candidate, rank_of(1, false));
    return;
  }
  size_t bytes = strlen(suggest->wanted);
  if (suggest->limit > 0 && strncmp(suggest->wanted, candidate, bytes) == 0) offer_completion(suggest, candidate);
  uint32_t characters[SUGGEST_CHARACTERS];
  int length = decode_name(candidate, characters);
  if (length < 0 || length - suggest->length > suggest->limit || suggest->length - length > suggest->limit) return;
  int distance = text_distance(suggest->characters, suggest->length, characters, length);
  if (distance > suggest->limit) return;
  bool other = has_other_letters(suggest->characters, suggest->length, characters, length) ||
               has_other_letters(characters, length, suggest->characters, suggest->length);
  offer(suggest, candidate, rank_of(distance, other));
}

int suggest_result(Suggest *suggest, const char **first, const char **second) {
  if (suggest->completions == 1) offer(suggest, suggest->completion, rank_of(1, true));
  *first = suggest->count > 0 ? suggest->found[0] : NULL;
  *second = suggest->count > 1 ? suggest->found[1] : NULL;
  return suggest->count;
}

const char *suggest_text(Suggest *suggest, const char *open, SuggestText *out) {
  enum { NAME = 120 };
  const char *first, *second;
  int count = suggest_result(suggest, &first, &second);
  out->text[0] = '\0';
  if (count == 1) snprintf(out->text, sizeof out->text, "did you mean %s%.*s%c?", open, NAME, first, *open);
  if (count == 2)
    snprintf(out->text, sizeof out->text, "did you mean %s%.*s%c or %s%.*s%c?", open, NAME, first, *open, open, NAME, second,
             *open);
  return out->text;
}
