/* SPDX-License-Identifier: MIT */
/* complete.c: what could stand at the cursor. */
#include "repl/complete.h"
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "evaluator/attribute.h"
#include "evaluator/describe.h"
#include "evaluator/machine.h"
#include "lexer/lexer.h"
#include "repl/command.h"
#include "repl/context.h"

typedef struct Search {
  Session *session;
  Completion *completion;
  const char *text;
  const char *word;       /* what has been typed of it */
  size_t word_length;
  bool failed;
} Search;

/* ---- candidates */

static bool has_candidate(const Completion *completion, const char *text, size_t length) {
  for (size_t k = 0; k < completion->count; k++) {
    const char *known = completion->items[k].text;
    if (strlen(known) == length && memcmp(known, text, length) == 0) return true;
  }
  return false;
}

static bool make_room(Completion *completion) {
  if (completion->count < completion->capacity) return true;
  Candidate *items = memory_grow(completion->items, &completion->capacity, sizeof *items, 32);
  if (!items) return false;
  completion->items = items;
  return true;
}

static bool fits(const Search *search, const char *text, size_t length) {
  return length >= search->word_length && memcmp(text, search->word, search->word_length) == 0;
}

static void add_candidate(Search *search, const char *text, size_t length, const char *signature, const char *note) {
  Completion *completion = search->completion;
  if (!fits(search, text, length) || has_candidate(completion, text, length)) return;
  Arena *arena = &completion->arena;
  Candidate candidate = {arena_copy_text(arena, text, length), arena_copy_text(arena, signature, strlen(signature)),
                         arena_copy_text(arena, note, strlen(note))};
  if (!candidate.text || !candidate.signature || !candidate.note || !make_room(completion)) search->failed = true;
  else completion->items[completion->count++] = candidate;
}

static void add_text(Search *search, const char *text, const char *note) {
  add_candidate(search, text, strlen(text), "", note);
}

static void add_value(Search *search, const char *name, Value value) {
  Buffer signature = {0}, note = {0};
  if (!fits(search, name, strlen(name))) return;
  describe_shortly(search->session, name, value, &signature, &note);
  add_candidate(search, name, strlen(name), buffer_text(&signature), buffer_text(&note));
  buffer_free(&signature);
  buffer_free(&note);
}

static void add_builtin(Search *search, const char *name, const BuiltinInfo *info) {
  Buffer shown = {0};
  if (!fits(search, name, strlen(name))) return;
  const Signature *signature = builtin_signature(search->session, info);
  if (signature) signature_show(&shown, name, signature);
  add_candidate(search, name, strlen(name), buffer_text(&shown), info->doc);
  buffer_free(&shown);
}

static bool add_global(void *context, const char *name, Value value, Span defined) {
  (void)defined;
  add_value(context, name, value);
  return !((Search *)context)->failed;
}

static void add_dtypes(Search *search) {
  for (int k = 0; k < DTYPE_COUNT; k++) add_text(search, dtype_info[k].name, "dtype");
}

static void add_names(Search *search) {
  static const char *const words[] = {
#define TOKEN(name, spelling, spoken, operation)
#define KEYWORD(name, spelling) spelling,
#include "lexer/tokens.def"
#undef TOKEN
#undef KEYWORD
  };
  session_each_global(search->session, add_global, search);
  for (int k = 0; k < builtin_count(); k++)
    if (!strchr(builtin_at(k)->name, '.')) add_builtin(search, builtin_at(k)->name, builtin_at(k));
  for (size_t k = 0; k < sizeof words / sizeof *words; k++) add_text(search, words[k], "");
  for (int k = 0; globals_constant(k); k++) add_text(search, globals_constant(k), "");
  add_dtypes(search);
}

static void add_headings(Search *search, const char *name, const char *note) {
  size_t length;
  const char *page = page_text(name), *heading;
  for (int k = 0; (heading = page_heading(page, k, &length)); k++) add_candidate(search, heading, length, "", note);
}

static void add_topics(Search *search) { add_headings(search, "topics", "a topic"); }

/* ---- behind a dot */

/* Functions whose first argument may be a tensor can be called as methods. */
static bool is_method(const Search *search, const BuiltinInfo *info) {
  const Signature *signature = builtin_signature(search->session, info);
  return signature && signature->count && strchr("TVCLMG", signature->parameters[0].kind);
}

static bool add_global_method(void *context, const char *name, Value value, Span defined) {
  return !value_is(value, KIND_FUNCTION) || add_global(context, name, value, defined);
}

static void add_tensor_members(Search *search) {
  for (int k = 0; attribute_name(k); k++) add_text(search, attribute_name(k), "attribute");
  for (int k = 0; k < builtin_count(); k++) {
    const BuiltinInfo *info = builtin_at(k);
    if (!strchr(info->name, '.') && fits(search, info->name, strlen(info->name)) && is_method(search, info))
      add_builtin(search, info->name, info);
  }
  session_each_global(search->session, add_global_method, search);
}

