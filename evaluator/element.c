/* SPDX-License-Identifier: MIT */
/* element.c: reading and writing the parts that a subscript names. */
#include <string.h>
#include "evaluator/attribute.h"
#include "evaluator/failure.h"
#include "evaluator/subscript.h"
#include "runtime/kernels/window.h"

Value subscript_fail(Session *session, Subscript *subscript) {
  Error *error = &session->error;
  bool known = error->operand >= 0 && error->operand < subscript->count;
  Span place = known ? subscript->trees[error->operand]->span : subscript->ast->span;
  if (error->place.end) place = error->place;
  error->place = (Span){0, 0};
  error->operand = -1;
  return fail_operation(session, place, 1, subscript->ast->children);
}

/* ---- tensors */

/* A part of the owner's value; recorded where the owner is tracked. */
static Tensor *read_window(Session *session, const Variable *owner, Layout *layout, int64_t offset) {
  Tensor *value = owner->value;
  if (!tensor_is_tracked(value)) return tensor_window(&session->runtime, value, layout, offset);
  Attributes *attributes = window_attributes(&session->runtime, value->layout, layout, offset);
  Tensor *window = attributes ? op_apply1(&session->graph, OP_window, value, attributes) : NULL;
  attributes_unref(attributes);
  return window;
}

/* Where a part of a view with elements of its own stands in its C order. */
static Attributes *place_of(Session *session, Variable *view, const Index *index) {
  Runtime *runtime = &session->runtime;
  const Layout *layout = variable_layout(view);
  Layout *ordered = layout_new(runtime, layout->ndim, layout_shape(layout));
  IndexPlan own;
  bool planned = ordered && index_plan(runtime, ordered, index, &own);
  Attributes *place = planned ? window_attributes(runtime, ordered, own.layout, own.offset) : NULL;
  if (planned) index_plan_free(&own);
  layout_unref(ordered);
  return place;
}

static Tensor *read_own(Session *session, Variable *view, const Index *index, const IndexPlan *plan) {
  Attributes *place = place_of(session, view, index);
  Tensor *part = place ? variable_part(&session->graph, view, plan->layout, plan->offset, place) : NULL;
  attributes_unref(place);
  return part;
}

static Tensor *read_basic(Session *session, Variable *variable, const Index *index, const IndexPlan *plan) {
  if (variable_has_own_elements(&session->graph, variable)) return read_own(session, variable, index, plan);
  if (!variable->base) return read_window(session, variable, plan->layout, plan->offset);
  return read_window(session, variable->base, plan->layout, plan->offset + variable->offset);
}

static bool is_whole(const Layout *layout, const Layout *of) {
  if (!layout_same_shape(layout, of)) return false;
  return memcmp(layout_strides(layout), layout_strides(of), of->ndim * sizeof(int64_t)) == 0;
}

static Tensor *read_gathered(Session *session, Variable *variable, const Index *index, const IndexPlan *plan) {
  bool whole = !variable->base && plan->offset == 0 && is_whole(plan->layout, variable->value->layout);
  Tensor *from = whole ? tensor_ref(variable->value) : read_basic(session, variable, index, plan);
  if (!from) return NULL;
  Tensor *operands[TENSOR_MAX_DIMS + 1] = {from};
  memcpy(operands + 1, plan->indices, (size_t)plan->index_count * sizeof *operands);
  Tensor *result = op_apply(&session->graph, OP_gather, plan->index_count + 1, operands, plan->attributes);
  tensor_unref(from);
  return result;
}

static Variable *view_part(Session *session, Variable *variable, const Index *index, const IndexPlan *plan) {
  Graph *graph = &session->graph;
  Variable *view = variable_window(graph, variable, plan->layout, plan->offset, false);
  if (!view || !variable_has_own_elements(graph, view)) return view;
  Attributes *place = place_of(session, variable, index);
  if (!place) return variable_unref(view), NULL;
  view = variable_view_of(graph, view, variable, OP_window, place);
  attributes_unref(place);
  return view;
}

static bool has_ellipsis(const Index *index) {
  for (int k = 0; k < index->count; k++)
    if (index->items[k].kind == INDEX_ELLIPSIS) return true;
  return false;
}

/* Whole numbers and slices give a view, unless a single element is left and no `...` asks for a view of it; index
   tensors and masks give a copy. */
