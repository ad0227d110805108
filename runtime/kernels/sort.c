/* SPDX-License-Identifier: MIT */
/* sort.c: the order of elements along an axis by a stable merge or radix sort, searching in sorted vectors,
   counting. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "base/memory.h"
#include "base/number.h"
#include "runtime/kernels/axes.h"
#include "runtime/kernels/sort.h"
#include "runtime/kernels/sort_radix.h"

/* The keys of one line: as doubles, or as integers where a double could not tell them apart. */
typedef struct Keys { bool real; const double *reals; const int64_t *integers; } Keys;

static bool comes_after(const Keys *keys, int64_t a, int64_t b) {
  if (!keys->real) return keys->integers[a] > keys->integers[b];
  double x = keys->reals[a], y = keys->reals[b];
  return x > y || (x != x && y == y);
}

static void insertion_sort(const Keys *keys, int64_t *order, int64_t start, int64_t end) {
  for (int64_t i = start + 1; i < end; i++) {
    int64_t moved = order[i], at = i;
    for (; at > start && comes_after(keys, order[at - 1], moved); at--) order[at] = order[at - 1];
    order[at] = moved;
  }
}

static void merge(const Keys *keys, const int64_t *from, int64_t *to, int64_t start, int64_t middle, int64_t end) {
  int64_t left = start, right = middle;
  for (int64_t at = start; at < end; at++) {
    bool take_right = left == middle || (right < end && comes_after(keys, from[left], from[right]));
    to[at] = take_right ? from[right++] : from[left++];
  }
}

enum { SHORT_RUN = 16, POLL_ELEMENTS = 1 << 12 };

/* Sorts 0 to n - 1 by their keys; the result stands in one of the two arrays, which is returned. */
static int64_t *sort_line(Runtime *runtime, const Keys *keys, int64_t *order, int64_t *spare, int64_t n) {
  for (int64_t i = 0; i < n; i++) order[i] = i;
  for (int64_t start = 0; start < n; start += SHORT_RUN)
    insertion_sort(keys, order, start, smaller_of(start + SHORT_RUN, n));
  for (int64_t width = SHORT_RUN; width < n; width *= 2) {
    for (int64_t start = 0; start < n; start += 2 * width)
      merge(keys, order, spare, start, smaller_of(start + width, n), smaller_of(start + 2 * width, n));
    int64_t *swapped = order;
    order = spare;
    spare = swapped;
    if (runtime_interrupted(runtime)) return NULL;
  }
  return order;
}

Lines lines_along(const Layout *layout, int axis) {
  Lines lines = {1, layout->ndim ? layout_shape(layout)[axis] : 1, 1};
  for (int i = 0; i < layout->ndim; i++) {
    if (i < axis) lines.outer *= layout_shape(layout)[i];
    if (i > axis) lines.inner *= layout_shape(layout)[i];
  }
  return lines;
}

/* Room for two orders and the keys of a line. */
typedef struct Room { int64_t *order, *spare; void *keys; size_t bytes; } Room;

static bool room_start(Runtime *runtime, Room *room, int64_t n) {
  if ((uint64_t)n > SIZE_MAX / 32) return runtime_out_of_memory(runtime), false;
  room->bytes = 3 * 8 * (size_t)n + 8;
  room->order = memory_allocate_data(room->bytes);
  if (!room->order) return runtime_out_of_memory(runtime), false;
  room->spare = room->order + n;
  room->keys = room->spare + n;
  return true;
}

static bool merge_one(Runtime *runtime, Room *room, const char *from, int64_t *to, Lines lines, bool real) {
  Keys keys = {real, room->keys, room->keys};
  int64_t *key = room->keys;
  for (int64_t i = 0; i < lines.n; i++) memcpy(&key[i], from + i * lines.inner * 8, 8);
  const int64_t *order = sort_line(runtime, &keys, room->order, room->spare, lines.n);
  for (int64_t i = 0; order && i < lines.n; i++) to[i * lines.inner] = order[i];
  return order != NULL;
}

static bool radix_one(Runtime *runtime, Room *room, const char *from, int64_t *to, Lines lines, bool real) {
  uint64_t *keys = room->keys;
  if (!radix_keys(runtime, keys, from, lines.inner, lines.n, real)) return false;
  const uint64_t *order = radix_order(runtime, keys, lines.n, (uint64_t *)room->order, (uint64_t *)room->spare);
  for (int64_t i = 0; order && i < lines.n; i++) {
    to[i * lines.inner] = (uint32_t)order[i];
    if (i % POLL_ELEMENTS == POLL_ELEMENTS - 1 && runtime_interrupted(runtime)) return false;
  }
  return order != NULL;
}

