/* SPDX-License-Identifier: MIT */
/* variable_write.c: writing into variables and views.

   A write is recorded as a functional update of the owner's value (window_put, gather_put, or the operation itself);
   what was computed before keeps the old value, of which the update of a part only displaces that part
   (runtime/displaced.h).  Where nothing is to be recorded (constants, no_autodiff, x.data, a history that nobody can
   name) numbers are written, in place when nobody else can see the old ones. */
#include <inttypes.h>
#include <math.h>

#include "autodiff/cell.h"
#include "runtime/format/number.h"
#include "runtime/kernels/axes.h"
#include "runtime/kernels/index.h"
#include "runtime/kernels/window.h"

/* Where a write goes: a window of an owner. */
typedef struct Spot {
  Variable *owner;
  Layout *layout; /* borrowed from the target or from a plan */
  int64_t offset;
  bool whole;
  bool recorded; /* the user did not ask for a write without a record */
} Spot;

/* ---- checks */
static bool find_spot(Graph *graph, Variable *target, Spot *spot) {
  Variable *owner = cell_owner(target);
  *spot = (Spot){owner, target->base ? target->layout : owner->value->layout,
                   target->base ? target->offset : 0, !target->base, graph->recording};
  if (!(target->object.flags & VARIABLE_READ_ONLY)) {
    cell_drop_windows(owner);
    return true;
  }
  const char *maker = target->object.extra == OP_window ? "broadcasting" : op_table[target->object.extra].name;
  runtime_fail(graph->runtime, ERROR_VALUE, 0, "cannot write into a read-only view (it was made by `%s`)", maker);
  error_hint(graph->runtime->error, "write into a `copy` of it");
  return false;
}

static bool fail_shape(Graph *graph, const Layout *from, const Layout *into) {
  ShapeText left, right;
  runtime_fail(graph->runtime, ERROR_SHAPE, 0, "cannot write %s into " ERROR_OPERAND(0) "%s",
               layout_phrase(&left, from), layout_text(&right, into));
  return false;
}

/* Whether the numbers of `value` can be written into elements of type `dtype` without loss of fractions. */
static bool check_numbers(Graph *graph, const Tensor *value, DType dtype) {
  NumberText shown;
  int64_t misfit = tensor_find_misfit(graph->runtime, value, dtype);
  if (misfit < 0 || misfit == tensor_size(value)) return misfit >= 0;
  runtime_fail(graph->runtime, ERROR_TYPE, 0, "cannot write %s into " ERROR_SUBJECT(0) "of type %s",
               number_text(&shown, tensor_number_at(value, misfit)), dtype_info[dtype].name);
  error_hint(graph->runtime->error, "convert it first: `astype(x, float64)`");
  return false;
}

/* ---- numbers */
static bool is_leaf(const Tensor *value) {
  return value->op == OP_none && !(value->flags & NODE_RELEASED);
}

static bool any_tracked(int count, Tensor *const *tensors) {
  for (int i = 0; i < count; i++)
    if (tensors[i] && tensor_is_tracked(tensors[i])) return true;
  return false;
}

/* A value whose history nobody can name becomes a leaf, with new numbers: without a record, too, where a backward may
   have made it one before, so that what is asked of it later does not depend on that.  Most steps write constants into
   leaves, which needs no search. */
static bool writes_numbers(Graph *graph, Variable *owner, int count, Tensor *const *operands) {
  if (!tensor_is_tracked(owner->value)) {
    graph->cuts += graph->recording && any_tracked(count, operands);
    return true;
  }
  bool leaf = is_leaf(owner->value);
  if (!graph->recording && (leaf || node_before_write(node_of(owner->value)))) return true;
  if (cell_is_free_leaf(owner->value) && !any_tracked(count, operands)) return true;
  if (!cell_is_nameless(graph, owner, 0, NULL)) return !graph->recording;
  if (!leaf) node_forget_history(node_of(owner->value));
  return !graph->recording || cell_is_nameless(graph, owner, count, operands);
}

/* What is a copy because of an earlier write that nothing was computed from since can take the next one, too. */
static bool can_overwrite(const Tensor *value) {
  if (!tensor_is_unshared(value)) return false;
  return !tensor_is_tracked(value) || is_leaf(value) || node_before_write(node_of(value));
}

