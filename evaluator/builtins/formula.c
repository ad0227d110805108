/* SPDX-License-Identifier: MIT */
/* formula.c: a function or its derivative as an expression: it is called once on recorded numbers, the graph is
   read as a formula, and the formula must agree with the derivative at other points before it is shown. */
#include "evaluator/builtins/formula.h"
#include <math.h>
#include <string.h>
#include "autodiff/stand_in.h"
#include "evaluator/builtins/differentiate.h"
#include "evaluator/builtins/formula_subject.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/function.h"
#include "evaluator/quiet.h"

enum { COSTLY = 2000 /* recorded operations in a call: it is tried out at a few places only */ };

/* ---- whose formula it is */
static const FunctionCode *code_of(Value base) {
  return value_is(base, KIND_FUNCTION) ? value_function(base)->code : NULL;
}

static const BuiltinInfo *builtin_of(Value base) {
  const BuiltinInfo *info = value_is(base, KIND_BUILTIN) ? ((const Builtin *)(const void *)base.object)->info : NULL;
  return info && info->op != OP_none && (op_unary_double[info->op] || op_binary_double[info->op]) ? info : NULL;
}

static bool is_loop(const Ast *ast) {
  return ast->kind == AST_FOR || ast->kind == AST_WHILE || ast->kind == AST_COMPREHENSION;
}

/* What a target writes to besides the function's own names; NULL: nothing. */
static const char *find_write(const Ast *target) {
  if (target->kind == AST_INDEX) return "an assignment to elements";
  if (target->kind == AST_FIELD) return "an assignment to a field";
  const char *found = NULL;
  for (uint32_t i = 0; target->kind == AST_TUPLE && i < target->count && !found; i++)
    found = find_write(target->children[i]);
  return found;
}

static const char *find_writes(const Ast *ast) {
  const char *found = ast->kind == AST_AUGMENT ? "an assignment in place" : NULL;
  for (uint32_t i = 1; ast->kind == AST_ASSIGN && i < ast->count && !found; i++) found = find_write(ast->children[i]);
  return found;
}

/* A function that is called only to be looked at must not write anywhere but to its own names. */
static bool is_harmless(const Ast *ast) {
  switch (ast->kind) {
    case AST_BREAK: case AST_CONTINUE: case AST_NO_AUTODIFF: case AST_IMPORT: case AST_TRY:
    case AST_ASSERT: case AST_DELETE: case AST_GLOBAL: return false;
    default: return true;
  }
}

/* A conditional expression may be tried out; where that fails it tells why. */
static bool is_branch(const Ast *ast, bool tried) {
  return ast->kind == AST_IF || (tried && ast->kind == AST_CONDITIONAL);
}

static const char *find_obstacle(const Ast *ast, bool tried) {
  if (is_loop(ast)) return "a loop";
  if (is_branch(ast, tried)) return FORMULA_BRANCH;
  if (!is_harmless(ast)) return "several statements";
  const char *found = find_writes(ast);
  for (uint32_t i = 0; i < ast->count && !found; i++)
    if (ast->children[i]) found = find_obstacle(ast->children[i], tried);
  return found;
}

/* A call that computes by numbers alone. */
static const char *find_numeric_call(Session *session, const Ast *ast) {
  const Ast *callee = ast->kind == AST_CALL ? ast->children[0] : NULL;
  Value value;
  const Ast *space = callee && callee->kind == AST_FIELD ? callee->children[0] : NULL;
  bool named = space && (space->kind == AST_NAME || space->kind == AST_FIELD); /* np.random is one, too */
  if (named && strcmp(space->text, "random") == 0) return "random numbers";
  bool known = callee && callee->kind == AST_NAME && session_lookup(session, callee->text, &value);
  const BuiltinInfo *info = known && value_is(value, KIND_BUILTIN)
                              ? ((const Builtin *)(const void *)value.object)->info : NULL;
  if (info && info->function == library_call) return "a call of a library function";
  const char *found = NULL;
  for (uint32_t i = 0; i < ast->count && !found; i++)
    if (ast->children[i]) found = find_numeric_call(session, ast->children[i]);
  return found;
}

/* Why there is no formula: what the text of the function says, else what trying it out has shown. */
static const char *obstacle_of(Session *session, Value base, const char *otherwise) {
  const FunctionCode *code = code_of(base);
  if (!code) return otherwise;
  const char *found = find_obstacle(code->ast, false);
  if (!found) found = find_obstacle(code->ast, true);
  if (!found) found = find_numeric_call(session, code->ast);
  return found ? found : otherwise;
}

const char *formula_name(Value base) {
  const FunctionCode *code = code_of(base);
  if (code) return code->ast->kind == AST_DEFINE ? code->name : NULL;
  return value_is(base, KIND_BUILTIN) ? ((const Builtin *)(const void *)base.object)->info->name : NULL;
}

int formula_parameters(Value base) {
  const FunctionCode *code = code_of(base);
  const BuiltinInfo *info = builtin_of(base);
  if (info) return op_unary_double[info->op] ? 1 : 2;
  return code && !code->rest && code->parameters <= FORMULA_NAMES ? (int)code->parameters : 0;
}

