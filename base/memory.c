/* SPDX-License-Identifier: MIT */
/* memory.c: the byte budget, failure injection, and general blocks. */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/heap.h"

bool memory_slow = HEAP_CHECKED;

static struct {
  size_t budget, held, peak;
  size_t recent;        /* the peak of late */
  size_t live;          /* general blocks */
  size_t until_failure; /* 0: not armed */
  bool keep_failing, failure_hit;
  int reserve_users;    /* 0: the reserve is not to be used */
} heap;

enum { RESERVE_PART = 64, RESERVE_MOST = 1 << 20 };

bool heap_allowed(void) {
  if (heap.until_failure == 0) return !(heap.keep_failing && heap.failure_hit);
  if (--heap.until_failure > 0) return true;
  heap.failure_hit = true;
  return false;
}

void memory_open_reserve(void) { heap.reserve_users++; }
void memory_close_reserve(void) { heap.reserve_users--; }

/* What may be held now. */
static size_t open_budget(void) {
  size_t part = heap.budget / RESERVE_PART, reserve = part < RESERVE_MOST ? part : RESERVE_MOST;
  return heap.reserve_users ? heap.budget : heap.budget - reserve;
}

/* The pools keep what they have got, until somebody else needs it. */
static bool is_within_budget(size_t bytes) {
  size_t budget = open_budget();
  if (heap.held + bytes <= budget) return true;
  return bytes <= budget && pool_give_back() && heap.held + bytes <= budget;
}

bool heap_charge(size_t bytes) {
  if (bytes > SIZE_MAX - heap.held) return false;
  if (heap.budget) {
    if (!is_within_budget(bytes)) return false;
    if (data_cached_bytes() > heap.budget - heap.held - bytes) data_drop_cache();
  }
  size_t held = heap.held + bytes;
  heap.held = held;
  if (held > heap.peak) heap.peak = held;
  if (held > heap.recent) heap.recent = held;
  return true;
}

size_t heap_spare(void) {
  heap.recent -= heap.recent / 128;
  return heap.recent > heap.held ? heap.recent - heap.held : 0;
}

void heap_refund(size_t bytes) {
  heap.held -= bytes;
}

/* malloc may fail because of what the caches keep; they are emptied before giving up.  Zero bytes are one byte, so
   that NULL always means failure. */
static void *get_block(size_t bytes, bool zeroed) {
  size_t wanted = bytes ? bytes : 1;
  void *block = zeroed ? calloc(1, wanted) : malloc(wanted);
  if (block || !data_cached_bytes()) return block;
  data_drop_cache();
  return zeroed ? calloc(1, wanted) : malloc(wanted);
}

static void *allocate(size_t bytes, bool zeroed) {
  if (bytes > PTRDIFF_MAX || !heap_allowed() || !heap_charge(bytes)) return NULL;
  void *block = get_block(bytes, zeroed);
  if (!block) {
    heap_refund(bytes);
    return NULL;
  }
  heap.live++;
  return block;
}

void *memory_allocate(size_t bytes) {
  return allocate(bytes, false);
}

void *memory_allocate_zeroed(size_t bytes) {
  return allocate(bytes, true);
}

void memory_release(void *block, size_t bytes) {
  if (!block) return;
  heap.live--;
  heap_refund(bytes);
  free(block);
}

/* While growing only the difference is charged: realloc of a large block moves pages, it does not copy them. */
void *memory_resize(void *block, size_t old_bytes, size_t new_bytes) {
  if (!block) return allocate(new_bytes, false);
  if (new_bytes > PTRDIFF_MAX || !heap_allowed()) return NULL;
  if (new_bytes > old_bytes && !heap_charge(new_bytes - old_bytes)) return NULL;
  void *moved = realloc(block, new_bytes ? new_bytes : 1);
  if (!moved && data_cached_bytes()) {
    data_drop_cache();
    moved = realloc(block, new_bytes ? new_bytes : 1);
  }
  if (moved ? new_bytes < old_bytes : new_bytes > old_bytes)
    heap_refund(moved ? old_bytes - new_bytes : new_bytes - old_bytes);
  return moved;
}

void *memory_grow(void *array, uint32_t *capacity, size_t size, uint32_t first) {
  uint32_t larger = *capacity ? *capacity * 2 : first;
  if (larger <= *capacity || larger > SIZE_MAX / size) return NULL;
  void *grown = memory_resize(array, *capacity * size, larger * size);
  if (grown) *capacity = larger;
  return grown;
}

void memory_set_budget(size_t bytes) {
  heap.budget = bytes;
  if (bytes && (heap.held > bytes || data_cached_bytes() > bytes - heap.held)) data_drop_cache();
}

size_t memory_budget(void) {
  return heap.budget;
}

size_t memory_held(void) {
  return heap.held;
}

size_t memory_peak(void) {
  return heap.peak;
}

size_t memory_cached(void) {
  return data_cached_bytes();
}

void memory_trim(void) {
  pool_give_back();
}

void memory_fail_at(size_t n, bool on) {
  heap.until_failure = n;
  heap.keep_failing = on && n > 0;
  if (n > 0) heap.failure_hit = false;
  memory_slow = HEAP_CHECKED || n > 0;
}

bool memory_failure_hit(void) {
  return heap.failure_hit;
}

size_t memory_live_blocks(void) {
  return heap.live + pool_live_blocks() + data_live_blocks();
}
