/* SPDX-License-Identifier: MIT */
/* suggest.c: what a name without a value may have meant. */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "base/text.h"
#include "evaluator/attribute.h"
#include "evaluator/bindings.h"
#include "evaluator/failure.h"
#include "evaluator/foreign.h"
#include "evaluator/lookalike.h"
#include "evaluator/wanted.h"
#include "parser/parser.h"

/* ---- where a name is bound */

typedef struct Search { const char *text; size_t length; Span after, found; } Search;

static bool match_binding(void *context, const char *text, size_t length, Span span) {
  Search *search = context;
  if (length != search->length || memcmp(text, search->text, length) != 0 || span.start < search->after.start)
    return true;
  search->found = span;
  return false;
}

static Span find_parameter(const Ast *owner, const Ast *name) {
  for (uint32_t k = 0; k + 1 < owner->count; k++)
    if (strcmp(owner->children[k]->text, name->text) == 0) return owner->children[k]->span;
  return (Span){0, 0};
}

/* Where the function binds its own name (then the name is local and has no value yet), or the program binds it later.
 */
static Span find_binding(Session *session, const Ast *name, const Ast *owner, bool *local) {
  Search search = {name->text, name->text_length, {0, 0}, {0, 0}};
  if (owner && owner->kind == AST_DEFINE) {
    search.found = find_parameter(owner, name);
    if (!search.found.end) bindings_visit(owner->children[owner->count - 1], match_binding, &search);
  }
  *local = search.found.end != 0;
  if (*local || !session->program) return search.found;
  search.after = name->span;
  bindings_visit(session->program->tree, match_binding, &search);
  return search.found;
}

/* ---- where a name was deleted */

/* The last place, but rather not the name itself, whose own `del` finds no value any more. */
static Span find_delete(const Ast *ast, const Ast *name) {
  Span found = {0, 0};
  if (ast->kind == AST_DELETE) {
    for (uint32_t k = 0; k < ast->count; k++)
      if (strcmp(ast->children[k]->text, name->text) == 0) found = ast->children[k]->span;
    return found;
  }
  bool holds_statements = ast->kind == AST_BLOCK || ast->kind == AST_IF || ast->kind == AST_WHILE ||
                          ast->kind == AST_FOR || ast->kind == AST_TRY || ast->kind == AST_NO_AUTODIFF;
  for (uint32_t k = 0; holds_statements && k < ast->count; k++) {
    Span inside = find_delete(ast->children[k], name);
    if (inside.end && !(found.end && inside.start == name->span.start)) found = inside;
  }
  return found;
}

/* Of a name at the top level it is known what was deleted; of a local one there is only what its function says. */
static bool explain_deleted(Session *session, const Ast *name, const Ast *owner, bool local) {
  const NameEntry *entry = local ? NULL : names_find(&session->user.table, name->text, name->text_length);
  Span place = entry ? session->names[entry->number].deleted : (Span){0, 0};
  if (local) place = find_delete(owner->children[owner->count - 1], name);
  if (!place.end) return false;
  fail_at(session, name->span, ERROR_NAME, local ? "`%s` has no value here" : "`%s` was deleted", name->text);
  error_label(&session->error, place, local ? "perhaps deleted here" : "deleted here");
  return true;
}

/* ---- suggestions */

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

static void consider_globals(Session *session, Suggest *suggest, bool called) {
  for (uint32_t k = 0; k < session->name_count; k++) {
    Value value = session->globals[k];
    if (!session->names[k].bound || value_is_unbound(value) || (called && !value_is_callable(value))) continue;
    suggest_consider(suggest, session->names[k].text);
  }
}

/* Whether a global has a value of the program's, not the one that a builtin or constant has from the start. */
static bool is_own(const Session *session, uint32_t slot) {
  Value value = session->globals[slot], builtin = session->names[slot].builtin;
  bool same = value.object == builtin.object && (value.object || value.number == builtin.number);
  return session->names[slot].bound && !value_is_unbound(value) && !same;
}

