/* SPDX-License-Identifier: MIT */
/* describe.c: what a name means, in words. */
#include "evaluator/describe.h"
#include <string.h>
#include "autodiff/rule.h"
#include "autodiff/rule_text.h"
#include "base/text.h"
#include "evaluator/builtins/library.h"
#include "evaluator/function.h"

/* ---- builtin functions */

/* An example as it looks at the prompt, indented. */
static void add_indented(Buffer *out, const char *first, const char *text) {
  buffer_format(out, "  %s", first);
  for (; *text; text++) {
    buffer_add_byte(out, *text);
    if (*text == '\n') buffer_add_text(out, "  ");
  }
  buffer_add_byte(out, '\n');
}

static bool mentions(const char *formula, char name) {
  for (const char *at = formula; (at = strchr(at, name)); at++) {
    bool before = at > formula && ((at[-1] >= 'a' && at[-1] <= 'z') || (at[-1] >= 'A' && at[-1] <= 'Z'));
    bool after = (at[1] >= 'a' && at[1] <= 'z') || (at[1] >= '0' && at[1] <= '9') || at[1] == '_' || at[1] == '(';
    if (!before && !after) return true;
  }
  return false;
}

static void add_formula(Buffer *out, const char *label, const char *formula) {
  buffer_add_text(out, label);
  size_t start = out->length;
  rule_text(out, formula);
  buffer_add_byte(out, '\n');
  if (out->failed) return;
  bool result = mentions(out->text + start, 'r');
  if (mentions(out->text + start, 'g'))
    buffer_add_text(out, result ? "  (g: the gradient that comes in; r: the result)\n"
                                : "  (g: the gradient that comes in)\n");
}

static void add_derivatives(Buffer *out, OpId op) {
  if (op == OP_none) return;
  const RuleInfo *rule = &rule_table[op];
  if (rule->flat) buffer_add_text(out, "derivative: 0\n");
  else if (!rule->backward) return;
  else if (rule->derivative_x && rule->derivative_y) {
    buffer_add_text(out, "derivative for x: ");
    rule_text(out, rule->derivative_x);
    buffer_add_byte(out, '\n');
    add_formula(out, "derivative for y: ", rule->derivative_y);
  } else if (rule->derivative_x) {
    add_formula(out, "derivative: ", rule->derivative_x);
  }
}

