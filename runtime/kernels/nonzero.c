/* SPDX-License-Identifier: MIT */
/* nonzero.c: where the elements of a tensor are true.

   Whether an element is true cannot be foretold, so nothing branches on it: positions are written one over the other
   until one belongs to an element that is true.  They are counted first, and nothing is written past the last. */
#include <string.h>

#include "runtime/kernels/index.h"
#include "runtime/kernels/target.h"

enum { POLL_ELEMENTS = 1 << 18, WORD = sizeof(uint64_t) };

/* A stretch of the mask, whose elements are 0 or 1; its first one stands at `position` on its axis. */
typedef struct Stretch {
  const uint8_t *mask;
  int64_t length, position;
} Stretch;

static uint64_t read_word(const uint8_t *mask) {
  uint64_t word;
  memcpy(&word, mask, sizeof word);
  return word;
}

/* ---- how many */
/* Bytes are added up side by side, as many times as none of them overflows. */
static int64_t count_words(const uint8_t *mask, int64_t words) {
  enum { MOST = 255 };
  const uint64_t even = UINT64_C(0x00ff00ff00ff00ff), ones = UINT64_C(0x0001000100010001);
  int64_t count = 0;
  for (int64_t start = 0; start < words; start += MOST) {
    uint64_t sums = 0;
    int64_t end = words - start < MOST ? words : start + MOST;
    for (int64_t i = start; i < end; i++) sums += read_word(mask + i * WORD);
    count += (int64_t)((((sums & even) + (sums >> 8 & even)) * ones) >> 48);
  }
  return count;
}

static int64_t count_stretch(const Stretch *stretch) {
  int64_t words = stretch->length / WORD, count = count_words(stretch->mask, words);
  for (int64_t i = words * WORD; i < stretch->length; i++) count += stretch->mask[i];
  return count;
}

/* ---- which */
/* All find up to `room` positions, and return how many they found. */
static int64_t find_some(const Stretch *stretch, int64_t start, int64_t end, int64_t *out, int64_t room) {
  int64_t found = 0;
  for (int64_t i = start; i < end && found < room; i++) {
    out[found] = stretch->position + i;
    found += stretch->mask[i];
  }
  return found;
}

static int64_t find_in_word(const uint8_t *mask, int64_t position, int64_t *out) {
  int64_t found = 0;
  for (int64_t i = 0; i < WORD; i++) {
    out[found] = position + i;
    found += mask[i];
  }
  return found;
}

static int64_t find_from(const Stretch *stretch, int64_t start, int64_t *out, int64_t room) {
  int64_t i = start, found = 0;
  for (; i + WORD <= stretch->length && found < room; i += WORD) {
    if (read_word(stretch->mask + i) == 0) continue;
    if (found + WORD <= room) found += find_in_word(stretch->mask + i, stretch->position + i, out + found);
    else found += find_some(stretch, i, i + WORD, out + found, room - found);
  }
  return found + find_some(stretch, i, stretch->length, out + found, room - found);
}

#if TARGET_AVX512
#include <immintrin.h>

enum { LINE = sizeof(__m512i), LANES = LINE / WORD };

/* Whole lines, as long as there is room for what a whole one may hold; `start` becomes where they end. */
__attribute__((target(TARGET_AVX512_FEATURES ",popcnt")))
static int64_t find_in_lines(const Stretch *stretch, int64_t *start, int64_t *out, int64_t room) {
  const __m512i lanes = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7), step = _mm512_set1_epi64(LANES);
  int64_t i = *start, found = 0;
  for (; i + LINE <= stretch->length && found + LINE <= room; i += LINE) {
    const __m512i line = _mm512_loadu_si512(stretch->mask + i);
    __mmask64 bits = _mm512_test_epi8_mask(line, line);
    __m512i positions = _mm512_add_epi64(_mm512_set1_epi64(stretch->position + i), lanes);
    for (int k = 0; bits && k < LINE / LANES; k++, bits >>= LANES, positions = _mm512_add_epi64(positions, step)) {
      _mm512_storeu_si512(out + found, _mm512_maskz_compress_epi64((__mmask8)bits, positions));
      found += __builtin_popcount((unsigned)(bits & 0xff));
    }
  }
  *start = i;
  return found;
}
#endif

