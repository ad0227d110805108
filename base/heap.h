/* SPDX-License-Identifier: MIT */
/* heap.h: what the allocators of base share; nobody outside base includes it but their tests. */
#ifndef MGRAD_BASE_HEAP_H
#define MGRAD_BASE_HEAP_H
#include <stdbool.h>
#include <stddef.h>

/* Under AddressSanitizer every block is a malloc of its own, so that leaks and overflows are seen. */
#if defined(__SANITIZE_ADDRESS__)
#define HEAP_CHECKED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEAP_CHECKED 1
#endif
#endif
#ifndef HEAP_CHECKED
#define HEAP_CHECKED 0
#endif

bool heap_allowed(void);          /* counts one allocation; false when failure injection refuses it */
bool heap_charge(size_t bytes);   /* books bytes as handed out; false when the budget does not allow it */
void heap_refund(size_t bytes);
/* How much more than now was handed out at once of late; earlier peaks fade with every call. */
size_t heap_spare(void);
size_t pool_live_blocks(void);
/* Refunds what no live block is in; false: there is nothing of that kind.  Looks at every free block. */
bool pool_give_back(void);
size_t data_live_blocks(void);
size_t data_cached_bytes(void);   /* held back for reuse, handed out to nobody */
void data_drop_cache(void);

#endif
