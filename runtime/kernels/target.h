/* SPDX-License-Identifier: MIT */
/* target.h: compiling the same plain C once more for processors with AVX2, and for those with AVX-512.

   Nothing is computed differently there, only more of it at once: every result is the same to the last bit.  Products
   of matrices are the exception: where there is FMA they multiply and add with one rounding. */
#ifndef MGRAD_RUNTIME_KERNELS_TARGET_H
#define MGRAD_RUNTIME_KERNELS_TARGET_H
#include <stdbool.h>

#if defined(__x86_64__) && defined(__clang__)
#define TARGET_AVX2 1
#define TARGET_AVX2_BEGIN _Pragma("clang attribute push(__attribute__((target(\"avx2\"))), apply_to = function)")
#define TARGET_AVX2_END _Pragma("clang attribute pop")
#define TARGET_FMA_BEGIN _Pragma("clang attribute push(__attribute__((target(\"avx2,fma\"))), apply_to = function)")
#define TARGET_FMA_END _Pragma("clang attribute pop")
#define TARGET_AVX512_BEGIN \
  _Pragma("clang attribute push(__attribute__((target(\"avx2,fma,avx512f,avx512dq,avx512vl\"))), apply_to = function)")
#define TARGET_AVX512_END _Pragma("clang attribute pop")
#elif defined(__x86_64__) && defined(__GNUC__)
#define TARGET_AVX2 1
#define TARGET_AVX2_BEGIN _Pragma("GCC push_options") _Pragma("GCC target(\"avx2\")")
#define TARGET_AVX2_END _Pragma("GCC pop_options")
#define TARGET_FMA_BEGIN _Pragma("GCC push_options") _Pragma("GCC target(\"avx2,fma\")")
#define TARGET_FMA_END _Pragma("GCC pop_options")
#define TARGET_AVX512_BEGIN _Pragma("GCC push_options") _Pragma("GCC target(\"avx2,fma,avx512f,avx512dq,avx512vl\")")
#define TARGET_AVX512_END _Pragma("GCC pop_options")
#else
#define TARGET_AVX2 0
#endif
#define TARGET_AVX512 TARGET_AVX2

static inline bool target_has_avx2(void) {
#if TARGET_AVX2
  return __builtin_cpu_supports("avx2");
#else
  return false;
#endif
}

static inline bool target_has_fma(void) {
#if TARGET_AVX2
  return target_has_avx2() && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

static inline bool target_has_avx512(void) {
#if TARGET_AVX512
  return target_has_fma() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

#endif
