/* SPDX-License-Identifier: MIT */
/* target.h: compiling the same plain C once more for processors with AVX2.

   Nothing is computed differently there, only more of it at once: every result is the same to the last bit. */
#ifndef MGRAD_RUNTIME_KERNELS_TARGET_H
#define MGRAD_RUNTIME_KERNELS_TARGET_H
#include <stdbool.h>

#if defined(__x86_64__) && defined(__clang__)
#define TARGET_AVX2 1
#define TARGET_AVX2_BEGIN _Pragma("clang attribute push(__attribute__((target(\"avx2\"))), apply_to = function)")
#define TARGET_AVX2_END _Pragma("clang attribute pop")
#elif defined(__x86_64__) && defined(__GNUC__)
#define TARGET_AVX2 1
#define TARGET_AVX2_BEGIN _Pragma("GCC push_options") _Pragma("GCC target(\"avx2\")")
#define TARGET_AVX2_END _Pragma("GCC pop_options")
#else
#define TARGET_AVX2 0
#endif

static inline bool target_has_avx2(void) {
#if TARGET_AVX2
  return __builtin_cpu_supports("avx2");
#else
  return false;
#endif
}

#endif
