/* SPDX-License-Identifier: MIT */
/* limits.c: what this machine can do at most on one thread: multiply-adds in registers, and memory.  Prints one line of
   `name figure` each; bench/run.py sets the benchmarks beside them.  Compile with the flags of the machine itself. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TURNS = 1 << 20, ROUNDS = 10 };

#if defined(__AVX512F__)
enum { VECTOR_BYTES = 64 };
#elif defined(__AVX2__)
enum { VECTOR_BYTES = 32 };
#else
enum { VECTOR_BYTES = 16 };
#endif
/* As many as there are registers for: 32 with AVX-512, otherwise 16. */
enum { SUMS = VECTOR_BYTES == 64 ? 24 : 12 };

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Independent sums, as many as keep every unit busy; the best of some rounds. */
#define PEAK(name, type) \
  static double name(void) { \
    typedef type Vector __attribute__((vector_size(VECTOR_BYTES))); \
    static volatile type start = 1, factor = (type)0.999; \
    Vector sums[SUMS], x = (Vector){0} + factor; \
    double best = 1e9; \
    for (int k = 0; k < SUMS; k++) sums[k] = (Vector){0} + start; \
    for (int round = 0; round < ROUNDS; round++) { \
      double before = seconds(); \
      for (int turn = 0; turn < TURNS; turn++) { \
        _Pragma("GCC unroll 24") for (int k = 0; k < SUMS; k++) sums[k] = sums[k] * x + x; \
      } \
      double time = seconds() - before; \
      if (time < best) best = time; \
    } \
    volatile type sink = 0; \
    for (int k = 0; k < SUMS; k++) sink += sums[k][0]; \
    return 2.0 * SUMS * TURNS * (VECTOR_BYTES / sizeof(type)) / best * 1e-9; \
  }
PEAK(peak_float64, double)
PEAK(peak_float32, float)

static uint64_t read_in_order(const uint64_t *numbers, size_t count) {
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) sum ^= numbers[i];
  return sum;
}

/* Line by line at several places in turn: at one alone some processors wait for memory. */
static uint64_t read_at_places(const uint64_t *numbers, size_t count) {
  enum { PLACES = 8, LINE = 64 / sizeof *numbers };
  const size_t part = count / PLACES / LINE * LINE;
  uint64_t sum = 0;
  for (size_t i = 0; i < part; i += LINE) {
    for (size_t place = 0; place < PLACES; place++) {
      const uint64_t *line = numbers + place * part + i;
      __builtin_prefetch(line + 16 * LINE);
      for (size_t k = 0; k < LINE; k++) sum ^= line[k];
    }
  }
  return sum;
}

/* Gigabytes per second of reading, and of copying (read and written bytes count). */
static void measure_memory(size_t bytes, double *reading, double *copying) {
  size_t count = bytes / sizeof(uint64_t);
  uint64_t *from = malloc(bytes), *to = malloc(bytes);
  double best_read = 1e9, best_copy = 1e9;
  if (!from || !to) exit(1);
  memset(from, 1, bytes);
  memset(to, 1, bytes);
  for (int round = 0; round < ROUNDS; round++) {
    double before = seconds();
    uint64_t sum = round % 2 ? read_in_order(from, count) : read_at_places(from, count);
    double between = seconds();
    memcpy(to, from, bytes);
    double after = seconds();
    from[round] = sum ^ to[round];
    if (between - before < best_read) best_read = between - before;
    if (after - between < best_copy) best_copy = after - between;
  }
  *reading = (double)bytes / best_read * 1e-9;
  *copying = 2.0 * (double)bytes / best_copy * 1e-9;
  free(from);
  free(to);
}

int main(void) {
  double reading, copying;
  printf("float64 %.1f GFLOP/s\nfloat32 %.1f GFLOP/s\n", peak_float64(), peak_float32());
  measure_memory((size_t)8 << 20, &reading, &copying);
  printf("cache_read %.1f GB/s\ncache_copy %.1f GB/s\n", reading, copying);
  double of_caches;
  measure_memory((size_t)80000000, &reading, &of_caches); /* ten million doubles, as the sums read */
  measure_memory((size_t)256 << 20, &of_caches, &copying);
  printf("memory_read %.1f GB/s\nmemory_copy %.1f GB/s\n", reading, copying);
  return 0;
}
