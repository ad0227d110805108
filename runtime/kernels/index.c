/* SPDX-License-Identifier: MIT */
/* index.c: turns what stands between brackets into a window of the tensor and axes to gather. */
#include "runtime/kernels/index.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "runtime/kernels/axes.h"

enum { POLL_ELEMENTS = 1 << 18 };

/* A plan under construction. */
typedef struct Planner {
  Runtime *runtime;
  const Layout *of;
  IndexPlan *plan;
  AxisList window;
  int axis;                       /* the next axis of the tensor */
  int item;                       /* the index item being read */
  int64_t axes[TENSOR_MAX_DIMS];  /* of the window, selected by index tensors */
  int place;                      /* where the gathered axes go */
  enum { ADVANCED_NONE, ADVANCED_RUNNING, ADVANCED_ENDED } advanced;
} Planner;

/* ---- checks */
static bool fail_range(const Planner *planner, int64_t index, int64_t size) {
  ShapeText shape, places;
  char where[256];
  if (planner->of->ndim == 1) snprintf(where, sizeof where, ERROR_SUBJECT(0) "of size %" PRId64, size);
  else
    snprintf(where, sizeof where, "axis %d of " ERROR_OPERAND(0) "%s", planner->axis,
             layout_text(&shape, planner->of));
  runtime_fail(planner->runtime, ERROR_INDEX, planner->item, "index %" PRId64 " is out of range for %s (%s)", index,
               where, size == 0 ? "it has no elements" : places_text(&places, size));
  return false;
}

static int axes_of_item(const IndexItem *item) {
  if (item->kind == INDEX_INTEGER || item->kind == INDEX_SLICE) return 1;
  if (item->kind != INDEX_TENSOR) return 0;
  return item->tensor->dtype == DTYPE_BOOL ? tensor_ndim(item->tensor) : 1;
}

/* How many axes `...` (or the end, where there is none) stands for. */
static bool count_left(Planner *planner, const Index *index, int *left) {
  int used = 0, ellipses = 0;
  for (planner->item = 0; planner->item < index->count; planner->item++) {
    const IndexItem *item = &index->items[planner->item];
    used += axes_of_item(item);
    if (item->kind == INDEX_ELLIPSIS && ++ellipses > 1) {
      runtime_fail(planner->runtime, ERROR_INDEX, planner->item, "an index can hold `...` only once");
      return false;
    }
    if (used <= planner->of->ndim) continue;
    CountText axes, indices;
    runtime_fail(planner->runtime, ERROR_INDEX, planner->item, ERROR_SUBJECT(0) "has %s, but %s given",
                 count_text(&axes, planner->of->ndim, "axis", "axes"),
                 count_text(&indices, index->count, "index is", "indices are"));
    return false;
  }
  *left = planner->of->ndim - used;
  return true;
}

/* ---- basic items */
static bool keep_axis(Planner *planner) {
  int axis = planner->axis++;
  return axis_list_add(planner->runtime, &planner->window, layout_shape(planner->of)[axis],
                       layout_strides(planner->of)[axis]);
}

static bool read_integer(Planner *planner, int64_t index) {
  int64_t size = layout_shape(planner->of)[planner->axis];
  if (index < -size || index >= size) return fail_range(planner, index, size);
  planner->plan->offset += (index < 0 ? index + size : index) * layout_strides(planner->of)[planner->axis++];
  return true;
}

static int64_t clip_bound(int64_t bound, int64_t size, int64_t least, int64_t most) {
  if (bound < 0) bound += size;
  return bound < least ? least : bound > most ? most : bound;
}

bool index_slice(const IndexItem *slice, int64_t size, IndexRun *run) {
  int64_t step = slice->has_step ? slice->step : 1;
  if (step == 0) return false;
  if (step == INT64_MIN) step++;
  int64_t least = step > 0 ? 0 : -1, most = step > 0 ? size : size - 1;
  int64_t start = slice->has_start ? clip_bound(slice->start, size, least, most) : step > 0 ? least : most;
  int64_t stop = slice->has_stop ? clip_bound(slice->stop, size, least, most) : step > 0 ? most : least;
  int64_t distance = step > 0 ? stop - start : start - stop;
  *run = (IndexRun){start, step, distance > 0 ? (distance - 1) / (step > 0 ? step : -step) + 1 : 0};
  return true;
}

