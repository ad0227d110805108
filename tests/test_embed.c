/* SPDX-License-Identifier: MIT */
/* test_embed.c: the public interface of the library. */
#include <limits.h>
#include <locale.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
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

static bool has_comma(const char *locale) {
  return setlocale(LC_ALL, locale) && strcmp(localeconv()->decimal_point, ",") == 0;
}

/* A locale with a decimal comma, made where none is installed; false: there is no way to. */
static bool use_comma(char *folder) {
  if (has_comma("de_DE.UTF-8") || has_comma("fr_FR.UTF-8")) return true;
  char command[200];
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >%s/log 2>&1", folder, folder);
  if (system(command) == -1) return false;
  setenv("LOCPATH", folder, 1);
  return has_comma("de_DE.UTF-8");
}

static char host_number[16];

static bool note_number(void *context, MgradStream stream, const char *text, size_t length) {
  (void)context, (void)stream, (void)text, (void)length;
  snprintf(host_number, sizeof host_number, "%.2f", 1.75);
  return true;
}

static void check_numbers(void) {
  Mgrad *mgrad = mgrad_open(&(MgradOptions){.output = note_number});
  double number;
  char text[300];
  ck_assert_int_eq(mgrad_run(mgrad, "y = 1.5 + 0.25; f(x, k=2.5) = k * x; z = f(0.5); y"), MGRAD_OK);
  ck_assert(mgrad_number(mgrad, "y", &number) && number == 1.75);
  ck_assert(mgrad_number(mgrad, "z", &number) && number == 1.25);
  ck_assert(mgrad_text(mgrad, "y", text, sizeof text) == 4 && strcmp(text, "1.75") == 0);
  ck_assert(mgrad_text(mgrad, "f", text, sizeof text) && strstr(text, "2.5"));
  ck_assert_int_eq(mgrad_run(mgrad, "linspace(0.5, 1, 2.5)"), MGRAD_FAILED);
  ck_assert_ptr_null(strchr(mgrad_error_message(mgrad), ';'));
  ck_assert_msg(strstr(mgrad_error_message(mgrad), "2.5") != NULL, "%s", mgrad_error_message(mgrad));
  mgrad_close(mgrad);
}

START_TEST(numbers_have_a_point_in_every_locale) {
  char folder[] = "/tmp/mgrad-locale-XXXXXX", command[100];
  if (use_comma(folder)) check_numbers();
  if (host_number[0]) ck_assert_str_eq(host_number, "1,75"); /* the callback is in the locale of its program */
  setlocale(LC_ALL, "C");
  snprintf(command, sizeof command, "rm -rf %s", folder);
  ck_assert_int_eq(system(command), 0);
}
END_TEST

static bool come_back(void *context, MgradStream stream, const char *text, size_t length) {
  (void)stream, (void)text, (void)length;
  Mgrad *mgrad = *(Mgrad **)context;
  double number;
  ck_assert(mgrad_number(mgrad, "k", &number) && mgrad_set_number(mgrad, "read", number));
  ck_assert_int_eq(mgrad_run(mgrad, "k = 1"), MGRAD_FAILED);
  return true;
}

START_TEST(the_callback_reads_but_does_not_run) {
  Mgrad *mgrad = NULL;
  mgrad = mgrad_open(&(MgradOptions){.output = come_back, .context = &mgrad});
  ck_assert_int_eq(mgrad_run(mgrad, "k = 20; print(k); (k + 1, k + 2)[1]; j = k + 3"), MGRAD_OK);
  double number;
  ck_assert(mgrad_number(mgrad, "j", &number) && number == 23);
  ck_assert(mgrad_number(mgrad, "read", &number) && number == 20);
  mgrad_close(mgrad);
}
END_TEST

/* What is bound says why it cannot be. */
static void check_refused(Mgrad *mgrad, bool bound, const char *message) {
  ck_assert(!bound);
  ck_assert_str_eq(mgrad_error_message(mgrad), message);
}

