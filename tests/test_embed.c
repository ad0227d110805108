/* SPDX-License-Identifier: MIT */
/* test_embed.c: the public interface of the library. */
#include <stdlib.h>
#include <string.h>
#include "mgrad.h"
#include "tests/suite.h"

static char printed[256];

static bool keep(void *context, MgradStream stream, const char *text, size_t length) {
  ck_assert_ptr_eq(context, printed);
  if (stream == MGRAD_RESULT) strncat(printed, text, length);
  return true;
}

START_TEST(values_go_in_and_out) {
  printed[0] = '\0';
  Mgrad *mgrad = mgrad_open(&(MgradOptions){.output = keep, .context = printed});
  ck_assert_ptr_nonnull(mgrad);
  const double numbers[] = {1, 2, 3, 4};
  ck_assert(mgrad_set_number(mgrad, "k", 10) && mgrad_set_text(mgrad, "s", "text"));
  ck_assert(mgrad_set_numbers(mgrad, "A", 2, (int64_t[]){2, 2}, numbers));
  ck_assert_int_eq(mgrad_run(mgrad, "x = tensor(3); L = x ** 2 * k; backward(L); g = grad(x); B = A.T; s + \"!\""),
                   MGRAD_OK);
  ck_assert_str_eq(printed, "\"text!\"\n");
  double number, read[4];
  int axes;
  int64_t sizes[4];
  ck_assert(mgrad_number(mgrad, "g", &number) && number == 60);
  ck_assert(mgrad_shape(mgrad, "B", &axes, sizes, 4) && axes == 2 && sizes[1] == 2);
  ck_assert(mgrad_numbers(mgrad, "B", read, 4) && read[1] == 3);
  ck_assert(!mgrad_numbers(mgrad, "B", read, 3) && !mgrad_number(mgrad, "nobody", &number));
  char text[8];
  ck_assert_uint_eq(mgrad_text(mgrad, "B", text, sizeof text), strlen("[[1, 3],\n [2, 4]]"));
  ck_assert_str_eq(text, "[[1, 3]");
  mgrad_close(mgrad);
}
END_TEST

START_TEST(errors_are_told) {
  Mgrad *mgrad = mgrad_open(&(MgradOptions){.sandbox = true, .maximum_depth = 10});
  ck_assert_int_eq(mgrad_run(mgrad, "x = 1\ny = sinn(x)"), MGRAD_FAILED);
  ck_assert_str_eq(mgrad_error_message(mgrad), "unknown function `sinn`");
  ck_assert_str_eq(mgrad_error_hint(mgrad), "did you mean `sin`?");
  ck_assert_str_eq(mgrad_error_kind(mgrad), "name");
  ck_assert_uint_eq(mgrad_error_line(mgrad), 2);
  ck_assert_uint_eq(mgrad_error_column(mgrad), 5);
  ck_assert_int_eq(mgrad_run(mgrad, "f(n) = f(n)\nf(1)"), MGRAD_FAILED);
  ck_assert_int_eq(mgrad_run(mgrad, "import \"a.mg\""), MGRAD_FAILED);
  ck_assert_int_eq(mgrad_run(mgrad, "exit(3)"), MGRAD_EXIT);
  ck_assert_int_eq(mgrad_exit_status(mgrad), 3);
  mgrad_interrupt();
  ck_assert_int_eq(mgrad_run(mgrad, "while true { }"), MGRAD_INTERRUPTED);
  mgrad_resume();
  ck_assert_int_eq(mgrad_run(mgrad, "1"), MGRAD_OK);
  mgrad_close(mgrad);
  mgrad_close(NULL);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("embed");
  TCase *test = tcase_create("library");
  tcase_add_test(test, values_go_in_and_out);
  tcase_add_test(test, errors_are_told);
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
