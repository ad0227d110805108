/* SPDX-License-Identifier: MIT */
/* function.c: functions written in the language: making them, binding their arguments, running their bodies. */
#include "evaluator/function.h"
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "evaluator/call.h"
#include "evaluator/failure.h"
#include "evaluator/site.h"
#include "parser/unparse.h"

const char *function_parameter(const FunctionCode *code, uint32_t index) { return code->ast->children[index]->text; }

static void add_parameters(Buffer *out, const FunctionCode *code) {
  buffer_add_byte(out, '(');
  for (uint32_t k = 0; k < code->parameters; k++) {
    const Ast *parameter = code->ast->children[k];
    if (k) buffer_add_text(out, ", ");
    if (code->rest && k + 1 == code->parameters) buffer_add_byte(out, '*');
    buffer_add_text(out, parameter->text);
    if (!parameter->count) continue;
    buffer_add_byte(out, '=');
    unparse(out, parameter->children[0]);
  }
  buffer_add_byte(out, ')');
}

void function_signature(Buffer *out, const FunctionCode *code) {
  buffer_add_text(out, code->name);
  add_parameters(out, code);
}

/* ---- what a function is called in errors */

typedef struct CalledName { char text[ERROR_NAME_BYTES]; } CalledName;

/* A builtin that calls a function value is not what the value is called. */
static bool is_builtin(const char *text, size_t length) {
  const char *dot = memrchr(text, '.', length);
  return builtin_find(text, length) || (dot && builtin_find(dot + 1, length - (size_t)(dot + 1 - text)));
}

/* A function value has no name: it is called what is written before the arguments, `f` or `model.step`. */
static const char *called_name(Session *session, CalledName *out, const FunctionCode *code, Span call) {
  size_t length = 0;
  const char *text = code->ast->kind == AST_DEFINE ? NULL : source_text(&session->sources, call, &length);
  if (!text) return code->name;
  size_t end = text_name_length(text, length);
  while (end && end < length && (text_is_name_byte(text[end]) || text[end] == '.')) end++;
  if (end == 0 || end >= length || end >= sizeof out->text || text[end] != '(' || is_builtin(text, end))
    return code->name;
  memcpy(out->text, text, end);
  out->text[end] = '\0';
  return out->text;
}

/* ---- making a function value */

static bool keep_defaults(Session *session, Function *function, Value *frame) {
  const FunctionCode *code = function->code;
  for (uint32_t k = 0; k < code->parameters; k++) {
    Value value = code->defaults[k] ? closure_run(code->defaults[k], frame, session) : value_unbound();
    if (value_is_error(value)) return false;
    function->kept[function->kept_count++] = value;
  }
  return true;
}

Value function_value(Session *session, FunctionCode *code, Value *frame) {
  size_t kept = code->parameters + code->capture_count;
  session_collect_if_due(session);
  Function *function = object_new(session, KIND_FUNCTION, sizeof *function + kept * sizeof(Value));
  if (!function) return value_error();
  function->code = code;
  program_ref(code->program);
  function->next = session->functions;
  function->link = &session->functions;
  if (function->next) function->next->link = &function->next;
  session->functions = function;
  bool kept_all = keep_defaults(session, function, frame);
  while (function->kept_count < code->parameters) function->kept[function->kept_count++] = value_unbound();
  for (uint32_t k = 0; k < code->capture_count; k++)
    function->kept[function->kept_count++] = value_ref(frame[code->captures[k].outer]);
  if (kept_all) return value_object(function);
  value_unref(value_object(function));
  return value_error();
}

void function_clear(Function *function) {
  for (uint32_t k = 0; k < function->kept_count; k++) {
    Value old = function->kept[k];
    function->kept[k] = value_unbound();
    value_unref(old);
  }
}

/* ---- entering */

static Box *box_new(Session *session, Value value_taken) {
  session_collect_if_due(session);
  Box *box = object_new(session, KIND_BOX, sizeof *box);
  if (!box) {
    value_unref(value_taken);
    return NULL;
  }
  Box *head = &session->boxes;
  box->value = value_taken;
  box->previous = head;
  box->next = head->next;
  head->next->previous = box;
  head->next = box;
  return box;
}

bool function_box(Session *session, Value *place) {
  Box *box = box_new(session, *place);
  *place = box ? value_object(box) : value_unbound();
  return box != NULL;
}