static bool read_slice(Planner *planner, const IndexItem *item) {
  int64_t size = layout_shape(planner->of)[planner->axis], stride = layout_strides(planner->of)[planner->axis];
  IndexRun run;
  if (!index_slice(item, size, &run)) {
    runtime_fail(planner->runtime, ERROR_INDEX, planner->item, "the step of a slice cannot be 0");
    return false;
  }
  if (run.count > 0) planner->plan->offset += run.first * stride;
  planner->axis++;
  return axis_list_add(planner->runtime, &planner->window, run.count, run.count > 1 ? stride * run.step : stride);
}

/* ---- index tensors */
/* Notes that an index tensor selects along the next axis of the window; takes the tensor. */
static bool add_gather(Planner *planner, Tensor *indices, int64_t size, int64_t stride) {
  IndexPlan *plan = planner->plan;
  if (!indices) return false;
  if (plan->index_count == TENSOR_MAX_DIMS || !axis_list_add(planner->runtime, &planner->window, size, stride)) {
    tensor_unref(indices);
    runtime_fail(planner->runtime, ERROR_INDEX, planner->item, "too many index tensors");
    return false;
  }
  planner->axes[plan->index_count] = planner->window.count - 1;
  plan->indices[plan->index_count++] = indices;
  return true;
}

static bool fail_fraction(const Planner *planner, double number) {
  runtime_fail(planner->runtime, ERROR_INDEX, planner->item, "index must be a whole number, got %.15g", number);
  return false;
}

static bool check_whole(const Planner *planner, Tensor *tensor) {
  if (!tensor_is_float(tensor)) return true;
  int64_t size = tensor_size(tensor);
  for (int64_t i = 0; i < size; i++) {
    double number = tensor_number_at(tensor, i);
    if (!(fabs(number) < 0x1p62) || number != floor(number)) return fail_fraction(planner, number);
    if (i % POLL_ELEMENTS == POLL_ELEMENTS - 1 && runtime_interrupted(planner->runtime)) return false;
  }
  return true;
}

static bool fail_indices(const Planner *planner, const Tensor *indices, int64_t size) {
  const int64_t *values = tensor_data(indices);
  while (*values >= -size && *values < size) values++;
  return fail_range(planner, *values, size);
}

/* Whether all are in range and not negative; by their signs alone, which vectors without comparisons have too. */
static bool all_counted(const int64_t *values, int64_t count, int64_t size) {
  int64_t signs = 0;
  for (int64_t i = 0; i < count; i++) signs |= values[i] | (int64_t)((uint64_t)size - 1 - (uint64_t)values[i]);
  return signs >= 0;
}

/* Counts negative ones from the end; false: some are out of range. */
static bool count_from_start(int64_t *restrict out, const int64_t *restrict values, int64_t count, int64_t size) {
  int64_t signs = 0;
  for (int64_t i = 0; i < count; i++) {
    out[i] = values[i] + (values[i] < 0 ? size : 0);
    signs |= out[i] | (size - 1 - (out[i] < 0 ? 0 : out[i]));
  }
  return signs >= 0;
}

typedef enum Range { RANGE_COUNTED, RANGE_OTHER, RANGE_INTERRUPTED } Range;

/* Those that are counted from the start need no copy; with `copy`, they are written there counted so. */
static Range find_range(const Planner *planner, const Tensor *indices, int64_t size, Tensor *copy) {
  const int64_t *values = tensor_data(indices);
  int64_t *out = copy ? tensor_data(copy) : NULL, total = indices->layout->size;
  for (int64_t start = 0; start < total; start += POLL_ELEMENTS) {
    int64_t count = total - start < POLL_ELEMENTS ? total - start : POLL_ELEMENTS;
    if (copy ? !count_from_start(out + start, values + start, count, size) : !all_counted(values + start, count, size))
      return RANGE_OTHER;
    if (count == POLL_ELEMENTS && runtime_interrupted(planner->runtime)) return RANGE_INTERRUPTED;
  }
  return RANGE_COUNTED;
}

