/* SPDX-License-Identifier: MIT */
/* paste.c: what a pasted text really asks for. */
#include "repl/paste.h"
#include <string.h>
#include "evaluator/session.h"

static bool starts(const char *row, size_t length, const char *prompt) {
  size_t size = strlen(prompt);
  return (length >= size && memcmp(row, prompt, size) == 0) || (length == size - 1 && memcmp(row, prompt, length) == 0);
}

/* A row without the indentation of the first one, or what it has of that. */
static const char *without_indentation(const char *row, size_t indentation) {
  size_t blanks = strspn(row, " \t");
  return row + (blanks < indentation ? blanks : indentation);
}

void paste_add(Buffer *text, const char *pasted) {
  const char *start = pasted + strspn(pasted, " \t\r\n"), *edge = start;
  if (strncmp(start, PROMPT, PROMPT_LENGTH) != 0) {
    buffer_add_text(text, pasted);
    return;
  }
  while (edge > pasted && (edge[-1] == ' ' || edge[-1] == '\t')) edge--;
  size_t indentation = (size_t)(start - edge);
  bool first = true;
  for (const char *row = start; *row;) {
    size_t length = strcspn(row, "\n");
    if (starts(row, length, PROMPT) || starts(row, length, PROMPT_MORE)) {
      if (!first) buffer_add_byte(text, '\n');
      if (length > PROMPT_LENGTH) buffer_add(text, row + PROMPT_LENGTH, length - PROMPT_LENGTH);
      first = false;
    }
    row += length;
    if (*row) row = without_indentation(row + 1, indentation);
  }
}
