/* SPDX-License-Identifier: MIT */
/* help.c: help(x): signature, text, derivative, example, and the source of what is written in the language. */
#include <string.h>
#include "autodiff/rule.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/library.h"
#include "evaluator/function.h"

static void add_lines(Buffer *out, const char *first, const char *text) {
  buffer_add_text(out, first);
  for (; *text; text++) {
    buffer_add_byte(out, *text);
    if (*text == '\n') buffer_format(out, "%*s", (int)strlen(first), "");
  }
  buffer_add_byte(out, '\n');
}

/* Rules are written with capital letters, Mul(g, Cos(x)), to tell them from numbers. */
static void add_formula(Buffer *out, const char *label, const char *formula) {
  if (!formula) return;
  bool word = false;
  buffer_add_text(out, label);
  for (; *formula; formula++) {
    bool capital = *formula >= 'A' && *formula <= 'Z' && !word;
    buffer_add_byte(out, capital ? (char)(*formula - 'A' + 'a') : *formula);
    word = (*formula >= 'A' && *formula <= 'Z') || (*formula >= 'a' && *formula <= 'z') || *formula == '_';
  }
  buffer_add_byte(out, '\n');
}

static void add_derivatives(Buffer *out, OpId op) {
  if (op == OP_none) return;
  const RuleInfo *rule = &rule_table[op];
  add_formula(out, "derivative (g comes in, r is the result): ", rule->derivative_x);
  add_formula(out, "derivative for y: ", rule->derivative_y);
  if (rule->flat) buffer_add_text(out, "derivative: 0\n");
}

static bool describe_builtin(Session *session, Buffer *out, const BuiltinInfo *info) {
  const Signature *signature = builtin_signature(session, info);
  if (!signature) return false;
  signature_show(out, info->name, signature);
  buffer_format(out, "\n%s\n", info->doc);
  add_derivatives(out, info->op);
  add_lines(out, "example: ", info->example);
  add_lines(out, "         ", info->gives);
  size_t length;
  const char *source = library_source(info, &length);
  if (source) {
    buffer_add_text(out, "written in the language:\n");
    buffer_add(out, source, length);
  }
  return true;
}

static bool describe_function(Session *session, Buffer *out, Value value) {
  const FunctionCode *code = value_function(value)->code;
  function_signature(out, code);
  buffer_add_byte(out, '\n');
  if (code->doc) buffer_format(out, "%s\n", code->doc->text);
  bool shown = value_text(session, out, value, true);
  buffer_add_byte(out, '\n');
  return shown;
}

static bool describe_named(Session *session, Buffer *out, const String *name) {
  const BuiltinInfo *info = builtin_find(name->text, name->length);
  Value value;
  if (info) return describe_builtin(session, out, info);
  if (session_lookup(session, name->text, &value) && value_is(value, KIND_FUNCTION))
    return describe_function(session, out, value);
  session_fail(session, ERROR_NAME, "there is no function `%s`", name->text);
  return false;
}

static void describe_all(Buffer *out) {
  buffer_add_text(out, "help(name) explains a function:");
  size_t column = 100;
  for (int i = 0; i < builtin_count(); i++) {
    const char *name = builtin_at(i)->name;
    if (column + strlen(name) > 78) {
      buffer_add_text(out, "\n ");
      column = 1;
    }
    buffer_format(out, " %s", name);
    column += strlen(name) + 1;
  }
  buffer_add_byte(out, '\n');
}

static bool describe(Session *session, Buffer *out, Value value) {
  if (value_is_none(value)) return describe_all(out), true;
  if (value_is(value, KIND_BUILTIN))
    return describe_builtin(session, out, ((const Builtin *)(const void *)value.object)->info);
  if (value_is(value, KIND_FUNCTION)) return describe_function(session, out, value);
  if (value_is(value, KIND_STRING)) return describe_named(session, out, value_string(value));
  buffer_format(out, "a %s: ", value_type_name(value));
  bool shown = value_text(session, out, value, true);
  buffer_add_byte(out, '\n');
  return shown;
}

Value builtin_help(Call *call) {
  Buffer out = {0};
  bool described = describe(call->session, &out, call->arguments[0]);
  if (out.failed) described = error_out_of_memory(call_runtime(call)->error);
  if (described) session_print(call->session, STREAM_RESULT, buffer_text(&out), out.length);
  buffer_free(&out);
  return described ? value_none() : argument_fail(call, 0);
}
