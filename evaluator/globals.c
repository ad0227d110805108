/* SPDX-License-Identifier: MIT */
/* globals.c: the names of the top level, and what names mean before anybody binds them. */
#include <math.h>
#include <string.h>
#include "evaluator/function.h"

/* ---- builtin meanings */

static Value new_dtype(Session *session, DType dtype) {
  DTypeObject *object = object_new(session, KIND_DTYPE, sizeof *object);
  if (object) object->dtype = dtype;
  return value_object_or_error(object);
}

static Value new_namespace(Session *session, const char *name) {
  Namespace *space = object_new(session, KIND_NAMESPACE, sizeof *space);
  if (space) space->name = name;
  return value_object_or_error(space);
}

static Value new_builtin(Session *session, const BuiltinInfo *info) {
  Builtin *builtin = object_new(session, KIND_BUILTIN, sizeof *builtin);
  if (builtin) builtin->info = info;
  return value_object_or_error(builtin);
}

typedef struct NamedConstant { const char *name; double number; Object *object; } NamedConstant;
static const NamedConstant constants[] = {
  {"true", 1, &value_bool_object}, {"false", 0, &value_bool_object}, {"none", 0, &value_none_object},
  {"True", 1, &value_bool_object}, {"False", 0, &value_bool_object}, {"None", 0, &value_none_object},
  {"newaxis", 0, &value_none_object}, {"pi", M_PI, NULL}, {"π", M_PI, NULL}, {"e", 2.71828182845904523536, NULL},
  {"inf", HUGE_VAL, NULL}, {"nan", NAN, NULL}};

static const char *const spaces[] = {"mg", "np", "nnet", "random", "linalg"};

enum { CONSTANTS = sizeof constants / sizeof *constants, SPACES = sizeof spaces / sizeof *spaces };

const char *globals_constant(int index) {
  if (index < CONSTANTS) return constants[index].name;
  return index < CONSTANTS + SPACES ? spaces[index - CONSTANTS] : NULL;
}

static bool equals(const char *name, const char *text, size_t length) {
  return strlen(name) == length && memcmp(name, text, length) == 0;
}

static bool find_dtype(const char *text, size_t length, DType *dtype) {
  char name[16];
  if (length >= sizeof name) return false;
  memcpy(name, text, length);
  name[length] = '\0';
  return dtype_from_name(name, dtype);
}

/* The name as it is kept; NULL: it is no namespace. */
static const char *find_space(const char *text, size_t length) {
  for (int k = 0; k < SPACES; k++)
    if (equals(spaces[k], text, length)) return spaces[k];
  return NULL;
}

bool globals_is_space(const char *text, size_t length) { return find_space(text, length) != NULL; }

Value globals_builtin(Session *session, const char *text, size_t length) {
  for (int k = 0; k < CONSTANTS; k++)
    if (equals(constants[k].name, text, length)) return (Value){constants[k].number, constants[k].object};
  DType dtype;
  if (find_dtype(text, length, &dtype)) return new_dtype(session, dtype);
  const BuiltinInfo *info = builtin_find(text, length);
  if (info) return new_builtin(session, info);
  const char *space = find_space(text, length);
  return space ? new_namespace(session, space) : value_unbound();
}

Value namespace_member(Session *session, const Namespace *space, const char *text, size_t length) {
  char qualified[96];
  size_t prefix = strlen(space->name);
  if (prefix + length + 1 < sizeof qualified) {
    memcpy(qualified, space->name, prefix);
    qualified[prefix] = '.';
    memcpy(qualified + prefix + 1, text, length);
    const BuiltinInfo *info = builtin_find(qualified, prefix + 1 + length);
    if (info) return new_builtin(session, info);
  }
  return globals_builtin(session, text, length);
}

/* ---- slots */

bool globals_start(Session *session) {
  session->globals = memory_allocate_zeroed(GLOBAL_SLOTS * sizeof *session->globals);
  return session->globals != NULL;
}