static bool sort_lines(Runtime *runtime, const Tensor *keys, Tensor *out, Lines lines) {
  Room room;
  if (!room_start(runtime, &room, lines.n)) return false;
  int64_t done = 0;
  bool sorted = true, radix = lines.n >= RADIX_LEAST && lines.n <= RADIX_MOST;
  for (int64_t block = 0; sorted && block < lines.outer; block++) {
    for (int64_t i = 0; sorted && i < lines.inner; i++) {
      int64_t first = block * lines.n * lines.inner + i;
      const char *from = (const char *)tensor_data(keys) + first * 8;
      sorted = (radix ? radix_one : merge_one)(runtime, &room, from, (int64_t *)tensor_data(out) + first, lines,
                                               tensor_is_float(keys));
      if ((done += lines.n) < POLL_ELEMENTS) continue;
      sorted = sorted && !runtime_interrupted(runtime);
      done = 0;
    }
  }
  memory_release_data(room.order, room.bytes);
  return sorted;
}

Tensor *sort_keys(Runtime *runtime, Tensor *x) {
  Tensor *cast = tensor_cast(runtime, x, tensor_is_float(x) ? DTYPE_FLOAT64 : DTYPE_INT64);
  Tensor *keys = cast ? tensor_contiguous(runtime, cast) : NULL;
  tensor_unref(cast);
  return keys;
}

/* Without an axis the elements stand in one row. */
Tensor *op_argsort_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0];
  int64_t size = tensor_size(x), wanted = attribute_integer(operands->attributes, 0, -1);
  bool flat = attribute_is_none(operands->attributes, 0);
  bool scalar = attribute_is_scalar_axis(operands->attributes, 0, x->layout);
  int axis = 0, ndim = flat ? 1 : tensor_ndim(x);
  if (!scalar && !flat && !axis_normalise(runtime, wanted, ndim, x->layout, &axis)) return NULL;
  Tensor *keys = sort_keys(runtime, x);
  Tensor *out = keys ? tensor_new_shape(runtime, DTYPE_INT64, ndim, flat ? &size : layout_shape(x->layout)) : NULL;
  Lines lines = flat ? (Lines){.outer = 1, .n = size, .inner = 1} : lines_along(x->layout, axis);
  if (out && tensor_size(x) > 0 && !sort_lines(runtime, keys, out, lines)) {
    tensor_unref(out);
    out = NULL;
  }
  tensor_unref(keys);
  return out;
}

/* ---- searching */
typedef struct Search {
  const double *sorted;
  const int64_t *whole; /* instead, where both sides are integers, not all of which a double holds */
  int64_t count;
  double scale; /* places per unit, as if the numbers were evenly spaced; 0: they span nothing */
  bool right;
} Search;

/* Whether the element x stands before the place of v; nan counts as the largest number. */
static inline bool is_below(double x, double v, bool right) {
  return x < v || (v != v && x == x) || (right && (x == v || (x != x && v != v)));
}

static inline bool is_place(const Search *search, int64_t place, double v) {
  return place >= 0 && place <= search->count &&
         (place == 0 || is_below(search->sorted[place - 1], v, search->right)) &&
         (place == search->count || !is_below(search->sorted[place], v, search->right));
}

