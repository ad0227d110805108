/* SPDX-License-Identifier: MIT */
/* lookalike.h: names that look the same and are not. */
#ifndef MGRAD_EVALUATOR_LOOKALIKE_H
#define MGRAD_EVALUATOR_LOOKALIKE_H
#include <stdbool.h>
#include <stdint.h>

/* Whether two different names look the same; then the first characters in which they differ. */
bool names_look_alike(const char *a, const char *b, uint32_t *first, uint32_t *other);

#endif
