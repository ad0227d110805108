/* SPDX-License-Identifier: MIT */
/* names.h: a hash table from names to numbers. */
#ifndef MGRAD_EVALUATOR_NAMES_H
#define MGRAD_EVALUATOR_NAMES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct NameEntry { const char *text; uint32_t length, number; } NameEntry; /* text NULL: free */

/* Starts as {0}.  Names are borrowed. */
typedef struct NameTable { NameEntry *entries; uint32_t count, capacity, seed; } NameTable;

const NameEntry *names_find(const NameTable *table, const char *text, size_t length); /* NULL: none */
bool names_add(NameTable *table, const char *text, size_t length, uint32_t number); /* a new one; false: no memory */
void names_remove(NameTable *table, const char *text, size_t length);
void names_free(NameTable *table);

#endif
