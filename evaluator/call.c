/* SPDX-License-Identifier: MIT */
/* call.c: calls: evaluating arguments onto the value stack, and calling whatever value the callee is. */
#include "evaluator/compile.h"
#include "evaluator/convert.h"
#include "evaluator/failure.h"
#include "evaluator/foreign.h"
#include "evaluator/hidden.h"
#include "evaluator/operator.h"
#include "evaluator/site.h"

/* ---- calling a value */

static void drop_arguments(Session *session, Value *arguments, uint32_t count) {
  for (uint32_t k = 0; k < count; k++) value_unref(arguments[k]);
  session->top = arguments;
}

/* What a call keeps on the C stack while a function of the language runs bounds the depth of recursion; whatever is not
   on that way stands in functions of its own. */
NOINLINE Value call_builtin(Session *session, const BuiltinInfo *info, Value *arguments, const CallSite *site) {
  Arguments given = {(int)site->positional, (int)site->named, arguments, site->names, site->spans};
  session->graph.span = site->span;
  Value result = builtin_call(session, info, &given, site->span);
  drop_arguments(session, arguments, site->positional + site->named);
  machine_check_warning(session, site->span);
  if (UNLIKELY(value_is_error(result)))
    return fail_operation(session, site->span, site->positional + site->named, site->operands);
  return result;
}

static NOINLINE Value call_native(Session *session, Native *native, Value *arguments, const CallSite *site) {
  Arguments given = {(int)site->positional, (int)site->named, arguments, site->names, site->spans};
  session->graph.span = site->span;
  native->object.references++;
  Value result = native->info->call(session, native, &given, site->span);
  value_unref(value_object(native));
  drop_arguments(session, arguments, site->positional + site->named);
  if (value_is_error(result)) return fail_operation(session, site->span, site->positional, site->operands);
  return result;
}

static Value fail_callee(Session *session, Value callee, const CallSite *site) {
  ShownText kind, source;
  shown_kind(session, &kind, callee);
  const Ast *name = site->callee;
  if (name && name->kind == AST_NAME && fail_hidden(session, name, callee, site->local)) return value_error();
  Span place = name ? name->span : site->span;
  shown_source(session, &source, place);
  if (name) fail_at(session, place, ERROR_TYPE, "`%s` is %s, not a function", source.text, kind.text);
  else fail_at(session, place, ERROR_TYPE, "%s cannot be called: it is not a function", kind.text);
  const Variable *variable = value_as_variable(callee);
  if (variable && variable_layout(variable)->ndim && site->positional)
    error_hint(&session->error, "an element is written `%.30s[i]`, a product `%.30s * (...)`", source.text,
               source.text);
  else if (value_is(callee, KIND_NAMESPACE) && foreign_hint(((Namespace *)callee.object)->name))
    error_hint(&session->error, "%s", foreign_hint(((Namespace *)callee.object)->name));
  else if (value_is_number(callee) || variable)
    error_hint(&session->error, "a product is written `%s * (...)`", source.text);
  return value_error();
}

static NOINLINE Value call_other(Session *session, Value callee, Value *arguments, const CallSite *site) {
  if (value_is(callee, KIND_BUILTIN)) return call_builtin(session, ((Builtin *)callee.object)->info, arguments, site);
  if (value_is(callee, KIND_NATIVE)) return call_native(session, value_native(callee), arguments, site);
  bool converts = value_is(callee, KIND_DTYPE);
  Value result = converts ? convert_call(session, ((DTypeObject *)callee.object)->dtype, arguments, site)
                          : fail_callee(session, callee, site);
  drop_arguments(session, arguments, site->positional + site->named);
  return result;
}

static NOINLINE Value fail_depth(Session *session, Value *arguments, const CallSite *site) {
  if (interrupt_requested) runtime_interrupted(&session->runtime);
  else fail_at(session, site->span, ERROR_DEPTH, "the calls are nested too deeply");
  error_at(&session->error, site->span);
  drop_arguments(session, arguments, site->positional + site->named);
  return value_error();
}

