/* SPDX-License-Identifier: MIT */
/* sort_select.c: the elements at a few ranks of the rising order along an axis.

   The keys of a line fall into buckets of equal width between the least and the largest of them.  Only the buckets that
   hold a wanted rank are kept, and what is in them falls into narrower ones, until so few are left that they are
   sorted. */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "runtime/kernels/axes.h"
#include "runtime/kernels/index.h"
#include "runtime/kernels/sort.h"
#include "runtime/kernels/sort_radix.h"

/* Sorting is faster where more than two ranks and one for every so many elements are wanted. */
enum { ELEMENTS_PER_RANK = 128 };

enum { WIDTH_MOST = 16, SHORT_RUN = 32, POLL_ELEMENTS = 1 << 12 };

typedef struct Selection {
  int64_t count;
  uint64_t *keys; /* of the candidates of a line, in the order of their places */
  uint32_t *places;
  uint64_t *order, *spare; /* room for sorting them */
  int64_t *ranks, rank_count; /* wanted among the candidates */
  uint64_t least;
  int width, shift; /* of 2^width buckets that of a key tells its distance from the least, but for `shift` bits */
  uint32_t *starts, *dropped; /* how many candidates the buckets before one hold, and how many of them are not kept */
  bool *kept;
} Selection;

static inline uint64_t bucket_of(Selection s, uint64_t key) {
  return (key - s.least) >> s.shift;
}

/* As many buckets as there are elements, or half as many. */
static int width_for(int64_t count) {
  int width = 63 - __builtin_clzll((uint64_t)count | 1);
  return width < WIDTH_MOST ? width : WIDTH_MOST;
}

/* The buckets for the keys; false, with the error recorded, when interrupted: so are the others below. */
static bool choose_buckets(Runtime *runtime, Selection *s, bool *all_equal) {
  uint64_t least = s->keys[0], most = least;
  for (int64_t i = 0; i < s->count; i++) {
    uint64_t key = s->keys[i];
    least = key < least ? key : least;
    most = key > most ? key : most;
    if (i % POLL_ELEMENTS == POLL_ELEMENTS - 1 && runtime_interrupted(runtime)) return false;
  }
  *all_equal = least == most;
  if (*all_equal) return true;
  int bits = 64 - __builtin_clzll(most - least);
  s->width = width_for(s->count);
  s->shift = bits > s->width ? bits - s->width : 0;
  s->least = least;
  return true;
}

static bool count_buckets(Runtime *runtime, Selection *s) {
  const Selection all = *s;
  int64_t buckets = (int64_t)1 << s->width;
  uint32_t *counts = s->starts + 1;
  memset(s->starts, 0, (size_t)(buckets + 1) * sizeof *s->starts);
  for (int64_t i = 0; i < all.count; i++) {
    counts[bucket_of(all, all.keys[i])]++;
    if (i % POLL_ELEMENTS == POLL_ELEMENTS - 1 && runtime_interrupted(runtime)) return false;
  }
  for (int64_t k = 0; k < buckets; k++) counts[k] += s->starts[k];
  return true;
}

/* The bucket that holds a rank. */
static int64_t find_bucket(const Selection *s, int64_t rank) {
  int64_t low = 0, high = (int64_t)1 << s->width;
  while (high - low > 1) {
    int64_t middle = low + (high - low) / 2;
    if ((int64_t)s->starts[middle] <= rank) low = middle;
    else high = middle;
  }
  return low;
}

/* Marks the buckets with wanted ranks and makes these ranks among what they hold. */
static void mark_buckets(Selection *s) {
  int64_t buckets = (int64_t)1 << s->width;
  uint32_t dropped = 0;
  memset(s->kept, false, (size_t)buckets);
  for (int64_t i = 0; i < s->rank_count; i++) s->kept[find_bucket(s, s->ranks[i])] = true;
  for (int64_t k = 0; k < buckets; k++) {
    s->dropped[k] = dropped;
    if (!s->kept[k]) dropped += s->starts[k + 1] - s->starts[k];
  }
  for (int64_t i = 0; i < s->rank_count; i++) s->ranks[i] -= s->dropped[find_bucket(s, s->ranks[i])];
}

static bool keep_marked(Runtime *runtime, Selection *s) {
  const Selection all = *s; /* no write to an array changes this one */
  int64_t kept = 0;
  for (int64_t i = 0; i < all.count; i++) {
    uint64_t key = all.keys[i];
    all.keys[kept] = key; /* written over by the next one unless it is kept */
    all.places[kept] = all.places[i];
    kept += all.kept[bucket_of(all, key)];
    if (i % POLL_ELEMENTS == POLL_ELEMENTS - 1 && runtime_interrupted(runtime)) return false;
  }
  s->count = kept;
  return true;
}

/* Leaves few candidates, or such as no narrower buckets part well. */
static bool narrow(Runtime *runtime, Selection *s, bool *all_equal) {
  int64_t before;
  *all_equal = false;
  do {
    before = s->count;
    if (before <= SHORT_RUN) return true;
    if (!choose_buckets(runtime, s, all_equal)) return false;
    if (*all_equal) return true;
    if (!count_buckets(runtime, s)) return false;
    mark_buckets(s);
    if (!keep_marked(runtime, s)) return false;
  } while (s->count < before - before / 4);
  return true;
}

static const uint64_t *insertion_order(const uint64_t *keys, uint64_t *order, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    int64_t at = i;
    for (; at > 0 && keys[order[at - 1]] > keys[i]; at--) order[at] = order[at - 1];
    order[at] = (uint64_t)i;
  }
  return order;
}

