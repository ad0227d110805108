/* SPDX-License-Identifier: MIT */
/* sort_radix.c: radix sorts from the lowest digit up, of keys, and of words that hold half a key above the index.

   Of the bits in which keys differ at all, the upper half is sorted first; that leaves short runs of equal halves in
   almost all data.  Each run is then sorted by the rest of the bits. */
#include "runtime/kernels/sort_radix.h"

#include <string.h>

enum { HALF = 32, DIGIT_MOST = 11, BUCKETS = 1 << DIGIT_MOST, DIGITS = 3, SHORT_RUN = 128 };

/* How many words between two looks at Ctrl-C: each may be the first to touch a page of fresh memory. */
enum { POLL_WORDS = 1 << 12 };

#define SIGN (UINT64_C(1) << 63)
#define INDEX_BITS (UINT64_MAX >> HALF)

static uint64_t key_of_integer(int64_t number) {
  return (uint64_t)number ^ SIGN;
}

static uint64_t key_of_real(double number) {
  uint64_t bits;
  double unsigned_zero = number + 0.0;
  if (number != number) return UINT64_MAX;
  memcpy(&bits, &unsigned_zero, sizeof bits);
  return bits & SIGN ? ~bits : bits | SIGN;
}

static int64_t piece_end(int64_t start, int64_t n) {
  return n - start < POLL_WORDS ? n : start + POLL_WORDS;
}

bool radix_keys(Runtime *runtime, uint64_t *keys, const char *from, int64_t stride, int64_t n, bool real) {
  const double *reals = (const double *)(const void *)from;
  const int64_t *integers = (const int64_t *)(const void *)from;
  for (int64_t start = 0; start < n; start += POLL_WORDS) {
    int64_t end = piece_end(start, n);
    for (int64_t i = start; i < end; i++)
      keys[i] = real ? key_of_real(reals[i * stride]) : key_of_integer(integers[i * stride]);
    if (runtime_interrupted(runtime)) return false;
  }
  return true;
}

double radix_real(uint64_t key) {
  double number;
  uint64_t bits = key & SIGN ? key ^ SIGN : ~key;
  memcpy(&number, &bits, sizeof number);
  return number;
}

int64_t radix_integer(uint64_t key) {
  return (int64_t)(key ^ SIGN);
}

/* ---- words */
/* How the bits of words from `shift` on fall into digits. */
typedef struct Digits {
  int count, width, shift;
  uint32_t places[DIGITS][BUCKETS]; /* how many words have a digit; then where the next of them goes */
} Digits;

static int bits_of(uint64_t number) {
  return number ? 64 - __builtin_clzll(number) : 0;
}

static uint64_t digit_of(const Digits *digits, uint64_t word, int digit) {
  return word >> (digits->shift + digit * digits->width) & ((UINT64_C(1) << digits->width) - 1);
}

/* False, with the error recorded, when interrupted: so are the others below. */
static bool count_digits(Runtime *runtime, Digits *digits, const uint64_t *words, int64_t n, int shift, int bits) {
  digits->shift = shift;
  digits->count = (bits + DIGIT_MOST - 1) / DIGIT_MOST;
  digits->width = digits->count ? (bits + digits->count - 1) / digits->count : 0;
  memset(digits->places, 0, (size_t)digits->count * sizeof *digits->places);
  for (int64_t start = 0; start < n; start += POLL_WORDS) {
    for (int64_t i = start, end = piece_end(start, n); i < end; i++) {
      for (int digit = 0; digit < digits->count; digit++) digits->places[digit][digit_of(digits, words[i], digit)]++;
    }
    if (runtime_interrupted(runtime)) return false;
  }
  return true;
}

/* Whether all words have the same digit: nothing is to be done then. */
static bool is_constant(const Digits *digits, const uint64_t *words, int64_t n, int digit) {
  return digits->places[digit][digit_of(digits, words[0], digit)] == n;
}

static void place_buckets(uint32_t *places, int width) {
  uint32_t place = 0;
  for (int64_t bucket = 0; bucket < (int64_t)1 << width; bucket++) {
    uint32_t count = places[bucket];
    places[bucket] = place;
    place += count;
  }
}

static bool scatter(Runtime *runtime, Digits *digits, const uint64_t *from, uint64_t *to, int64_t n, int digit) {
  uint32_t *places = digits->places[digit];
  place_buckets(places, digits->width);
  for (int64_t start = 0; start < n; start += POLL_WORDS) {
    int64_t end = piece_end(start, n);
    for (int64_t i = start; i < end; i++) to[places[digit_of(digits, from[i], digit)]++] = from[i];
    if (runtime_interrupted(runtime)) return false;
  }
  return true;
}

