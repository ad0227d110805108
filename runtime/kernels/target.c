/* SPDX-License-Identifier: MIT */
/* target.c: which instruction set to use. */
#include "runtime/kernels/target.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

bool target_find(const char *name, Isa *isa) {
  static const char *const names[ISA_COUNT] = {"baseline", "avx2", "avx512"};
  for (int i = 0; i < ISA_COUNT; i++)
    if (strcmp(name, names[i]) == 0) return *isa = (Isa)i, true;
  return false;
}

bool target_has(Isa isa) {
#if TARGET_AVX2
  if (isa == ISA_AVX2) return __builtin_cpu_supports("avx2");
  if (isa == ISA_AVX512)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
  return isa == ISA_BASELINE;
}

static Isa choose(void) {
  Isa best = ISA_AVX512, wanted;
  while (!target_has(best)) best--;
  const char *name = getenv("MGRAD_ISA");
  return name && target_find(name, &wanted) && wanted < best ? wanted : best;
}

/* A fact of the process, found out once; threads that find it out together find the same. */
Isa target_isa(void) {
  static atomic_int known; /* the instruction set + 1; 0: not yet */
  int isa = atomic_load_explicit(&known, memory_order_relaxed);
  if (isa) return (Isa)(isa - 1);
  Isa chosen = choose();
  atomic_store_explicit(&known, (int)chosen + 1, memory_order_relaxed);
  return chosen;
}