/* What a new value is a copy of: the old one, but not one that is such a copy itself and that nothing was computed from. */
static Tensor *copied_value(Tensor *old) {
  Node *before = old->references == 1 ? node_before_write(node_of(old)) : NULL;
  return before ? &before->tensor : old;
}

/* The owner gets new numbers without a record: an intermediate stays connected, with derivative 1, and so does what a
   transform is going to ask about.  A leaf stays the variable's. */
static bool set_numbers(Graph *graph, const Spot *spot, Tensor *numbers) {
  Variable *owner = spot->owner;
  Tensor *old = owner->value, *value = NULL;
  bool leaf = cell_is_free_leaf(old);
  if (!tensor_is_tracked(old)) value = tensor_ref(numbers);
  else if (leaf) value = (Tensor *)node_new_leaf(graph, numbers);
  else value = (Tensor *)node_new(graph, OP_copy, numbers, 1, &(Tensor *){copied_value(old)}, NULL);
  if (!value) return false;
  if (spot->recorded || !tensor_is_tracked(old)) cell_set(owner, value);
  else if (leaf) cell_set_leaf(owner, value);
  else cell_set_copy(owner, value);
  return true;
}

/* A result that already is what the whole owner shall hold. */
static bool is_ready(const Spot *spot, const Tensor *value) {
  return spot->whole && value->dtype == spot->owner->value->dtype && value->layout->contiguous &&
         layout_same_shape(value->layout, spot->layout);
}

static bool write_copy(Graph *graph, const Spot *spot, Tensor *value) {
  Tensor *old = spot->owner->value;
  Tensor *copy = spot->whole ? tensor_new(graph->runtime, (DType)old->dtype, old->layout)
                             : tensor_copy(graph->runtime, old);
  bool done = copy && tensor_assign_window(graph->runtime, copy, spot->layout, spot->offset, value) &&
              set_numbers(graph, spot, copy);
  tensor_unref(copy);
  return done;
}

static bool note_overwritten(const Spot *spot) {
  if (spot->recorded) node_forget_formers(&spot->owner->former);
  spot->owner->version++;
  return true;
}

/* A pending value is computed before anything is written: an interrupted pass leaves the owner as it was. */
static bool write_numbers(Graph *graph, const Spot *spot, Tensor *value) {
  Variable *owner = spot->owner;
  if (!tensor_ready(graph->runtime, value)) return false;
  if (can_overwrite(owner->value) && !is_ready(spot, value))
    return tensor_assign_window(graph->runtime, owner->value, spot->layout, spot->offset, value) &&
           note_overwritten(spot);
  if (!is_ready(spot, value)) return write_copy(graph, spot, value);
  Tensor *plain = tensor_plain(graph->runtime, value);
  bool done = plain && set_numbers(graph, spot, plain);
  tensor_unref(plain);
  return done;
}

/* ---- recorded */
static bool set_recorded(Graph *graph, Variable *owner, Tensor *value_taken) {
  Tensor *value = cell_claim(graph, value_taken);
  if (!value) return false;
  cell_set(owner, value);
  return true;
}

static bool put_recorded(Graph *graph, const Spot *spot, Tensor *value) {
  Tensor *old = spot->owner->value;
  Attributes *attributes = window_attributes(graph->runtime, old->layout, spot->layout, spot->offset);
  Tensor *updated = attributes ? op_apply2(graph, OP_window_put, old, value, attributes) : NULL;
  attributes_unref(attributes);
  return set_recorded(graph, spot->owner, updated);
}

/* ---- writing a value */
static bool check_value(Graph *graph, const Spot *spot, Tensor *value) {
  if (!layout_fits(value->layout, spot->layout)) return fail_shape(graph, value->layout, spot->layout);
  return check_numbers(graph, value, (DType)spot->owner->value->dtype);
}

static bool write_value(Graph *graph, const Spot *spot, Tensor *value) {
  if (!check_value(graph, spot, value)) return false;
  if (writes_numbers(graph, spot->owner, 1, &value)) return write_numbers(graph, spot, value);
  return put_recorded(graph, spot, value);
}

/* The value may be a window that only its view holds, so it is kept before the views forget theirs. */
bool variable_write(Graph *graph, Variable *target, Tensor *value) {
  Spot spot;
  tensor_ref(value);
  bool written = find_spot(graph, target, &spot) && write_value(graph, &spot, value);
  tensor_unref(value);
  return written;
}

