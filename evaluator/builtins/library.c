/* SPDX-License-Identifier: MIT */
/* library.c: calling functions of stdlib/.

   A file is evaluated as the body of a function; it returns a record of the functions that it offers.  Rows of
   evaluator/builtins/library.def hold their signatures: arguments are bound and defaults filled in before the library
   sees them, all by position, and errors point at the user's call. */
#include "evaluator/builtins/library.h"
#include <string.h>
#include "base/memory.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/list.h"
#include "evaluator/builtins/made.h"
#include "evaluator/builtins/recorded.h"
#include "evaluator/builtins/state.h"
#include "evaluator/builtins/structure.h"
#include "evaluator/names.h"

typedef struct LibraryRow { const char *name, *file; } LibraryRow;

static const LibraryRow rows[] = {
#define LIBRARY(name, file, signature, doc, example, gives) {name, "stdlib/" #file ".mg"},
#define DIFFERENTIABLE LIBRARY
#include "evaluator/builtins/library.def"
#undef LIBRARY
#undef DIFFERENTIABLE
  {NULL, NULL},
};

static const LibraryRow *find_row(const BuiltinInfo *info) {
  if (info->function != library_call) return NULL;
  for (const LibraryRow *row = rows; row->name; row++)
    if (strcmp(row->name, info->name) == 0) return row;
  return NULL;
}

static int find_file(const char *name) {
  for (int i = 0; library_files[i].name; i++)
    if (strcmp(library_files[i].name, name) == 0) return i;
  return -1;
}

static int count_files(void) {
  int count = 0;
  while (library_files[count].name) count++;
  return count;
}

static bool make_room(Session *session, BuiltinState *state) {
  if (state->libraries) return true;
  int count = count_files();
  state->libraries = memory_allocate((size_t)count * sizeof *state->libraries);
  if (!state->libraries) return error_out_of_memory(session_runtime(session)->error);
  state->library_count = count;
  for (int i = 0; i < count; i++) state->libraries[i] = value_none();
  return true;
}

/* The record that a file returns, borrowed; NULL: error recorded.  Loading records nothing and draws no numbers. */
static Record *load_file(Session *session, int index) {
  BuiltinState *state = builtin_state(session);
  if (!state || index < 0 || !make_room(session, state)) return NULL;
  if (value_is_none(state->libraries[index])) {
    const LibraryFile *file = &library_files[index];
    Value value = session_evaluate_library(session, file->name, file->text, file->length);
    if (value_is_error(value)) return NULL;
    state->libraries[index] = value;
  }
  return value_is(state->libraries[index], KIND_RECORD) ? value_record(state->libraries[index]) : NULL;
}

/* Qualified names are those of another field: "linalg.solve" is `solve` in its file. */
static const char *field_name(const char *name) {
  const char *dot = strrchr(name, '.');
  return dot ? dot + 1 : name;
}

/* The evaluator reads a file as the body of a function called library. */
bool library_is_source(const Source *source) {
  return source && source->name && !source->interactive && find_file(source->name) >= 0 &&
         strncmp(source->text, "def library() {", 15) == 0;
}

/* Functions of the user's that library functions call may call others. */
static const Call *blame_warnings(Call *call) {
  const Call *outer = session_blame_warnings(call->session, call);
  if (library_is_at(call->session, call->span)) session_blame_warnings(call->session, outer);
  return outer;
}

/* Tuples and ranges become tensors. */
static bool make_tensor(Call *call, int index, Value *value) {
  if (value_is_number(*value) || value_as_variable(*value)) return true;
  bool item = call->signature->parameters[index].rest;
  Tensor *tensor = item ? value_to_tensor(call->session, *value) : argument_operand(call, index);
  Value made = value_from_tensor(call->session, tensor);
  if (value_is_error(made)) return argument_fail(call, index), false;
  value_unref(*value);
  *value = made;
  return true;
}

static bool make_real(Call *call, int index, Value *value) {
  if (value_is_number(*value)) return true;
  if (!make_tensor(call, index, value)) return false;
  Variable *variable = value_as_variable(*value);
  if (!variable || dtype_is_float(variable_dtype(variable))) return true;
  Tensor *whole = value_to_tensor(call->session, *value);
  Tensor *real = whole ? tensor_cast(call_runtime(call), whole, DTYPE_FLOAT64) : NULL;
  tensor_unref(whole);
  Value made = value_from_tensor(call->session, real);
  if (value_is_error(made)) return false;
  value_unref(*value);
  *value = made;
  return true;
}

