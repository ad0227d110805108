/* SPDX-License-Identifier: MIT */
/* tensor.c: making, sharing and destroying tensors. */
#include "runtime/tensor.h"

#include <string.h>

#include "base/memory.h"
#include "runtime/convert.h"
#include "runtime/displaced.h"
#include "runtime/fuse/lazy.h"

void (*tensor_destroy_tracked)(Tensor *tensor);

/* ---- storage */
enum { LARGE_REQUEST = 1 << 20 };

/* Large requests say how much they want and what is allowed. */
static void *fail_storage(Runtime *runtime, size_t bytes) {
  if (bytes < LARGE_REQUEST || !memory_budget()) return runtime_out_of_memory(runtime);
  return runtime_fail(runtime, ERROR_MEMORY, -1, "out of memory: this needs %.3g GB, %.3g of %.3g GB are in use",
                      (double)bytes * 1e-9, (double)memory_held() * 1e-9, (double)memory_budget() * 1e-9);
}

/* Few numbers follow their storage in the same small block. */
enum { NEAR_BYTES = MEMORY_POOLED - (int)sizeof(Storage) };

static bool is_near(const Storage *storage) {
  return storage->data == storage + 1;
}

static Storage *new_near_storage(Runtime *runtime, size_t bytes) {
  Storage *storage = memory_pool_take(sizeof *storage + bytes);
  if (!storage) return runtime_out_of_memory(runtime);
  *storage = (Storage){.references = 1, .bytes = bytes, .data = storage + 1};
  return storage;
}

static Storage *new_far_storage(Runtime *runtime, size_t bytes, void *allocate(size_t bytes)) {
  Storage *storage = memory_pool_take(sizeof *storage);
  if (!storage) return runtime_out_of_memory(runtime);
  *storage = (Storage){.references = 1, .bytes = bytes, .data = allocate(bytes)};
  if (storage->data) return storage;
  memory_pool_put(storage, sizeof *storage);
  return fail_storage(runtime, bytes);
}

static Storage *new_storage(Runtime *runtime, size_t bytes) {
  if (bytes <= NEAR_BYTES) return new_near_storage(runtime, bytes);
  return new_far_storage(runtime, bytes, memory_allocate_data);
}

static Storage *new_reserved_storage(Runtime *runtime, size_t bytes) {
  if (bytes <= NEAR_BYTES) return new_near_storage(runtime, bytes);
  return new_far_storage(runtime, bytes, memory_reserve_data);
}

static void release_data(Storage *storage) {
  bool placed = !storage->pending || storage->pending->placed;
  if (storage->pending) fuse_abandon(storage->pending);
  if (is_near(storage)) return;
  if (placed) memory_release_data(storage->data, storage->bytes);
  else memory_release_reserved(storage->data, storage->bytes);
}

/* A loop, since chains of displaced storages may be long. */
void storage_unref(Storage *storage) {
  while (storage && --storage->references == 0) {
    size_t bytes = sizeof *storage + (is_near(storage) ? storage->bytes : 0);
    Storage *newer = NULL;
    if (storage->data) release_data(storage);
    else newer = displaced_release(storage);
    memory_pool_put(storage, bytes);
    storage = newer;
  }
}

void *storage_new_data(Runtime *runtime, size_t bytes) {
  void *data = memory_allocate_data(bytes);
  return data ? data : fail_storage(runtime, bytes);
}

/* To be called once before a pending result is written. */
void storage_place(Storage *storage) {
  if (!is_near(storage)) storage->data = memory_place_data(storage->data, storage->bytes);
}

/* ---- making */
static Tensor *new_header(Runtime *runtime, DType dtype, Layout *layout) {
  Tensor *tensor = memory_pool_take(sizeof *tensor);
  if (!tensor) return runtime_out_of_memory(runtime);
  tensor->references = 1;
  tensor->dtype = (uint8_t)dtype;
  tensor->flags = 0;
  tensor->op = 0;
  tensor->layout = layout_ref(layout);
  return tensor;
}

