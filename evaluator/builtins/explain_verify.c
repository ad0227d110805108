/* SPDX-License-Identifier: MIT */
/* explain_verify.c: the numeric check of all variables that an explanation shows, and where nan and inf arose. */
#include <math.h>
#include "evaluator/builtins/explain.h"
#include "evaluator/builtins/explain_grid.h"

enum { CHECKS_SHOWN = 12, CHECK_WORK = 1400000, CHECK_INDENT = 21, CHECK_COLUMNS = 75, NAME_LEAST = 16 };

/* What can come out of comparing, the worst last. */
typedef enum Finding {
  FINDING_OK, FINDING_NOT_FINITE, FINDING_UNSURE, FINDING_SINGULAR, FINDING_KINK, FINDING_JUMP, FINDING_BEYOND_KINK,
  FINDING_WRONG
} Finding;

static const char *const finding_lines[] = {
  [FINDING_NOT_FINITE] = "not compared where one of the two is nan or infinite",
  [FINDING_UNSURE] = "not compared where the differences are too uncertain",
  [FINDING_SINGULAR] = "differences give another slope here: perhaps there is no derivative",
  [FINDING_KINK] = "a kink: there is no derivative, and a value between the slopes is taken",
  [FINDING_JUMP] = "a jump: there is no derivative, whatever is taken",
  [FINDING_BEYOND_KINK] = "NOT EQUAL: a kink, and what is taken does not lie between the slopes",
  [FINDING_WRONG] = "NOT EQUAL: a custom derivative that is wrong?",
};

/* Only a rule that is not ours may be wrong; ours differ from differences where the function is no smooth one. */
static bool has_custom(const Steps *steps) {
  bool custom = false;
  for (uint32_t at = 0; !custom && at < steps_count(steps); at++)
    custom = steps_row(steps, at)->node->tensor.op == OP_custom;
  return custom;
}

static Finding find_out(const Steps *steps, const ExplainCheck *check) {
  const Difference *difference = &check->difference;
  double least = fmin(difference->left, difference->right), most = fmax(difference->left, difference->right);
  if (!isfinite(difference->slope) || !isfinite(check->expected)) {
    bool sided = difference->verdict == DIFFERENCE_KINK || difference->verdict == DIFFERENCE_JUMP;
    if (!sided || !isfinite(check->expected)) return FINDING_NOT_FINITE;
  }
  double slack = 1e-6 * (fabs(least) + fabs(most));
  bool between = check->expected >= least - slack && check->expected <= most + slack;
  switch (difference->verdict) {
    case DIFFERENCE_KINK: return between ? FINDING_KINK : FINDING_BEYOND_KINK;
    case DIFFERENCE_JUMP: return FINDING_JUMP;
    case DIFFERENCE_UNSURE: return FINDING_UNSURE;
    case DIFFERENCE_WRONG: return has_custom(steps) ? FINDING_WRONG : FINDING_SINGULAR;
    default: return FINDING_OK;
  }
}

static void add_verdict(Buffer *out, Finding finding) {
  if (finding == FINDING_OK) buffer_add_text(out, "   ok\n");
  else buffer_format(out, "\n        %s\n", finding_lines[finding]);
}

static void add_labelled(Buffer *out, const char *before, double number, const char *after) {
  buffer_add_text(out, before);
  steps_add_number(out, number, EXPLAIN_DIGITS);
  buffer_add_text(out, after);
}

/* What the differences give: one number, or what each side says. */
static void add_single_estimate(Buffer *out, const ExplainCheck *check) {
  const Difference *difference = &check->difference;
  if (difference->verdict == DIFFERENCE_KINK) {
    add_labelled(out, ": slope ", difference->left, " on the left, ");
    add_labelled(out, "", difference->right, " on the right");
  } else if (difference->verdict == DIFFERENCE_JUMP) {
    add_labelled(out, ": value ", difference->left, " on the left, ");
    add_labelled(out, "", difference->value, " here, ");
    add_labelled(out, "", difference->right, " on the right");
  } else {
    buffer_add_text(out, ", h down to ");
    steps_add_number(out, difference->step, 2);
    buffer_add_text(out, ": ");
    steps_add_number(out, difference->slope, 9);
    buffer_add_text(out, "   differs by ");
    steps_add_number(out, fabs(difference->slope - check->expected), 2);
  }
}

/* Differences that cannot be compared say nothing, so they are not shown. */
static bool is_compared(Finding finding) {
  return finding != FINDING_NOT_FINITE && finding != FINDING_UNSURE;
}

static void add_single_check(const Steps *steps, Buffer *out, const ExplainCheck *check) {
  Finding finding = find_out(steps, check);
  buffer_add_text(out, " check  ");
  if (!is_compared(finding)) {
    buffer_format(out, "%s\n", finding_lines[finding]);
    return;
  }
  buffer_add_text(out, "differences");
  add_single_estimate(out, check);
  add_verdict(out, finding);
}

