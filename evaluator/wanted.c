/* SPDX-License-Identifier: MIT */
/* wanted.c: an expression where a function is wanted, written as one: `x -> x ** 2`; a function where a value is wanted,
   called. */
#include "evaluator/wanted.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "evaluator/attribute.h"
#include "evaluator/builtins/library.h"
#include "evaluator/failure.h"
#include "evaluator/function.h"
#include "lexer/lexer.h"
#include "parser/parser.h"

enum { LONGEST = 32 }; /* of the expressions that a hint repeats */

/* What the text of an expression shows: what it may be a function of, and the `==` of an equation. */
typedef struct Reading {
  const char *text;
  size_t length;
  const char *variable;
  int variable_length, depth;
  Span equal; /* outside brackets; {0, 0}: none */
  bool is_name;
} Reading;

static bool is_text(const char *text, int length, const char *word) {
  return strlen(word) == (size_t)length && memcmp(text, word, (size_t)length) == 0;
}

static bool is_constant(const char *text, int length) {
  for (int k = 0; globals_constant(k); k++)
    if (is_text(text, length, globals_constant(k))) return true;
  return false;
}

/* The first name that is neither a constant nor called; rather `x`, where it is one of them. */
static void consider_variable(Reading *reading, Span span) {
  const char *text = reading->text + span.start - 1;
  int length = (int)(span.end - span.start);
  if (is_constant(text, length) || (reading->variable && !is_text(text, length, "x"))) return;
  reading->variable = text;
  reading->variable_length = length;
}

static Reading read_expression(Session *session, Span expression) {
  Reading reading = {0};
  reading.text = source_text(session_sources(session), expression, &reading.length);
  if (!reading.text) return reading;
  Source source = {.text = (char *)(uintptr_t)reading.text, .length = reading.length, .base = 1};
  Lexer lexer;
  lexer_init(&lexer, &source);
  Token token = lexer_next(&lexer);
  while (token.kind != TOKEN_END && token.kind != TOKEN_ERROR) {
    Token next = lexer_next(&lexer);
    reading.is_name = token.kind == TOKEN_NAME && token.span.end - 1 == reading.length && token.span.start == 1;
    if (token.kind == TOKEN_NAME && next.kind != TOKEN_CALL_PAREN) consider_variable(&reading, token.span);
    reading.depth += token_bracket(token.kind);
    if (token.kind == TOKEN_EQUAL && reading.depth == 0) reading.equal = token.span;
    token = next;
  }
  return reading;
}

/* "x -> x ** 2", and for an equation the difference of its sides. */
static void show_function(Buffer *out, const Reading *reading) {
  int length = (int)reading->length, left = (int)reading->equal.start - 1;
  const char *text = reading->text;
  buffer_format(out, "%.*s -> ", reading->variable ? reading->variable_length : 1,
                reading->variable ? reading->variable : "x");
  if (length > LONGEST || memchr(text, '\n', reading->length)) {
    buffer_add_text(out, "...");
    return;
  }
  if (left < 0) {
    buffer_format(out, "%.*s", length, text);
    return;
  }
  int right = left + 2;
  while (left > 0 && text[left - 1] == ' ') left--;
  while (right < length && text[right] == ' ') right++;
  bool plain = text_name_length(text + right, (size_t)(length - right)) == (size_t)(length - right) ||
               strspn(text + right, "0123456789.") >= (size_t)(length - right);
  buffer_format(out, plain ? "%.*s - %.*s" : "%.*s - (%.*s)", left, text, length - right, text + right);
}

/* Whether a builtin takes none but functions of several arguments: its example does. */
static bool takes_several(Session *session, const BuiltinInfo *info) {
  if (!builtin_wants(session, info, "F")) return false;
  const char *call = strstr(info->example, info->name);
  const char *argument = call ? call + strlen(info->name) : "";
  return strncmp(argument, "((", 2) == 0 && strstr(argument, ") -> ");
}

static void hint_written(Session *session, const BuiltinInfo *info, const char *before, const Reading *reading) {
  Buffer text = {0};
  if (takes_several(session, info)) {
    error_hint(&session->error, "%san example is in `help(%.30s)`", before, info->name);
    return;
  }
  show_function(&text, reading);
  error_hint(&session->error, "%s`%s`", before, buffer_text(&text));
  buffer_free(&text);
}

/* ---- a function behind its place: x.map(f), integrate(0, 1, f) */

/* What is given to a parameter, of `*xs` the first; `several`: it has more, without places of their own. */
static Value argument_of(const Call *call, int index, bool *several) {
  Value value = call->arguments[index];
  *several = false;
  if (!call->signature->parameters[index].rest) return value;
  const Tuple *rest = (Tuple *)value.object;
  *several = rest->count > 1;
  return rest->items[0];
}

