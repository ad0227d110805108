/* SPDX-License-Identifier: MIT */
/* pool.c: max_pool: cell by cell of the window, a whole row of positions at a time; threads share the planes. */
#include "runtime/kernels/pool.h"

#include <inttypes.h>

#include "base/interrupt.h"
#include "base/number.h"
#include "base/threads.h"
#include "runtime/kernels/axes.h"
#include "runtime/kernels/grid.h"

enum { RUN = 1024, SHARE_ELEMENTS = 1 << 14 };
#define NANOSECONDS 0.3 /* a rough guess for one look at an element */

bool pool_shape(Runtime *runtime, const Layout *x, const Attributes *attributes, ConvShape *shape) {
  const int64_t *pool;
  shape->axes = attribute_integers(attributes, 0, &pool);
  if (shape->axes < 1 || shape->axes > x->ndim || shape->axes > CONV_AXES) {
    ShapeText text;
    CountText count;
    runtime_fail(runtime, ERROR_SHAPE, 0, "a pool along %s does not fit " ERROR_OPERAND(0) "%s",
                 count_text(&count, shape->axes, "axis", "axes"), layout_text(&text, x));
    return false;
  }
  int leading = x->ndim - shape->axes;
  shape->batch = conv_product(layout_shape(x), leading);
  shape->channels = shape->filters = 1;
  for (int i = 0; i < shape->axes; i++) {
    shape->in[i] = layout_shape(x)[leading + i];
    shape->padding[i] = 0;
    shape->dilation[i] = 1;
  }
  return conv_read_numbers(runtime, attributes, 0, "pool", shape->axes, 1, 1, shape->window) &&
         conv_read_numbers(runtime, attributes, 1, "stride", shape->axes, 1, 1, shape->stride) &&
         conv_fit(runtime, shape, "pools");
}

/* ---- rows of positions: better elements of a cell replace what was found so far */
typedef void (*ImproveLoop)(void *best, int64_t *indices, const void *from, int64_t at, int64_t step, int64_t count);

/* Which element is the larger one cannot be foreseen, so nothing may branch: elements are first brought together,
   then compared side by side. */
#define IS_BETTER(candidate, old) (!((candidate) <= (old)) & ((old) == (old))) /* nan too */
#define IMPROVE(name, type) \
  static void improve_##name(void *best, int64_t *indices, const void *from, int64_t at, int64_t step, \
                             int64_t count) { \
    type *restrict found = best, candidates[RUN]; \
    const type *x = (const type *)from + at; \
    int64_t *restrict places = indices; \
    for (int64_t i = 0; i < count; i++) candidates[i] = x[i * step]; \
    if (places) { \
      for (int64_t i = 0; i < count; i++) { \
        int64_t better = -(int64_t)IS_BETTER(candidates[i], found[i]); \
        places[i] = ((at + i * step) & better) | (places[i] & ~better); \
      } \
    } \
    for (int64_t i = 0; i < count; i++) \
      found[i] = IS_BETTER(candidates[i], found[i]) ? candidates[i] : found[i]; \
  } \
  static void start_##name(void *best, int64_t *indices, const void *from, int64_t at, int64_t step, \
                           int64_t count) { \
    type *found = best; \
    for (int64_t i = 0; i < count; i++) found[i] = ((const type *)from)[at + i * step]; \
    for (int64_t i = 0; indices && i < count; i++) indices[i] = at + i * step; \
  }
IMPROVE(float64, double)
IMPROVE(float32, float)
IMPROVE(int64, int64_t)

typedef struct Pool {
  const ConvShape *shape;
  const void *x;
  char *best;
  int64_t *indices; /* may be NULL */
  int64_t item;
  ImproveLoop start, improve;
  int64_t share; /* planes that a thread takes at a time */
} Pool;

/* Where a cell of the window stands in its plane. */
static int64_t cell_at(const ConvShape *shape, const int64_t *position, const int64_t *place) {
  int64_t at = 0;
  for (int i = 0; i < shape->axes; i++) at = at * shape->in[i] + position[i] * shape->stride[i] + place[i];
  return at;
}

/* Some positions along the last axis, over all cells of the window; `at` is the plane, `row` their place in the
   result, and position[last] the first of them. */
static void pool_run(const Pool *pool, int64_t at, int64_t row, const int64_t *position, int64_t count) {
  const ConvShape *shape = pool->shape;
  int64_t place[CONV_AXES] = {0}, step = shape->stride[shape->axes - 1];
  int64_t *indices = pool->indices ? pool->indices + row : NULL;
  ImproveLoop loop = pool->start;
  do {
    loop(pool->best + row * pool->item, indices, pool->x, at + cell_at(shape, position, place), step, count);
    loop = pool->improve;
  } while (grid_next(place, shape->window, shape->axes));
}

