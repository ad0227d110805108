/* SPDX-License-Identifier: MIT */
/* flow.c: loops, branches and functions of the user's own.  Their bodies are made of steps, each of which gives a
   variable a new value, so that the reference can take them as often as the program does. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "tests/differential/functions.h"
#include "tests/differential/program.h"

enum { MOST_STEPS = 3, MOST_TURNS = 4 };

/* t = f(t), t = g(t, operand), or t += operand: in place. */
typedef struct Step {
  const Unary *unary;
  const Binary *binary;
  bool counter, swapped; /* the operand is the counter of the loop; it stands left */
  char sign;             /* '+' or '*' in place, else 0 */
  Value operand;
} Step;

typedef struct Body {
  Step steps[MOST_STEPS];
  int count;
} Body;

/* ---- steps */

static Array operand_of(const Step *step, int turn) {
  if (!step->counter) return step->operand.array;
  Array number = array_new(DOUBLE, 0, NULL);
  array_at(&number, 0)->value = turn;
  return number;
}

/* The shape stays as it is, so that a step can be taken again. */
static bool step_take(const Step *step, int turn, Array *value) {
  Array result, operand;
  if (step->unary) {
    if (!unary_apply(step->unary, value, &result)) return false;
  } else {
    operand = operand_of(step, turn);
    const Array *left = step->swapped ? &operand : value, *right = step->swapped ? value : &operand;
    if (!binary_apply(step->binary, left, right, &result) || !shape_equal(&result, value)) return false;
    if (step->sign && (result.kind != value->kind || (operand.tracked && !value->tracked))) return false;
  }
  if (result.kind < SINGLE || !array_settle(&result)) return false;
  *value = result;
  return true;
}

static const Binary *find_binary(const char *format) {
  for (int k = 0; k < binary_count; k++)
    if (strcmp(binaries[k].format, format) == 0) return &binaries[k];
  return NULL;
}

static bool draw_step(Program *program, const Array *value, bool loops, Step *step) {
  *step = (Step){0};
  if (chance(program, 50)) return step->unary = &unaries[draw(program, unary_count)], true;
  step->binary = &binaries[draw(program, binary_count)];
  step->swapped = chance(program, 40);
  if (loops && chance(program, 25)) return step->counter = true, strcpy(step->operand.text, "k"), true;
  if (!value_fitting(program, value->ndim, value->size, &step->operand)) return false;
  if (!chance(program, 35)) return true;
  step->sign = chance(program, 50) ? '+' : '*';
  step->swapped = false;
  return (step->binary = find_binary(step->sign == '+' ? "(%s + %s)" : "(%s * %s)")) != NULL;
}

/* Steps that can be taken one after the other from here; a later turn may still fail. */
static bool draw_body(Program *program, const Array *start, bool loops, Body *body) {
  Array value = *start;
  int count = 1 + draw(program, MOST_STEPS);
  body->count = 0;
  for (int attempt = 0; attempt < 12 && body->count < count; attempt++) {
    Step *step = &body->steps[body->count];
    if (draw_step(program, &value, loops, step) && step_take(step, 0, &value)) body->count++;
  }
  return body->count > 0;
}

