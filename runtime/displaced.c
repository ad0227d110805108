/* SPDX-License-Identifier: MIT */
/* displaced.c: new values that take over the memory of old ones, and old values that are asked for nevertheless. */
#include "runtime/displaced.h"

#include <string.h>

#include "base/memory.h"
#include "runtime/kernels/gather.h"
#include "runtime/op.h"

/* LEAST_PARTS: what is more than one such part of a tensor is not small.  RUN: elements that are copied in the time
   that finding a write to undo takes. */
enum { LEAST_PARTS = 4, RUN = 16, POLL_WRITES = 1 << 14 };

struct Displaced {
  Runtime *runtime;
  Storage *newer;  /* has the memory, or was displaced later; referenced */
  Storage *older;  /* while a chain is walked: the way back */
  Tensor *numbers; /* what stood there */
  Written written; /* referenced */
};

/* ---- one write */
static size_t item_size(const Tensor *tensor) {
  return dtype_info[tensor->dtype].size;
}

static int64_t written_size(const Written *written) {
  return written->positions ? tensor_size(written->positions) : written->window->size;
}

/* The window of some memory as a tensor that nobody holds. */
static Tensor window_of(char *data, DType dtype, const Written *written) {
  return (Tensor){.references = 1, .dtype = (uint8_t)dtype, .layout = written->window,
                  .data = data + written->offset * (int64_t)dtype_info[dtype].size};
}

static Run run_of(const Written *written, DType dtype) {
  return (Run){.indices = tensor_data(written->positions), .scale = (int64_t)dtype_info[dtype].size,
               .index_count = tensor_size(written->positions), .count = 1};
}

/* Never pending, and never a look at x's memory. */
static Tensor *copy_window(Runtime *runtime, Tensor *x, const Written *written) {
  Layout *window = written->window;
  if (window->ndim == 0) return tensor_window(runtime, x, window, written->offset);
  Tensor *copy = window->contiguous ? tensor_new(runtime, (DType)x->dtype, window)
                                    : tensor_new_shape(runtime, (DType)x->dtype, window->ndim, layout_shape(window));
  Tensor part = window_of(tensor_data(x), (DType)x->dtype, written);
  if (copy) tensor_assign(runtime, copy, &part);
  return copy;
}

static Tensor *copy_written(Runtime *runtime, Tensor *x, const Written *written) {
  if (!written->positions) return copy_window(runtime, x, written);
  DType dtype = (DType)x->dtype;
  Tensor *copy = tensor_new(runtime, dtype, written->positions->layout);
  Run run = run_of(written, dtype);
  if (copy) get_loop(dtype)(tensor_data(x), &run, tensor_data(copy));
  return copy;
}

/* Needs no memory: types and shapes are the same, and nothing overlaps. */
static void undo(const Displaced *displaced, char *data) {
  Tensor *numbers = displaced->numbers;
  DType dtype = (DType)numbers->dtype;
  if (displaced->written.positions) {
    Run run = run_of(&displaced->written, dtype);
    put_loop(dtype)(data, &run, numbers->data);
    return;
  }
  Tensor part = window_of(data, dtype, &displaced->written);
  if (numbers->flags & TENSOR_INLINE) memcpy(part.data, numbers->data, item_size(numbers));
  else tensor_assign(displaced->runtime, &part, numbers);
}

static Displaced *new_displaced(Runtime *runtime, Tensor *x, const Written *written) {
  Displaced *displaced = memory_pool_take(sizeof *displaced);
  if (!displaced) return runtime_out_of_memory(runtime);
  *displaced = (Displaced){.runtime = runtime, .written = *written, .numbers = copy_written(runtime, x, written)};
  if (displaced->numbers) {
    if (written->positions) tensor_ref(written->positions);
    else layout_ref(written->window);
    return displaced;
  }
  memory_pool_put(displaced, sizeof *displaced);
  return NULL;
}

Storage *displaced_release(Storage *storage) {
  Displaced *displaced = storage->displaced;
  if (!displaced) return NULL; /* its memory was taken back */
  Storage *newer = displaced->newer;
  newer->debt = 0;
  tensor_unref(displaced->numbers);
  tensor_unref(displaced->written.positions);
  layout_unref(displaced->written.window);
  memory_pool_put(displaced, sizeof *displaced);
  return newer;
}

/* ---- displacing */
static int64_t cost_of(int64_t elements) {
  return 1 + elements / RUN;
}