/* Sorts words by that many bits from `shift` on; returns the array in which they stand, NULL when interrupted. */
static uint64_t *sort_words(Runtime *runtime, uint64_t *words, uint64_t *spare, int64_t n, int shift, int bits) {
  Digits digits;
  if (!count_digits(runtime, &digits, words, n, shift, bits)) return NULL;
  for (int digit = 0; digit < digits.count; digit++) {
    if (is_constant(&digits, words, n, digit)) continue;
    if (!scatter(runtime, &digits, words, spare, n, digit)) return NULL;
    uint64_t *swapped = words;
    words = spare;
    spare = swapped;
  }
  return words;
}

/* ---- runs of equal halves */
static void insertion_sort(uint64_t *words, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    uint64_t moved = words[i];
    int64_t at = i;
    for (; at > 0 && words[at - 1] > moved; at--) words[at] = words[at - 1];
    words[at] = moved;
  }
}

/* Sorts a run by the lower bits of its keys; `spare` is as long as the run. */
static bool sort_run(Runtime *runtime, const uint64_t *keys, uint64_t *run, uint64_t *spare, int64_t n, int bits) {
  for (int64_t i = 0; i < n; i++) {
    uint64_t index = run[i] & INDEX_BITS, rest = keys[index] & ((UINT64_C(1) << bits) - 1);
    run[i] = rest << HALF | index;
  }
  if (n <= SHORT_RUN) return insertion_sort(run, n), true;
  const uint64_t *sorted = sort_words(runtime, run, spare, n, HALF, bits);
  if (sorted && sorted != run) memcpy(run, sorted, (size_t)n * sizeof *run);
  return sorted != NULL;
}

static bool sort_runs(Runtime *runtime, const uint64_t *keys, uint64_t *words, uint64_t *spare, int64_t n, int bits) {
  int64_t polled = 0;
  for (int64_t start = 0, end; start < n; start = end) {
    uint64_t half = words[start] >> HALF;
    if (start - polled >= POLL_WORDS) {
      polled = start;
      if (runtime_interrupted(runtime)) return false;
    }
    for (end = start + 1; end < n && words[end] >> HALF == half; end++) continue;
    if (end - start > 1 && !sort_run(runtime, keys, words + start, spare + start, end - start, bits)) return false;
  }
  return true;
}

static int varying_bits(const uint64_t *keys, int64_t n) {
  uint64_t varying = 0;
  for (int64_t i = 0; i < n; i++) varying |= keys[i] ^ keys[0];
  return bits_of(varying);
}

const uint64_t *radix_order(Runtime *runtime, const uint64_t *keys, int64_t n, uint64_t *order, uint64_t *spare) {
  int bits = varying_bits(keys, n), rest = bits > HALF ? bits - HALF : 0;
  for (int64_t i = 0; i < n; i++) {
    order[i] = keys[i] >> rest << HALF | (uint64_t)i;
    if (i % POLL_WORDS == POLL_WORDS - 1 && runtime_interrupted(runtime)) return NULL;
  }
  uint64_t *sorted = sort_words(runtime, order, spare, n, HALF, bits - rest);
  if (!sorted || rest == 0) return sorted;
  return sort_runs(runtime, keys, sorted, sorted == order ? spare : order, n, rest) ? sorted : NULL;
}

/* ---- keys alone */
static bool sort_key_run(Runtime *runtime, uint64_t *run, uint64_t *spare, int64_t n, int bits) {
  if (n <= SHORT_RUN) return insertion_sort(run, n), true;
  const uint64_t *sorted = sort_words(runtime, run, spare, n, 0, bits);
  if (sorted && sorted != run) memcpy(run, sorted, (size_t)n * sizeof *run);
  return sorted != NULL;
}

uint64_t *radix_sort(Runtime *runtime, uint64_t *keys, uint64_t *spare, int64_t n) {
  int bits = varying_bits(keys, n), rest = bits > DIGITS * DIGIT_MOST ? bits - DIGITS * DIGIT_MOST : 0;
  uint64_t *sorted = sort_words(runtime, keys, spare, n, rest, bits - rest);
  if (!sorted || rest == 0) return sorted;
  uint64_t *other = sorted == keys ? spare : keys;
  for (int64_t start = 0, end; start < n; start = end) {
    for (end = start + 1; end < n && sorted[end] >> rest == sorted[start] >> rest; end++) continue;
    if (end - start > 1 && !sort_key_run(runtime, sorted + start, other + start, end - start, rest)) return NULL;
  }
  return sorted;
}
