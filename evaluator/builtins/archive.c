/* SPDX-License-Identifier: MIT */
/* archive.c: save and load: tensors as .npy, records and tuples of them as .npz with their gradients.

   Inner values have dotted names, as "layers.0.w" (archive_name.h).  A tuple also writes how many items it has, under
   its name and "()", and an empty record a 0 under its name and "{}": loading makes records of all dotted names, then
   tuples of those that hold such a count, and gives fields their own names. */
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "evaluator/builtins/archive_name.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/failure.h"
#include "runtime/format/file.h"
#include "runtime/format/npy.h"
#include "runtime/format/npz.h"

static const char gradient_suffix[] = ".grad";
static const char alone[] = ARCHIVE_ALONE, tuple_mark[] = ARCHIVE_TUPLE, empty_mark[] = ARCHIVE_EMPTY;
enum { SUFFIX_LENGTH = sizeof gradient_suffix - 1, ALONE_LENGTH = sizeof alone - 1 };
enum { PATH_LENGTH = 500, SAVE_DEPTH = 50 };

/* ---- saving */
/* The place within nested records: "layer.w". */
typedef struct Saving { Call *call; NpzWriter writer; char path[PATH_LENGTH]; size_t length; int depth; } Saving;

static bool save_field(Saving *saving, Value value);

static bool add_tensor(Saving *saving, const Tensor *tensor) {
  return npz_add(call_runtime(saving->call), &saving->writer, saving->path, saving->length, tensor);
}

/* Makes the dotted name longer. */
static bool extend_name(Saving *saving, const char *text, size_t length) {
  if (saving->length + length >= PATH_LENGTH) {
    session_fail(saving->call->session, ERROR_ARGUMENT, "`save` writes dotted names of at most %d bytes",
                 PATH_LENGTH - 1);
    return false;
  }
  memcpy(saving->path + saving->length, text, length);
  saving->length += length;
  return true;
}

static bool add_gradient(Saving *saving, const Variable *variable) {
  Variable *gradient = variable_gradient(call_graph(saving->call), (Variable *)(uintptr_t)variable);
  if (!gradient) return call_runtime(saving->call)->error->kind == ERROR_NONE;
  Tensor *tensor = variable_value(call_graph(saving->call), gradient);
  size_t before = saving->length;
  bool added = tensor && extend_name(saving, gradient_suffix, SUFFIX_LENGTH) && add_tensor(saving, tensor);
  saving->length = before;
  variable_unref(gradient);
  return added;
}

static bool is_function(Value value) { return value_is_callable(value) && !value_is(value, KIND_DTYPE); }

static void hint_at_others(Call *call, Value value) {
  error_hint(call_runtime(call)->error,
             is_function(value) ? "`:save` at the prompt keeps functions, in a script that makes them again"
                                : "`to_json` and `write_file` keep text and `none` too");
}

static bool fail_leaf(Saving *saving, Value value) {
  ShownText kind;
  Session *session = saving->call->session;
  session_fail(session, ERROR_TYPE, "`save` keeps numbers, and `%.*s` is %s", (int)saving->length, saving->path,
               shown_kind(session, &kind, value));
  hint_at_others(saving->call, value);
  return false;
}

static bool fail_function(Call *call, Value value) {
  session_fail(call->session, ERROR_TYPE, "`save` keeps numbers, not functions");
  hint_at_others(call, value);
  return false;
}

static bool save_leaf(Saving *saving, Value value) {
  bool number = value_is_number(value) || value_is_bool(value);
  bool numbers = value_as_variable(value) || value_is(value, KIND_RANGE);
  if (!number && !numbers && saving->depth > 0) return fail_leaf(saving, value);
  Tensor *tensor = value_to_tensor(saving->call->session, value);
  bool added = tensor && add_tensor(saving, tensor);
  tensor_unref(tensor);
  const Variable *variable = value_as_variable(value);
  return added && (!variable || add_gradient(saving, variable));
}

/* Saves a value under one more part of the dotted name. */
static bool save_part(Saving *saving, const char *name, size_t length, Value value) {
  size_t before = saving->length;
  if (saving->depth >= SAVE_DEPTH) {
    session_fail(saving->call->session, ERROR_DEPTH, "records and tuples are nested too deeply to be saved");
    return false;
  }
  if ((before && !extend_name(saving, ".", 1)) || !extend_name(saving, name, length)) return false;
  saving->depth++;
  bool saved = save_field(saving, value);
  saving->depth--;
  saving->length = before;
  return saved;
}

