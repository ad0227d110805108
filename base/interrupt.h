/* SPDX-License-Identifier: MIT */
/* interrupt.h: the flag that Ctrl-C raises; the program's one global that a signal handler writes. */
#ifndef MGRAD_BASE_INTERRUPT_H
#define MGRAD_BASE_INTERRUPT_H
#include <signal.h>

extern volatile sig_atomic_t interrupt_requested;

#endif