START_TEST(impossible_shapes_are_refused) {
  Mgrad *mgrad = mgrad_open(&(MgradOptions){0});
  const double numbers[] = {1, 2};
  const int64_t sizes[33] = {2}, negative[] = {-2}, huge[] = {INT64_MAX, 4};
  check_refused(mgrad, mgrad_set_numbers(mgrad, "v", -1, sizes, numbers), "a tensor cannot have -1 axes");
  check_refused(mgrad, mgrad_set_numbers(mgrad, "v", INT_MIN, sizes, numbers), "a tensor cannot have -2147483648 axes");
  check_refused(mgrad, mgrad_set_numbers(mgrad, "v", 1, negative, numbers), "sizes cannot be negative, got (-2,)");
  ck_assert(!mgrad_set_numbers(mgrad, "v", 33, sizes, numbers) && !mgrad_set_numbers(mgrad, "v", 2, huge, numbers));
  ck_assert(!mgrad_number(mgrad, "v", &(double){0}));
  mgrad_close(mgrad);
}
END_TEST

START_TEST(visits_leave_the_error_of_the_run) {
  Mgrad *mgrad = mgrad_open(&(MgradOptions){0});
  double number;
  char text[8];
  ck_assert_int_eq(mgrad_run(mgrad, "x = 1; f(x) = x\ny = sinn(x)"), MGRAD_FAILED);
  ck_assert(mgrad_number(mgrad, "x", &number) && !mgrad_number(mgrad, "nobody", &number));
  ck_assert(mgrad_text(mgrad, "x", text, sizeof text) == 1 && mgrad_set_number(mgrad, "k", 1));
  ck_assert_str_eq(mgrad_error_message(mgrad), "unknown function `sinn`");
  ck_assert_str_eq(mgrad_error_hint(mgrad), "did you mean `sin`?");
  ck_assert_uint_eq(mgrad_error_line(mgrad), 2);
  ck_assert(!mgrad_number(mgrad, "f", &number)); /* says that it is no number */
  ck_assert_str_ne(mgrad_error_message(mgrad), "unknown function `sinn`");
  ck_assert_uint_eq(mgrad_error_line(mgrad), 0);
  mgrad_close(mgrad);
}
END_TEST

static bool refuse(void *context, MgradStream stream, const char *text, size_t length) {
  (void)stream, (void)text, (void)length;
  ++*(int *)context;
  return false;
}

START_TEST(lost_output_ends_the_run) {
  static const char *const texts[] = {
    "print(1)\nprint(2)\ndone = 1", "1\ndone = 1", "while true { print(1) }", "[print(k) for k in range(9)]\ndone = 1",
    "def f() { print(1); print(2) }\nf()\ndone = 1", "for k in range(3) { try { print(k) } catch e { } }\ndone = 1",
    "log(tensor([-1]))\ndone = 1", "print(1)",
  };
  int calls = 0;
  Mgrad *mgrad = mgrad_open(&(MgradOptions){.output = refuse, .context = &calls});
  for (int k = 0; k < COUNT(texts); k++) {
    ck_assert_int_eq(mgrad_run(mgrad, texts[k]), MGRAD_FAILED);
    ck_assert_str_eq(mgrad_error_message(mgrad), "the output could not be written");
    ck_assert_int_eq(calls, k + 1);
  }
  ck_assert(!mgrad_number(mgrad, "done", &(double){0}));
  ck_assert_int_eq(mgrad_run(mgrad, "done = 1"), MGRAD_OK);
  mgrad_close(mgrad);
}
END_TEST

START_TEST(memory_is_limited_until_the_limit_is_lifted) {
  static const char text[] = "x = zeros(4000000); s = sum(x + 1)";
  Mgrad *mgrad = mgrad_open(&(MgradOptions){0});
  double sum;
  mgrad_set_memory_limit(20 << 20);
  ck_assert_int_eq(mgrad_run(mgrad, text), MGRAD_FAILED);
  ck_assert_str_eq(mgrad_error_kind(mgrad), "memory");
  ck_assert_int_eq(mgrad_run(mgrad, "s = sum(zeros(1000) + 1)"), MGRAD_OK);
  mgrad_set_memory_limit(0);
  ck_assert_int_eq(mgrad_run(mgrad, text), MGRAD_OK);
  ck_assert(mgrad_number(mgrad, "s", &sum) && sum == 4000000);
  mgrad_close(mgrad);
}
END_TEST

