/* SPDX-License-Identifier: MIT */
/* pool.c: small blocks by 8-byte class, carved from chunks that are kept until the budget needs them.

   The fast paths in memory.h count nothing, so the number of live blocks is what was carved less what is free. */
#include <stdint.h>
#include <stdlib.h>

#include "base/heap.h"
#include "base/memory.h"

enum { CHUNK_LEAST = 64 * 1024, CHUNK_MOST = 1024 * 1024, BATCH_BYTES = 2048 };

typedef struct Chunk {
  struct Chunk *next;
  size_t bytes, carved; /* of the whole; of blocks */
  size_t free;          /* of free blocks, when they have been counted */
} Chunk;

FreeBlock *memory_free_lists[MEMORY_CLASSES];

static struct {
  Chunk *chunks;
  char *fresh, *end; /* the part of the newest chunk that no class has taken yet */
  size_t next_chunk;
  size_t carved; /* blocks made, free ones included; under AddressSanitizer: live blocks */
} pool = {.next_chunk = CHUNK_LEAST};

static size_t class_bytes(size_t class) {
  return class ? class * MEMORY_GRAIN : MEMORY_GRAIN;
}

static Chunk *get_chunk(size_t bytes) {
  if (!heap_charge(bytes)) return NULL;
  Chunk *chunk = malloc(bytes);
  if (!chunk && data_cached_bytes()) {
    data_drop_cache();
    chunk = malloc(bytes);
  }
  if (!chunk) heap_refund(bytes);
  return chunk;
}

/* Chunks double in size; near the end of the budget a small one may still fit. */
static bool add_chunk(void) {
  size_t bytes = pool.next_chunk;
  Chunk *chunk = get_chunk(bytes);
  if (!chunk && bytes > CHUNK_LEAST) {
    bytes = CHUNK_LEAST;
    chunk = get_chunk(bytes);
  }
  if (!chunk) return false;
  *chunk = (Chunk){.next = pool.chunks, .bytes = bytes};
  pool.chunks = chunk;
  pool.fresh = (char *)(chunk + 1);
  pool.end = (char *)chunk + bytes;
  if (pool.next_chunk < CHUNK_MOST) pool.next_chunk *= 2;
  return true;
}

/* Cuts a batch of blocks from the newest chunk; they are handed out in ascending order. */
static bool carve_batch(size_t class) {
  size_t bytes = class_bytes(class);
  if ((size_t)(pool.end - pool.fresh) < bytes && !add_chunk()) return false;
  size_t room = (size_t)(pool.end - pool.fresh), count = (room < BATCH_BYTES ? room : BATCH_BYTES) / bytes;
  FreeBlock *list = memory_free_lists[class];
  for (size_t i = count; i-- > 0;) {
    FreeBlock *block = (FreeBlock *)(void *)(pool.fresh + i * bytes);
    block->next = list;
    list = block;
  }
  memory_free_lists[class] = list;
  pool.fresh += count * bytes;
  pool.chunks->carved += count * bytes;
  pool.carved += count;
  return true;
}

static void *take_checked(size_t bytes) {
  if (!heap_charge(bytes)) return NULL;
  void *block = malloc(bytes ? bytes : 1);
  if (block) pool.carved++;
  else heap_refund(bytes);
  return block;
}

void *memory_pool_refill(size_t bytes) {
  if (!heap_allowed()) return NULL;
  if (HEAP_CHECKED) return take_checked(bytes);
  size_t class = (bytes + MEMORY_GRAIN - 1) / MEMORY_GRAIN;
  if (!memory_free_lists[class] && !carve_batch(class)) return NULL;
  FreeBlock *block = memory_free_lists[class];
  memory_free_lists[class] = block->next;
  return block;
}

void memory_pool_give(void *block, size_t bytes) {
  if (HEAP_CHECKED) {
    heap_refund(bytes);
    pool.carved--;
    free(block);
    return;
  }
  FreeBlock *freed = block;
  freed->next = memory_free_lists[(bytes + MEMORY_GRAIN - 1) / MEMORY_GRAIN];
  memory_free_lists[(bytes + MEMORY_GRAIN - 1) / MEMORY_GRAIN] = freed;
}

size_t pool_live_blocks(void) {
  size_t free_blocks = 0;
  for (int class = 0; class < MEMORY_CLASSES; class++)
    for (FreeBlock *block = memory_free_lists[class]; block; block = block->next) free_blocks++;
  return pool.carved - free_blocks;
}

/* ---- giving chunks back */
/* All chunks by address. */
typedef struct ChunkTable { Chunk **chunks; size_t count; } ChunkTable;

static int compare_places(const void *a, const void *b) {
  uintptr_t x = (uintptr_t)*(Chunk *const *)a, y = (uintptr_t)*(Chunk *const *)b;
  return x < y ? -1 : x > y;
}

static bool make_table(ChunkTable *table) {
  size_t count = 0;
  for (const Chunk *chunk = pool.chunks; chunk; chunk = chunk->next) count++;
  *table = (ChunkTable){count ? malloc(count * sizeof(Chunk *)) : NULL, 0};
  if (!table->chunks) return false;
  for (Chunk *chunk = pool.chunks; chunk; chunk = chunk->next) table->chunks[table->count++] = chunk;
  qsort(table->chunks, table->count, sizeof(Chunk *), compare_places);
  return true;
}

/* The chunk that a block was carved from: the last one that begins before it. */
static Chunk *chunk_of(const ChunkTable *table, const FreeBlock *block) {
  size_t low = 0, high = table->count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if ((uintptr_t)table->chunks[middle] < (uintptr_t)block) low = middle;
    else high = middle;
  }
  return table->chunks[low];
}

static bool is_empty(const Chunk *chunk) { return chunk->free == chunk->carved; }

static void count_free(const ChunkTable *table) {
  for (size_t k = 0; k < table->count; k++) table->chunks[k]->free = 0;
  for (size_t class = 0; class < MEMORY_CLASSES; class++)
    for (const FreeBlock *block = memory_free_lists[class]; block; block = block->next)
      chunk_of(table, block)->free += class_bytes(class);
}

static void forget_blocks(const ChunkTable *table) {
  for (size_t class = 0; class < MEMORY_CLASSES; class++)
    for (FreeBlock **link = &memory_free_lists[class]; *link;) {
      if (is_empty(chunk_of(table, *link))) *link = (*link)->next, pool.carved--;
      else link = &(*link)->next;
    }
}

/* The newest chunk is the one that fresh blocks come from. */
static bool release_chunks(void) {
  bool any = false;
  for (Chunk **link = &pool.chunks; *link;) {
    Chunk *chunk = *link;
    if (!is_empty(chunk)) {
      link = &chunk->next;
      continue;
    }
    if (chunk == pool.chunks) pool.fresh = pool.end = NULL;
    *link = chunk->next;
    heap_refund(chunk->bytes);
    free(chunk);
    any = true;
  }
  return any;
}

bool pool_give_back(void) {
  ChunkTable table;
  if (HEAP_CHECKED || !make_table(&table)) return false;
  count_free(&table);
  forget_blocks(&table);
  free(table.chunks);
  return release_chunks();
}
