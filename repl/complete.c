/* SPDX-License-Identifier: MIT */
/* complete.c: what could stand at the cursor. */
#include "repl/complete.h"
#include <stdlib.h>
#include <string.h>
#include "evaluator/call.h"
#include "lexer/lexer.h"
#include "repl/command.h"

/* The tokens left of the cursor. */
typedef struct Tokens {
  Token *items;
  size_t count, capacity;
} Tokens;

typedef struct Search {
  Session *session;
  Completion *completion;
  const char *text;
  const char *word;       /* what has been typed of it */
  size_t word_length;
  bool failed;
} Search;

static Tokens read_tokens(const char *text, size_t length) {
  Source source = {.text = (char *)(uintptr_t)text, .length = length, .base = 1};
  Lexer lexer;
  lexer_init(&lexer, &source);
  Tokens tokens = {0};
  for (Token token = lexer_next(&lexer); token.kind != TOKEN_END; token = lexer_next(&lexer)) {
    if (tokens.count == tokens.capacity) {
      size_t capacity = tokens.capacity ? 2 * tokens.capacity : 64;
      Token *items = memory_resize(tokens.items, tokens.capacity * sizeof *items, capacity * sizeof *items);
      if (!items) break;
      tokens.items = items;
      tokens.capacity = capacity;
    }
    tokens.items[tokens.count++] = token;
    if (token.kind == TOKEN_ERROR && token.error == LEXICAL_STRING_OPEN) break;
  }
  return tokens;
}

static void free_tokens(Tokens *tokens) { memory_release(tokens->items, tokens->capacity * sizeof *tokens->items); }

static bool opens(TokenKind kind) {
  return kind == TOKEN_LEFT_PAREN || kind == TOKEN_CALL_PAREN || kind == TOKEN_LEFT_BRACKET ||
         kind == TOKEN_INDEX_BRACKET || kind == TOKEN_LEFT_BRACE;
}

static bool closes(TokenKind kind) {
  return kind == TOKEN_RIGHT_PAREN || kind == TOKEN_RIGHT_BRACKET || kind == TOKEN_RIGHT_BRACE;
}

size_t complete_indentation(const char *text, size_t length) {
  Tokens tokens = read_tokens(text, length);
  size_t depth = 0;
  for (size_t k = 0; k < tokens.count; k++) {
    if (opens(tokens.items[k].kind)) depth++;
    else if (closes(tokens.items[k].kind) && depth) depth--;
  }
  free_tokens(&tokens);
  return 2 * depth;
}

/* ---- candidates */

static void add_candidate(Search *search, const char *text, size_t length, const char *note) {
  Completion *completion = search->completion;
  if (length < search->word_length || memcmp(text, search->word, search->word_length) != 0) return;
  for (size_t k = 0; k < completion->count; k++)
    if (strlen(completion->items[k].text) == length && memcmp(completion->items[k].text, text, length) == 0) return;
  if (completion->count == completion->capacity) {
    size_t capacity = completion->capacity ? 2 * completion->capacity : 32;
    Candidate *items = memory_resize(completion->items, completion->capacity * sizeof *items, capacity * sizeof *items);
    if (!items) { search->failed = true; return; }
    completion->items = items;
    completion->capacity = capacity;
  }
  Candidate candidate = {arena_copy_text(&completion->arena, text, length),
                         arena_copy_text(&completion->arena, note, strlen(note))};
  if (!candidate.text || !candidate.note) search->failed = true;
  else completion->items[completion->count++] = candidate;
}

static void add_text(Search *search, const char *text, const char *note) { add_candidate(search, text, strlen(text), note); }

static void add_builtin(Search *search, const BuiltinInfo *info) {
  if (strchr(info->name, '.')) return;
  const Signature *signature = builtin_signature(search->session, info);
  Buffer note = {0};
  if (signature) signature_show(&note, info->name, signature);
  buffer_add_text(&note, "  ");
  buffer_add_text(&note, info->doc);
  add_text(search, info->name, buffer_text(&note));
  buffer_free(&note);
}

static void add_builtins(Search *search) {
  for (int k = 0; k < builtin_count(); k++) {
    const BuiltinInfo *info = builtin_at(k);
    if (strncmp(info->name, search->word, search->word_length) == 0) add_builtin(search, info);
  }
}

static bool add_global(void *context, const char *name, Value value, Span defined) {
  (void)defined;
  add_text(context, name, value_type_name(value));
  return !((Search *)context)->failed;
}

static void add_names(Search *search) {
  static const char *const words[] = {
#define TOKEN(name, spelling, spoken, operation)
#define KEYWORD(name, spelling) spelling,
#include "lexer/tokens.def"
#undef TOKEN
#undef KEYWORD
      "true", "false", "none", "pi", "e", "inf", "nan", "newaxis"};
  session_each_global(search->session, add_global, search);
  add_builtins(search);
  for (size_t k = 0; k < sizeof words / sizeof *words; k++) add_text(search, words[k], "");
}

static void add_attributes(Search *search, Value value) {
  static const char *const names[] = {"T", "base", "constant", "creator", "data", "dtype", "grad", "ndim", "shape", "size"};
  if (value_is(value, KIND_RECORD)) {
    const Record *record = (const Record *)value.object;
    for (uint32_t k = 0; k < record->count; k++)
      add_candidate(search, record->fields[k].name->text, record->fields[k].name->length, "field");
    return;
  }
  if (!value_is(value, KIND_NAMESPACE))
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) add_text(search, names[k], "attribute");
  add_builtins(search);
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

