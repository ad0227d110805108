/* SPDX-License-Identifier: MIT */
/* inline.h: functions that have to be part of a loop for it to vectorise, however large they are. */
#ifndef MGRAD_RUNTIME_KERNELS_INLINE_H
#define MGRAD_RUNTIME_KERNELS_INLINE_H

#ifdef __GNUC__
#define INLINE __attribute__((always_inline)) static inline
#else
#define INLINE static inline
#endif

#endif
