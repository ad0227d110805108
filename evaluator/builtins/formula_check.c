/* SPDX-License-Identifier: MIT */
/* formula_check.c: whether a formula has the values of a function: at many numbers, and at vectors and matrices. */
#include <math.h>
#include <string.h>
#include "evaluator/builtins/formula_subject.h"
#include "evaluator/builtins/sample.h"

/* The first ones serve to read a formula; those that follow look for other branches near 0 and far away, and many more
   lie between -4 and 4. */
static const double samples[] = {0.73, 0.31, 1.27, -0.58, 2.41, -1.83, 0.001, -0.001, 0.02, -0.02, 0.11, -0.11,
                                 5.3, -5.3, 21.2, -21.2, 130.5, -130.5, 1100.5, -1100.5};
enum { LISTED = sizeof samples / sizeof *samples, SAMPLES = 160, SAMPLES_NEEDED = 2, ELEMENTS = 4 };

/* Samples at which the function is a number: the elements of vectors. */
typedef struct Found { int count, samples[ELEMENTS]; } Found;

static double place(int sample) {
  if (sample < LISTED) return samples[sample];
  double part = sample * 0.6180339887498949;
  return (8 * (part - floor(part)) - 4) * (sample % 2 ? 0.15 : 1);
}

/* Parameters behind the first keep one value at the first samples, a different one for every parameter. */
double formula_sample(int parameter, int sample) {
  if (parameter == 0) return place(sample);
  return sample < FORMULA_FIRST_SAMPLES ? 0.45 + 0.37 * parameter : place((sample * 7 + parameter * 11) % SAMPLES);
}

static double formula_at(const Subject *subject, const Formula *formula, int sample) {
  double values[FORMULA_NAMES];
  memcpy(values, subject->outer, sizeof values);
  for (int k = 0; k < subject->parameters; k++) values[k] = formula_sample(k, sample);
  return formula_evaluate(formula, values);
}

/* The last ones differ in every parameter. */
static void keep_sample(Found *found, int sample) {
  found->samples[found->count < ELEMENTS ? found->count : sample % ELEMENTS] = sample;
  found->count += found->count < ELEMENTS;
}

/* Takes the result. */
static bool read_number(Subject *subject, Value result, double *number) {
  Variable *variable = value_as_variable(result);
  Tensor *tensor = variable ? variable_value(session_graph(subject->session), variable) : NULL;
  bool single = value_is_number(result) || (tensor && tensor_ndim(tensor) == 0);
  if (single) *number = tensor ? tensor_number_at(tensor, 0) : result.number;
  if (!value_is_error(result)) value_unref(result);
  return single;
}

/* Whether formula and function agree there; neither has to be a number everywhere. */
static bool agrees(Subject *subject, const Formula *formula, int sample, int *compared, Found *found) {
  Value arguments[FORMULA_NAMES];
  for (int k = 0; k < subject->parameters; k++) arguments[k] = value_number(formula_sample(k, sample));
  Value result = session_call(subject->session, subject->derivative, subject->parameters, arguments, (Span){0, 0});
  double expected, got = formula_at(subject, formula, sample);
  if (!read_number(subject, result, &expected)) return false;
  if (!isfinite(expected)) return true;
  ++*compared;
  keep_sample(found, sample);
  return fabs(got - expected) <= (sample < FORMULA_FIRST_SAMPLES ? 1e-9 : 1e-7) * (1 + fabs(expected));
}

/* ---- vectors and matrices: there a sum is no longer what it sums */
typedef struct Form { int ndim; int64_t shape[2]; } Form;
static const Form forms[] = {{1, {2, 0}}, {1, {3, 0}}, {2, {2, 2}}};
enum { ALL_WIDE = -1 }; /* else the one argument that is a tensor beside numbers */

static int64_t form_size(const Form *form) { return form->shape[0] * (form->ndim > 1 ? form->shape[1] : 1); }