static const char *token_text(const Search *search, Token token, size_t *length) {
  *length = token.span.end - token.span.start;
  return search->text + token.span.start - 1;
}

static bool token_is(const Search *search, Token token, const char *text) {
  size_t length;
  const char *start = token_text(search, token, &length);
  return strlen(text) == length && memcmp(start, text, length) == 0;
}

/* The call that is open at the end of the tokens: the index of its CALL_PAREN, or count. */
static size_t open_call(const Tokens *tokens, size_t count) {
  int depth = 0;
  for (size_t k = count; k-- > 0;) {
    if (closes(tokens->items[k].kind)) depth++;
    else if (opens(tokens->items[k].kind) && depth-- == 0)
      return tokens->items[k].kind == TOKEN_CALL_PAREN && k > 0 ? k : count;
  }
  return count;
}

/* name= of every parameter that the open call has not been given yet. */
static void add_keywords(Search *search, const Tokens *tokens, size_t count) {
  size_t paren = open_call(tokens, count);
  if (paren == count || tokens->items[paren - 1].kind != TOKEN_NAME) return;
  size_t length;
  const char *name = token_text(search, tokens->items[paren - 1], &length);
  const BuiltinInfo *info = builtin_find(name, length);
  const Signature *signature = info ? builtin_signature(search->session, info) : NULL;
  for (int k = 0; signature && k < signature->count; k++) {
    bool given = k == signature->rest;
    for (size_t i = paren; i + 1 < count && !given; i++)
      given = tokens->items[i + 1].kind == TOKEN_ASSIGN && token_is(search, tokens->items[i], signature->parameters[k].name);
    Buffer keyword = {0};
    buffer_format(&keyword, "%s=", signature->parameters[k].name);
    if (!given) add_text(search, buffer_text(&keyword), "argument");
    buffer_free(&keyword);
  }
}

static bool takes_file(const Search *search, const Tokens *tokens, size_t count) {
  static const char *const readers[] = {"load", "save", "import", "loadtxt", "savetxt", "read_file", "write_file"};
  if (count == 0) return false;
  Token before = tokens->items[count - 1];
  if (before.kind == TOKEN_CALL_PAREN && count > 1) before = tokens->items[count - 2];
  for (size_t k = 0; k < sizeof readers / sizeof *readers; k++)
    if (token_is(search, before, readers[k])) return true;
  return false;
}

/* What stands left of a dot, when it is a plain name with a value. */
static void add_members(Search *search, const Tokens *tokens, size_t dot) {
  Value value = value_number(0);
  if (dot > 0 && tokens->items[dot - 1].kind == TOKEN_NAME) {
    char name[128];
    size_t length;
    const char *text = token_text(search, tokens->items[dot - 1], &length);
    if (length < sizeof name) {
      memcpy(name, text, length);
      name[length] = '\0';
      if (!session_lookup(search->session, name, &value)) value = value_number(0);
    }
  }
  add_attributes(search, value);
}

static void find_in_code(Search *search, const Tokens *tokens) {
  size_t count = tokens->count;
  if (count && tokens->items[count - 1].kind == TOKEN_ERROR && tokens->items[count - 1].error == LEXICAL_STRING_OPEN) {
    search->completion->files = takes_file(search, tokens, count - 1);
    return;
  }
  if (search->word_length) count--; /* the word itself */
  if (count && tokens->items[count - 1].kind == TOKEN_DOT) {
    add_members(search, tokens, count - 1);
    return;
  }
  add_keywords(search, tokens, count);
  add_names(search);
}

static bool is_word_byte(char byte) {
  return byte == '_' || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (unsigned char)byte >= 0x80;
}

static int compare_candidates(const void *a, const void *b) {
  return strcmp(((const Candidate *)a)->text, ((const Candidate *)b)->text);
}

static void choose_append(Search *search) {
  Completion *completion = search->completion;
  if (completion->count != 1) return;
  const char *text = completion->items[0].text;
  Value value;
  if (builtin_find(text, strlen(text)) ||
      (session_lookup(search->session, text, &value) && value_is(value, KIND_FUNCTION)))
    completion->append = '(';
}

bool complete_find(Session *session, const char *text, size_t cursor, Completion *completion) {
  *completion = (Completion){.start = cursor};
  while (completion->start > 0 && is_word_byte(text[completion->start - 1])) completion->start--;
  Search search = {session, completion, text, text + completion->start, cursor - completion->start, false};
  if (text[0] == ':') {
    for (int k = 0; command_name(k); k++) add_text(&search, command_name(k), "command");
  } else if (completion->start > 0 && text[completion->start - 1] == '\\') {
    completion->start--;
    search.word--;
    search.word_length++;
    add_symbols(&search);
  } else {
    Tokens tokens = read_tokens(text, cursor);
    find_in_code(&search, &tokens);
    free_tokens(&tokens);
    choose_append(&search);
  }
  qsort(completion->items, completion->count, sizeof *completion->items, compare_candidates);
  return !search.failed;
}

void complete_free(Completion *completion) {
  memory_release(completion->items, completion->capacity * sizeof *completion->items);
  arena_free(&completion->arena);
  *completion = (Completion){0};
}
