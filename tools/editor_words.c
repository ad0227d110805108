/* SPDX-License-Identifier: MIT */
/* editor_words.c FILE: writes the file with its lists of words anew, from the tables of tokens, names and builtins.

   A list stands between a line with `words KIND begin` and one with `words KIND end`, in the form that the suffix of
   the file asks for: commands of Vim, or patterns of a TextMate grammar. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "evaluator/attribute.h"
#include "evaluator/call.h"
#include "evaluator/machine.h"
#include "lexer/lexer.h"

enum { WORDS = 4096, COLUMNS = 116 };

typedef struct Words { const char *items[WORDS]; int count; } Words;

typedef struct Kind {
  const char *name, *group, *scope; /* in a marker, in Vim, in a grammar */
  bool member;                      /* only after a dot */
  void (*collect)(Words *words);
} Kind;

/* How a list is written: before and after each line, and between words. */
typedef struct Form { char before[160], after[160]; const char *between; } Form;

static void add(Words *words, const char *name) {
  if (words->count == WORDS || strchr(name, '.')) return;
  words->items[words->count++] = name;
}

static void collect_keywords(Words *words) {
  for (int k = 0; k < TOKEN_COUNT; k++)
    if (token_is_keyword((TokenKind)k)) add(words, token_spelling((TokenKind)k));
}

static void collect_constants(Words *words) {
  for (int k = 0; globals_constant(k); k++) add(words, globals_constant(k));
}

static void collect_types(Words *words) {
  for (int k = 0; k < DTYPE_COUNT; k++) add(words, dtype_info[k].name);
}

static void collect_functions(Words *words) {
  for (int k = 0; k < builtin_count(); k++) add(words, builtin_at(k)->name);
}

static void collect_attributes(Words *words) {
  for (int k = 0; attribute_name(k); k++) add(words, attribute_name(k));
}

static const Kind kinds[] = {
    {"keyword", "mgradKeyword", "keyword.control.mgrad", false, collect_keywords},
    {"constant", "mgradConstant", "constant.language.mgrad", false, collect_constants},
    {"type", "mgradType", "support.type.mgrad", false, collect_types},
    {"function", "mgradFunction", "support.function.mgrad", false, collect_functions},
    {"attribute", "mgradAttribute", "variable.other.property.mgrad", true, collect_attributes},
};

static const Kind *find_kind(const char *line, const char *edge) {
  char marker[64];
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    snprintf(marker, sizeof marker, "words %s %s", kinds[k].name, edge);
    if (strstr(line, marker)) return &kinds[k];
  }
  return NULL;
}

static Form form_for_vim(const Kind *kind) {
  Form form = {.between = kind->member ? "\\|" : " "};
  if (kind->member) {
    snprintf(form.before, sizeof form.before, "syntax match %s /\\.\\s*\\zs\\<\\%%(", kind->group);
    snprintf(form.after, sizeof form.after, "\\)\\>/");
  } else {
    snprintf(form.before, sizeof form.before, "syntax keyword %s ", kind->group);
  }
  return form;
}

static Form form_for_grammar(const Kind *kind, int indentation) {
  Form form = {.between = "|"};
  snprintf(form.before, sizeof form.before, "%*s{ \"name\": \"%s\", \"match\": \"%s(?:", indentation, "", kind->scope,
           kind->member ? "(?<=\\\\.)" : "\\\\b");
  snprintf(form.after, sizeof form.after, ")\\\\b\" },");
  return form;
}

static Form form_for(const char *path, const Kind *kind, int indentation) {
  const char *suffix = strrchr(path, '.');
  return suffix && strcmp(suffix, ".vim") == 0 ? form_for_vim(kind) : form_for_grammar(kind, indentation);
}

static void write_words(const Words *words, const Form *form) {
  size_t room = COLUMNS - strlen(form->before) - strlen(form->after), used = 0;
  for (int k = 0; k < words->count; k++) {
    size_t length = strlen(form->between) + strlen(words->items[k]);
    bool fits = k > 0 && used + length <= room;
    if (!fits) printf("%s%s%s", k > 0 ? form->after : "", k > 0 ? "\n" : "", form->before);
    printf("%s%s", fits ? form->between : "", words->items[k]);
    used = fits ? used + length : length;
  }
  printf("%s\n", form->after);
}

static int copy(FILE *file, const char *path) {
  static char line[4096];
  const Kind *inside = NULL;
  while (fgets(line, sizeof line, file)) {
    if (inside && find_kind(line, "end") != inside) continue;
    inside = NULL;
    fputs(line, stdout);
    const Kind *kind = find_kind(line, "begin");
    if (!kind) continue;
    Words words = {.count = 0};
    kind->collect(&words);
    Form form = form_for(path, kind, (int)strspn(line, " "));
    write_words(&words, &form);
    inside = kind;
  }
  if (inside) fprintf(stderr, "editor_words: %s: the list of words `%s` has no end\n", path, inside->name);
  return inside || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int count, char **words) {
  if (count != 2) return fputs("usage: editor_words FILE\n", stderr), 2;
  FILE *file = fopen(words[1], "r");
  if (!file) return perror(words[1]), EXIT_FAILURE;
  int status = copy(file, words[1]);
  fclose(file);
  return status;
}
