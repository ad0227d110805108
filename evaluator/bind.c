/* SPDX-License-Identifier: MIT */
/* bind.c: calling a builtin: its arguments find their parameters, or the error says what the signature is. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "evaluator/builtins/arguments.h"
#include "evaluator/constness.h"
#include "evaluator/foreign.h"
#include "evaluator/operation.h"

typedef struct Binding {
  Session *session;
  const BuiltinInfo *info;
  const Signature *signature;
  const Arguments *arguments;
  Span span;
  Value rest, fields; /* the tuple of surplus arguments, the record of named ones, owned; unbound: none was made */
  /* One per parameter of the signature; those behind stay unset, which spares short calls the work. */
  Value values[SIGNATURE_PARAMETERS];
  bool given[SIGNATURE_PARAMETERS];
  Span spans[SIGNATURE_PARAMETERS];
} Binding;

static Error *binding_error(const Binding *binding) {
  return session_runtime(binding->session)->error;
}

static Span argument_span(const Binding *binding, int index) {
  return binding->arguments->spans ? binding->arguments->spans[index] : (Span){0, 0};
}

/* A signature that is longer than a line is left to the help. */
static void hint_signature(const Binding *binding, const char *before) {
  enum { LINE = 74 };
  Buffer text = {0};
  signature_show(&text, binding->info->name, binding->signature);
  const char *gap = strchr(before, '?') ? "  " : "";
  if (text.length + strlen(before) + strlen(gap) <= LINE)
    error_hint(binding_error(binding), "%s%s%s", before, gap, buffer_text(&text));
  else if (*gap) error_hint(binding_error(binding), "%s", before);
  else error_hint(binding_error(binding), "its arguments: `help(%s)`", binding->info->name);
  buffer_free(&text);
}

static int find_parameter(const Signature *signature, const char *name) {
  for (int i = signature->unnamed; i < signature->count; i++)
    if (i != signature->rest && i != signature->fields && strcmp(signature->parameters[i].name, name) == 0) return i;
  return -1;
}

/* Only the name of a keyword argument is marked; its span may cover the name or just the value behind it. */
static Span keyword_span(const Binding *binding, int index, const char *name) {
  Span span = argument_span(binding, index);
  size_t length = 0, wanted = strlen(name);
  const char *text = source_text(session_sources(binding->session), span, &length);
  if (text && length > wanted && memcmp(text, name, wanted) == 0 && text[wanted] != '(')
    span.end = span.start + (uint32_t)wanted;
  return span;
}

/* What stands behind `name=`; the whole where that cannot be told. */
static Span value_span(const Binding *binding, int index, const char *name) {
  Span span = argument_span(binding, index);
  size_t length = 0, at = strlen(name);
  const char *text = source_text(session_sources(binding->session), span, &length);
  if (!text || length <= at || memcmp(text, name, at) != 0) return span;
  while (at < length && text[at] == ' ') at++;
  if (at == length || text[at] != '=' || (at + 1 < length && text[at + 1] == '=')) return span;
  at++;
  while (at < length && (text[at] == ' ' || text[at] == '\n')) at++;
  span.start += (uint32_t)at;
  return span;
}

/* NumPy's or PyTorch's name for a parameter. */
static bool hint_keyword(const Binding *binding, const char *name) {
  int next = 0;
  for (const char *here; (here = foreign_keyword(name, &next));)
    for (int i = 0; i < binding->signature->count; i++) {
      const ParameterInfo *parameter = &binding->signature->parameters[i];
      if (strcmp(parameter->name, here) != 0) continue;
      Error *error = binding_error(binding);
      if (parameter->rest) error_hint(error, "sizes come first, without a name: `%s(2, 3)`", binding->info->name);
      else error_hint(error, "the name here is `%s`", here);
      return true;
    }
  return false;
}

static bool fail_unknown(const Binding *binding, const char *name, Span span) {
  Error *error = binding_error(binding);
  error_set(error, ERROR_ARGUMENT, "`%s` has no argument `%s`", binding->info->name, name);
  error_at(error, span);
  if (hint_keyword(binding, name)) return false;
  Suggest suggest;
  SuggestText likely = {""};
  if (suggest_start(&suggest, name))
    for (int i = 0; i < binding->signature->count; i++)
      suggest_consider(&suggest, binding->signature->parameters[i].name);
  const char *known = foreign_hint(name);
  if (known) return error_hint(error, "%s", known), false;
  hint_signature(binding, suggest_text(&suggest, "`", &likely));
  return false;
}

