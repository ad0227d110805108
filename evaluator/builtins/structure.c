/* SPDX-License-Identifier: MIT */
/* structure.c: walking nested tuples and records. */
#include "evaluator/builtins/structure.h"
#include "evaluator/builtins/arguments.h"

typedef struct Walk { Session *session; LeafFunction function; void *context; int depth; } Walk;

static Value walk_value(Walk *walk, Value value);

static Value walk_tuple(Walk *walk, const Tuple *tuple) {
  Tuple *copy = tuple_new(walk->session, tuple->count);
  if (!copy) return value_error();
  for (uint32_t i = 0; i < tuple->count; i++) {
    Value item = walk_value(walk, tuple->items[i]);
    if (value_is_error(item)) {
      value_unref(value_object(copy));
      return item;
    }
    copy->items[i] = item;
  }
  return value_object(copy);
}

static Value walk_record(Walk *walk, const Record *record) {
  Record *copy = record_new(walk->session);
  if (!copy) return value_error();
  for (uint32_t i = 0; i < record->count; i++) {
    const String *name = record->fields[i].name;
    Value item = walk_value(walk, record->fields[i].value);
    if (value_is_error(item) || !record_set(walk->session, copy, name->text, name->length, item)) {
      value_unref(value_object(copy));
      return value_error();
    }
  }
  return value_object(copy);
}

static Value walk_leaf(Walk *walk, Value value) {
  Value leaf = value_ref(value);
  if (walk->function(walk->context, &leaf)) return leaf;
  if (!value_is_error(leaf)) value_unref(leaf);
  return value_error();
}

static Value walk_value(Walk *walk, Value value) {
  bool inner = value_is(value, KIND_TUPLE) || value_is(value, KIND_RECORD);
  if (!inner) return walk_leaf(walk, value);
  if (walk->depth == STRUCTURE_DEPTH)
    return session_fail(walk->session, ERROR_DEPTH, "tuples and records are nested too deeply here");
  walk->depth++;
  Value copy = value_is(value, KIND_TUPLE) ? walk_tuple(walk, value_tuple(value))
                                           : walk_record(walk, value_record(value));
  walk->depth--;
  return copy;
}

Value structure_map(Session *session, Value value, LeafFunction function, void *context) {
  Walk walk = {session, function, context, 0};
  return walk_value(&walk, value);
}

/* ---- side by side */
typedef struct Alignment { Session *session; int depth; } Alignment;

static Value align(Alignment *alignment, Value like, Value value);

static Value align_tuple(Alignment *alignment, const Tuple *like, const Tuple *tuple) {
  Tuple *copy = tuple_new(alignment->session, tuple->count);
  for (uint32_t i = 0; copy && i < tuple->count; i++) {
    Value item = align(alignment, like->items[i], tuple->items[i]);
    if (value_is_error(item)) return value_unref(value_object(copy)), item;
    copy->items[i] = item;
  }
  return value_object_or_error(copy);
}

static bool has_same_fields(const Record *like, const Record *record) {
  bool same = like->count == record->count;
  for (uint32_t i = 0; same && i < like->count; i++)
    same = record_find(record, like->fields[i].name->text, like->fields[i].name->length) != NULL;
  return same;
}

static Value align_record(Alignment *alignment, const Record *like, const Record *record) {
  Record *copy = record_new(alignment->session);
  for (uint32_t i = 0; copy && i < like->count; i++) {
    const String *name = like->fields[i].name;
    Value item = align(alignment, like->fields[i].value, record_find(record, name->text, name->length)->value);
    if (value_is_error(item) || !record_set(alignment->session, copy, name->text, name->length, item))
      return value_unref(value_object(copy)), value_error();
  }
  return value_object_or_error(copy);
}

/* Deeper nesting than elsewhere is left to those who walk it. */
static Value align(Alignment *alignment, Value like, Value value) {
  bool tuples = value_is(like, KIND_TUPLE) && value_is(value, KIND_TUPLE);
  bool records = value_is(like, KIND_RECORD) && value_is(value, KIND_RECORD);
  tuples = tuples && value_tuple(like)->count == value_tuple(value)->count;
  records = records && has_same_fields(value_record(like), value_record(value));
  if ((!tuples && !records) || alignment->depth > STRUCTURE_DEPTH) return value_ref(value);
  alignment->depth++;
  Value aligned = tuples ? align_tuple(alignment, value_tuple(like), value_tuple(value))
                         : align_record(alignment, value_record(like), value_record(value));
  alignment->depth--;
  return aligned;
}

Value structure_align(Session *session, Value like, Value value) {
  return align(&(Alignment){session, 0}, like, value);
}