NOINLINE Value call_value(Session *session, Value callee, Value *arguments, const CallSite *site) {
  const char *here = __builtin_frame_address(0);
  if (UNLIKELY(here < session->c_limit || interrupt_requested)) return fail_depth(session, arguments, site);
  if (value_is(callee, KIND_FUNCTION)) return function_call(session, value_function(callee), arguments, site);
  return call_other(session, callee, arguments, site);
}

Value session_call_given(Session *session, Value callee, const Arguments *given, Span span) {
  Value *values = session->top;
  int count = given->positional_count + given->named_count;
  if (session->stack_limit - values <= count)
    return fail_at(session, span, ERROR_DEPTH, "too many values are being computed at once");
  for (int k = 0; k < count; k++) values[k] = value_ref(given->values[k]);
  session->top = values + count;
  CallSite site = {.positional = (uint32_t)given->positional_count, .named = (uint32_t)given->named_count,
                   .names = (const char **)(uintptr_t)given->names, .span = span, .place = span};
  value_ref(callee);
  Value result = call_value(session, callee, values, &site);
  value_unref(callee);
  return result;
}

Value session_call(Session *session, Value callee, int count, const Value *arguments, Span span) {
  return session_call_given(session, callee, &(Arguments){.positional_count = count, .values = arguments}, span);
}

/* ---- arguments */

Value *call_arguments(Closure *self, uint32_t before, Value *frame, Session *session) {
  Value *values = session->top + before;
  uint32_t count = self->count;
  if (UNLIKELY(session->stack_limit - values <= (ptrdiff_t)count)) {
    fail_at(session, self->ast->span, ERROR_DEPTH, "too many values are being computed at once");
    return NULL;
  }
  session->top = values + count;
  for (uint32_t k = 0; k < count; k++) {
    Value value = closure_run(self->children[k], frame, session);
    if (UNLIKELY(value_is_error(value))) {
      while (k) value_unref(values[--k]);
      session->top = values - before;
      return NULL;
    }
    values[k] = value;
  }
  return values;
}

/* Takes the callee. */
static NOINLINE Value finish_call(Closure *self, Value callee, Value *frame, Session *session) {
  Value *place = session->top;
  Passed passed = pass_arguments(self, 0, self->data, frame, session);
  Value result = passed.values ? call_value(session, callee, passed.values, passed.site) : value_error();
  session->top = place;
  value_unref(callee);
  return result;
}

/* ---- closures */

static Value apply_call(Closure *self, Value callee, Value *frame, Session *session) {
  if (UNLIKELY(value_is_error(callee))) return callee;
  return finish_call(self, callee, frame, session);
}

static Value run_call(Closure *self, Value *frame, Session *session) {
  return apply_call(self, closure_run(self->a, frame, session), frame, session);
}

static NOINLINE Value call_other_global(Closure *self, Value callee, Value *frame, Session *session) {
  const CallSite *site = self->data;
  if (value_is_unbound(callee)) return fail_unbound(session, site->callee, NULL, true);
  return finish_call(self, value_ref(callee), frame, session);
}

/* A global name with positional arguments only: functions are entered straight from here. */
static Value run_call_global(Closure *self, Value *frame, Session *session) {
  Value callee = *self->cell;
  if (UNLIKELY(!value_is(callee, KIND_FUNCTION))) return call_other_global(self, callee, frame, session);
  Function *function = value_function(callee);
  if (UNLIKELY(function->code->rest || function->code->parameters != self->count))
    return call_other_global(self, callee, frame, session);
  const CallSite *site = self->data;
  function->object.references++;
  Value *arguments = call_arguments(self, 0, frame, session);
  Value result = arguments ? function_enter(session, function, arguments, site->span) : value_error();
  if (UNLIKELY(--function->object.references == 0)) object_destroy(&function->object);
  return result;
}

