/* SPDX-License-Identifier: MIT */
/* test_einsum.c: einsum by its definition, its views, what it refuses, memory that runs out. */
#include "runtime/kernels/einsum.h"
#include "tests/structures.h"

/* ---- einsum by its definition: a sum over all values of all labels; labels are the letters of the row */
typedef struct EinsumRow { const char *text; int count; const char *labels[4]; const char *output; } EinsumRow;
static const EinsumRow einsum_rows[] = {
  {"ij->ji", 1, {"ij"}, "ji"},            {"ii->i", 1, {"ii"}, "i"},           {"ii", 1, {"ii"}, ""},
  {"iii->i", 1, {"iii"}, "i"},            {"iij->ij", 1, {"iij"}, "ij"},       {"ij->", 1, {"ij"}, ""},
  {"ij->j", 1, {"ij"}, "j"},              {"ba", 1, {"ba"}, "ab"},             {"_i_j_->_i_", 1, {"ij"}, "i"},
  {"ij,jk->ik", 2, {"ij", "jk"}, "ik"},   {"ij,jk", 2, {"ij", "jk"}, "ik"},    {"ij,jk->ki", 2, {"ij", "jk"}, "ki"},
  {"ij,kj->ik", 2, {"ij", "kj"}, "ik"},   {"ji,jk->ik", 2, {"ji", "jk"}, "ik"}, {"i,i", 2, {"i", "i"}, ""},
  {"i,j->ij", 2, {"i", "j"}, "ij"},       {"i,j->ji", 2, {"i", "j"}, "ji"},    {"ij,ij->", 2, {"ij", "ij"}, ""},
  {"ij,ij->ij", 2, {"ij", "ij"}, "ij"},   {"ij,ji->i", 2, {"ij", "ji"}, "i"},  {"bij,bjk->bik", 2, {"bij", "bjk"},
      "bik"},
  {"bij,bjk->kbi", 2, {"bij", "bjk"}, "kbi"}, {"ijk,jil->kl", 2, {"ijk", "jil"}, "kl"}, {"ij,kl->", 2, {"ij", "kl"},
      ""},
  {"nchw,fchw->nf", 2, {"nchw", "fchw"}, "nf"}, {"ii,ij->j", 2, {"ii", "ij"}, "j"}, {",->", 2, {"", ""}, ""},
  {",i->i", 2, {"", "i"}, "i"},           {"aB,Bc->ac", 2, {"aB", "Bc"}, "ac"}, {"bA,Bc", 2, {"bA", "Bc"}, "ABbc"},
  {"ij,jk,kl->il", 3, {"ij", "jk", "kl"}, "il"}, {"i,ij,j", 3, {"i", "ij", "j"}, ""}, {"ij,ij,ij->j", 3,
      {"ij", "ij", "ij"}, "j"},
  {"i,kjl,jl->ik", 3, {"i", "kjl", "jl"}, "ik"}, {"ijji,kji,jj->kj", 3, {"ijji", "kji", "jj"}, "kj"},
  {"a,b,c,d->dcba", 4, {"a", "b", "c", "d"}, "dcba"}, {"ab,bc,cd,da->", 4, {"ab", "bc", "cd", "da"}, ""},
};
enum { EINSUM_ROWS = sizeof einsum_rows / sizeof *einsum_rows };

static int64_t label_size(char label) { return 2 + label % 3; }

static Tensor *labelled(DType dtype, const char *labels, uint32_t seed) {
  int64_t shape[8];
  int ndim = (int)strlen(labels);
  for (int i = 0; i < ndim; i++) shape[i] = label_size(labels[i]);
  return mixed(dtype, ndim, shape, seed);
}

static int64_t place_of(const char *labels, const char *all, const int64_t *values) {
  int64_t place = 0;
  for (const char *label = labels; *label; label++) place = place * label_size(*label) + values[strchr(all,
      *label) - all];
  return place;
}