static bool save_record(Saving *saving, const Record *record) {
  if (record->count == 0) return save_part(saving, empty_mark, strlen(empty_mark), value_number(0));
  for (uint32_t i = 0; i < record->count; i++) {
    Buffer part = {0};
    const String *name = record->fields[i].name;
    archive_write_name(&part, name->text, name->length, saving->depth == 0 && record->count == 1);
    bool saved = !part.failed || (runtime_out_of_memory(call_runtime(saving->call)), false);
    saved = saved && save_part(saving, buffer_text(&part), part.length, record->fields[i].value);
    buffer_free(&part);
    if (!saved) return false;
  }
  return true;
}

/* The name of an item: its number. */
typedef struct ItemName { char text[16]; size_t length; } ItemName;

static ItemName item_name(uint32_t index) {
  ItemName name;
  name.length = (size_t)snprintf(name.text, sizeof name.text, "%u", (unsigned)index);
  return name;
}

static bool save_tuple(Saving *saving, const Tuple *tuple) {
  if (!save_part(saving, tuple_mark, strlen(tuple_mark), value_number(tuple->count))) return false;
  for (uint32_t i = 0; i < tuple->count; i++) {
    ItemName name = item_name(i);
    if (!save_part(saving, name.text, name.length, tuple->items[i])) return false;
  }
  return true;
}

static bool is_nested(Value value) { return value_is(value, KIND_RECORD) || value_is(value, KIND_TUPLE); }

static bool save_field(Saving *saving, Value value) {
  if (value_is(value, KIND_TUPLE)) return save_tuple(saving, value_tuple(value));
  return value_is(value, KIND_RECORD) ? save_record(saving, value_record(value)) : save_leaf(saving, value);
}

/* A tensor alone has the name that NumPy gives to arrays without one. */
static bool save_alone(Saving *saving, Value value) {
  memcpy(saving->path, alone, ALONE_LENGTH);
  saving->length = ALONE_LENGTH;
  return save_leaf(saving, value);
}

static bool save_archive(Call *call, Value value, const String *path) {
  Saving saving = {.call = call};
  bool added = is_nested(value) ? save_field(&saving, value) : save_alone(&saving, value);
  bool saved = added &&
               npz_finish(call_runtime(call), &saving.writer) &&
               file_write(call_runtime(call), path->text, path->length, buffer_text(&saving.writer.archive),
                          saving.writer.archive.length);
  npz_free(&saving.writer);
  return saved;
}

static bool save_tensor(Call *call, const String *path) {
  Tensor *tensor = argument_tensor(call, 1);
  Buffer file = {0};
  bool saved = tensor && npy_write(call_runtime(call), &file, tensor) &&
               file_write(call_runtime(call), path->text, path->length, buffer_text(&file), file.length);
  buffer_free(&file);
  tensor_unref(tensor);
  return saved;
}

static bool names_archive(const String *path) {
  return text_ends_with(path->text, path->length, ".npz");
}

