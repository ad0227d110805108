/* SPDX-License-Identifier: MIT */
/* program.c: draws statements, chooses operands, and ends programs with what is to be compared. */
#include "tests/differential/program.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- random numbers: splitmix64 */

static uint64_t next(Program *program) {
  uint64_t z = program->state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

int draw(Program *program, int count) { return (int)(next(program) % (uint64_t)count); }
bool chance(Program *program, int percent) { return draw(program, 100) < percent; }
double draw_number(Program *program) { return (draw(program, 385) - 192) / 64.0; }

void draw_order(Program *program, int *order, int count) {
  for (int k = 0; k < count; k++) {
    int other = draw(program, k + 1);
    order[k] = order[other];
    order[other] = k;
  }
}

/* ---- text */

bool write_text(Value *value, const char *format, ...) {
  size_t used = strlen(value->text);
  va_list list;
  va_start(list, format);
  int length = vsnprintf(value->text + used, sizeof value->text - used, format, list);
  va_end(list);
  return length >= 0 && used + (size_t)length < sizeof value->text;
}

bool write_axis(Value *value, int axis, int ndim, bool negative) {
  return write_text(value, "%d", negative ? axis - ndim : axis);
}

void program_add(Program *program, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int length = vsnprintf(program->text + program->length, TEXT_ROOM - program->length, format, list);
  va_end(list);
  if (length > 0) program->length += (size_t)length;
  if (program->length >= TEXT_ROOM) program->length = TEXT_ROOM - 1;
}

/* ---- operands */

static bool write_list(Program *program, const Array *array, int axis, int *flat, Value *value) {
  if (axis == array->ndim) {
    Number *number = array_at(array, (*flat)++);
    number->value = draw_number(program);
    return write_text(value, "%.17g", number->value);
  }
  bool fits = write_text(value, "[");
  for (int k = 0; fits && k < array->size[axis]; k++)
    fits = (k == 0 || write_text(value, ", ")) && write_list(program, array, axis + 1, flat, value);
  return fits && write_text(value, "]");
}

bool value_constant(Program *program, int ndim, const int *size, Value *value) {
  value->text[0] = '\0';
  value->array = array_new(DOUBLE, ndim, size);
  int flat = 0;
  return (ndim || write_text(value, "(")) && write_list(program, &value->array, 0, &flat, value) &&
         (ndim || write_text(value, ")"));
}

static bool value_named(Program *program, Value *value) {
  if (program->named_count == 0) return false;
  /* Later values more often: programs grow deep rather than wide. */
  int first = draw(program, program->named_count), second = draw(program, program->named_count);
  *value = program->named[first > second ? first : second];
  return true;
}

static void draw_shape(Program *program, int *ndim, int *size) {
  *ndim = draw(program, 4);
  for (int k = 0; k < *ndim; k++) size[k] = chance(program, 15) ? 1 : 2 + draw(program, 2);
}

static bool make_any(Program *program, int depth, Value *value) {
  static const Maker makers[] = {make_unary,    make_unary,       make_binary,    make_binary,  make_binary,
                                 make_choice,   make_reduction,   make_reduction, make_line,    make_view,
                                 make_view,     make_arrangement, make_joined,    make_indexed, make_indexed,
                                 make_gathered, make_matmul,      make_einsum};
  for (int attempt = 0; attempt < 4; attempt++) {
    value->text[0] = '\0';
    Maker make = makers[draw(program, (int)(sizeof makers / sizeof *makers))];
    if (!program->products && (make == make_matmul || make == make_einsum)) continue;
    if (make(program, depth, value) && array_settle(&value->array)) return true;
  }
  return false;
}

bool value_any(Program *program, int depth, Value *value) {
  if (depth > 0 && chance(program, 45) && make_any(program, depth - 1, value)) return true;
  if (!chance(program, 8)) return value_named(program, value);
  int ndim, size[AXES];
  draw_shape(program, &ndim, size);
  return value_constant(program, ndim, size, value);
}

bool value_float(Program *program, int depth, Value *value) {
  for (int attempt = 0; attempt < 4; attempt++)
    if (value_any(program, depth, value) && value->array.kind >= SINGLE) return true;
  return false;
}

bool value_fitting(Program *program, int ndim, const int *size, Value *value) {
  Array fitted;
  for (int attempt = 0; attempt < 6; attempt++)
    if (value_named(program, value) && array_broadcast(&value->array, ndim, size, &fitted)) return true;
  int own[AXES], from = chance(program, 30) ? draw(program, ndim + 1) : 0;
  for (int k = from; k < ndim; k++) own[k - from] = chance(program, 20) ? 1 : size[k];
  return value_constant(program, ndim - from, own, value);
}

bool value_partner(Program *program, const Array *other, Value *value) {
  int ndim, size[AXES];
  for (int attempt = 0; attempt < 6; attempt++)
    if (value_named(program, value) && shape_join(&value->array, other, &ndim, size)) return true;
  return value_fitting(program, other->ndim, other->size, value);
}

/* ---- statements */

static void raise_scale(Program *program, const Array *array) {
  for (int i = array_count(array); i-- > 0;) {
    const Number *number = array_at(array, i);
    double most = program->single ? number->gain : fmax(number->gain, number->bend);
    program->scale = fmax(program->scale, fmax(fabs(number->value), most));
    for (int k = 0; k < DIRECTIONS; k++)
      program->scale = fmax(program->scale, fmax(fabs(number->slope[k]), fabs(number->turn[k])));
  }
}

static Value *new_name(Program *program, const Array *array, char prefix) {
  Value *named = &program->named[program->named_count];
  named->array = *array;
  snprintf(named->text, sizeof named->text, "%c%d", prefix, program->named_count++);
  raise_scale(program, array);
  return named;
}

const Value *program_name(Program *program, const Array *array) { return new_name(program, array, 'v'); }

static void name_value(Program *program, const Value *value, char prefix) {
  const Value *named = new_name(program, &value->array, prefix);
  program_add(program, "%s = %s\n", named->text, value->text);
}

/* A variable whose elements are directions of the derivatives. */
static bool add_leaf(Program *program) {
  Value leaf;
  int ndim, size[AXES];
  draw_shape(program, &ndim, size);
  if (program->directions + shape_count(ndim, size) > DIRECTIONS || !value_constant(program, ndim, size, &leaf))
    return false;
  leaf.array.kind = program->single && chance(program, 60) ? SINGLE : DOUBLE;
  leaf.array.tracked = leaf.array.leaf = true;
  for (int i = 0; i < array_count(&leaf.array); i++) {
    Number *number = array_at(&leaf.array, i);
    number->rate = program->speed[program->directions] = draw_number(program);
    number->slope[program->directions++] = number->gain = 1;
  }
  char list[EXPRESSION_ROOM];
  strcpy(list, leaf.text);
  leaf.text[0] = '\0';
  if (!write_text(&leaf, "tensor(%s%s)", list, leaf.array.kind == SINGLE ? ", dtype=float32" : "")) return false;
  name_value(program, &leaf, 'x');
  program->leaf_count++;
  return true;
}

static void add_statement(Program *program) {
  static bool (*const flows[])(Program *) = {write_loop, write_branch, write_function};
  if (chance(program, 12) && flows[draw(program, 3)](program)) return;
  if (chance(program, 20) && (chance(program, 75) ? write_part(program) : write_masked(program))) return;
  Value value;
  if (make_any(program, 2, &value)) name_value(program, &value, 'v');
}

/* ---- the end: what is printed */

void program_expect(Program *program, double number) {
  if (program->expected_count < MOST_EXPECTED) program->expected[program->expected_count++] = number;
}

static void print_values(Program *program) {
  for (int n = program->leaf_count; n < program->named_count; n++) {
    const Array *array = &program->named[n].array;
    const char *name = program->named[n].text;
    program_add(program, "print(to_json((%s.ndim, str(%s.dtype) == \"float32\", %s)))\n", name, name, name);
    program_expect(program, array->ndim);
    program_expect(program, array->kind == SINGLE);
    for (int i = 0; i < array_count(array); i++) program_expect(program, array_at(array, i)->value);
  }
}

/* loss += weight * sum(value * value), which depends on every element */
static void add_to_loss(Program *program, const Value *value, Number *loss) {
  double weight = draw_number(program);
  program_add(program, " + %.17g * sum(%s * %s)", weight, value->text, value->text);
  for (int i = 0; i < array_count(&value->array); i++) {
    Number square = number_multiply(array_at(&value->array, i), array_at(&value->array, i));
    *loss = number_add(loss, &square, weight);
  }
}

/* The derivative of the gradient's product with the speeds of the leaves. */
static void print_curvature(Program *program, const Number *loss) {
  int direction = 0;
  program_add(program, "G = grad(L, (");
  for (int n = 0; n < program->leaf_count; n++) program_add(program, "%s, ", program->named[n].text);
  program_add(program, "))\nS = 0\n");
  for (int n = 0; n < program->leaf_count; n++) {
    program_add(program, "S = S + 0 * sum(%s) + sum(reshape([", program->named[n].text);
    for (int i = array_count(&program->named[n].array); i-- > 0;)
      program_add(program, "%.17g, ", program->speed[direction++]);
    program_add(program, "], %s.shape) * G[%d])\n", program->named[n].text, n);
  }
  program_add(program, "backward(S)\n");
  direction = 0;
  for (int n = 0; n < program->leaf_count; n++) {
    program_add(program, "print(to_json(%s.grad))\n", program->named[n].text);
    for (int i = array_count(&program->named[n].array); i-- > 0;) program_expect(program, loss->turn[direction++]);
  }
}

static void print_gradients(Program *program) {
  Number loss = {0};
  program_add(program, "L = 0");
  for (int n = 0; n < program->named_count; n++) {
    const Value *value = &program->named[n];
    bool wanted = n < program->leaf_count || n == program->named_count - 1 || chance(program, 40);
    if (wanted && value->array.tracked && value->array.kind >= SINGLE) add_to_loss(program, value, &loss);
  }
  program_add(program, "\nbackward(L)\n");
  int direction = 0;
  for (int n = 0; n < program->leaf_count; n++) {
    program_add(program, "print(to_json(%s.grad))\n", program->named[n].text);
    for (int i = array_count(&program->named[n].array); i-- > 0;) program_expect(program, loss.slope[direction++]);
  }
  for (int k = 0; k < DIRECTIONS; k++)
    program->scale = fmax(program->scale, fmax(fabs(loss.slope[k]), fabs(loss.turn[k])));
  program->scale = fmax(program->scale, program->single ? loss.gain : fmax(loss.gain, loss.bend));
  if (!program->single) print_curvature(program, &loss);
}

void program_generate(Program *program, uint64_t seed, bool products) {
  *program = (Program){.state = seed, .scale = 1, .products = products};
  program->single = chance(program, 30);
  int leaves = 1 + draw(program, 3), statements = 2 + draw(program, 10);
  while (program->leaf_count == 0) add_leaf(program);
  for (int k = 1; k < leaves; k++) add_leaf(program);
  for (int k = 0; k < statements && program->named_count < MOST_NAMED; k++) add_statement(program);
  print_values(program);
  print_gradients(program);
  if (chance(program, 20)) print_derivatives(program);
  arena_release();
}