static int count_required(const Signature *signature) {
  int required = 0;
  for (int i = 0; i < signature->shown; i++) {
    const ParameterInfo *parameter = &signature->parameters[i];
    if (i != signature->rest && !parameter->keyword_only && !parameter->has_default) required++;
  }
  return required;
}

static int count_shown_positional(const Signature *signature) {
  int count = 0;
  for (int i = 0; i < signature->shown; i++)
    if (!signature->parameters[i].keyword_only && !signature->parameters[i].rest) count++;
  return count;
}

static const char *keyword_only_name(const Signature *signature) {
  for (int i = 0; i < signature->shown; i++)
    if (signature->parameters[i].keyword_only && i != signature->fields) return signature->parameters[i].name;
  return NULL;
}

/* What stands in the place of `out` may be one; it can be given by position but is not counted as an argument. */
static bool may_be_out(Value value) { return value_as_variable(value) || value_is_none(value); }

static bool gives_out(const Binding *binding) {
  const Signature *signature = binding->signature;
  int place = signature->shown;
  return signature->positional > place && binding->arguments->positional_count > place &&
         may_be_out(binding->arguments->values[place]);
}

static bool fail_surplus(const Binding *binding) {
  Error *error = binding_error(binding);
  const Arguments *arguments = binding->arguments;
  int most = count_shown_positional(binding->signature), least = count_required(binding->signature);
  int given = arguments->positional_count;
  char takes[48];
  if (most == 0) snprintf(takes, sizeof takes, "no arguments");
  else if (least == most) snprintf(takes, sizeof takes, "%d argument%s", most, most == 1 ? "" : "s");
  else if (least + 1 == most) snprintf(takes, sizeof takes, "%d or %d arguments", least, most);
  else snprintf(takes, sizeof takes, "%d to %d arguments", least, most);
  const char *name = keyword_only_name(binding->signature);
  bool out = gives_out(binding);
  error_set(error, ERROR_ARGUMENT, "`%s` takes %s%s, got %d", binding->info->name, takes, out ? " and `out`" : "",
            given);
  if (arguments->spans && most + out < given) {
    Span span = span_join(arguments->spans[most + out], arguments->spans[given - 1]);
    error_at(error, span);
    error_label(error, span, "not expected");
  }
  const char *known = foreign_call_hint(binding->info->name);
  if (known) error_hint(error, "%s", known);
  else if (name) hint_signature(binding, "by name only behind `*`: ");
  else if (most > 1) hint_signature(binding, "");
  return false;
}

static bool fail_missing(const Binding *binding, const char *name) {
  Error *error = binding_error(binding);
  error_set(error, ERROR_ARGUMENT, "`%s` needs `%s`", binding->info->name, name);
  error_at(error, binding->span);
  hint_signature(binding, "");
  return false;
}

/* The surplus arguments as a tuple for *rest. */
static bool bind_rest(Binding *binding, int index, int from, int count) {
  Tuple *tuple = tuple_new(binding->session, (uint32_t)count);
  if (!tuple) return false;
  for (int i = 0; i < count; i++) tuple->items[i] = value_ref(binding->arguments->values[from + i]);
  binding->rest = value_object(tuple);
  binding->values[index] = binding->rest;
  binding->given[index] = count > 0;
  if (count > 0)
    binding->spans[index] = span_join(argument_span(binding, from), argument_span(binding, from + count - 1));
  return true;
}

/* x.reshape(2, 3): a shape that stands last may be written as several numbers. */
static bool gathers_shape(const Binding *binding) {
  const Signature *signature = binding->signature;
  if (signature->rest >= 0 || count_shown_positional(signature) != 2 || signature->parameters[1].kind != 'S')
    return false;
  for (int i = 1; i < binding->arguments->positional_count; i++)
    if (!value_is_number(binding->arguments->values[i])) return false;
  return true;
}