const char *formula_parameter(Value base, int index) {
  const FunctionCode *code = code_of(base);
  return code ? function_parameter(code, (uint32_t)index) : index == 0 ? "x" : "y";
}

static bool read_base(Subject *subject, Value base) {
  const FunctionCode *code = code_of(base);
  subject->name = formula_name(base);
  subject->names.count = subject->parameters = formula_parameters(base);
  for (int k = 0; k < subject->parameters; k++) subject->names.texts[k] = formula_parameter(base, k);
  return subject->parameters > 0 && !(code && find_obstacle(code->ast, false));
}

/* ---- trying it out */

static void drop_variables(Subject *subject) {
  for (int k = 0; k < subject->parameters; k++) {
    variable_unref(subject->variables[k]);
    subject->variables[k] = NULL;
  }
}

/* ---- outer variables, which are known by their names */
typedef struct Outer { Subject *subject; const Ast *text; } Outer; /* text: must mention the name, unless NULL */

static bool mentions(const Ast *ast, const char *name) {
  bool found = ast->kind == AST_NAME && strcmp(ast->text, name) == 0;
  for (uint32_t i = 0; i < ast->count && !found; i++) found = ast->children[i] && mentions(ast->children[i], name);
  return found;
}

static bool add_outer(void *context, const char *name, Value value, Span defined) {
  const Outer *outer = context;
  FormulaNames *names = &outer->subject->names;
  Variable *variable = value_as_variable(value);
  Tensor *tensor = variable && !variable->base ? variable->value : NULL;
  (void)defined;
  bool fits = tensor && tensor_ndim(tensor) == 0 && tensor_is_tracked(tensor) && names->count < FORMULA_NAMES;
  for (int k = 0; fits && k < names->count; k++)
    fits = strcmp(names->texts[k], name) != 0 && names->leaves[k] != tensor;
  if (!fits || strcmp(name, "_") == 0 || (outer->text && !mentions(outer->text, name))) return true;
  if (!tensor_ready(session_runtime(outer->subject->session), tensor)) return false;
  outer->subject->outer[names->count] = tensor_number_at(tensor, 0);
  names->texts[names->count] = name;
  names->leaves[names->count++] = tensor;
  return true;
}

/* Names that constants are written with; where the user's names or parameters hide one, constants become numbers. */
static bool is_constant_name(const char *name) {
  return strcmp(name, "pi") == 0 || strcmp(name, "e") == 0 || strcmp(name, "log") == 0 || strcmp(name, "sqrt") == 0;
}

static bool find_hidden(void *context, const char *name, Value value, Span defined) {
  Subject *subject = context;
  (void)value, (void)defined;
  subject->names.plain |= is_constant_name(name);
  return !subject->names.plain;
}

static void find_constants(Subject *subject) {
  for (int k = 0; k < subject->parameters; k++) subject->names.plain |= is_constant_name(subject->names.texts[k]);
  session_each_global(subject->session, find_hidden, subject);
}

static void add_outer_names(Subject *subject, Value root) {
  const FunctionCode *code = code_of(root);
  if (!code) return;
  session_each_global(subject->session, add_outer, &(Outer){subject, code->ast});
  session_each_global(subject->session, add_outer, &(Outer){subject, NULL}); /* of functions that it calls */
}

static bool make_variables(Subject *subject, int sample) {
  Graph *graph = session_graph(subject->session);
  for (int k = 0; k < subject->parameters; k++) {
    Tensor *number = tensor_new_number(graph->runtime, DTYPE_FLOAT64, formula_sample(k, sample));
    Node *leaf = number ? node_new_leaf(graph, number) : NULL;
    tensor_unref(number);
    subject->variables[k] = leaf ? stand_in_new(graph, &leaf->tensor, STANDS_FOR_NUMBER) : NULL;
    if (leaf) tensor_unref(&leaf->tensor);
    if (!subject->variables[k]) return false;
    subject->names.leaves[k] = subject->variables[k]->value;
  }
  return true;
}

static Value call_recorded(Subject *subject) {
  Value arguments[FORMULA_NAMES];
  for (int k = 0; k < subject->parameters; k++) arguments[k] = value_object(subject->variables[k]);
  return session_call(subject->session, subject->derivative, subject->parameters, arguments, (Span){0, 0});
}

static const Formula *read_result(Subject *subject, Arena *arena, Value result) {
  Graph *graph = session_graph(subject->session);
  FormulaBuilder builder = {arena, FORMULA_CONSTANT_PARTS};
  if (value_is_number(result))
    return subject->names.plain ? formula_number(&builder, result.number) : formula_constant(&builder, result.number);
  Variable *variable = value_as_variable(result);
  Tensor *tensor = variable ? variable_value(graph, variable) : NULL;
  return tensor ? formula_from_graph(arena, graph, tensor, &subject->names) : NULL;
}