void globals_free(Session *session) {
  for (uint32_t k = 0; k < session->name_count; k++) {
    value_unref(session->globals[k]);
    value_unref(session->names[k].builtin);
  }
  names_free(&session->user.table);
  names_free(&session->library.table);
  memory_release(session->names, session->name_capacity * sizeof *session->names);
  if (session->globals) memory_release(session->globals, GLOBAL_SLOTS * sizeof *session->globals);
}

static bool reserve_name(Session *session) {
  if (session->name_count < session->name_capacity) return true;
  GlobalName *names = memory_grow(session->names, &session->name_capacity, sizeof *names, 64);
  if (!names) return session_out_of_memory(session);
  session->names = names;
  return true;
}

uint32_t globals_slot(Session *session, Globals *globals, const char *text, size_t length) {
  const NameEntry *entry = names_find(&globals->table, text, length);
  if (entry) return entry->number;
  if (session->name_count == GLOBAL_SLOTS) {
    session_fail(session, ERROR_MEMORY, "a session holds at most %d names", GLOBAL_SLOTS);
    return UINT32_MAX;
  }
  Value builtin = globals_builtin(session, text, length);
  if (value_is_error(builtin)) return UINT32_MAX;
  const char *copy = reserve_name(session) ? arena_copy_text(&session->arena, text, length) : NULL;
  if (!copy || !names_add(&globals->table, copy, length, session->name_count)) {
    value_unref(builtin);
    session_out_of_memory(session);
    return UINT32_MAX;
  }
  uint32_t slot = session->name_count++;
  session->names[slot] = (GlobalName){.text = copy, .length = (uint32_t)length, .builtin = builtin};
  session->globals[slot] = value_ref(builtin);
  return slot;
}

void globals_restore(Session *session, uint32_t slot) {
  closure_store(&session->globals[slot], value_ref(session->names[slot].builtin));
}

void globals_delete(Session *session, uint32_t slot, Span place) {
  session->names[slot].deleted = place;
  globals_restore(session, slot);
}

/* ---- for completion and :vars */

static bool is_users(const Session *session, uint32_t slot) {
  const GlobalName *name = &session->names[slot];
  Value value = session->globals[slot], builtin = name->builtin;
  if (!name->bound || value_is_unbound(value)) return false;
  return value.object != builtin.object || value.number != builtin.number;
}

void session_each_global(Session *session, NameFunction function, void *context) {
  for (uint32_t k = 0; k < session->name_count; k++) {
    const GlobalName *name = &session->names[k];
    const NameEntry *entry = names_find(&session->user.table, name->text, name->length);
    if (!entry || entry->number != k || !is_users(session, k)) continue;
    if (!function(context, name->text, session->globals[k], name->defined)) return;
  }
}

/* Asking for a name does not make it known. */
bool session_lookup(Session *session, const char *name, Value *value) {
  size_t length = strlen(name);
  const NameEntry *entry = names_find(&session->user.table, name, length);
  if (!entry) {
    Value builtin = globals_builtin(session, name, length);
    value_unref(builtin);
    if (value_is_unbound(builtin) || value_is_error(builtin)) return false;
  }
  uint32_t slot = entry ? entry->number : globals_slot(session, &session->user, name, length);
  if (slot == UINT32_MAX) return false;
  *value = session->globals[slot];
  return !value_is_unbound(*value);
}

void session_forget(Session *session) {
  for (uint32_t k = 0; k < session->name_count; k++) {
    if (!session->names[k].bound) continue;
    const NameEntry *entry = names_find(&session->user.table, session->names[k].text, session->names[k].length);
    if (entry && entry->number == k) globals_restore(session, k);
  }
  const NameEntry *last = names_find(&session->user.table, "_", 1); /* the last value, which nobody binds */
  if (last) globals_restore(session, last->number);
  names_free(&session->imported);
  session->imported = (NameTable){0};
  session->graph.backwards = 0;
  session->graph.last_backward = NULL;
}
