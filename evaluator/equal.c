/* SPDX-License-Identifier: MIT */
/* equal.c: whether two values are the same value. */
#include <string.h>
#include "evaluator/machine.h"

enum { EQUAL_DEPTH = 200 }; /* containers that share parts may take very long: Ctrl-C stops them */

static bool equal_at(Session *session, Value a, Value b, bool *equal, int depth);

static bool equal_tuples(Session *session, const Tuple *a, const Tuple *b, bool *equal, int depth) {
  *equal = a->count == b->count;
  for (uint32_t k = 0; *equal && k < a->count; k++)
    if (!equal_at(session, a->items[k], b->items[k], equal, depth + 1)) return false;
  return true;
}

static bool equal_records(Session *session, const Record *a, const Record *b, bool *equal, int depth) {
  *equal = a->count == b->count;
  for (uint32_t k = 0; *equal && k < a->count; k++) {
    const String *name = a->fields[k].name;
    const RecordField *other = record_find(b, name->text, name->length);
    *equal = other != NULL;
    if (other && !equal_at(session, a->fields[k].value, other->value, equal, depth + 1)) return false;
  }
  return true;
}

/* All elements equal and the shapes too. */
static bool equal_tensors(Session *session, Value a, Value b, bool *equal) {
  Tensor *x = value_to_tensor(session, a), *y = x ? value_to_tensor(session, b) : NULL;
  *equal = y && layout_same_shape(x->layout, y->layout);
  Tensor *same = *equal ? op_apply2(&session->graph, OP_equal, x, y, NULL) : NULL;
  Tensor *all = same ? op_apply1(&session->graph, OP_all, same, NULL) : NULL;
  bool failed = !y || (*equal && !all);
  if (all) *equal = tensor_number_at(all, 0) != 0;
  tensor_unref(x);
  tensor_unref(y);
  tensor_unref(same);
  tensor_unref(all);
  return !failed;
}

static bool is_tensor_like(Value v) { return value_is_number(v) || value_is_bool(v) || value_is(v, KIND_VARIABLE); }

static bool equal_at(Session *session, Value a, Value b, bool *equal, int depth) {
  if (depth > EQUAL_DEPTH) {
    session_fail(session, ERROR_DEPTH, "these values are nested too deeply to compare");
    return false;
  }
  if (UNLIKELY(interrupt_requested) && runtime_interrupted(&session->runtime)) return false;
  if ((value_is_number(a) || value_is_bool(a)) && (value_is_number(b) || value_is_bool(b))) {
    *equal = a.number == b.number;
    return true;
  }
  if (is_tensor_like(a) && is_tensor_like(b)) return equal_tensors(session, a, b, equal);
  *equal = a.object == b.object;
  if (*equal || is_tensor_like(a) || is_tensor_like(b) || a.object->kind != b.object->kind) return true;
  switch (a.object->kind) {
    case KIND_STRING: {
      const String *x = (String *)a.object, *y = (String *)b.object;
      *equal = x->length == y->length && memcmp(x->text, y->text, x->length) == 0;
      return true;
    }
    case KIND_RANGE: {
      const Range *x = (Range *)a.object, *y = (Range *)b.object;
      *equal = x->count == y->count && x->start == y->start && x->step == y->step;
      return true;
    }
    case KIND_DTYPE:
      *equal = ((DTypeObject *)a.object)->dtype == ((DTypeObject *)b.object)->dtype;
      return true;
    case KIND_TUPLE: return equal_tuples(session, (Tuple *)a.object, (Tuple *)b.object, equal, depth);
    case KIND_RECORD: return equal_records(session, (Record *)a.object, (Record *)b.object, equal, depth);
    default: return true;
  }
}

bool value_equal(Session *session, Value a, Value b, bool *equal) { return equal_at(session, a, b, equal, 0); }
