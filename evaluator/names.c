/* SPDX-License-Identifier: MIT */
/* names.c: a hash table from names to numbers; open addressing, at most half full. */
#include "evaluator/names.h"
#include <string.h>
#include "base/memory.h"

/* The seed, an address, keeps a program from choosing names that all collide. */
static uint32_t hash_text(const char *text, size_t length, uint32_t seed) {
  uint32_t hash = 2166136261u ^ seed;
  for (size_t k = 0; k < length; k++) hash = (hash ^ (unsigned char)text[k]) * 16777619u;
  return hash ^ (hash >> 15);
}

static NameEntry *find_place(const NameTable *table, const char *text, size_t length) {
  uint32_t mask = table->capacity - 1;
  for (uint32_t k = hash_text(text, length, table->seed) & mask;; k = (k + 1) & mask) {
    NameEntry *entry = &table->entries[k];
    if (!entry->text || (entry->length == length && memcmp(entry->text, text, length) == 0)) return entry;
  }
}

const NameEntry *names_find(const NameTable *table, const char *text, size_t length) {
  if (table->count == 0) return NULL;
  const NameEntry *entry = find_place(table, text, length);
  return entry->text ? entry : NULL;
}

static bool grow(NameTable *table) {
  NameTable larger = {.count = table->count, .capacity = table->capacity ? table->capacity * 2 : 16};
  larger.entries = memory_allocate_zeroed(larger.capacity * sizeof *larger.entries);
  if (!larger.entries) return false;
  larger.seed = (uint32_t)((uintptr_t)larger.entries >> 4) * 2654435761u;
  for (uint32_t k = 0; k < table->capacity; k++) {
    const NameEntry *entry = &table->entries[k];
    if (entry->text) *find_place(&larger, entry->text, entry->length) = *entry;
  }
  memory_release(table->entries, table->capacity * sizeof *table->entries);
  *table = larger;
  return true;
}

bool names_add(NameTable *table, const char *text, size_t length, uint32_t number) {
  if ((table->count + 1) * 2 > table->capacity && !grow(table)) return false;
  *find_place(table, text, length) = (NameEntry){text, (uint32_t)length, number};
  table->count++;
  return true;
}

/* The entries behind the gap are put in again, so that none is cut off from its place. */
void names_remove(NameTable *table, const char *text, size_t length) {
  if (!names_find(table, text, length)) return;
  uint32_t mask = table->capacity - 1;
  NameEntry *gap = find_place(table, text, length);
  *gap = (NameEntry){0};
  table->count--;
  for (uint32_t k = (uint32_t)(gap - table->entries + 1) & mask; table->entries[k].text; k = (k + 1) & mask) {
    NameEntry moved = table->entries[k];
    table->entries[k] = (NameEntry){0};
    *find_place(table, moved.text, moved.length) = moved;
  }
}

void names_free(NameTable *table) {
  memory_release(table->entries, table->capacity * sizeof *table->entries);
  *table = (NameTable){0};
}
