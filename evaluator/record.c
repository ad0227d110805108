/* SPDX-License-Identifier: MIT */
/* record.c: records: fields by name, in the order of their first writing. */
#include <string.h>
#include "evaluator/machine.h"

Record *record_new(Session *session) {
  Record *record = object_new(session, KIND_RECORD, sizeof *record);
  if (!record) return NULL;
  Record *head = &session->records;
  record->previous = head;
  record->next = head->next;
  head->next->previous = record;
  head->next = record;
  return record;
}

RecordField *record_find(const Record *record, const char *name, size_t length) {
  for (uint32_t k = 0; k < record->count; k++) {
    const String *field = record->fields[k].name;
    if (field->length == length && memcmp(field->text, name, length) == 0) return &record->fields[k];
  }
  return NULL;
}

static bool reserve_field(Session *session, Record *record) {
  if (record->count < record->capacity) return true;
  uint32_t capacity = record->capacity ? record->capacity * 2 : 4;
  RecordField *fields = memory_resize(record->fields, record->capacity * sizeof *fields, capacity * sizeof *fields);
  if (!fields) return session_out_of_memory(session);
  record->fields = fields;
  record->capacity = capacity;
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
  return true;
}

void record_clear(Record *record) {
  while (record->count) {
    RecordField field = record->fields[--record->count];
    value_unref(value_object(field.name));
    value_unref(field.value);
  }
}