/* A name before a dot is hardly a function. */
static void consider_builtins(Suggest *suggest, bool called, bool dotted) {
  for (int k = 0; !dotted && k < builtin_count(); k++)
    if (!strchr(builtin_at(k)->name, '.')) suggest_consider(suggest, builtin_at(k)->name);
  for (int k = 0; !called && globals_constant(k); k++) suggest_consider(suggest, globals_constant(k));
}

/* The last word of `.nn.functional.relu` behind a name; false: no dot follows. */
static bool member_behind(Session *session, const Ast *name, char *word, size_t size) {
  Span rest = {name->span.end, name->span.end + 1};
  size_t length = 0, end = 0;
  const char *dot;
  while ((dot = source_text(&session->sources, rest, &length)) && length == 1 && *dot == '.') {
    for (end = 0; end + 1 < size; end++) {
      rest = (Span){rest.end, rest.end + 1};
      const char *byte = source_text(&session->sources, rest, &length);
      if (!byte || length != 1 || !(isalnum((unsigned char)*byte) || *byte == '_')) break;
      word[end] = *byte;
    }
  }
  word[end] = '\0';
  return end > 0;
}

/* The builtin or constant of a name, `pi` for `PI` too; NULL: none. */
static const char *find_in_any_case(const char *word) {
  const BuiltinInfo *info = builtin_find(word, strlen(word));
  for (int k = 0; !info && k < builtin_count(); k++)
    if (strcasecmp(builtin_at(k)->name, word) == 0) info = builtin_at(k);
  for (int k = 0; !info && globals_constant(k); k++)
    if (strcasecmp(globals_constant(k), word) == 0) return globals_constant(k);
  return info ? info->name : NULL;
}

/* torch.nn.functional.relu(x): what the last word is here. */
static bool hint_member(Session *session, const Ast *name) {
  char word[40];
  if (!foreign_is_prefix(name->text) || !member_behind(session, name, word, sizeof word)) return false;
  const char *known = foreign_member_hint(word), *bare = find_in_any_case(word);
  if (known) error_hint(&session->error, "%s", known);
  else if (bare) error_hint(&session->error, "write the bare name: `%s`", bare);
  else if (!hint_tensor_attribute(session, word))
    error_hint(&session->error, "write the bare name, or `mg.` before it");
  return true;
}

/* `1 // comment`: one word that ends its line. */
static bool hint_comment(Session *session, const Ast *name) {
  uint32_t before = name->span.start, behind = name->span.end;
  pass_blanks(session, &before, &behind);
  bool slashes = before > 1 && source_byte_at(session, before - 1) == '/' && source_byte_at(session, before - 2) == '/';
  char end = source_byte_at(session, behind);
  if (!slashes || name->text_length < 3 || (end != '\n' && end != '\r')) return false;
  error_hint(&session->error, "a comment starts with `#`; `//` divides");
  return true;
}

/* False: nothing is near. */
static bool suggest_likely(Session *session, Suggest *suggest) {
  SuggestText likely;
  if (!*suggest_text(suggest, "`", &likely)) return false;
  error_hint(&session->error, "%s", likely.text);
  return true;
}

static bool looks_alike(Session *session, const Ast *name) {
  for (uint32_t k = 0; k < session->name_count; k++) {
    const char *known = session->names[k].text;
    uint32_t there, here;
    if (!session->names[k].bound || value_is_unbound(session->globals[k])) continue;
    if (!names_look_alike(known, name->text, &there, &here)) continue;
    error_hint(&session->error, "there is `%.30s`, which looks the same but has U+%04X for U+%04X", known,
               (unsigned)there, (unsigned)here);
    return true;
  }
  return false;
}