/* The numbers as they are, or a copy where negative ones are counted from the end. */
static Tensor *counted_from_start(const Planner *planner, Tensor *indices, int64_t size) {
  Range range = find_range(planner, indices, size, NULL);
  if (range == RANGE_COUNTED) return tensor_ref(indices);
  if (range == RANGE_INTERRUPTED) return NULL;
  Tensor *copy = tensor_new(planner->runtime, DTYPE_INT64, indices->layout);
  if (!copy) return NULL;
  range = find_range(planner, indices, size, copy);
  if (range == RANGE_COUNTED) return copy;
  if (range == RANGE_OTHER) fail_indices(planner, indices, size);
  tensor_unref(copy);
  return NULL;
}

/* int64 in C order, from 0 on. */
static Tensor *whole_indices(Planner *planner, Tensor *tensor, int64_t size) {
  if (!check_whole(planner, tensor)) return NULL;
  Tensor *whole = tensor_cast(planner->runtime, tensor, DTYPE_INT64);
  Tensor *indices = whole ? tensor_contiguous(planner->runtime, whole) : NULL;
  tensor_unref(whole);
  if (!indices) return NULL;
  Tensor *counted = tensor_ready(planner->runtime, indices) ? counted_from_start(planner, indices, size) : NULL;
  tensor_unref(indices);
  return counted;
}

static bool check_mask(const Planner *planner, const Tensor *mask) {
  for (int i = 0; i < tensor_ndim(mask); i++) {
    int64_t have = layout_shape(mask->layout)[i], want = layout_shape(planner->of)[planner->axis + i];
    if (have == want) continue;
    ShapeText shape, whole;
    runtime_fail(planner->runtime, ERROR_INDEX, planner->item, "a mask of shape %s does not fit " ERROR_OPERAND(0)
                 "%s: axis %d has size %" PRId64 ", the mask %" PRId64, layout_text(&shape, mask->layout),
                 layout_text(&whole, planner->of), planner->axis + i, want, have);
    return false;
  }
  return true;
}

/* x[true] is x with a new first axis of size 1, x[false] with one of size 0. */
static bool read_single_mask(Planner *planner, const Tensor *mask) {
  int64_t count = tensor_integer_at(mask, 0) != 0;
  Layout *layout = layout_new(planner->runtime, 1, &count);
  Tensor *zeros = layout ? tensor_new_zeros(planner->runtime, DTYPE_INT64, layout) : NULL;
  layout_unref(layout);
  return add_gather(planner, zeros, 1, 1);
}

static bool read_mask(Planner *planner, Tensor *mask) {
  Tensor *found[TENSOR_MAX_DIMS];
  int ndim = tensor_ndim(mask);
  bool added = true;
  if (ndim == 0) return read_single_mask(planner, mask);
  if (!check_mask(planner, mask) || !tensor_nonzero(planner->runtime, mask, found)) return false;
  for (int i = 0; i < ndim; i++) {
    int axis = planner->axis++;
    int64_t size = layout_shape(planner->of)[axis], stride = layout_strides(planner->of)[axis];
    if (added) added = add_gather(planner, found[i], size, stride);
    else tensor_unref(found[i]);
  }
  return added;
}

static bool read_tensor(Planner *planner, Tensor *tensor) {
  if (tensor->dtype == DTYPE_BOOL) return read_mask(planner, tensor);
  int64_t size = layout_shape(planner->of)[planner->axis], stride = layout_strides(planner->of)[planner->axis];
  Tensor *indices = whole_indices(planner, tensor, size);
  planner->axis++;
  return add_gather(planner, indices, size, stride);
}

/* ---- the whole index */
/* Gathered axes stand where the first of their indices stands, unless something else stands between these: then they
   come first.  Plain integers count as indices here, as in NumPy. */
static void note_place(Planner *planner, IndexKind kind) {
  bool advanced = kind == INDEX_INTEGER || kind == INDEX_TENSOR;
  if (!advanced && planner->advanced == ADVANCED_RUNNING) planner->advanced = ADVANCED_ENDED;
  if (!advanced) return;
  if (planner->advanced == ADVANCED_NONE) {
    planner->advanced = ADVANCED_RUNNING;
    planner->place = planner->window.count;
  } else if (planner->advanced == ADVANCED_ENDED) {
    planner->place = 0;
  }
}

