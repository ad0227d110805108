/* SPDX-License-Identifier: MIT */
/* pages.c: finding sections in the pages of documentation that are part of the program. */
#include <string.h>
#include "evaluator/describe.h"

const char *page_text(const char *name) {
  for (const Page *page = pages; page->name; page++)
    if (strcmp(page->name, name) == 0) return page->text;
  return "";
}

/* The next line "## heading"; returns the heading. */
static const char *find_heading(const char *text, size_t *length) {
  for (const char *line = text; line && *line;) {
    if (strncmp(line, "## ", 3) == 0) {
      *length = strcspn(line + 3, "\n");
      return line + 3;
    }
    line = strchr(line, '\n');
    if (line) line++;
  }
  return NULL;
}

const char *page_heading(const char *page, int index, size_t *length) {
  const char *heading = find_heading(page, length);
  while (heading && index-- > 0) heading = find_heading(heading + *length, length);
  return heading;
}

const char *page_section(const char *page, const char *heading, size_t heading_length, size_t *length) {
  size_t found_length = 0, next_length;
  const char *found = find_heading(page, &found_length);
  while (found && !(found_length == heading_length && memcmp(found, heading, heading_length) == 0))
    found = find_heading(found + found_length, &found_length);
  if (!found) return NULL;
  const char *start = found + found_length + strspn(found + found_length, "\n");
  const char *next = find_heading(start, &next_length), *end = next ? next - 3 : strchr(start, '\0');
  while (end > start && end[-1] == '\n') end--;
  *length = (size_t)(end - start);
  return start;
}

void page_add(Buffer *out, const char *section, size_t length) {
  for (const char *line = section; line < section + length;) {
    size_t size = strcspn(line, "\n");
    if (strncmp(line, "```", 3) != 0) {
      buffer_add(out, line, size);
      buffer_add_byte(out, '\n');
    }
    line += size + 1;
  }
}