/* Captured variables of the function itself, and those that it lends to functions inside. */
static NOINLINE bool prepare_frame(Session *session, const Function *function, Value *frame) {
  const FunctionCode *code = function->code;
  for (uint32_t k = 0; k < code->capture_count; k++)
    frame[code->captures[k].inner] = value_ref(function->kept[code->parameters + k]);
  for (uint32_t k = 0; k < code->box_count; k++)
    if (!function_box(session, &frame[code->boxes[k]])) return false;
  return true;
}

static NOINLINE Value fail_enter(Session *session, const FunctionCode *code, Value *arguments, Span call) {
  for (uint32_t k = 0; k < code->parameters; k++) value_unref(arguments[k]);
  session->top = arguments;
  CalledName name;
  if (interrupt_requested) {
    runtime_interrupted(&session->runtime);
    error_at(&session->error, call);
    error_frame(&session->error, called_name(session, &name, code, call), call);
    return value_error();
  }
  fail_at(session, call, ERROR_DEPTH, "`%.60s` calls itself too deeply: more than %zu calls at once",
          called_name(session, &name, code, call), session->depth);
  error_hint(&session->error, "a recursion needs a case that ends it");
  return value_error();
}

static NOINLINE void note_call(Session *session, const FunctionCode *code, Span call) {
  CalledName name;
  error_frame(&session->error, called_name(session, &name, code, call), call);
}

Value function_enter(Session *session, Function *function, Value *arguments, Span call) {
  const FunctionCode *code = function->code;
  const char *here = __builtin_frame_address(0);
  Value *limit = arguments + code->slots;
  if (UNLIKELY(session->depth >= session->maximum_depth || here < session->c_limit || limit > session->stack_limit ||
               interrupt_requested))
    return fail_enter(session, code, arguments, call);
  function->object.references++;
  session->depth++;
  session->top = limit;
  for (Value *place = arguments + code->parameters; place < limit; place++) *place = value_unbound();
  Value result = LIKELY(code->plain) || prepare_frame(session, function, arguments)
                     ? closure_run(code->body, arguments, session) : value_error();
  for (Value *place = arguments; place < limit; place++)
    if (place->object && --place->object->references == 0) object_destroy(place->object);
  session->top = arguments;
  session->depth--;
  if (UNLIKELY(--function->object.references == 0)) object_destroy(&function->object);
  if (UNLIKELY(value_is_error(result))) note_call(session, code, call);
  return result;
}

/* ---- binding any arguments */

typedef struct Binding {
  Session *session;
  Function *function;
  const FunctionCode *code;
  Value *arguments, *frame; /* frame[k] is unbound until its parameter is bound */
  const CallSite *site;
} Binding;

static const char *bound_name(const Binding *binding, CalledName *out) {
  return called_name(binding->session, out, binding->code, binding->site->span);
}

/* A function value that is called where no name stands before the arguments. */
static bool is_nameless(const Binding *binding, const char *called) {
  return called == binding->code->name && binding->code->ast->kind != AST_DEFINE;
}

/* "`f`", or "the function". */
typedef struct Subject { char text[ERROR_NAME_BYTES + 2]; } Subject;
static const char *subject_of(const Binding *binding, Subject *out) {
  CalledName name;
  const char *called = bound_name(binding, &name);
  if (is_nameless(binding, called)) return "the function";
  snprintf(out->text, sizeof out->text, "`%.60s`", called);
  return out->text;
}

static void add_signature(Buffer *out, const Binding *binding) {
  CalledName name;
  const char *called = bound_name(binding, &name);
  bool nameless = is_nameless(binding, called);
  buffer_add_text(out, nameless ? "" : called);
  add_parameters(out, binding->code);
  if (nameless) buffer_add_text(out, " -> ...");
}