/* sin(x) and its like: a row UNARY of the table, unless the name means something else now.  A nan that comes of a
   number goes the long way, which warns. */
static Value run_call_unary(Closure *self, Value *frame, Session *session) {
  if (UNLIKELY(self->cell->object != self->constant.object)) return run_call_global(self, frame, session);
  Value x = closure_run(self->children[0], frame, session);
  if (LIKELY(x.object == NULL)) {
    double result = self->unary(x.number);
    if (LIKELY(result == result || x.number != x.number)) return value_number(result);
  }
  if (value_is_error(x)) return x;
  if (value_is(x, KIND_VARIABLE)) return operator_unary(session, (OpId)self->op, x, self->ast);
  Value *arguments = session->top++;
  *arguments = x;
  return call_value(session, self->constant, arguments, self->data);
}

/* A tensor, and a tensor or a number: the operation itself, without binding arguments. */
static bool takes_tensors(Value x, Value y) {
  bool first = value_is(x, KIND_VARIABLE), second = value_is(y, KIND_VARIABLE);
  return (first || second) && (first || value_is_number(x)) && (second || value_is_number(y));
}

/* maximum(x, y) and its like: a row BINARY. */
static Value run_call_binary(Closure *self, Value *frame, Session *session) {
  if (UNLIKELY(self->cell->object != self->constant.object)) return run_call_global(self, frame, session);
  Value x = closure_run(self->children[0], frame, session);
  if (UNLIKELY(value_is_error(x))) return x;
  Value y = closure_run(self->children[1], frame, session);
  if (LIKELY(((uintptr_t)x.object | (uintptr_t)y.object) == 0)) {
    double result = self->binary(x.number, y.number);
    if (operator_is_plain(x.number, y.number, result)) return value_number(result);
  }
  if (value_is_error(y) || takes_tensors(x, y)) return operator_apply(self, x, y, session);
  Value *arguments = session->top;
  arguments[0] = x;
  arguments[1] = y;
  session->top += 2;
  return call_value(session, self->constant, arguments, self->data);
}

/* ---- compiling */

static void choose_builtin(Closure *closure, const GlobalName *name, uint32_t count) {
  if (!value_is(name->builtin, KIND_BUILTIN)) return;
  OpId op = ((Builtin *)name->builtin.object)->info->op;
  if (op == OP_none || op_table[op].type == OP_TYPE_LOGIC) return;
  closure->constant = name->builtin;
  closure->op = (uint16_t)op;
  if (op_unary_double[op] && count == 1) {
    closure->unary = op_unary_double[op];
    closure->run = run_call_unary;
  } else if (op_binary_double[op] && count == 2) {
    closure->binary = op_binary_double[op];
    closure->run = run_call_binary;
  }
}

Closure *compile_call_link(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, run_call);
  if (!closure) return NULL;
  closure->apply = apply_call;
  closure->data = site_new(compiler, ast, NULL);
  return closure->data && compile_arguments(compiler, closure, ast) ? closure : NULL;
}

Closure *compile_call(Compiler *compiler, Ast *ast) {
  Ast *callee = ast->children[0];
  if (callee->kind == AST_FIELD) return compile_method(compiler, ast);
  Closure *closure = compile_call_link(compiler, ast);
  if (!closure) return NULL;
  CallSite *site = closure->data;
  if (callee->kind == AST_NAME) {
    Session *session = compiler->session;
    Reference reference = scope_find(session, compiler->scope, callee->text, callee->text_length);
    if (reference.kind == REFERENCE_FAILED) return NULL;
    site->local = reference.kind != REFERENCE_GLOBAL;
    if (!site->local && site->named == 0 && !site->spread) {
      closure->run = run_call_global;
      closure->cell = &session->globals[reference.slot];
      choose_builtin(closure, &session->names[reference.slot], site->positional);
      return closure;
    }
  }
  closure->a = compile_callee(compiler, callee);
  return closure->a ? closure : NULL;
}
