/* SPDX-License-Identifier: MIT */
/* object.c: memory of values and how they end.

   A value may hold others to any depth, so the last release of one runs in a loop: a container gives up its children
   one by one, and the place of a child that has been given up links the containers still to be finished. */
#include <string.h>
#include "evaluator/function.h"

enum { STATIC_REFERENCES = 1 << 30 };
Object value_bool_object = {STATIC_REFERENCES, KIND_BOOL, 0, 0};
Object value_none_object = {STATIC_REFERENCES, KIND_NONE, 0, 0};
Object value_unbound_object = {STATIC_REFERENCES, KIND_UNBOUND, 0, 0};
Object value_error_object = {STATIC_REFERENCES, KIND_ERROR, 0, 0};

void *object_new(Session *session, ObjectKind kind, size_t bytes) {
  Object *object = memory_take(bytes);
  if (!object) {
    session_out_of_memory(session);
    return NULL;
  }
  memset(object, 0, bytes);
  *object = (Object){.references = 1, .kind = (uint8_t)kind};
  return object;
}

static void free_object(Object *object, size_t bytes) {
  memory_put(object, bytes);
}

/* ---- children of containers */

static bool is_container(const Object *object) {
  switch (object->kind) {
    case KIND_TUPLE: case KIND_RECORD: case KIND_FUNCTION: case KIND_NATIVE: case KIND_BOX: return true;
    default: return false;
  }
}

/* The place of the last child that is left, or NULL. */
static Value *last_child(Object *object) {
  switch (object->kind) {
    case KIND_TUPLE: { Tuple *t = (Tuple *)object; return t->count ? &t->items[t->count - 1] : NULL; }
    case KIND_RECORD: { Record *r = (Record *)object; return r->count ? &r->fields[r->count - 1].value : NULL; }
    case KIND_FUNCTION: { Function *f = (Function *)object; return f->kept_count ? &f->kept[f->kept_count - 1] : NULL; }
    case KIND_NATIVE: { Native *n = (Native *)object; return n->count ? &n->kept[n->count - 1] : NULL; }
    default: return object->extra ? NULL : &((Box *)object)->value; /* extra: the value was given up */
  }
}

static void forget_child(Object *object) {
  switch (object->kind) {
    case KIND_TUPLE: ((Tuple *)object)->count--; break;
    case KIND_RECORD: value_unref(value_object(((Record *)object)->fields[--((Record *)object)->count].name)); break;
    case KIND_FUNCTION: ((Function *)object)->kept_count--; break;
    case KIND_NATIVE: ((Native *)object)->count--; break;
    default: object->extra = 1; break;
  }
}

/* ---- the end of each kind */

static void unlink_record(Record *record) {
  if (!record->previous) return;
  record->previous->next = record->next;
  record->next->previous = record->previous;
}

static void unlink_box(Box *box) {
  if (!box->previous) return;
  box->previous->next = box->next;
  box->next->previous = box->previous;
}

static void free_function(Function *function, size_t kept) {
  if (function->link) *function->link = function->next;
  if (function->next) function->next->link = function->link;
  Program *program = function->code->program;
  free_object(&function->object, sizeof *function + kept * sizeof(Value));
  program_unref(program);
}

/* `children`: how many values a tuple, function or native had at first. */
static void free_container(Object *object, size_t children) {
  switch (object->kind) {
    case KIND_TUPLE: free_object(object, sizeof(Tuple) + children * sizeof(Value)); break;
    case KIND_FUNCTION: free_function((Function *)object, children); break;
    case KIND_NATIVE: free_object(object, sizeof(Native) + children * sizeof(Value)); break;
    case KIND_RECORD: {
      Record *record = (Record *)object;
      unlink_record(record);
      record_clear(record);
      memory_release(record->fields, record->capacity * sizeof *record->fields);
      free_object(object, sizeof *record);
      break;
    }
    default:
      unlink_box((Box *)object);
      free_object(object, sizeof(Box));
  }
}

static void destroy_leaf(Object *object) {
  switch (object->kind) {
    case KIND_VARIABLE: variable_destroy((Variable *)object); break;
    case KIND_STRING: free_object(object, sizeof(String) + ((String *)object)->capacity + 1); break;
    case KIND_RANGE: free_object(object, sizeof(Range)); break;
    case KIND_BUILTIN: free_object(object, sizeof(Builtin)); break;
    case KIND_DTYPE: free_object(object, sizeof(DTypeObject)); break;
    case KIND_NAMESPACE: free_object(object, sizeof(Namespace)); break;
    default: object->references = STATIC_REFERENCES; /* none, true, false: never end */
  }
}

static uint32_t child_count(const Object *object) {
  switch (object->kind) {
    case KIND_TUPLE: return ((const Tuple *)object)->count;
    case KIND_FUNCTION: return ((const Function *)object)->kept_count;
    case KIND_NATIVE: return ((const Native *)object)->count;
    default: return 0;
  }
}

/* A container that waits for one of its children keeps in that child's place the container that waits for itself, and
   how many children it had at first. */
static void destroy_container(Object *object) {
  Object *waiting = NULL;
  uint32_t children = child_count(object);
  for (;;) {
    Value *place = last_child(object);
    if (place) {
      Value child = *place;
      bool ends = child.object && --child.object->references == 0;
      if (ends && is_container(child.object)) {
        *place = (Value){children, waiting};
        waiting = object;
        object = child.object;
        children = child_count(object);
      } else {
        if (ends) destroy_leaf(child.object);
        forget_child(object);
      }
      continue;
    }
    free_container(object, children);
    if (!waiting) return;
    object = waiting;
    place = last_child(object);
    waiting = place->object;
    children = (uint32_t)place->number;
    forget_child(object);
  }
}

void object_destroy(Object *object) {
  if (is_container(object)) destroy_container(object);
  else destroy_leaf(object);
}