/* ---- text */
static void write_left(const Subject *subject, Buffer *out, int order, bool latex) {
  const FormulaNames *names = &subject->names;
  bool bracketed = subject->name || subject->parameters > 1;
  if (subject->name && latex) latex_function(out, subject->name);
  else if (subject->name) buffer_add_text(out, subject->name);
  if (subject->name) buffer_add_fill(out, '\'', (size_t)order);
  if (bracketed) buffer_add_byte(out, '(');
  for (int k = 0; k < subject->parameters; k++) {
    buffer_add_text(out, k ? ", " : "");
    if (latex) latex_name(out, names->texts[k]);
    else buffer_add_text(out, names->texts[k]);
  }
  if (bracketed) buffer_add_byte(out, ')');
}

void formula_add_left(Session *session, Buffer *out, Value base, int order, bool latex) {
  Subject subject = {.session = session};
  (void)read_base(&subject, base);
  write_left(&subject, out, order, latex);
  if (!subject.name) buffer_add_fill(out, '\'', (size_t)order);
}

static void write_all(const Subject *subject, Buffer *out, const Formula *formula, FormulaForm form) {
  const char *between = subject->name ? " = " : form.latex ? " \\mapsto " : " -> ";
  if (!form.right_only) {
    write_left(subject, out, form.order, form.latex);
    buffer_add_text(out, between);
  }
  if (form.latex) formula_write_latex(out, formula, &subject->names);
  else formula_write(out, formula, &subject->names, form.style);
}

static bool is_number(Subject *subject, Value result) {
  Variable *variable = value_as_variable(result);
  Tensor *tensor = variable ? variable_value(session_graph(subject->session), variable) : NULL;
  return value_is_number(result) ? isfinite(result.number)
                                 : tensor && tensor_size(tensor) == 1 && isfinite(tensor_number_at(tensor, 0));
}

/* Where the function has a value; elsewhere it may be all nan. */
static Value call_where_defined(Subject *subject) {
  Value result = value_error();
  for (int sample = 0; sample < FORMULA_FIRST_SAMPLES; sample++) {
    drop_variables(subject);
    result = make_variables(subject, sample) ? call_recorded(subject) : value_error();
    if (value_is_error(result) || is_number(subject, result)) break;
    value_unref(result);
    result = value_error();
  }
  return result;
}

/* Whether the function chooses by its numbers what it computes, perhaps elsewhere than where it is tried out. */
static bool chooses(Subject *subject, Value function) {
  Graph *graph = session_graph(subject->session);
  uint64_t before = graph->choices;
  Value derivative = subject->derivative;
  subject->derivative = function;
  Value result = call_where_defined(subject);
  subject->derivative = derivative;
  Variable *variable = value_as_variable(result);
  bool pieces = variable && formula_has_pieces(graph, variable_value(graph, variable));
  if (!value_is_error(result)) value_unref(result);
  Error *error = session_runtime(subject->session)->error;
  if (error->kind == ERROR_INTERRUPT) return true;
  error_clear(error);
  return pieces || graph->choices != before;
}

static const char *show(Subject *subject, Buffer *out, Value root, FormulaForm form) {
  Arena arena = {0};
  if (chooses(subject, root)) return drop_variables(subject), FORMULA_BRANCH;
  const Graph *graph = session_graph(subject->session);
  uint64_t before = graph->sequence, cuts = graph->cuts;
  Value result = call_where_defined(subject);
  bool costly = graph->sequence - before > COSTLY;
  const char *why = value_is_error(result) ? "no value for numbers" : NULL;
  bool cut = graph->cuts != cuts;
  const Formula *formula = read_result(subject, &arena, result);
  if (!why) {
    value_unref(result);
    why = cut ? "parts that are not differentiated" : "parts without a formula";
    if (formula && !cut) why = formula_disagrees(subject, formula, costly);
  }
  if (!why) write_all(subject, out, formula, form);
  drop_variables(subject);
  arena_free(&arena);
  return why;
}

/* The function whose formula it is is known by D(f, 1); for LaTeX it is left without a name. */
static void name_partial(Subject *subject, Buffer *name, Value base, FormulaForm form) {
  if (!form.latex) function_show(subject->session, name, base);
  subject->name = form.latex ? NULL : buffer_text(name);
}

const char *formula_show(Session *session, Buffer *out, Value base, Value whole, FormulaForm form) {
  Subject subject = {.session = session, .derivative = whole};
  Error *error = session_runtime(session)->error;
  Value root = derivative_root(base);
  Buffer name = {0};
  if (error->kind != ERROR_NONE || !read_base(&subject, root)) return obstacle_of(session, root, FORMULA_UNKNOWN);
  add_outer_names(&subject, root);
  find_constants(&subject);
  if (root.object != base.object && subject.name) name_partial(&subject, &name, base, form);
  Quiet before = quiet_start(session, true, false);
  const char *why = show(&subject, out, root, form);
  quiet_end(session, before);
  buffer_free(&name);
  if (error->kind != ERROR_INTERRUPT) error_clear(error);
  if (error->kind != ERROR_NONE) return FORMULA_UNKNOWN;
  return why ? obstacle_of(session, root, why) : NULL;
}
