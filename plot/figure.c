/* SPDX-License-Identifier: MIT */
/* figure.c: putting a figure together. */
#include "plot/figure.h"
#include <math.h>
#include "base/interrupt.h"
#include "base/text.h"

Figure *figure_new(void) { return memory_allocate_zeroed(sizeof(Figure)); }

void figure_free(Figure *figure) {
  if (!figure) return;
  arena_free(&figure->arena);
  memory_release(figure, sizeof *figure);
}

const char *figure_text(Figure *figure, const char *text, size_t length) {
  Buffer safe = {0};
  text_add_safe(&safe, text, length);
  const char *copy = safe.failed ? NULL : arena_copy_text(&figure->arena, buffer_text(&safe), safe.length);
  buffer_free(&safe);
  return copy;
}

double *figure_numbers(Figure *figure, int64_t count) {
  if (count < 0 || (uint64_t)count > SIZE_MAX / sizeof(double) / 2) return NULL;
  return arena_allocate(&figure->arena, ((size_t)count + 1) * sizeof(double));
}

Series *figure_add(Figure *figure, SeriesKind kind) {
  Series *series = arena_allocate(&figure->arena, sizeof *series);
  if (!series) return NULL;
  *series = (Series){.kind = kind, .colour = figure->colours++};
  if (figure->last)
    figure->last->next = series;
  else
    figure->series = series;
  return figure->last = series;
}

void extent_start(Extent *extent) { *extent = (Extent){INFINITY, -INFINITY}; }

void extent_add(Extent *extent, const double *numbers, int64_t count, bool positive) {
  double least = positive ? 0 : -INFINITY, low = extent->low, high = extent->high;
  for (int64_t i = 0; i < count && !interrupt_requested; i++) {
    double number = numbers[i];
    if (!(number > least) || number == INFINITY) continue;
    if (number < low) low = number;
    if (number > high) high = number;
  }
  *extent = (Extent){low, high};
}
