/* SPDX-License-Identifier: MIT */
/* stack.h: how far the C stack of a thread reaches. */
#ifndef MGRAD_BASE_STACK_H
#define MGRAD_BASE_STACK_H

/* The lowest address that the stack of the calling thread may reach; NULL on a stack that no thread was started with,
   such as that of a coroutine. */
const char *stack_lowest(void);

#endif
