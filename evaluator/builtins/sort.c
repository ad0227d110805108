/* SPDX-License-Identifier: MIT */
/* sort.c: sorted(xs): a stable merge sort of numbers, strings and tuples of them. */
#include <string.h>
#include "base/memory.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/list.h"
#include "evaluator/failure.h"

enum { COMPARE_DEPTH = 100, POLL_ITEMS = 1 << 14 };
typedef struct Sorting {
  Session *session;
  Runtime *runtime;
  const Value *keys;
  bool descending, failed;
} Sorting;

static bool scalar_number(Session *session, Value value, double *number) {
  Variable *variable = value_as_variable(value);
  if (value_is_number(value) || value_is_bool(value)) return *number = value.number, true;
  if (!variable || variable_layout(variable)->size != 1) return false;
  Tensor *tensor = variable_value(session_graph(session), variable);
  if (tensor) *number = tensor_number_at(tensor, 0);
  return tensor != NULL;
}

static int compare_text(const String *a, const String *b) {
  int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
  return order ? order : (a->length > b->length) - (a->length < b->length);
}

static int compare_values(Sorting *sorting, Value a, Value b, int depth);

static int compare_tuples(Sorting *sorting, const Tuple *a, const Tuple *b, int depth) {
  for (uint32_t i = 0; i < a->count && i < b->count && !sorting->failed; i++) {
    int order = compare_values(sorting, a->items[i], b->items[i], depth + 1);
    if (order) return order;
  }
  return (a->count > b->count) - (a->count < b->count);
}

/* nan comes last, as in sort(x). */
static int compare_values(Sorting *sorting, Value a, Value b, int depth) {
  double x, y;
  if (scalar_number(sorting->session, a, &x) && scalar_number(sorting->session, b, &y))
    return x != x || y != y ? (x != x) - (y != y) : (x > y) - (x < y);
  if (value_is(a, KIND_STRING) && value_is(b, KIND_STRING)) return compare_text(value_string(a), value_string(b));
  if (value_is(a, KIND_TUPLE) && value_is(b, KIND_TUPLE) && depth < COMPARE_DEPTH)
    return compare_tuples(sorting, value_tuple(a), value_tuple(b), depth);
  ShownText left, right;
  session_fail(sorting->session, ERROR_TYPE, "%s and %s have no order", shown_kind(sorting->session, &left, a),
               shown_kind(sorting->session, &right, b));
  sorting->failed = true;
  return 0;
}

static void merge(Sorting *sorting, uint32_t *from, uint32_t *to, uint32_t start, uint32_t middle, uint32_t end) {
  uint32_t left = start, right = middle;
  for (uint32_t at = start; at < end && !sorting->failed; at++) {
    if (at % POLL_ITEMS == 0 && runtime_interrupted(sorting->runtime)) sorting->failed = true;
    bool take_left = right == end;
    if (!take_left && left < middle) {
      int order = compare_values(sorting, sorting->keys[from[left]], sorting->keys[from[right]], 0);
      take_left = sorting->descending ? order >= 0 : order <= 0;
    }
    to[at] = take_left ? from[left++] : from[right++];
  }
}

/* Positions in the order of their keys; `order` has room for twice `count`.  Returns where the result stands. */
static uint32_t *sort_positions(Sorting *sorting, uint32_t *order, uint32_t count) {
  uint32_t *from = order, *to = order + count;
  for (uint32_t i = 0; i < count; i++) from[i] = i;
  for (uint32_t width = 1; width < count && !sorting->failed; width *= 2) {
    for (uint32_t start = 0; start < count; start += 2 * width) {
      uint32_t middle = count - start > width ? start + width : count;
      uint32_t end = count - start > 2 * width ? start + 2 * width : count;
      merge(sorting, from, to, start, middle, end);
      if (count - start <= 2 * width) break;
    }
    uint32_t *swapped = from;
    from = to;
    to = swapped;
  }
  return from;
}

static bool make_keys(Call *call, const ValueList *items, ValueList *keys) {
  Value function = call->arguments[1];
  for (uint32_t i = 0; i < items->count; i++) {
    Value key = value_is_none(function) ? value_ref(items->values[i])
                                        : session_call(call->session, function, 1, &items->values[i], call->span);
    if (value_is_error(key) || !value_list_add(keys, key)) return false;
  }
  return true;
}

static Value pick(Call *call, const ValueList *items, const ValueList *keys, bool descending) {
  size_t bytes = (size_t)items->count * 2 * sizeof(uint32_t) + 1;
  uint32_t *order = memory_allocate(bytes);
  if (!order) return error_out_of_memory(call_runtime(call)->error), value_error();
  Sorting sorting = {call->session, call_runtime(call), keys->values, descending, false};
  uint32_t *sorted = sort_positions(&sorting, order, items->count);
  ValueList result = value_list_start(call->session);
  bool added = !sorting.failed;
  for (uint32_t i = 0; added && i < items->count; i++)
    added = value_list_add(&result, value_ref(items->values[sorted[i]]));
  memory_release(order, bytes);
  if (!added) return value_list_drop(&result);
  return value_list_finish(&result, value_as_variable(call->arguments[0]) ? LIST_PREFER_TENSOR : LIST_TUPLE);
}

/* sorted(xs, key=none, reverse=false) */
Value builtin_sorted(Call *call) {
  bool descending;
  ValueList items = value_list_start(call->session), keys = value_list_start(call->session);
  if (!argument_bool(call, 2, &descending)) return value_error();
  if (!argument_is_none(call, 1) && !argument_function(call, 1)) return value_error();
  Value result = value_error();
  if (!value_list_fill(&items, call->arguments[0])) argument_fail(call, 0);
  else if (make_keys(call, &items, &keys)) result = pick(call, &items, &keys, descending);
  value_list_drop(&items);
  value_list_drop(&keys);
  return result;
}
