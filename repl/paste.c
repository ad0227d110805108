/* SPDX-License-Identifier: MIT */
/* paste.c: what a pasted text really asks for. */
#include "repl/paste.h"
#include <string.h>
#include "evaluator/session.h"

static bool starts(const char *row, size_t length, const char *prompt) {
  size_t size = strlen(prompt);
  return (length >= size && memcmp(row, prompt, size) == 0) || (length == size - 1 && memcmp(row, prompt, length) == 0);
}

void paste_add(Buffer *text, const char *pasted) {
  size_t blank = strspn(pasted, " \t\r\n");
  if (strncmp(pasted + blank, PROMPT, PROMPT_LENGTH) != 0) {
    buffer_add_text(text, pasted);
    return;
  }
  bool first = true;
  for (const char *row = pasted + blank; *row;) {
    size_t length = strcspn(row, "\n");
    if (starts(row, length, PROMPT) || starts(row, length, PROMPT_MORE)) {
      if (!first) buffer_add_byte(text, '\n');
      if (length > PROMPT_LENGTH) buffer_add(text, row + PROMPT_LENGTH, length - PROMPT_LENGTH);
      first = false;
    }
    row += length + (row[length] == '\n');
  }
}
