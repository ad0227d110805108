/* SPDX-License-Identifier: MIT */
/* difference.c: quotients over falling steps, extrapolated to step 0. */
#include "autodiff/difference.h"
#include <float.h>
#include <math.h>

/* Steps fall by 4.  An estimate that differs from the derivative by more than SAFETY times its error contradicts it. */
enum { ORDERS = 6, LEVELS = 23, FEWEST_LEVELS = 3, JUMP_LEVELS = 4, KINK_LEVELS = 4, SAFETY = 8, JUMP_NOISE = 32 };
static const double close_enough = 1e-6, known_well = 0.03, known_badly = 0.05, sharp_enough = 0.02;

/* ---- Ridders' tableau: each row removes one more power of the step */
typedef struct Tableau {
  double ratio;          /* of the first error term from step to step: 4, or 16 where only even powers occur */
  double row[ORDERS];
  int count;
  double value, error;   /* of the last row */
} Tableau;

/* Values without a number begin anew: they are beyond the domain. */
static void tableau_add(Tableau *tableau, double first, double noise) {
  double row[ORDERS] = {first}, power = 1;
  int count = isfinite(first) ? tableau->count : -1;
  tableau->value = first;
  tableau->error = INFINITY;
  for (int i = 1; i <= count && i < ORDERS; i++) {
    power *= tableau->ratio;
    row[i] = row[i - 1] + (row[i - 1] - tableau->row[i - 1]) / (power - 1);
    double error = fmax(fabs(row[i] - row[i - 1]), fabs(row[i] - tableau->row[i - 1])) + 2 * noise;
    if (error > tableau->error) continue;
    tableau->value = row[i];
    tableau->error = error;
  }
  for (int i = 0; i < ORDERS; i++) tableau->row[i] = row[i];
  tableau->count = count + 1 < ORDERS ? count + 1 : ORDERS;
}

/* ---- the best row so far, by its error beside how steep the function is there */
typedef struct Estimate { double value, error, step, score, steepness; } Estimate;

static bool take_better(Estimate *best, const Tableau *tableau, double error, double step, double steepness,
                        double noise) {
  double score = error / (steepness + noise);
  if (!(score < best->score) && !(score <= best->score && tableau->error < best->error)) return false;
  *best = (Estimate){tableau->value, tableau->error, step, score, steepness};
  return true;
}

typedef struct Comparison {
  const DifferenceQuestion *question;
  double value;                  /* at the point */
  Tableau both, left, right;
  Estimate middle, below, above; /* of the three */
  Estimate confirmed;            /* the best one by smaller steps that agrees with the derivative */
  double slopes[2];              /* of a kink: left and right, with the sum of their errors */
  double slope_error;
  int kinked;                    /* levels in a row that show this kink */
  double changes[2][LEVELS];     /* to the values left and right, by level */
  double sides[2];               /* the last of these values */
  int levels;
} Comparison;

/* The derivative is rounded, too. */
static double allowance(const Comparison *comparison, double steepness) {
  double relative = fmax(close_enough, 4096 * comparison->question->precision);
  return relative * fmax(fabs(comparison->question->expected), steepness);
}

static bool agrees(const Comparison *comparison, double value, double error, double steepness) {
  return fabs(value - comparison->question->expected) <= SAFETY * error + allowance(comparison, steepness);
}

/* Whether nothing more needs to be known: all three estimates are good and say the same. */
static bool is_settled(const Comparison *comparison, double steepness, double noise) {
  const Tableau *both = &comparison->both, *left = &comparison->left, *right = &comparison->right;
  if (both->count < FEWEST_LEVELS) return false;
  bool flat = comparison->question->expected == 0 && steepness == 0;
  bool good = flat || both->error <= allowance(comparison, steepness);
  double sides = left->error + right->error;
  bool smooth = fabs(left->value - right->value) <= SAFETY * sides + allowance(comparison, steepness) &&
                sides <= 1e-2 * steepness + SAFETY * noise;
  return good && smooth && agrees(comparison, both->value, both->error, 0);
}

