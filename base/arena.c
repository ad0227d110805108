/* SPDX-License-Identifier: MIT */
/* arena.c: blocks that are released all at once. */
#include <string.h>

#include "base/heap.h"
#include "base/memory.h"

enum { FIRST_CHUNK = 4096 - 64, LARGEST_CHUNK = 256 * 1024 };

struct ArenaChunk {
  ArenaChunk *next;
  size_t used, capacity; /* of the bytes behind the header */
  size_t padding;        /* keeps those bytes 16-byte aligned */
};

static char *chunk_bytes(ArenaChunk *chunk) {
  return (char *)(chunk + 1);
}

/* Checked builds give every block a chunk of its own, so that overflows are seen. */
static size_t chunk_capacity(const ArenaChunk *previous, size_t needed) {
  if (HEAP_CHECKED) return needed;
  size_t capacity = previous ? previous->capacity * 2 : FIRST_CHUNK;
  if (capacity > LARGEST_CHUNK) capacity = LARGEST_CHUNK;
  return capacity < needed ? needed : capacity;
}

void *arena_allocate(Arena *arena, size_t bytes) {
  if (bytes > PTRDIFF_MAX - sizeof(ArenaChunk) - 16) return NULL;
  size_t needed = (bytes + 15) / 16 * 16;
  ArenaChunk *chunk = arena->chunks;
  if (!chunk || chunk->capacity - chunk->used < needed) {
    size_t capacity = chunk_capacity(chunk, needed);
    ArenaChunk *fresh = memory_allocate_zeroed(sizeof *fresh + capacity);
    if (!fresh) return NULL;
    *fresh = (ArenaChunk){chunk, 0, capacity, 0};
    arena->chunks = chunk = fresh;
  }
  void *block = chunk_bytes(chunk) + chunk->used;
  chunk->used += needed;
  return block;
}

char *arena_copy_text(Arena *arena, const char *text, size_t length) {
  if (length >= PTRDIFF_MAX) return NULL;
  char *copy = arena_allocate(arena, length + 1);
  if (copy && length) memcpy(copy, text, length);
  return copy;
}

static void free_chunks(Arena *arena, const ArenaChunk *limit) {
  while (arena->chunks != limit) {
    ArenaChunk *chunk = arena->chunks;
    arena->chunks = chunk->next;
    memory_release(chunk, sizeof *chunk + chunk->capacity);
  }
}

void arena_free(Arena *arena) { free_chunks(arena, NULL); }

ArenaMark arena_mark(const Arena *arena) {
  return (ArenaMark){arena->chunks, arena->chunks ? arena->chunks->used : 0};
}

void arena_rewind(Arena *arena, ArenaMark mark) {
  if (HEAP_CHECKED) free_chunks(arena, mark.chunk);
  ArenaChunk *chunk = arena->chunks;
  if (!chunk || chunk != mark.chunk) return;
  memset(chunk_bytes(chunk) + mark.used, 0, chunk->used - mark.used);
  chunk->used = mark.used;
}
