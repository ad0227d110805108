/* SPDX-License-Identifier: MIT */
/* text_quote.c: strings as literals of the language, safe to show on a terminal. */
#include "base/source.h"
#include "base/text.h"
#include "runtime/format/text.h"

static bool is_hidden(uint32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0) || text_is_deceptive(c); }

bool text_named_escape(Buffer *out, uint32_t character, const char *names) {
  for (const char *name = names; *name; name += 2) {
    if (character != (uint32_t)*name) continue;
    buffer_add_byte(out, '\\');
    buffer_add_byte(out, name[1]);
    return true;
  }
  return false;
}

static void add_character(Buffer *out, uint32_t character, const char *text, int bytes) {
  if (is_hidden(character)) buffer_format(out, "\\u{%x}", character);
  else buffer_add(out, text, (size_t)bytes);
}

/* A byte that is no UTF-8 is shown as `\xff`. */
void text_string_quoted(Buffer *out, const char *text, size_t length) {
  const char *limit = text + length;
  buffer_add_byte(out, '"');
  while (text < limit) {
    uint32_t character;
    int bytes = utf8_decode(text, limit, &character);
    if (bytes == 0) buffer_format(out, "\\x%02x", (unsigned char)*text);
    else if (!text_named_escape(out, character, "\nn\tt\"\"\\\\")) add_character(out, character, text, bytes);
    text += bytes ? bytes : 1;
  }
  buffer_add_byte(out, '"');
}
