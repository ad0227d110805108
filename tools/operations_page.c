/* SPDX-License-Identifier: MIT */
/* operations_page.c: writes docs/operations.md from the tables of operations and builtins. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "autodiff/rule.h"
#include "evaluator/call.h"

static bool discard(void *context, Stream stream, const char *text, size_t length) {
  (void)context, (void)stream, (void)text, (void)length;
  return true;
}

static int by_name(const void *a, const void *b) {
  return strcmp((*(const BuiltinInfo *const *)a)->name, (*(const BuiltinInfo *const *)b)->name);
}

static void write_derivative(const BuiltinInfo *info) {
  if (info->op == OP_none) return;
  const RuleInfo *rule = &rule_table[info->op];
  if (rule->flat) puts("\nIts derivative is 0 almost everywhere.");
  else if (rule->derivative_x && rule->derivative_y)
    printf("\nGradient of x: `%s`; of y: `%s`.\n", rule->derivative_x, rule->derivative_y);
  else if (rule->derivative_x) printf("\nGradient: `%s`.\n", rule->derivative_x);
}

static void write_example(const BuiltinInfo *info) {
  if (!*info->example || !*info->gives) return;
  printf("\n```\nmg> %s\n%s\n```\n", info->example, info->gives);
}

static void write_entry(Session *session, const BuiltinInfo *info) {
  Buffer signature = {0};
  const Signature *parsed = builtin_signature(session, info);
  if (parsed) signature_show(&signature, info->name, parsed);
  printf("\n### %s\n\n`%s`\n\n%s\n", info->name, buffer_text(&signature), info->doc);
  buffer_free(&signature);
  write_derivative(info);
  write_example(info);
}

int main(void) {
  SessionOptions options = {.output = discard};
  Session *session = session_new(&options);
  int count = builtin_count();
  const BuiltinInfo **sorted = calloc((size_t)count, sizeof *sorted);
  if (!session || !sorted) return fputs("out of memory\n", stderr), 1;
  for (int k = 0; k < count; k++) sorted[k] = builtin_at(k);
  qsort(sorted, (size_t)count, sizeof *sorted, by_name);
  puts("# Operations and functions\n\nWritten by `make docs` from the tables that the program itself reads; every example is "
       "executed by the tests.\nIn gradients, `g` is the incoming gradient, `r` the result, and `x`, `y` are the operands.\n\n"
       "Elementwise operations also take `out=`, `where=`, `dtype=` and `constant=`, all other differentiable ones `constant=`.");
  for (int k = 0; k < count; k++)
    if (k == 0 || strcmp(sorted[k]->name, sorted[k - 1]->name) != 0) write_entry(session, sorted[k]);
  free(sorted);
  session_free(session);
  return 0;
}