/* In a list: `2`, `-1|1` at a kink, `?` where differences are too uncertain. */
static void add_estimate(Buffer *out, const ExplainCheck *check, Finding finding) {
  const Difference *difference = &check->difference;
  if (finding == FINDING_UNSURE) buffer_add_byte(out, '?');
  else if (finding == FINDING_JUMP) buffer_add_text(out, "jump");
  else if (difference->verdict == DIFFERENCE_KINK) add_labelled(out, "", difference->left, "|");
  if (difference->verdict == DIFFERENCE_KINK) steps_add_number(out, difference->right, EXPLAIN_DIGITS);
  else if (finding != FINDING_UNSURE && finding != FINDING_JUMP)
    steps_add_number(out, difference->slope, EXPLAIN_DIGITS);
}

static double mean_size(const Tensor *tensor) {
  double sum = 0;
  for (int64_t i = 0; i < tensor_size(tensor); i++) sum += fabs(tensor_number_at(tensor, i));
  return sum / (double)tensor_size(tensor);
}

/* Zeros and what is as good as zero move like the others. */
static double proportion(double number, double mean) {
  if (!isfinite(mean) || !(mean > 0)) return 1;
  return fabs(number) > 1e-9 * mean ? fabs(number) : mean;
}

/* A direction without special places, for tensors of many elements: each moves in proportion to its size. */
static Tensor *make_direction(Steps *steps, const Tensor *leaf) {
  Tensor *direction = tensor_new_shape(session_runtime(steps->session), DTYPE_FLOAT64, tensor_ndim(leaf),
                                       layout_shape(leaf->layout));
  double *numbers = direction ? tensor_data(direction) : NULL, mean = mean_size(leaf);
  for (int64_t i = 0; direction && i < tensor_size(direction); i++)
    numbers[i] = cos(1.7 * (double)(i % 1000) + 0.3) * proportion(tensor_number_at(leaf, i), mean);
  return direction;
}

typedef struct Checking {
  Steps *steps;
  Buffer *out;
  size_t column;
  double left;         /* how much may still be computed */
  double noise;        /* of the result */
  Finding worst;
  bool failed;
  int shown;
} Checking;

enum { USUAL_VALUES = 7 }; /* that one derivative is compared with */

static bool check_one(Checking *checking, uint32_t leaf, int64_t index, Tensor *direction, ExplainCheck *check) {
  checking->left -= USUAL_VALUES * explain_work(&checking->steps->explanation);
  bool done = explain_check(&checking->steps->explanation, leaf, index, direction, checking->noise, check);
  checking->failed |= !done;
  Finding finding = done ? find_out(checking->steps, check) : FINDING_OK;
  if (finding > checking->worst) checking->worst = finding;
  return done;
}

static void check_elements(Checking *checking, Buffer *item, uint32_t leaf, int64_t size) {
  ExplainCheck check;
  buffer_add_text(item, size == 1 ? "" : "[");
  for (int64_t i = 0; i < size && !checking->failed; i++) {
    buffer_add_text(item, i ? " " : "");
    if (check_one(checking, leaf, i, NULL, &check)) add_estimate(item, &check, find_out(checking->steps, &check));
  }
  buffer_add_text(item, size == 1 ? "" : "]");
}

static void check_direction(Checking *checking, Buffer *item, uint32_t leaf) {
  ExplainCheck check;
  Tensor *direction = make_direction(checking->steps, &steps_row(checking->steps, leaf)->node->tensor);
  checking->failed |= !direction;
  if (direction && check_one(checking, leaf, 0, direction, &check)) {
    buffer_add_text(item, "along a direction ");
    add_estimate(item, &check, find_out(checking->steps, &check));
  }
  tensor_unref(direction);
}

/* Adds to the line, or begins a new one. */
static void add_item(Checking *checking, const Buffer *item) {
  size_t columns = text_columns(buffer_text(item));
  bool breaks = checking->shown && checking->column + columns + 2 > CHECK_COLUMNS;
  if (checking->shown++) buffer_add_text(checking->out, breaks ? ",\n" : ", ");
  if (breaks) buffer_add_fill(checking->out, ' ', CHECK_INDENT);
  checking->column = (breaks ? CHECK_INDENT : checking->column + 2) + columns;
  buffer_add(checking->out, buffer_text(item), item->length);
  checking->out->failed |= item->failed;
}

static void check_leaf(Checking *checking, uint32_t leaf) {
  int64_t size = tensor_size(&steps_row(checking->steps, leaf)->node->tensor);
  Buffer item = {0}, estimate = {0};
  if (size <= EXPLAIN_ELEMENTS) check_elements(checking, &estimate, leaf, size);
  else check_direction(checking, &estimate, leaf);
  size_t used = CHECK_INDENT + 1 + text_columns(buffer_text(&estimate));
  size_t room = used + NAME_LEAST < CHECK_COLUMNS ? CHECK_COLUMNS - used : NAME_LEAST;
  text_add_cut(&item, checking->steps->names[leaf], room, steps_ellipsis(checking->steps));
  buffer_format(&item, " %s", buffer_text(&estimate));
  item.failed |= estimate.failed;
  add_item(checking, &item);
  buffer_free(&item);
  buffer_free(&estimate);
}

