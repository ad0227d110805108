/* SPDX-License-Identifier: MIT */
/* attribute.c: reading and writing x.name. */
#include "evaluator/attribute.h"
#include <string.h>
#include "base/text.h"
#include "evaluator/builtins/arguments.h"
#include "evaluator/failure.h"
#include "evaluator/foreign.h"

/* ---- attributes of tensors; a number has them too */

typedef Value (*AttributeFunction)(Session *session, Value object);

static const Layout *layout_of(Value object) {
  Variable *variable = value_as_variable(object);
  return variable ? variable_layout(variable) : &layout_scalar;
}

static DType dtype_of(Value object) {
  Variable *variable = value_as_variable(object);
  return variable ? variable_dtype(variable) : value_is_bool(object) ? DTYPE_BOOL : DTYPE_FLOAT64;
}

static Value read_shape(Session *session, Value object) {
  const Layout *layout = layout_of(object);
  Tuple *shape = tuple_new(session, layout->ndim);
  for (int k = 0; shape && k < layout->ndim; k++) shape->items[k] = value_number((double)layout_shape(layout)[k]);
  return value_object_or_error(shape);
}

static Value read_ndim(Session *session, Value object) { return (void)session, value_number(layout_of(object)->ndim); }
static Value read_size(Session *session, Value object) {
  return (void)session, value_number((double)layout_of(object)->size);
}

static Value read_dtype(Session *session, Value object) {
  const char *name = dtype_info[dtype_of(object)].name;
  return globals_builtin(session, name, strlen(name));
}

static Value read_transpose(Session *session, Value object) {
  return value_as_variable(object) ? operation_view(session, OP_transpose, object, NULL) : value_ref(object);
}

static Value read_data(Session *session, Value object) {
  Variable *variable = value_as_variable(object);
  if (!variable) return value_ref(object);
  Tensor *tensor = variable_value(&session->graph, variable);
  return value_from_tensor(session, tensor ? tensor_plain(&session->runtime, tensor) : NULL);
}

static Value read_base(Session *session, Value object) {
  (void)session;
  Variable *variable = value_as_variable(object), *base = variable ? variable_base(variable) : NULL;
  return base ? value_object(variable_ref(base)) : value_none();
}

static Value read_constant(Session *session, Value object) {
  (void)session;
  Variable *variable = value_as_variable(object);
  return value_bool(!variable || variable_is_constant(variable));
}

/* What the builtin function of the same name gives. */
static Value read_by_builtin(Session *session, Value object, const char *name) {
  const BuiltinInfo *info = builtin_find(name, strlen(name));
  if (!info) return value_none();
  Arguments arguments = {.positional_count = 1, .values = &object};
  return builtin_call(session, info, &arguments, session->graph.span);
}
static Value read_gradient(Session *session, Value object) { return read_by_builtin(session, object, "grad"); }
static Value read_creator(Session *session, Value object) { return read_by_builtin(session, object, "creator"); }

typedef struct Attribute { const char *name; AttributeFunction read; } Attribute;
static const Attribute attributes[] = {
  {"shape", read_shape}, {"T", read_transpose}, {"grad", read_gradient}, {"size", read_size}, {"ndim", read_ndim},
  {"dtype", read_dtype}, {"data", read_data}, {"base", read_base}, {"creator", read_creator},
  {"constant", read_constant}};
enum { ATTRIBUTE_COUNT = sizeof attributes / sizeof *attributes };

bool attribute_exists(const char *name) {
  for (int k = 0; k < ATTRIBUTE_COUNT; k++)
    if (strcmp(attributes[k].name, name) == 0) return true;
  return false;
}

const char *attribute_name(int index) { return index < ATTRIBUTE_COUNT ? attributes[index].name : NULL; }

static bool has_attributes(Value object) {
  return value_is_number(object) || value_is_bool(object) || value_is(object, KIND_VARIABLE);
}

Value attribute_of_tensor(Session *session, Value object, const Ast *field) {
  if (!has_attributes(object)) return value_unbound();
  for (int k = 0; k < ATTRIBUTE_COUNT; k++) {
    if (strcmp(attributes[k].name, field->text) != 0) continue;
    session->graph.span = field->span;
    return attributes[k].read(session, object);
  }
  return value_unbound();
}

/* ---- errors */

bool builtin_wants(Session *session, const BuiltinInfo *info, const char *kinds) {
  const Signature *signature = builtin_signature(session, info);
  return signature && signature->count > 0 && strchr(kinds, signature->parameters[0].kind);
}

/* Those that have the namespace in their name, and all others: every namespace has them too. */
static void consider_members(Suggest *suggest, const char *space) {
  size_t length = strlen(space);
  for (int k = 0; k < builtin_count(); k++) {
    const char *name = builtin_at(k)->name;
    bool inside = strncmp(name, space, length) == 0 && name[length] == '.';
    if (inside || !strchr(name, '.')) suggest_consider(suggest, inside ? name + length + 1 : name);
  }
}

