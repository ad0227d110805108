/* SPDX-License-Identifier: MIT */
/* equal.c: whether two values are the same value. */
#include <string.h>
#include "evaluator/machine.h"

enum { EQUAL_DEPTH = 200 };

/* Containers that share parts have far more paths than parts: pairs of them that were found equal are not compared
   again.  What differs ends the whole comparison. */
typedef struct Pair { const Object *a, *b; } Pair;
typedef struct Comparison { Session *session; Arena pairs; NameTable equal; int depth; } Comparison;

static bool equal_at(Comparison *comparison, Value a, Value b, bool *equal);

static bool equal_tuples(Comparison *comparison, const Tuple *a, const Tuple *b, bool *equal) {
  *equal = a->count == b->count;
  for (uint32_t k = 0; *equal && k < a->count; k++)
    if (!equal_at(comparison, a->items[k], b->items[k], equal)) return false;
  return true;
}

static bool equal_records(Comparison *comparison, const Record *a, const Record *b, bool *equal) {
  *equal = a->count == b->count;
  for (uint32_t k = 0; *equal && k < a->count; k++) {
    const String *name = a->fields[k].name;
    const RecordField *other = record_find(b, name->text, name->length);
    *equal = other != NULL;
    if (other && !equal_at(comparison, a->fields[k].value, other->value, equal)) return false;
  }
  return true;
}

static bool equal_parts(Comparison *comparison, const Object *a, const Object *b, bool *equal) {
  if (a->kind == KIND_TUPLE) return equal_tuples(comparison, (const Tuple *)a, (const Tuple *)b, equal);
  return equal_records(comparison, (const Record *)a, (const Record *)b, equal);
}

static bool remember(Comparison *comparison, const Pair *pair) {
  const char *kept = arena_copy_text(&comparison->pairs, (const char *)pair, sizeof *pair);
  return (kept && names_add(&comparison->equal, kept, sizeof *pair, 0)) || session_out_of_memory(comparison->session);
}

/* A pair comes a second time only when one of the two is held more than once, or the pair that they are parts of comes
   again. */
static bool equal_containers(Comparison *comparison, const Object *a, const Object *b, bool *equal) {
  Pair pair = {a, b};
  bool shared = a->references > 1 || b->references > 1;
  *equal = shared && names_find(&comparison->equal, (const char *)&pair, sizeof pair);
  if (*equal) return true;
  if (comparison->depth == EQUAL_DEPTH) {
    session_fail(comparison->session, ERROR_DEPTH, "these values are nested too deeply to compare");
    return false;
  }
  comparison->depth++;
  bool compared = equal_parts(comparison, a, b, equal);
  comparison->depth--;
  return compared && (!*equal || !shared || remember(comparison, &pair));
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

static bool equal_at(Comparison *comparison, Value a, Value b, bool *equal) {
  Session *session = comparison->session;
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
    case KIND_TUPLE:
    case KIND_RECORD: return equal_containers(comparison, a.object, b.object, equal);
    default: return true;
  }
}

bool value_equal(Session *session, Value a, Value b, bool *equal) {
  Comparison comparison = {.session = session};
  bool compared = equal_at(&comparison, a, b, equal);
  names_free(&comparison.equal);
  arena_free(&comparison.pairs);
  return compared;
}