static Value read_index(Session *session, Variable *variable, const Index *index) {
  IndexPlan plan;
  if (!index_plan(&session->runtime, variable_layout(variable), index, &plan)) return value_error();
  Value result;
  if (plan.index_count) result = value_from_tensor(session, read_gathered(session, variable, index, &plan));
  else if (plan.layout->ndim == 0 && !has_ellipsis(index))
    result = value_from_tensor(session, read_basic(session, variable, index, &plan));
  else result = value_object_or_error(view_part(session, variable, index, &plan));
  index_plan_free(&plan);
  return result;
}

static Value read_tensor(Session *session, Variable *variable, Subscript *subscript) {
  Index index = {subscript->count, subscript->items};
  session->graph.span = subscript->ast->span;
  return read_index(session, variable, &index);
}

Value subscript_row(Session *session, Value tensor, int64_t position) {
  IndexItem item = {.kind = INDEX_INTEGER, .start = position};
  Index index = {1, &item};
  return read_index(session, (Variable *)tensor.object, &index);
}

/* ---- sequences */

typedef struct Picked { bool single; IndexRun run; } Picked;

static bool fail_range(Session *session, Subscript *subscript, int64_t position, int64_t size, const char *unit) {
  ShownText name;
  ShapeText places;
  const char *shown = shown_name(&name, subscript->ast->children[0]);
  if (size == 0)
    session_fail(session, ERROR_INDEX, "index %lld is out of range: %sis empty", (long long)position,
                 *shown ? shown : "it ");
  else session_fail(session, ERROR_INDEX, "index %lld is out of range for %s%s%s%lld (%s)", (long long)position,
                    *shown ? shown : "a ", *shown ? "of " : unit, *shown ? "size " : " of size ", (long long)size,
                    places_text(&places, size));
  error_at(&session->error, subscript->trees[0]->span);
  return false;
}

/* One whole number or one slice. */
static bool pick(Session *session, Subscript *subscript, int64_t size, const char *unit, Picked *picked) {
  const IndexItem *item = &subscript->items[0];
  if (subscript->count != 1 || (item->kind != INDEX_INTEGER && item->kind != INDEX_SLICE)) {
    Span place = subscript->count ? subscript->trees[subscript->count - 1]->span : subscript->ast->span;
    fail_at(session, place, ERROR_INDEX, "a %s is indexed by one whole number or one slice", unit);
    return false;
  }
  if (item->kind == INDEX_INTEGER) {
    int64_t position = item->start < 0 ? item->start + size : item->start;
    if (position < 0 || position >= size) return fail_range(session, subscript, item->start, size, unit);
    *picked = (Picked){true, {position, 1, 1}};
    return true;
  }
  picked->single = false;
  if (index_slice(item, size, &picked->run)) return true;
  fail_at(session, subscript->trees[0]->span, ERROR_INDEX, "the step of a slice cannot be 0");
  return false;
}

static Value read_tuple(Session *session, const Tuple *tuple, Subscript *subscript) {
  Picked picked;
  if (!pick(session, subscript, tuple->count, "tuple", &picked)) return value_error();
  if (picked.single) return value_ref(tuple->items[picked.run.first]);
  Tuple *part = tuple_new(session, (uint32_t)picked.run.count);
  for (int64_t k = 0; part && k < picked.run.count; k++)
    part->items[k] = value_ref(tuple->items[picked.run.first + k * picked.run.step]);
  return value_object_or_error(part);
}

static Value read_range(Session *session, const Range *range, Subscript *subscript) {
  Picked picked;
  if (!pick(session, subscript, range->count, "range", &picked)) return value_error();
  double first = range->start + range->step * (double)picked.run.first;
  if (picked.single) return value_number(first);
  Range *part = range_new(session, 0, 0, 1);
  if (!part) return value_error();
  part->start = first;
  part->step = range->step * (double)picked.run.step;
  part->count = picked.run.count;
  part->stop = part->start + part->step * (double)part->count;
  return value_object(part);
}

