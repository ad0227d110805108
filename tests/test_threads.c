/* SPDX-License-Identifier: MIT */
/* test_threads.c: every chunk runs once, whatever the number of threads, and what ends work early. */
#include "base/threads.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "tests/suite.h"

/* The thread sanitizer bears no child processes that start threads, and no sanitizer bears a lack of memory. */
#if defined(__SANITIZE_THREAD__)
#define THREADS_CHECKED 1
#elif defined(__SANITIZE_ADDRESS__)
#define MEMORY_CHECKED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define THREADS_CHECKED 1
#elif __has_feature(address_sanitizer)
#define MEMORY_CHECKED 1
#endif
#endif
#ifndef THREADS_CHECKED
#define THREADS_CHECKED 0
#endif
#ifndef MEMORY_CHECKED
#define MEMORY_CHECKED THREADS_CHECKED
#endif

#define MUCH 1e6 /* nanoseconds: enough for threads */
enum { CHUNKS_MOST = 200000 };

static const int thread_counts[] = {1, 2, 3, 8};
#define FOR_THREAD_COUNTS(k) for (size_t k = 0; k < sizeof thread_counts / sizeof *thread_counts; k++)

static void set_up(void) {
  interrupt_requested = 0;
}

static void tear_down(void) {
  interrupt_requested = 0;
  threads_set_count(1);
}

/* ---- chunks */
static void count_chunk(void *context, int64_t chunk) {
  ((int *)context)[chunk]++;
}

static void expect_each_once(int64_t chunks, double nanoseconds) {
  static int runs[CHUNKS_MOST];
  int64_t wrong = 0;
  memset(runs, 0, sizeof runs);
  ck_assert(threads_run(chunks, nanoseconds, count_chunk, runs));
  for (int64_t k = 0; k < CHUNKS_MOST; k++) wrong += runs[k] != (k < chunks);
  ck_assert_int_eq(wrong, 0);
}

START_TEST(every_chunk_runs_once) {
  static const int64_t chunks[] = {0, 1, 2, 3, 7, 64, 1000, 65535, 65536, 65537, 131073, CHUNKS_MOST};
  FOR_THREAD_COUNTS(k) {
    threads_set_count(thread_counts[k]);
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
      expect_each_once(chunks[i], 0.001);
      expect_each_once(chunks[i], MUCH);
    }
  }
}
END_TEST

START_TEST(jobs_may_follow_closely) {
  FOR_THREAD_COUNTS(k) {
    int runs[5] = {0};
    threads_set_count(thread_counts[k]);
    for (int job = 0; job < 2000; job++) ck_assert(threads_run(1 + job % 5, MUCH, count_chunk, runs));
    for (int chunk = 0; chunk < 5; chunk++) ck_assert_int_eq(runs[chunk], (5 - chunk) * 400);
  }
}
END_TEST

START_TEST(sleeping_workers_wake) {
  threads_set_count(3);
  for (int job = 0; job < 20; job++) {
    nanosleep(&(struct timespec){0, 1000000}, NULL);
    expect_each_once(100, MUCH);
  }
}
END_TEST

/* ---- who runs them */
typedef struct Meeting { atomic_int arrived; pthread_t callers[2]; } Meeting;

/* Comes back when both chunks run at the same time, or after a second. */
static void meet(void *context, int64_t chunk) {
  Meeting *meeting = context;
  meeting->callers[chunk] = pthread_self();
  atomic_fetch_add(&meeting->arrived, 1);
  for (int k = 0; k < 10000 && atomic_load(&meeting->arrived) < 2; k++) nanosleep(&(struct timespec){0, 100000}, NULL);
}

START_TEST(work_is_shared) {
  Meeting meeting = {0};
  threads_set_count(2);
  ck_assert(threads_run(2, MUCH, meet, &meeting));
  ck_assert(!pthread_equal(meeting.callers[0], meeting.callers[1]));
}
END_TEST

static void note_caller(void *context, int64_t chunk) {
  ((pthread_t *)context)[chunk] = pthread_self();
}

START_TEST(little_work_stays_with_the_caller) {
  pthread_t callers[8];
  threads_set_count(8);
  ck_assert(threads_run(8, 100, note_caller, callers));
  for (int k = 0; k < 8; k++) ck_assert(pthread_equal(callers[k], pthread_self()));
}
END_TEST

typedef struct Nested { _Atomic int64_t total; atomic_int strangers; } Nested;
typedef struct Inner { Nested *nested; pthread_t caller; } Inner;

static void add_chunk(void *context, int64_t chunk) {
  Inner *inner = context;
  atomic_fetch_add(&inner->nested->total, chunk);
  if (!pthread_equal(inner->caller, pthread_self())) atomic_fetch_add(&inner->nested->strangers, 1);
}

static void start_inner_work(void *context, int64_t chunk) {
  Inner inner = {context, pthread_self()};
  (void)chunk;
  threads_run(100, MUCH, add_chunk, &inner);
}

