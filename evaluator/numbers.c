/* SPDX-License-Identifier: MIT */
/* numbers.c: lists in which long runs of numbers stand.  A run is one closure, however long it is, and its numbers go
   from the tree into the tensor of the list at once. */
#include <string.h>
#include "evaluator/literal.h"

/* A run has no value of its own; this one keeps its place among those of the list. */
static Value run_numbers(Closure *self, Value *frame, Session *session) {
  (void)self, (void)frame, (void)session;
  return value_number(0);
}

/* Elements that are lists, as values; NULL until they are needed. */
typedef struct Rows { Program *program; Value *values; } Rows;

Closure *compile_numbers(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, run_numbers);
  if (!closure || ast->numbers->rank == 0) return closure;
  Rows *rows = closure->data = compile_allocate(compiler, sizeof *rows);
  if (rows) rows->program = compiler->program;
  return rows ? closure : NULL;
}

static const AstNumbers *numbers_of(const Closure *child) {
  return child->ast->kind == AST_NUMBERS ? child->ast->numbers : NULL;
}

static uint32_t elements_of(const Closure *child) {
  const AstNumbers *run = numbers_of(child);
  return run ? run->count : 1;
}

/* How many numbers an element holds. */
static size_t numbers_each(const AstNumbers *run) {
  size_t each = 1;
  for (uint32_t k = 0; k < run->rank; k++) each *= run->sizes[k];
  return each;
}

/* ---- elements of one shape, none of which is tracked: they are copied side by side */

static bool same_sizes(const AstNumbers *run, uint32_t rank, const int64_t *shape) {
  if (rank != run->rank) return false;
  for (uint32_t k = 0; k < rank; k++)
    if (shape[k] != run->sizes[k]) return false;
  return true;
}

static bool fits(const AstNumbers *run, const Closure *child, Value value) {
  const AstNumbers *other = numbers_of(child);
  if (other) return other->rank == run->rank && memcmp(other->sizes, run->sizes, sizeof run->sizes) == 0;
  Variable *variable = value_as_variable(value);
  if (!variable) return run->rank == 0 && (value_is_number(value) || value_is_bool(value));
  const Layout *layout = variable_layout(variable);
  return variable_is_constant(variable) && same_sizes(run, layout->ndim, layout_shape(layout));
}

static bool copy_variable(Session *session, Value value, double *to) {
  Runtime *runtime = &session->runtime;
  Tensor *given = value_to_tensor(session, value), *cast = given ? tensor_cast(runtime, given, DTYPE_FLOAT64) : NULL;
  Tensor *dense = cast ? tensor_contiguous(runtime, cast) : NULL;
  bool ready = dense && tensor_ready(runtime, dense);
  if (ready) memcpy(to, tensor_data(dense), (size_t)tensor_size(dense) * sizeof *to);
  tensor_unref(dense);
  tensor_unref(cast);
  tensor_unref(given);
  return ready;
}

static bool copy_elements(Session *session, const Closure *child, Value value, double *to) {
  const AstNumbers *run = numbers_of(child);
  if (!run && value_as_variable(value)) return copy_variable(session, value, to);
  if (run) memcpy(to, run->values, run->count * numbers_each(run) * sizeof *to);
  else *to = value.number;
  return true;
}

/* The axes from `first` on of a list of so many elements. */
static Tensor *new_tensor(Session *session, const AstNumbers *run, int first, int64_t count) {
  int64_t shape[1 + NUMBERS_AXES] = {count};
  for (uint32_t k = 0; k < run->rank; k++) shape[k + 1] = run->sizes[k];
  return tensor_new_shape(&session->runtime, DTYPE_FLOAT64, (int)run->rank + 1 - first, shape + first);
}

static Tensor *join(Session *session, Closure *list, const AstNumbers *like, uint32_t count, const Value *values) {
  Tensor *tensor = new_tensor(session, like, 0, count);
  double *to = tensor ? tensor_data(tensor) : NULL;
  bool copied = tensor != NULL;
  for (uint32_t k = 0; copied && k < list->count; k++) {
    copied = copy_elements(session, list->children[k], values[k], to);
    to += elements_of(list->children[k]) * numbers_each(like);
  }
  if (copied) return tensor;
  tensor_unref(tensor);
  return NULL;
}

/* ---- others: every element becomes a value */

/* Elements that are lists become tensors once. */
static bool make_rows(Session *session, Closure *child) {
  const AstNumbers *run = numbers_of(child);
  Rows *rows = child->data;
  Value *values = program_allocate(session, rows->program, run->count * sizeof *values);
  if (!values) return false;
  size_t each = numbers_each(run);
  for (uint32_t k = 0; k < run->count; k++) {
    Tensor *row = new_tensor(session, run, 1, run->count);
    if (!row) return false;
    memcpy(tensor_data(row), run->values + k * each, each * sizeof *run->values);
    values[k] = value_from_tensor(session, row);
    if (value_is_error(values[k]) || !program_keep(session, rows->program, values[k])) return false;
  }
  rows->values = values;
  return true;
}

static bool spread(Session *session, Closure *child, Value value, Value *to) {
  const AstNumbers *run = numbers_of(child);
  Rows *rows = child->data;
  if (!run) *to = value;
  else if (!rows)
    for (uint32_t k = 0; k < run->count; k++) to[k] = value_number(run->values[k]);
  else if (!rows->values && !make_rows(session, child)) return false;
  else memcpy(to, rows->values, run->count * sizeof *to);
  return true;
}

/* The elements stay borrowed. */
static Tensor *stack(Session *session, Closure *list, uint32_t count, const Value *values) {
  Value *elements = memory_allocate(count * sizeof *elements), *to = elements;
  if (!elements) return session_out_of_memory(session), NULL;
  bool done = true;
  for (uint32_t k = 0; done && k < list->count; k++) {
    done = spread(session, list->children[k], values[k], to);
    to += elements_of(list->children[k]);
  }
  Tensor *tensor = done ? list_stack(session, count, elements) : NULL;
  memory_release(elements, count * sizeof *elements);
  return tensor;
}

Tensor *list_stack_runs(Session *session, Closure *list, const Value *values) {
  const AstNumbers *like = NULL;
  uint32_t count = 0;
  for (uint32_t k = 0; k < list->count; k++) {
    if (!like) like = numbers_of(list->children[k]);
    count += elements_of(list->children[k]);
  }
  bool fit = true;
  for (uint32_t k = 0; fit && k < list->count; k++) fit = fits(like, list->children[k], values[k]);
  return fit ? join(session, list, like, count, values) : stack(session, list, count, values);
}
