/* SPDX-License-Identifier: MIT */
/* interrupt.c: the flag that Ctrl-C raises. */
#include "base/interrupt.h"

volatile sig_atomic_t interrupt_requested;
