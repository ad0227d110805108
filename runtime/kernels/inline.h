/* SPDX-License-Identifier: MIT */
/* inline.h: functions that have to be part of a loop for it to vectorise, however large they are. */
#ifndef MGRAD_RUNTIME_KERNELS_INLINE_H
#define MGRAD_RUNTIME_KERNELS_INLINE_H

#ifdef __GNUC__
#define INLINE __attribute__((always_inline)) static inline
#define NOT_INLINE __attribute__((noinline))
#else
#define INLINE static inline
#define NOT_INLINE
#endif

#endif
