/* SPDX-License-Identifier: MIT */
/* fetch.h: asking for memory before it is read, where the processor does not see by itself what comes next (asking for
   more than there is does no harm), and writing what nobody will read soon. */
#ifndef MGRAD_RUNTIME_KERNELS_FETCH_H
#define MGRAD_RUNTIME_KERNELS_FETCH_H
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { CACHE_LINE = 64 };

/* Into the first-level cache: for what is read next. */
static inline void fetch_near(const char *data, int64_t bytes) {
  for (int64_t at = 0; at < bytes; at += CACHE_LINE) __builtin_prefetch(data + at);
}

/* Into the second-level cache: for what is read after the work on what is in the first. */
static inline void fetch_ahead(const char *data, int64_t bytes) {
  for (int64_t at = 0; at < bytes; at += CACHE_LINE) __builtin_prefetch(data + at, 0, 2);
}

/* Copies to memory that starts at a cache line without reading its lines first, as an ordinary write would. */
static inline void copy_beyond_cache(char *restrict out, const char *restrict in, int64_t bytes) {
  int64_t at = 0;
#ifdef __SSE2__
  for (; at + (int64_t)sizeof(__m128i) <= bytes; at += (int64_t)sizeof(__m128i))
    _mm_stream_si128((__m128i *)(void *)(out + at), _mm_loadu_si128((const __m128i *)(const void *)(in + at)));
#endif
  memcpy(out + at, in + at, (size_t)(bytes - at));
}

/* After it other threads see what has been copied beyond the caches. */
static inline void finish_beyond_cache(void) {
#ifdef __SSE2__
  _mm_sfence();
#endif
}

#endif
