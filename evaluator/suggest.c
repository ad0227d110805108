/* SPDX-License-Identifier: MIT */
/* suggest.c: what a name without a value may have meant. */
#include <string.h>
#include "base/text.h"
#include "evaluator/bindings.h"
#include "evaluator/failure.h"

/* ---- where a name is bound */

typedef struct Search { const char *text; size_t length; Span after, found; } Search;

static bool match_binding(void *context, const char *text, size_t length, Span span) {
  Search *search = context;
  if (length != search->length || memcmp(text, search->text, length) != 0 || span.start < search->after.start)
    return true;
  search->found = span;
  return false;
}

/* Where the function binds its own name (then the name is local and has no value yet), or the program binds it later.
 */
static Span find_binding(Session *session, const Ast *name, const Ast *owner, bool *local) {
  Search search = {name->text, name->text_length, {0, 0}, {0, 0}};
  if (owner && owner->kind == AST_DEFINE) bindings_visit(owner->children[owner->count - 1], match_binding, &search);
  *local = search.found.end != 0;
  if (*local || !session->program) return search.found;
  search.after = name->span;
  bindings_visit(session->program->tree, match_binding, &search);
  return search.found;
}

/* ---- suggestions */

/* Words of other languages and libraries. */
typedef struct Foreign { const char *word, *hint; } Foreign;
static const Foreign foreign[] = {
    {"view", "the name here is `reshape`"},
    {"requires_grad", "`tensor(...)` makes a variable"},
    {"torch", "write the bare name, or `mg.` before it"},
    {"jnp", "write the bare name, or `np.` before it"},
    {"numpy", "write the bare name, or `np.` before it"},
    {"mygrad", "write the bare name, or `mg.` before it"},
    {"math", "write the bare name: `sin(x)`, `pi`"},
    {"null", "the name here is `none`"},
    {"nil", "the name here is `none`"},
    {"NULL", "the name here is `none`"},
    {"self", "fields are reached by their record: `r.name`"},
    {"array", "write `[1, 2]`, or `tensor([1, 2])` for a variable"},
    {"ndarray", "write `[1, 2]`, or `tensor([1, 2])` for a variable"},
    {"list", "write `[1, 2]`, or `(1, 2)` for a tuple"},
    {"dict", "records are written `{a: 1, b: 2}`"},
    {"lambda", "functions are written `x -> e`"},
    {"function", "functions are written `f(x) = e` or `x -> e`"},
    {"length", "the name here is `len`"},
    {"println", "the name here is `print`"},
    {"printf", "write `print(f\"{x:.3f}\")`"},
    {"require", "write `import \"file.mg\"`"},
    {"infinity", "the name here is `inf`"},
    {"NaN", "the name here is `nan`"},
    {"elif", "write `else if`"},
    {"pass", "an empty block is `{ }`"},
    {"this", "fields are reached by their record: `r.name`"},
};

static const char *foreign_hint(const char *word) {
  for (size_t k = 0; k < sizeof foreign / sizeof *foreign; k++)
    if (strcmp(foreign[k].word, word) == 0) return foreign[k].hint;
  return NULL;
}

static bool consider_local(void *context, const char *text, size_t length, Span span) {
  (void)length;
  (void)span;
  suggest_consider(context, text);
  return true;
}

static void consider_owner(Suggest *suggest, const Ast *owner) {
  if (!owner) return;
  for (uint32_t k = 0; k + 1 < owner->count; k++)
    if (owner->children[k]->kind == AST_PARAMETER) suggest_consider(suggest, owner->children[k]->text);
  bindings_visit(owner->children[owner->count - 1], consider_local, suggest);
}

static bool is_callable(Value v) {
  return value_is(v, KIND_FUNCTION) || value_is(v, KIND_BUILTIN) || value_is(v, KIND_NATIVE) || value_is(v, KIND_DTYPE);
}

static void consider_globals(Session *session, Suggest *suggest, bool called) {
  for (uint32_t k = 0; k < session->name_count; k++) {
    Value value = session->globals[k];
    if (!session->names[k].bound || value_is_unbound(value) || (called && !is_callable(value))) continue;
    suggest_consider(suggest, session->names[k].text);
  }
}

static void consider_builtins(Suggest *suggest, bool called) {
  static const char *const constants[] = {"true",    "false", "none", "pi",   "e",      "inf",   "nan",
                                          "newaxis", "mg",    "np",   "nnet", "random", "linalg"};
  for (int k = 0; k < builtin_count(); k++)
    if (!strchr(builtin_at(k)->name, '.')) suggest_consider(suggest, builtin_at(k)->name);
  for (size_t k = 0; !called && k < sizeof constants / sizeof *constants; k++) suggest_consider(suggest, constants[k]);
}

static void hint_names(Session *session, const Ast *name, const Ast *owner, bool called) {
  const char *known = foreign_hint(name->text);
  if (known) {
    error_hint(&session->error, "%s", known);
    return;
  }
  Suggest suggest;
  if (!suggest_start(&suggest, name->text)) return;
  if (!called) consider_owner(&suggest, owner);
  consider_globals(session, &suggest, called);
  consider_builtins(&suggest, called);
  const char *first, *second;
  int count = suggest_result(&suggest, &first, &second);
  if (count == 2) error_hint(&session->error, "did you mean `%s` or `%s`?", first, second);
  else if (count == 1) error_hint(&session->error, "did you mean `%s`?", first);
}

Value fail_unbound(Session *session, const Ast *ast, const Ast *owner, bool called) {
  bool local = false;
  Span bound = find_binding(session, ast, owner, &local);
  if (bound.end) {
    fail_at(session, ast->span, ERROR_NAME, "`%s` is used before it is defined", ast->text);
    error_label(&session->error, bound, "%s",
                local ? "bound here, so it is local to the function" : "first defined here");
    return value_error();
  }
  fail_at(session, ast->span, ERROR_NAME, "unknown %s `%s`", called ? "function" : "name", ast->text);
  hint_names(session, ast, owner, called);
  return value_error();
}
