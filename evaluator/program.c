/* SPDX-License-Identifier: MIT */
/* program.c: texts that run: parsing, and compiling and running one statement after the other. */
#include <math.h>
#include <stdio.h>

#include "evaluator/compile.h"
#include "evaluator/failure.h"
#include "evaluator/show.h"
#include "parser/parser.h"

static Program *program_new(Session *session) {
  Program *program = memory_allocate_zeroed(sizeof *program);
  if (!program) return session_out_of_memory(session), NULL;
  program->references = 1;
  return program;
}

static void drop_constants(Program *program, const Constant *limit) {
  for (; program->constants != limit; program->constants = program->constants->next)
    value_unref(program->constants->value);
}

void program_unref(Program *program) {
  if (--program->references > 0) return;
  drop_constants(program, NULL);
  arena_free(&program->arena);
  memory_release(program, sizeof *program);
}

void *program_allocate(Session *session, Program *program, size_t bytes) {
  void *block = arena_allocate(&program->arena, bytes);
  if (!block) session_out_of_memory(session);
  return block;
}

bool program_keep(Session *session, Program *program, Value value_taken) {
  Constant *constant = program_allocate(session, program, sizeof *constant);
  if (!constant) return value_unref(value_taken), false;
  *constant = (Constant){program->constants, value_taken};
  program->constants = constant;
  return true;
}

/* Where two whole numbers look different and are the same, or one is infinite that does not look so.  `more`: of their
   kind behind it, which are only counted. */
static void warn_of_inexact(Session *session, Span number, double value, uint32_t more) {
  enum { SHOWN = 40 };
  char message[4 * SHOWN];
  size_t length;
  const char *text = source_text(&session->sources, number, &length);
  if (!text) return;
  int used = snprintf(message, sizeof message, "numbers are float64, which has no %.*s%s",
                      length > SHOWN ? SHOWN : (int)length, text, length > SHOWN ? "..." : "");
  if (more) snprintf(message + used, sizeof message - (size_t)used, ", nor %u later ones", (unsigned)more);
  session_warn(session, number, message,
               isinf(value) ? "it counts as `inf`: the largest number is 1.8e308"
                            : "whole numbers are exact up to 2**53; the nearest one is used");
}

static void warn_of_all_inexact(Session *session, const AstInexact *inexact) {
  uint32_t count = !inexact ? 0 : inexact->count < INEXACT_KEPT ? inexact->count : INEXACT_KEPT;
  for (uint32_t k = 0; k < count; k++)
    warn_of_inexact(session, inexact->places[k], inexact->values[k],
                    k + 1 == INEXACT_KEPT ? inexact->count - count : 0);
}

Program *program_parse(Session *session, const Source *source, bool *incomplete) {
  Program *program = program_new(session);
  if (!program) return NULL;
  ParseStatus status = parser_parse(&program->arena, source, &session->error, &program->tree);
  *incomplete = status == PARSE_INCOMPLETE;
  if (status == PARSE_OK) return warn_of_all_inexact(session, program->tree->inexact), program;
  program_unref(program);
  return NULL;
}

/* ---- statements of the top level */

/* With the reserve: the statement may be what frees memory. */
static Closure *compile_top(Session *session, Program *program, Globals *globals, Ast *statement, bool shows) {
  memory_open_reserve();
  Resolution resolution = {.session = session, .globals = globals};
  Scope *scope = resolve_statement(&resolution, statement);
  Compiler compiler = {.session = session, .program = program, .resolution = &resolution, .scope = scope,
                       .top = statement};
  Closure *closure = NULL;
  if (scope)
    closure = shows ? compile_expression(&compiler, statement->children[0]) : compile_statement(&compiler, statement);
  resolution_free(&resolution);
  memory_close_reserve();
  return closure;
}

static bool is_shown(const Session *session, const Ast *statement) {
  return statement->kind == AST_EXPRESSION && (!statement->flag || session->options.silent);
}

/* Shows the value of an expression and keeps it as `_`. */
static Flow run_shown(Session *session, Closure *closure) {
  Value value = closure_run(closure, session->globals, session);
  if (value_is_error(value)) return FLOW_ERROR;
  if (value_is_none(value)) return FLOW_NORMAL;
  bool shown = session->options.silent || show_result(session, value);
  Flow flow = shown ? FLOW_NORMAL : FLOW_ERROR;
  uint32_t slot = flow == FLOW_NORMAL ? globals_slot(session, &session->user, "_", 1) : UINT32_MAX;
  if (slot == UINT32_MAX) return value_unref(value), FLOW_ERROR;
  return closure_store(&session->globals[slot], value);
}

