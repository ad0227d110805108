/* SPDX-License-Identifier: MIT */
/* signature.c: the text of a signature as a table of parameters, parsed at the first call and kept by the session. */
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "evaluator/builtins/recorded.h"
#include "evaluator/builtins/state.h"

/* What a row takes besides its own parameters. */
static const char *const common_parameters[] = {
  [OP_TAKES_USUAL] = "*, constant:V=none",
  [OP_TAKES_OUT] = "out:V=none, *, dtype:D=none, constant:V=none",
  [OP_TAKES_WHERE] = "out:V=none, *, where:V=none, dtype:D=none, constant:V=none",
};

typedef struct Reader {
  Session *session;
  const char *cursor;
  Signature *signature;
  bool keyword_only;
} Reader;

static size_t word_length(const char *text) {
  return strcspn(text, ":=, ");
}

/* A default: none, true, false, a number, "text", or a bare word (the name of a dtype). */
static Value read_default(Reader *reader) {
  const char *text = reader->cursor;
  bool quoted = *text == '"';
  size_t length = quoted ? strcspn(text + 1, "\"") : word_length(text);
  reader->cursor += length + (quoted ? 2 : 0);
  if (quoted) return value_object_or_error(string_new(reader->session, text + 1, length));
  if (length == 4 && strncmp(text, "none", length) == 0) return value_none();
  if (length == 4 && strncmp(text, "true", length) == 0) return value_bool(true);
  if (length == 5 && strncmp(text, "false", length) == 0) return value_bool(false);
  char *end;
  double number = strtod(text, &end);
  if (end == text + length) return value_number(number);
  return value_object_or_error(string_new(reader->session, text, length));
}

static bool read_parameter(Reader *reader) {
  Signature *signature = reader->signature;
  if (signature->count == SIGNATURE_PARAMETERS) return false;
  ParameterInfo *parameter = &signature->parameters[signature->count];
  parameter->fields = strncmp(reader->cursor, "**", 2) == 0;
  parameter->rest = !parameter->fields && *reader->cursor == '*';
  reader->cursor += parameter->fields ? 2 : parameter->rest;
  size_t length = word_length(reader->cursor);
  if (length >= sizeof parameter->name) return false;
  memcpy(parameter->name, reader->cursor, length);
  reader->cursor += length;
  parameter->kind = 'V';
  if (*reader->cursor == ':') {
    parameter->kind = reader->cursor[1];
    reader->cursor += 2;
  }
  parameter->default_value = value_none();
  if (*reader->cursor == '=') {
    reader->cursor++;
    parameter->has_default = true;
    parameter->default_value = read_default(reader);
    if (value_is_error(parameter->default_value)) return false;
  }
  parameter->keyword_only = reader->keyword_only || parameter->fields;
  signature->takes_paths = signature->takes_paths || parameter->kind == KIND_OF_PATHS;
  if (parameter->rest) signature->rest = signature->count;
  if (parameter->fields) signature->fields = signature->count;
  if (parameter->rest) reader->keyword_only = true;
  else if (!parameter->keyword_only) signature->positional++;
  signature->count++;
  return true;
}

static bool read_parameters(Reader *reader, const char *text) {
  reader->cursor = text;
  while (*reader->cursor) {
    bool alone = reader->cursor[1] == ',' || reader->cursor[1] == '\0';
    if (alone && *reader->cursor == '*') {
      reader->keyword_only = true;
      reader->cursor++;
    } else if (alone && *reader->cursor == '/') {
      reader->signature->unnamed = reader->signature->count;
      reader->cursor++;
    } else if (!read_parameter(reader)) {
      return false;
    }
    if (*reader->cursor == ',') reader->cursor++;
    while (*reader->cursor == ' ') reader->cursor++;
  }
  return true;
}

static void signature_free(Signature *signature) {
  if (!signature) return;
  for (int i = 0; i < signature->count; i++) value_unref(signature->parameters[i].default_value);
  memory_release(signature, sizeof *signature);
}

static const char *implied_parameters(const BuiltinInfo *builtin) {
  const OpInfo *op = builtin->op != OP_none ? &op_table[builtin->op] : NULL;
  OpTakes takes = op ? op->takes : OP_TAKES_USUAL;
  bool differentiable = op ? op->kind != OP_KIND_CONSTANT : builtin->differentiable;
  return takes != OP_TAKES_USUAL || differentiable ? common_parameters[takes] : "";
}

