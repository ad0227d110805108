/* SPDX-License-Identifier: MIT */
/* list.c: lists that grow in an arena, in chunks, so that nothing is copied while they do. */
#include <string.h>

#include "parser/parse.h"

enum { FIRST_ITEMS = 2, LARGEST_ITEMS = 4096 };

struct ListChunk {
  ListChunk *next;
  uint32_t used, capacity;
  Ast *items[];
};

List *list_new(Parse *p) {
  if (parse_failed(p)) return NULL;
  List *list = arena_allocate(p->arena, sizeof *list);
  return list ? list : parse_fail_memory(p);
}

static ListChunk *new_chunk(Parse *p, const ListChunk *last) {
  uint32_t capacity = last ? last->capacity * 2 : FIRST_ITEMS;
  if (capacity > LARGEST_ITEMS) capacity = LARGEST_ITEMS;
  ListChunk *chunk = arena_allocate(p->arena, sizeof *chunk + capacity * sizeof *chunk->items);
  if (!chunk) return parse_fail_memory(p);
  chunk->capacity = capacity;
  return chunk;
}

List *list_add(Parse *p, List *list, Ast *item) {
  if (parse_failed(p)) return NULL;
  if (!list->last || list->last->used == list->last->capacity) {
    ListChunk *chunk = new_chunk(p, list->last);
    if (!chunk) return NULL;
    if (list->last) list->last->next = chunk;
    else list->first = chunk;
    list->last = chunk;
  }
  list->last->items[list->last->used++] = item;
  list->count++;
  return list;
}

List *list_end_comma(List *list) {
  if (list) list->trailing = true;
  return list;
}

Ast **list_items(Parse *p, const List *list) {
  if (parse_failed(p)) return NULL;
  Ast **items = arena_allocate(p->arena, ((size_t)list->count + 1) * sizeof *items), **end = items;
  if (!items) return parse_fail_memory(p);
  for (const ListChunk *chunk = list->first; chunk; chunk = chunk->next) {
    memcpy(end, chunk->items, chunk->used * sizeof *items);
    end += chunk->used;
  }
  return items;
}
