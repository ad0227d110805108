/* SPDX-License-Identifier: MIT */
/* lazy.c: building expressions that have not been computed, and letting go of them. */
#include "runtime/fuse/lazy.h"

#include <string.h>

#include "base/memory.h"
#include "runtime/fuse/program.h"

/* ---- the list of pending results, newest first */
static void link_pending(Lazy *lazy) {
  Runtime *runtime = lazy->runtime;
  lazy->previous = NULL;
  lazy->next = runtime->pending;
  if (runtime->pending) runtime->pending->previous = lazy;
  runtime->pending = lazy;
}

static void unlink_pending(Lazy *lazy) {
  if (lazy->previous) lazy->previous->next = lazy->next;
  else lazy->runtime->pending = lazy->next;
  if (lazy->next) lazy->next->previous = lazy->previous;
}

/* ---- letting go */
/* Recursion is bounded by the size of an expression. */
static void release(Lazy *lazy) {
  if (!lazy || --lazy->references > 0) return;
  for (int i = 0; i < lazy_input_count(lazy); i++) release(lazy->inputs[i]);
  if (lazy->kind == LAZY_LEAF && lazy->leaf.storage) storage_unref(lazy->leaf.storage);
  layout_unref(lazy->layout);
  memory_pool_put(lazy, sizeof *lazy);
}

void fuse_abandon(Lazy *lazy) {
  if (lazy->runtime->pending_number == lazy) lazy->runtime->pending_number = NULL;
  lazy->owner->pending = NULL;
  lazy->owner = NULL;
  unlink_pending(lazy);
  release(lazy);
}

void lazy_settle(Lazy *lazy) {
  Storage *owner = lazy->owner;
  for (int i = 0; i < lazy_input_count(lazy); i++) {
    lazy->inputs[i]->used = true;
    release(lazy->inputs[i]);
  }
  lazy->kind = LAZY_LEAF;
  lazy->operations = lazy->strided = 0;
  lazy->leaves = 1;
  lazy->leaf.data = owner->data;
  lazy->leaf.storage = owner;
  owner->references++;
  fuse_abandon(lazy);
}

/* ---- making */
static Lazy *new_lazy(Runtime *runtime, LazyKind kind, DType dtype, Layout *layout) {
  Lazy *lazy = memory_pool_take(sizeof *lazy);
  if (!lazy) return runtime_out_of_memory(runtime);
  memset(lazy, 0, sizeof *lazy);
  lazy->references = 1;
  lazy->kind = (uint8_t)kind;
  lazy->dtype = lazy->work = (uint8_t)dtype;
  lazy->layout = layout_ref(layout);
  lazy->runtime = runtime;
  return lazy;
}

static Lazy *new_leaf(Runtime *runtime, Tensor *tensor) {
  char *data = tensor_data(tensor);
  if (runtime->error->kind != ERROR_NONE) return NULL;
  Lazy *lazy = new_lazy(runtime, LAZY_LEAF, (DType)tensor->dtype, tensor->layout);
  if (!lazy) return NULL;
  lazy->leaves = 1;
  lazy->strided = tensor->layout->size > 1;
  if (tensor->flags & TENSOR_INLINE) {
    lazy->leaf.data = memcpy(lazy->leaf.number, data, dtype_info[tensor->dtype].size);
  } else {
    lazy->leaf.data = data;
    lazy->leaf.storage = tensor->storage;
    tensor->storage->references++;
  }
  return lazy;
}

/* Only pending operands of the same elements become part of an expression; others are computed first. */
static Lazy *operand(Runtime *runtime, Tensor *tensor, const Layout *elements) {
  Lazy *pending = tensor_is_pending(tensor) ? tensor->storage->pending : NULL;
  bool joins = pending && lazy_is_elementwise(pending) && layout_same_shape(pending->layout, elements);
  if (!joins) return new_leaf(runtime, tensor);
  pending->references++;
  return pending;
}

/* ---- how long an expression is */
typedef struct Counts { int operations, leaves, strided; } Counts;

static void add_counts(Counts *counts, const Lazy *input) {
  counts->operations += input->operations;
  counts->leaves += input->leaves;
  counts->strided += input->strided;
}

/* `more`: what is to come. */
static bool is_short(const Counts *counts, int more) {
  return counts->operations <= LAZY_MOST_OPERATIONS && counts->strided + more <= LAZY_MOST_STRIDED;
}

/* What has the mark has been counted. */
static void count_once(Counts *counts, Lazy *lazy, uint64_t mark) {
  if (lazy->mark == mark) return;
  lazy->mark = mark;
  if (lazy->kind == LAZY_LEAF) add_counts(counts, lazy);
  else counts->operations++;
  for (int i = 0; i < lazy_input_count(lazy); i++) count_once(counts, lazy->inputs[i], mark);
}