/* 0: none was written. */
static int find_function(const Call *call, bool *several) {
  for (int k = 1; k < call->signature->shown; k++)
    if (call->given[k] && call->spans[k].end && value_is_callable(argument_of(call, k, several))) return k;
  return 0;
}

static void add_argument(Buffer *out, const Call *call, int index) {
  size_t length = 0;
  const char *text = source_text(session_sources(call->session), call->spans[index], &length);
  if (!text || length > LONGEST || memchr(text, '\n', length)) buffer_add_text(out, "...");
  else buffer_add(out, text, length);
}

/* The other arguments keep their order; a name tells what follows one that is left out. */
static void add_others(Buffer *out, const Call *call, int function) {
  for (int k = 0; k < call->signature->shown; k++) {
    const ParameterInfo *parameter = &call->signature->parameters[k];
    if (k == function || !call->given[k]) continue;
    buffer_add_text(out, ", ");
    bool skips = k > 0 && k - 1 != function && !call->given[k - 1];
    if (skips || parameter->keyword_only) buffer_format(out, "%s=", parameter->name);
    add_argument(out, call, k);
  }
}

/* `jacobian(f)(x)`: what takes a function and the position of an argument gives a function. */
static void add_arguments(Buffer *out, const Call *call, int function) {
  add_argument(out, call, function);
  if (strcmp(call->signature->parameters[1].name, "argnum") == 0) {
    buffer_add_text(out, ")(");
    add_argument(out, call, 0);
  } else {
    add_others(out, call, function);
  }
}

static bool hint_order(const Call *call, int index) {
  const ParameterInfo *wanted = &call->signature->parameters[index];
  bool several = false, of_value = wanted->kind == 'F' || strcmp(wanted->name, "f") == 0;
  int function = index == 0 && of_value ? find_function(call, &several) : 0;
  if (function == 0) return false;
  Buffer text = {0};
  if (several) buffer_add_text(&text, "f, ...");
  else add_arguments(&text, call, function);
  error_hint(&call->session->error, "the function comes first: `%s(%s)`", call->info->name, buffer_text(&text));
  buffer_free(&text);
  return true;
}

void hint_function(const Call *call, int index) {
  Session *session = call->session;
  if (hint_order(call, index)) return;
  Reading reading = read_expression(session, call->spans[index]);
  if (!reading.text) return;
  if (!reading.is_name) hint_written(session, call->info, takes_several(session, call->info) ? "" : "write ", &reading);
  else if (reading.length < LONGEST)
    error_hint(&session->error, "make it a function: `%.*s(x) = ...`", (int)reading.length, reading.text);
}

/* ---- numbers that are to be a list */

static bool is_scalar(Value value) {
  const Variable *variable = value_as_variable(value);
  return value_is_number(value) || (variable && variable_layout(variable)->ndim == 0);
}

/* Who gives a name, or writes `x.sum(2)`, means the axis. */
void hint_listed(const Call *call) {
  const ParameterInfo *axis = &call->signature->parameters[1];
  int last = 0;
  while (last + 1 < call->signature->shown && call->given[last + 1] && is_scalar(call->arguments[last + 1])) last++;
  bool listed = call->session->error.kind == ERROR_INDEX && axis->has_default && strcmp(axis->name, "axis") == 0;
  if (library_is_at(call->session, call->span)) return;
  if (!listed || last == 0 || !is_scalar(call->arguments[0]) || call->spans[0].start == call->span.start) return;
  size_t length = 0;
  Span numbers = span_join(call->spans[0], call->spans[last]);
  const char *text = source_text(session_sources(call->session), numbers, &length);
  if (!text || length > LONGEST || memchr(text, '=', length) || memchr(text, '\n', length)) return;
  error_hint(&call->session->error, "numbers stand in a list: `%s([%.*s])`", call->info->name, (int)length, text);
}

/* ---- names without a value */

static const Ast *child_around(const Ast *tree, Span place) {
  for (uint32_t k = 0; k < tree->count; k++) {
    const Ast *child = tree->children[k];
    if (child && child->span.start <= place.start && place.end <= child->span.end) return child;
  }
  return NULL;
}

/* The builtin that a tree calls by its name; NULL: it calls none. */
static const BuiltinInfo *called_builtin(Session *session, const Ast *tree) {
  const Ast *callee = tree->kind == AST_CALL ? tree->children[0] : NULL;
  const NameEntry *entry = callee && callee->kind == AST_NAME
                               ? names_find(&session->user.table, callee->text, callee->text_length) : NULL;
  if (!entry) return NULL;
  Value value = session->globals[entry->number];
  return value_is(value, KIND_BUILTIN) ? ((Builtin *)value.object)->info : NULL;
}