static void hint_letter(Session *session, const char *name, bool called) {
  bool function = *name == 'f' || *name == 'g';
  if (called && function) error_hint(&session->error, "define it first: `%s(x) = ...`", name);
  else if (called) error_hint(&session->error, "to multiply, write `%s*(...)`; a function is `%s(t) = ...`", name, name);
  else if (function)
    error_hint(&session->error, "give it a value, `%s = 2`, or make it a function, `%s(x) = ...`", name, name);
  else
    error_hint(&session->error, "give it a value, `%s = 2`, or define a function of it, `f(%s) = ...`", name, name);
}

/* Of `shape(x)`, of `A^T`, and of `3.shape`, which is 3. times a name. */
static bool hint_attribute(Session *session, const Ast *name, bool called) {
  if (!attribute_exists(name->text)) return false;
  if (strcmp(name->text, "T") == 0 && source_byte_at(session, name->span.start - 1) == '^')
    error_hint(&session->error, "a transpose is written `A.T`");
  else if (source_byte_at(session, name->span.start - 1) == '.')
    error_hint(&session->error, "the dot belongs to the number: put it in parentheses, `(3).%s`", name->text);
  else return called && hint_tensor_attribute(session, name->text);
  return true;
}

static bool has_number(Session *session, const char *text, size_t length) {
  const NameEntry *entry = names_find(&session->user.table, text, length);
  if (!entry || !is_own(session, entry->number)) return false;
  Value value = session->globals[entry->number];
  return value_is_number(value) || value_as_variable(value);
}

/* `step(opt)`: a record holds the function. */
static bool hint_record(Session *session, const Ast *name) {
  uint32_t start = name->span.end, before = start, behind;
  pass_blanks(session, &before, &start); /* to the bracket */
  before = ++start;
  pass_blanks(session, &before, &start);
  Span argument = {start, start};
  while (text_is_name_byte(source_byte_at(session, argument.end))) argument.end++;
  before = behind = argument.end;
  pass_blanks(session, &before, &behind);
  char end = source_byte_at(session, behind);
  size_t length = 0;
  const char *text = source_text(&session->sources, argument, &length);
  const NameEntry *entry = text ? names_find(&session->user.table, text, length) : NULL;
  if (!entry || length > 40 || (end != ')' && end != ',')) return false;
  Value value = session->globals[entry->number];
  const RecordField *field =
      value_is(value, KIND_RECORD) ? record_find((Record *)value.object, name->text, name->text_length) : NULL;
  if (!field || !value_is_callable(field->value)) return false;
  error_hint(&session->error, "write `%.*s.%.30s(%s)`", (int)length, text, name->text, end == ')' ? "" : "...");
  return true;
}

/* `sinx`, `xy`: two names without a sign between them. */
static bool hint_glued(Session *session, const Ast *name) {
  for (size_t first = 1; first < name->text_length && name->text_length < 20; first++) {
    const char *rest = name->text + first;
    if (!has_number(session, rest, name->text_length - first)) continue;
    const BuiltinInfo *info = builtin_find(name->text, first);
    bool call = info && builtin_wants(session, info, "T"), product = has_number(session, name->text, first);
    if (!call && !product) continue;
    error_hint(&session->error, call ? "to call, write `%.*s(%s)`" : "to multiply, write `%.*s*%s`", (int)first,
               name->text, rest);
    return true;
  }
  return false;
}

/* `2i`, `1j` */
static bool is_imaginary(Session *session, const Ast *name) {
  bool unit = strcmp(name->text, "i") == 0 || strcmp(name->text, "j") == 0;
  return unit && isdigit((unsigned char)source_byte_at(session, name->span.start - 1));
}