static Tensor *new_inline(Runtime *runtime, DType dtype) {
  Tensor *tensor = new_header(runtime, dtype, &layout_scalar);
  if (!tensor) return NULL;
  tensor->flags = TENSOR_INLINE;
  tensor->integer = 0;
  tensor->data = &tensor->number;
  return tensor;
}

Tensor *tensor_new(Runtime *runtime, DType dtype, Layout *layout) {
  if (layout->ndim == 0) return new_inline(runtime, dtype);
  Tensor *tensor = new_header(runtime, dtype, layout);
  if (!tensor) return NULL;
  tensor->storage = new_storage(runtime, (size_t)layout->size * dtype_info[dtype].size);
  if (!tensor->storage) {
    layout_unref(layout);
    memory_pool_put(tensor, sizeof *tensor);
    return NULL;
  }
  tensor->data = tensor->storage->data;
  return tensor;
}

Tensor *tensor_new_pending(Runtime *runtime, Lazy *lazy, size_t bytes) {
  size_t own = (size_t)lazy->layout->size * dtype_info[lazy->dtype].size;
  Tensor *tensor = new_header(runtime, (DType)lazy->dtype, lazy->layout);
  if (!tensor) return NULL;
  tensor->data = NULL;
  tensor->storage = new_reserved_storage(runtime, own > bytes ? own : bytes);
  if (!tensor->storage) {
    layout_unref(lazy->layout);
    memory_pool_put(tensor, sizeof *tensor);
    return NULL;
  }
  tensor->storage->pending = lazy;
  lazy->owner = tensor->storage;
  return tensor;
}

Tensor *tensor_new_bare(Runtime *runtime, DType dtype, Layout *layout, size_t bytes) {
  Storage *storage = memory_pool_take(sizeof *storage);
  Tensor *tensor = storage ? new_header(runtime, dtype, layout) : runtime_out_of_memory(runtime);
  if (tensor) {
    *storage = (Storage){.references = 1, .bytes = bytes};
    tensor->storage = storage;
    tensor->data = NULL;
  } else if (storage) {
    memory_pool_put(storage, sizeof *storage);
  }
  return tensor;
}

static bool find_numbers(Storage *storage) {
  if (!storage->data) return displaced_restore(storage);
  return !storage->pending || fuse_compute(storage->pending);
}

/* Where a tensor's numbers are is no part of its value. */
void *tensor_compute(const Tensor *tensor) {
  Storage *storage = tensor->storage;
  if (find_numbers(storage)) ((Tensor *)(uintptr_t)tensor)->data = storage->data;
  return storage->data ? storage->data : displaced_place(storage);
}

bool tensor_ready(Runtime *runtime, const Tensor *tensor) {
  tensor_data(tensor);
  return runtime->error->kind == ERROR_NONE;
}

Tensor *tensor_new_shape(Runtime *runtime, DType dtype, int ndim, const int64_t *shape) {
  Layout *layout = layout_new(runtime, ndim, shape);
  if (!layout) return NULL;
  Tensor *tensor = tensor_new(runtime, dtype, layout);
  layout_unref(layout);
  return tensor;
}

/* In pieces: fresh pages take their time. */
static bool clear(Runtime *runtime, char *data, size_t bytes) {
  enum { PIECE = 4 << 20 };
  for (; bytes > PIECE; data += PIECE, bytes -= PIECE) {
    memset(data, 0, PIECE);
    if (runtime_interrupted(runtime)) return false;
  }
  memset(data, 0, bytes);
  return true;
}

Tensor *tensor_new_zeros(Runtime *runtime, DType dtype, Layout *layout) {
  Tensor *tensor = tensor_new(runtime, dtype, layout);
  bool is_zero = !tensor || tensor->flags & TENSOR_INLINE;
  if (is_zero || clear(runtime, tensor->data, tensor->storage->bytes)) return tensor;
  tensor_unref(tensor);
  return NULL;
}

