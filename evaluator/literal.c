/* SPDX-License-Identifier: MIT */
/* literal.c: tuples, lists, records and f-strings. */
#include "evaluator/literal.h"
#include "evaluator/compile.h"
#include "evaluator/failure.h"
#include "evaluator/format.h"

/* More children than this are no business of the stack, however full it is. */
enum { CHILDREN_ON_STACK = 1024 };

/* Gives back the room of children whose values have been taken or dropped. */
static void free_children(Session *session, Value *values, uint32_t count) {
  if (count > CHILDREN_ON_STACK) memory_release(values, count * sizeof *values);
  else session->top = values;
}

static void drop_children(Session *session, Value *values, uint32_t count) {
  for (uint32_t k = 0; k < count; k++) value_unref(values[k]);
  free_children(session, values, count);
}

static Value *reserve_children(Closure *self, Session *session) {
  if (UNLIKELY(self->count > CHILDREN_ON_STACK)) {
    Value *values = memory_allocate(self->count * sizeof *values);
    if (!values) session_out_of_memory(session);
    return values;
  }
  if (LIKELY(session->stack_limit - session->top >= (ptrdiff_t)self->count)) return session->top;
  fail_at(session, self->ast->span, ERROR_DEPTH, "too many values are being computed at once");
  return NULL;
}

/* Evaluates children onto the value stack, or into a block where they are many; NULL: an error, and nothing is left. */
static Value *run_children(Closure *self, Value *frame, Session *session) {
  Value *values = reserve_children(self, session);
  bool stacked = values == session->top;
  if (UNLIKELY(!values)) return NULL;
  for (uint32_t k = 0; k < self->count; k++) {
    if (LIKELY(stacked)) session->top = values + k;
    Value value = closure_run(self->children[k], frame, session);
    if (UNLIKELY(value_is_error(value))) {
      while (k) value_unref(values[--k]);
      free_children(session, values, self->count);
      return NULL;
    }
    values[k] = value;
  }
  if (LIKELY(stacked)) session->top = values + self->count;
  return values;
}

/* ---- tuples */

static Value run_tuple(Closure *self, Value *frame, Session *session) {
  Value *values = run_children(self, frame, session);
  if (!values) return value_error();
  Tuple *tuple = tuple_new(session, self->count);
  if (!tuple) {
    drop_children(session, values, self->count);
    return fail_operation(session, self->ast->span, 0, NULL);
  }
  for (uint32_t k = 0; k < self->count; k++) tuple->items[k] = values[k];
  free_children(session, values, self->count);
  return value_object(tuple);
}

Closure *compile_tuple(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, run_tuple);
  return closure && compile_children(compiler, closure, ast->children, ast->count) ? closure : NULL;
}

/* ---- lists */

static Value fail_element(Session *session, const Ast *ast, uint32_t index, Value value) {
  ShownText text;
  fail_at(session, ast->children[index]->span, ERROR_TYPE, "a list holds numbers and tensors, not %s",
          shown_kind(session, &text, value));
  if (value_is(value, KIND_TUPLE))
    error_hint(&session->error, "write the inner values with `[ ]` too, or all with `( )`");
  else error_hint(&session->error, "a tuple holds values of any kind: write `( )` instead of `[ ]`");
  return value_error();
}

static bool is_element(Value v) {
  return value_is_number(v) || value_is_bool(v) || value_is(v, KIND_VARIABLE) || value_is(v, KIND_RANGE);
}

static inline Value list_of(Closure *self, Session *session, Value *values, bool runs) {
  if (!values) return value_error();
  uint32_t wrong = 0;
  while (wrong < self->count && is_element(values[wrong])) wrong++;
  session->graph.span = self->ast->span;
  Tensor *tensor = wrong < self->count ? NULL
                   : runs              ? list_stack_runs(session, self, values)
                                       : list_stack(session, self->count, values);
  Value result;
  if (wrong < self->count) result = fail_element(session, self->ast, wrong, values[wrong]);
  else if (!tensor) result = fail_operation(session, self->ast->span, 0, NULL);
  else result = value_from_tensor(session, tensor);
  drop_children(session, values, self->count);
  return result;
}

static Value run_list(Closure *self, Value *frame, Session *session) {
  return list_of(self, session, run_children(self, frame, session), false);
}

static Value run_list_with_runs(Closure *self, Value *frame, Session *session) {
  return list_of(self, session, run_children(self, frame, session), true);
}