static void expect_einsum(const EinsumRow *row, Tensor *const *xs, Tensor *got) {
  char all[32] = "";
  int64_t values[32] = {0}, total = 1;
  double sums[512] = {0};
  for (int k = 0; k < row->count; k++) {
    for (const char *label = row->labels[k]; *label; label++) {
      if (!strchr(all, *label)) strncat(all, label, 1);
    }
  }
  for (const char *label = all; *label; label++) total *= label_size(*label);
  for (int64_t i = 0; i < total; i++) {
    double product = 1;
    int64_t rest = i;
    for (size_t k = 0; all[k]; rest /= label_size(all[k]), k++) values[k] = rest % label_size(all[k]);
    for (int k = 0; k < row->count; k++) product *= tensor_number_at(xs[k], place_of(row->labels[k], all, values));
    sums[place_of(row->output, all, values)] += product;
  }
  made(got);
  ck_assert_int_eq(tensor_ndim(got), (int)strlen(row->output));
  for (int i = 0; row->output[i]; i++) ck_assert_int_eq(layout_shape(got->layout)[i], label_size(row->output[i]));
  for (int64_t i = 0; i < tensor_size(got); i++)
    ck_assert_double_eq(tensor_number_at(got, i), got->dtype == DTYPE_BOOL ? sums[i] != 0 : sums[i]);
}

START_TEST(einsum_follows_the_definition) {
  const EinsumRow *row = &einsum_rows[_i];
  for (int type = 0; type < TYPES; type++) {
    if (all_types[type] == DTYPE_UINT8) continue;
    for (int kind = 0; kind < DISGUISES; kind++) {
      char text[64] = "t";
      Tensor *xs[4], *operands[4];
      for (int k = 0; k < row->count; k++) {
        xs[k] = disguised(labelled(all_types[type], row->labels[k], (uint32_t)k + 7), (kind + k) % DISGUISES);
        operands[k] = tensor_ref(xs[k]);
      }
      strcat(text, row->text);
      Tensor *got = call(OP_einsum, row->count, operands, arguments(text));
      expect_einsum(row, xs, got);
      expect_type(got, all_types[type]);
      tensor_unref(got);
      for (int k = 0; k < row->count; k++) tensor_unref(xs[k]);
    }
  }
}
END_TEST

/* ---- labels that stand in the way of others: those of few values and many are copied, looped over, or looped over and
   added up; small integers have exact sums */
typedef struct Labels { const char *text; int64_t sizes[26]; } Labels;

static int64_t sized(const Labels *row, const char *labels, size_t count, int64_t *shape) {
  int64_t size = 1;
  for (size_t i = 0; i < count; i++) size *= shape[i] = row->sizes[labels[i] - 'a'];
  return size;
}

static int64_t place_in(const Labels *row, const char *labels, size_t count, const int64_t *values) {
  int64_t place = 0;
  for (size_t i = 0; i < count; i++) place = place * row->sizes[labels[i] - 'a'] + values[labels[i] - 'a'];
  return place;
}

static void expect_product(const Labels *row, Tensor *x, Tensor *y, const Tensor *got) {
  const char *left = row->text, *right = strchr(left, ',') + 1, *out = strchr(right, '>') + 1;
  size_t left_count = strcspn(left, ","), right_count = strcspn(right, "-"), out_count = strlen(out);
  int64_t values[26] = {0}, total = 1, shape[8];
  double sums[4096] = {0};
  for (int k = 0; k < 26; k++) total *= row->sizes[k] ? row->sizes[k] : 1;
  for (int64_t i = 0; i < total; i++) {
    int64_t rest = i;
    for (int k = 0; k < 26; k++) {
      if (!row->sizes[k]) continue;
      values[k] = rest % row->sizes[k];
      rest /= row->sizes[k];
    }
    sums[place_in(row, out, out_count, values)] += tensor_number_at(x, place_in(row, left, left_count, values)) *
                                                   tensor_number_at(y, place_in(row, right, right_count, values));
  }
  ck_assert_int_eq(tensor_size(got), sized(row, out, out_count, shape));
  for (int64_t i = 0; i < tensor_size(got); i++) ck_assert_double_eq(tensor_number_at(got, i), sums[i]);
}

