/* SPDX-License-Identifier: MIT */
/* method.c: x.name and x.f(a): a record's field, a namespace's member, an attribute, else the function f of x and a. */
#include <stdio.h>
#include <string.h>
#include "evaluator/attribute.h"
#include "evaluator/failure.h"
#include "evaluator/hidden.h"
#include "evaluator/site.h"

/* ---- x.name */

static Value apply_field(Closure *self, Value object, Value *frame, Session *session) {
  (void)frame;
  if (UNLIKELY(value_is_error(object))) return object;
  Value result = attribute_read(session, object, self->ast);
  value_unref(object);
  return result;
}

static Value run_field(Closure *self, Value *frame, Session *session) {
  return apply_field(self, closure_run(self->a, frame, session), frame, session);
}

Closure *compile_field_link(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, run_field);
  if (closure) closure->apply = apply_field;
  return closure;
}

Closure *compile_field(Compiler *compiler, Ast *ast) {
  return compile_left(compiler, compile_field_link(compiler, ast), ast->children[0]);
}

/* ---- x.f(a) */

typedef struct Method {
  CallSite *plain;             /* without x: fields and members of namespaces */
  CallSite *with_object;       /* x counts as the first argument */
  const BuiltinInfo *builtin;  /* f, or NULL */
  const char *space;           /* the namespace that x was last, and the builtin that f was in it */
  const BuiltinInfo *member;
  const Ast *field;
  bool namespaced;             /* x is the name of a namespace, whatever it holds */
} Method;

/* The function that the program defines under this name; unbound: none. */
static Value find_user_function(Closure *self, Value *frame, Session *session) {
  if (!self->b) return value_unbound();
  if (self->b->cell && value_is_unbound(*self->b->cell)) return value_unbound();
  return closure_run(self->b, frame, session);
}

/* Takes the callee; x is not an argument. */
static NOINLINE Value call_member(Closure *self, Value callee, Value *frame, Session *session) {
  const Method *method = self->data;
  if (value_is_error(callee)) return callee;
  Value *place = session->top;
  Passed passed = pass_arguments(self, 0, method->plain, frame, session);
  Value result = passed.values ? call_value(session, callee, passed.values, passed.site) : value_error();
  session->top = place;
  value_unref(callee);
  return result;
}

/* Takes the object and calls f(x, a); `callee` unbound: the builtin. */
static NOINLINE Value call_with_object(Closure *self, Value object, Value callee, Value *frame, Session *session) {
  const Method *method = self->data;
  Value result = value_error(), *place = session->top;
  *place = object;
  Passed passed = pass_arguments(self, 1, method->with_object, frame, session);
  if (!passed.values) value_unref(object);
  else if (value_is_unbound(callee)) result = call_builtin(session, method->builtin, passed.values, passed.site);
  else result = call_value(session, callee, passed.values, passed.site);
  session->top = place;
  value_unref(callee);
  return result;
}

static NOINLINE Value fail_method(Session *session, Value object, const Method *method) {
  const Ast *field = method->field;
  Value attribute = attribute_of_tensor(session, object, field);
  if (value_is_unbound(attribute) || value_is_error(attribute)) {
    fail_attribute(session, object, field, true);
  } else {
    ShownText kind;
    fail_at(session, field->op_span, ERROR_TYPE, "`.%s` is %s, not a function", field->text,
            shown_kind(session, &kind, attribute));
    error_hint(&session->error, "write `.%s` without `()`", field->text);
  }
  if (method->namespaced) hint_hidden_namespace(session, field->children[0], object);
  value_unref(attribute);
  value_unref(object);
  return value_error();
}

/* np.sin(x): the builtin is remembered, and applied at once to a plain number. */
static Value call_remembered(Closure *self, Value *frame, Session *session) {
  const Method *method = self->data;
  OpId op = method->member->op;
  Value *place = session->top;
  Passed passed = pass_arguments(self, 0, method->plain, frame, session);
  Value *arguments = passed.values;
  if (!arguments) return value_error();
  bool plain = passed.site->positional == 1 && passed.site->named == 0 && value_is_number(arguments[0]);
  if (plain && op != OP_none && op_unary_double[op] && op_table[op].type != OP_TYPE_LOGIC) {
    double result = op_unary_double[op](arguments[0].number);
    if (result == result) {
      session->top = place;
      return value_number(result);
    }
  }
  Value result = call_builtin(session, method->member, arguments, passed.site);
  session->top = place;
  return result;
}

/* Takes the namespace. */
static NOINLINE Value call_in_namespace(Closure *self, Value object, Value *frame, Session *session) {
  Method *method = self->data;
  const Ast *field = method->field;
  const char *space = ((Namespace *)object.object)->name;
  if (method->space != space) {
    Value member = namespace_member(session, (Namespace *)object.object, field->text, field->text_length);
    if (value_is_unbound(member)) member = fail_attribute(session, object, field, true);
    if (!value_is(member, KIND_BUILTIN)) {
      value_unref(object);
      return call_member(self, member, frame, session);
    }
    method->space = space;
    method->member = ((Builtin *)member.object)->info;
    value_unref(member);
  }
  value_unref(object);
  return call_remembered(self, frame, session);
}