/* The functions that have this namespace in their name, and all others: every namespace has them too. */
static void add_namespace_members(Search *search, const char *space) {
  size_t length = strlen(space);
  for (int k = 0; k < builtin_count(); k++) {
    const BuiltinInfo *info = builtin_at(k);
    bool inside = strncmp(info->name, space, length) == 0 && info->name[length] == '.';
    if (inside) add_builtin(search, info->name + length + 1, info);
    else if (!strchr(info->name, '.')) add_builtin(search, info->name, info);
  }
}

static void add_members_of(Search *search, Value value) {
  if (value_is(value, KIND_RECORD)) {
    const Record *record = (const Record *)value.object;
    for (uint32_t k = 0; k < record->count; k++)
      add_candidate(search, record->fields[k].name->text, record->fields[k].name->length, "",
                    value_type_name(record->fields[k].value));
  } else if (value_is(value, KIND_NAMESPACE)) {
    add_namespace_members(search, ((const Namespace *)value.object)->name);
  } else {
    add_tensor_members(search);
  }
}

static void add_symbols(Search *search) {
  static const struct { const char *name, *character; } symbols[] = {
#define SYMBOL(name, character) {name, character},
#include "repl/symbols.def"
#undef SYMBOL
  };
  size_t length = search->word_length - 1; /* without the backslash */
  const char *typed = search->word + 1;
  search->word_length = 0;
  for (size_t k = 0; k < sizeof symbols / sizeof *symbols; k++)
    if (strlen(symbols[k].name) == length && memcmp(symbols[k].name, typed, length) == 0) {
      add_text(search, symbols[k].character, symbols[k].name);
      return;
    }
  for (size_t k = 0; k < sizeof symbols / sizeof *symbols; k++)
    if (strncmp(symbols[k].name, typed, length) == 0) add_text(search, symbols[k].character, symbols[k].name);
}

/* ---- context */

/* The value of the name at a token; false: none. */
static bool look_up(const Search *search, const Tokens *tokens, size_t index, Value *value) {
  char name[256];
  size_t length;
  const char *text = context_text(tokens, index, &length);
  if (tokens->items[index].kind != TOKEN_NAME || length >= sizeof name) return false;
  memcpy(name, text, length);
  name[length] = '\0';
  return session_lookup(search->session, name, value);
}

/* Whether what is called stands behind a dot and is given what stands before that. */
static bool is_method_call(const Search *search, const Tokens *tokens, size_t paren) {
  Value left;
  if (paren < 2 || tokens->items[paren - 2].kind != TOKEN_DOT) return false;
  bool known = paren > 2 && look_up(search, tokens, paren - 3, &left);
  return !known || !(value_is(left, KIND_NAMESPACE) || value_is(left, KIND_RECORD));
}

/* name= of every parameter that the open call has not been given yet. */
static void add_keywords(Search *search, const Tokens *tokens, size_t count) {
  size_t paren = context_open_call(tokens, count);
  Value callee;
  if (paren == count || !look_up(search, tokens, paren - 1, &callee)) return;
  const char *parameter;
  int next = context_positional(tokens, paren, count) + is_method_call(search, tokens, paren);
  for (; (parameter = describe_parameter(search->session, callee, next)); next++) {
    if (!*parameter || context_is_given(tokens, paren, count, parameter)) continue;
    Buffer keyword = {0};
    buffer_format(&keyword, "%s=", parameter);
    add_text(search, buffer_text(&keyword), "argument");
    buffer_free(&keyword);
  }
}

/* Behind `name=` in a call: what the parameter is by default, if that is a choice, and the user's own names. */
static void add_choices(Search *search, const Tokens *tokens, size_t count) {
  size_t paren = context_open_call(tokens, count), name = count - 2;
  Value callee, preset = value_unbound();
  const char *parameter;
  bool known = look_up(search, tokens, paren - 1, &callee), truth = context_is(tokens, name, "constant");
  for (int k = 0; known && (parameter = describe_parameter(search->session, callee, k)); k++)
    if (*parameter && context_is(tokens, name, parameter)) preset = describe_default(search->session, callee, k);
  if (value_is_none(preset)) add_text(search, "none", "");
  if (value_is_bool(preset) || truth) add_text(search, "true", ""), add_text(search, "false", "");
  session_each_global(search->session, add_global, search);
}