START_TEST(nested_work_is_serial) {
  Nested nested = {0};
  threads_set_count(4);
  ck_assert(threads_run(50, MUCH, start_inner_work, &nested));
  ck_assert_int_eq(atomic_load(&nested.total), 50 * 4950);
  ck_assert_int_eq(atomic_load(&nested.strangers), 0);
}
END_TEST

static void *run_many(void *unused) {
  (void)unused;
  for (int job = 0; job < 200; job++) {
    Nested nested = {0};
    ck_assert(threads_run(8, MUCH, start_inner_work, &nested));
    ck_assert_int_eq(atomic_load(&nested.total), 8 * 4950);
  }
  return NULL;
}

START_TEST(several_threads_may_start_work) {
  pthread_t other;
  threads_set_count(3);
  ck_assert(threads_run(2, MUCH, start_inner_work, &(Nested){0}));
  ck_assert_int_eq(pthread_create(&other, NULL, run_many, NULL), 0);
  run_many(NULL);
  pthread_join(other, NULL);
}
END_TEST

static void look_at_signals(void *context, int64_t chunk) {
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, NULL, &blocked);
  meet(context, chunk);
  if (pthread_equal(((Meeting *)context)->callers[chunk], pthread_self()) && !sigismember(&blocked, SIGINT))
    atomic_fetch_add(&((Meeting *)context)->arrived, 16);
}

START_TEST(workers_take_no_signals) {
  Meeting meeting = {0};
  threads_set_count(2);
  ck_assert(threads_run(2, MUCH, look_at_signals, &meeting));
  ck_assert_int_eq(atomic_load(&meeting.arrived), 2 + 16); /* only the caller's chunk could be interrupted */
}
END_TEST

/* ---- ending early */
static void raise_flag(void *context, int64_t chunk) {
  atomic_fetch_add((atomic_int *)context, 1);
  if (chunk == 10) interrupt_request();
}

START_TEST(an_interrupt_ends_work) {
  FOR_THREAD_COUNTS(k) {
    atomic_int runs = 0;
    interrupt_requested = 0;
    threads_set_count(thread_counts[k]);
    ck_assert(!threads_run(CHUNKS_MOST, MUCH, raise_flag, &runs));
    ck_assert_int_lt(atomic_load(&runs), CHUNKS_MOST / 2);
    ck_assert(!threads_run(4, 0.001, raise_flag, &runs)); /* the flag stays */
  }
  interrupt_requested = 0;
  expect_each_once(100, MUCH);
}
END_TEST

START_TEST(a_child_process_starts_its_own) {
  threads_set_count(3);
  expect_each_once(100, MUCH);
  pid_t child = fork();
  ck_assert_int_ge(child, 0);
  if (child == 0) {
    Meeting meeting = {0};
    bool done = threads_run(2, MUCH, meet, &meeting) && !pthread_equal(meeting.callers[0], meeting.callers[1]);
    threads_set_count(1);
    _exit(done ? 0 : 1);
  }
  int status;
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  ck_assert_int_eq(status, 0);
  expect_each_once(100, MUCH);
}
END_TEST

START_TEST(no_thread_may_be_had) {
  struct rlimit before, none;
  ck_assert_int_eq(getrlimit(RLIMIT_AS, &before), 0);
  none = before;
  none.rlim_cur = 1;
  threads_set_count(1);
  threads_set_count(4);
  ck_assert_int_eq(setrlimit(RLIMIT_AS, &none), 0);
  static int runs[64];
  bool done = threads_run(64, MUCH, count_chunk, runs);
  ck_assert_int_eq(setrlimit(RLIMIT_AS, &before), 0);
  ck_assert(done);
  for (int k = 0; k < 64; k++) ck_assert_int_eq(runs[k], 1);
}
END_TEST

/* ---- the number */
START_TEST(counts_are_read_with_care) {
  ck_assert_int_eq(threads_parse_count("1"), 1);
  ck_assert_int_eq(threads_parse_count("256"), 256);
  static const char *const bad[] = {"", "0", "-1", "257", "2x", "x", "1.5", "99999999999999999999"};
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) ck_assert_int_eq(threads_parse_count(bad[k]), 0);
  threads_set_count(-5);
  ck_assert_int_eq(threads_count(), 1);
  threads_set_count(100000);
  ck_assert_int_eq(threads_count(), THREADS_MOST);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("threads");
  TCase *tests = tcase_create("threads");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, every_chunk_runs_once);
  tcase_add_test(tests, jobs_may_follow_closely);
  tcase_add_test(tests, sleeping_workers_wake);
  tcase_add_test(tests, work_is_shared);
  tcase_add_test(tests, little_work_stays_with_the_caller);
  tcase_add_test(tests, nested_work_is_serial);
  tcase_add_test(tests, several_threads_may_start_work);
  tcase_add_test(tests, workers_take_no_signals);
  tcase_add_test(tests, an_interrupt_ends_work);
  if (!THREADS_CHECKED) tcase_add_test(tests, a_child_process_starts_its_own);
  if (!MEMORY_CHECKED) tcase_add_test(tests, no_thread_may_be_had);
  tcase_add_test(tests, counts_are_read_with_care);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