static void consider_functions(Session *session, Suggest *suggest, bool of_functions) {
  for (int k = 0; k < builtin_count(); k++)
    if (!strchr(builtin_at(k)->name, '.') && (!of_functions || builtin_wants(session, builtin_at(k), "VCF")))
      suggest_consider(suggest, builtin_at(k)->name);
  for (uint32_t k = 0; k < session->name_count; k++)
    if (session->names[k].bound && value_is(session->globals[k], KIND_FUNCTION))
      suggest_consider(suggest, session->names[k].text);
}

void hint_field(Session *session, const Record *record, const char *wanted) {
  Suggest suggest;
  SuggestText likely;
  if (!suggest_start(&suggest, wanted)) return;
  for (uint32_t k = 0; k < record->count; k++) suggest_consider(&suggest, record->fields[k].name->text);
  if (*suggest_text(&suggest, "`", &likely)) error_hint(&session->error, "%s", likely.text);
}

/* A function has no attributes, and as methods only what takes functions. */
static void consider_names(Session *session, Suggest *suggest, Value object, bool called) {
  if (has_attributes(object)) {
    for (int k = 0; k < ATTRIBUTE_COUNT; k++) suggest_consider(suggest, attributes[k].name);
  }
  if (value_is(object, KIND_NAMESPACE)) consider_members(suggest, ((Namespace *)object.object)->name);
  if (value_is(object, KIND_TUPLE) || value_is(object, KIND_STRING) || value_is(object, KIND_NAMESPACE)) return;
  bool function = value_is_callable(object);
  if (called || !function) consider_functions(session, suggest, function);
}

static void hint_string(Session *session) {
  error_hint(&session->error, "strings have `s + t`, `s[1:3]`, `len(s)`, `t in s` and `for c in s`");
}

/* The expression before the dot as the user would write it again, else `otherwise`. */
static const char *object_source(Session *session, ShownText *out, const Ast *field, const char *otherwise) {
  const Ast *object = field->children[0];
  bool again = object->kind == AST_NAME || object->kind == AST_FIELD || object->kind == AST_DERIVATIVE;
  return again && object->span.end - object->span.start <= 40 ? shown_source(session, out, object->span) : otherwise;
}

/* x.add_(1), x.grad.zero_() */
static bool hint_in_place(Session *session, Value object, const Ast *field) {
  const char *behind = foreign_in_place(field->text);
  ShownText text;
  if (!behind) return false;
  if (strcmp(field->text, ZERO_IN_PLACE) == 0 && asks_gradient(field->children[0]))
    error_hint(&session->error, "%s", foreign_hint("zero_grad"));
  else if (has_attributes(object))
    error_hint(&session->error, "write `%s%s`", object_source(session, &text, field, "x"), behind);
  else return false;
  return true;
}

static bool hint_derivative(Session *session, Value object, const Ast *field) {
  ShownText text;
  if (!value_is_callable(object) || strcmp(field->text, "grad") != 0) return false;
  const char *source = object_source(session, &text, field, "f");
  error_hint(&session->error, "its derivative is `%s'`, its gradient `grad(%s)`", source, source);
  return true;
}

bool hint_tensor_attribute(Session *session, const char *name) {
  if (!attribute_exists(name)) return false;
  error_hint(&session->error, "tensors have it as an attribute: write `x.%s`", name);
  return true;
}

static void hint_attribute(Session *session, Value object, const Ast *field, bool called) {
  if (hint_in_place(session, object, field) || hint_derivative(session, object, field)) return;
  if (value_is(object, KIND_STRING)) {
    hint_string(session);
    return;
  }
  if (!called && has_attributes(object) && builtin_find(field->text, field->text_length)) {
    error_hint(&session->error, "call it: `.%s()`", field->text);
    return;
  }
  Suggest suggest;
  SuggestText likely;
  if (value_is(object, KIND_RECORD)) {
    hint_field(session, (Record *)object.object, field->text);
    const char *method = called && !session->error.hint.length ? foreign_member_hint(field->text) : NULL;
    if (method) error_hint(&session->error, "%s", method);
    return;
  }
  const char *known = foreign_member_hint(field->text);
  if (known) {
    error_hint(&session->error, "%s", known);
    return;
  }
  if (value_is(object, KIND_NAMESPACE) && hint_tensor_attribute(session, field->text)) return;
  if (!suggest_start(&suggest, field->text)) return;
  consider_names(session, &suggest, object, called);
  if (*suggest_text(&suggest, "`", &likely)) error_hint(&session->error, "%s", likely.text);
}

