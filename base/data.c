/* SPDX-License-Identifier: MIT */
/* data.c: 64-byte aligned blocks for tensor data, recycled instead of given back: the first touch of fresh pages costs
   more than most arithmetic on them.

   Up to 1 MB: free lists by size class, four classes per octave.  Above: mmap with huge pages, sixteen sizes per
   octave, kept in a cache of what the program gave back of late, and CACHE_LEAST more, up to CACHE_MOST.  The size that
   is charged is the size class, a function of the bytes asked for, so no header is needed. */
#include <stdlib.h>
#include <sys/mman.h>

#include "base/heap.h"
#include "base/memory.h"

#define LINE ((size_t)MEMORY_ALIGNMENT)
#define SMALL_MOST ((size_t)1 << 20)
#define HUGE_PAGE ((size_t)2 << 20)
#define PAGE ((size_t)64 << 10) /* a multiple of every page size in use */
#define CACHE_LEAST ((size_t)256 << 20)
#define CACHE_MOST ((size_t)1 << 30)
enum { SMALL_CLASSES = 52, MAPPED_SLOTS = 32 };

typedef struct Mapped { void *block; size_t bytes; } Mapped;

static struct {
  FreeBlock *free_lists[SMALL_CLASSES];
  Mapped mapped[MAPPED_SLOTS]; /* oldest first */
  size_t mapped_count;
  size_t cached, live;
} data;

static unsigned highest_bit(size_t number) {
  return 63U - (unsigned)__builtin_clzll((unsigned long long)number);
}

/* The class of a block of at most SMALL_MOST bytes, and the bytes of a block of that class. */
static size_t small_class(size_t bytes) {
  size_t last = bytes ? (bytes - 1) / LINE : 0;
  if (last < 4) return last;
  unsigned octave = highest_bit(last);
  return (octave - 1) * 4 + ((last >> (octave - 2)) & 3);
}

static size_t small_bytes(size_t class) {
  if (class < 4) return (class + 1) * LINE;
  return (4 + (class & 3) + 1) * LINE << (class / 4 - 1);
}

static size_t mapped_bytes(size_t bytes) {
  size_t step = (size_t)1 << (highest_bit(bytes - 1) - 4);
  if (step < PAGE) step = PAGE;
  return (bytes + step - 1) / step * step;
}

static size_t cache_limit(size_t spare) {
  size_t quarter = memory_budget() / 4, most = spare < CACHE_MOST - CACHE_LEAST ? spare + CACHE_LEAST : CACHE_MOST;
  return quarter && quarter < most ? quarter : most;
}

static void drop_oldest_mapped(void) {
  munmap(data.mapped[0].block, data.mapped[0].bytes);
  data.cached -= data.mapped[0].bytes;
  data.mapped_count--;
  for (size_t i = 0; i < data.mapped_count; i++) data.mapped[i] = data.mapped[i + 1];
}

static void drop_small(void) {
  for (size_t class = 0; class < SMALL_CLASSES; class++) {
    while (data.free_lists[class]) {
      FreeBlock *block = data.free_lists[class];
      data.free_lists[class] = block->next;
      data.cached -= small_bytes(class);
      free(block);
    }
  }
}

size_t data_cached_bytes(void) {
  return data.cached;
}

size_t data_live_blocks(void) {
  return data.live;
}

void data_drop_cache(void) {
  while (data.mapped_count) drop_oldest_mapped();
  drop_small();
}

static void *map(size_t bytes) {
  void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return start == MAP_FAILED ? NULL : start;
}

/* Huge pages only come at addresses that are a multiple of theirs: map more, and give back what sticks out. */
static void *map_fresh(size_t bytes) {
  size_t slack = bytes >= HUGE_PAGE ? HUGE_PAGE : 0;
  char *start = map(bytes + slack);
  if (!start || !slack) return start;
  size_t before = (HUGE_PAGE - (uintptr_t)start % HUGE_PAGE) % HUGE_PAGE;
  if (before) munmap(start, before);
  if (slack > before) munmap(start + before + bytes, slack - before);
#ifdef MADV_HUGEPAGE
  madvise(start + before, bytes, MADV_HUGEPAGE);
#endif
  return start + before;
}

