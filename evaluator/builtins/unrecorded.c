/* SPDX-License-Identifier: MIT */
/* unrecorded.c: telling why nothing was recorded: constants do not know it, but the text that made them often does. */
#include "evaluator/builtins/unrecorded.h"
#include <string.h>
#include "evaluator/function.h"
#include "evaluator/machine.h"
#include "parser/parser.h"

enum { OPERANDS_SEEN = 200 }; /* one inside the other, at most */

/* What makes a value a constant, as far as the text of what computed it tells. */
typedef struct Search {
  Session *session;
  const Ast *body;      /* of the function that the expression stands in; NULL: none */
  const char *function; /* what a function is called that has been looked into; NULL: none has */
  int left;             /* how many operands may still be looked at */
} Search;

static const char *word_in(Search *search, const Ast *expression);

static bool is_word(const Ast *ast, const char *text) { return strcmp(ast->text, text) == 0; }

/* ---- calls */

/* The value of a name outside functions, borrowed. */
static bool find_value(Search *search, const Ast *name, Value *value) {
  return name->kind == AST_NAME && session_lookup(search->session, name->text, value);
}

static bool is_of_record(Search *search, const Ast *object) {
  Value value;
  if (!find_value(search, object, &value)) return object->kind == AST_RECORD;
  return value_is(value, KIND_RECORD);
}

static const char *word_in_function(Search *search, const Function *function);

/* detach(x), x.detach(), f(x) */
static const char *word_of_callee(Search *search, const Ast *callee) {
  static const char *const words[] = {"detach", "item", "constant"};
  bool method = callee->kind == AST_FIELD && !is_of_record(search, callee->children[0]);
  Value value = value_unbound();
  const char *word = NULL;
  find_value(search, callee, &value);
  for (size_t k = 0; k < sizeof words / sizeof *words; k++)
    if ((method || value_is(value, KIND_BUILTIN)) && is_word(callee, words[k])) word = words[k];
  return value_is(value, KIND_FUNCTION) ? word_in_function(search, value_function(value)) : word;
}

static const char *word_of_call(Search *search, const Ast *call) {
  const char *word = word_of_callee(search, call->children[0]);
  for (uint32_t k = 1; !word && k < call->count; k++) {
    const Ast *argument = call->children[k];
    bool keyword = argument->kind == AST_KEYWORD, constant = keyword && is_word(argument, "constant");
    if (!keyword) word = word_in(search, argument);
    else if (constant && argument->children[0]->kind == AST_NAME && is_word(argument->children[0], "true"))
      word = "constant";
  }
  return word;
}

/* ---- names of a function, and what it returns */

typedef struct Assigned { const Ast *value; bool unrecorded; } Assigned;

/* What a name was given last in the text, or, without a name, what is returned last. */
static void find_assigned(const Ast *ast, const Ast *name, bool unrecorded, Assigned *found) {
  bool gives = false;
  switch (ast->kind) {
    case AST_NO_AUTODIFF: case AST_BLOCK: case AST_IF: case AST_WHILE: case AST_FOR: case AST_TRY:
      unrecorded |= ast->kind == AST_NO_AUTODIFF;
      for (uint32_t k = 0; k < ast->count; k++) find_assigned(ast->children[k], name, unrecorded, found);
      return;
    case AST_RETURN:
      if (!name && ast->count) *found = (Assigned){ast->children[0], unrecorded};
      return;
    case AST_ASSIGN:
      for (uint32_t k = 1; name && k < ast->count; k++)
        gives |= ast->children[k]->kind == AST_NAME && is_word(ast->children[k], name->text);
      if (gives) *found = (Assigned){ast->children[0], unrecorded};
      return;
    default: return;
  }
}

static const char *word_of_assigned(Search *search, const Ast *name) {
  Assigned found = {NULL, false};
  if (!search->body) return NULL;
  if (search->body->kind == AST_BLOCK) find_assigned(search->body, name, false, &found);
  else if (!name) found.value = search->body;
  if (!found.value) return NULL;
  return found.unrecorded ? "no_autodiff" : word_in(search, found.value);
}

/* One function is looked into, not those that it calls in turn. */
static const char *word_in_function(Search *search, const Function *function) {
  const Ast *ast = function->code->ast;
  if (search->function || ast->kind == AST_BLOCK) return NULL;
  Search inside = {search->session, ast->children[ast->count - 1], function->code->name, search->left};
  const char *word = word_of_assigned(&inside, NULL);
  search->left = inside.left;
  if (word) search->function = inside.function;
  return word;
}

/* ---- expressions */

