/* SPDX-License-Identifier: MIT */
/* threads.c: the worker threads: chunks are claimed one by one from a ticket, by the caller too.

   The ticket holds the number of the job and how many of its parts nobody has claimed.  The caller waits only for parts
   that somebody has claimed, so a worker that sleeps or has lost its processor delays nothing.  Idle workers spin for
   some time, since work comes in quick succession, and then sleep. */
#include "base/threads.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"

#define PARTS_MOST INT64_C(65536)
#define STACK_BYTES ((size_t)1 << 20)
/* Work that takes less is done sooner by the caller alone: beside workers that are awake, and beside some that sleep,
   whom the system takes tens of microseconds to wake. */
static const double LEAST_NANOSECONDS = 4000, LEAST_TO_WAKE_NANOSECONDS = 40000;
static const int64_t SPIN_NANOSECONDS = 50000;
enum { SPINS_PER_LOOK = 64 };

/* A part is one chunk, or several in a row where there are very many. */
typedef struct Job {
  ThreadsWork work;
  void *context;
  int64_t chunks, chunks_per_part;
  uint32_t parts;
} Job;

/* One per process, like the processors it shares out. */
static struct {
  Job job;                   /* written while no part is claimed, read by those who have claimed one */
  _Atomic uint64_t ticket;   /* number of the job above the number of unclaimed parts */
  _Atomic uint32_t finished; /* parts of the job */
  atomic_flag busy;          /* a job is running */
  atomic_int sleeping;       /* workers that wait for `wake` */
  atomic_bool ending;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  int count;                 /* 0: not yet known */
  bool started, registered;
  int workers;
  pthread_t threads[THREADS_MOST];
} pool = {.busy = ATOMIC_FLAG_INIT, .mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static _Thread_local bool is_working; /* this thread runs a chunk */
static _Thread_local int self;        /* its number; 0: not a worker */

/* ---- parts */
static uint64_t job_number(uint64_t ticket) {
  return ticket >> 32;
}

/* Takes one part; false when none is left. */
static bool claim_part(uint32_t *part) {
  uint64_t ticket = atomic_load_explicit(&pool.ticket, memory_order_acquire);
  while ((uint32_t)ticket > 0) {
    if (!atomic_compare_exchange_weak(&pool.ticket, &ticket, ticket - 1)) continue;
    *part = pool.job.parts - (uint32_t)ticket;
    return true;
  }
  return false;
}

static bool run_chunks(const Job *job, int64_t start, int64_t end) {
  for (int64_t chunk = start; chunk < end; chunk++) {
    if (interrupt_seen()) return false;
    job->work(job->context, chunk);
  }
  return true;
}

static void run_parts(void) {
  uint32_t part;
  is_working = true;
  while (claim_part(&part)) {
    const Job *job = &pool.job;
    int64_t start = part * job->chunks_per_part, end = start + job->chunks_per_part;
    run_chunks(job, start, end < job->chunks ? end : job->chunks);
    atomic_fetch_add_explicit(&pool.finished, 1, memory_order_release);
  }
  is_working = false;
}

/* ---- waiting */
static void spin(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static bool is_idle(uint64_t seen) {
  return job_number(atomic_load(&pool.ticket)) == seen && !atomic_load(&pool.ending);
}

/* The count goes up before the last look at the ticket, and the caller looks at it after changing the ticket: one of
   the two sees the other. */
static void sleep_until_work(uint64_t seen) {
  pthread_mutex_lock(&pool.mutex);
  atomic_fetch_add(&pool.sleeping, 1);
  while (is_idle(seen)) pthread_cond_wait(&pool.wake, &pool.mutex);
  atomic_fetch_sub(&pool.sleeping, 1);
  pthread_mutex_unlock(&pool.mutex);
}

static void wait_for_work(uint64_t seen) {
  for (int64_t start = clock_now(); clock_now() - start < SPIN_NANOSECONDS;) {
    for (int k = 0; k < SPINS_PER_LOOK; k++) {
      if (!is_idle(seen)) return;
      spin();
    }
  }
  sleep_until_work(seen);
}

static void *work_until_end(void *number) {
  uint64_t seen = 0;
  self = (int)(intptr_t)number;
  while (!atomic_load(&pool.ending)) {
    wait_for_work(seen);
    seen = job_number(atomic_load(&pool.ticket));
    run_parts();
  }
  return NULL;
}

static void wake_workers(void) {
  if (atomic_load(&pool.sleeping) == 0) return;
  pthread_mutex_lock(&pool.mutex);
  pthread_cond_broadcast(&pool.wake);
  pthread_mutex_unlock(&pool.mutex);
}

/* Others still compute claimed parts; after a while the processor is offered to them. */
static void wait_for_others(uint32_t parts) {
  int spins = 0;
  while (atomic_load_explicit(&pool.finished, memory_order_acquire) != parts) {
    if (++spins < 4096) spin();
    else sched_yield();
  }
}

/* ---- starting and ending */
static void end_workers(void) {
  atomic_store(&pool.ending, true);
  wake_workers();
  while (pool.workers > 0) pthread_join(pool.threads[--pool.workers], NULL);
  atomic_store(&pool.ending, false);
  pool.started = false;
}

/* A child process has one thread, whatever the others were doing. */
static void forget_workers(void) {
  pool.workers = 0;
  pool.started = false;
  atomic_store(&pool.ticket, 0);
  atomic_store(&pool.sleeping, 0);
  atomic_flag_clear(&pool.busy);
  pthread_mutex_init(&pool.mutex, NULL);
  pthread_cond_init(&pool.wake, NULL);
}

static void register_handlers(void) {
  if (pool.registered) return;
  pool.registered = true;
  pthread_atfork(NULL, NULL, forget_workers);
  atexit(end_workers);
}

/* Where no thread can be had there are fewer workers, or none.  Signals are for the thread that reads the terminal. */
static void start_workers(void) {
  sigset_t all, before;
  pthread_attr_t attributes;
  pool.started = true;
  register_handlers();
  if (pthread_attr_init(&attributes) != 0) return;
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (intptr_t number = 1; number < threads_count(); number++) {
    if (pthread_create(&pool.threads[pool.workers], &attributes, work_until_end, (void *)number) != 0) break;
    pool.workers++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
}

/* ---- the number of threads */
int threads_parse_count(const char *text) {
  char *end;
  errno = 0;
  long number = strtol(text, &end, 10);
  return end == text || *end || errno || number < 1 || number > THREADS_MOST ? 0 : (int)number;
}

static int usable_processors(void) {
  long online = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef CPU_COUNT
  cpu_set_t usable;
  if (sched_getaffinity(0, sizeof usable, &usable) == 0) online = CPU_COUNT(&usable);
#endif
  return online < 1 ? 1 : online > THREADS_MOST ? THREADS_MOST : (int)online;
}

int threads_self(void) {
  return self;
}

int threads_count(void) {
  if (pool.count > 0) return pool.count;
  const char *wanted = getenv("MGRAD_THREADS");
  int count = wanted ? threads_parse_count(wanted) : 0;
  return pool.count = count > 0 ? count : usable_processors();
}

void threads_set_count(int count) {
  if (count < 1) count = 1;
  if (count > THREADS_MOST) count = THREADS_MOST;
  if (count == pool.count) return;
  end_workers();
  pool.count = count;
}

/* ---- running */
static void run_job(int64_t chunks, ThreadsWork work, void *context) {
  int64_t per_part = (chunks + PARTS_MOST - 1) / PARTS_MOST, parts = (chunks + per_part - 1) / per_part;
  uint64_t number = job_number(atomic_load(&pool.ticket)) + 1;
  pool.job = (Job){work, context, chunks, per_part, (uint32_t)parts};
  atomic_store(&pool.finished, 0);
  atomic_store(&pool.ticket, number << 32 | (uint64_t)parts);
  wake_workers();
  run_parts();
  wait_for_others((uint32_t)parts);
}

static bool is_worth_sharing(double nanoseconds) {
  bool asleep = atomic_load_explicit(&pool.sleeping, memory_order_relaxed) > 0;
  return nanoseconds >= (asleep ? LEAST_TO_WAKE_NANOSECONDS : LEAST_NANOSECONDS);
}

bool threads_run(int64_t chunks, double nanoseconds, ThreadsWork work, void *context) {
  bool alone = chunks < 2 || is_working || !is_worth_sharing((double)chunks * nanoseconds) || threads_count() == 1;
  if (alone || atomic_flag_test_and_set(&pool.busy)) return run_chunks(&(Job){work, context, chunks, 1, 0}, 0, chunks);
  if (!pool.started) start_workers();
  run_job(chunks, work, context);
  atomic_flag_clear(&pool.busy);
  return !interrupt_seen();
}