/* Whether an argument of a call is to be a function. */
static bool wants_function(Session *session, const BuiltinInfo *info, const Ast *call, const Ast *argument) {
  const Signature *signature = builtin_signature(session, info);
  int place = 0;
  while (call->children[place + 1] != argument) place++;
  if (!signature || argument->kind == AST_KEYWORD || signature->count == 0) return false;
  if (signature->rest >= 0 && place > signature->rest) place = signature->rest;
  if (place >= signature->positional && place != signature->rest) return false;
  const ParameterInfo *parameter = &signature->parameters[place];
  return parameter->kind == 'F' || parameter->kind == 'C' || strcmp(parameter->name, "f") == 0;
}

bool hint_argument(Session *session, const Ast *name) {
  const Ast *wanted = NULL, *child = NULL;
  const BuiltinInfo *taker = NULL;
  for (const Ast *tree = session->program ? session->program->tree : NULL; tree; tree = child) {
    child = child_around(tree, name->span);
    if (tree->kind == AST_LAMBDA || tree->kind == AST_DEFINE) wanted = NULL;
    const BuiltinInfo *info = child && child != tree->children[0] ? called_builtin(session, tree) : NULL;
    if (info && wants_function(session, info, tree, child)) wanted = child, taker = info;
  }
  if (!wanted || wanted->kind == AST_NAME) return false;
  Reading reading = read_expression(session, wanted->span);
  if (!reading.text) return false;
  reading.variable = name->text;
  reading.variable_length = (int)name->text_length;
  char before[64];
  snprintf(before, sizeof before, "`%.30s` takes a function: ", taker->name);
  hint_written(session, taker, before, &reading);
  return true;
}

/* ---- functions without a call */

/* The `(x)` or `x` that stands right behind a place; empty: nothing does. */
static Span argument_behind(Session *session, uint32_t place) {
  Span span = {place, place};
  int depth = 0;
  for (; span.end - place < LONGEST; span.end++) {
    char byte = source_byte_at(session, span.end);
    bool word = byte == '_' || isalnum((unsigned char)byte) || (byte & 0x80);
    bool closed = span.end > place && source_byte_at(session, span.end - 1) == ')';
    if (byte == '\n' || (depth == 0 && (closed || (byte != '(' && !word)))) break;
    depth += (byte == '(') - (byte == ')');
  }
  return depth ? (Span){place, place} : span;
}

/* Brackets around an argument, unless it has some. */
static void hint_call(Session *session, const char *name, const char *argument, const char *behind) {
  bool bracket = *argument == '(';
  error_hint(&session->error, "call it: `%s%s%s%s%s`", name, bracket ? "" : "(", argument, bracket ? "" : ")", behind);
}

/* `sin^2(x)`, `cos^-1(x)` */
static bool hint_power(Session *session, const char *name, const Ast *ast) {
  const Ast *exponent = ast->children[1];
  ShownText argument, power;
  Span behind = argument_behind(session, exponent->span.end);
  if (behind.end == behind.start || exponent->span.end - ast->op_span.start > 8) return false;
  shown_source(session, &argument, behind);
  shown_source(session, &power, (Span){ast->op_span.start, exponent->span.end});
  const char *inverse = notation_inverse(name, strlen(name));
  bool inverted = inverse && strcmp(power.text + strcspn(power.text, "-"), "-1") == 0;
  hint_call(session, inverted ? inverse : name, argument.text, inverted ? "" : power.text);
  return true;
}

/* `sqrt*4`, `sign -2`; but not `f * 4` or `sqrt - 2` */
static bool hint_factor(Session *session, const char *name, const Ast *ast) {
  Span right = ast->children[1]->span;
  ShownText argument;
  bool spaced = ast->children[0]->span.end < ast->op_span.start;
  bool sign = ast->op == TOKEN_MINUS && ast->op_span.end == right.start && spaced;
  if (sign) right.start = ast->op_span.start;
  bool times = ast->op == TOKEN_STAR && !spaced;
  if ((!times && !sign) || right.end - right.start > LONGEST) return false;
  hint_call(session, name, shown_source(session, &argument, right), "");
  return true;
}

void hint_uncalled(Session *session, const Ast *ast, const Ast *operand) {
  if (!operand || (operand->kind != AST_NAME && operand->kind != AST_DERIVATIVE) || operand->parenthesised) return;
  ShownText text;
  const char *name = shown_source(session, &text, operand->span);
  bool left = ast->kind == AST_BINARY && ast->children[0] == operand && strlen(name) < LONGEST;
  if (left && ast->op == TOKEN_POWER && hint_power(session, name, ast)) return;
  if (!left || !hint_factor(session, name, ast)) error_hint(&session->error, "call it: `%s(...)`", name);
}
