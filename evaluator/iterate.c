/* SPDX-License-Identifier: MIT */
/* iterate.c: walking over the items of a value. */
#include "base/progress.h"
#include "evaluator/failure.h"
#include "evaluator/subscript.h"

/* Loops inside of one that counts only run. */
static Value source_of_progress(ValueIterator *iterator, Value source) {
  const Native *native = value_is(source, KIND_NATIVE) ? value_native(source) : NULL;
  if (!native || !(native->object.flags & NATIVE_COUNTS)) return source;
  iterator->counting = progress_permille < 0;
  return native->kept[0];
}

bool value_iterate(Session *session, Value source, ValueIterator *iterator) {
  *iterator = (ValueIterator){.source = source};
  source = iterator->source = source_of_progress(iterator, source);
  ShownText text;
  switch (value_is_number(source) ? KIND_UNBOUND : source.object->kind) {
    case KIND_TUPLE: iterator->count = ((Tuple *)source.object)->count; break;
    case KIND_RANGE: iterator->count = ((Range *)source.object)->count; break;
    case KIND_RECORD: iterator->count = ((Record *)source.object)->count; break;
    case KIND_STRING: iterator->count = (int64_t)((String *)source.object)->length; break;
    case KIND_VARIABLE: {
      const Layout *layout = variable_layout((Variable *)source.object);
      if (layout->ndim == 0) {
        session_fail(session, ERROR_TYPE, "cannot iterate over a scalar (a 0-d tensor)");
        return false;
      }
      iterator->count = layout_shape(layout)[0];
      break;
    }
    default:
      session_fail(session, ERROR_TYPE, "cannot iterate over %s", shown_kind(session, &text, source));
      return false;
  }
  value_ref(source);
  if (iterator->counting) progress_permille = 0;
  return true;
}

bool value_iterate_loop(Session *session, Value source, ValueIterator *iterator) {
  if (value_iterate(session, source, iterator)) return true;
  if (value_is_number(source) && source.number >= 0) error_hint(&session->error, "to count, use `range(n)`");
  return false;
}

/* One character; its bytes as they are where they are no UTF-8. */
static bool next_character(Session *session, ValueIterator *iterator, Value *item) {
  const String *string = (String *)iterator->source.object;
  const char *start = string->text + iterator->position;
  uint32_t character;
  int bytes = utf8_decode(start, string->text + string->length, &character);
  if (bytes == 0) bytes = 1;
  iterator->position += bytes;
  *item = value_object_or_error(string_new(session, start, (size_t)bytes));
  return !value_is_error(*item);
}

bool value_iterate_next(Session *session, ValueIterator *iterator, Value *item) {
  Object *object = iterator->source.object;
  if (iterator->position >= iterator->count) return false;
  if (iterator->counting)
    progress_permille = (sig_atomic_t)(1000.0 * (double)iterator->position / (double)iterator->count);
  if (object->kind == KIND_STRING) return next_character(session, iterator, item);
  int64_t position = iterator->position++;
  switch (object->kind) {
    case KIND_TUPLE: *item = value_ref(((Tuple *)object)->items[position]); return true;
    case KIND_RANGE:
      *item = value_number(((Range *)object)->start + ((Range *)object)->step * (double)position);
      return true;
    case KIND_RECORD: {
      const Record *record = (Record *)object; /* fields may be added meanwhile, never removed */
      if (position >= record->count) return false;
      *item = value_ref(value_object(record->fields[position].name));
      return true;
    }
    default: *item = subscript_row(session, iterator->source, position); return !value_is_error(*item);
  }
}

void value_iterate_end(ValueIterator *iterator) {
  value_unref(iterator->source);
  if (iterator->counting) progress_permille = -1;
  iterator->source = value_none();
}
