/* SPDX-License-Identifier: MIT */
/* grid.h: walking through the positions of a grid in C order. */
#ifndef MGRAD_RUNTIME_KERNELS_GRID_H
#define MGRAD_RUNTIME_KERNELS_GRID_H
#include <stdbool.h>
#include <stdint.h>

/* The next position (the first one is all zeros); false, with all zeros again, after the last. */
static inline bool grid_next(int64_t *position, const int64_t *sizes, int axes) {
  for (int axis = axes - 1; axis >= 0; axis--) {
    if (++position[axis] < sizes[axis]) return true;
    position[axis] = 0;
  }
  return false;
}

#endif
