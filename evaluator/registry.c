/* SPDX-License-Identifier: MIT */
/* registry.c: all builtins in one table, found by name.

   Rows written for the language come first and hide an operation of the same name, which then has a qualified one.
   The index is sorted at the first look-up, so that starting costs nothing. */
#include <stdlib.h>
#include <string.h>
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/state.h"

#define BINARY_SIGNATURE "x:T, y:T"

static BuiltinInfo table[] = {
#define BUILTIN(function, name, signature, doc, example, gives) \
  {name, signature, builtin_##function, OP_none, false, doc, example, gives, false},
#define DIFFERENTIABLE(function, name, signature, doc, example, gives) \
  {name, signature, builtin_##function, OP_none, true, doc, example, gives, false},
#define OUTSIDE(function, name, signature, doc, example, gives) \
  {name, signature, builtin_##function, OP_none, false, doc, example, gives, true},
#define OPERATION(name, op) {name, NULL, operation_call, OP_##op, false, NULL, NULL, NULL, false},
#define OVERRIDE(function, op) {#op, NULL, builtin_##function, OP_##op, false, NULL, NULL, NULL, false},
#include "evaluator/builtins/builtins.def"
#undef BUILTIN
#undef DIFFERENTIABLE
#undef OUTSIDE
#undef OPERATION
#undef OVERRIDE
#define LIBRARY(name, file, signature, doc, example, gives) \
  {name, signature, library_call, OP_none, false, doc, example, gives, false},
#define DIFFERENTIABLE(name, file, signature, doc, example, gives) \
  {name, signature, library_call, OP_none, true, doc, example, gives, false},
#include "evaluator/builtins/library.def"
#undef LIBRARY
#undef DIFFERENTIABLE
#define UNARY(name, domain, type, value, integer, dx, doc, example, gives) \
  {#name, "x:T", operation_call, OP_##name, false, doc, example, gives, false},
#define BINARY(name, domain, type, value, integer, dx, dy, doc, example, gives) \
  {#name, BINARY_SIGNATURE, operation_call, OP_##name, false, doc, example, gives, false},
#define SPECIAL(name, signature, domain, doc, example, gives) \
  {#name, signature, operation_call, OP_##name, false, doc, example, gives, false},
#define CONSTANT SPECIAL
#define VIEW SPECIAL
#define COMPOSED SPECIAL
#define ALIAS(name, op) {#name, NULL, operation_call, OP_##op, false, NULL, NULL, NULL, false},
#include "runtime/ops.def"
#include "runtime/ops_end.def"
};

enum { ROWS = sizeof table / sizeof *table };

static struct { bool ready; int count; uint16_t rows[ROWS], places[ROWS]; } by_name; /* places: the inverse of rows */

/* Rows of one name in the order of the table. */
static int compare_rows(const void *a, const void *b) {
  uint16_t row_a = *(const uint16_t *)a, row_b = *(const uint16_t *)b;
  int order = strcmp(table[row_a].name, table[row_b].name);
  return order ? order : (row_a > row_b) - (row_a < row_b);
}

/* Other names of operations take everything but the name from the operation. */
static void complete_alias(BuiltinInfo *row) {
  if (row->signature) return;
  const OpInfo *info = &op_table[row->op];
  row->signature = info->signature;
  row->doc = info->doc;
  row->example = info->example;
  row->gives = info->gives;
}

/* Operations whose plain name means something else have a row "linalg.solve"; "linalg_solve" is for programmers
   only. */
static bool is_qualified_elsewhere(const char *name) {
  return strncmp(name, "linalg_", strlen("linalg_")) == 0;
}

static void prepare(void) {
  if (by_name.ready) return;
  for (int i = 0; i < ROWS; i++) {
    complete_alias(&table[i]);
    if (*table[i].example && !is_qualified_elsewhere(table[i].name)) by_name.rows[by_name.count++] = (uint16_t)i;
  }
  qsort(by_name.rows, (size_t)by_name.count, sizeof *by_name.rows, compare_rows);
  int kept = 0;
  for (int i = 0; i < by_name.count; i++) {
    bool hidden = kept && strcmp(table[by_name.rows[i]].name, table[by_name.rows[kept - 1]].name) == 0;
    if (!hidden) by_name.rows[kept++] = by_name.rows[i];
  }
  by_name.count = kept;
  for (int i = 0; i < kept; i++) by_name.places[by_name.rows[i]] = (uint16_t)i;
  by_name.ready = true;
}

int builtin_count(void) {
  prepare();
  return by_name.count;
}

const BuiltinInfo *builtin_at(int index) {
  prepare();
  return &table[by_name.rows[index]];
}

static int find_exact(const char *name, size_t length) {
  int low = 0, high = by_name.count - 1;
  while (low <= high) {
    int middle = (low + high) / 2;
    const char *other = table[by_name.rows[middle]].name;
    int order = strncmp(name, other, length);
    if (order == 0 && other[length]) order = -1;
    if (order == 0) return middle;
    if (order < 0) high = middle - 1;
    else low = middle + 1;
  }
  return -1;
}

int builtin_index(const BuiltinInfo *info) {
  prepare();
  return by_name.places[info - table];
}

const BuiltinInfo *builtin_find(const char *name, size_t length) {
  prepare();
  for (;;) {
    int index = find_exact(name, length);
    if (index >= 0) return builtin_at(index);
    const char *dot = memchr(name, '.', length);
    if (!dot) return NULL;
    length -= (size_t)(dot + 1 - name);
    name = dot + 1;
  }
}
