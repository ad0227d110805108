/* SPDX-License-Identifier: MIT */
/* sequence.c: len, range, enumerate, zip, map, filter, reversed. */
#include <inttypes.h>
#include <string.h>
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/list.h"
#include "evaluator/failure.h"

Value builtin_len(Call *call) {
  Value value = call->arguments[0];
  const Variable *variable = value_as_variable(value);
  if (value_is(value, KIND_STRING)) return value_number((double)string_characters((String *)value.object));
  if (value_is(value, KIND_TUPLE)) return value_number(value_tuple(value)->count);
  if (value_is(value, KIND_RECORD)) return value_number(value_record(value)->count);
  if (value_is(value, KIND_RANGE)) return value_number((double)((const Range *)(const void *)value.object)->count);
  if (variable && variable_layout(variable)->ndim)
    return value_number((double)layout_shape(variable_layout(variable))[0]);
  ShownText kind;
  session_fail(call->session, ERROR_TYPE, "%s has no length", shown_kind(call->session, &kind, value));
  return argument_fail(call, 0);
}

/* range(stop), range(start, stop), range(start, stop, step) */
Value builtin_range(Call *call) {
  double start, stop, step;
  if (!argument_number(call, 0, &start) || !argument_number(call, 2, &step)) return value_error();
  stop = start;
  if (argument_is_none(call, 1)) start = 0;
  else if (!argument_number(call, 1, &stop)) return value_error();
  if (step != 0) return value_object_or_error(range_new(call->session, start, stop, step));
  session_fail(call->session, ERROR_ARGUMENT, "the step of a range cannot be zero");
  return argument_fail(call, 2);
}

static Value make_pair(Session *session, Value first_taken, Value second_taken) {
  Tuple *pair = tuple_new(session, 2);
  if (!pair) {
    value_unref(first_taken);
    value_unref(second_taken);
    return value_error();
  }
  pair->items[0] = first_taken;
  pair->items[1] = second_taken;
  return value_object(pair);
}

/* enumerate(xs, start=0) */
Value builtin_enumerate(Call *call) {
  double start;
  ValueList list = value_list_start(call->session), pairs = value_list_start(call->session);
  if (!argument_number(call, 1, &start)) return value_error();
  if (!value_list_fill(&list, call->arguments[0])) return argument_fail(call, 0), value_list_drop(&list);
  bool added = true;
  for (uint32_t i = 0; added && i < list.count; i++) {
    Value pair = make_pair(call->session, value_number(start + i), value_ref(list.values[i]));
    added = !value_is_error(pair) && value_list_add(&pairs, pair);
  }
  value_list_drop(&list);
  return added ? value_list_finish(&pairs, LIST_TUPLE) : value_list_drop(&pairs);
}

/* ---- several sequences side by side */
enum { SEQUENCES_MOST = 32 };
typedef struct Sequences { Call *call; uint32_t count; ValueIterator iterators[SEQUENCES_MOST]; } Sequences;

static void sequences_end(Sequences *sequences) {
  while (sequences->count) value_iterate_end(&sequences->iterators[--sequences->count]);
}

static bool sequences_start(Sequences *sequences, Call *call, int index) {
  const Tuple *sources = value_tuple(call->arguments[index]);
  *sequences = (Sequences){.call = call};
  if (sources->count > SEQUENCES_MOST) {
    session_fail(call->session, ERROR_ARGUMENT, "`%s` takes at most %d sequences", call->info->name, SEQUENCES_MOST);
    return false;
  }
  for (uint32_t i = 0; i < sources->count; i++) {
    if (!value_iterate(call->session, sources->items[i], &sequences->iterators[i])) {
      sequences_end(sequences);
      argument_fail(call, index);
      return false;
    }
    sequences->count++;
  }
  return true;
}

/* The next item of each, owned; false: one of them has no more, or an error. */
static bool sequences_next(Sequences *sequences, Value *items) {
  uint32_t made = 0;
  while (made < sequences->count &&
         value_iterate_next(sequences->call->session, &sequences->iterators[made], &items[made])) made++;
  if (made == sequences->count && made > 0) return true;
  while (made) value_unref(items[--made]);
  return false;
}

static bool has_failed(const Call *call) {
  return call_runtime(call)->error->kind != ERROR_NONE;
}