bool variable_write_data(Graph *graph, Variable *target, Tensor *value) {
  bool recording = graph->recording;
  graph->recording = false;
  bool written = variable_write(graph, target, value);
  graph->recording = recording;
  return written;
}

/* ---- writing what an operation makes of the old value */
static bool write_result(Graph *graph, const Spot *spot, Tensor *result) {
  if (!layout_same_shape(result->layout, spot->layout)) return fail_shape(graph, result->layout, spot->layout);
  DType dtype = (DType)spot->owner->value->dtype;
  if (!check_numbers(graph, result, dtype)) return false;
  if (!tensor_is_tracked(result)) return write_numbers(graph, spot, result);
  Tensor *cast = op_cast(graph, result, dtype);
  if (!cast) return false;
  if (spot->whole) return set_recorded(graph, spot->owner, cast);
  bool written = put_recorded(graph, spot, cast);
  tensor_unref(cast);
  return written;
}

/* The old elements: as numbers, or as part of the graph. */
static Tensor *read_spot(Graph *graph, const Spot *spot) {
  Tensor *value = spot->owner->value;
  if (spot->whole) return tensor_ref(value);
  if (!graph->recording) return tensor_window(graph->runtime, value, spot->layout, spot->offset);
  Attributes *attributes = window_attributes(graph->runtime, value->layout, spot->layout, spot->offset);
  Tensor *window = attributes ? op_apply1(graph, OP_window, value, attributes) : NULL;
  attributes_unref(attributes);
  return window;
}

/* What stands at the spot becomes op(old, operands...), or op(operands..., old). */
typedef struct Update {
  OpId op;
  int count;
  Tensor *const *operands;
  bool old_last;
  Attributes *attributes;
} Update;

enum { UPDATE_OPERANDS = TENSOR_MAX_DIMS + 2 };

static Tensor *apply_update(Graph *graph, const Spot *spot, const Update *update) {
  Tensor *all[UPDATE_OPERANDS], *old = read_spot(graph, spot);
  if (!old) return NULL;
  for (int i = 0; i < update->count; i++) all[update->old_last ? i : i + 1] = update->operands[i];
  all[update->old_last ? update->count : 0] = old;
  Tensor *result = op_apply(graph, update->op, update->count + 1, all, update->attributes);
  if (!result && update->old_last) error_map_operands(graph->runtime->error, 3, (const int[]){1, 2, 0});
  tensor_unref(old);
  return result;
}

static bool is_number(const Tensor *tensor) {
  return tensor->flags & TENSOR_INLINE && tensor->dtype == DTYPE_FLOAT64;
}

/* Of two numbers, which is what most steps of descent are.  False: they are something else, the spot is a window of no
   elements, or the result is a nan to be warned of. */
static bool update_number(const Spot *spot, const Update *update, double *number) {
  const Tensor *old = spot->owner->value, *operand = update->operands[0];
  BinaryDouble function = update->count == 1 ? op_binary_double[update->op] : NULL;
  if (!function || !is_number(old) || !is_number(operand)) return false;
  if (spot->layout->size != 1 || operand->layout->ndim > spot->layout->ndim) return false;
  *number = function(old->number, operand->number);
  return *number == *number && op_table[update->op].type != OP_TYPE_LOGIC;
}

static bool write_number(Graph *graph, const Spot *spot, double number) {
  Tensor *old = spot->owner->value;
  if (can_overwrite(old)) {
    old->number = number;
    return note_overwritten(spot);
  }
  Tensor *fresh = tensor_new_number(graph->runtime, DTYPE_FLOAT64, number);
  bool written = fresh && set_numbers(graph, spot, fresh);
  tensor_unref(fresh);
  return written;
}

static bool write_update(Graph *graph, const Spot *spot, const Update *update) {
  bool recording = graph->recording;
  double number;
  graph->recording = !writes_numbers(graph, spot->owner, update->count, update->operands);
  bool plain = !graph->recording && update_number(spot, update, &number);
  Tensor *result = plain ? NULL : apply_update(graph, spot, update);
  bool written = plain ? write_number(graph, spot, number) : result && write_result(graph, spot, result);
  graph->recording = recording;
  tensor_unref(result);
  return written;
}

