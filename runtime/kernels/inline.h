/* SPDX-License-Identifier: MIT */
/* inline.h: functions that have to be part of a loop for it to vectorise, however large they are; loops that have to be
   written out. */
#ifndef MGRAD_RUNTIME_KERNELS_INLINE_H
#define MGRAD_RUNTIME_KERNELS_INLINE_H

#ifdef __GNUC__
#define INLINE __attribute__((always_inline)) static inline
#define NOT_INLINE __attribute__((noinline))
#else
#define INLINE static inline
#define NOT_INLINE
#endif

/* Before a loop of a few turns whose arrays are to be registers. */
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

#endif