/* Counting as a tree is quick; where that is too much, what is used several times is counted once. */
static bool is_short_expression(Runtime *runtime, int count, Tensor *const *tensors) {
  Counts tree = {.operations = 1}, once = {.operations = 1};
  for (int i = 0; i < count; i++)
    if (tensor_is_pending(tensors[i])) add_counts(&tree, tensors[i]->storage->pending);
  if (is_short(&tree, count)) return true;
  uint64_t mark = ++runtime->fuse_epoch;
  for (int i = 0; i < count; i++)
    if (tensor_is_pending(tensors[i])) count_once(&once, tensors[i]->storage->pending, mark);
  return is_short(&once, count);
}

static void set_counts(Lazy *lazy) {
  Counts counts = {.operations = 1};
  for (int i = 0; i < lazy_input_count(lazy); i++) add_counts(&counts, lazy->inputs[i]);
  if (!is_short(&counts, 0)) {
    counts = (Counts){0};
    count_once(&counts, lazy, ++lazy->runtime->fuse_epoch);
  }
  lazy->operations = (uint8_t)counts.operations;
  lazy->leaves = (uint8_t)counts.leaves;
  lazy->strided = (uint8_t)counts.strided;
}

/* `lazy` is taken; `layout`: of the result. */
static Tensor *pend(Runtime *runtime, Lazy *lazy, const Layout *elements, int count, Tensor *const *tensors) {
  if (!lazy) return NULL;
  /* A long expression is cut: what it is made of is computed. */
  if (!is_short_expression(runtime, count, tensors))
    for (int i = 0; i < count; i++) tensor_data(tensors[i]);
  for (int i = 0; i < count; i++) {
    lazy->inputs[i] = operand(runtime, tensors[i], elements);
    if (!lazy->inputs[i]) return release(lazy), NULL;
  }
  set_counts(lazy);
  size_t bytes = lazy->kind == LAZY_SUM ? program_sum_bytes(elements) : 0;
  Tensor *tensor = tensor_new_pending(runtime, lazy, bytes);
  if (tensor) link_pending(lazy);
  else release(lazy);
  return tensor;
}

Tensor *fuse_elementwise(Runtime *runtime, OpId op, DType work, DType result, Layout *layout, Tensor *x, Tensor *y) {
  Lazy *lazy = new_lazy(runtime, LAZY_LEAF, result, layout);
  if (!lazy) return NULL;
  lazy->kind = y ? LAZY_BINARY : LAZY_UNARY;
  lazy->op = (uint16_t)op;
  lazy->work = (uint8_t)work;
  Tensor *tensors[] = {x, y};
  return pend(runtime, lazy, layout, y ? 2 : 1, tensors);
}

Tensor *fuse_where(Runtime *runtime, Layout *layout, Tensor *condition, Tensor *x, Tensor *y) {
  Tensor *tensors[] = {condition, x, y};
  return pend(runtime, new_lazy(runtime, LAZY_WHERE, (DType)x->dtype, layout), layout, 3, tensors);
}

Tensor *fuse_convert(Runtime *runtime, Tensor *x, DType dtype, Layout *layout) {
  Lazy *lazy = new_lazy(runtime, LAZY_CONVERT, dtype, layout);
  if (lazy) lazy->work = x->dtype;
  return pend(runtime, lazy, layout, 1, &x);
}

Tensor *fuse_sum(Runtime *runtime, Tensor *x, double divisor, Layout *layout) {
  Lazy *lazy = new_lazy(runtime, LAZY_SUM, (DType)x->dtype, layout);
  if (lazy) lazy->divisor = divisor;
  return pend(runtime, lazy, x->layout, 1, &x);
}

/* Its operands are read by no pass, so they are leaves in any case. */
static bool has_operands(Lazy *lazy, Tensor *x, Tensor *y) {
  Runtime *runtime = lazy->runtime;
  lazy->inputs[0] = new_leaf(runtime, x);
  lazy->inputs[1] = lazy->inputs[0] ? new_leaf(runtime, y) : NULL;
  return lazy->inputs[1] != NULL;
}

Tensor *fuse_number(Runtime *runtime, FuseFunction *function, DType dtype, Tensor *x, Tensor *y) {
  if (runtime->pending_number && !fuse_compute(runtime->pending_number)) return NULL;
  Lazy *lazy = new_lazy(runtime, LAZY_NUMBER, dtype, &layout_scalar);
  if (!lazy) return NULL;
  lazy->function = function;
  Tensor *tensor = has_operands(lazy, x, y) ? tensor_new_pending(runtime, lazy, 0) : NULL;
  if (!tensor) return release(lazy), NULL;
  link_pending(lazy);
  runtime->pending_number = lazy;
  return tensor;
}