#define SIZES(...) {[8] = __VA_ARGS__} /* of i, j, k, l */
static const Labels crossed[] = {
  {"ijk,j->ik", SIZES(3, 40, 50)},        {"ijk,j->ik", SIZES(900, 2, 2)},      {"ijk,j->ki", SIZES(3, 40, 50)},
  {"j,ijk->ik", SIZES(3, 40, 50)},        {"ijk,jl->ikl", SIZES(3, 20, 30, 4)}, {"jl,ijk->lik", SIZES(3, 20, 30, 4)},
  {"ijkl,jk->il", SIZES(3, 5, 8, 30)},    {"ijkl,ik->jl", SIZES(3, 9, 8, 30)},  {"ik,ijk->j", SIZES(3, 40, 50)},
  {"ik,ijk->j", SIZES(900, 2, 2)},        {"ijk,ikl->jl", SIZES(4, 30, 3, 25)}, {"ijk,lkj->il", SIZES(3, 30, 20, 3)},
  {"ijk,jil->kl", SIZES(3, 4, 30, 20)},   {"ij,kj->ijk", SIZES(3, 4, 70)},      {"ik,jl->ijkl", SIZES(3, 4, 5, 66)},
};
#undef SIZES

START_TEST(einsum_meets_labels_in_any_order) {
  const Labels *row = &crossed[_i];
  const char *right = strchr(row->text, ',') + 1;
  char text[64] = "t";
  int64_t shape[8];
  strcat(text, row->text);
  for (int kind = 0; kind < DISGUISES; kind++) {
    sized(row, row->text, strcspn(row->text, ","), shape);
    Tensor *x = disguised(mixed(DTYPE_FLOAT64, (int)strcspn(row->text, ","), shape, 5), kind);
    sized(row, right, strcspn(right, "-"), shape);
    Tensor *y = disguised(mixed(DTYPE_FLOAT64, (int)strcspn(right, "-"), shape, 9), (kind + 1) % DISGUISES);
    Tensor *got = made(call(OP_einsum, 2, (Tensor *[]){tensor_ref(x), tensor_ref(y)}, arguments(text)));
    expect_product(row, x, y, got);
    tensor_unref(got);
    tensor_unref(x);
    tensor_unref(y);
  }
}
END_TEST

static Tensor *einsum(const char *text, int count, Tensor *const *operands) {
  return call(OP_einsum, count, operands, arguments(text));
}

