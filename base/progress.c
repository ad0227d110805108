/* SPDX-License-Identifier: MIT */
/* progress.c: how far a loop over progress(...) has come. */
#include "base/progress.h"

volatile sig_atomic_t progress_permille = -1;
volatile sig_atomic_t progress_waiting = 0;
