/* SPDX-License-Identifier: MIT */
/* collect.c: rings of closures and records that nothing outside holds any more.

   References are counted, so what is left over is what holds itself: a function that calls itself, a record that knows
   its owner.  Every ring leads through a record, a captured variable or a function, and the session lists these.  The
   references from one to another, through tuples and such, are counted: whoever has more is held from outside, and so
   is what can be reached from there.  All others give up what they hold.

   That is done only when as many have been made as were left alive the last time, or when memory has grown by half, so
   that it costs a bounded amount for each.  Where memory is short it is not done at all. */
#include <string.h>
#include "base/memory.h"
#include "evaluator/function.h"

enum { MADE_LEAST = 2000, GROWN_LEAST = 8 << 20 };

/* A container, how many references to it were found, and what is known about it. */
typedef struct Entry { Object *object; uint32_t found; bool live; } Entry;

typedef struct Collection {
  Entry *entries;          /* in the order in which they were met */
  uint32_t *places;        /* a hash table: 1 + index of the entry of an object, or 0 */
  size_t count, capacity;  /* the table has twice the room */
  size_t *waiting;         /* live entries whose children have not been looked at */
  size_t waiting_count;
} Collection;

/* ---- containers and their children */
static bool is_container(Value value) {
  if (!value.object) return false;
  switch (value.object->kind) {
    case KIND_TUPLE: case KIND_RECORD: case KIND_FUNCTION: case KIND_NATIVE: case KIND_BOX: return true;
    default: return false;
  }
}

static uint32_t child_count(const Object *object) {
  switch (object->kind) {
    case KIND_TUPLE: return ((const Tuple *)object)->count;
    case KIND_RECORD: return ((const Record *)object)->count;
    case KIND_FUNCTION: return ((const Function *)object)->kept_count;
    case KIND_NATIVE: return ((const Native *)object)->count;
    default: return 1;
  }
}

static Value child_at(const Object *object, uint32_t index) {
  switch (object->kind) {
    case KIND_TUPLE: return ((const Tuple *)object)->items[index];
    case KIND_RECORD: return ((const Record *)object)->fields[index].value;
    case KIND_FUNCTION: return ((const Function *)object)->kept[index];
    case KIND_NATIVE: return ((const Native *)object)->kept[index];
    default: return ((const Box *)object)->value;
  }
}

/* ---- the table */
static uint32_t *find_place(const Collection *collection, const Object *object) {
  size_t mask = 2 * collection->capacity - 1, at = ((size_t)(uintptr_t)object >> 3) * 0x9e3779b97f4a7c15u >> 20 & mask;
  while (collection->places[at] && collection->entries[collection->places[at] - 1].object != object)
    at = (at + 1) & mask;
  return &collection->places[at];
}

static void collection_release(Collection *collection) {
  size_t capacity = collection->capacity;
  if (collection->entries) memory_release(collection->entries, capacity * sizeof *collection->entries);
  if (collection->places) memory_release(collection->places, 2 * capacity * sizeof *collection->places);
  if (collection->waiting) memory_release(collection->waiting, capacity * sizeof *collection->waiting);
}

static bool grow(Collection *collection) {
  Collection larger = {.capacity = collection->capacity ? 2 * collection->capacity : 1024};
  if (larger.capacity > UINT32_MAX / 2) return false;
  larger.entries = memory_allocate(larger.capacity * sizeof *larger.entries);
  larger.places = memory_allocate_zeroed(2 * larger.capacity * sizeof *larger.places);
  larger.waiting = memory_allocate(larger.capacity * sizeof *larger.waiting);
  if (!larger.entries || !larger.places || !larger.waiting) return collection_release(&larger), false;
  for (; larger.count < collection->count; larger.count++) {
    larger.entries[larger.count] = collection->entries[larger.count];
    *find_place(&larger, larger.entries[larger.count].object) = (uint32_t)larger.count + 1;
  }
  collection_release(collection);
  *collection = larger;
  return true;
}

/* The entry of an object; NULL: it has not been met. */
static Entry *entry_of(const Collection *collection, const Object *object) {
  uint32_t place = collection->capacity ? *find_place(collection, object) : 0;
  return place ? &collection->entries[place - 1] : NULL;
}