/* Far from a pole, quotients of both sides can look better than they are: those of each side must be good, too. */
static void keep_estimates(Comparison *comparison, double step, double steepness, double noise) {
  const Tableau *both = &comparison->both, *left = &comparison->left, *right = &comparison->right;
  double error = fmax(both->error, (left->error + right->error) / 10);
  if (take_better(&comparison->middle, both, error, step, steepness, noise)) comparison->confirmed.error = INFINITY;
  else if (both->error < comparison->confirmed.error && agrees(comparison, both->value, both->error, 0))
    comparison->confirmed = (Estimate){both->value, both->error, step, 0, steepness};
  take_better(&comparison->below, left, left->error, step, steepness, noise);
  take_better(&comparison->above, right, right->error, step, steepness, noise);
}

/* A kink shows in several steps one after the other; a smaller step where both slopes are the same ends it. */
static void look_for_kink(Comparison *comparison) {
  const Tableau *left = &comparison->left, *right = &comparison->right;
  double error = left->error + right->error, distance = fabs(right->value - left->value);
  double size = fmax(fabs(left->value), fabs(right->value));
  if (!(error <= sharp_enough * size)) return;
  bool sharp = error <= sharp_enough * distance && distance > close_enough * size;
  double near = SAFETY * (error + comparison->slope_error);
  bool same = comparison->kinked && fabs(left->value - comparison->slopes[0]) <= near &&
              fabs(right->value - comparison->slopes[1]) <= near;
  bool keeps = sharp && same && error > comparison->slope_error;
  comparison->kinked = !sharp ? 0 : same ? comparison->kinked + 1 : 1;
  if (!sharp || keeps) return;
  comparison->slopes[0] = left->value;
  comparison->slopes[1] = right->value;
  comparison->slope_error = error;
}

/* Adds the quotients of one step; *settled: it was the last that is needed. */
static bool add_level(Comparison *comparison, double step, bool *settled) {
  const DifferenceQuestion *question = comparison->question;
  double *sides = comparison->sides, noise = fmax(question->noise, DBL_MIN) / step;
  if (!question->function(question->context, -step, &sides[0])) return false;
  if (!question->function(question->context, step, &sides[1])) return false;
  double left = (comparison->value - sides[0]) / step, right = (sides[1] - comparison->value) / step;
  double steepness = fmax(fabs(left), fabs(right)); /* one of them may be nan */
  comparison->changes[0][comparison->levels] = fabs(sides[0] - comparison->value);
  comparison->changes[1][comparison->levels++] = fabs(sides[1] - comparison->value);
  tableau_add(&comparison->both, (sides[1] - sides[0]) / (2 * step), noise);
  tableau_add(&comparison->left, left, 2 * noise);
  tableau_add(&comparison->right, right, 2 * noise);
  keep_estimates(comparison, step, steepness, noise);
  look_for_kink(comparison);
  *settled = is_settled(comparison, steepness, noise);
  return true;
}

/* Changes as small as rounding errors, and no others to be expected: smaller steps show nothing at all. */
static bool is_hidden(const Comparison *comparison, double step) {
  double noise = comparison->question->noise;
  bool hidden = comparison->levels >= FEWEST_LEVELS && fabs(comparison->question->expected) * step <= noise;
  for (int i = 1; hidden && i <= FEWEST_LEVELS; i++) {
    int level = comparison->levels - i;
    hidden = comparison->changes[0][level] <= noise && comparison->changes[1][level] <= noise;
  }
  return hidden;
}

static bool add_levels(Comparison *comparison, double step, double least, bool *settled) {
  comparison->both = (Tableau){.ratio = 16};
  comparison->left = comparison->right = (Tableau){.ratio = 4};
  comparison->levels = comparison->kinked = 0;
  while (step >= least && comparison->levels < LEVELS && !*settled) {
    if (!add_level(comparison, step, settled)) return false;
    if (is_hidden(comparison, step)) break;
    step /= 4;
  }
  return true;
}