/* Indices and widths; masks stay what they are, and so do plain numbers. */
static bool make_whole(Call *call, int index, Value *value) {
  Variable *variable = value_as_variable(*value);
  if (value_is_bool(*value) || (variable && variable_dtype(variable) == DTYPE_BOOL)) return true;
  Value made = value_from_tensor(call->session, argument_whole(call, index));
  if (value_is_error(made)) return false;
  value_unref(value_is_number(*value) ? made : *value);
  if (!value_is_number(*value)) *value = made;
  return true;
}

typedef bool (*Make)(Call *call, int index, Value *value);

/* All of *rest. */
static bool make_each(Call *call, int index, Value *value, Make make) {
  const Tuple *given = value_tuple(*value);
  Tuple *tuple = tuple_new(call->session, given->count);
  if (!tuple) return false;
  bool made = true;
  for (uint32_t i = 0; i < given->count; i++) {
    tuple->items[i] = value_ref(given->items[i]);
    made = made && make(call, index, &tuple->items[i]);
  }
  value_unref(*value);
  *value = value_object(tuple);
  return made;
}

static bool list_leaf(void *context, Value *leaf) { return value_list_add(context, value_ref(*leaf)); }

/* Adds the leaves, but each variable only where it comes first. */
static bool add_each_once(ValueList *once, const ValueList *leaves) {
  NameTable met = {0};
  bool done = true;
  for (uint32_t i = 0; done && i < leaves->count; i++) {
    const char *key = (const char *)&leaves->values[i].object;
    bool variable = value_as_variable(leaves->values[i]) != NULL;
    if (variable && names_find(&met, key, sizeof(Object *))) continue;
    if (variable && !names_add(&met, key, sizeof(Object *), i))
      done = error_out_of_memory(session_runtime(once->session)->error);
    done = done && value_list_add(once, value_ref(leaves->values[i]));
  }
  names_free(&met);
  return done;
}

/* A result that nobody else holds, and that no loss can depend on; a list of variables is taken apart later. */
static bool check_is_seen(void *context, Value *leaf) {
  Session *session = context;
  const Variable *variable = value_as_variable(*leaf);
  if (!variable || !made_only_here(variable) || variable->value->op == OP_concatenate) return true;
  session_fail(session, ERROR_GRADIENT, "variables are needed, not a result of `%s` without a name",
               op_table[variable->value->op].name);
  error_hint(session_runtime(session)->error, "give what the result is computed from, or a name: `v = tensor(...)`");
  return false;
}

static bool check_parameters(Call *call, int index) {
  Value given = call->arguments[index];
  if (!made_structure_only_here(given)) return true;
  Value copy = structure_map(call->session, given, check_is_seen, call->session);
  if (value_is_error(copy)) return argument_fail(call, index), false;
  value_unref(copy);
  return true;
}

/* Variables to be trained, from any structure, as a tuple that holds each of them once: a list of them is taken apart
   again, which it lets see by who holds it. */
static bool make_parameters(Call *call, int index, Value *value) {
  ValueList leaves = value_list_start(call->session), once = value_list_start(call->session);
  value_unref(*value);
  *value = value_none();
  if (!check_parameters(call, index)) return false;
  Value unlisted = made_unlisted(call->session, call->arguments[index]), copy = value_error();
  if (!value_is_error(unlisted)) copy = structure_map(call->session, unlisted, list_leaf, &leaves);
  bool listed = !value_is_error(copy) && add_each_once(&once, &leaves);
  *value = listed ? value_list_finish(&once, LIST_TUPLE) : value_list_drop(&once);
  value_list_drop(&leaves);
  if (!value_is_error(copy)) value_unref(copy);
  if (!value_is_error(unlisted)) value_unref(unlisted);
  if (!value_is_error(*value)) return true;
  *value = value_none();
  return false;
}

/* An axis as a number, several as a tuple. */
static bool make_axes(Call *call, int index, Value *value) {
  IntegerList axes;
  if (!argument_integers(call, index, &axes)) return false;
  Tuple *tuple = axes.single ? NULL : tuple_new(call->session, (uint32_t)axes.count);
  if (!axes.single && !tuple) return false;
  for (int i = 0; tuple && i < axes.count; i++) tuple->items[i] = value_number((double)axes.values[i]);
  value_unref(*value);
  *value = tuple ? value_object(tuple) : value_number((double)axes.values[0]);
  return true;
}

