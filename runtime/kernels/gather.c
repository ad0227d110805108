/* SPDX-License-Identifier: MIT */
/* gather.c: elements selected by index tensors, read, added or replaced.

   The gathered tensor is (A, I, B): the axes of x before the place of the index axes, these, and the other axes of x.
   It is walked in C order, so its side of the copy is one dense stream; each index has an offset into x. */
#include "base/memory.h"
#include "base/threads.h"
#include "runtime/displaced.h"
#include "runtime/iterator.h"
#include "runtime/kernels/axes.h"
#include "runtime/kernels/gather.h"
#include "runtime/kernels/index.h"
#include "runtime/kernels/wide.h"

enum { POLL_ELEMENTS = 1 << 18 };

/* ---- axes that are walked with an odometer, merged where they can be */
typedef struct Walk {
  int count;
  int64_t sizes[TENSOR_MAX_DIMS], strides[TENSOR_MAX_DIMS], position[TENSOR_MAX_DIMS]; /* strides in bytes */
} Walk;

static void walk_add(Walk *walk, int64_t size, int64_t stride) {
  int last = walk->count - 1;
  if (size == 1) return;
  if (last >= 0 && walk->strides[last] == size * stride) {
    walk->sizes[last] *= size;
    walk->strides[last] = stride;
    return;
  }
  walk->sizes[walk->count] = size;
  walk->strides[walk->count] = stride;
  walk->position[walk->count++] = 0;
}

/* Steps the outer `axes` axes; false when all have been walked. */
static bool walk_next(Walk *walk, int axes, char **x) {
  for (int axis = axes - 1; axis >= 0; axis--) {
    *x += walk->strides[axis];
    if (++walk->position[axis] < walk->sizes[axis]) return true;
    *x -= walk->sizes[axis] * walk->strides[axis];
    walk->position[axis] = 0;
  }
  return false;
}

/* ---- the plan of one call */
typedef struct Gather {
  Runtime *runtime;
  Layout *result;       /* (A, I, B), contiguous */
  Tensor *indices;      /* int64, contiguous; each stands `scale` bytes per unit after the start of x */
  int64_t scale;
  Walk before, after;   /* A and B over x */
  int64_t done;         /* elements since the last look at the interrupt flag */
} Gather;

static bool is_selected(const Attributes *attributes, int axis) {
  const Parameter *axes = &attributes->values[0];
  for (int i = 0; i < axes->count; i++) {
    if (axes->integers[i] == axis) return true;
  }
  return false;
}

static bool plan_axes(Gather *gather, const Attributes *attributes, const Layout *x, int64_t item,
                      const Layout *indices) {
  AxisList result = {0};
  int64_t place = attributes->values[1].integer;
  int others = 0;
  for (int axis = 0; axis <= x->ndim; axis++) {
    bool other = axis < x->ndim && !is_selected(attributes, axis);
    if (others == place && (other || axis == x->ndim)) {
      for (int i = 0; i < indices->ndim; i++) {
        if (!axis_list_add(gather->runtime, &result, layout_shape(indices)[i], 0)) return false;
      }
      place = -1;
    }
    if (!other) continue;
    walk_add(place < 0 ? &gather->after : &gather->before, layout_shape(x)[axis], layout_strides(x)[axis] * item);
    if (!axis_list_add(gather->runtime, &result, layout_shape(x)[axis], 0)) return false;
    others++;
  }
  gather->result = layout_new(gather->runtime, result.count, result.sizes);
  return gather->result != NULL;
}

static bool poll(Gather *gather, int64_t elements) {
  if ((gather->done += elements) < POLL_ELEMENTS) return true;
  gather->done = 0;
  return !runtime_interrupted(gather->runtime);
}

/* ---- several index tensors are one of offsets in bytes */
static void add_offset_run(char *restrict out, int64_t out_stride, const char *restrict in, int64_t in_stride,
                           int64_t count, int64_t scale) {
  int64_t *restrict sums = (int64_t *)(void *)out;
  const int64_t *restrict numbers = (const int64_t *)(const void *)in;
  bool lines = out_stride == (int64_t)sizeof *sums && in_stride == (int64_t)sizeof *numbers;
  for (int64_t i = 0; lines && i < count; i++) sums[i] += numbers[i] * scale;
  for (int64_t i = 0; !lines && i < count; i++, out += out_stride, in += in_stride)
    *(int64_t *)(void *)out += *(const int64_t *)(const void *)in * scale;
}