/* The same, made where it is missing; NULL: no memory. */
static Entry *meet(Collection *collection, Object *object) {
  Entry *known = entry_of(collection, object);
  if (known) return known;
  if (collection->count == collection->capacity && !grow(collection)) return NULL;
  collection->entries[collection->count] = (Entry){object, 0, false};
  *find_place(collection, object) = (uint32_t)collection->count + 1;
  return &collection->entries[collection->count++];
}

/* ---- the search */
static bool meet_listed(Collection *collection, Session *session) {
  bool room = true;
  for (Record *record = session->records.next; room && record != &session->records; record = record->next)
    room = meet(collection, &record->object) != NULL;
  for (Box *box = session->boxes.next; room && box != &session->boxes; box = box->next)
    room = meet(collection, &box->object) != NULL;
  for (Function *function = session->functions; room && function; function = function->next)
    room = meet(collection, &function->object) != NULL;
  return room;
}

/* Tuples and functions made by builtins join the entries where they are met. */
static bool count_references(Collection *collection) {
  for (size_t at = 0; at < collection->count; at++) {
    const Object *object = collection->entries[at].object;
    for (uint32_t i = 0; i < child_count(object); i++) {
      Value child = child_at(object, i);
      Entry *entry = is_container(child) ? meet(collection, child.object) : NULL;
      if (entry) entry->found++;
      else if (is_container(child)) return false;
    }
  }
  return true;
}

static void mark(Collection *collection, Entry *entry) {
  if (entry->live) return;
  entry->live = true;
  collection->waiting[collection->waiting_count++] = (size_t)(entry - collection->entries);
}

static void mark_live(Collection *collection) {
  for (size_t at = 0; at < collection->count; at++) {
    Entry *entry = &collection->entries[at];
    if (entry->object->references > entry->found) mark(collection, entry);
  }
  while (collection->waiting_count > 0) {
    const Object *object = collection->entries[collection->waiting[--collection->waiting_count]].object;
    for (uint32_t i = 0; i < child_count(object); i++) {
      Value child = child_at(object, i);
      if (is_container(child)) mark(collection, entry_of(collection, child.object));
    }
  }
}

/* ---- the end of rings */
static void give_up(Object *object) {
  switch (object->kind) {
    case KIND_RECORD: record_clear((Record *)object); break;
    case KIND_FUNCTION: function_clear((Function *)object); break;
    case KIND_BOX: closure_store(&((Box *)object)->value, value_unbound()); break;
    default: break; /* ends with those that hold it */
  }
}

/* All are held until the last one has given up what it holds. */
static size_t end_rings(Collection *collection) {
  size_t dead = 0;
  for (size_t at = 0; at < collection->count; at++)
    if (!collection->entries[at].live) collection->entries[dead++] = collection->entries[at];
  for (size_t at = 0; at < dead; at++) collection->entries[at].object->references++;
  for (size_t at = 0; at < dead; at++) give_up(collection->entries[at].object);
  for (size_t at = 0; at < dead; at++) value_unref(value_object(collection->entries[at].object));
  return dead;
}

void session_collect(Session *session) {
  Collection collection = {0};
  size_t left = 0;
  if (meet_listed(&collection, session) && count_references(&collection)) {
    mark_live(&collection);
    left = collection.count - end_rings(&collection);
  }
  collection_release(&collection);
  size_t held = memory_held();
  session->made = 0;
  session->made_most = left > MADE_LEAST ? left : MADE_LEAST;
  session->held_most = held + (held / 2 > GROWN_LEAST ? held / 2 : GROWN_LEAST);
}

/* ---- the end of the session */
/* Nothing holds what has been taken off its list but others that will give it up. */
static void end(Object *object) {
  object->references++;
  give_up(object);
  value_unref(value_object(object));
}

void session_end_rings(Session *session) {
  for (Record *record; (record = session->records.next) != &session->records;) {
    record->previous->next = record->next;
    record->next->previous = record->previous;
    record->previous = record->next = NULL;
    end(&record->object);
  }
  for (Box *box; (box = session->boxes.next) != &session->boxes;) {
    box->previous->next = box->next;
    box->next->previous = box->previous;
    box->previous = box->next = NULL;
    end(&box->object);
  }
  for (Function *function; (function = session->functions);) {
    *function->link = function->next;
    if (function->next) function->next->link = function->link;
    function->link = NULL;
    function->next = NULL;
    end(&function->object);
  }
}