Tensor *tensor_new_number(Runtime *runtime, DType dtype, double number) {
  Tensor *tensor = new_inline(runtime, dtype);
  if (!tensor) return NULL;
  if (dtype == DTYPE_FLOAT64) tensor->number = number;
  else convert_loop(dtype, DTYPE_FLOAT64)(tensor->data, 0, (const char *)&number, 0, 1);
  return tensor;
}

Tensor *tensor_new_integer(Runtime *runtime, DType dtype, int64_t integer) {
  Tensor *tensor = new_inline(runtime, dtype);
  if (tensor) convert_loop(dtype, DTYPE_INT64)(tensor->data, 0, (const char *)&integer, 0, 1);
  return tensor;
}

/* ---- windows */
/* A tensor with no storage gets one, so that a window with axes has something to look at. */
static Tensor *window_of_inline(Runtime *runtime, Tensor *tensor, Layout *layout) {
  Tensor *window = new_header(runtime, (DType)tensor->dtype, layout);
  if (!window) return NULL;
  size_t bytes = dtype_info[tensor->dtype].size;
  window->storage = new_storage(runtime, bytes);
  if (!window->storage) {
    layout_unref(layout);
    memory_pool_put(window, sizeof *window);
    return NULL;
  }
  window->data = memcpy(window->storage->data, tensor_data(tensor), bytes);
  return window;
}

static void *data_at(const Tensor *tensor, int64_t offset) {
  return (char *)tensor_data(tensor) + offset * (int64_t)dtype_info[tensor->dtype].size;
}

static Tensor *copy_of_number(Runtime *runtime, DType dtype, const void *data) {
  Tensor *number = new_inline(runtime, dtype);
  if (number) memcpy(number->bytes, data, dtype_info[dtype].size);
  return number;
}

/* A window of a pending tensor that looks at what this one will be a copy of. */
static Tensor *window_behind(Runtime *runtime, const Tensor *tensor, const Layout *layout, const FuseWindow *found) {
  Layout *strided = layout_new_strided(runtime, layout->ndim, layout_shape(layout), found->strides);
  Tensor *window = strided ? new_header(runtime, (DType)tensor->dtype, strided) : NULL;
  if (strided) strided->incidental = true;
  layout_unref(strided);
  if (!window) return NULL;
  window->data = (void *)(uintptr_t)found->data;
  window->storage = found->storage;
  window->storage->references++;
  return window;
}

/* A window of what is incidental is so too. */
static Tensor *window_header(Runtime *runtime, const Tensor *tensor, Layout *layout) {
  DType dtype = (DType)tensor->dtype;
  if (!tensor->layout->incidental || layout->incidental) return new_header(runtime, dtype, layout);
  Layout *same = layout_new_strided(runtime, layout->ndim, layout_shape(layout), layout_strides(layout));
  if (same) same->incidental = true;
  Tensor *window = same ? new_header(runtime, dtype, same) : NULL;
  layout_unref(same);
  return window;
}

Tensor *tensor_window(Runtime *runtime, Tensor *tensor, Layout *layout, int64_t offset) {
  FuseWindow found;
  bool behind = !tensor->data && fuse_window(tensor, layout, offset, &found);
  if (!behind && !tensor_has_numbers(tensor)) return NULL;
  if (layout->ndim == 0)
    return copy_of_number(runtime, (DType)tensor->dtype, behind ? found.data : (const char *)data_at(tensor, offset));
  if (behind && found.storage) return window_behind(runtime, tensor, layout, &found);
  if (tensor->flags & TENSOR_INLINE) return window_of_inline(runtime, tensor, layout);
  Tensor *window = window_header(runtime, tensor, layout);
  if (!window) return NULL;
  window->data = layout->size ? data_at(tensor, offset) : tensor->data;
  window->storage = tensor->storage;
  window->storage->references++;
  return window;
}