static bool select_line(Runtime *runtime, Selection *s, int64_t *to, int64_t stride) {
  bool all_equal;
  if (!narrow(runtime, s, &all_equal)) return false;
  const uint64_t *order = NULL;
  if (!all_equal)
    order = s->count <= SHORT_RUN ? insertion_order(s->keys, s->order, s->count)
                                  : radix_order(runtime, s->keys, s->count, s->order, s->spare);
  if (!all_equal && !order) return false;
  for (int64_t i = 0; i < s->rank_count; i++)
    to[i * stride] = s->places[all_equal ? s->ranks[i] : (int64_t)(uint32_t)order[s->ranks[i]]];
  return true;
}

static bool select_lines(Runtime *runtime, Selection *s, const Tensor *keys, const int64_t *ranks, int64_t *to,
                         Lines lines) {
  for (int64_t line = 0; line < lines.outer * lines.inner; line++) {
    int64_t block = line / lines.inner, at = line % lines.inner;
    const char *from = (const char *)tensor_data(keys) + (block * lines.n * lines.inner + at) * 8;
    if (!radix_keys(runtime, s->keys, from, lines.inner, lines.n, tensor_is_float(keys))) return false;
    for (int64_t i = 0; i < lines.n; i++) s->places[i] = (uint32_t)i;
    memcpy(s->ranks, ranks, (size_t)s->rank_count * sizeof *ranks);
    s->count = lines.n;
    if (!select_line(runtime, s, to + block * s->rank_count * lines.inner + at, lines.inner)) return false;
  }
  return true;
}

static Tensor *select_by_buckets(Runtime *runtime, const Tensor *keys, const Tensor *ranks, Layout *layout, int axis) {
  Lines lines = lines_along(keys->layout, axis);
  size_t n = (size_t)lines.n, count = (size_t)tensor_size(ranks), buckets = (size_t)1 << width_for(lines.n);
  size_t bytes = (3 * n + count) * sizeof(uint64_t) + (n + 2 * buckets + 1) * sizeof(uint32_t) + buckets;
  Tensor *out = tensor_new(runtime, DTYPE_INT64, layout);
  if (!out || tensor_size(out) == 0) return out;
  Selection s = {.rank_count = (int64_t)count, .keys = memory_allocate_data(bytes)};
  if (!s.keys) return runtime_out_of_memory(runtime), tensor_unref(out), NULL;
  s.order = s.keys + n;
  s.spare = s.order + n;
  s.ranks = (int64_t *)(s.spare + n);
  s.places = (uint32_t *)(s.ranks + count);
  s.starts = s.places + n;
  s.dropped = s.starts + buckets + 1;
  s.kept = (bool *)(s.dropped + buckets);
  bool done = select_lines(runtime, &s, keys, tensor_data(ranks), tensor_data(out), lines);
  memory_release_data(s.keys, bytes);
  if (!done) tensor_unref(out);
  return done ? out : NULL;
}

static Tensor *select_by_sorting(Runtime *runtime, const Operands *operands, Tensor *ranks, int axis) {
  Tensor *order = op_argsort_forward(runtime, operands); /* has its axis at the same place */
  Tensor *out = order ? gather_along(runtime, order, axis, ranks) : NULL;
  tensor_unref(order);
  return out;
}

/* The ranks as int64 in C order (owned; NULL: error recorded). */
static Tensor *checked_ranks(Runtime *runtime, Tensor *given, int64_t n) {
  Tensor *cast = tensor_cast(runtime, given, DTYPE_INT64), *ranks = cast ? tensor_contiguous(runtime, cast) : NULL;
  tensor_unref(cast);
  if (!ranks || !tensor_ready(runtime, ranks)) return tensor_unref(ranks), NULL;
  const int64_t *rank = tensor_data(ranks);
  for (int64_t i = 0; i < tensor_size(ranks); i++) {
    if (rank[i] >= 0 && rank[i] < n) continue;
    runtime_fail(runtime, ERROR_ARGUMENT, 1, "argselect has no rank %" PRId64 " among %" PRId64 " elements", rank[i],
                 n);
    return tensor_unref(ranks), NULL;
  }
  return ranks;
}

static Layout *selected_layout(Runtime *runtime, const Layout *layout, int axis, int64_t count) {
  AxisList axes;
  axis_list_from(&axes, layout);
  axes.sizes[axis] = count;
  return layout_new(runtime, axes.count, axes.sizes);
}

Tensor *op_argselect_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *given = operands->tensors[1], *keys = NULL, *out = NULL;
  ShapeText shape;
  int axis;
  if (!axis_normalise(runtime, attribute_integer(operands->attributes, 0, -1), tensor_ndim(x), x->layout, &axis))
    return NULL;
  if (tensor_ndim(given) != 1)
    return runtime_fail(runtime, ERROR_SHAPE, 1, "argselect needs a vector of ranks, but its shape is %s",
                        layout_text(&shape, given->layout));
  int64_t n = layout_shape(x->layout)[axis], count = tensor_size(given);
  Tensor *ranks = checked_ranks(runtime, given, n);
  if (!ranks) return NULL;
  if (n > RADIX_MOST || count > 2 + n / ELEMENTS_PER_RANK) {
    out = select_by_sorting(runtime, operands, ranks, axis);
  } else if ((keys = sort_keys(runtime, x)) && tensor_ready(runtime, keys)) {
    Layout *layout = selected_layout(runtime, x->layout, axis, count);
    out = layout ? select_by_buckets(runtime, keys, ranks, layout, axis) : NULL;
    layout_unref(layout);
  }
  tensor_unref(keys);
  tensor_unref(ranks);
  return out;
}
