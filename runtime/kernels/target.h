/* SPDX-License-Identifier: MIT */
/* target.h: compiling the same plain C once more for processors with AVX2, and with AVX-512.

   Nothing is computed differently there, only more of it at once: every result is the same to the last bit.  Products
   of matrices are the exception: where there is FMA they multiply and add with one rounding. */
#ifndef MGRAD_RUNTIME_KERNELS_TARGET_H
#define MGRAD_RUNTIME_KERNELS_TARGET_H
#include <stdbool.h>

/* Instruction sets, each with the ones before it. */
typedef enum Isa { ISA_BASELINE, ISA_AVX2, ISA_AVX512, ISA_COUNT } Isa;

/* A file that is compiled once more stands between TARGET_BEGIN(features) and TARGET_END. */
#define TARGET_AVX2_FEATURES "avx2"
#define TARGET_AVX512_FEATURES "avx512f,avx512dq,avx512bw,avx512vl"
#define TARGET_FMA_BEGIN TARGET_BEGIN("avx2,fma")
#define TARGET_AVX512_BEGIN TARGET_BEGIN("avx2,fma," TARGET_AVX512_FEATURES)
#define TARGET_PRAGMA(...) _Pragma(#__VA_ARGS__)

#if defined(__x86_64__) && defined(__clang__)
#define TARGET_AVX2 1
#define TARGET_BEGIN(features) \
  TARGET_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function))
#define TARGET_END _Pragma("clang attribute pop")
#elif defined(__x86_64__) && defined(__GNUC__)
#define TARGET_AVX2 1
#define TARGET_BEGIN(features) _Pragma("GCC push_options") TARGET_PRAGMA(GCC target(features))
#define TARGET_END _Pragma("GCC pop_options")
#else
#define TARGET_AVX2 0
#endif
#define TARGET_AVX512 TARGET_AVX2

/* The instruction set in use: the best of this processor, or the one that the environment variable MGRAD_ISA names
   (baseline, avx2 or avx512) if the processor has it. */
Isa target_isa(void);
bool target_has(Isa isa); /* whether this processor, and this program, has it */
/* The instruction set of a name; false: there is none. */
bool target_find(const char *name, Isa *isa);
static inline bool target_has_avx2(void) { return target_isa() >= ISA_AVX2; }

static inline bool target_has_fma(void) {
#if TARGET_AVX2
  return target_has_avx2() && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

static inline bool target_has_avx512(void) { return target_isa() >= ISA_AVX512 && target_has_fma(); }

/* Of the same thing compiled for several instruction sets the one for the set in use. */
#if TARGET_AVX2
#define TARGET_CHOSEN(plain, avx2, avx512) (target_has_avx512() ? (avx512) : target_has_avx2() ? (avx2) : (plain))
#else
#define TARGET_CHOSEN(plain, avx2, avx512) (plain)
#endif

#endif
