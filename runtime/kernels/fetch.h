/* SPDX-License-Identifier: MIT */
/* fetch.h: asking for memory before it is read or written, where the processor does not see by itself what comes next.
   Asking for more than there is does no harm. */
#ifndef MGRAD_RUNTIME_KERNELS_FETCH_H
#define MGRAD_RUNTIME_KERNELS_FETCH_H
#include <stdint.h>

enum {
  CACHE_LINE = 64,
  FETCH_ROWS = 8 /* how far ahead, of rows far apart: the processor itself does not fetch these ahead */
};

/* Four lines at a time: counting them one by one would cost more than asking for them. */
#define FETCH_LINES(fetch) \
  int64_t at = 0; \
  for (; at + 3 * CACHE_LINE < bytes; at += 4 * CACHE_LINE) { \
    fetch(data + at); \
    fetch(data + at + CACHE_LINE); \
    fetch(data + at + 2 * CACHE_LINE); \
    fetch(data + at + 3 * CACHE_LINE); \
  } \
  for (; at < bytes; at += CACHE_LINE) fetch(data + at);
#define FETCH_TO_READ(line) __builtin_prefetch(line, 0, 2)
/* Compilers for all x86-64 know no such instruction, but processors without it pass over it. */
#if defined __GNUC__ && defined __x86_64__
#define FETCH_TO_WRITE(line) __asm__ volatile("prefetchw %0" : : "m"(*(line)))
#else
#define FETCH_TO_WRITE(line) __builtin_prefetch(line, 1, 2)
#endif

/* Into the second-level cache: the first one is full of what is being worked on. */
static inline void fetch_ahead(const char *data, int64_t bytes) {
#ifdef __GNUC__
  FETCH_LINES(FETCH_TO_READ)
  __asm__ volatile(""); /* GCC leaves out calls of a function that does nothing but fetch */
#else
  (void)data, (void)bytes;
#endif
}

/* The same for what will be written: other processors give their copies up early, too. */
static inline void fetch_to_write(const char *data, int64_t bytes) {
#ifdef __GNUC__
  FETCH_LINES(FETCH_TO_WRITE)
  __asm__ volatile("");
#else
  (void)data, (void)bytes;
#endif
}

#endif
