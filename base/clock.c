/* SPDX-License-Identifier: MIT */
/* clock.c: what time it is. */
#include "base/clock.h"
#include <time.h>

static int64_t read_clock(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * CLOCK_SECOND + time.tv_nsec;
}

int64_t clock_now(void) { return read_clock(CLOCK_MONOTONIC); }
int64_t clock_date(void) { return read_clock(CLOCK_REALTIME); }