/* What stands left of a dot: the value of a name or of a field, when it is one; else it may be a tensor. */
static void add_members(Search *search, const Tokens *tokens, size_t dot) {
  const Token *items = tokens->items;
  size_t first = dot;
  while (first >= 3 && items[first - 1].kind == TOKEN_NAME && items[first - 2].kind == TOKEN_DOT) first -= 2;
  Value value = value_number(0);
  bool known = first > 0 && look_up(search, tokens, first - 1, &value);
  for (size_t k = first + 1; known && k < dot; k += 2) {
    size_t length;
    const char *field = context_text(tokens, k, &length);
    RecordField *found = value_is(value, KIND_RECORD) ? record_find((Record *)value.object, field, length) : NULL;
    known = found != NULL;
    if (found) value = found->value;
  }
  add_members_of(search, known ? value : value_number(0));
}

/* What can begin behind the first `count` tokens: nothing does where a value has ended.  Arguments are only named where
   one begins. */
static void add_beginnings(Search *search, const Tokens *tokens, size_t count) {
  TokenKind before = count ? tokens->items[count - 1].kind : TOKEN_NEWLINE;
  if (!search->word_length && token_ends_value(before)) return;
  if (before == TOKEN_CALL_PAREN || before == TOKEN_COMMA) add_keywords(search, tokens, count);
  bool named = before == TOKEN_ASSIGN && count > 1 && context_open_call(tokens, count) < count - 2;
  if (named && context_is(tokens, count - 2, "dtype")) add_dtypes(search);
  else if (named) add_choices(search, tokens, count);
  if (search->word_length || (search->completion->count == 0 && !named)) add_names(search);
}

static void find_in_code(Search *search, const Tokens *tokens, size_t cursor) {
  size_t count = tokens->count;
  if (context_is_comment(tokens, cursor)) return;
  if (count && tokens->items[count - 1].kind == TOKEN_ERROR && tokens->items[count - 1].error == LEXICAL_STRING_OPEN) {
    search->completion->files = context_takes_file(tokens) && !session_is_sandboxed(search->session);
    search->completion->programs = context_takes_program(tokens);
    return;
  }
  if (search->word_length && count && context_code_end(tokens) == cursor) count--; /* the word itself */
  if (count && tokens->items[count - 1].kind == TOKEN_DOT) {
    add_members(search, tokens, count - 1);
    return;
  }
  add_beginnings(search, tokens, count);
}

static int compare_candidates(const void *a, const void *b) {
  return strcmp(((const Candidate *)a)->text, ((const Candidate *)b)->text);
}

static void choose_append(Search *search, char next) {
  Completion *completion = search->completion;
  if (completion->count == 1 && *completion->items[0].signature && next != '(') completion->append = '(';
}

/* ---- commands */

static void find_by_code(Search *search, size_t cursor) {
  Tokens tokens = context_read(search->text, cursor);
  find_in_code(search, &tokens, cursor);
  context_free(&tokens);
  choose_append(search, search->text[cursor]);
}

/* Commands that take one of a few words; false: it is another one. */
static bool add_words_of_command(Search *search, size_t length) {
  bool switches = context_is_command(search->text, length, "timer") || context_is_command(search->text, length, "echo");
  bool precise = context_is_command(search->text, length, "precision");
  bool explains = context_is_command(search->text, length, "why");
  if (switches) add_text(search, "on", ""), add_text(search, "off", "");
  if (precise) add_text(search, "auto", "");
  if (explains) add_headings(search, "errors", "a kind of errors");
  return switches || precise || explains;
}

static void find_command(Search *search, size_t cursor) {
  size_t length = context_command_length(search->text, cursor);
  if (length == 0) {
    for (int k = 0; command_name(k); k++) add_text(search, command_name(k), command_doc(k));
  } else if (context_is_command(search->text, length, "help")) {
    add_names(search);
    add_topics(search);
    for (int k = 0; command_name(k); k++) add_text(search, command_name(k), "command");
  } else if (context_wants_file(search->text, cursor)) {
    search->completion->files = !session_is_sandboxed(search->session);
  } else if (!add_words_of_command(search, length)) {
    find_by_code(search, cursor);
  }
}

bool complete_find(Session *session, const char *text, size_t cursor, Completion *completion) {
  *completion = (Completion){.start = cursor};
  while (completion->start > 0 && text_is_name_byte(text[completion->start - 1])) completion->start--;
  Search search = {session, completion, text, text + completion->start, cursor - completion->start, false};
  if (text[0] == ':') {
    find_command(&search, cursor);
  } else if (text[0] == '?') {
    add_names(&search);
    add_topics(&search);
  } else if (completion->start > 0 && text[completion->start - 1] == '\\') {
    completion->start--;
    search.word--;
    search.word_length++;
    add_symbols(&search);
  } else {
    find_by_code(&search, cursor);
  }
  if (completion->count) qsort(completion->items, completion->count, sizeof *completion->items, compare_candidates);
  return !search.failed;
}

void complete_free(Completion *completion) {
  memory_release(completion->items, completion->capacity * sizeof *completion->items);
  arena_free(&completion->arena);
  *completion = (Completion){0};
}