/* Nothing is assigned before the whole statement has been computed. */
static bool assigns_last(const Ast *statement) {
  return statement->kind == AST_EXPRESSION || statement->kind == AST_ASSIGN;
}

static Flow execute_statement(Session *session, Ast *statement, Closure *closure, bool shows) {
  bool shown = shows && is_shown(session, statement);
  session->assigned |= !assigns_last(statement);
  bool noting = session->noting;
  session->noting = shows && assigns_last(statement);
  Flow flow = shown ? run_shown(session, closure) : closure_execute(closure, session->globals, session);
  session->noting = noting;
  session->assigned |= flow != FLOW_ERROR;
  if (flow == FLOW_ERROR) {
    error_at(&session->error, statement->span);
    hint_dropped(session);
  }
  if (statement->kind != AST_ASSIGN) session->dropped = (Span){0, 0}; /* a `none` that is kept may matter later */
  if (session->graph_grown) session_measure_graphs(session);
  if (flow != FLOW_ERROR && !machine_poll(session, statement)) flow = FLOW_ERROR;
  return flow;
}

static bool same_mark(ArenaMark a, ArenaMark b) { return a.chunk == b.chunk && a.used == b.used; }

/* A statement of the top level runs once: what was made to run it goes at once, so that a long text takes little more
   than its tree.  It stays when a function was made, which may be of this statement, and when the run took memory of
   the program, which is of a function made earlier. */
static Flow execute_once(Session *session, Program *program, Ast *statement, bool shows) {
  ArenaMark before = arena_mark(&program->arena), compiled;
  const Constant *constants = program->constants;
  program->held = false;
  Closure *closure = compile_top(session, program, &session->user, statement, shows && is_shown(session, statement));
  compiled = arena_mark(&program->arena);
  Flow flow = closure ? execute_statement(session, statement, closure, shows) : FLOW_ERROR;
  if (!closure) error_at(&session->error, statement->span);
  if (program->held || !same_mark(compiled, arena_mark(&program->arena))) return flow;
  drop_constants(program, constants);
  arena_rewind(&program->arena, before);
  return flow;
}

Flow program_execute(Session *session, Program *program, bool shows) {
  Program *outer = session->program;
  Flow flow = FLOW_NORMAL;
  session->program = program_ref(program);
  for (uint32_t k = 0; k < program->tree->count && flow == FLOW_NORMAL; k++)
    flow = execute_once(session, program, program->tree->children[k], shows);
  session->program = outer;
  program_unref(program);
  return flow;
}

/* ---- library texts */

static Value run_library(Session *session, Program *program) {
  Ast *definition = program->tree->children[0];
  Resolution resolution = {.session = session, .globals = &session->library};
  Scope *scope = resolve_statement(&resolution, definition);
  Compiler compiler = {.session = session, .program = program, .resolution = &resolution, .scope = scope};
  Closure *closure = scope ? compile_function(&compiler, definition) : NULL;
  resolution_free(&resolution);
  Value function = closure ? closure_run(closure, session->globals, session) : value_error();
  if (value_is_error(function)) return function;
  Value result = session_call(session, function, 0, NULL, definition->span);
  value_unref(function);
  return result;
}

Value session_evaluate_library(Session *session, const char *name, const char *text, size_t length) {
  Buffer wrapped = {0};
  buffer_add_text(&wrapped, "def library() {");
  buffer_add(&wrapped, text, length);
  buffer_add_text(&wrapped, "\n}\n");
  const Source *source =
      wrapped.failed ? NULL : source_add(&session->sources, name, wrapped.text, wrapped.length, false);
  buffer_free(&wrapped);
  if (!source) return session_out_of_memory(session), value_error();
  bool incomplete;
  Program *program = program_parse(session, source, &incomplete);
  if (!program) return value_error();
  Program *outer = session->program;
  session->program = program;
  Value result = run_library(session, program);
  session->program = outer;
  program_unref(program);
  return result;
}
