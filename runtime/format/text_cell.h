/* SPDX-License-Identifier: MIT */
/* text_cell.h: what the files of text.h share: one element of a tensor of several, and the line of statistics. */
#ifndef MGRAD_RUNTIME_FORMAT_TEXT_CELL_H
#define MGRAD_RUNTIME_FORMAT_TEXT_CELL_H
#include "runtime/format/number.h"
#include "runtime/format/text.h"

enum {
  TEXT_PRECISION = 6,  /* significant digits in tensors unless asked for otherwise */
  TEXT_EDGE = 3,       /* a summary shows at least so many elements or rows at each end */
  TEXT_POLL = 1 << 14  /* elements between two looks at Ctrl-C */
};

/* Which of `count` elements are shown: `lead` first ones, then `...` when there are others, then `tail` last ones. */
typedef struct TextWindow { int64_t count, lead, tail; } TextWindow;

static inline int64_t text_window_shown(const TextWindow *window) { return window->lead + window->tail; }
static inline bool text_window_is_cut(const TextWindow *window) { return window->lead + window->tail < window->count; }
static inline int64_t text_window_index(const TextWindow *window, int64_t shown) {
  return shown < window->lead ? shown : window->count - window->lead - window->tail + shown;
}
/* `shown` of `count` (all when these are fewer), the larger half first. */
TextWindow text_window_of(int64_t count, int64_t shown);

/* Significant digits within tensors, 1 to 17. */
int text_precision(const TextOptions *options);
/* Rounded, except that whole numbers below 1e16 stay exact and a number that is not whole does not become one. */
Decimal text_round(double number, bool single, int precision);
static inline bool text_is_single(const Tensor *tensor) { return tensor->dtype == DTYPE_FLOAT32; }

/* One element of several, as it stands in a vector. */
void text_cell(Buffer *out, const Tensor *tensor, int64_t index, const TextOptions *options);
/* Takes all the memory that the text of a cell may need, so that filling it cannot fail. */
bool text_cell_prepare(Buffer *cell, Runtime *runtime);
/* A vector of several elements; `*cut`: not all of them. */
bool text_vector(Buffer *out, Runtime *runtime, const Tensor *tensor, const TextOptions *options, bool *cut);
/* Rank 2 and more, several elements. */
bool text_blocks(Buffer *out, Runtime *runtime, const Tensor *tensor, const TextOptions *options, bool *cut);
/* "# shape (2000,): min 0.0000729 max 0.999809 mean 0.494812; 3 nan, 1 inf" */
bool text_summary(Buffer *out, Runtime *runtime, const Tensor *tensor, const TextOptions *options);

#endif
