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