static int64_t find(const Stretch *stretch, int64_t *out, int64_t room) {
  int64_t start = 0, found = 0;
#if TARGET_AVX512
  if (stretch->length >= LINE && target_has_avx512()) found = find_in_lines(stretch, &start, out, room);
#endif
  return found + find_from(stretch, start, out + found, room - found);
}

/* ---- of all axes */
typedef struct Search {
  Runtime *runtime;
  const Layout *shape;
  const uint8_t *mask;
  int64_t *out[TENSOR_MAX_DIMS], count, found;
  int64_t position[TENSOR_MAX_DIMS]; /* of the row that is searched */
  int64_t done;                      /* elements since the last look at the interrupt flag */
} Search;

static bool poll(Search *search, int64_t elements) {
  if ((search->done += elements) < POLL_ELEMENTS) return true;
  search->done = 0;
  return !runtime_interrupted(search->runtime);
}

static bool count_all(Search *search) {
  int64_t size = search->shape->size;
  for (int64_t start = 0; start < size; start += POLL_ELEMENTS) {
    Stretch stretch = {search->mask + start, size - start < POLL_ELEMENTS ? size - start : POLL_ELEMENTS, start};
    search->count += count_stretch(&stretch);
    if (!poll(search, stretch.length)) return false;
  }
  return true;
}

/* One row along the last axis; the other coordinates are the same for all of it. */
static bool search_row(Search *search, const uint8_t *mask, int64_t width) {
  int last = search->shape->ndim - 1;
  for (int64_t start = 0; start < width; start += POLL_ELEMENTS) {
    Stretch stretch = {mask + start, width - start < POLL_ELEMENTS ? width - start : POLL_ELEMENTS, start};
    int64_t from = search->found;
    search->found += find(&stretch, search->out[last] + from, search->count - from);
    for (int axis = 0; axis < last; axis++)
      for (int64_t i = from; i < search->found; i++) search->out[axis][i] = search->position[axis];
    if (!poll(search, stretch.length)) return false;
  }
  return true;
}

static void next_row(Search *search) {
  const int64_t *sizes = layout_shape(search->shape);
  for (int axis = search->shape->ndim - 2; axis >= 0 && ++search->position[axis] == sizes[axis]; axis--)
    search->position[axis] = 0;
}

static bool search_rows(Search *search) {
  int64_t width = layout_shape(search->shape)[search->shape->ndim - 1];
  const uint8_t *end = search->mask + search->shape->size;
  for (const uint8_t *row = search->mask; row < end; row += width, next_row(search))
    if (!search_row(search, row, width)) return false;
  return true;
}

/* ---- for the other kernels */
static Tensor *dense_mask(Runtime *runtime, Tensor *x) {
  Tensor *mask = tensor_cast(runtime, x, DTYPE_BOOL);
  Tensor *dense = mask ? tensor_contiguous(runtime, mask) : NULL;
  tensor_unref(mask);
  if (!dense || tensor_ready(runtime, dense)) return dense;
  tensor_unref(dense);
  return NULL;
}

bool tensor_nonzero(Runtime *runtime, Tensor *x, Tensor **out) {
  Tensor *dense = dense_mask(runtime, x);
  if (!dense) return false;
  Search search = {.runtime = runtime, .shape = dense->layout, .mask = tensor_data(dense)};
  int made = 0, ndim = dense->layout->ndim;
  bool counted = count_all(&search);
  for (; counted && made < ndim; made++) {
    out[made] = tensor_new_shape(runtime, DTYPE_INT64, 1, &search.count);
    if (!out[made]) break;
    search.out[made] = tensor_data(out[made]);
  }
  bool done = counted && made == ndim && search_rows(&search);
  while (!done && made > 0) tensor_unref(out[--made]);
  tensor_unref(dense);
  return done;
}
