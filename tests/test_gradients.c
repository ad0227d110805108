/* SPDX-License-Identifier: MIT */
/* test_gradients.c: every differentiable row of the operation table against finite differences, first and second
   order, over shapes, broadcasting, memory layouts and float32. */
#include "autodiff/rule.h"
#include "tests/graphs.h"
#include "tests/numeric_check.h"

/* ---- where to sample */
static double sample(OpDomain domain, uint32_t *state) {
  double unit = (double)(next_random(state) % 10000) / 10000, sign = next_random(state) & 1 ? 1 : -1;
  switch (domain) {
  case DOMAIN_POSITIVE: return 0.3 + 2 * unit;
  case DOMAIN_NONZERO: return sign * (0.4 + 1.5 * unit);
  case DOMAIN_UNIT: return sign * (0.05 + 0.7 * unit);
  case DOMAIN_OVER_ONE: return 1.3 + 2 * unit;
  default: return sign * 2 * unit;
  }
}

/* ---- how operands lie in memory: made inside the function from leaves, by recorded views */
typedef enum Lay { LAY_PLAIN, LAY_TRANSPOSED, LAY_REVERSED, LAY_STRIDED, LAY_REPEATED, LAY_COUNT } Lay;

typedef struct Subject {
  OpId op;
  Lay lay;
  Attributes *attributes;
  Tensor *constants[4]; /* operands behind the float ones, before them for `where` */
  int count;
} Subject;

static Tensor *view(OpId op, Tensor *x, const char *text) {
  Attributes *attributes = attributes_from(text);
  Tensor *result = made(op_apply1(&graph, op, x, attributes));
  attributes_unref(attributes);
  tensor_unref(x);
  return result;
}

static Tensor *every_other(Tensor *x) {
  int64_t shape[TENSOR_MAX_DIMS], strides[TENSOR_MAX_DIMS];
  int ndim = tensor_ndim(x);
  for (int i = 0; i < ndim; i++) {
    shape[i] = layout_shape(x->layout)[i] / (i == ndim - 1 ? 2 : 1);
    strides[i] = layout_strides(x->layout)[i] * (i == ndim - 1 ? 2 : 1);
  }
  Attributes *attributes = attributes_new(&test_runtime, 0);
  attributes->layout = layout_new_strided(&test_runtime, ndim, shape, strides);
  attributes->offset = 1;
  Tensor *result = made(op_apply1(&graph, OP_window, x, attributes));
  attributes_unref(attributes);
  tensor_unref(x);
  return result;
}

static Tensor *laid(Lay lay, Tensor *x) {
  char text[64];
  tensor_ref(x);
  if (tensor_ndim(x) == 0) return x;
  switch (lay) {
  case LAY_TRANSPOSED: return view(OP_transpose, x, NULL);
  case LAY_REVERSED: return view(OP_flip, x, NULL);
  case LAY_STRIDED: return every_other(x);
  case LAY_REPEATED:
    strcpy(text, "L2");
    for (int i = 1; i < tensor_ndim(x); i++)
      snprintf(text + strlen(text), sizeof text - strlen(text), ",%d", (int)layout_shape(x->layout)[i]);
    return view(OP_broadcast_to, x, text);
  default: return x;
  }
}

/* The shape of the leaf that `laid` turns into `shape`; false: this way does not apply. */
static bool leaf_shape(Lay lay, int ndim, int64_t *shape) {
  int64_t swapped[TENSOR_MAX_DIMS];
  if (ndim == 0) return lay == LAY_PLAIN;
  if (lay == LAY_STRIDED) shape[ndim - 1] *= 2;
  if (lay == LAY_REPEATED && shape[0] != 2) return false;
  if (lay == LAY_REPEATED) shape[0] = 1;
  if (lay != LAY_TRANSPOSED) return true;
  memcpy(swapped, shape, sizeof swapped);
  for (int i = 0; i < ndim; i++) shape[i] = swapped[ndim - 1 - i];
  return ndim > 1;
}

static Tensor *subject(Graph *unused, void *context, int count, Tensor *const *x) {
  Subject *self = context;
  Tensor *operands[CHECK_OPERANDS + 4];
  (void)unused;
  int first = self->op == OP_where ? self->count : 0, behind = first ? 0 : count;
  for (int i = 0; i < count; i++) operands[first + i] = x[i] ? laid(self->lay, x[i]) : NULL;
  for (int i = 0; i < self->count; i++) operands[behind + i] = tensor_ref(self->constants[i]);
  Tensor *result = op_apply(&graph, self->op, count + self->count, operands, self->attributes);
  for (int i = 0; i < count + self->count; i++) tensor_unref(operands[i]);
  return result;
}