static bool is_checked(const ExplainRow *row) {
  return row->shown && explain_is_leaf(row) && tensor_is_float(&row->node->tensor);
}

static uint32_t only_leaf(const Steps *steps) {
  uint32_t found = EXPLAIN_NO_ROW;
  for (uint32_t at = 0; at < steps_count(steps); at++) {
    if (!is_checked(steps_row(steps, at))) continue;
    if (found != EXPLAIN_NO_ROW || tensor_size(&steps_row(steps, at)->node->tensor) != 1) return EXPLAIN_NO_ROW;
    found = at;
  }
  return found;
}

static void check_all(Checking *checking) {
  int skipped = 0;
  buffer_add_text(checking->out, " check  differences: ");
  for (uint32_t at = 0; at < steps_count(checking->steps) && !checking->failed; at++) {
    if (!is_checked(steps_row(checking->steps, at))) continue;
    if (checking->left <= 0 || checking->shown == CHECKS_SHOWN) skipped++;
    else check_leaf(checking, at);
  }
  if (skipped) buffer_format(checking->out, " (%d more not checked)", skipped);
  add_verdict(checking->out, checking->worst);
}

void explain_add_check(Steps *steps, Buffer *out) {
  Checking checking = {.steps = steps, .out = out, .column = CHECK_INDENT, .left = CHECK_WORK};
  uint32_t leaf = only_leaf(steps);
  ExplainCheck check;
  bool possible = USUAL_VALUES * explain_work(&steps->explanation) <= CHECK_WORK;
  if (possible) checking.noise = explain_noise(&steps->explanation);
  if (!possible)
    buffer_add_text(out, " check  left out: the graph is too large to compute it again for every variable\n");
  else if (leaf == EXPLAIN_NO_ROW) check_all(&checking);
  else if (check_one(&checking, leaf, 0, NULL, &check)) add_single_check(steps, out, &check);
}

/* ---- nan and inf */
static bool is_finite(const ExplainValue *value) {
  bool finite = value->tensor || (isfinite(value->least) && isfinite(value->most));
  for (int64_t i = 0; finite && value->tensor && i < tensor_size(value->tensor); i++)
    finite = isfinite(tensor_number_at(value->tensor, i));
  return finite;
}

static bool value_is_finite(Steps *steps, uint32_t at) {
  ExplainValue value;
  Tensor *tensor = &steps_row(steps, at)->node->tensor;
  bool finite = !explain_value(steps->explanation.graph, &value, tensor) || is_finite(&value);
  explain_value_free(&value);
  return finite;
}

/* `verb`: "is that of" or "arises in".  A long expression gives way. */
static void add_trouble(Steps *steps, Buffer *out, uint32_t at, const char *what, const char *verb) {
  Place place = source_place(session_sources(steps->session), steps_span(steps, at).start);
  Buffer line = {0}, text = {0};
  if (place.source && !place.source->interactive) buffer_format(&line, ", line %u", (unsigned)place.line);
  buffer_format(&text, " note   %s not finite %s %s", what, verb, steps->names[at]);
  if (!explain_is_leaf(steps_row(steps, at))) {
    buffer_add_text(&text, " = ");
    steps_add_expression(steps, &text, at);
  }
  text_add_cut(out, buffer_text(&text), EXPLAIN_WIDTH - line.length, steps_ellipsis(steps));
  buffer_format(out, "%s\n", buffer_text(&line));
  out->failed |= line.failed || text.failed;
  buffer_free(&text);
  buffer_free(&line);
}

/* Whether the rule of a row hands on only finite gradients. */
static bool hands_on_finite(const Steps *steps, const ExplainRow *row) {
  bool finite = true;
  for (uint32_t i = 0; finite && i < row->edge_count; i++) {
    const ExplainEdge *edge = &steps->explanation.edges[row->edge + i];
    finite = !edge->reached || is_finite(&edge->contribution);
  }
  return finite;
}

/* Going back: the operation whose rule made it, or the value where finite gradients have an infinite sum. */
static void add_gradient_trouble(Steps *steps, Buffer *out) {
  for (uint32_t at = steps_count(steps); at-- > 0;) {
    const ExplainRow *row = steps_row(steps, at);
    bool finite = row->hidden || is_finite(&row->gradient);
    if (finite && hands_on_finite(steps, row)) continue;
    add_trouble(steps, out, at, "going back, the first gradient", finite ? "arises in" : "is that of");
    return;
  }
}

static void add_earlier(const Steps *steps, Buffer *out, uint32_t at) {
  if (steps->earlier[at] && steps_row(steps, at)->shown)
    buffer_format(out, " note   %s is what it was then: the variable has been assigned since\n", steps->names[at]);
}

void explain_add_troubles(Steps *steps, Buffer *out) {
  uint32_t value = 0;
  for (uint32_t at = 0; at < steps_count(steps); at++) add_earlier(steps, out, at);
  while (value < steps_count(steps) && (steps_row(steps, value)->hidden || value_is_finite(steps, value))) value++;
  if (value < steps_count(steps)) add_trouble(steps, out, value, "the first value", "is that of");
  add_gradient_trouble(steps, out);
}