/* Rows are cut into runs that stay in the cache. */
static void pool_plane(const Pool *pool, int64_t at, int64_t row) {
  const ConvShape *shape = pool->shape;
  int last = shape->axes - 1;
  int64_t position[CONV_AXES] = {0}, size = shape->out[last];
  do {
    for (int64_t first = 0; first < size && !interrupt_seen(); first += RUN) {
      position[last] = first;
      pool_run(pool, at, row + first, position, smaller_of(RUN, size - first));
    }
    row += size;
  } while (grid_next(position, shape->out, last) && !interrupt_seen());
}

static void pool_share(void *context, int64_t index) {
  const Pool *pool = context;
  const ConvShape *shape = pool->shape;
  int64_t in = conv_product(shape->in, shape->axes), out = conv_product(shape->out, shape->axes);
  int64_t end = smaller_of((index + 1) * pool->share, shape->batch);
  for (int64_t n = index * pool->share; n < end; n++) pool_plane(pool, n * in, n * out);
}

/* Overlapping windows look at elements of x several times. */
static double plane_nanoseconds(const ConvShape *shape) {
  double looks = (double)conv_product(shape->out, shape->axes) * (double)conv_product(shape->window, shape->axes);
  return NANOSECONDS * looks;
}

static bool pool_all(Runtime *runtime, Pool *pool) {
  const ConvShape *shape = pool->shape;
  pool->share = SHARE_ELEMENTS / conv_product(shape->in, shape->axes) + 1;
  int64_t shares = (shape->batch + pool->share - 1) / pool->share;
  threads_run(shares, plane_nanoseconds(shape) * (double)pool->share, pool_share, pool);
  return !runtime_interrupted(runtime);
}

/* ---- the operation */
static Layout *result_layout(Runtime *runtime, const Layout *x, const ConvShape *shape) {
  int64_t sizes[TENSOR_MAX_DIMS];
  int leading = x->ndim - shape->axes;
  for (int i = 0; i < x->ndim; i++) sizes[i] = i < leading ? layout_shape(x)[i] : shape->out[i - leading];
  return layout_new(runtime, x->ndim, sizes);
}

static Tensor *find_maxima(Runtime *runtime, const Tensor *x, const ConvShape *shape, Tensor **indices) {
  DType dtype = (DType)x->dtype;
  Layout *layout = result_layout(runtime, x->layout, shape);
  Tensor *best = layout ? tensor_new(runtime, dtype, layout) : NULL;
  Tensor *places = best && indices ? tensor_new(runtime, DTYPE_INT64, layout) : NULL;
  layout_unref(layout);
  Pool pool = {.shape = shape, .x = tensor_data(x), .item = (int64_t)dtype_info[dtype].size};
  pool.start = dtype == DTYPE_FLOAT64 ? start_float64 : dtype == DTYPE_FLOAT32 ? start_float32 : start_int64;
  pool.improve = dtype == DTYPE_FLOAT64 ? improve_float64 : dtype == DTYPE_FLOAT32 ? improve_float32 : improve_int64;
  bool done = best && (places || !indices);
  if (done) {
    pool.best = tensor_data(best);
    pool.indices = places ? tensor_data(places) : NULL;
    done = pool_all(runtime, &pool);
  }
  if (done && indices) *indices = places;
  if (done) return best;
  tensor_unref(best);
  tensor_unref(places);
  return NULL;
}

Tensor *pool_maxima(Runtime *runtime, Tensor *x, const Attributes *attributes, Tensor **indices) {
  ConvShape shape;
  if (!pool_shape(runtime, x->layout, attributes, &shape)) return NULL;
  Tensor *cast = tensor_cast(runtime, x, tensor_is_float(x) ? (DType)x->dtype : DTYPE_INT64);
  Tensor *contiguous = cast ? tensor_contiguous(runtime, cast) : NULL;
  Tensor *best = contiguous ? find_maxima(runtime, contiguous, &shape, indices) : NULL;
  tensor_unref(cast);
  tensor_unref(contiguous);
  Tensor *result = best ? tensor_cast(runtime, best, (DType)x->dtype) : NULL;
  if (best && !result && indices) tensor_unref(*indices);
  tensor_unref(best);
  return result;
}

Tensor *op_max_pool_forward(Runtime *runtime, const Operands *operands) {
  return pool_maxima(runtime, operands->tensors[0], operands->attributes, NULL);
}