/* ---- comparing */
static void check_order(const Check *check, int order, double tolerance, const char *what) {
  double analytic, numeric;
  ck_assert_msg(check_run(check, order, &analytic, &numeric), "%s: %s", what, buffer_text(&test_error.message));
  double size = fmax(1, fmax(fabs(analytic), fabs(numeric)));
  ck_assert_msg(fabs(analytic - numeric) <= tolerance * size, "%s, order %d: backward gives %.12g, differences %.12g",
                what, order, analytic, numeric);
}

static const char *lay_names[] = {"plain", "transposed", "reversed", "strided", "repeated"};

/* "2,3;3": shapes of float operands; "-" an absent one. */
static int make_operands(const char *shapes, OpDomain domain, Lay lay, DType dtype, Tensor **x, bool *applies) {
  int count = 0;
  uint32_t state = 7;
  *applies = true;
  for (;; shapes++) {
    int64_t shape[TENSOR_MAX_DIMS];
    x[count] = NULL;
    if (*shapes != '-') {
      int ndim = read_integers(shapes, shape);
      bool fits = leaf_shape(lay, ndim, shape);
      if (!fits && ndim > 0) *applies = false;
      x[count] = made(tensor_new_shape(&test_runtime, dtype, ndim, shape));
      for (int64_t i = 0; i < tensor_size(x[count]); i++) put_number(x[count], i, sample(domain, &state));
    }
    count++;
    shapes += strcspn(shapes, ";|");
    if (*shapes != ';') return count;
  }
}

static void check_subject(Subject *self, const char *shapes, OpDomain domain, const char *label) {
  for (self->lay = LAY_PLAIN; self->lay < LAY_COUNT; self->lay++) {
    char what[160];
    Tensor *x[CHECK_OPERANDS];
    bool applies;
    int count = make_operands(shapes, domain, self->lay, DTYPE_FLOAT64, x, &applies);
    snprintf(what, sizeof what, "%s %s (%s, %s)", op_table[self->op].name, label, shapes, lay_names[self->lay]);
    Check check = {.graph = &graph, .function = subject, .context = self, .count = count, .x = x, .seed = 3};
    if (applies) check_order(&check, 1, 1e-8, what);
    if (applies) check_order(&check, 2, 1e-7, what);
    for (int i = 0; i < count; i++) tensor_unref(x[i]);
  }
}

/* float32 gives the same gradient as float64 to its own precision. */
static void check_single(Subject *self, const char *shapes, OpDomain domain) {
  double slopes[2], numeric;
  for (int single = 0; single < 2; single++) {
    Tensor *x[CHECK_OPERANDS];
    bool applies;
    int count = make_operands(shapes, domain, LAY_PLAIN, single ? DTYPE_FLOAT32 : DTYPE_FLOAT64, x, &applies);
    self->lay = LAY_PLAIN;
    Check check = {.graph = &graph, .function = subject, .context = self, .count = count, .x = x, .seed = 3};
    ck_assert_msg(check_run(&check, 1, &slopes[single], &numeric), "%s", buffer_text(&test_error.message));
    for (int i = 0; i < count; i++) tensor_unref(x[i]);
  }
  ck_assert_msg(fabs(slopes[0] - slopes[1]) <= 1e-4 * fmax(1, fabs(slopes[0])), "%s: float32 %.9g, float64 %.9g",
                op_table[self->op].name, slopes[1], slopes[0]);
}

/* ---- elementwise rows */
START_TEST(elementwise_rows_match_differences) {
  static const char *const unary[] = {"", "3", "2,3", NULL};
  static const char *const binary[] = {";", "3;3", "2,3;3", "2,1;3", "2,3;", ";2,3", "2,3;2,3", NULL};
  const OpInfo *info = &op_table[_i];
  if ((info->kind != OP_KIND_UNARY && info->kind != OP_KIND_BINARY) || info->domain == DOMAIN_NONE) return;
  Subject self = {.op = (OpId)_i};
  const char *const *shapes = info->kind == OP_KIND_UNARY ? unary : binary;
  for (int i = 0; shapes[i]; i++) check_subject(&self, shapes[i], info->domain, "");
  check_single(&self, shapes[2], info->domain);
}
END_TEST

/* ---- all other rows: shapes of operands, after `|` integer operands; attributes */
typedef struct Case { OpId op; const char *shapes, *attributes; } Case;

