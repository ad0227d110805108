/* SPDX-License-Identifier: MIT */
/* operations_page.c: writes docs/operations.md from the tables of operations and builtins. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "autodiff/rule.h"
#include "autodiff/rule_text.h"
#include "evaluator/call.h"

static bool discard(void *context, Stream stream, const char *text, size_t length) {
  (void)context, (void)stream, (void)text, (void)length;
  return true;
}

typedef struct Group {
  const char *title, *about, *names;
} Group;

static const Group groups[] = {
#define GROUP(title, about, names) {title, about, names},
#include "tools/operations_groups.def"
#undef GROUP
};
enum { GROUPS = sizeof groups / sizeof *groups, NAME_ROOM = 64 };

/* The next name of a list; false at its end. */
static bool next_name(const char **list, char name[NAME_ROOM]) {
  *list += strspn(*list, " ");
  size_t length = strcspn(*list, " ");
  if (length == 0 || length >= NAME_ROOM) return false;
  memcpy(name, *list, length);
  name[length] = '\0';
  *list += length;
  return true;
}

static const BuiltinInfo *find(const char *wanted) {
  for (int k = 0; k < builtin_count(); k++)
    if (strcmp(builtin_at(k)->name, wanted) == 0) return builtin_at(k);
  return NULL;
}

static bool is_grouped(const char *wanted) {
  char name[NAME_ROOM];
  for (int g = 0; g < GROUPS; g++)
    for (const char *list = groups[g].names; next_name(&list, name);)
      if (strcmp(name, wanted) == 0) return true;
  return false;
}

static void write_derivative(const BuiltinInfo *info) {
  if (info->op == OP_none) return;
  const RuleInfo *rule = &rule_table[info->op];
  Buffer of_x = {0}, of_y = {0};
  if (rule->derivative_x) rule_text(&of_x, rule->derivative_x);
  if (rule->derivative_y) rule_text(&of_y, rule->derivative_y);
  if (!rule->backward && !rule->compose) puts("\nIts result is a constant.");
  else if (rule->flat) puts("\nIts derivative is 0 almost everywhere.");
  else if (rule->derivative_x && rule->derivative_y)
    printf("\nGradient of x: `%s`; of y: `%s`.\n", buffer_text(&of_x), buffer_text(&of_y));
  else if (rule->derivative_x) printf("\nGradient: `%s`.\n", buffer_text(&of_x));
  buffer_free(&of_x);
  buffer_free(&of_y);
}

/* What is not to be run has no prompt before it. */
static void write_sketch(const BuiltinInfo *info) {
  printf("\n```\n%s\n", info->example);
  for (const char *line = info->gives; *line; line += *line == '\n') {
    int length = (int)strcspn(line, "\n");
    printf("# %.*s\n", length, line);
    line += length;
  }
  puts("```");
}

static void write_example(const BuiltinInfo *info) {
  if (info->outside) write_sketch(info);
  if (info->outside || !*info->example || !*info->gives) return;
  printf("\n```\n" PROMPT "%s\n%s\n```\n", info->example, info->gives);
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

/* Links work as on code hosts: titles in small letters, blanks as hyphens, other signs left out. */
static void write_link(const char *title) {
  printf("[%s](#", title);
  for (const char *at = title; *at; at++)
    if (*at == ' ')
      putchar('-');
    else if (isalnum((unsigned char)*at) || *at == '_')
      putchar(tolower((unsigned char)*at));
  putchar(')');
}

static void write_index(void) {
  char name[NAME_ROOM];
  for (int g = 0; g < GROUPS; g++) {
    printf("\n**");
    write_link(groups[g].title);
    printf("**:");
    for (const char *list = groups[g].names; next_name(&list, name);) {
      putchar(' ');
      write_link(name);
    }
    putchar('\n');
  }
}

static void write_group(Session *session, const Group *group) {
  char name[NAME_ROOM];
  printf("\n## %s\n", group->title);
  if (*group->about) printf("\n%s\n", group->about);
  for (const char *list = group->names; next_name(&list, name);) {
    const BuiltinInfo *info = find(name);
    if (info)
      write_entry(session, info);
    else
      fprintf(stderr, "operations_groups.def: there is no function `%s`\n", name);
  }
}

/* What no group names yet is still written. */
static void write_others(Session *session) {
  bool any = false;
  for (int k = 0; k < builtin_count(); k++) {
    const BuiltinInfo *info = builtin_at(k);
    if (is_grouped(info->name) || find(info->name) != info) continue;
    fprintf(stderr, "operations_groups.def: `%s` belongs to no group\n", info->name);
    if (!any) puts("\n## Other functions");
    any = true;
    write_entry(session, info);
  }
}

int main(void) {
  SessionOptions options = {.output = discard};
  Session *session = session_new(&options);
  if (!session) return fputs("out of memory\n", stderr), 1;
  puts(
      "# Operations and functions\n\nWritten by `make docs` from the tables that the program itself reads; every "
      "example is "
      "executed by the tests.\nIn gradients, `g` is the incoming gradient, `r` the result, and `x`, `y` are the "
      "operands.\n\n"
      "Elementwise operations also take `out=`, `where=`, `dtype=` and `constant=`, all other differentiable ones "
      "`constant=`:\nthe tensor that is written into; the places that are computed (elsewhere stands 0, or what `out` "
      "held); the type\nthat is computed in, where a result that it cannot hold is an error; and whether the result "
      "is a constant.\n"
      "Names are also found by namespace: `np.sin`, `mg.sum`, `nnet.relu`, `linalg.norm`, `random.seed`.");
  write_index();
  for (int g = 0; g < GROUPS; g++) write_group(session, &groups[g]);
  write_others(session);
  session_free(session);
  return 0;
}
