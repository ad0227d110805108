/* SPDX-License-Identifier: MIT */
/* stack.c: tensors from the values of a list. */
#include <string.h>
#include "evaluator/literal.h"

enum { STACK_PIECES = 4096 }; /* operands of one operation; more are joined in steps */

static Tensor *stack_at(Session *session, uint32_t count, const Value *items, int depth);

/* Numbers and booleans without tensors between them. */
static bool all_plain(uint32_t count, const Value *items, bool *booleans) {
  *booleans = count > 0;
  for (uint32_t k = 0; k < count; k++) {
    if (value_is_number(items[k])) *booleans = false;
    else if (!value_is_bool(items[k])) return false;
  }
  return true;
}

static Tensor *stack_plain(Session *session, uint32_t count, const Value *items, bool booleans) {
  int64_t shape[1] = {count};
  Tensor *tensor = tensor_new_shape(&session->runtime, booleans ? DTYPE_BOOL : DTYPE_FLOAT64, 1, shape);
  if (!tensor) return NULL;
  if (booleans) {
    bool *truths = tensor_data(tensor);
    for (uint32_t k = 0; k < count; k++) truths[k] = items[k].number != 0;
  } else {
    double *numbers = tensor_data(tensor);
    for (uint32_t k = 0; k < count; k++) numbers[k] = items[k].number;
  }
  return tensor;
}

static Tensor *element_tensor(Session *session, Value item, int depth) {
  if (value_is(item, KIND_TUPLE))
    return stack_at(session, ((Tuple *)item.object)->count, ((Tuple *)item.object)->items, depth + 1);
  return value_to_tensor(session, item);
}

static bool check_shapes(Session *session, uint32_t count, Tensor *const *tensors) {
  for (uint32_t k = 1; k < count; k++) {
    if (layout_same_shape(tensors[0]->layout, tensors[k]->layout)) continue;
    ShapeText first, other;
    session_fail(session, ERROR_SHAPE, "elements 0 and %u differ in shape: %s and %s",
                 (unsigned)k, layout_text(&first, tensors[0]->layout), layout_text(&other, tensors[k]->layout));
    error_hint(&session->error, "values of different shapes are held by a tuple, `(a, b)`");
    return false;
  }
  return true;
}

static Tensor *apply_join(Session *session, OpId op, uint32_t count, Tensor *const *tensors) {
  Attributes *attributes = attributes_new(&session->runtime, 1);
  if (!attributes) return NULL;
  attributes_set_integer(attributes, 0, 0);
  Tensor *joined = op_apply(&session->graph, op, (int)count, tensors, attributes);
  attributes_unref(attributes);
  return joined;
}

/* Stacks pieces, then joins what they gave; `tensors` is overwritten. */
static Tensor *stack_pieces(Session *session, uint32_t count, Tensor **tensors) {
  uint32_t pieces = 0;
  bool failed = false;
  for (uint32_t start = 0; start < count; start += STACK_PIECES) {
    uint32_t length = count - start < STACK_PIECES ? count - start : STACK_PIECES;
    Tensor *piece = failed ? NULL : apply_join(session, OP_stack, length, tensors + start);
    for (uint32_t k = 0; k < length; k++) tensor_unref(tensors[start + k]);
    failed = failed || !piece;
    tensors[pieces++] = piece;
  }
  Tensor *joined = failed        ? NULL
                   : pieces == 1 ? tensor_ref(tensors[0])
                                 : apply_join(session, OP_concatenate, pieces, tensors);
  for (uint32_t k = 0; k < pieces; k++) tensor_unref(tensors[k]);
  return joined;
}

static Tensor *stack_tensors(Session *session, uint32_t count, const Value *items, int depth) {
  Tensor **tensors = memory_allocate(count * sizeof *tensors);
  if (!tensors) return session_out_of_memory(session), NULL;
  uint32_t made = 0;
  while (made < count && (tensors[made] = element_tensor(session, items[made], depth))) made++;
  Tensor *result = NULL;
  if (made == count && check_shapes(session, count, tensors)) result = stack_pieces(session, count, tensors);
  else
    for (uint32_t k = 0; k < made; k++) tensor_unref(tensors[k]);
  memory_release(tensors, count * sizeof *tensors);
  return result;
}

static Tensor *stack_at(Session *session, uint32_t count, const Value *items, int depth) {
  if (depth > TENSOR_MAX_DIMS) {
    session_fail(session, ERROR_VALUE, "a tensor has at most %d axes", TENSOR_MAX_DIMS);
    return NULL;
  }
  bool booleans;
  if (all_plain(count, items, &booleans)) return stack_plain(session, count, items, booleans);
  return stack_tensors(session, count, items, depth);
}

Tensor *list_stack(Session *session, uint32_t count, const Value *items) { return stack_at(session, count, items, 0); }

bool list_is_uniform(uint32_t count, const Value *items) {
  bool booleans;
  if (all_plain(count, items, &booleans)) return true;
  for (uint32_t k = 0; k < count; k++) {
    if (!value_is_number(items[k]) && !value_is_bool(items[k]) && !value_is(items[k], KIND_VARIABLE)) return false;
    Variable *first = value_as_variable(items[0]), *other = value_as_variable(items[k]);
    const Layout *a = first ? variable_layout(first) : &layout_scalar,
                 *b = other ? variable_layout(other) : &layout_scalar;
    if (!layout_same_shape(a, b)) return false;
  }
  return true;
}