/* The first place whose element is not below v. */
static int64_t halve(const Search *search, double v) {
  int64_t low = 0, high = search->count;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (is_below(search->sorted[middle], v, search->right)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* Edges of bins are mostly evenly spaced: a guess and its neighbours first. */
static int64_t find_place(const Search *search, double v) {
  double guess = (v - search->sorted[0]) * search->scale;
  if (search->scale > 0 && guess > -1 && guess < (double)search->count) {
    int64_t place = (int64_t)guess;
    for (int64_t k = place + 1; k >= place; k--)
      if (is_place(search, k, v)) return k;
  }
  return halve(search, v);
}

static int64_t find_whole(const Search *search, int64_t v) {
  int64_t low = 0, high = search->count;
  while (low < high) {
    int64_t middle = low + (high - low) / 2, x = search->whole[middle];
    if (x < v || (search->right && x == v)) low = middle + 1;
    else high = middle;
  }
  return low;
}

static Search search_of(const Tensor *sorted, bool right) {
  Search search = {.count = tensor_size(sorted), .right = right};
  if (sorted->dtype == DTYPE_INT64) return search.whole = tensor_data(sorted), search;
  search.sorted = tensor_data(sorted);
  double span = search.count > 1 ? search.sorted[search.count - 1] - search.sorted[0] : 0;
  if (span > 0 && isfinite(span)) search.scale = (double)(search.count - 1) / span;
  return search;
}

static bool find_places(Runtime *runtime, const Search *search, const Tensor *numbers, int64_t *places) {
  const double *v = tensor_data(numbers);
  const int64_t *whole = tensor_data(numbers);
  for (int64_t i = 0; i < tensor_size(numbers); i++) {
    places[i] = !search->count ? 0 : search->whole ? find_whole(search, whole[i]) : find_place(search, v[i]);
    if (i % POLL_ELEMENTS == POLL_ELEMENTS - 1 && runtime_interrupted(runtime)) return false;
  }
  return true;
}

/* x in C order and of a type that loops know. */
static Tensor *line_of(Runtime *runtime, Tensor *x, DType dtype) {
  Tensor *cast = tensor_cast(runtime, x, dtype), *line = cast ? tensor_contiguous(runtime, cast) : NULL;
  tensor_unref(cast);
  return line;
}

Tensor *op_searchsorted_forward(Runtime *runtime, const Operands *operands) {
  Tensor *a = operands->tensors[0], *v = operands->tensors[1];
  const char *side = attribute_is_none(operands->attributes, 0) ? "left" : operands->attributes->values[0].text;
  ShapeText shape;
  if (tensor_ndim(a) != 1)
    return runtime_fail(runtime, ERROR_SHAPE, 0, "searchsorted needs a sorted vector, but its shape is %s",
                        layout_text(&shape, a->layout));
  if (strcmp(side, "left") != 0 && strcmp(side, "right") != 0)
    return runtime_fail(runtime, ERROR_ARGUMENT, -1, "side is \"left\" or \"right\", not \"%.40s\"", side);
  DType common = tensor_is_float(a) || tensor_is_float(v) ? DTYPE_FLOAT64 : DTYPE_INT64;
  Tensor *sorted = line_of(runtime, a, common), *numbers = sorted ? line_of(runtime, v, common) : NULL;
  Tensor *out = numbers ? tensor_new_shape(runtime, DTYPE_INT64, tensor_ndim(v), layout_shape(v->layout)) : NULL;
  if (out) {
    Search search = search_of(sorted, *side == 'r');
    if (!find_places(runtime, &search, numbers, tensor_data(out))) {
      tensor_unref(out);
      out = NULL;
    }
  }
  tensor_unref(sorted);
  tensor_unref(numbers);
  return out;
}

/* ---- counting */
static bool count_range(Runtime *runtime, const Tensor *whole, int64_t *most) {
  const int64_t *numbers = tensor_data(whole);
  int64_t least = 0, largest = *most - 1;
  for (int64_t i = 0; i < tensor_size(whole); i++) {
    least = numbers[i] < least ? numbers[i] : least;
    largest = numbers[i] > largest ? numbers[i] : largest;
    if (i % POLL_ELEMENTS == POLL_ELEMENTS - 1 && runtime_interrupted(runtime)) return false;
  }
  *most = largest < INT64_MAX ? largest + 1 : largest; /* so many counts find no room in any case */
  if (least == 0) return true;
  runtime_fail(runtime, ERROR_VALUE, 0, "bincount counts whole numbers from 0 on, got %" PRId64, least);
  return false;
}

static bool check_counted(Runtime *runtime, const Tensor *x, const Tensor *weights) {
  ShapeText first, second;
  if (tensor_ndim(x) != 1)
    runtime_fail(runtime, ERROR_SHAPE, 0, "bincount needs a vector, but its shape is %s",
                 layout_text(&first, x->layout));
  else if (weights && !layout_same_shape(x->layout, weights->layout))
    runtime_fail(runtime, ERROR_SHAPE, 1, "bincount needs one weight for each number: shapes %s and %s differ",
                 layout_text(&first, x->layout), layout_text(&second, weights->layout));
  else
    return true;
  return false;
}

/* How often each number occurs, or the sum of its shares. */
static Tensor *count_all(Runtime *runtime, const Tensor *whole, const Tensor *shares, int64_t most) {
  Tensor *out = tensor_new_shape(runtime, shares ? DTYPE_FLOAT64 : DTYPE_INT64, 1, &most);
  if (!out || !tensor_fill(runtime, out, 0)) return tensor_unref(out), NULL;
  const int64_t *numbers = tensor_data(whole);
  int64_t *counts = tensor_data(out);
  double *sums = tensor_data(out);
  const double *share = shares ? tensor_data(shares) : NULL;
  for (int64_t i = 0; i < tensor_size(whole); i++) {
    if (share) sums[numbers[i]] += share[i];
    else counts[numbers[i]]++;
    if (i % POLL_ELEMENTS == POLL_ELEMENTS - 1 && runtime_interrupted(runtime)) return tensor_unref(out), NULL;
  }
  return out;
}

Tensor *op_bincount_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *weights = operands->count > 1 ? operands->tensors[1] : NULL;
  int64_t most = attribute_integer(operands->attributes, 0, 0);
  if (!check_counted(runtime, x, weights)) return NULL;
  if (most < 0) return runtime_fail(runtime, ERROR_ARGUMENT, -1, "minlength cannot be negative, got %" PRId64, most);
  Tensor *whole = line_of(runtime, x, DTYPE_INT64), *shares = weights ? line_of(runtime, weights, DTYPE_FLOAT64) : NULL;
  Tensor *out = NULL;
  if (whole && (!weights || shares) && count_range(runtime, whole, &most))
    out = count_all(runtime, whole, shares, most);
  tensor_unref(whole);
  tensor_unref(shares);
  return out;
}