/* `x, y -> x + y` is a tuple of x and a function of y alone. */
static bool hint_parameters(Session *session, const Ast *name) {
  uint32_t before = name->span.start, place = name->span.end, behind = place;
  pass_blanks(session, &before, &behind);
  char mark = before ? source_byte_at(session, before - 1) : '\n';
  if ((mark != '=' && mark != ';' && mark != '\n') || source_byte_at(session, behind) != ',') return false;
  for (char byte = ','; byte == ',' || byte == ' ' || text_is_name_byte(byte);) {
    if (byte != ' ') place = behind + 1;
    byte = source_byte_at(session, ++behind);
  }
  if (source_byte_at(session, behind) != '-' || source_byte_at(session, behind + 1) != '>') return false;
  ShownText names;
  shown_source(session, &names, (Span){name->span.start, place});
  error_hint(&session->error, "a function of several arguments is `(%s) -> ...`", names.text);
  return true;
}

static void hint_names(Session *session, const Ast *name, const Ast *owner, bool called) {
  if (hint_member(session, name) || looks_alike(session, name)) return;
  if (called ? hint_record(session, name) : hint_parameters(session, name)) return;
  if (strcmp(name->text, "_") == 0) {
    error_hint(&session->error, "`_` is the value shown last, and nothing has been shown yet");
    return;
  }
  bool leibniz = strcmp(name->text, "d") == 0 && source_byte_at(session, name->span.end) == '/' &&
                 source_byte_at(session, name->span.end + 1) == 'd';
  const char *known = leibniz ? DERIVATIVE_HINT : foreign_hint(name->text);
  if (known) {
    error_hint(&session->error, "%s", known);
    return;
  }
  if (hint_attribute(session, name, called)) return;
  Suggest suggest;
  if (!suggest_start(&suggest, name->text)) return;
  if (!called) consider_owner(&suggest, owner);
  consider_globals(session, &suggest, called);
  consider_builtins(&suggest, called, source_byte_at(session, name->span.end) == '.');
  if ((!called && hint_glued(session, name)) || suggest_likely(session, &suggest)) return;
  if (!called && hint_argument(session, name)) return;
  if (source_byte_at(session, name->span.end) == '\'')
    error_hint(&session->error, "define it first: `%.30s(x) = ...`", name->text);
  else if (is_imaginary(session, name))
    error_hint(&session->error, "numbers are real: there are no complex ones");
  else if (!hint_comment(session, name) && name->text[0] && !name->text[1]) hint_letter(session, name->text, called);
}

/* Only names that the program gave a value itself can be deleted. */
static void hint_deletable(Session *session, const Ast *name, const Ast *owner) {
  Suggest suggest;
  if (looks_alike(session, name) || !suggest_start(&suggest, name->text)) return;
  consider_owner(&suggest, owner);
  for (uint32_t k = 0; !owner && k < session->name_count; k++)
    if (is_own(session, k)) suggest_consider(&suggest, session->names[k].text);
  suggest_likely(session, &suggest);
}

/* Of a name that has been deleted, or that gets its value later. */
static bool explain_binding(Session *session, const Ast *name, const Ast *owner) {
  bool local = false;
  Span bound = find_binding(session, name, owner, &local);
  if (explain_deleted(session, name, owner, local)) return true;
  if (!bound.end) return false;
  fail_at(session, name->span, ERROR_NAME, "`%s` is used before it is defined", name->text);
  error_label(&session->error, bound, "%s",
              local ? "bound here, so it is local to the function" : "first defined here");
  return true;
}

Value fail_unbound(Session *session, const Ast *ast, const Ast *owner, bool called) {
  if (explain_binding(session, ast, owner)) return value_error();
  fail_at(session, ast->span, ERROR_NAME, "unknown %s `%s`", called ? "function" : "name", ast->text);
  hint_names(session, ast, owner, called);
  return value_error();
}

Value fail_delete(Session *session, const Ast *ast, const Ast *owner) {
  if (explain_binding(session, ast, owner)) return value_error();
  fail_at(session, ast->span, ERROR_NAME, "unknown name `%s`", ast->text);
  hint_deletable(session, ast, owner);
  return value_error();
}