/* No word is empty: the search would find nothing at the same place for ever. */
static bool has_word(const char *group, const char *name) {
  size_t length = strlen(name);
  for (const char *at = group; length > 0 && (at = strstr(at, name)); at += length)
    if ((at == group || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) return true;
  return false;
}

/* Those that stand in one row with the name. */
static void add_related(Buffer *out, const char *name) {
  static const char *const groups[] = {
#define RELATED(names) names,
#include "evaluator/builtins/related.def"
#undef RELATED
      NULL};
  for (const char *const *group = groups; *group; group++) {
    if (!has_word(*group, name)) continue;
    bool first = true;
    for (const char *word = *group; *word; word += strspn(word, " ")) {
      size_t length = strcspn(word, " ");
      if (length != strlen(name) || memcmp(word, name, length) != 0) {
        buffer_add_text(out, first ? "see also: " : ", ");
        buffer_add(out, word, length);
        first = false;
      }
      word += length;
    }
    buffer_add_byte(out, '\n');
    return;
  }
}

bool describe_builtin(Session *session, Buffer *out, const BuiltinInfo *info) {
  const Signature *signature = builtin_signature(session, info);
  if (!signature) return false;
  signature_show(out, info->name, signature);
  buffer_format(out, "\n%s\n", info->doc);
  add_derivatives(out, info->op);
  add_indented(out, PROMPT, info->example);
  if (*info->gives) add_indented(out, "", info->gives);
  add_related(out, info->name);
  size_t length;
  const char *source = library_source(info, &length);
  if (source) {
    buffer_add_text(out, "written in the language:\n");
    buffer_add(out, source, length);
  }
  return true;
}

/* ---- the user's own */

static const BuiltinInfo *info_of(Value builtin) { return ((const Builtin *)(const void *)builtin.object)->info; }

bool describe_function(Session *session, Buffer *out, Value value) {
  const FunctionCode *code = value_function(value)->code;
  function_signature(out, code);
  buffer_add_byte(out, '\n');
  if (code->doc) buffer_format(out, "%s\n", code->doc->text);
  bool shown = value_text(session, out, value, true);
  buffer_add_byte(out, '\n');
  return shown;
}

static bool describe_value(Session *session, Buffer *out, const char *name, Value value) {
  const Variable *variable = value_as_variable(value);
  if (value_is(value, KIND_FUNCTION)) return describe_function(session, out, value);
  if (value_is(value, KIND_BUILTIN)) return describe_builtin(session, out, info_of(value));
  ShapeText shape;
  const char *kind = variable && !variable_is_constant(variable) ? "variable" : value_type_name(value);
  buffer_format(out, "%s: a %s", name, kind);
  if (variable)
    buffer_format(out, "%s%s, %s", variable_layout(variable)->ndim ? " of " : ", ",
                  layout_phrase(&shape, variable_layout(variable)), dtype_info[variable_dtype(variable)].name);
  buffer_add_byte(out, '\n');
  bool shown = value_text(session, out, value, true);
  buffer_add_byte(out, '\n');
  return shown;
}

/* ---- topics and search */

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static bool contains(const char *text, size_t length, const char *word) {
  size_t size = strlen(word);
  for (size_t k = 0; k + size <= length; k++) {
    size_t i = 0;
    while (i < size && lower(text[k + i]) == lower(word[i])) i++;
    if (i == size) return true;
  }
  return false;
}

static bool add_topic(Buffer *out, const char *name) {
  size_t length;
  const char *text = page_section(page_text("topics"), name, strlen(name), &length);
  if (!text) return false;
  page_add(out, text, length);
  return true;
}

/* Reserved words, and the topic that each belongs to. */
static const char *topic_of(const char *word) {
  static const struct { const char *words, *topic; } topics[] = {
      {"if else for in while break continue and or not", "loops"}, {"def return global del", "functions"},
      {"import", "files"}, {"try catch assert", "errors"}};
  for (size_t k = 0; k < sizeof topics / sizeof *topics; k++)
    if (has_word(topics[k].words, word)) return topics[k].topic;
  return word;
}

static void add_found_topics(Buffer *out, const char *word) {
  const char *page = page_text("topics"), *heading;
  size_t length, size;
  for (int k = 0; (heading = page_heading(page, k, &length)); k++) {
    const char *text = page_section(page, heading, length, &size);
    if (!contains(heading, length, word) && !(text && contains(text, size, word))) continue;
    buffer_format(out, "  ?%.*s: a topic\n", (int)length, heading);
  }
}

enum { FOUND_MOST = 20 };

/* Functions whose name or text has the word. */
static void add_found(Buffer *out, const char *word) {
  int found = 0;
  for (int k = 0; k < builtin_count(); k++) {
    const BuiltinInfo *info = builtin_at(k);
    if (!contains(info->name, strlen(info->name), word) && !contains(info->doc, strlen(info->doc), word)) continue;
    if (found++ >= FOUND_MOST) continue;
    buffer_format(out, "  %s: %s\n", info->name, info->doc);
  }
  if (found > FOUND_MOST) buffer_format(out, "  ... and %d more\n", found - FOUND_MOST);
}

static bool search(Buffer *out, const char *word) {
  Buffer found = {0};
  if (strlen(word) < 2) return false;
  add_found(&found, word);
  add_found_topics(&found, word);
  bool any = found.length > 0;
  if (any) {
    buffer_add_text(out, "nothing is called `");
    text_add_safe(out, word, strlen(word));
    buffer_add_text(out, "`; it is mentioned here:\n");
    buffer_add(out, buffer_text(&found), found.length);
  }
  buffer_free(&found);
  return any;
}

static bool describe_word(Session *session, Buffer *out, const char *name) {
  Value value = value_unbound();
  const BuiltinInfo *info = builtin_find(name, strlen(name));
  bool known = session_lookup(session, name, &value);
  bool own = known && !value_is(value, KIND_BUILTIN) && !value_is(value, KIND_NAMESPACE);
  if (own && !value_is(value, KIND_DTYPE)) return describe_value(session, out, name, value);
  if (info) return describe_builtin(session, out, info);
  if (add_topic(out, topic_of(name))) return true;
  return known && value_is(value, KIND_BUILTIN) && describe_value(session, out, name, value);
}

bool describe_name(Session *session, Buffer *out, const char *name, size_t length, bool searches) {
  Buffer word = {0};
  buffer_add(&word, name, length);
  bool described = !word.failed && describe_word(session, out, buffer_text(&word));
  bool failed = session_runtime(session)->error->kind == ERROR_MEMORY;
  if (!described && searches && !failed) described = search(out, buffer_text(&word));
  if (word.failed || out->failed) described = error_out_of_memory(session_runtime(session)->error);
  buffer_free(&word);
  return described;
}

static bool consider(void *context, const char *name, Value value, Span defined) {
  (void)value, (void)defined;
  suggest_consider(context, name);
  return true;
}

const char *describe_likely(Session *session, const char *word, const char *open, SuggestText *out) {
  Suggest suggest;
  if (!suggest_start(&suggest, word)) return "";
  session_each_global(session, consider, &suggest);
  for (int k = 0; k < builtin_count(); k++) suggest_consider(&suggest, builtin_at(k)->name);
  return suggest_text(&suggest, open, out);
}

/* ---- in short */

void describe_shortly(Session *session, const char *name, Value value, Buffer *signature, Buffer *text) {
  if (value_is(value, KIND_BUILTIN)) {
    const BuiltinInfo *info = ((const Builtin *)(const void *)value.object)->info;
    const Signature *parsed = builtin_signature(session, info);
    if (parsed) signature_show(signature, name, parsed);
    buffer_add_text(text, info->doc);
  } else if (value_is(value, KIND_FUNCTION)) {
    const FunctionCode *code = value_function(value)->code;
    function_signature(signature, code);
    buffer_add_text(text, code->doc ? code->doc->text : "your function");
  } else {
    buffer_add_text(text, value_type_name(value));
  }
}

const char *describe_parameter(Session *session, Value value, int index) {
  if (value_is(value, KIND_BUILTIN)) {
    const Signature *parsed = builtin_signature(session, ((const Builtin *)(const void *)value.object)->info);
    bool nameless = parsed && (index == parsed->rest || index == parsed->fields || index < parsed->unnamed);
    if (nameless && index < parsed->count) return "";
    return parsed && index < parsed->count ? parsed->parameters[index].name : NULL;
  }
  if (!value_is(value, KIND_FUNCTION)) return NULL;
  const FunctionCode *code = value_function(value)->code;
  return index < (int)function_positional(code) ? function_parameter(code, (uint32_t)index) : NULL;
}

Value describe_default(Session *session, Value value, int index) {
  if (value_is(value, KIND_BUILTIN)) {
    const ParameterInfo *parameter =
        &builtin_signature(session, ((const Builtin *)(const void *)value.object)->info)->parameters[index];
    return parameter->has_default ? parameter->default_value : value_unbound();
  }
  return value_function(value)->kept[index];
}