static bool add_offsets(Gather *gather, Tensor *indices, int64_t scale) {
  Tensor *operands[] = {gather->indices, indices};
  Iterator iterator;
  iterator_start(&iterator, gather->indices->layout, 2, operands);
  while (iterator_next(&iterator)) {
    int64_t out = iterator.strides[0], in = iterator.strides[1];
    for (int64_t i = 0; i < iterator.count; i += POLL_ELEMENTS) {
      int64_t count = iterator.count - i < POLL_ELEMENTS ? iterator.count - i : POLL_ELEMENTS;
      add_offset_run(iterator.data[0] + i * out, out, iterator.data[1] + i * in, in, count, scale);
      if (!poll(gather, count)) return false;
    }
  }
  return true;
}

static Layout *common_shape(Runtime *runtime, int count, Tensor *const *indices) {
  Layout *common = layout_new(runtime, tensor_ndim(indices[0]), layout_shape(indices[0]->layout));
  for (int i = 1; common && i < count; i++) {
    Layout *next = layout_broadcast(runtime, common, indices[i]->layout, "index with");
    if (!next) error_map_operands(runtime->error, 0, NULL);
    layout_unref(common);
    common = next;
  }
  return common;
}

static void gather_finish(Gather *gather) {
  layout_unref(gather->result);
  tensor_unref(gather->indices);
}

static bool find_offsets(Gather *gather, const Attributes *attributes, const Layout *x, int64_t item, int count,
                         Tensor *const *indices, Layout *shape) {
  const int64_t *axes = attributes->values[0].integers;
  if (count == 1) {
    gather->indices = tensor_contiguous(gather->runtime, indices[0]);
    gather->scale = layout_strides(x)[axes[0]] * item;
    return gather->indices && tensor_ready(gather->runtime, gather->indices);
  }
  gather->indices = tensor_new_zeros(gather->runtime, DTYPE_INT64, shape);
  gather->scale = 1;
  for (int i = 0; gather->indices && i < count; i++) {
    if (!tensor_ready(gather->runtime, indices[i])) return false;
    if (!add_offsets(gather, indices[i], layout_strides(x)[axes[i]] * item)) return false;
  }
  return gather->indices != NULL;
}

/* `x` is the layout that is read or written, with elements of `item` bytes. */
static bool gather_start(Gather *gather, Runtime *runtime, const Attributes *attributes, const Layout *x, size_t item,
                         int count, Tensor *const *indices) {
  *gather = (Gather){.runtime = runtime};
  Layout *shape = common_shape(runtime, count, indices);
  if (!shape) return false;
  bool done = plan_axes(gather, attributes, x, (int64_t)item, shape) &&
              find_offsets(gather, attributes, x, (int64_t)item, count, indices, shape);
  layout_unref(shape);
  if (!done) gather_finish(gather);
  return done;
}

/* All of I and B for one place in A. */
static bool move_block(Gather *gather, MoveLoop move, char *x, char **dense) {
  Walk *after = &gather->after;
  int outer = after->count ? after->count - 1 : 0;
  int64_t count = after->count ? after->sizes[outer] : 1, total = tensor_size(gather->indices);
  int64_t group = outer ? 1 : 1 + POLL_ELEMENTS / (count + 1);
  Run run = {.indices = tensor_data(gather->indices), .scale = gather->scale, .count = count,
             .stride = after->count ? after->strides[outer] : 0};
  for (int64_t k = 0; k < total; k += group, run.indices += group) {
    char *place = x;
    run.index_count = total - k < group ? total - k : group;
    do {
      *dense = move(place, &run, *dense);
      if (!poll(gather, run.index_count * count)) return false;
    } while (walk_next(after, outer, &place));
  }
  return true;
}

static bool gather_move(Gather *gather, MoveLoop move, char *x, char *dense) {
  if (gather->result->size == 0) return true;
  do {
    if (!move_block(gather, move, x, &dense)) return false;
  } while (walk_next(&gather->before, gather->before.count, &x));
  return true;
}

/* ---- reading on several threads: every element has its place on the dense side */
enum { SHARE_ELEMENTS = 1 << 13 };

typedef struct Reading {
  MoveLoop get;
  const Run *run;
  char *x, *dense;
  int64_t share; /* indices */
  size_t item;
} Reading;

static void read_share(void *context, int64_t index) {
  const Reading *reading = context;
  int64_t start = index * reading->share, left = reading->run->index_count - start;
  Run run = *reading->run;
  run.indices += start;
  run.index_count = left < reading->share ? left : reading->share;
  reading->get(reading->x, &run, reading->dense + start * run.count * (int64_t)reading->item);
}