/* Arguments are checked by their kinds before the library sees them; `value` is owned. */
static bool convert_argument(Call *call, int index, Value *value) {
  const ParameterInfo *parameter = &call->signature->parameters[index];
  int64_t integer;
  double number;
  bool truth;
  *value = value_ref(call->arguments[index]);
  Make make = parameter->kind == 'T' ? make_tensor : parameter->kind == 'R' ? make_real : NULL;
  if (parameter->rest) return !make || make_each(call, index, value, make);
  bool may_be_none = parameter->has_default && value_is_none(parameter->default_value);
  if (!call->given[index] || (value_is_none(*value) && may_be_none)) return true;
  switch (parameter->kind) {
  case 'F': return argument_function(call, index);
  case 'W': return argument_text(call, index) != NULL;
  case 'B': return argument_bool(call, index, &truth);
  case 'I': return argument_integer(call, index, &integer);
  case 'N': return argument_read_number(call, index, &number);
  case 'T': case 'R': return make(call, index, value);
  case 'A': return make_axes(call, index, value);
  case 'G': return make_whole(call, index, value);
  case 'P': return make_parameters(call, index, value);
  default: return true;
  }
}

static Value call_converted(Call *call, Value function) {
  Value values[SIGNATURE_PARAMETERS], result = value_error();
  int count = call->signature->shown, made = 0;
  bool converted = true;
  for (; converted && made < count; made++) converted = convert_argument(call, made, &values[made]);
  if (converted) result = session_call(call->session, function, count, values, call->span);
  for (int i = 0; i < made; i++) value_unref(values[i]);
  return result;
}

/* A view of something that nobody else knows becomes a tensor of its own: what a function moved axes for does not
   show.  Takes the result. */
static Value without_hidden_base(Call *call, Value result) {
  Variable *view = value_as_variable(result);
  bool hidden = view && view->base && view->base->object.references == 1 && view->object.references == 1;
  if (!hidden) return result;
  Tensor *value = variable_value(call_graph(call), view);
  if (value) tensor_ref(value);
  value_unref(result);
  return value_object_or_error(variable_new_take(call_graph(call), value));
}

Value library_call(Call *call) {
  const LibraryRow *row = find_row(call->info);
  Record *record = row ? load_file(call->session, find_file(row->file)) : NULL;
  const char *name = field_name(call->info->name);
  const RecordField *field = record ? record_find(record, name, strlen(name)) : NULL;
  if (!field && call_runtime(call)->error->kind != ERROR_NONE) return value_error();
  if (!field) return session_fail(call->session, ERROR_NAME, "the library lacks `%s`", call->info->name);
  Value function = value_ref(field->value);
  RecordedCall recorded = recorded_start(call);
  const Call *outer = blame_warnings(call);
  Value result = call_converted(call, function);
  session_blame_warnings(call->session, outer);
  if (!value_is_error(result)) recorded_finish(call, &recorded);
  value_unref(function);
  if (!value_is_error(result)) result = without_hidden_base(call, result);
  if (value_is_error(result)) library_blame_caller(call, name);
  return result;
}

/* ---- source text */
/* The text of a line that begins the definition of a name: "def name(" or "name(". */
static bool defines(const char *line, const char *name) {
  if (strncmp(line, "def ", 4) == 0) line += 4;
  size_t length = strlen(name);
  return strncmp(line, name, length) == 0 && line[length] == '(';
}

static const char *next_line(const char *line) {
  const char *end = strchr(line, '\n');
  return end ? end + 1 : NULL;
}

/* Comment lines right above belong to the definition. */
static const char *find_definition(const char *text, const char *name) {
  const char *comment = NULL;
  for (const char *line = text; line && *line; line = next_line(line)) {
    if (defines(line, name)) return comment ? comment : line;
    if (*line != '#') comment = NULL;
    else if (!comment) comment = line;
  }
  return NULL;
}

/* A definition ends with the line that closes its brace; comments before it are skipped. */
static size_t definition_length(const char *text) {
  const char *line = text;
  while (line && *line == '#') line = next_line(line);
  int depth = 0;
  for (const char *at = line; at && *at; at++) {
    depth += (*at == '{') - (*at == '}');
    if (*at == '\n' && depth == 0) return (size_t)(at + 1 - text);
  }
  return strlen(text);
}

const char *library_source(const BuiltinInfo *info, size_t *length) {
  const LibraryRow *row = find_row(info);
  int index = row ? find_file(row->file) : -1;
  const char *found = index < 0 ? NULL : find_definition(library_files[index].text, field_name(info->name));
  *length = found ? definition_length(found) : 0;
  return found;
}
