/* SPDX-License-Identifier: MIT */
/* failure.c: giving errors their place and the names of their operands. */
#include "evaluator/failure.h"
#include <stdio.h>
#include <string.h>
#include "evaluator/builtins/library.h"

Value fail_at(Session *session, Span place, ErrorKind kind, const char *format, ...) {
  if (session->error.kind != ERROR_NONE) return value_error();
  va_list list;
  va_start(list, format);
  error_set_list(&session->error, kind, format, list);
  va_end(list);
  error_at(&session->error, place);
  return value_error();
}

Value session_fail(Session *session, ErrorKind kind, const char *format, ...) {
  va_list list;
  va_start(list, format);
  error_set_list(&session->error, kind, format, list);
  va_end(list);
  return value_error();
}

bool session_out_of_memory(Session *session) { return error_out_of_memory(&session->error); }

/* ---- operand marks */

const char *shown_name(ShownText *out, const Ast *ast) {
  out->text[0] = '\0';
  if (ast && ast->kind == AST_NAME && ast->text_length + 4 < sizeof out->text)
    snprintf(out->text, sizeof out->text, "`%s` ", ast->text);
  return out->text;
}

static void expand_marks(Session *session, Buffer *buffer, uint32_t count, Ast *const *operands) {
  if (!strpbrk(buffer_text(buffer), ERROR_MARKS)) return;
  char text[ERROR_TEXT * 2];
  size_t length = 0;
  for (const char *c = buffer->text; *c && length + sizeof(ShownText) < sizeof text; c++) {
    char mark = *c;
    if (!strchr(ERROR_MARKS, mark)) {
      text[length++] = mark;
      continue;
    }
    uint32_t operand = (uint32_t)(c[1] - '0');
    ShownText name;
    shown_name(&name, operand < count ? operands[operand] : NULL);
    char library_mark = *name.text ? library_mark_at(session, operands[operand]->span, mark) : '\0';
    if (library_mark) text[length++] = library_mark;
    if (!*name.text && mark == ERROR_SUBJECT_MARK) snprintf(name.text, sizeof name.text, "%s", ERROR_UNNAMED);
    if (c[1]) c++;
    size_t added = strlen(name.text);
    if (added && error_needs_comma(c + 1)) memcpy(name.text + added - 1, ", ", 3), added++;
    else if (added && (c[1] == ' ' || c[1] == ':' || c[1] == ',' || !c[1])) added--;
    memcpy(text + length, name.text, added);
    length += added;
  }
  buffer_clear(buffer);
  buffer_add(buffer, text, length);
}

Value fail_operation(Session *session, Span place, uint32_t count, Ast *const *operands) {
  Error *error = &session->error;
  session->runtime.warning.count = 0;
  if (error->place.end) return value_error();
  expand_marks(session, &error->message, count, operands);
  expand_marks(session, &error->hint, count, operands);
  int operand = error->operand;
  bool known = operand >= 0 && (uint32_t)operand < count && operands[operand];
  error_at(error, known ? operands[operand]->span : place);
  return value_error();
}

/* "last axis: 3 against 2": the first axis from the right in which two shapes do not go together. */
static void describe_axis(char *text, size_t size, Value left, Value right) {
  Variable *a = value_as_variable(left), *b = value_as_variable(right);
  if (!a || !b) return;
  const Layout *x = variable_layout(a), *y = variable_layout(b);
  for (int k = 1; k <= x->ndim && k <= y->ndim; k++) {
    long long m = layout_shape(x)[x->ndim - k], n = layout_shape(y)[y->ndim - k];
    if (m == n || m == 1 || n == 1) continue;
    if (k == 1) snprintf(text, size, "last axis: %lld against %lld", m, n);
    else snprintf(text, size, "axis -%d: %lld against %lld", k, m, n);
    return;
  }
}

/* What the label under the operand says the message need not say. */
static void cut_message(Buffer *message, const char *from) {
  char *end = message->length ? strstr(message->text, from) : NULL;
  if (!end) return;
  *end = '\0';
  message->length = (size_t)(end - message->text);
}

static const Layout *matrix_layout(Value v) {
  Variable *variable = value_as_variable(v);
  const Layout *layout = variable ? variable_layout(variable) : NULL;
  return layout && layout->ndim >= 1 && layout->ndim <= 2 ? layout : NULL;
}

/* Whether x @ y works for vectors and matrices; transposed: y.T for y. */
static bool product_fits(const Layout *x, const Layout *y, bool transposed) {
  int64_t last = layout_shape(x)[x->ndim - 1];
  return last == layout_shape(y)[transposed && y->ndim == 2 ? 1 : 0];
}

