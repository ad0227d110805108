/* SPDX-License-Identifier: MIT */
/* record.c: records: fields by name, in the order of their first writing. */
#include <string.h>
#include "evaluator/machine.h"

Record *record_new(Session *session) {
  session_collect_if_due(session);
  Record *record = object_new(session, KIND_RECORD, sizeof *record);
  if (!record) return NULL;
  Record *head = &session->records;
  record->previous = head;
  record->next = head->next;
  head->next->previous = record;
  head->next = record;
  return record;
}

/* Small records are searched, large ones have a table of their fields. */
enum { RECORD_SEARCHED = 16 };

RecordField *record_find(const Record *record, const char *name, size_t length) {
  if (record->index) {
    const NameEntry *entry = names_find(record->index, name, length);
    return entry ? &record->fields[entry->number] : NULL;
  }
  for (uint32_t k = 0; k < record->count; k++) {
    const String *field = record->fields[k].name;
    if (field->length == length && memcmp(field->text, name, length) == 0) return &record->fields[k];
  }
  return NULL;
}

static void drop_index(Record *record) {
  if (!record->index) return;
  names_free(record->index);
  memory_release(record->index, sizeof *record->index);
  record->index = NULL;
}

/* Without memory for the table the record is searched on. */
static void extend_index(Record *record) {
  if (record->count <= RECORD_SEARCHED) return;
  uint32_t first = record->index ? record->count - 1 : 0;
  if (!record->index && !(record->index = memory_allocate_zeroed(sizeof *record->index))) return;
  for (uint32_t k = first; k < record->count; k++) {
    const String *name = record->fields[k].name;
    if (names_add(record->index, name->text, name->length, k)) continue;
    drop_index(record);
    return;
  }
}

static bool reserve_field(Session *session, Record *record) {
  if (record->count < record->capacity) return true;
  RecordField *fields = memory_grow(record->fields, &record->capacity, sizeof *fields, 4);
  if (!fields) return session_out_of_memory(session);
  record->fields = fields;
  return true;
}

bool record_set(Session *session, Record *record, const char *name, size_t length, Value value) {
  RecordField *field = record_find(record, name, length);
  if (field) {
    Value old = field->value;
    field->value = value;
    value_unref(old);
    return true;
  }
  String *text = reserve_field(session, record) ? string_new(session, name, length) : NULL;
  if (!text) {
    value_unref(value);
    return false;
  }
  record->fields[record->count++] = (RecordField){text, value};
  extend_index(record);
  return true;
}

void record_clear(Record *record) {
  drop_index(record);
  while (record->count) {
    RecordField field = record->fields[--record->count];
    value_unref(value_object(field.name));
    value_unref(field.value);
  }
}