/* For the common case that nothing stands before the index axes, and one axis at most after them. */
static bool gather_read(Gather *gather, DType dtype, char *x, char *dense) {
  const Walk *after = &gather->after;
  if (gather->before.count > 0 || after->count > 1 || gather->result->size == 0)
    return gather_move(gather, get_loop(dtype), x, dense);
  Run run = {.indices = tensor_data(gather->indices), .scale = gather->scale,
             .index_count = tensor_size(gather->indices), .count = after->count ? after->sizes[0] : 1,
             .stride = after->count ? after->strides[0] : 0};
  Reading reading = {.get = get_loop(dtype), .run = &run, .x = x, .dense = dense,
                     .share = SHARE_ELEMENTS / run.count + 1, .item = dtype_info[dtype].size};
  int64_t shares = (run.index_count + reading.share - 1) / reading.share;
  double nanoseconds = 1.5 * (double)reading.share * (double)run.count;
  return threads_run(shares, nanoseconds, read_share, &reading) || !runtime_interrupted(gather->runtime);
}

/* ---- the operations */
Tensor *op_gather_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *result;
  Gather gather;
  if (!gather_start(&gather, runtime, operands->attributes, x->layout, dtype_info[x->dtype].size, operands->count - 1,
                    operands->tensors + 1))
    return NULL;
  result = tensor_new(runtime, (DType)x->dtype, gather.result);
  if (result && !gather_read(&gather, (DType)x->dtype, tensor_data(x), tensor_data(result))) {
    tensor_unref(result);
    result = NULL;
  }
  gather_finish(&gather);
  return result;
}

/* What is written to: `room` holds `item` bytes for every element of the layout. */
typedef struct Target { Tensor *room; const Layout *layout; DType dtype; size_t item; MoveLoop move; } Target;

/* Writes `value`, converted and repeated to the shape of a gather from the target, into the selected elements. */
static bool scatter(Runtime *runtime, const Target *to, const Attributes *attributes, int count,
                    Tensor *const *indices, Tensor *value) {
  Gather gather;
  if (!gather_start(&gather, runtime, attributes, to->layout, to->item, count, indices)) return false;
  bool done = layout_fits(value->layout, gather.result);
  if (!done) {
    ShapeText from, into;
    runtime_fail(runtime, ERROR_SHAPE, 1, "cannot write %s into the selected elements of %s",
                 layout_phrase(&from, value->layout), layout_phrase(&into, gather.result));
  }
  Tensor *cast = done ? tensor_cast(runtime, value, to->dtype) : NULL;
  Tensor *all = cast ? tensor_broadcast_to(runtime, cast, gather.result) : NULL;
  Tensor *dense = all ? tensor_contiguous(runtime, all) : NULL;
  done = dense && tensor_ready(runtime, to->room) && tensor_ready(runtime, dense) &&
         gather_move(&gather, to->move, tensor_data(to->room), tensor_data(dense));
  tensor_unref(dense);
  tensor_unref(all);
  tensor_unref(cast);
  gather_finish(&gather);
  return done;
}

/* Whether a place is named by more than WIDE_TERMS indices; `counts` has one zero for each. */
static bool count_repeats(Gather *gather, uint8_t *counts) {
  const int64_t *indices = tensor_data(gather->indices);
  for (int64_t size = tensor_size(gather->indices), i = 0; i < size; i++) {
    if (++counts[indices[i]] > WIDE_TERMS) return true;
    if (!poll(gather, 1)) return false;
  }
  return false;
}

/* Places of several index tensors are offsets into x, those of one are its axis's own. */
static bool repeats_often(Runtime *runtime, const Operands *operands, const Layout *x) {
  int count = operands->count - 1;
  bool often = false;
  Gather gather;
  if (!gather_start(&gather, runtime, operands->attributes, x, 1, count, operands->tensors + 1)) return false;
  if (tensor_size(gather.indices) > WIDE_TERMS && gather.result->size > 0) {
    size_t range = (size_t)(count == 1 ? layout_shape(x)[operands->attributes->values[0].integers[0]] : x->size);
    uint8_t *counts = memory_allocate_zeroed(range);
    if (counts) often = count_repeats(&gather, counts);
    else runtime_out_of_memory(runtime);
    memory_release(counts, range);
  }
  gather_finish(&gather);
  return often;
}

