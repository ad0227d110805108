/* SPDX-License-Identifier: MIT */
/* sort_top.c: the largest elements along an axis, by a heap of those seen so far: most elements are passed over. */
#include <inttypes.h>

#include "base/memory.h"
#include "base/number.h"
#include "runtime/kernels/sort.h"
#include "runtime/kernels/sort_radix.h"

enum { BLOCK = 256 };

typedef struct Entry { uint64_t key; int64_t place; } Entry;

/* ---- the heap: its root is the entry that goes first; of equal ones the last */
static bool is_worse(Entry a, Entry b) {
  return a.key < b.key || (a.key == b.key && a.place > b.place);
}

static void sink(Entry *heap, int64_t count, int64_t at, Entry moved) {
  for (int64_t child; (child = 2 * at + 1) < count; at = child) {
    if (child + 1 < count && is_worse(heap[child + 1], heap[child])) child++;
    if (!is_worse(heap[child], moved)) break;
    heap[at] = heap[child];
  }
  heap[at] = moved;
}

static void put_in_falling_order(Entry *heap, int64_t count) {
  for (int64_t last = count - 1; last > 0; last--) {
    Entry worst = heap[0];
    sink(heap, last, 0, heap[last]);
    heap[last] = worst;
  }
}

/* ---- lines */
typedef struct Top { Lines lines; int64_t k; bool real; Entry *heap; } Top;

/* Whether one of the elements might be above a key; nan may. */
static bool may_exceed(const char *from, int64_t stride, int64_t count, uint64_t key, bool real) {
  const double *reals = (const double *)(const void *)from, most = radix_real(key);
  const int64_t *integers = (const int64_t *)(const void *)from, most_integer = radix_integer(key);
  bool found = false;
  if (real && stride == 1) for (int64_t i = 0; i < count; i++) found |= !(reals[i] <= most);
  else if (real) for (int64_t i = 0; i < count; i++) found |= !(reals[i * stride] <= most);
  else for (int64_t i = 0; i < count; i++) found |= integers[i * stride] > most_integer;
  return found;
}

/* The first k elements make the heap; each later one that is larger than the root takes its place. */
static void take_block(const Top *top, const uint64_t *keys, int64_t start, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    Entry entry = {keys[i], start + i};
    if (entry.place >= top->k) {
      if (entry.key > top->heap[0].key) sink(top->heap, top->k, 0, entry);
      continue;
    }
    top->heap[entry.place] = entry;
    if (entry.place < top->k - 1) continue;
    for (int64_t at = top->k / 2; at-- > 0;) sink(top->heap, top->k, at, top->heap[at]);
  }
}

static bool take_line(Runtime *runtime, const Top *top, const char *from, int64_t *to) {
  uint64_t keys[BLOCK];
  int64_t stride = top->lines.inner;
  for (int64_t start = 0; start < top->lines.n; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, top->lines.n - start);
    const char *block = from + start * stride * 8;
    if (runtime_interrupted(runtime)) return false;
    if (start >= top->k && !may_exceed(block, stride, count, top->heap[0].key, top->real)) continue;
    if (!radix_keys(runtime, keys, block, stride, count, top->real)) return false;
    take_block(top, keys, start, count);
  }
  put_in_falling_order(top->heap, top->k);
  for (int64_t i = 0; i < top->k; i++) to[i * stride] = top->heap[i].place;
  return true;
}

static bool take_lines(Runtime *runtime, Top *top, const char *from, int64_t *to) {
  if ((uint64_t)top->k > SIZE_MAX / sizeof(Entry)) return runtime_out_of_memory(runtime), false;
  size_t bytes = (size_t)top->k * sizeof(Entry);
  top->heap = memory_allocate_data(bytes);
  if (!top->heap) return runtime_out_of_memory(runtime), false;
  bool done = true;
  int64_t inner = top->lines.inner;
  for (int64_t block = 0; done && block < top->lines.outer; block++) {
    for (int64_t i = 0; done && i < inner; i++)
      done = take_line(runtime, top, from + (block * top->lines.n * inner + i) * 8, to + block * top->k * inner + i);
  }
  memory_release_data(top->heap, bytes);
  return done;
}

static Layout *top_layout(Runtime *runtime, const Layout *layout, int axis, int64_t k) {
  int64_t shape[TENSOR_MAX_DIMS];
  for (int i = 0; i < layout->ndim; i++) shape[i] = i == axis ? k : layout_shape(layout)[i];
  return layout_new(runtime, layout->ndim, shape);
}

static Tensor *top_along(Runtime *runtime, Tensor *x, int64_t k, int axis) {
  Tensor *keys = sort_keys(runtime, x);
  Layout *layout = keys && tensor_ready(runtime, keys) ? top_layout(runtime, x->layout, axis, k) : NULL;
  Tensor *out = layout ? tensor_new(runtime, DTYPE_INT64, layout) : NULL;
  Top top = {.lines = lines_along(x->layout, axis), .k = k, .real = tensor_is_float(x)};
  if (out && tensor_size(out) > 0 && !take_lines(runtime, &top, tensor_data(keys), tensor_data(out))) {
    tensor_unref(out);
    out = NULL;
  }
  layout_unref(layout);
  tensor_unref(keys);
  return out;
}

Tensor *op_argtop_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0];
  int64_t k = attribute_integer(operands->attributes, 0, 1);
  int axis;
  if (!axis_normalise(runtime, attribute_integer(operands->attributes, 1, -1), tensor_ndim(x), x->layout, &axis))
    return NULL;
  int64_t n = layout_shape(x->layout)[axis];
  if (k < 0 || k > n)
    return runtime_fail(runtime, ERROR_ARGUMENT, -1, "argtop cannot take %" PRId64 " of %" PRId64 " elements", k, n);
  return top_along(runtime, x, k, axis);
}
