/* SPDX-License-Identifier: MIT */
/* clock.h: what time it is, in nanoseconds.  A signal handler may ask. */
#ifndef MGRAD_BASE_CLOCK_H
#define MGRAD_BASE_CLOCK_H
#include <stdint.h>

#define CLOCK_SECOND INT64_C(1000000000)

int64_t clock_now(void);  /* of a clock that nobody sets, so that differences are what has passed */
int64_t clock_date(void); /* since the beginning of 1970 */
static inline double clock_seconds(int64_t nanoseconds) { return (double)nanoseconds * 1e-9; }
static inline double clock_since(int64_t start) { return clock_seconds(clock_now() - start); } /* in seconds */

#endif
