/* SPDX-License-Identifier: MIT */
/* far.c: stores past the caches, as wide as the processor has them: a whole line at once is twice as fast as its
   quarters. */
#include "runtime/kernels/far.h"

#include <string.h>

#include "runtime/kernels/target.h"

#if TARGET_AVX512
#include <immintrin.h>

__attribute__((target("avx512f"))) static int64_t copy_lines(char *out, const char *in, int64_t bytes) {
  int64_t at = 0;
  for (; at + (int64_t)sizeof(__m512i) <= bytes; at += (int64_t)sizeof(__m512i))
    _mm512_stream_si512((__m512i *)(void *)(out + at), _mm512_load_si512(in + at));
  return at;
}

__attribute__((target("avx2"))) static int64_t copy_halves(char *out, const char *in, int64_t bytes) {
  int64_t at = 0;
  for (; at + (int64_t)sizeof(__m256i) <= bytes; at += (int64_t)sizeof(__m256i))
    _mm256_stream_si256((__m256i *)(void *)(out + at), _mm256_load_si256((const __m256i *)(const void *)(in + at)));
  return at;
}

static int64_t copy_quarters(char *out, const char *in, int64_t bytes) {
  int64_t at = 0;
  for (; at + (int64_t)sizeof(__m128i) <= bytes; at += (int64_t)sizeof(__m128i))
    _mm_stream_si128((__m128i *)(void *)(out + at), _mm_load_si128((const __m128i *)(const void *)(in + at)));
  return at;
}

void copy_far(char *restrict out, const char *restrict in, int64_t bytes) {
  int64_t done = TARGET_CHOSEN(copy_quarters, copy_halves, copy_lines)(out, in, bytes);
  memcpy(out + done, in + done, (size_t)(bytes - done));
}

void finish_far(void) {
  _mm_sfence();
}

#else
void copy_far(char *restrict out, const char *restrict in, int64_t bytes) {
  memcpy(out, in, (size_t)bytes);
}

void finish_far(void) {}
#endif
