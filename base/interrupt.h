/* SPDX-License-Identifier: MIT */
/* interrupt.h: the flag that Ctrl-C raises; the program's one global that a signal handler writes. */
#ifndef MGRAD_BASE_INTERRUPT_H
#define MGRAD_BASE_INTERRUPT_H
#include <signal.h>
#include <stdbool.h>

extern volatile sig_atomic_t interrupt_requested;

/* Raising, reading and lowering the flag from any thread; the thread that runs a session may read it as it is. */
static inline void interrupt_request(void) { __atomic_store_n(&interrupt_requested, 1, __ATOMIC_RELAXED); }
static inline bool interrupt_seen(void) { return __atomic_load_n(&interrupt_requested, __ATOMIC_RELAXED) != 0; }

/* Lowers the flag; was it raised?  What is raised meanwhile is seen here or stays. */
static inline bool interrupt_take(void) { return __atomic_exchange_n(&interrupt_requested, 0, __ATOMIC_RELAXED) != 0; }

#endif