static bool fail_call(Binding *binding, Span place, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool fail_call(Binding *binding, Span place, const char *format, ...) {
  char text[300];
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  Buffer signature = {0};
  add_signature(&signature, binding);
  fail_at(binding->session, place, ERROR_ARGUMENT, "%s", text);
  error_hint(&binding->session->error, "it is defined as %s", buffer_text(&signature));
  buffer_free(&signature);
  return false;
}

static bool bind_rest(Binding *binding, uint32_t first) {
  uint32_t given = binding->site->positional, count = given > first ? given - first : 0;
  Tuple *tuple = tuple_new(binding->session, count);
  if (!tuple) return false;
  for (uint32_t k = 0; k < count; k++) {
    tuple->items[k] = binding->arguments[first + k];
    binding->arguments[first + k] = value_unbound();
  }
  binding->frame[first] = value_object(tuple);
  return true;
}

static bool bind_positional(Binding *binding) {
  const CallSite *site = binding->site;
  uint32_t most = function_positional(binding->code), given = site->positional;
  if (given > most && !binding->code->rest) {
    Span place = site->spans ? site->spans[most] : site->span;
    Subject subject;
    return fail_call(binding, place, "%s takes %u argument%s, got %u", subject_of(binding, &subject),
                     (unsigned)most, most == 1 ? "" : "s", (unsigned)given);
  }
  for (uint32_t k = 0; k < given && k < most; k++) {
    binding->frame[k] = binding->arguments[k];
    binding->arguments[k] = value_unbound();
  }
  return !binding->code->rest || bind_rest(binding, most);
}

static bool fail_keyword(Binding *binding, uint32_t index, Span place) {
  Subject subject;
  const char *name = binding->site->names[index];
  Suggest suggest;
  SuggestText likely = {""};
  if (suggest_start(&suggest, name)) {
    for (uint32_t k = 0; k < function_positional(binding->code); k++)
      suggest_consider(&suggest, function_parameter(binding->code, k));
    suggest_text(&suggest, "`", &likely);
  }
  return fail_call(binding, place, "%s has no argument `%.60s`%s%s", subject_of(binding, &subject), name,
                   *likely.text ? ": " : "", likely.text);
}

static bool bind_named(Binding *binding) {
  Subject subject;
  const CallSite *site = binding->site;
  for (uint32_t k = 0; k < site->named; k++) {
    Span place = site->spans ? site->spans[site->positional + k] : site->span;
    uint32_t parameter = 0, count = function_positional(binding->code);
    while (parameter < count && strcmp(function_parameter(binding->code, parameter), site->names[k]) != 0) parameter++;
    if (parameter == count) return fail_keyword(binding, k, place);
    if (!value_is_unbound(binding->frame[parameter]))
      return fail_call(binding, place, "%s got `%.60s` twice", subject_of(binding, &subject), site->names[k]);
    binding->frame[parameter] = binding->arguments[site->positional + k];
    binding->arguments[site->positional + k] = value_unbound();
  }
  return true;
}

static bool fail_missing(Binding *binding, const char *parameter) {
  CalledName called;
  Span place = binding->site->span;
  if (is_nameless(binding, bound_name(binding, &called)))
    return fail_call(binding, place, "the function needs `%.60s`", parameter);
  Buffer signature = {0};
  add_signature(&signature, binding);
  fail_at(binding->session, place, ERROR_ARGUMENT, "%s needs `%.60s`", buffer_text(&signature), parameter);
  buffer_free(&signature);
  return false;
}

static bool bind_defaults(Binding *binding) {
  for (uint32_t k = 0; k < function_positional(binding->code); k++) {
    if (!value_is_unbound(binding->frame[k])) continue;
    Value value = binding->function->kept[k];
    if (value_is_unbound(value)) return fail_missing(binding, function_parameter(binding->code, k));
    binding->frame[k] = value_ref(value);
  }
  return true;
}

/* Lays the frame out behind the arguments, and takes what it needs of them; NULL: an error. */
static NOINLINE Value *bind_arguments(Session *session, Function *function, Value *arguments, const CallSite *site) {
  const FunctionCode *code = function->code;
  Binding binding = {session, function, code, arguments, arguments + site->positional + site->named, site};
  if (session->stack_limit - binding.frame <= (ptrdiff_t)code->slots) {
    fail_at(session, site->span, ERROR_DEPTH, "too many values are being computed at once");
    return NULL;
  }
  for (uint32_t k = 0; k < code->parameters; k++) binding.frame[k] = value_unbound();
  if (bind_positional(&binding) && bind_named(&binding) && bind_defaults(&binding)) return binding.frame;
  for (uint32_t k = 0; k < code->parameters; k++) value_unref(binding.frame[k]);
  return NULL;
}

static NOINLINE Value call_bound(Session *session, Function *function, Value *arguments, const CallSite *site) {
  Value *frame = bind_arguments(session, function, arguments, site);
  Value *end = arguments + site->positional + site->named;
  Value result = frame ? function_enter(session, function, frame, site->span) : value_error();
  while (end > arguments) value_unref(*--end);
  session->top = arguments;
  return result;
}

Value function_call(Session *session, Function *function, Value *arguments, const CallSite *site) {
  const FunctionCode *code = function->code;
  if (LIKELY(!code->rest && site->named == 0 && site->positional == code->parameters))
    return function_enter(session, function, arguments, site->span);
  return call_bound(session, function, arguments, site);
}