static inline void bind_argument(Binding *binding, int index) {
  binding->values[index] = binding->arguments->values[index];
  binding->given[index] = true;
  binding->spans[index] = argument_span(binding, index);
}

static inline void bind_nothing(Binding *binding, int index) {
  binding->given[index] = false;
  binding->spans[index] = (Span){0, 0};
}

static bool bind_positional(Binding *binding) {
  const Signature *signature = binding->signature;
  int given = binding->arguments->positional_count;
  int fits = signature->positional;
  bool gathered = given > 2 && gathers_shape(binding);
  if (gathered) fits = 1;
  for (int i = 0; i < given && i < fits; i++) {
    Value value = binding->arguments->values[i];
    if (i >= signature->shown && !may_be_out(value)) return fail_surplus(binding);
    bind_argument(binding, i);
  }
  if (gathered) return bind_rest(binding, 1, 1, given - 1);
  int surplus = given > fits ? given - fits : 0;
  if (signature->rest >= 0) return bind_rest(binding, signature->rest, given - surplus, surplus);
  return given <= fits || fail_surplus(binding);
}

static bool fail_twice(const Binding *binding, const char *name, Span span) {
  error_set(binding_error(binding), ERROR_ARGUMENT, "`%s` got `%s` twice", binding->info->name, name);
  return error_at(binding_error(binding), span), false;
}

/* An argument of a name of the caller's own becomes a field of the record for **fields. */
static bool bind_field(Binding *binding, const char *name, int at, Span span) {
  Record *record = value_record(binding->fields);
  int index = binding->signature->fields;
  if (record_find(record, name, strlen(name))) return fail_twice(binding, name, span);
  binding->spans[index] = binding->given[index] ? span_join(binding->spans[index], span) : span;
  binding->given[index] = true;
  return record_set(binding->session, record, name, strlen(name), value_ref(binding->arguments->values[at]));
}

static bool start_fields(Binding *binding) {
  int index = binding->signature->fields;
  if (index < 0) return true;
  Record *record = record_new(binding->session);
  if (!record) return false;
  return binding->fields = binding->values[index] = value_object(record), true;
}

static bool bind_named(Binding *binding) {
  if (!start_fields(binding)) return false;
  const Arguments *arguments = binding->arguments;
  for (int i = 0; i < arguments->named_count; i++) {
    const char *name = arguments->names[i];
    int at = arguments->positional_count + i;
    int index = find_parameter(binding->signature, name);
    Span span = keyword_span(binding, at, name);
    if (index < 0 && binding->signature->fields >= 0) {
      if (!bind_field(binding, name, at, argument_span(binding, at))) return false;
      continue;
    }
    if (index < 0) return fail_unknown(binding, name, span);
    if (binding->given[index]) return fail_twice(binding, name, span);
    binding->values[index] = arguments->values[at];
    binding->given[index] = true;
    binding->spans[index] = value_span(binding, at, name);
  }
  return true;
}

static inline bool bind_default(Binding *binding, const Signature *signature, int index) {
  const ParameterInfo *parameter = &signature->parameters[index];
  if (!parameter->has_default) return fail_missing(binding, parameter->name);
  binding->values[index] = parameter->default_value;
  return true;
}

static bool bind_defaults(Binding *binding) {
  const Signature *signature = binding->signature;
  for (int i = 0; i < signature->count; i++) {
    bool made = binding->given[i] || i == signature->rest || i == signature->fields;
    if (!made && !bind_default(binding, signature, i)) return false;
  }
  return true;
}

/* Most calls have as many arguments as there are places for, none by name, and defaults for the rest. */
static bool is_plain(const Binding *binding) {
  const Signature *signature = binding->signature;
  const Arguments *arguments = binding->arguments;
  return !arguments->named_count && signature->rest < 0 && signature->fields < 0 &&
         arguments->positional_count <= signature->positional && arguments->positional_count <= signature->shown;
}

static bool bind_plain(Binding *binding) {
  const Signature *signature = binding->signature;
  int given = binding->arguments->positional_count;
  for (int i = 0; i < given; i++) bind_argument(binding, i);
  for (int i = given; i < signature->count; i++) {
    bind_nothing(binding, i);
    if (!bind_default(binding, signature, i)) return false;
  }
  return true;
}