/* `out` can be given by position but is not counted among the arguments that an operation takes. */
static Signature *signature_parse(Session *session, const BuiltinInfo *info) {
  Signature *signature = memory_allocate_zeroed(sizeof *signature);
  if (!signature) {
    error_out_of_memory(session_runtime(session)->error);
    return NULL;
  }
  signature->rest = signature->fields = -1;
  Reader reader = {.session = session, .signature = signature};
  bool read = read_parameters(&reader, info->signature);
  signature->shown = signature->count;
  if (read) read = read_parameters(&reader, implied_parameters(info));
  if (read) return signature;
  session_fail(session, ERROR_ARGUMENT, "`%s` has a signature that cannot be read", info->name);
  signature_free(signature);
  return NULL;
}

BuiltinState *builtin_state(Session *session) {
  BuiltinState **slot = session_builtin_state(session);
  if (*slot) return *slot;
  int count = builtin_count();
  BuiltinState *state = memory_allocate_zeroed(sizeof *state);
  if (state) state->signatures = memory_allocate_zeroed((size_t)count * sizeof *state->signatures);
  if (!state || !state->signatures) {
    if (state) memory_release(state, sizeof *state);
    error_out_of_memory(session_runtime(session)->error);
    return NULL;
  }
  state->signature_count = count;
  return *slot = state;
}

void builtin_state_free(Session *session, BuiltinState *state) {
  (void)session;
  if (!state) return;
  for (int i = 0; i < state->signature_count; i++) signature_free(state->signatures[i]);
  memory_release(state->signatures, (size_t)state->signature_count * sizeof *state->signatures);
  for (int i = 0; i < state->library_count; i++) value_unref(state->libraries[i]);
  if (state->libraries) memory_release(state->libraries, (size_t)state->library_count * sizeof *state->libraries);
  figure_free(state->figure);
  recorded_free(state->recorded);
  buffer_free(&state->reached);
  memory_release(state, sizeof *state);
}

const Signature *builtin_signature(Session *session, const BuiltinInfo *info) {
  BuiltinState *state = builtin_state(session);
  if (!state) return NULL;
  Signature **slot = &state->signatures[builtin_index(info)];
  if (!*slot) *slot = signature_parse(session, info);
  return *slot;
}

bool builtin_takes_path(const BuiltinInfo *info, const char *name, size_t length, int place) {
  const char *word = info->signature;
  for (int at = 0; word; at++) {
    bool rest = *word == '*';
    size_t end = word_length(word);
    bool meant = name ? end == length && memcmp(word, name, length) == 0 : at == place || (rest && at < place);
    if (meant && word[end] == ':' && word[end + 1] == KIND_OF_PATHS) return true;
    word = strstr(word, ", ");
    if (word) word += 2;
  }
  return false;
}

static void show_default(Buffer *out, const ParameterInfo *parameter) {
  Value value = parameter->default_value;
  buffer_add_byte(out, '=');
  if (value_is_none(value)) buffer_add_text(out, "none");
  else if (value_is_bool(value)) buffer_add_text(out, value.number != 0 ? "true" : "false");
  else if (value_is_number(value)) text_number(out, value.number, NULL);
  else if (parameter->kind == 'D') buffer_add_text(out, ((const String *)(const void *)value.object)->text);
  else {
    const String *text = (const String *)(const void *)value.object;
    text_string_quoted(out, text->text, text->length);
  }
}

void signature_show(Buffer *out, const char *name, const Signature *signature) {
  buffer_format(out, "%s(", name);
  bool starred = false;
  for (int i = 0; i < signature->shown; i++) {
    const ParameterInfo *parameter = &signature->parameters[i];
    if (i) buffer_add_text(out, ", ");
    if (i && i == signature->unnamed) buffer_add_text(out, "/, ");
    if (parameter->keyword_only && !parameter->fields && !starred && signature->rest < 0) buffer_add_text(out, "*, ");
    starred = starred || parameter->keyword_only;
    if (parameter->rest || parameter->fields) buffer_add_text(out, parameter->fields ? "**" : "*");
    buffer_add_text(out, parameter->name);
    if (parameter->has_default) show_default(out, parameter);
  }
  buffer_add_byte(out, ')');
}