static Tensor *add_at(Runtime *runtime, const Operands *operands, Layout *layout) {
  Tensor *g = operands->tensors[0];
  Target to = {.layout = layout, .dtype = (DType)g->dtype};
  bool wide = tensor_is_float(g) && repeats_often(runtime, operands, layout);
  if (runtime->error->kind != ERROR_NONE) return NULL;
  to.room = wide ? wide_new(runtime, to.dtype, layout) : tensor_new_zeros(runtime, to.dtype, layout);
  to.item = wide ? wide_size(to.dtype) : dtype_info[to.dtype].size;
  to.move = wide ? add_wide_loop(to.dtype) : add_loop(to.dtype);
  if (to.room && scatter(runtime, &to, operands->attributes, operands->count - 1, operands->tensors + 1, g))
    return wide ? wide_total(runtime, to.room, to.dtype, layout) : to.room;
  tensor_unref(to.room);
  return NULL;
}

Tensor *op_gather_add_forward(Runtime *runtime, const Operands *operands) {
  const int64_t *shape;
  int ndim = attribute_integers(operands->attributes, 2, &shape);
  Layout *layout = layout_new(runtime, ndim, shape);
  Tensor *result = layout ? add_at(runtime, operands, layout) : NULL;
  layout_unref(layout);
  return result;
}

/* Instead of moving elements: notes the addresses of x's, in the order of the dense side. */
static char *note_addresses(char *x, const Run *run, char *dense) {
  for (int64_t i = 0; i < run->index_count; i++) {
    const char *element = x + run->indices[i] * run->scale;
    for (int64_t k = 0; k < run->count; k++, element += run->stride, dense += sizeof(int64_t))
      *(int64_t *)(void *)dense = (int64_t)(intptr_t)element;
  }
  return dense;
}

static Tensor *positions_of(Gather *gather, Tensor *x) {
  char *data = tensor_data(x);
  Tensor *positions = tensor_new_shape(gather->runtime, DTYPE_INT64, 1, &gather->result->size);
  if (!positions || !gather_move(gather, note_addresses, data, tensor_data(positions))) {
    tensor_unref(positions);
    return NULL;
  }
  int64_t *numbers = tensor_data(positions), item = (int64_t)dtype_info[x->dtype].size;
  for (int64_t i = 0; i < tensor_size(positions); i++) numbers[i] = (numbers[i] - (int64_t)(intptr_t)data) / item;
  return positions;
}

/* A tensor like x in which the selected elements are going to be written. */
static Tensor *writable_copy(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *copy = NULL;
  Gather gather;
  if (!displaced_is_worth(runtime, x, 0)) return tensor_copy(runtime, x);
  if (!gather_start(&gather, runtime, operands->attributes, x->layout, dtype_info[x->dtype].size, operands->count - 2,
                    operands->tensors + 2))
    return NULL;
  if (displaced_is_worth(runtime, x, gather.result->size)) {
    Written written = {.positions = positions_of(&gather, x)};
    copy = written.positions ? displaced_copy(runtime, x, &written) : NULL;
    tensor_unref(written.positions);
  } else {
    copy = tensor_copy(runtime, x);
  }
  gather_finish(&gather);
  return copy;
}

Tensor *op_gather_put_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *result = writable_copy(runtime, operands);
  if (!result) return NULL;
  result->op = OP_gather_put;
  DType dtype = (DType)x->dtype;
  Target to = {result, result->layout, dtype, dtype_info[dtype].size, put_loop(dtype)};
  if (scatter(runtime, &to, operands->attributes, operands->count - 2, operands->tensors + 2, operands->tensors[1]))
    return result;
  tensor_unref(result);
  return NULL;
}

/* ---- for the other kernels */
Attributes *gather_attributes(Runtime *runtime, const Layout *x, int count, const int64_t *axes, int place) {
  Attributes *attributes = attributes_new(runtime, 3);
  if (!attributes) return NULL;
  attributes_set_integer(attributes, 1, place);
  if (attributes_set_integers(runtime, attributes, 0, count, axes) &&
      attributes_set_integers(runtime, attributes, 2, x->ndim, layout_shape(x)))
    return attributes;
  attributes_unref(attributes);
  return NULL;
}

Tensor *gather_along(Runtime *runtime, Tensor *x, int axis, Tensor *indices) {
  int64_t axes[] = {axis};
  Tensor *tensors[] = {x, indices};
  Attributes *attributes = gather_attributes(runtime, x->layout, 1, axes, axis);
  if (!attributes) return NULL;
  Operands operands = {.op = OP_gather, .count = 2, .tensors = tensors, .attributes = attributes};
  Tensor *result = op_gather_forward(runtime, &operands);
  attributes_unref(attributes);
  return result;
}