/* Names the ways to multiply that would fit, where both operands are plain names. */
static void hint_product(Session *session, Ast *const *operands, Value left, Value right) {
  const Layout *x = matrix_layout(left), *y = matrix_layout(right);
  if (!x || !y || operands[0]->kind != AST_NAME || operands[1]->kind != AST_NAME) return;
  const char *a = operands[0]->text, *b = operands[1]->text;
  char swapped[120] = "", turned[140] = "";
  if (product_fits(y, x, false)) snprintf(swapped, sizeof swapped, "`%.50s @ %.50s`", b, a);
  if (y->ndim == 2 && product_fits(x, y, true)) snprintf(turned, sizeof turned, "`%.50s @ transpose(%.50s)`", a, b);
  else if (x->ndim == 2 && layout_shape(x)[0] == layout_shape(y)[0])
    snprintf(turned, sizeof turned, "`transpose(%.50s) @ %.50s`", a, b);
  buffer_clear(&session->error.hint);
  if (*swapped || *turned)
    error_hint(&session->error, "%s%s%s would fit", swapped, *swapped && *turned ? " or " : "", turned);
  else
    error_hint(&session->error, "`%.30s @ %.30s` needs the last size of `%.30s` to equal the first size of `%.30s`", a,
               b, a, b);
}

Value fail_binary(Session *session, const Ast *ast, Ast *const *operands, Value left, Value right) {
  Error *error = &session->error;
  session->runtime.warning.count = 0;
  if (error->place.end) return value_error();
  if (ast->kind == AST_CALL) return fail_operation(session, ast->span, 2, operands);
  bool blamed = error->operand >= 0;
  fail_operation(session, ast->op_span.end ? ast->op_span : ast->span, 2, operands);
  if (blamed) return value_error();
  char text[64] = "";
  if (error->kind == ERROR_SHAPE && ast->op == TOKEN_AT) hint_product(session, operands, left, right);
  else if (error->kind == ERROR_SHAPE) describe_axis(text, sizeof text, left, right);
  if (*text) cut_message(&error->message, ": ");
  error_label(error, operands[0]->span, "%s", "");
  error_label(error, operands[1]->span, "%s", text);
  return value_error();
}

/* ---- words for messages */

const char *shown_source(Session *session, ShownText *out, Span span) {
  size_t length = 0;
  const char *text = source_text(&session->sources, span, &length);
  if (!text) length = 0;
  bool cut = length >= sizeof out->text - 4;
  if (cut) {
    length = sizeof out->text - 8;
    while (length && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
  }
  size_t end = 0;
  for (size_t k = 0; k < length; k++) {
    char c = text[k] == '\n' || text[k] == '\r' || text[k] == '\0' ? ' ' : text[k];
    if (c == ' ' && end && out->text[end - 1] == ' ') continue;
    out->text[end++] = c;
  }
  memcpy(out->text + end, cut ? "..." : "", cut ? 4 : 1);
  return out->text;
}

const char *shown_kind(Session *session, ShownText *out, Value value) {
  const char *name = value_type_name(value);
  Variable *variable = value_as_variable(value);
  ShapeText shape;
  if (variable)
    snprintf(out->text, sizeof out->text, "a tensor of shape %.50s", layout_text(&shape, variable_layout(variable)));
  else if (value_is_none(value)) snprintf(out->text, sizeof out->text, "`none`");
  else snprintf(out->text, sizeof out->text, "a %s", name);
  if (variable && variable_layout(variable)->ndim == 0) snprintf(out->text, sizeof out->text, "a scalar");
  if (session->error.kind == ERROR_NONE) session->error.of_none |= value_is_none(value);
  return out->text;
}

char source_byte_at(Session *session, uint32_t place) {
  size_t length = 0;
  const char *byte = source_text(&session->sources, (Span){place, place + 1}, &length);
  return byte && length == 1 ? *byte : '\n';
}

static bool is_blank(char byte) {
  return byte == ' ' || byte == '\t';
}

void pass_blanks(Session *session, uint32_t *before, uint32_t *behind) {
  while (*before > 0 && is_blank(source_byte_at(session, *before - 1))) --*before;
  while (is_blank(source_byte_at(session, *behind))) ++*behind;
}

bool asks_gradient(const Ast *ast) {
  if (!ast) return false;
  if (ast->kind == AST_FIELD) return strcmp(ast->text, "grad") == 0;
  return ast->kind == AST_CALL && (asks_gradient(ast->children[0]) ||
         (ast->children[0]->kind == AST_NAME && strcmp(ast->children[0]->text, "grad") == 0));
}

/* ---- what a function did not return */

/* The name in `def f(x) { ... }`, cut to fit; "": it is no such text. */
static void read_defined(Session *session, ShownText *out, Span definition) {
  size_t length = 0, name = 0;
  const char *text = source_text(&session->sources, definition, &length);
  out->text[0] = 0;
  if (!text || length < 5 || memcmp(text, "def ", 4) != 0) return;
  while (4 + name < length && text[4 + name] != '(' && text[4 + name] != ' ') name++;
  if (name < sizeof out->text / 2) snprintf(out->text, sizeof out->text, "`%.*s`", (int)name, text + 4);
}

void hint_dropped(Session *session) {
  Error *error = &session->error;
  ShownText name, expression;
  if (!session->dropped.end || !error->of_none) return;
  read_defined(session, &name, session->dropped_in);
  buffer_clear(&error->hint);
  error_hint(error, "%s has no `return` at its end: write `return %s`",
             *name.text ? name.text : "a function called here",
             shown_source(session, &expression, session->dropped));
}