/* Lists of numbers are made once; what a program writes into goes to a copy. */
static Value run_constant_list(Closure *self, Value *frame, Session *session) {
  (void)frame;
  Tensor *tensor = variable_value(&session->graph, (Variable *)self->constant.object);
  return tensor ? value_from_tensor(session, tensor_ref(tensor)) : value_error();
}

static bool is_constant_list(const Ast *ast) {
  double number;
  for (uint32_t k = 0; k < ast->count; k++) {
    const Ast *child = ast->children[k];
    bool constant = child->kind == AST_NUMBERS || (child->kind == AST_LIST && is_constant_list(child));
    if (!constant && !tree_is_number(child, &number)) return false;
  }
  return true;
}

/* The same closure, run once now; a failure (unequal shapes) is left to the time when the program comes by. */
static Closure *fold_list(Compiler *compiler, Closure *closure) {
  Session *session = compiler->session;
  Value value = closure_run(closure, session->globals, session);
  if (!value_is(value, KIND_VARIABLE)) {
    if (session->error.kind == ERROR_MEMORY) return NULL;
    error_clear(&session->error);
    return closure;
  }
  if (!program_keep(session, compiler->program, value)) return NULL;
  closure->constant = value;
  closure->run = run_constant_list;
  return closure;
}

static bool has_runs(const Ast *list) {
  uint32_t k = 0;
  while (k < list->count && list->children[k]->kind != AST_NUMBERS) k++;
  return k < list->count;
}

Closure *compile_list(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, has_runs(ast) ? run_list_with_runs : run_list);
  if (!closure || !compile_children(compiler, closure, ast->children, ast->count)) return NULL;
  return is_constant_list(ast) ? fold_list(compiler, closure) : closure;
}

/* ---- records */

static Value run_record(Closure *self, Value *frame, Session *session) {
  Value *values = run_children(self, frame, session);
  if (!values) return value_error();
  Record *record = record_new(session);
  uint32_t done = 0;
  while (record && done < self->count) {
    const Ast *entry = self->ast->children[done];
    if (!record_set(session, record, entry->text, entry->text_length, values[done++])) break;
  }
  bool failed = session->error.kind != ERROR_NONE;
  for (uint32_t k = done; k < self->count; k++) value_unref(values[k]);
  free_children(session, values, self->count);
  if (!failed) return value_object(record);
  if (record) value_unref(value_object(record));
  return fail_operation(session, self->ast->span, 0, NULL);
}

Closure *compile_record(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, run_record);
  if (!closure || !closure_reserve(compiler, closure, ast->count)) return NULL;
  for (uint32_t k = 0; k < ast->count; k++)
    if (!(closure->children[k] = compile_expression(compiler, ast->children[k]->children[0]))) return NULL;
  return closure;
}

/* ---- f-strings */

static bool add_part(Session *session, Buffer *out, Closure *part, Value *frame) {
  if (part->ast->kind == AST_STRING) {
    buffer_add(out, part->ast->text, part->ast->text_length);
    return true;
  }
  Value value = closure_run(part->a, frame, session);
  if (value_is_error(value)) return false;
  bool added = format_value(session, out, value, part->ast->text, part->ast->text_length);
  value_unref(value);
  bool blamed = !added && session->error.operand == FORMAT_VALUE;
  if (!added) fail_operation(session, blamed ? part->a->ast->span : part->ast->span, 0, NULL);
  return added;
}

static Value run_fstring(Closure *self, Value *frame, Session *session) {
  Buffer text = {0};
  bool done = true;
  for (uint32_t k = 0; done && k < self->count; k++) done = add_part(session, &text, self->children[k], frame);
  if (done && text.failed) done = session_out_of_memory(session);
  String *string = done ? string_new(session, buffer_text(&text), text.length) : NULL;
  buffer_free(&text);
  return value_object_or_error(string);
}

Closure *compile_fstring(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, run_fstring);
  if (!closure || !closure_reserve(compiler, closure, ast->count)) return NULL;
  for (uint32_t k = 0; k < ast->count; k++) {
    Ast *part = ast->children[k];
    Closure *made = closure->children[k] = closure_new(compiler, part, NULL);
    if (!made || (part->kind == AST_FORMAT && !(made->a = compile_expression(compiler, part->children[0]))))
      return NULL;
  }
  return closure;
}
