/* SPDX-License-Identifier: MIT */
/* source.c: texts that were read, and places in them. */
#include "base/source.h"

#include <string.h>

#include "base/memory.h"

static void free_source(Source *source) {
  if (source->name) memory_release(source->name, strlen(source->name) + 1);
  if (source->text) memory_release(source->text, source->length + 1);
  memory_release(source, sizeof *source);
}

static char *copy_bytes(const char *bytes, size_t length) {
  char *copy = memory_allocate(length + 1);
  if (!copy) return NULL;
  if (length) memcpy(copy, bytes, length);
  copy[length] = '\0';
  return copy;
}

static bool reserve_slot(SourceMap *map) {
  if (map->count < map->capacity) return true;
  Source **sources = memory_grow(map->sources, &map->capacity, sizeof *sources, 8);
  if (!sources) return false;
  map->sources = sources;
  return true;
}

/* Position base + length belongs to the text too: it is its end.  Position 0 is nowhere. */
const Source *source_add(SourceMap *map, const char *name, const char *text, size_t length, bool interactive) {
  uint32_t base = map->next ? map->next : 1;
  if (length >= UINT32_MAX - base || !reserve_slot(map)) return NULL;
  Source *source = memory_allocate_zeroed(sizeof *source);
  if (!source) return NULL;
  source->length = length;
  source->text = copy_bytes(text, length);
  source->name = name ? copy_bytes(name, strlen(name)) : NULL;
  if (!source->text || (name && !source->name)) {
    free_source(source);
    return NULL;
  }
  source->base = base;
  source->interactive = interactive;
  map->sources[map->count++] = source;
  map->next = base + (uint32_t)length + 1;
  return source;
}

const Source *source_find(const SourceMap *map, uint32_t position) {
  size_t low = 0, high = map->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (map->sources[middle]->base <= position) low = middle + 1;
    else high = middle;
  }
  if (low == 0) return NULL;
  const Source *source = map->sources[low - 1];
  return position - source->base <= source->length ? source : NULL;
}

/* Bytes that are no UTF-8 count as one character each. */
static uint32_t count_characters(const char *text, const char *limit) {
  uint32_t count = 0, character;
  while (text < limit) {
    int length = utf8_decode(text, limit, &character);
    text += length ? length : 1;
    count++;
  }
  return count;
}

Place source_place(const SourceMap *map, uint32_t position) {
  Place place = {source_find(map, position), 1, 1};
  if (!place.source) return (Place){NULL, 0, 0};
  const char *start = place.source->text, *at = start + (position - place.source->base), *newline;
  while ((newline = memchr(start, '\n', (size_t)(at - start)))) {
    place.line++;
    start = newline + 1;
  }
  bool marked = start == place.source->text && at - start >= 3 && memcmp(start, "\xEF\xBB\xBF", 3) == 0;
  place.column = count_characters(start, at) + (marked ? 0 : 1); /* editors do not count a byte-order mark */
  return place;
}

const char *source_line(const Source *source, uint32_t line, size_t *length) {
  const char *start = source->text, *limit = start + source->length, *newline;
  while (line > 1 && (newline = memchr(start, '\n', (size_t)(limit - start)))) {
    start = newline + 1;
    line--;
  }
  if (line > 1) start = limit;
  newline = memchr(start, '\n', (size_t)(limit - start));
  const char *end = newline ? newline : limit;
  if (newline && end > start && end[-1] == '\r') end--;
  *length = (size_t)(end - start);
  return start;
}

const char *source_text(const SourceMap *map, Span span, size_t *length) {
  *length = 0;
  const Source *source = span.end ? source_find(map, span.start) : NULL;
  if (!source) return NULL;
  size_t from = span.start - source->base, to = span.end < span.start ? from : span.end - source->base;
  *length = (to < source->length ? to : source->length) - from;
  return source->text + from;
}

void source_map_free(SourceMap *map) {
  for (size_t i = 0; i < map->count; i++) free_source(map->sources[i]);
  memory_release(map->sources, map->capacity * sizeof *map->sources);
  *map = (SourceMap){0};
}