static void *take_mapped(size_t bytes) {
  for (size_t i = data.mapped_count; i-- > 0;) {
    if (data.mapped[i].bytes != bytes) continue;
    void *block = data.mapped[i].block;
    data.mapped_count--;
    for (size_t k = i; k < data.mapped_count; k++) data.mapped[k] = data.mapped[k + 1];
    data.cached -= bytes;
    return block;
  }
  return NULL;
}

static void *take_small(size_t class) {
  FreeBlock *block = data.free_lists[class];
  if (!block) return NULL;
  data.free_lists[class] = block->next;
  data.cached -= small_bytes(class);
  return block;
}

static void *get_fresh(size_t bytes, bool mapped) {
  if (mapped) return map_fresh(bytes);
  void *block = NULL;
  return posix_memalign(&block, LINE, bytes) == 0 ? block : NULL;
}

static void *get_fresh_or_drop_cache(size_t bytes, bool mapped) {
  void *block = get_fresh(bytes, mapped);
  if (block || !data.cached) return block;
  data_drop_cache();
  return get_fresh(bytes, mapped);
}

/* What a request is charged.  Checked builds keep the exact size, so that one element too far is an error. */
static size_t charged_bytes(size_t bytes) {
  if (HEAP_CHECKED) return bytes ? bytes : 1;
  return bytes <= SMALL_MOST ? small_bytes(small_class(bytes)) : mapped_bytes(bytes);
}

void *memory_allocate_data(size_t bytes) {
  if (bytes > PTRDIFF_MAX - 2 * HUGE_PAGE || !heap_allowed()) return NULL;
  size_t charged = charged_bytes(bytes);
  bool mapped = !HEAP_CHECKED && bytes > SMALL_MOST;
  void *block = HEAP_CHECKED ? NULL : mapped ? take_mapped(charged) : take_small(small_class(bytes));
  bool recycled = block != NULL;
  if (!heap_charge(charged)) {
    if (recycled) mapped ? (void)munmap(block, charged) : free(block);
    return NULL;
  }
  if (!recycled) block = get_fresh_or_drop_cache(charged, mapped);
  if (!block) heap_refund(charged);
  else data.live++;
  return block;
}

static void keep_mapped(void *block, size_t bytes) {
  size_t limit = cache_limit(heap_spare());
  if (bytes > limit) {
    munmap(block, bytes);
    return;
  }
  while (data.mapped_count && (data.mapped_count == MAPPED_SLOTS || data.cached > limit - bytes))
    drop_oldest_mapped();
  data.mapped[data.mapped_count++] = (Mapped){block, bytes};
  data.cached += bytes;
}

static void keep_small(void *block, size_t class) {
  size_t bytes = small_bytes(class);
  if (data.cached + bytes > cache_limit(0)) {
    free(block);
    return;
  }
  FreeBlock *freed = block;
  freed->next = data.free_lists[class];
  data.free_lists[class] = freed;
  data.cached += bytes;
}

void memory_release_data(void *block, size_t bytes) {
  if (!block) return;
  data.live--;
  heap_refund(charged_bytes(bytes));
  if (HEAP_CHECKED) free(block);
  else if (bytes > SMALL_MOST) keep_mapped(block, mapped_bytes(bytes));
  else keep_small(block, small_class(bytes));
}

/* ---- reserved blocks: untouched, a large one costs address space and its share of the budget */
static bool is_exact(size_t bytes) {
  return HEAP_CHECKED || bytes <= SMALL_MOST;
}

void *memory_reserve_data(size_t bytes) {
  if (is_exact(bytes)) return memory_allocate_data(bytes);
  if (bytes > PTRDIFF_MAX - 2 * HUGE_PAGE || !heap_allowed()) return NULL;
  size_t charged = mapped_bytes(bytes);
  if (!heap_charge(charged)) return NULL;
  void *block = map(charged);
  if (!block) heap_refund(charged);
  else data.live++;
  return block;
}

void *memory_place_data(void *reserved, size_t bytes) {
  if (is_exact(bytes)) return reserved;
  size_t charged = mapped_bytes(bytes);
  void *block = take_mapped(charged);
  if (!block) block = map_fresh(charged);
  if (!block) return reserved;
  munmap(reserved, charged);
  return block;
}

void memory_release_reserved(void *reserved, size_t bytes) {
  if (is_exact(bytes)) {
    memory_release_data(reserved, bytes);
    return;
  }
  data.live--;
  heap_refund(mapped_bytes(bytes));
  munmap(reserved, mapped_bytes(bytes));
}