static bool bind(Binding *binding) {
  if (is_plain(binding)) return bind_plain(binding);
  for (int i = 0; i < binding->signature->count; i++) bind_nothing(binding, i);
  return bind_positional(binding) && bind_named(binding) && bind_defaults(binding);
}

static bool names_file(Value value, bool rest) {
  if (!rest) return value_is(value, KIND_STRING);
  for (uint32_t k = 0; k < value_tuple(value)->count; k++)
    if (value_is(value_tuple(value)->items[k], KIND_STRING)) return true;
  return false;
}

/* In a sandbox no argument names a file. */
static bool check_paths(const Call *call) {
  for (int i = 0; i < call->signature->count; i++) {
    const ParameterInfo *parameter = &call->signature->parameters[i];
    if (parameter->kind != KIND_OF_PATHS || !names_file(call->arguments[i], parameter->rest)) continue;
    session_fail(call->session, ERROR_FILE, "`%s` takes no file here: files are closed in the sandbox",
                 call->info->name);
    return error_at(session_runtime(call->session)->error, call->spans[i]), false;
  }
  return true;
}

static Value call_bound(Binding *binding) {
  Call call = {.session = binding->session, .info = binding->info, .signature = binding->signature,
               .arguments = binding->values, .given = binding->given, .span = binding->span,
               .spans = binding->spans};
  bool closed = binding->signature->takes_paths && session_is_sandboxed(binding->session);
  if (closed && !check_paths(&call)) return value_error();
  return binding->info->differentiable ? constness_call(&call) : binding->info->function(&call);
}

/* An elementwise operation on plain numbers needs no tensors.  A nan that was none before goes the long way, which
   warns about it. */
static bool call_numbers(const BuiltinInfo *info, const Arguments *arguments, Value *result) {
  if (info->op == OP_none || arguments->named_count) return false;
  const Value *values = arguments->values;
  double number;
  if (arguments->positional_count == 1 && op_unary_double[info->op] && value_is_number(values[0]))
    number = op_unary_double[info->op](values[0].number);
  else if (arguments->positional_count == 2 && op_binary_double[info->op] && value_is_number(values[0]) &&
           value_is_number(values[1]))
    number = op_binary_double[info->op](values[0].number, values[1].number);
  else return false;
  if (isnan(number)) return false;
  *result = op_table[info->op].type == OP_TYPE_LOGIC ? value_bool(number != 0) : value_number(number);
  return true;
}

/* Neither needs one of a single tensor a binding. */
static bool call_unary(Session *session, const BuiltinInfo *info, const Arguments *arguments, Span span,
                       Value *result) {
  bool unary = info->op != OP_none && op_table[info->op].kind == OP_KIND_UNARY;
  if (!unary || arguments->named_count || arguments->positional_count != 1) return false;
  if (!value_as_variable(arguments->values[0])) return false;
  Tensor *operand = value_to_tensor(session, arguments->values[0]);
  *result = operand ? operation_apply(session, info->op, 1, &operand, NULL) : value_error();
  if (value_is_error(*result)) operation_explain(session, 1, arguments->spans ? arguments->spans : &span, span);
  tensor_unref(operand);
  return true;
}

static bool binding_start(Binding *binding, Session *session, const BuiltinInfo *info, const Arguments *arguments,
                          Span span) {
  binding->session = session;
  binding->info = info;
  binding->arguments = arguments;
  binding->span = span;
  binding->rest = binding->fields = value_unbound();
  binding->signature = builtin_signature(session, info);
  return binding->signature != NULL;
}

Value builtin_call(Session *session, const BuiltinInfo *info, const Arguments *arguments, Span span) {
  Value result;
  if (call_numbers(info, arguments, &result) || call_unary(session, info, arguments, span, &result)) return result;
  Binding binding;
  bool ready = binding_start(&binding, session, info, arguments, span);
  result = value_error();
  if (ready && bind(&binding)) result = call_bound(&binding);
  if (!value_is_unbound(binding.rest)) value_unref(binding.rest);
  if (!value_is_unbound(binding.fields)) value_unref(binding.fields);
  if (value_is_error(result)) error_at(binding_error(&binding), span);
  return result;
}