bool displaced_is_worth(const Runtime *runtime, const Tensor *x, int64_t elements) {
  if (x->flags & TENSOR_INLINE || !runtime->displaced_least) return false;
  return x->storage->bytes >= runtime->displaced_least && x->layout->contiguous &&
         elements <= x->layout->size / LEAST_PARTS;
}

/* x looks at all of its storage, and alone but for the one that the last write displaced. */
static bool can_displace(const Tensor *x, int64_t elements) {
  const Storage *storage = x->storage;
  int64_t most = x->layout->size / RUN;
  return storage->bytes == (size_t)x->layout->size * item_size(x) && storage->references == (storage->debt ? 2 : 1) &&
         storage->debt + cost_of(elements) <= most && most < UINT32_MAX;
}

static Tensor *displace(Runtime *runtime, Tensor *x, const Written *written) {
  Storage *old = x->storage;
  Tensor *result = tensor_new_bare(runtime, (DType)x->dtype, x->layout, old->bytes);
  Displaced *displaced = result ? new_displaced(runtime, x, written) : NULL;
  if (!displaced) {
    tensor_unref(result);
    return NULL;
  }
  Storage *newer = displaced->newer = result->storage;
  newer->references++;
  newer->debt = old->debt + (uint32_t)cost_of(written_size(written));
  result->data = newer->data = old->data;
  old->data = x->data = NULL;
  old->displaced = displaced;
  return result;
}

Tensor *displaced_copy(Runtime *runtime, Tensor *x, const Written *written) {
  int64_t elements = written_size(written);
  if (!displaced_is_worth(runtime, x, elements)) return tensor_copy(runtime, x);
  if (!tensor_has_numbers(x)) return NULL;
  return can_displace(x, elements) ? displace(runtime, x, written) : tensor_copy(runtime, x);
}

Tensor *displaced_window(Runtime *runtime, Tensor *x, Layout *window, int64_t offset) {
  bool again = op_puts((OpId)x->op);
  bool apart = again && window->ndim > 0 && displaced_is_worth(runtime, x, window->size);
  if (!apart || !tensor_has_numbers(x)) return tensor_window(runtime, x, window, offset);
  return copy_window(runtime, x, &(Written){.window = window, .offset = offset});
}

/* ---- restoring */
/* From a displaced storage to the one that has the memory, and the way back.  `alone`: nobody but the chain itself
   needs what is newer. */
typedef struct Way { Storage *newest, *back; bool alone; } Way;

static Way find_way(Storage *storage) {
  Way way = {storage, NULL, true};
  while (!way.newest->data) {
    Displaced *displaced = way.newest->displaced;
    displaced->older = way.back;
    way.back = way.newest;
    way.newest = displaced->newer;
    way.alone = way.alone && way.newest->references == 1;
  }
  return way;
}

static bool undo_all(const Way *way, char *data, bool poll) {
  int64_t count = 0;
  for (const Storage *storage = way->back; storage; storage = storage->displaced->older) {
    undo(storage->displaced, data);
    if (poll && ++count % POLL_WRITES == 0 && runtime_interrupted(storage->displaced->runtime)) return false;
  }
  return true;
}

/* NULL: out of memory or interrupted, recorded. */
static void *restored_copy(Runtime *runtime, const Way *way, size_t bytes) {
  void *data = storage_new_data(runtime, bytes);
  if (!data) return NULL;
  if (runtime_copy(runtime, data, way->newest->data, bytes) && undo_all(way, data, true)) return data;
  memory_release_data(data, bytes);
  return NULL;
}

/* Takes the memory back, which needs none and always succeeds: so a write that fails leaves everything as it was. */
static void *take_back(const Way *way) {
  void *data = way->newest->data;
  undo_all(way, data, false);
  way->newest->data = NULL;
  way->newest->displaced = NULL;
  return data;
}

bool displaced_restore(Storage *storage) {
  Way way = find_way(storage);
  void *data = way.alone ? take_back(&way) : restored_copy(storage->displaced->runtime, &way, storage->bytes);
  if (!data) return false;
  Storage *newer = displaced_release(storage);
  storage->data = data;
  storage->pending = NULL;
  storage_unref(newer);
  return true;
}

void *displaced_place(const Storage *storage) {
  while (!storage->data) storage = storage->displaced->newer;
  return storage->data;
}

size_t displaced_bytes(const Tensor *tensor) {
  if (tensor->flags & TENSOR_INLINE) return 0;
  bool displaced = !tensor->data && !tensor->storage->data;
  return (size_t)tensor_size(displaced ? tensor->storage->displaced->numbers : tensor) * item_size(tensor);
}