static bool update_target(Graph *graph, Variable *target, const Update *update) {
  Spot spot;
  for (int i = 0; i < update->count; i++) tensor_ref(update->operands[i]);
  bool written = find_spot(graph, target, &spot) && write_update(graph, &spot, update);
  for (int i = 0; i < update->count; i++) tensor_unref(update->operands[i]);
  return written;
}

bool variable_write_op(Graph *graph, Variable *target, OpId op, Tensor *operand) {
  Update update = {.op = op, .count = 1, .operands = &operand};
  return update_target(graph, target, &update);
}

bool variable_write_masked(Graph *graph, Variable *target, Tensor *value, Tensor *mask) {
  Tensor *operands[] = {mask, value};
  Update update = {.op = OP_where, .count = 2, .operands = operands, .old_last = true};
  return update_target(graph, target, &update);
}

/* ---- x[index] = value */
static bool check_gathered(Graph *graph, const Spot *spot, const Update *update) {
  bool recording = graph->recording;
  graph->recording = false;
  Tensor *result = apply_update(graph, spot, update);
  graph->recording = recording;
  tensor_unref(result);
  return result != NULL;
}

static bool write_gathered(Graph *graph, const Spot *spot, const IndexPlan *plan, Tensor *value, bool only_checks) {
  Tensor *operands[UPDATE_OPERANDS];
  Update update = {.op = OP_gather_put, .count = plan->index_count + 1, .operands = operands,
                   .attributes = plan->attributes};
  operands[0] = value;
  for (int i = 0; i < plan->index_count; i++) operands[i + 1] = plan->indices[i];
  if (!check_numbers(graph, value, (DType)spot->owner->value->dtype)) return false;
  return only_checks ? check_gathered(graph, spot, &update) : write_update(graph, spot, &update);
}

static bool is_whole(const Spot *spot) {
  const Layout *all = spot->owner->value->layout;
  return spot->offset == 0 && spot->layout->contiguous && layout_same_shape(spot->layout, all);
}

static bool write_planned(Graph *graph, Variable *target, const IndexPlan *plan, Tensor *value, bool only_checks) {
  Spot spot;
  if (!find_spot(graph, target, &spot)) return false;
  spot.layout = plan->layout;
  spot.offset += plan->offset;
  spot.whole = is_whole(&spot);
  if (plan->index_count > 0) return write_gathered(graph, &spot, plan, value, only_checks);
  return only_checks ? check_value(graph, &spot, value) : write_value(graph, &spot, value);
}

static int selected_axes(const IndexPlan *plan) {
  if (plan->index_count == 0) return plan->layout->ndim;
  return plan->layout->ndim - plan->index_count + tensor_ndim(plan->indices[0]);
}

/* A value may have axes of size 1 in front that the selected elements do not have. Owned. */
static Tensor *drop_leading_ones(Graph *graph, Tensor *value, int ndim) {
  const int64_t *shape = layout_shape(value->layout);
  int extra = 0;
  while (value->layout->ndim - extra > ndim && shape[extra] == 1) extra++;
  if (extra == 0) return tensor_ref(value);
  Attributes *attributes = attributes_new(graph->runtime, 1);
  if (!attributes) return NULL;
  bool set = attributes_set_integers(graph->runtime, attributes, 0, value->layout->ndim - extra, shape + extra);
  Tensor *result = set ? op_apply1(graph, OP_reshape, value, attributes) : NULL;
  attributes_unref(attributes);
  return result;
}

static bool write_index(Graph *graph, Variable *target, const Index *index, Tensor *value, bool only_checks) {
  IndexPlan plan;
  if (!index_plan(graph->runtime, variable_layout(target), index, &plan)) return false;
  Tensor *kept = drop_leading_ones(graph, value, selected_axes(&plan));
  bool written = kept && write_planned(graph, target, &plan, kept, only_checks);
  tensor_unref(kept);
  index_plan_free(&plan);
  return written;
}

bool variable_write_index(Graph *graph, Variable *target, const Index *index, Tensor *value) {
  return write_index(graph, target, index, value, false);
}

bool variable_check_index(Graph *graph, Variable *target, const Index *index, Tensor *value) {
  return tensor_ready(graph->runtime, value) && write_index(graph, target, index, value, true);
}

bool variable_check_data(Graph *graph, Variable *target, Tensor *value) {
  Spot spot;
  return tensor_ready(graph->runtime, value) && find_spot(graph, target, &spot) && check_value(graph, &spot, value);
}
