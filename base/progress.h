/* SPDX-License-Identifier: MIT */
/* progress.h: how far a loop over progress(...) has come, for whoever shows it; read by a signal handler. */
#ifndef MGRAD_BASE_PROGRESS_H
#define MGRAD_BASE_PROGRESS_H
#include <signal.h>

/* In thousandths; -1: no such loop is running. */
extern volatile sig_atomic_t progress_permille;
/* Set while the program waits for the user: nothing is shown then. */
extern volatile sig_atomic_t progress_waiting;

#endif
