/* SPDX-License-Identifier: MIT */
/* membership.c: comparisons and `in` on values of any type. */
#include <string.h>
#include "evaluator/failure.h"
#include "evaluator/operator.h"

static Value compare_numbers(TokenKind token, double a, double b) {
  switch (token) {
    case TOKEN_EQUAL: return value_bool(a == b);
    case TOKEN_NOT_EQUAL: return value_bool(a != b);
    case TOKEN_LESS: return value_bool(a < b);
    case TOKEN_LESS_EQUAL: return value_bool(a <= b);
    case TOKEN_GREATER: return value_bool(a > b);
    default: return value_bool(a >= b);
  }
}

static bool is_plain(Value v) { return value_is_number(v) || value_is_bool(v); }

/* By bytes, which for UTF-8 is the order of characters. */
static int order_strings(const String *a, const String *b) {
  size_t common = a->length < b->length ? a->length : b->length;
  int order = memcmp(a->text, b->text, common);
  if (order) return order < 0 ? -1 : 1;
  return a->length < b->length ? -1 : a->length > b->length;
}

static Value find_in_tensor(Session *session, Value item, Value tensor) {
  Tensor *x = value_to_tensor(session, item), *y = x ? value_to_tensor(session, tensor) : NULL;
  Tensor *same = y ? op_apply2(&session->graph, OP_equal, x, y, NULL) : NULL;
  Tensor *found = same ? op_apply1(&session->graph, OP_any, same, NULL) : NULL;
  Value result = found ? value_bool(tensor_number_at(found, 0) != 0) : value_error();
  tensor_unref(x);
  tensor_unref(y);
  tensor_unref(same);
  tensor_unref(found);
  return result;
}

static Value find_in_tuple(Session *session, Value item, const Tuple *tuple) {
  for (uint32_t k = 0; k < tuple->count; k++) {
    bool equal;
    if (!value_equal(session, item, tuple->items[k], &equal)) return value_error();
    if (equal) return value_bool(true);
  }
  return value_bool(false);
}

static Value find_in_string(Session *session, Value item, const String *text) {
  if (!value_is(item, KIND_STRING)) {
    ShownText shown;
    return session_fail(session, ERROR_TYPE, "`in` a string needs a string, not %s", shown_kind(session, &shown, item));
  }
  const String *part = (String *)item.object;
  return value_bool(memmem(text->text, text->length, part->text, part->length) != NULL);
}

static Value find_in_range(Value item, const Range *range) {
  if (!value_is_number(item)) return value_bool(false);
  double position = (item.number - range->start) / range->step;
  bool inside = position >= 0 && position < (double)range->count;
  return value_bool(inside && range->start + range->step * (double)(int64_t)position == item.number);
}

static Value find_in(Session *session, Value item, Value container) {
  ShownText shown;
  if (value_is(container, KIND_TUPLE)) return find_in_tuple(session, item, (Tuple *)container.object);
  if (value_is(container, KIND_STRING)) return find_in_string(session, item, (String *)container.object);
  if (value_is(container, KIND_RANGE)) return find_in_range(item, (Range *)container.object);
  if (value_is(container, KIND_RECORD)) {
    const String *name = value_is(item, KIND_STRING) ? (String *)item.object : NULL;
    return value_bool(name && record_find((Record *)container.object, name->text, name->length));
  }
  if (value_is(container, KIND_VARIABLE)) return find_in_tensor(session, item, container);
  return session_fail(session, ERROR_TYPE, "`in` cannot look into %s", shown_kind(session, &shown, container));
}

/* Values that are no tensors: equality of anything, order of strings. */
static Value compare_others(Session *session, TokenKind token, Value a, Value b) {
  if (token == TOKEN_EQUAL || token == TOKEN_NOT_EQUAL) {
    bool equal;
    if (!value_equal(session, a, b, &equal)) return value_error();
    return value_bool(equal == (token == TOKEN_EQUAL));
  }
  if (value_is(a, KIND_STRING) && value_is(b, KIND_STRING))
    return compare_numbers(token, order_strings((String *)a.object, (String *)b.object), 0);
  ShownText left, right;
  return session_fail(session, ERROR_TYPE, "cannot order %s and %s", shown_kind(session, &left, a),
                      shown_kind(session, &right, b));
}

static Value compare_tensors(Session *session, TokenKind token, Value a, Value b, const Ast *ast) {
  Tensor *x = value_to_tensor(session, a), *y = x ? value_to_tensor(session, b) : NULL;
  session->graph.span = ast->span;
  Tensor *result = y ? op_apply2(&session->graph, operator_of_token(token), x, y, NULL) : NULL;
  tensor_unref(x);
  tensor_unref(y);
  return result ? value_from_tensor(session, result) : value_error();
}

static bool is_comparable(Value v) { return is_plain(v) || value_is(v, KIND_VARIABLE); }

Value operator_compare(Session *session, TokenKind token, Value a, Value b, const Ast *ast, Ast *const *operands) {
  Value result;
  if (value_is_error(a) || value_is_error(b)) result = value_error();
  else if (token == TOKEN_IN) result = find_in(session, a, b);
  else if (is_plain(a) && is_plain(b)) return compare_numbers(token, a.number, b.number);
  else if (is_comparable(a) && is_comparable(b)) result = compare_tensors(session, token, a, b, ast);
  else result = compare_others(session, token, a, b);
  if (value_is_error(result) && !value_is_error(a) && !value_is_error(b)) fail_binary(session, ast, operands, a, b);
  value_unref(a);
  value_unref(b);
  return result;
}