/* Along the parts whose numbers the value is computed from; a left operand is met by the loop, as there may be many. */
static const char *word_in(Search *search, const Ast *expression) {
  if (search->left-- <= 0) return NULL;
  for (const char *word = NULL;;) {
    const Ast *left = expression->count ? expression->children[0] : NULL;
    switch (expression->kind) {
      case AST_NAME: return word_of_assigned(search, expression);
      case AST_CALL:
        word = word_of_call(search, expression);
        if (word || left->kind != AST_FIELD) return word;
        left = left->children[0];
        break;
      case AST_FIELD:
        if (is_word(expression, "data") && !is_of_record(search, left)) return ".data";
        break;
      case AST_TUPLE: case AST_LIST: case AST_BINARY: case AST_CONDITIONAL:
        for (uint32_t k = expression->kind == AST_CONDITIONAL ? 2 : 1; !word && k < expression->count; k++)
          word = word_in(search, expression->children[k]);
        break;
      case AST_INDEX: case AST_UNARY: case AST_SPREAD: case AST_COMPREHENSION: break;
      default: return NULL;
    }
    if (word || !left) return word;
    expression = left;
  }
}

/* ---- where the argument was computed */

typedef struct Path {
  const Ast *function;  /* the innermost one around the place */
  const Ast *statement; /* the assignment there */
  const Ast *exact;     /* the expression that is just there */
  bool unrecorded;      /* `no_autodiff` stands around it */
} Path;

static Path find_path(const Ast *tree, Span place) {
  Path path = {0};
  while (tree) {
    bool function = tree->kind == AST_DEFINE || tree->kind == AST_LAMBDA;
    if (function) path = (Path){.function = tree};
    if (tree->kind == AST_NO_AUTODIFF) path.unrecorded = true;
    if (tree->kind == AST_ASSIGN || tree->kind == AST_AUGMENT) path.statement = tree;
    if (tree->span.start == place.start && tree->span.end == place.end && tree->kind < AST_BLOCK) {
      path.exact = tree;
      return path;
    }
    const Ast *inner = NULL;
    for (uint32_t k = 0; !inner && k < tree->count; k++) {
      const Ast *child = tree->children[k];
      if (child && child->span.start <= place.start && place.end <= child->span.end) inner = child;
    }
    tree = inner;
  }
  return path;
}

/* The text is read again: the tree of what ran before is no more. */
static Path path_to(Session *session, Arena *arena, Span place) {
  const Source *source = source_find(session_sources(session), place.start);
  Error error = {0};
  Ast *tree = NULL;
  bool parsed = source && parser_parse(arena, source, &error, &tree) == PARSE_OK;
  error_free(&error);
  return parsed ? find_path(tree, place) : (Path){0};
}

typedef struct Definition { const Ast *name; Span span; } Definition;

static bool find_definition(void *context, const char *name, Value value, Span defined) {
  Definition *definition = context;
  (void)value;
  if (!is_word(definition->name, name)) return true;
  definition->span = defined;
  return false;
}

static bool is_local(const Ast *function, const Ast *name) {
  Assigned found = {NULL, false};
  for (uint32_t k = 0; k + 1 < function->count; k++)
    if (is_word(function->children[k], name->text)) return true;
  find_assigned(function->children[function->count - 1], name, false, &found);
  return found.value != NULL;
}

static const char *word_at(Search *search, Arena *arena, Span place) {
  Path path = path_to(search->session, arena, place);
  if (!path.exact) return NULL;
  if (path.function) search->body = path.function->children[path.function->count - 1];
  if (path.exact->kind != AST_NAME || (path.function && is_local(path.function, path.exact)))
    return word_in(search, path.exact);
  Definition definition = {.name = path.exact};
  session_each_global(search->session, find_definition, &definition);
  if (!definition.span.end) return NULL;
  path = path_to(search->session, arena, definition.span);
  search->body = path.function ? path.function->children[path.function->count - 1] : NULL;
  if (path.unrecorded) return "no_autodiff";
  return path.statement ? word_in(search, path.statement->children[path.statement->kind == AST_AUGMENT]) : NULL;
}

/* `word`, where it stands in a function that was called. */
static void hint_word(Error *error, const char *word, const char *function) {
  bool block = strcmp(word, "no_autodiff") == 0;
  if (block && function) error_hint(error, "inside `no_autodiff`, as in `%.40s`, nothing is recorded", function);
  else if (block) error_hint(error, "inside `no_autodiff` nothing is recorded");
  else if (function) error_hint(error, "`%s` in `%.40s` gives a constant, which records nothing", word, function);
  else error_hint(error, "`%s` gives a constant, which records nothing", word);
}

void unrecorded_explain(Call *call, int index) {
  Error *error = call_runtime(call)->error;
  const Variable *variable = value_as_variable(call->arguments[index]);
  if (variable && !dtype_is_float(variable_dtype(variable))) {
    error_hint(error, "results of type %s are constants, also those of comparisons: variables hold floats",
               dtype_info[variable_dtype(variable)].name);
    return;
  }
  Search search = {.session = call->session, .left = OPERANDS_SEEN};
  Arena arena = {0};
  const char *word = call_graph(call)->recording ? word_at(&search, &arena, call->spans[index]) : "no_autodiff";
  if (word) hint_word(error, word, search.function);
  else
    error_hint(error, call_graph(call)->cuts ? "start from `x = tensor(2)`; a constant that is written into stays one"
                                             : "start from a variable, e.g. `x = tensor(2)`");
  arena_free(&arena);
}
