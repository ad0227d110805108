/* SPDX-License-Identifier: MIT */
/* formula.c: the derivative of a function as an expression: it is called once on recorded numbers, the graph is read as a
   formula, and the formula must agree with the derivative at other points before it is shown. */
#include "evaluator/builtins/formula.h"
#include <math.h>
#include "autodiff/formula.h"
#include "evaluator/function.h"

/* Where functions are tried out: no special places. */
static const double samples[] = {0.73, 0.31, 1.27, -0.58, 2.41, -1.83};
enum { SAMPLES = sizeof samples / sizeof *samples, SAMPLES_NEEDED = 2 };

typedef struct Subject {
  Session *session;
  Value derivative;
  const char *name;                   /* of the function; NULL: a lambda */
  FormulaNames names;
  Variable *variables[FORMULA_NAMES];
} Subject;

static bool discard(void *context, Stream stream, const char *text, size_t length) {
  (void)context, (void)stream, (void)text, (void)length;
  return true;
}

/* A function of a few plain parameters, written as one expression. */
static bool read_function(Subject *subject, const FunctionCode *code) {
  bool is_expression = code->ast->kind == AST_LAMBDA || (code->ast->kind == AST_DEFINE && code->ast->flag);
  if (!is_expression || code->rest || code->parameters == 0 || code->parameters > FORMULA_NAMES) return false;
  subject->name = code->ast->kind == AST_DEFINE ? code->name : NULL;
  subject->names.count = (int)code->parameters;
  for (uint32_t k = 0; k < code->parameters; k++) subject->names.texts[k] = function_parameter(code, k);
  return true;
}

static bool read_base(Subject *subject, Value base) {
  if (value_is(base, KIND_FUNCTION))
    return read_function(subject, ((const Function *)(const void *)base.object)->code);
  if (!value_is(base, KIND_BUILTIN)) return false;
  const BuiltinInfo *info = ((const Builtin *)(const void *)base.object)->info;
  if (info->op == OP_none || !op_unary_double[info->op]) return false;
  subject->name = info->name;
  subject->names.count = 1;
  subject->names.texts[0] = "x";
  return true;
}

/* Parameters behind the first keep one value; it differs from parameter to parameter. */
static double sample_of(int parameter, int sample) {
  return parameter == 0 ? samples[sample] : 0.45 + 0.37 * parameter;
}

static bool make_variables(Subject *subject) {
  Graph *graph = session_graph(subject->session);
  for (int k = 0; k < subject->names.count; k++) {
    Tensor *number = tensor_new_number(graph->runtime, DTYPE_FLOAT64, sample_of(k, 0));
    Node *leaf = number ? node_new_leaf(graph, number) : NULL;
    tensor_unref(number);
    subject->variables[k] = leaf ? variable_new_take(graph, &leaf->tensor) : NULL;
    if (!subject->variables[k]) return false;
    subject->names.leaves[k] = subject->variables[k]->value;
  }
  return true;
}

static Value call_recorded(Subject *subject) {
  Value arguments[FORMULA_NAMES];
  for (int k = 0; k < subject->names.count; k++) arguments[k] = value_object(subject->variables[k]);
  return session_call(subject->session, subject->derivative, subject->names.count, arguments, (Span){0, 0});
}

static const Formula *read_result(Subject *subject, Arena *arena, Value result) {
  Graph *graph = session_graph(subject->session);
  FormulaBuilder builder = {arena, 1};
  if (value_is_number(result)) return formula_number(&builder, result.number);
  Variable *variable = value_as_variable(result);
  Tensor *tensor = variable ? variable_value(graph, variable) : NULL;
  return tensor ? formula_from_graph(arena, graph, tensor, &subject->names) : NULL;
}

/* Whether formula and derivative agree there; neither has to be a number everywhere. */
static bool agrees(Subject *subject, const Formula *formula, int sample, int *compared) {
  Value arguments[FORMULA_NAMES];
  double values[FORMULA_NAMES];
  for (int k = 0; k < subject->names.count; k++)
    arguments[k] = value_number(values[k] = sample_of(k, sample));
  Value result = session_call(subject->session, subject->derivative, subject->names.count, arguments, (Span){0, 0});
  if (!value_is_number(result)) return value_unref(result), false;
  double expected = result.number, got = formula_evaluate(formula, values);
  if (!isfinite(expected)) return true;
  ++*compared;
  return fabs(got - expected) <= 1e-9 * (1 + fabs(expected));
}

static bool is_right(Subject *subject, const Formula *formula) {
  int compared = 0;
  for (int sample = 0; sample < SAMPLES; sample++)
    if (!agrees(subject, formula, sample, &compared)) return false;
  return compared >= SAMPLES_NEEDED;
}

static void write_left_side(const Subject *subject, Buffer *out, int order) {
  const FormulaNames *names = &subject->names;
  bool bracketed = subject->name || names->count > 1;
  if (subject->name) {
    buffer_add_text(out, subject->name);
    buffer_add_fill(out, '\'', (size_t)order);
  }
  if (bracketed) buffer_add_byte(out, '(');
  for (int k = 0; k < names->count; k++) buffer_format(out, k ? ", %s" : "%s", names->texts[k]);
  if (bracketed) buffer_add_byte(out, ')');
  buffer_add_text(out, subject->name ? " = " : " -> ");
}

static bool show(Subject *subject, Buffer *out, int order) {
  Arena arena = {0};
  Value result = make_variables(subject) ? call_recorded(subject) : value_error();
  const Formula *formula = read_result(subject, &arena, result);
  value_unref(result);
  bool right = formula && is_right(subject, formula);
  if (right) {
    write_left_side(subject, out, order);
    formula_write(out, formula, &subject->names);
  }
  for (int k = 0; k < subject->names.count; k++) variable_unref(subject->variables[k]);
  arena_free(&arena);
  return right;
}

bool formula_show(Session *session, Buffer *out, Value base, int order, Value derivative) {
  Subject subject = {.session = session, .derivative = derivative};
  Error *error = session_runtime(session)->error;
  if (error->kind != ERROR_NONE || !read_base(&subject, base)) return false;
  SessionOptions options = session->options;
  bool recording = session->graph.recording;
  session->options.output = discard; /* a function that is tried out says nothing */
  session->options.warn = NULL;
  session->graph.recording = true;
  bool shown = show(&subject, out, order);
  session->options = options;
  session->graph.recording = recording;
  session->runtime.warning.count = 0;
  if (error->kind != ERROR_INTERRUPT) error_clear(error);
  return shown && error->kind == ERROR_NONE;
}