/* The element of an argument; all of a number's are the first. */
static double element_of(const Found *found, int parameter, int wide, int64_t index) {
  bool whole = wide == ALL_WIDE || wide == parameter;
  return formula_sample(parameter, found->samples[whole ? index : 0]);
}

static bool names_occur(const Formula *formula, int wide, int parameters) {
  bool all = wide == ALL_WIDE;
  bool occurs = formula->kind == FORMULA_NAME && (all ? formula->index < parameters : formula->index == wide);
  for (int i = 0; i < formula->count && !occurs; i++) occurs = names_occur(formula->parts[i], wide, parameters);
  return occurs;
}

/* A number stands for a tensor only where the formula is the same number everywhere. */
static bool holds(const Subject *subject, const Formula *formula, const Tensor *result, const Found *found, int wide,
                  const Form *form) {
  int64_t size = form_size(form);
  bool single = tensor_size(result) == 1;
  if (!single && tensor_size(result) != size) return false;
  if (single && names_occur(formula, wide, subject->parameters)) return false;
  for (int64_t i = 0; i < size; i++) {
    double values[FORMULA_NAMES], expected = tensor_number_at(result, single ? 0 : i);
    memcpy(values, subject->outer, sizeof values);
    for (int k = 0; k < subject->parameters; k++) values[k] = element_of(found, k, wide, i);
    double got = formula_evaluate(formula, values);
    if (isfinite(expected) && isfinite(got) && fabs(got - expected) > 1e-7 * (1 + fabs(expected))) return false;
    if (isfinite(got) && !isfinite(expected)) return false;
  }
  return true;
}

static bool make_wide(Subject *subject, const Found *found, int wide, const Form *form, Value *arguments) {
  for (int k = 0; k < subject->parameters; k++) {
    double numbers[ELEMENTS];
    for (int64_t i = 0; i < form_size(form); i++) numbers[i] = element_of(found, k, wide, i);
    bool is_wide = wide == ALL_WIDE || wide == k;
    arguments[k] = is_wide ? value_of_numbers(subject->session, form->ndim, form->shape, numbers)
                           : value_number(numbers[0]);
    if (value_is_error(arguments[k])) return false;
  }
  return true;
}

/* A function that does not take such arguments says so by an error. */
static bool holds_wide(Subject *subject, const Formula *formula, const Found *found, int wide, const Form *form) {
  Value arguments[FORMULA_NAMES] = {{0}}, result = value_error();
  for (int k = 0; k < subject->parameters; k++) arguments[k] = value_none();
  bool right = make_wide(subject, found, wide, form, arguments);
  if (right) result = call_on_trial(subject->session, subject->derivative, subject->parameters, arguments);
  for (int k = 0; k < subject->parameters; k++)
    if (!value_is_error(arguments[k])) value_unref(arguments[k]);
  if (value_is_error(result)) return session_runtime(subject->session)->error->kind == ERROR_NONE;
  bool numbers = value_is_number(result) || value_as_variable(result);
  Tensor *tensor = numbers ? value_to_tensor(subject->session, result) : NULL;
  right = tensor && holds(subject, formula, tensor, found, wide, form);
  tensor_unref(tensor);
  value_unref(result);
  return right;
}

static bool holds_elementwise(Subject *subject, const Formula *formula, const Found *found) {
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    if (form_size(&forms[i]) > found->count) continue;
    for (int wide = ALL_WIDE; wide < (subject->parameters > 1 ? subject->parameters : 0); wide++)
      if (!holds_wide(subject, formula, found, wide, &forms[i])) return false;
  }
  return true;
}

const char *formula_disagrees(Subject *subject, const Formula *formula, bool costly) {
  Found found = {0};
  int compared = 0, count = costly ? LISTED : SAMPLES;
  session_graph(subject->session)->recording = false;
  for (int sample = 0; sample < count; sample++)
    if (!agrees(subject, formula, sample, &compared, &found)) return FORMULA_BRANCH;
  if (compared < SAMPLES_NEEDED) return "hardly any values";
  return holds_elementwise(subject, formula, &found) ? NULL : "operations across elements";
}