#define ROW(op, shapes, attributes) {OP_##op, shapes, attributes},
static const Case cases[] = {
#include "tests/gradient_cases.def"
};
#undef ROW
enum { CASES = sizeof cases / sizeof *cases };

static void read_constants(Subject *self, const char *shapes) {
  const char *bar = strchr(shapes, '|');
  for (; bar; bar = strchr(bar + 1, '|')) {
    int64_t integers[TENSOR_MAX_DIMS];
    int64_t count = read_integers(bar + 1, integers);
    Tensor *tensor = made(tensor_new_shape(&test_runtime, DTYPE_INT64, 1, &count));
    memcpy(tensor_data(tensor), integers, (size_t)count * sizeof *integers);
    self->constants[self->count++] = tensor;
  }
}

/* The attributes of the gathering operations hold the shape of x; these rows give the axes and the place only. */
static void fill_gather(Subject *self, const char *shapes) {
  int64_t shape[TENSOR_MAX_DIMS];
  if (self->op != OP_gather && self->op != OP_gather_put) return;
  int ndim = read_integers(shapes, shape);
  Layout *layout = layout_new(&test_runtime, ndim, shape);
  const Parameter *axes = &self->attributes->values[0];
  Attributes *full = gather_attributes(&test_runtime, layout, axes->count, axes->integers,
                                       (int)self->attributes->values[1].integer);
  attributes_unref(self->attributes);
  layout_unref(layout);
  self->attributes = full;
}

START_TEST(other_rows_match_differences) {
  const Case *row = &cases[_i];
  Subject self = {.op = row->op, .attributes = attributes_from(row->attributes)};
  read_constants(&self, row->shapes);
  fill_gather(&self, row->shapes);
  OpDomain domain = op_table[row->op].domain == DOMAIN_POSITIVE ? DOMAIN_POSITIVE : DOMAIN_NONZERO;
  check_subject(&self, row->shapes, domain, row->attributes);
  check_single(&self, row->shapes, domain);
  attributes_unref(self.attributes);
  for (int i = 0; i < self.count; i++) tensor_unref(self.constants[i]);
}
END_TEST

/* ---- outside of its domain a function has no derivative; at a pole it may be infinite */
static void expect_no_derivatives(OpId op, double at) {
  Variable *x = leaf_number(at);
  Tensor *target = value_of(x), *y = made(op_apply1(&graph, op, target, NULL));
  for (int order = 1; order <= 2; order++) {
    Tensor *gradient = NULL;
    bool done = backward_gradients(&graph, y, NULL, 1, &target, true, &gradient);
    ck_assert_msg(done, "%s", buffer_text(&test_error.message));
    double number = tensor_number_at(gradient, 0);
    ck_assert_msg(!isfinite(number), "%s at %g is nan, its derivative of order %d %g", op_table[op].name, at, order,
                  number);
    tensor_unref(y);
    y = gradient;
  }
  tensor_unref(y);
  variable_unref(x);
}

START_TEST(derivatives_end_with_the_domain) {
  static const double points[] = {-3, -1.5, -1, -0.5, -0.0, 0, 0.5, 1, 1.5, 3};
  OpId op = (OpId)_i;
  if (op_table[op].kind != OP_KIND_UNARY || !rule_table[op].backward) return;
  for (size_t i = 0; i < sizeof points / sizeof *points; i++)
    if (isnan(op_unary_double[op](points[i]))) expect_no_derivatives(op, points[i]);
}
END_TEST

START_TEST(every_differentiable_row_is_tested) {
  for (int op = 0; op < OP_COUNT; op++) {
    const OpInfo *info = &op_table[op];
    bool tested = info->kind == OP_KIND_UNARY || info->kind == OP_KIND_BINARY || info->kind == OP_KIND_CONSTANT ||
                  info->domain == DOMAIN_NONE;
    for (int i = 0; i < CASES; i++) tested |= (int)cases[i].op == op;
    ck_assert_msg(tested, "%s has no case in tests/gradient_cases.def", info->name);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("gradients");
  TCase *tests = tcase_create("gradients");
  tcase_add_checked_fixture(tests, graphs_set_up, graphs_tear_down);
  tcase_add_loop_test(tests, elementwise_rows_match_differences, 0, OP_COUNT);
  tcase_add_loop_test(tests, other_rows_match_differences, 0, CASES);
  tcase_add_loop_test(tests, derivatives_end_with_the_domain, 0, OP_COUNT);
  tcase_add_test(tests, every_differentiable_row_is_tested);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