Value fail_attribute(Session *session, Value object, const Ast *field, bool called) {
  ShownText name, kind;
  const char *shown = shown_name(&name, field->children[0]);
  shown_kind(session, &kind, object);
  const char *what = value_is(object, KIND_RECORD)      ? "field"
                     : value_is(object, KIND_NAMESPACE) ? "function"
                     : called                           ? "method"
                                                        : "attribute";
  if (value_is(object, KIND_NAMESPACE)) fail_at(session, field->op_span, ERROR_NAME, "`%s` has no function `%s`",
                                                ((Namespace *)object.object)->name, field->text);
  else fail_at(session, field->op_span, ERROR_NAME, "%s%s%shas no %s `%s`", shown, *shown ? "" : kind.text,
               *shown ? "" : " ", what, field->text);
  hint_attribute(session, object, field, called);
  return value_error();
}

/* ---- reading */

Value attribute_read(Session *session, Value object, const Ast *field) {
  if (value_is(object, KIND_RECORD)) {
    RecordField *found = record_find((Record *)object.object, field->text, field->text_length);
    return found ? value_ref(found->value) : fail_attribute(session, object, field, false);
  }
  bool member = value_is(object, KIND_NAMESPACE);
  Value value = member ? namespace_member(session, (Namespace *)object.object, field->text, field->text_length)
                       : attribute_of_tensor(session, object, field);
  if (value_is_unbound(value) && value_is_none(object)) {
    ShownText kind;
    return fail_at(session, field->op_span, ERROR_TYPE, "%s has no attribute `%s`", shown_kind(session, &kind, object),
                   field->text);
  }
  if (value_is_unbound(value)) return fail_attribute(session, object, field, false);
  if (value_is_error(value)) return fail_operation(session, field->op_span, 1, field->children);
  machine_check_warning(session, field->op_span);
  return value;
}

/* ---- writing */

/* `only_checks`: whether it could be written. */
static bool write_shape(Session *session, Variable *variable, Value value, const Ast *field, bool only_checks) {
  int64_t shape[TENSOR_MAX_DIMS];
  const Tuple *tuple = value_is(value, KIND_TUPLE) ? (Tuple *)value.object : NULL;
  uint32_t count = tuple ? tuple->count : 1;
  if (count > TENSOR_MAX_DIMS) {
    fail_at(session, field->span, ERROR_SHAPE, "a tensor has at most %d axes", TENSOR_MAX_DIMS);
    return false;
  }
  for (uint32_t k = 0; k < count; k++)
    if (!value_to_integer(session, tuple ? tuple->items[k] : value, "a size", &shape[k])) return false;
  return (only_checks ? variable_check_shape : variable_reshape)(&session->graph, variable, (int)count, shape);
}

static bool write_data(Session *session, Variable *variable, Value value, bool only_checks) {
  Tensor *tensor = value_to_tensor(session, value);
  bool written = tensor && (only_checks ? variable_check_data : variable_write_data)(&session->graph, variable, tensor);
  tensor_unref(tensor);
  return written;
}

static bool write_gradient(Session *session, Variable *variable, Value value, bool only_checks) {
  if (value_is_none(value)) {
    if (!only_checks) variable_clear_gradient(&session->graph, variable);
    return true;
  }
  Tensor *tensor = value_to_tensor(session, value);
  bool written = tensor && (only_checks ? variable_check_gradient(&session->graph, variable, tensor)
                                        : variable_set_gradient(&session->graph, variable, tensor));
  tensor_unref(tensor);
  return written;
}

static bool write_tensor(Session *session, Variable *variable, const Ast *field, Value value, bool only_checks) {
  session->graph.span = field->span;
  if (strcmp(field->text, "shape") == 0) return write_shape(session, variable, value, field, only_checks);
  if (strcmp(field->text, "data") == 0) return write_data(session, variable, value, only_checks);
  if (strcmp(field->text, "grad") == 0) return write_gradient(session, variable, value, only_checks);
  if (attribute_exists(field->text)) {
    fail_at(session, field->op_span, ERROR_TYPE, "`%s` cannot be assigned", field->text);
    error_hint(&session->error, "`.shape`, `.data` and `.grad` can be written");
    return false;
  }
  return fail_attribute(session, value_object(variable), field, false), false;
}

static bool write_field(Session *session, Value object, const Ast *field, Value value, bool only_checks) {
  bool written = false;
  ShownText kind;
  if (value_is(object, KIND_RECORD))
    written = only_checks || record_set(session, (Record *)object.object, field->text, field->text_length,
                                        value_ref(value));
  else if (value_is(object, KIND_VARIABLE))
    written = write_tensor(session, (Variable *)object.object, field, value, only_checks);
  else if (value_is_number(object) || value_is_bool(object))
    fail_at(session, field->span, ERROR_TYPE, "a number cannot be changed in place: assign the name itself");
  else fail_at(session, field->op_span, ERROR_TYPE, "%s has no fields to assign", shown_kind(session, &kind, object));
  if (!written) fail_operation(session, field->op_span, 1, field->children);
  return written;
}

bool attribute_write(Session *session, Value object, const Ast *field, Value value) {
  return write_field(session, object, field, value, false);
}

bool attribute_check(Session *session, Value object, const Ast *field, Value value) {
  return write_field(session, object, field, value, true);
}