Value builtin_zip(Call *call) {
  Sequences sequences;
  Value items[SEQUENCES_MOST];
  ValueList list = value_list_start(call->session);
  if (!sequences_start(&sequences, call, 0)) return value_error();
  bool added = true;
  while (added && sequences_next(&sequences, items)) {
    Tuple *tuple = tuple_new(call->session, sequences.count);
    for (uint32_t i = 0; i < sequences.count; i++) {
      if (tuple) tuple->items[i] = items[i];
      else value_unref(items[i]);
    }
    added = tuple && value_list_add(&list, value_object(tuple));
  }
  sequences_end(&sequences);
  return added && !has_failed(call) ? value_list_finish(&list, LIST_TUPLE) : value_list_drop(&list);
}

/* What has been made of a tuple stays one; tensors and ranges give tensors where that is possible. */
static ListForm form_of(Value source) {
  return value_is(source, KIND_TUPLE) || value_is(source, KIND_STRING) || value_is(source, KIND_RECORD)
             ? LIST_TUPLE : LIST_PREFER_TENSOR;
}

/* map(f, *xs) */
Value builtin_map(Call *call) {
  Sequences sequences;
  Value items[SEQUENCES_MOST];
  ValueList list = value_list_start(call->session);
  if (!argument_function(call, 0) || !sequences_start(&sequences, call, 1)) return value_error();
  bool added = sequences.count > 0;
  if (!added) session_fail(call->session, ERROR_ARGUMENT, "`map` needs something to walk through");
  while (added && sequences_next(&sequences, items)) {
    Value result = session_call(call->session, call->arguments[0], (int)sequences.count, items, call->span);
    for (uint32_t i = 0; i < sequences.count; i++) value_unref(items[i]);
    added = !value_is_error(result) && value_list_add(&list, result);
  }
  sequences_end(&sequences);
  if (!added || has_failed(call)) return value_list_drop(&list);
  return value_list_finish(&list, form_of(value_tuple(call->arguments[1])->items[0]));
}

static bool keep_item(Call *call, ValueList *list, Value item_taken) {
  bool keep = false;
  Value answer = session_call(call->session, call->arguments[0], 1, &item_taken, call->span);
  bool known = !value_is_error(answer) && value_truth(call->session, answer, "the function of `filter`", &keep);
  if (!value_is_error(answer)) value_unref(answer);
  if (known && keep) return value_list_add(list, item_taken);
  value_unref(item_taken);
  return known;
}

/* filter(f, xs) */
Value builtin_filter(Call *call) {
  ValueIterator iterator;
  ValueList list = value_list_start(call->session);
  if (!argument_function(call, 0)) return value_error();
  if (!value_iterate(call->session, call->arguments[1], &iterator)) return argument_fail(call, 1);
  Value item;
  bool kept = true;
  while (kept && value_iterate_next(call->session, &iterator, &item)) kept = keep_item(call, &list, item);
  value_iterate_end(&iterator);
  return kept && !has_failed(call) ? value_list_finish(&list, form_of(call->arguments[1])) : value_list_drop(&list);
}

static Value reverse_text(Session *session, const String *text) {
  Buffer out = {0};
  for (size_t end = text->length; end > 0;) {
    size_t start = end - 1;
    while (start > 0 && ((unsigned char)text->text[start] & 0xC0) == 0x80) start--;
    buffer_add(&out, text->text + start, end - start);
    end = start;
  }
  Value value = out.failed ? (error_out_of_memory(session_runtime(session)->error), value_error())
                           : value_object_or_error(string_new(session, buffer_text(&out), out.length));
  buffer_free(&out);
  return value;
}

static Value reverse_tensor(Call *call) {
  Attributes *axis = attributes_new(call_runtime(call), 1);
  if (!axis) return value_error();
  attributes_set_integer(axis, 0, 0);
  Value flipped = operation_view(call->session, OP_flip, call->arguments[0], axis);
  attributes_unref(axis);
  return flipped;
}

Value builtin_reversed(Call *call) {
  Value source = call->arguments[0];
  if (value_is(source, KIND_STRING)) return reverse_text(call->session, value_string(source));
  if (value_as_variable(source)) return reverse_tensor(call);
  ValueList list = value_list_start(call->session), turned = value_list_start(call->session);
  if (!value_list_fill(&list, source)) return argument_fail(call, 0), value_list_drop(&list);
  bool added = true;
  for (uint32_t i = list.count; added && i > 0; i--) added = value_list_add(&turned, value_ref(list.values[i - 1]));
  value_list_drop(&list);
  return added ? value_list_finish(&turned, form_of(source)) : value_list_drop(&turned);
}