/* `losses.append(i)` as a statement changes nothing. */
static void warn_dropped(Session *session, const Closure *self, Value result) {
  const Ast *call = self->ast, *field = call->children[0], *object = field->children[0];
  const char *kind = value_is(result, KIND_VARIABLE) ? "tensor" : "value";
  ShownText written, arguments;
  char message[140], hint[300];
  shown_source(session, &written, call->span);
  shown_source(session, &arguments, (Span){field->span.end, call->span.end});
  snprintf(message, sizeof message, "the result of `%s` is not used", written.text);
  int length = snprintf(hint, sizeof hint, "`%s` gives a new %s", field->text, kind);
  const char *text = arguments.text;
  bool whole = *text == '(' && text[strlen(text) - 1] == ')'; /* else it was cut */
  bool named = object->kind == AST_NAME && object->text_length <= 30 && whole;
  if (named && length > 0 && length < 200)
    snprintf(hint + length, sizeof hint - (size_t)length, ": write `%.30s = %s(%.30s%s%s`", object->text, field->text,
             object->text, call->count > 1 ? ", " : "", arguments.text + 1);
  session_warn(session, call->span, message, hint);
}

/* np.sin(2), random.rand() where the name holds something else; takes that. */
static NOINLINE Value call_hidden(Closure *self, Value object, Value *frame, Session *session) {
  const Method *method = self->data;
  const Ast *name = method->field->children[0];
  Value held = value_ref(object), result = call_with_object(self, object, value_unbound(), frame, session);
  if (value_is_error(result)) hint_hidden_namespace(session, name, held);
  else if (builtin_wants(session, method->builtin, "SINWDHB")) warn_hidden_namespace(session, name, held);
  value_unref(held);
  return result;
}

static Value apply_method(Closure *self, Value object, Value *frame, Session *session) {
  const Method *method = self->data;
  const Ast *field = method->field;
  if (UNLIKELY(value_is_error(object))) return object;
  if (value_is(object, KIND_RECORD)) {
    RecordField *found = record_find((Record *)object.object, field->text, field->text_length);
    if (found) {
      Value callee = value_ref(found->value);
      value_unref(object);
      return call_member(self, callee, frame, session);
    }
  } else if (value_is(object, KIND_NAMESPACE)) {
    return call_in_namespace(self, object, frame, session);
  }
  if (method->builtin && value_is(object, KIND_STRING) && builtin_wants(session, method->builtin, "TR"))
    return fail_method(session, object, method); /* "a,b".split(","): the function of that name is one of tensors */
  if (UNLIKELY(method->namespaced) && method->builtin) return call_hidden(self, object, frame, session);
  if (method->builtin) {
    Value result = call_with_object(self, object, value_unbound(), frame, session);
    if (UNLIKELY(self->flag) && !value_is_error(result)) {
      warn_dropped(session, self, result);
      self->flag = session->quiet; /* once is enough */
    }
    return result;
  }
  Value function = find_user_function(self, frame, session);
  if (value_is_error(function)) return value_unref(object), function;
  if (value_is_unbound(function)) return fail_method(session, object, method);
  return call_with_object(self, object, function, frame, session);
}

static Value run_method(Closure *self, Value *frame, Session *session) {
  return apply_method(self, closure_run(self->a, frame, session), frame, session);
}

/* A name of that spelling in reach: a name that nobody binds anywhere is no function of the user's. */
static bool compile_user_function(Compiler *compiler, Closure *closure, Ast *field) {
  Ast *name = compile_allocate(compiler, sizeof *name);
  if (!name) return false;
  *name = (Ast){.kind = AST_NAME, .span = field->op_span, .op_span = field->op_span, .text = field->text,
                .text_length = field->text_length};
  closure->b = compile_name(compiler, name);
  return closure->b != NULL;
}

Closure *compile_method_link(Compiler *compiler, Ast *call) {
  Closure *closure = closure_new(compiler, call, run_method);
  Method *method = compile_allocate(compiler, sizeof *method);
  if (!closure || !method) return NULL;
  Ast *field = call->children[0];
  closure->apply = apply_method;
  closure->data = method;
  method->field = field;
  method->builtin = builtin_find(field->text, field->text_length);
  method->plain = site_new(compiler, call, NULL);
  method->with_object = site_new(compiler, call, field->children[0]);
  if (!method->plain || !method->with_object || !compile_arguments(compiler, closure, call)) return NULL;
  method->namespaced = names_namespace(compiler->session, field->children[0]);
  return method->builtin || compile_user_function(compiler, closure, field) ? closure : NULL;
}

/* Whether all that a call does is to give a result. */
static bool only_computes(const BuiltinInfo *info, const CallSite *site) {
  for (uint32_t k = 0; k < site->named; k++)
    if (strcmp(site->names[k], "out") == 0) return false;
  return info->op != OP_none || info->differentiable;
}

void method_drop(Closure *closure) {
  if (closure->run != run_method) return;
  const Method *method = closure->data;
  closure->flag = method->builtin && only_computes(method->builtin, method->plain);
}

Closure *compile_method(Compiler *compiler, Ast *call) {
  Closure *closure = compile_method_link(compiler, call);
  if (!closure) return NULL;
  closure->a = compile_expression(compiler, call->children[0]->children[0]);
  return closure->a ? closure : NULL;
}