/* Powers of two, so that most numbers plus a step are exact. */
static double power_below(double size) { return ldexp(1, ilogb(size)); }

/* ---- what the numbers say */

/* A change that does not shrink with the step. */
static bool is_jump(const Comparison *comparison, int side) {
  int last = comparison->levels - 1;
  if (last < JUMP_LEVELS || !isfinite(comparison->sides[side])) return false;
  double now = comparison->changes[side][last], before = comparison->changes[side][last - JUMP_LEVELS];
  return now > 0.75 * before && now > JUMP_NOISE * comparison->question->noise;
}

static bool find_jump(const Comparison *comparison, Difference *difference) {
  if (!is_jump(comparison, 0) && !is_jump(comparison, 1)) return false;
  difference->verdict = DIFFERENCE_JUMP;
  difference->left = comparison->sides[0];
  difference->right = comparison->sides[1];
  return true;
}

static bool find_kink(const Comparison *comparison, Difference *difference) {
  if (comparison->kinked < KINK_LEVELS) return false;
  difference->verdict = DIFFERENCE_KINK;
  difference->left = comparison->slopes[0];
  difference->right = comparison->slopes[1];
  return true;
}

static DifferenceVerdict judge(const Comparison *comparison, const Estimate **best) {
  double size = fmax(fabs(comparison->question->expected), (*best)->steepness);
  bool known = (*best)->error <= fmax(known_well * size, 1e-5);
  bool close = agrees(comparison, (*best)->value, (*best)->error, (*best)->steepness);
  if (close && known) return DIFFERENCE_AGREES;
  if (comparison->confirmed.error <= known_well * fmax(size, fabs((*best)->value))) {
    *best = &comparison->confirmed;
    return DIFFERENCE_AGREES;
  }
  return !close && (*best)->score <= known_badly ? DIFFERENCE_WRONG : DIFFERENCE_UNSURE;
}

/* At the end of a domain only one side has values. */
static const Estimate *best_estimate(const Comparison *comparison) {
  const Estimate *below = &comparison->below, *above = &comparison->above;
  if (isfinite(comparison->middle.score)) return &comparison->middle;
  return below->score < above->score ? below : above;
}

/* Steps of the coordinate's own scale; then, where that is small, of everyday scale. */
static bool add_all_levels(Comparison *comparison, Difference *difference) {
  const DifferenceQuestion *question = comparison->question;
  bool settled = false, scaled = isfinite(question->size) && question->size > 0;
  double least = 32 * question->precision;
  if (scaled) {
    double step = power_below(question->size) / 2;
    if (!add_levels(comparison, step, least * question->size, &settled)) return false;
    if (settled || find_jump(comparison, difference) || find_kink(comparison, difference)) return true;
  }
  if (scaled && question->size >= 1) return true;
  if (!add_levels(comparison, 0.5, scaled ? question->size : least, &settled)) return false;
  if (!scaled && !settled && !find_jump(comparison, difference)) find_kink(comparison, difference);
  return true;
}

bool difference_compare(const DifferenceQuestion *question, Difference *difference) {
  const Estimate none = {NAN, INFINITY, NAN, INFINITY, 0};
  Comparison comparison = {.question = question, .middle = none, .below = none, .above = none, .confirmed = none};
  *difference = (Difference){.verdict = DIFFERENCE_AGREES};
  if (!question->function(question->context, 0, &comparison.value)) return false;
  if (!add_all_levels(&comparison, difference)) return false;
  const Estimate *best = best_estimate(&comparison);
  if (difference->verdict == DIFFERENCE_AGREES) difference->verdict = judge(&comparison, &best);
  bool unknown = difference->verdict == DIFFERENCE_UNSURE && !isfinite(question->expected);
  difference->slope = unknown ? NAN : best->value;
  difference->error = best->error;
  difference->step = best->step;
  difference->value = comparison.value;
  return true;
}