static bool read_item(Planner *planner, const IndexItem *item, int *left) {
  note_place(planner, item->kind);
  switch (item->kind) {
    case INDEX_INTEGER: return read_integer(planner, item->start);
    case INDEX_SLICE: return read_slice(planner, item);
    case INDEX_NEW_AXIS: return axis_list_add(planner->runtime, &planner->window, 1, 1);
    case INDEX_TENSOR: return read_tensor(planner, item->tensor);
    case INDEX_ELLIPSIS:
      for (; *left > 0; (*left)--) {
        if (!keep_axis(planner)) return false;
      }
  }
  return true;
}

static bool join_shape(const Planner *planner, const Layout *layout, AxisList *common) {
  if (layout->ndim > common->count) {
    int more = layout->ndim - common->count;
    for (int i = layout->ndim - 1; i >= 0; i--) common->sizes[i] = i < more ? 1 : common->sizes[i - more];
    common->count = layout->ndim;
  }
  for (int i = 1; i <= layout->ndim; i++) {
    int64_t size = layout_shape(layout)[layout->ndim - i], *shared = &common->sizes[common->count - i];
    if (size != *shared && size != 1 && *shared != 1) {
      ShapeText first, second;
      runtime_fail(planner->runtime, ERROR_INDEX, planner->item, "indices of shapes %s and %s do not go together",
                   layout_text(&first, planner->plan->indices[0]->layout), layout_text(&second, layout));
      return false;
    }
    if (*shared == 1) *shared = size;
  }
  return true;
}

/* Gives all index tensors their common shape. */
static bool broadcast_indices(Planner *planner) {
  IndexPlan *plan = planner->plan;
  AxisList common = {0};
  planner->item = -1;
  for (int i = 0; i < plan->index_count; i++) {
    if (!join_shape(planner, plan->indices[i]->layout, &common)) return false;
  }
  Layout *shape = layout_new(planner->runtime, common.count, common.sizes);
  bool done = shape != NULL;
  for (int i = 0; done && i < plan->index_count; i++) {
    Tensor *all = tensor_broadcast_to(planner->runtime, plan->indices[i], shape);
    done = all != NULL;
    if (!done) break;
    tensor_unref(plan->indices[i]);
    plan->indices[i] = all;
  }
  layout_unref(shape);
  return done;
}

static bool finish_plan(Planner *planner, int left) {
  IndexPlan *plan = planner->plan;
  for (; left > 0; left--) {
    if (!keep_axis(planner)) return false;
  }
  plan->layout = axis_list_layout(planner->runtime, &planner->window);
  if (!plan->layout) return false;
  if (plan->layout->size == 0) plan->offset = 0;
  if (plan->index_count == 0) return true;
  if (!broadcast_indices(planner)) return false;
  plan->attributes = gather_attributes(planner->runtime, plan->layout, plan->index_count, planner->axes,
                                       planner->place);
  return plan->attributes != NULL;
}

static void start_empty(IndexPlan *plan) {
  plan->layout = NULL;
  plan->offset = 0;
  plan->index_count = 0;
  plan->attributes = NULL;
}

/* Member by member: the room for axes is not cleared. */
static void start_planner(Planner *planner, Runtime *runtime, const Layout *of, IndexPlan *plan) {
  planner->runtime = runtime;
  planner->of = of;
  planner->plan = plan;
  planner->window.count = 0;
  planner->axis = planner->item = planner->place = 0;
  planner->advanced = ADVANCED_NONE;
}

bool index_plan(Runtime *runtime, const Layout *of, const Index *index, IndexPlan *plan) {
  Planner planner;
  int left = 0;
  start_planner(&planner, runtime, of, plan);
  start_empty(plan);
  bool done = count_left(&planner, index, &left);
  for (int i = 0; done && i < index->count; i++) {
    planner.item = i;
    done = read_item(&planner, &index->items[i], &left);
  }
  if (done && finish_plan(&planner, left)) return true;
  index_plan_free(plan);
  return false;
}

void index_plan_free(IndexPlan *plan) {
  layout_unref(plan->layout);
  for (int i = 0; i < plan->index_count; i++) tensor_unref(plan->indices[i]);
  attributes_unref(plan->attributes);
  start_empty(plan);
}
