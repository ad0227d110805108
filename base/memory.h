/* SPDX-License-Identifier: MIT */
/* memory.h: all memory of the program: a byte budget, pools of small blocks, and failure injection for the tests.

   The heap is one per process, like malloc itself, and belongs to the main thread.  Every function that allocates
   returns NULL when memory or the budget is exhausted and leaves everything else as it was; the caller records the
   error. */
#ifndef MGRAD_BASE_MEMORY_H
#define MGRAD_BASE_MEMORY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* General blocks.  The size is given back on release, so that the budget is exact without a header. */
void *memory_allocate(size_t bytes);
void *memory_allocate_zeroed(size_t bytes);
void *memory_resize(void *block, size_t old_bytes, size_t new_bytes); /* the old block survives a failure */
void memory_release(void *block, size_t bytes);
/* Doubles an array of *capacity elements of `size` bytes; an empty one gets room for `first`.  Gives its new place and
   capacity; NULL: no memory, and all is as it was. */
void *memory_grow(void *array, uint32_t *capacity, size_t size, uint32_t first);

/* 64-byte aligned blocks for tensor data, recycled by size class (large ones through a bounded cache). */
enum { MEMORY_ALIGNMENT = 64 };
static inline size_t memory_aligned(size_t bytes) { /* rounded up: several pieces of one block, one behind the other */
  return (bytes + MEMORY_ALIGNMENT - 1) / MEMORY_ALIGNMENT * MEMORY_ALIGNMENT;
}
void *memory_allocate_data(size_t bytes);
void memory_release_data(void *block, size_t bytes);
/* The same for numbers that perhaps nobody will ever ask for: a large block is only set aside.  Before the first write
   it is exchanged for one that has been in use, if there is one; that cannot fail.  One that was never placed is
   released as such. */
void *memory_reserve_data(size_t bytes);
void *memory_place_data(void *reserved, size_t bytes);
void memory_release_reserved(void *reserved, size_t bytes);

/* Small blocks of at most MEMORY_POOLED bytes from free lists by 8-byte class (and 8-byte aligned): a few nanoseconds
   each. */
enum { MEMORY_POOLED = 256, MEMORY_GRAIN = 8, MEMORY_CLASSES = MEMORY_POOLED / MEMORY_GRAIN + 1 };
typedef struct FreeBlock { struct FreeBlock *next; } FreeBlock;
extern FreeBlock *memory_free_lists[MEMORY_CLASSES]; /* private to the two functions below */
extern bool memory_slow; /* set while failure injection counts every allocation */
void *memory_pool_refill(size_t bytes);
void memory_pool_give(void *block, size_t bytes);

static inline void *memory_pool_take(size_t bytes) {
  FreeBlock *block = memory_free_lists[(bytes + MEMORY_GRAIN - 1) / MEMORY_GRAIN];
  if (!block || memory_slow) return memory_pool_refill(bytes);
  memory_free_lists[(bytes + MEMORY_GRAIN - 1) / MEMORY_GRAIN] = block->next;
  return block;
}

static inline void memory_pool_put(void *block, size_t bytes) {
  if (memory_slow) { memory_pool_give(block, bytes); return; }
  FreeBlock *freed = block;
  freed->next = memory_free_lists[(bytes + MEMORY_GRAIN - 1) / MEMORY_GRAIN];
  memory_free_lists[(bytes + MEMORY_GRAIN - 1) / MEMORY_GRAIN] = freed;
}

/* A block of any size, from the pools where it is small. */
static inline void *memory_take(size_t bytes) {
  return bytes - 1 < MEMORY_POOLED ? memory_pool_take(bytes) : memory_allocate(bytes);
}
static inline void memory_put(void *block, size_t bytes) {
  if (bytes - 1 < MEMORY_POOLED) memory_pool_put(block, bytes);
  else memory_release(block, bytes);
}

/* The budget in bytes (0: none), what is held now, what was held at most, and what is kept for reuse besides. */
void memory_set_budget(size_t bytes);
size_t memory_budget(void);
/* A small part of the budget is kept for telling that the rest is used up, and for what frees memory again: it can be
   used between these two, which nest. */
void memory_open_reserve(void);
void memory_close_reserve(void);
size_t memory_held(void);
size_t memory_peak(void);
size_t memory_cached(void);
/* Gives back what the pools keep and nobody is in, so that what is held is what is used.  Looks at every free block. */
void memory_trim(void);
size_t memory_default_budget(void); /* 75 % of what the machine, its control group and RLIMIT_AS leave */

/* Tests: the n-th allocation from now fails (and all later ones if `on`); 0 disarms.  A hit stays known until the next
   arming.  Live counts blocks handed out, pooled ones and data too. */
void memory_fail_at(size_t n, bool on);
bool memory_failure_hit(void);
size_t memory_live_blocks(void);

/* Arena: blocks released all at once; used by the parser. */
typedef struct ArenaChunk ArenaChunk;
typedef struct Arena { ArenaChunk *chunks; } Arena;
void *arena_allocate(Arena *arena, size_t bytes); /* zeroed, 16-byte aligned */
char *arena_copy_text(Arena *arena, const char *text, size_t length); /* NUL-terminated */
void arena_free(Arena *arena);
/* How far it is filled.  Rewinding gives back what was taken since; where that reaches into a further chunk it is kept,
   so that none is taken and given back again and again. */
typedef struct ArenaMark { ArenaChunk *chunk; size_t used; } ArenaMark;
ArenaMark arena_mark(const Arena *arena);
void arena_rewind(Arena *arena, ArenaMark mark);

#endif