/* Where each character starts; characters are what is counted.  NULL: no memory. */
static uint32_t *find_characters(Session *session, String *string) {
  size_t count = string_characters(string);
  uint32_t *starts = memory_allocate((count + 1) * sizeof *starts);
  if (!starts) return session_out_of_memory(session), NULL;
  for (size_t k = 0, at = 0; k <= count; k++) {
    uint32_t character;
    starts[k] = (uint32_t)at;
    int bytes = at < string->length ? utf8_decode(string->text + at, string->text + string->length, &character) : 0;
    at += bytes ? (size_t)bytes : 1;
  }
  return starts;
}

/* `starts` NULL: every byte is a character. */
static Value pick_characters(Session *session, const String *string, const IndexRun *run, const uint32_t *starts) {
  Buffer text = {0};
  Value result = value_error();
  for (int64_t k = 0; k < run->count; k++) {
    int64_t at = run->first + k * run->step;
    if (starts) buffer_add(&text, string->text + starts[at], starts[at + 1] - starts[at]);
    else buffer_add_byte(&text, string->text[at]);
  }
  if (text.failed) session_out_of_memory(session);
  else result = value_object_or_error(string_new(session, buffer_text(&text), text.length));
  buffer_free(&text);
  return result;
}

static Value read_string(Session *session, String *string, Subscript *subscript) {
  size_t count = string_characters(string);
  Picked picked;
  if (!pick(session, subscript, (int64_t)count, "string", &picked)) return value_error();
  const IndexRun *run = &picked.run;
  if (run->step == 1 || run->count <= 1) {
    size_t start = run->count ? string_offset(string, (size_t)run->first) : 0;
    size_t end = run->count ? string_offset(string, (size_t)(run->first + run->count)) : 0;
    return value_object_or_error(string_new(session, string->text + start, end - start));
  }
  if (count == string->length) return pick_characters(session, string, run, NULL);
  uint32_t *starts = find_characters(session, string);
  Value result = starts ? pick_characters(session, string, run, starts) : value_error();
  if (starts) memory_release(starts, (count + 1) * sizeof *starts);
  return result;
}

/* ---- records */

static const String *record_key(Session *session, Subscript *subscript) {
  if (value_is(subscript->single, KIND_STRING)) return (String *)subscript->single.object;
  fail_at(session, subscript->ast->span, ERROR_INDEX, "a record is indexed by the name of a field: `r[\"name\"]`");
  return NULL;
}

static Value read_record(Session *session, const Record *record, Subscript *subscript) {
  const String *key = record_key(session, subscript);
  if (!key) return value_error();
  const RecordField *field = record_find(record, key->text, key->length);
  if (field) return value_ref(field->value);
  fail_at(session, subscript->ast->span, ERROR_INDEX, "the record has no field `%.60s`", key->text);
  hint_field(session, record, key->text);
  return value_error();
}

static bool is_text_index(Session *session, Value object, Subscript *subscript) {
  if (!value_is(subscript->single, KIND_STRING) || value_is(object, KIND_RECORD)) return false;
  ShownText text;
  fail_at(session, subscript->ast->children[1]->span, ERROR_INDEX, "%s cannot be indexed by a string",
          shown_kind(session, &text, object));
  return true;
}

static Value fail_object(Session *session, Value object, const Subscript *subscript) {
  ShownText text, name;
  shown_kind(session, &text, object);
  const Ast *ast = subscript->ast->children[0];
  const char *shown = shown_name(&name, ast);
  fail_at(session, ast->span, ERROR_INDEX, *shown ? "%sis %s and cannot be indexed" : "%s%s cannot be indexed", shown,
          text.text);
  if (value_is_callable(object))
    error_hint(&session->error, "functions are called with `( )`");
  return value_error();
}

Value subscript_read(Session *session, Value object, Subscript *subscript) {
  Value result;
  if (is_text_index(session, object, subscript)) return value_error();
  switch (value_is_number(object) ? KIND_UNBOUND : object.object->kind) {
    case KIND_VARIABLE: result = read_tensor(session, (Variable *)object.object, subscript); break;
    case KIND_TUPLE: result = read_tuple(session, (Tuple *)object.object, subscript); break;
    case KIND_STRING: result = read_string(session, (String *)object.object, subscript); break;
    case KIND_RANGE: result = read_range(session, (Range *)object.object, subscript); break;
    case KIND_RECORD: result = read_record(session, (Record *)object.object, subscript); break;
    default: return fail_object(session, object, subscript);
  }
  return value_is_error(result) ? subscript_fail(session, subscript) : result;
}