START_TEST(einsum_knows_ellipses) {
  Tensor *x = numbered(DTYPE_INT64, SHAPE(2, 2, 3));
  expect_array(einsum("t...ij->...ji", 1, (Tensor *[]){tensor_ref(x)}), DTYPE_INT64, SHAPE(2, 3, 2),
               (const double[]){0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11});
  expect_array(einsum("t...j", 1, (Tensor *[]){tensor_ref(x)}), DTYPE_INT64, SHAPE(2, 2, 3), (const double[]){0, 1,
      2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  expect_array(einsum("ti...->...", 1, (Tensor *[]){tensor_ref(x)}), DTYPE_INT64, SHAPE(2, 3), (const double[]){6, 8,
      10, 12, 14, 16});
  expect_array(einsum("t...k,k->...", 2, (Tensor *[]){tensor_ref(x), vector(DTYPE_INT64, NUMBERS(1, 0, 2))}),
               DTYPE_INT64, SHAPE(2, 2), (const double[]){4, 13, 22, 31});
  expect_array(einsum("t...,...", 2, (Tensor *[]){numbered(DTYPE_INT64, SHAPE(2, 1)), vector(DTYPE_INT64,
      NUMBERS(1, 2))}), DTYPE_INT64, SHAPE(2, 2), (const double[]){0, 0, 1, 2});
  expect_array(einsum("t...,...", 2, (Tensor *[]){number(3), vector(DTYPE_FLOAT32, NUMBERS(1, 2))}), DTYPE_FLOAT32,
               SHAPE(2), (const double[]){3, 6});
  tensor_unref(x);
}
END_TEST

START_TEST(einsum_repeats_axes_of_size_1) {
  expect_number(einsum("ti,i", 2, (Tensor *[]){vector(DTYPE_FLOAT64, NUMBERS(1, 2, 3)), vector(DTYPE_FLOAT64,
      NUMBERS(2))}), DTYPE_FLOAT64, 12);
  expect_array(einsum("tij,ij->ij", 2, (Tensor *[]){numbered(DTYPE_FLOAT64, SHAPE(2, 1)), numbered(DTYPE_FLOAT64,
      SHAPE(1, 3))}), DTYPE_FLOAT64, SHAPE(2, 3), (const double[]){0, 0, 0, 0, 1, 2});
  expect_array(einsum("tij,jk->ik", 2, (Tensor *[]){numbered(DTYPE_FLOAT64, SHAPE(2, 1)), numbered(DTYPE_FLOAT64,
      SHAPE(3, 1))}), DTYPE_FLOAT64, SHAPE(2, 1), (const double[]){0, 3});
  expect_vector(einsum("ti,i->i", 2, (Tensor *[]){numbered(DTYPE_FLOAT64, SHAPE(0)), vector(DTYPE_FLOAT64,
      NUMBERS(2))}), DTYPE_FLOAT64, 0, NULL);
  expect_number(einsum("tij,j->", 2, (Tensor *[]){numbered(DTYPE_FLOAT64, SHAPE(0, 2)), vector(DTYPE_FLOAT64,
      NUMBERS(2, 3))}), DTYPE_FLOAT64, 0);
}
END_TEST

START_TEST(einsum_takes_numbers_for_labels) {
  Tensor *x = numbered(DTYPE_FLOAT64, SHAPE(2, 3)), *y = numbered(DTYPE_FLOAT64, SHAPE(3, 2));
  expect_array(einsum("l0,80,-1,80,1,-2,1,0", 2, (Tensor *[]){tensor_ref(x), tensor_ref(y)}), DTYPE_FLOAT64,
               SHAPE(2, 2), (const double[]){10, 28, 13, 40});
  Einsum parsed;
  Attributes *text = arguments("tij,jk->ki");
  Operands operands = {.op = OP_einsum, .count = 2, .tensors = (Tensor *[]){x, y}, .attributes = text};
  ck_assert(einsum_parse(&test_runtime, &operands, &parsed));
  Attributes *numbers = einsum_attributes(&test_runtime, 2, parsed.operands, &parsed.output);
  expect_array(call(OP_einsum, 2, (Tensor *[]){x, y}, numbers), DTYPE_FLOAT64, SHAPE(2, 2), (const double[]){10, 28,
      13, 40});
  attributes_unref(text);
}
END_TEST

START_TEST(einsum_views_share_memory) {
  static const struct { const char *text; bool view; } cases[] = {
    {"tii->i", true}, {"tij->ji", true}, {"tij", true}, {"tij->i", false}, {"tii", false}, {"t...->...", true},
  };
  Tensor *x = numbered(DTYPE_FLOAT64, SHAPE(2, 2));
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Layout *layout;
    Attributes *attributes = arguments(cases[i].text);
    ck_assert(einsum_view(&test_runtime, attributes, x->layout, &layout));
    ck_assert((layout != NULL) == cases[i].view);
    if (layout) {
      Tensor *window = made(tensor_window(&test_runtime, x, layout, 0));
      expect_same(call(OP_einsum, 1, (Tensor *[]){tensor_ref(x)}, attributes_ref(attributes)), window);
    }
    layout_unref(layout);
    attributes_unref(attributes);
  }
  tensor_unref(x);
}
END_TEST

static const struct { const char *text; int count; int ndim; const char *message; } einsum_failures[] = {
  {"tij->k", 1, 2, "einsum label `k` of the result is in no operand"},
  {"tij->ii", 1, 2, "einsum label `i` is twice in the result"},
  {"ti", 1, 2, "einsum subscripts 1 name 1 axis, but " ERROR_OPERAND(0) "(2, 3) has 2"},
  {"tijk", 1, 2, "name 3 axes"},
  {"tijk...", 1, 2, "name 3 axes"},
  {"tij,jk", 1, 2, "subscripts for 2 operands, but 1 is given"},
  {"tij", 2, 2, "subscripts for 1 operand, but 2 are given"},
  {"tij,jk", 2, 2, "einsum label `j` has sizes 3 and 2"},
  {"tii", 1, 2, "einsum label `i` has sizes 2 and 3"},
  {"ti$", 1, 2, "not `$`"},
  {"ti-j", 1, 2, "not `-j`"},
  {"ti..j", 1, 2, "not `..j`"},
  {"t......", 1, 2, "only once"},
  {"tij->ij->ij", 1, 2, "go on after the result"},
  {"tij->i,j", 1, 2, "go on after the result"},
  {"ti...->i", 1, 2, "needs `...` too"},
  {"-", 1, 2, "needs subscripts"},
  {"taaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1, 2, "at most 32 axes"},
  {"l0,99", 1, 2, "from 0 to 83"},
  {"l0,-7", 1, 2, "from 0 to 83"},
  {"l0,1,-1,0,1", 1, 2, "subscripts for 2 operands"},
  {"l0,1", 2, 2, "subscripts for 1 operand"},
  {"l0", 1, 2, "name 1 axis"},
};
enum { EINSUM_FAILURES = sizeof einsum_failures / sizeof *einsum_failures };

START_TEST(einsum_explains_failures) {
  Tensor *xs[2];
  for (int k = 0; k < einsum_failures[_i].count; k++) xs[k] = numbered(DTYPE_FLOAT64, SHAPE(2, 3));
  Tensor *got = einsum(einsum_failures[_i].text, einsum_failures[_i].count, xs);
  ErrorKind kind = test_error.kind;
  ck_assert(kind == ERROR_VALUE || kind == ERROR_SHAPE || kind == ERROR_ARGUMENT);
  expect_failure(got, kind, einsum_failures[_i].message);
}
END_TEST

START_TEST(exhausted_memory_is_an_error) {
  bool failed = true;
  for (size_t n = 1; failed; n++) {
    Tensor *xs[] = {numbered(DTYPE_INT64, SHAPE(3, 2)), numbered(DTYPE_FLOAT64, SHAPE(2, 2)),
                    numbered(DTYPE_FLOAT64, SHAPE(2, 2, 4))};
    Attributes *attributes = arguments("tij,kk,jkl->li");
    memory_fail_at(n, true);
    Tensor *result = call(OP_einsum, 3, xs, attributes);
    failed = memory_failure_hit();
    memory_fail_at(0, false);
    ck_assert(failed == (result == NULL));
    if (failed) ck_assert_int_eq(test_error.kind, ERROR_MEMORY);
    error_clear(&test_error);
    tensor_unref(result);
  }
}
END_TEST

/* The results of 2000 products, to be added up, are three times as large as the operand that is not copied then. */
START_TEST(loops_take_no_more_memory_than_the_operands) {
  Tensor *xs[] = {numbered(DTYPE_FLOAT64, SHAPE(2000, 48, 16)), numbered(DTYPE_FLOAT64, SHAPE(2000, 16, 48))};
  Attributes *attributes = arguments("taib,abj->ij");
  memory_set_budget(memory_held() + (24 << 20));
  Tensor *result = made(call(OP_einsum, 2, xs, attributes));
  memory_set_budget(0);
  tensor_unref(result);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("einsum");
  TCase *tests = tcase_create("einsum");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(tests, einsum_follows_the_definition, 0, EINSUM_ROWS);
  tcase_add_loop_test(tests, einsum_meets_labels_in_any_order, 0, (int)(sizeof crossed / sizeof *crossed));
  tcase_add_test(tests, einsum_knows_ellipses);
  tcase_add_test(tests, einsum_repeats_axes_of_size_1);
  tcase_add_test(tests, einsum_takes_numbers_for_labels);
  tcase_add_test(tests, einsum_views_share_memory);
  tcase_add_loop_test(tests, einsum_explains_failures, 0, EINSUM_FAILURES);
  tcase_add_test(tests, exhausted_memory_is_an_error);
  tcase_add_test(tests, loops_take_no_more_memory_than_the_operands);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
