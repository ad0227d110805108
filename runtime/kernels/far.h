/* SPDX-License-Identifier: MIT */
/* far.h: writing what nobody will read soon. */
#ifndef MGRAD_RUNTIME_KERNELS_FAR_H
#define MGRAD_RUNTIME_KERNELS_FAR_H
#include <stdint.h>

/* Copies to memory past the caches, whose lines are not read first as for an ordinary write.  Both start at a cache
   line. */
void copy_far(char *restrict out, const char *restrict in, int64_t bytes);
/* Other threads see what has been copied so far once they see anything written later. */
void finish_far(void);

#endif