START_TEST(names_are_those_of_the_language) {
  static const char *const bad[] = {"", "1x", "a b", "if", "x.y", " x", "x\n", "a-b", "'"};
  static const char *const good[] = {"x", "_", "x1", "\xcf\x83", "sin"};
  Mgrad *mgrad = mgrad_open(&(MgradOptions){0});
  for (int k = 0; k < COUNT(bad); k++) {
    ck_assert(!mgrad_set_number(mgrad, bad[k], 1) && !mgrad_set_text(mgrad, bad[k], "text"));
    ck_assert_str_eq(mgrad_error_kind(mgrad), "name");
    ck_assert(!mgrad_set_numbers(mgrad, bad[k], 1, (int64_t[]){1}, &(double){1}));
  }
  check_refused(mgrad, mgrad_set_number(mgrad, "if", 1), "`if` is no name");
  for (int k = 0; k < COUNT(good); k++) ck_assert(mgrad_set_number(mgrad, good[k], k));
  ck_assert_int_eq(mgrad_run(mgrad, "assert \xcf\x83 == 3"), MGRAD_OK);
  mgrad_close(mgrad);
}
END_TEST

START_TEST(visits_are_not_interrupted) {
  Mgrad *mgrad = mgrad_open(&(MgradOptions){0});
  char text[40] = "before";
  double number;
  ck_assert_int_eq(mgrad_run(mgrad, "x = (1, [2, 3]); big = exp(zeros(100000)); s = sum(big * 2)"), MGRAD_OK);
  mgrad_interrupt();
  ck_assert_uint_eq(mgrad_text(mgrad, "x", text, sizeof text), strlen("(1, [2, 3])"));
  ck_assert_str_eq(text, "(1, [2, 3])");
  ck_assert(mgrad_number(mgrad, "s", &number) && number == 200000);
  ck_assert_uint_eq(mgrad_text(mgrad, "nobody", text, sizeof text), 0);
  ck_assert_str_eq(text, "");
  ck_assert_uint_eq(mgrad_text(mgrad, "nobody", NULL, 0), 0);
  ck_assert_int_eq(mgrad_run(mgrad, "while true { }"), MGRAD_INTERRUPTED);
  mgrad_resume();
  mgrad_close(mgrad);
}
END_TEST

/* ---- threads */

typedef struct Task { Mgrad *mgrad; const char *text; size_t stack; MgradStatus status; char message[100]; } Task;

static void *run_task(void *context) {
  Task *task = context;
  Mgrad *mgrad = task->mgrad ? task->mgrad : mgrad_open(&(MgradOptions){0});
  task->status = mgrad_run(mgrad, task->text);
  snprintf(task->message, sizeof task->message, "%s", mgrad_error_message(mgrad));
  if (!task->mgrad) mgrad_close(mgrad);
  return NULL;
}

static void run_in_thread(Task *task) {
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  if (task->stack) pthread_attr_setstacksize(&attributes, task->stack);
  ck_assert_int_eq(pthread_create(&thread, &attributes, run_task, task), 0);
  pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
}

static void *open_session(void *context) {
  *(Mgrad **)context = mgrad_open(&(MgradOptions){0});
  return NULL;
}

START_TEST(sessions_go_from_thread_to_thread) {
  pthread_t thread;
  Mgrad *mgrad;
  ck_assert_int_eq(pthread_create(&thread, NULL, open_session, &mgrad), 0);
  pthread_join(thread, NULL);
  ck_assert_int_eq(mgrad_run(mgrad, "square(x) = x * x; y = square(3)"), MGRAD_OK);
  Task task = {.mgrad = mgrad, .text = "y = square(4)"};
  run_in_thread(&task);
  ck_assert_msg(task.status == MGRAD_OK, "%s", task.message);
  ck_assert_int_eq(mgrad_run(mgrad, "f(n) = 1 + f(n + 1)\nf(1)"), MGRAD_FAILED);
  ck_assert_str_eq(mgrad_error_kind(mgrad), "depth");
  mgrad_close(mgrad);
}
END_TEST

enum { WISHES = 3000 };
typedef struct Wishes { int asked, made; } Wishes;

static int read_count(int *count) { return __atomic_load_n(count, __ATOMIC_ACQUIRE); }
static void write_count(int *count, int number) { __atomic_store_n(count, number, __ATOMIC_RELEASE); }