static bool body_take(const Body *body, int turn, Array *value) {
  for (int k = 0; k < body->count; k++)
    if (!step_take(&body->steps[k], turn, value)) return false;
  return true;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
/* The right side of an assignment to `name`. */
static void add_expression(Program *program, const Step *step, const char *name) {
  const char *operand = step->operand.text;
  if (step->unary) program_add(program, "%s%s%s", step->unary->before, name, step->unary->after);
  else program_add(program, step->binary->format, step->swapped ? operand : name, step->swapped ? name : operand);
}
#pragma GCC diagnostic pop

static void add_body(Program *program, const Body *body, const char *name) {
  for (int k = 0; k < body->count; k++) {
    const Step *step = &body->steps[k];
    program_add(program, "  %s ", name);
    if (step->sign) {
      program_add(program, "%c= %s\n", step->sign, step->operand.text);
      continue;
    }
    program_add(program, "= ");
    add_expression(program, step, name);
    program_add(program, "\n");
  }
}

/* ---- conditions */

/* sum(t) against a bound that it is not near. */
static bool is_above(const Array *value, double bound, bool *above) {
  double sum = 0;
  for (int i = array_count(value); i-- > 0;) sum += array_at(value, i)->value;
  *above = sum > bound;
  return fabs(sum - bound) > 1e-2 * (1 + fabs(sum));
}

/* Branches: one where the sum is above the bound, the other elsewhere; either may be missing. */
typedef struct Fork {
  Body body[2];
  double bound;
} Fork;

static bool draw_fork(Program *program, const Array *start, bool loops, Fork *fork) {
  fork->bound = draw_number(program);
  fork->body[0].count = fork->body[1].count = 0;
  bool one = chance(program, 25);
  return draw_body(program, start, loops, &fork->body[0]) && (one || draw_body(program, start, loops, &fork->body[1]));
}

static bool fork_take(const Fork *fork, int turn, Array *value) {
  bool above;
  return is_above(value, fork->bound, &above) && body_take(&fork->body[above ? 0 : 1], turn, value);
}

static void add_fork(Program *program, const Fork *fork, const char *name) {
  program_add(program, "  if sum(%s) > %.17g {\n", name, fork->bound);
  add_body(program, &fork->body[0], name);
  if (fork->body[1].count) {
    program_add(program, "  } else {\n");
    add_body(program, &fork->body[1], name);
  }
  program_add(program, "  }\n");
}

/* ---- statements */

/* A value with memory of its own to start from. */
static bool draw_start(Program *program, Value *start) {
  if (!value_float(program, 1, start)) return false;
  start->array = array_copy(&start->array);
  return true;
}

/* The turns of a loop: all of them, or those that `continue` and `break` leave. */
typedef struct Turns {
  int count, skipped, last; /* from 0 on; -1: none */
} Turns;

static Turns draw_turns(Program *program) {
  Turns turns = {1 + draw(program, MOST_TURNS), -1, -1};
  if (chance(program, 20)) turns.skipped = draw(program, turns.count);
  if (chance(program, 20)) turns.last = draw(program, turns.count);
  return turns;
}

static bool turn_runs(const Turns *turns, int turn) {
  return turn != turns->skipped && (turns->last < 0 || turn < turns->last);
}

static void add_loop_head(Program *program, const Turns *turns, bool counts) {
  if (counts) program_add(program, "k = -1\nwhile k < %d {\n  k += 1\n", turns->count - 1);
  else program_add(program, "for k in range(%d) {\n", turns->count);
  if (turns->last >= 0) program_add(program, "  if k == %d { break }\n", turns->last);
  if (turns->skipped >= 0) program_add(program, "  if k == %d { continue }\n", turns->skipped);
}

bool write_loop(Program *program) {
  Value start;
  Body body;
  Fork fork;
  bool forks = chance(program, 40);
  if (!draw_start(program, &start)) return false;
  Array value = start.array;
  if (!draw_body(program, &value, true, &body) || (forks && !draw_fork(program, &value, true, &fork))) return false;
  Turns turns = draw_turns(program);
  for (int turn = 0; turn < turns.count; turn++) {
    if (turns.last >= 0 && turn >= turns.last) break;
    if (!turn_runs(&turns, turn)) continue;
    if (!body_take(&body, turn, &value) || (forks && !fork_take(&fork, turn, &value))) return false;
  }
  const Value *named = program_name(program, &value);
  program_add(program, "%s = 1 * %s\n", named->text, start.text);
  add_loop_head(program, &turns, chance(program, 40));
  add_body(program, &body, named->text);
  if (forks) add_fork(program, &fork, named->text);
  program_add(program, "}\n");
  return true;
}

bool write_branch(Program *program) {
  Value start;
  Fork fork;
  if (!draw_start(program, &start) || !draw_fork(program, &start.array, false, &fork)) return false;
  Array value = start.array;
  if (!fork_take(&fork, 0, &value)) return false;
  const Value *named = program_name(program, &value);
  program_add(program, "%s = 1 * %s\n", named->text, start.text);
  add_fork(program, &fork, named->text);
  return true;
}

/* A function of t that sees the values named so far; it may call itself. */
bool write_function(Program *program) {
  Value start;
  Body body;
  int calls = chance(program, 30) ? 2 + draw(program, 2) : 1;
  if (!draw_start(program, &start)) return false;
  Array value = start.array;
  if (!draw_body(program, &value, false, &body)) return false;
  for (int call = 0; call < calls; call++)
    if (!body_take(&body, 0, &value)) return false;
  int number = program->named_count;
  const Value *named = program_name(program, &value);
  bool short_form = body.count == 1 && !body.steps[0].sign && calls == 1;
  if (short_form) {
    program_add(program, "f%d(t) = ", number);
    add_expression(program, &body.steps[0], "t");
    program_add(program, "\n%s = f%d(%s)\n", named->text, number, start.text);
    return true;
  }
  program_add(program, "def f%d(t, n=%d) {\n  t = 1 * t\n", number, calls);
  add_body(program, &body, "t");
  program_add(program, calls > 1 ? "  return f%d(t, n - 1) if n > 1 else t\n}\n" : "  return t\n}\n", number);
  program_add(program, "%s = %s.f%d()\n", named->text, start.text, number);
  return true;
}

/* ---- derivatives of functions */

/* f', f'' and grad(grad(f)) of a chain of functions of one number, at some numbers. */
void print_derivatives(Program *program) {
  const Unary *chain[MOST_STEPS];
  Number at = {.value = draw_number(program), .rate = 1, .slope = {1}};
  Array value = array_new(DOUBLE, 0, NULL);
  double place = at.value;
  int count = 0, wanted = 1 + draw(program, MOST_STEPS);
  *array_at(&value, 0) = at;
  for (int attempt = 0; attempt < 12 && count < wanted; attempt++) {
    const Unary *unary = &unaries[draw(program, unary_count)];
    Array next;
    if (!unary_apply(unary, &value, &next) || !array_settle(&next)) continue;
    value = next;
    chain[count++] = unary;
  }
  program_add(program, "f(t) = ");
  for (int k = count; k-- > 0;) program_add(program, "%s", chain[k]->before);
  program_add(program, "t");
  for (int k = 0; k < count; k++) program_add(program, "%s", chain[k]->after);
  program_add(program, "\nprint(to_json([f'(%.17g), f''([%.17g])[0], grad(grad(f))(%.17g)]))\n", place, place, place);
  const Number *number = array_at(&value, 0);
  program->scale = fmax(program->scale, fmax(fabs(number->slope[0]), fabs(number->turn[0])));
  program_expect(program, number->slope[0]);
  program_expect(program, number->turn[0]);
  program_expect(program, number->turn[0]);
}