static void check_name(Call *call, const String *path) {
  static const char *const texts[] = {".txt", ".csv", ".tsv", ".json"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (text_ends_with_any_case(path->text, path->length, texts[i]))
      session_warn(call->session, call->spans[0].end ? call->spans[0] : call->span,
                   "`save` writes NumPy's binary format, not the text that the name of the file promises",
                   "`savetxt` writes a table as text; `write_file(file, to_json(x))` anything");
}

enum { SAVE_ALONE = 1, SAVE_NAMED = 2 };

static Value fail_choice(Call *call) {
  bool both = call->given[SAVE_ALONE];
  session_fail(call->session, ERROR_ARGUMENT, both ? "`save` takes one value or named ones, not both"
                                                   : "`save` needs something to save");
  error_hint(call_runtime(call)->error, both ? "give all a name: `save(file, x=x, y=y)`"
                                             : "`save(file, x)`, or several under names: `save(file, w=w, b=b)`");
  return both ? argument_fail(call, SAVE_ALONE) : value_error();
}

/* save(file, x), save(file, w=w, b=b) */
Value builtin_save(Call *call) {
  const String *path = argument_text(call, 0);
  if (!path) return value_error();
  if (call->given[SAVE_ALONE] == call->given[SAVE_NAMED]) return fail_choice(call);
  int index = call->given[SAVE_NAMED] ? SAVE_NAMED : SAVE_ALONE;
  Value value = call->arguments[index];
  bool archive = is_nested(value) || names_archive(path);
  bool saved = is_function(value) ? fail_function(call, value)
               : archive          ? save_archive(call, value, path)
                                  : save_tensor(call, path);
  if (saved) check_name(call, path);
  return saved ? value_none() : argument_fail(call, call_runtime(call)->error->kind == ERROR_FILE ? 0 : index);
}

/* ---- loading */
typedef struct Loading { Session *session; const char *file; Record *record; } Loading;

/* The record that holds the last part of a dotted name; inner records are made as they come. */
static Record *find_place(Loading *loading, const char **name, size_t *length) {
  Record *record = loading->record;
  size_t part;
  while (record && (part = archive_part_length(*name, *length)) < *length) {
    RecordField *field = record_find(record, *name, part);
    if (!field) {
      Record *inner = record_new(loading->session);
      if (!inner || !record_set(loading->session, record, *name, part, value_object(inner))) return NULL;
      field = record_find(record, *name, part);
    }
    if (!field || !value_is(field->value, KIND_RECORD)) return record;
    record = value_record(field->value);
    *length -= part + 1;
    *name += part + 1;
  }
  return record;
}

static bool fail_gradient(Loading *loading, const String *name, const Tensor *value, const Tensor *gradient) {
  ShapeText shape, other;
  session_fail(loading->session, ERROR_FILE, "cannot read `%s`: `%.100s` and its gradient differ in shape: %s and %s",
               loading->file, name->text, layout_text(&shape, value->layout),
               layout_text(&other, gradient->layout));
  return false;
}

/* What has a gradient is a variable; the gradient has its dtype. */
static Variable *make_variable(Loading *loading, Tensor *value, Tensor *gradient) {
  Graph *graph = session_graph(loading->session);
  Tensor *cast = tensor_cast(session_runtime(loading->session), gradient, value->dtype);
  Tensor *leaf = cast ? (Tensor *)node_new_leaf(graph, value) : NULL;
  Variable *variable = leaf ? variable_new_take(graph, leaf) : NULL;
  if (variable) variable->gradient = tensor_ref(cast);
  tensor_unref(cast);
  return variable;
}

static bool attach_gradient(Loading *loading, RecordField *field, Tensor *gradient) {
  Tensor *value = value_to_tensor(loading->session, field->value);
  bool fits = value && layout_same_shape(value->layout, gradient->layout);
  Variable *variable = fits ? make_variable(loading, value, gradient) : NULL;
  if (value && !fits) fail_gradient(loading, field->name, value, gradient);
  tensor_unref(value);
  if (!variable) return false;
  value_unref(field->value);
  field->value = value_object(variable);
  return true;
}

static bool may_have_gradient(Value value) {
  const Variable *variable = value_as_variable(value);
  return value_is_number(value) || (variable && dtype_is_float(variable_dtype(variable)));
}

/* The field of `name` without ".grad" that has been loaded already and may have one; NULL: it is a tensor of its
   own. */
static RecordField *find_owner(Loading *loading, const char *name, size_t length) {
  Record *record = loading->record;
  RecordField *field = NULL;
  for (size_t part; record && (part = archive_part_length(name, length)) < length; name += part + 1) {
    field = record_find(record, name, part);
    record = field && value_is(field->value, KIND_RECORD) ? value_record(field->value) : NULL;
    length -= part + 1;
  }
  bool gradient = field && !record && length == SUFFIX_LENGTH - 1 && memcmp(name, gradient_suffix + 1, length) == 0;
  return gradient && may_have_gradient(field->value) ? field : NULL;
}

static bool load_member(void *context, const char *name, size_t length, Tensor *tensor) {
  Loading *loading = context;
  RecordField *owner = find_owner(loading, name, length);
  if (owner) return attach_gradient(loading, owner, tensor);
  Record *record = find_place(loading, &name, &length);
  if (!record) return false;
  Value value = value_from_tensor(loading->session, tensor_ref(tensor));
  return !value_is_error(value) && record_set(loading->session, record, name, length, value);
}

static bool fail_count(Loading *loading) {
  session_fail(loading->session, ERROR_FILE, "cannot read `%s`: a tuple in it does not hold the items that it counts",
               loading->file);
  return false;
}

/* The tuple of a record's fields "0", "1", ...; takes the record.  `count` is the field that counts them. */
static Value make_tuple(Loading *loading, Record *record_taken, Value count) {
  uint32_t items = record_taken->count - 1;
  bool counted = value_is_number(count) && count.number == items;
  Tuple *tuple = counted ? tuple_new(loading->session, items) : NULL;
  bool made = tuple || (!counted && fail_count(loading));
  for (uint32_t i = 0; made && i < items; i++) {
    ItemName name = item_name(i);
    const RecordField *field = record_find(record_taken, name.text, name.length);
    made = field || fail_count(loading);
    if (made) tuple->items[i] = value_ref(field->value);
  }
  value_unref(value_object(record_taken));
  if (made) return value_object(tuple);
  if (tuple) value_unref(value_object(tuple));
  return value_error();
}

static Value settle(Loading *loading, Value taken, int depth);

static bool settle_fields(Loading *loading, Record *record, int depth) {
  for (uint32_t i = 0; i < record->count; i++) {
    Value value = settle(loading, record->fields[i].value, depth + 1);
    record->fields[i].value = value_is_error(value) ? value_none() : value;
    if (value_is_error(value)) return false;
  }
  return true;
}

/* The record (taken) with the names that its fields had when they were saved. */
static Value rename_fields(Loading *loading, Record *record_taken) {
  bool plain = true;
  for (uint32_t i = 0; i < record_taken->count; i++) {
    const String *name = record_taken->fields[i].name;
    plain = plain && !memchr(name->text, '\\', name->length);
  }
  if (plain) return value_object(record_taken);
  Record *record = record_new(loading->session);
  bool done = record != NULL;
  for (uint32_t i = 0; done && i < record_taken->count; i++) {
    const RecordField *field = &record_taken->fields[i];
    Buffer name = {0};
    archive_read_name(&name, field->name->text, field->name->length);
    done = !name.failed || (runtime_out_of_memory(session_runtime(loading->session)), false);
    done = done && record_set(loading->session, record, buffer_text(&name), name.length, value_ref(field->value));
    buffer_free(&name);
  }
  value_unref(value_object(record_taken));
  if (done) return value_object(record);
  if (record) value_unref(value_object(record));
  return value_error();
}

/* Makes tuples and empty records of the records that are marked as such.  What save wrote is not deeper than
   SAVE_DEPTH. */
static Value settle(Loading *loading, Value taken, int depth) {
  if (!value_is(taken, KIND_RECORD) || depth > SAVE_DEPTH) return taken;
  Record *record = value_record(taken);
  bool settled = settle_fields(loading, record, depth);
  const RecordField *count = record_find(record, tuple_mark, strlen(tuple_mark));
  if (settled && count) return make_tuple(loading, record, count->value);
  bool empty = record->count == 1 && record_find(record, empty_mark, strlen(empty_mark));
  if (settled && !empty) return rename_fields(loading, record);
  Record *fresh = settled ? record_new(loading->session) : NULL;
  value_unref(taken);
  return value_object_or_error(fresh);
}

/* A tensor that was saved alone comes back as it was; takes the record. */
static Value unwrap(Record *record_taken) {
  RecordField *only = record_taken->count == 1 ? record_find(record_taken, alone, ALONE_LENGTH) : NULL;
  if (!only) return value_object(record_taken);
  Value value = value_ref(only->value);
  value_unref(value_object(record_taken));
  return value;
}

static Value load_archive(Call *call, const String *path, const Buffer *file) {
  Loading loading = {call->session, path->text, record_new(call->session)};
  if (!loading.record) return value_error();
  if (npz_read(call_runtime(call), path->text, buffer_text(file), file->length, load_member, &loading))
    return settle(&loading, unwrap(loading.record), 0);
  value_unref(value_object(loading.record));
  return value_error();
}

static Value load_tensor(Call *call, const String *path, const Buffer *file) {
  return value_from_tensor(call->session, npy_read(call_runtime(call), path->text, buffer_text(file), file->length));
}

/* load(file) */
Value builtin_load(Call *call) {
  const String *path = argument_text(call, 0);
  Buffer file = {0};
  if (!path) return value_error();
  Value value = value_error();
  if (file_read(call_runtime(call), path->text, path->length, FILE_REGULAR, 0, &file)) {
    if (npz_is_archive(buffer_text(&file), file.length)) value = load_archive(call, path, &file);
    else value = load_tensor(call, path, &file);
  }
  buffer_free(&file);
  return value_is_error(value) ? argument_fail(call, 0) : value;
}