static void *make_wishes(void *context) {
  Wishes *wishes = context;
  for (int k = 1; k <= WISHES; k++) {
    while (read_count(&wishes->asked) < k) sched_yield();
    mgrad_interrupt();
    write_count(&wishes->made, k);
  }
  return NULL;
}

/* Whenever in a visit it comes. */
START_TEST(wishes_to_stop_outlive_visits) {
  pthread_t thread;
  Wishes wishes = {0};
  Mgrad *mgrad = mgrad_open(&(MgradOptions){0});
  ck_assert(mgrad_set_number(mgrad, "k", 1));
  ck_assert_int_eq(pthread_create(&thread, NULL, make_wishes, &wishes), 0);
  for (int k = 1; k <= WISHES; k++) {
    write_count(&wishes.asked, k);
    do ck_assert(mgrad_number(mgrad, "k", &(double){0}));
    while (read_count(&wishes.made) < k);
    ck_assert_int_eq(mgrad_run(mgrad, "k"), MGRAD_INTERRUPTED);
    mgrad_resume();
  }
  pthread_join(thread, NULL);
  mgrad_close(mgrad);
}
END_TEST

/* Checked and unoptimised programs take more of a stack than there is. */
#if defined __OPTIMIZE__ && !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
#define SMALL_STACKS
START_TEST(small_stacks_do_not_overflow) {
  static const char *const texts[] = {
    "f(n) = 1 + f(n + 1)\nf(1)",
    "f(n) = sum([x -> f(x + 1) for k in range(2)][0](n))\nf(1)",
    "def f(n) { for k in range(2) { while true { if n > 0 { return [f(n + 1), 1] } } } }\nf(1)",
    "g(f, x) = f(f, x); g(g, 1)",
    "f(x) = derivative(y -> f(y), x)\nf(1)",
  };
  static const size_t kilobytes[] = {64, 128, 192, 256, 320, 512, 1024, 2048};
  for (int k = 0; k < COUNT(texts) * COUNT(kilobytes); k++) {
    size_t size = kilobytes[k / COUNT(texts)];
    Task task = {.text = texts[k % COUNT(texts)], .stack = size * 1024};
    run_in_thread(&task);
    ck_assert_int_eq(task.status, MGRAD_FAILED);
    ck_assert_msg(strstr(task.message, size <= 192 ? "stack of this thread is too small" : "too deep") != NULL, "%s: %s",
                  task.text, task.message);
  }
}
END_TEST

START_TEST(nested_texts_fit_into_a_small_stack) {
  enum { DEEP = 1000 };
  static const char *const pairs[][2] = {{"(", ")"}, {"[", "]"}, {"-", ""}, {"1 + (", ")"}, {"sin(", ")"},
                                         {"x -> ", ""}, {"if 1 > 0 { ", "} "}, {"2 ** ", ""}, {"not ", ""}};
  for (int k = 0; k < COUNT(pairs); k++) {
    char *text = calloc(DEEP, 24), *end = text;
    for (int n = 0; n < DEEP; n++) end = stpcpy(end, pairs[k][0]);
    end = stpcpy(end, "1");
    for (int n = 0; n < DEEP; n++) end = stpcpy(end, pairs[k][1]);
    run_in_thread(&(Task){.text = text, .stack = 256 * 1024});
    free(text);
  }
}
END_TEST
#endif

int main(void) {
  Suite *suite = suite_create("embed");
  TCase *test = tcase_create("library");
  tcase_add_test(test, values_go_in_and_out);
  tcase_add_test(test, errors_are_told);
  tcase_add_test(test, numbers_have_a_point_in_every_locale);
  tcase_add_test(test, the_callback_reads_but_does_not_run);
  tcase_add_test(test, impossible_shapes_are_refused);
  tcase_add_test(test, visits_leave_the_error_of_the_run);
  tcase_add_test(test, lost_output_ends_the_run);
  tcase_add_test(test, memory_is_limited_until_the_limit_is_lifted);
  tcase_add_test(test, names_are_those_of_the_language);
  tcase_add_test(test, visits_are_not_interrupted);
  tcase_add_test(test, sessions_go_from_thread_to_thread);
  tcase_add_test(test, wishes_to_stop_outlive_visits);
#ifdef SMALL_STACKS
  tcase_add_test(test, small_stacks_do_not_overflow);
  tcase_add_test(test, nested_texts_fit_into_a_small_stack);
#endif
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