static Layout *broadcast_layout(Runtime *runtime, const Layout *from, const Layout *to) {
  int64_t strides[TENSOR_MAX_DIMS];
  ShapeText left, right;
  bool fits = from->ndim <= to->ndim;
  int missing = to->ndim - from->ndim;
  for (int i = 0; fits && i < to->ndim; i++) {
    int64_t size = i < missing ? 1 : layout_shape(from)[i - missing];
    strides[i] = size == 1 ? 0 : layout_strides(from)[i - missing];
    fits = size == 1 || size == layout_shape(to)[i];
  }
  if (!fits) {
    return runtime_fail(runtime, ERROR_SHAPE, 0, "cannot broadcast " ERROR_OPERAND(0) "%s to shape %s",
                        layout_text(&left, from), layout_text(&right, to));
  }
  return layout_new_strided(runtime, to->ndim, layout_shape(to), strides);
}

Tensor *tensor_broadcast_to(Runtime *runtime, Tensor *tensor, Layout *shape) {
  if (layout_same_shape(tensor->layout, shape)) return tensor_ref(tensor);
  Layout *layout = broadcast_layout(runtime, tensor->layout, shape);
  if (!layout) return NULL;
  Tensor *window = tensor_window(runtime, tensor, layout, 0);
  layout_unref(layout);
  return window;
}

/* ---- sharing */
/* `into` is a fresh header without numbers: its own layout is still to be set. */
void tensor_take_value(Tensor *into, Tensor *from) {
  into->dtype = from->dtype;
  into->layout = layout_ref(from->layout);
  if (from->flags & TENSOR_INLINE) {
    into->flags |= TENSOR_INLINE;
    into->integer = 0;
    memcpy(into->bytes, tensor_data(from), dtype_info[from->dtype].size);
    into->data = &into->number;
    return;
  }
  into->flags = (uint8_t)(into->flags & ~TENSOR_INLINE);
  into->data = from->data;
  into->storage = from->storage;
  into->storage->references++;
}

void tensor_move_value(Tensor *into, Tensor *from_taken) {
  if (from_taken->references > 1 || from_taken->flags) {
    tensor_take_value(into, from_taken);
    tensor_unref(from_taken);
    return;
  }
  into->dtype = from_taken->dtype;
  into->flags = (uint8_t)(into->flags & ~TENSOR_INLINE);
  into->layout = from_taken->layout;
  into->data = from_taken->data;
  into->storage = from_taken->storage;
  memory_pool_put(from_taken, sizeof *from_taken);
}

bool tensor_new_value(Runtime *runtime, Tensor *into, DType dtype, Layout *layout) {
  into->storage = new_storage(runtime, (size_t)layout->size * dtype_info[dtype].size);
  if (!into->storage) return false;
  into->dtype = (uint8_t)dtype;
  into->layout = layout_ref(layout);
  into->data = into->storage->data;
  return true;
}

void tensor_release_value(Tensor *tensor) {
  layout_unref(tensor->layout);
  if (!(tensor->flags & TENSOR_INLINE)) storage_unref(tensor->storage);
}

Tensor *tensor_plain(Runtime *runtime, Tensor *tensor) {
  if (!tensor_is_tracked(tensor)) return tensor_ref(tensor);
  Tensor *plain = memory_pool_take(sizeof *plain);
  if (!plain) return runtime_out_of_memory(runtime);
  *plain = (Tensor){.references = 1};
  tensor_take_value(plain, tensor);
  return plain;
}

void tensor_destroy(Tensor *tensor) {
  if (tensor->flags & TENSOR_TRACKED) {
    tensor_destroy_tracked(tensor);
    return;
  }
  tensor_release_value(tensor);
  memory_pool_put(tensor, sizeof *tensor);
}
