/* SPDX-License-Identifier: MIT */
/* show.c: values as text that can be typed again. */
#include "evaluator/show.h"
#include <string.h>
#include "base/text.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/differentiate.h"
#include "evaluator/builtins/formula.h"
#include "evaluator/builtins/library.h"
#include "evaluator/function.h"
#include "lexer/lexer.h"
#include "parser/unparse.h"

enum { SHOW_DEPTH = 100, SHOW_MOST = 1 << 24 }; /* beyond, a container is `...` */
enum { INSIDE_WIDTH = 20 };                     /* at least, in columns, for what stands inside of something */

/* A record that is being shown, and what it stands in. */
typedef struct Shown { const Record *record; const struct Shown *outer; } Shown;

typedef struct Showing {
  Session *session;
  Buffer *out;
  const Shown *inside; /* the innermost record */
  size_t column;       /* where the lines of what is being shown begin */
  bool failed;
} Showing;

static void show(Showing *showing, Value value);

/* ---- tuples and records

   What has several lines begins a line of its own among its neighbours, so that columns stay one below the other.
   Until it is known whether some item has, a NUL stands where a line may begin: no value is shown with one. */
static void begin_item(Showing *showing, uint32_t index) {
  if (!index) return;
  buffer_add_byte(showing->out, ',');
  buffer_add_byte(showing->out, '\0');
}

static void begin_lines(Showing *showing, size_t start) {
  Buffer *out = showing->out, items = {0};
  buffer_add(&items, out->text + start, out->length - start);
  out->length = start;
  if (items.failed) out->failed = true;
  for (const char *item = items.text, *limit = item + items.length; item && item < limit;) {
    const char *end = memchr(item, '\0', (size_t)(limit - item));
    buffer_add(out, item, (size_t)((end ? end : limit) - item));
    if (end) buffer_add_byte(out, '\n');
    if (end) buffer_add_fill(out, ' ', showing->column);
    item = end ? end + 1 : limit;
  }
  buffer_free(&items);
}

static void end_items(Showing *showing, size_t start) {
  Buffer *out = showing->out;
  if (out->failed || out->length == start) return;
  char *text = out->text + start, *limit = out->text + out->length;
  if (memchr(text, '\n', out->length - start)) begin_lines(showing, start);
  else
    for (; (text = memchr(text, '\0', (size_t)(limit - text))); text++) *text = ' ';
}

static void show_items(Showing *showing, const Tuple *tuple) {
  buffer_add_byte(showing->out, '(');
  showing->column++;
  size_t start = showing->out->length;
  for (uint32_t k = 0; k < tuple->count && !showing->failed; k++) {
    begin_item(showing, k);
    show(showing, tuple->items[k]);
  }
  end_items(showing, start);
  showing->column--;
  buffer_add_text(showing->out, tuple->count == 1 ? ",)" : ")");
}

static void show_field(Showing *showing, const RecordField *field) {
  const String *name = field->name;
  size_t start = showing->out->length, column = showing->column;
  if (lexer_is_name(name->text, name->length)) buffer_add(showing->out, name->text, name->length);
  else text_string_quoted(showing->out, name->text, name->length);
  buffer_add_text(showing->out, ": ");
  if (!showing->out->failed) showing->column += text_columns(showing->out->text + start);
  show(showing, field->value);
  showing->column = column;
}

static void show_fields(Showing *showing, const Record *record) {
  buffer_add_byte(showing->out, '{');
  showing->column++;
  size_t start = showing->out->length;
  for (uint32_t k = 0; k < record->count && !showing->failed; k++) {
    begin_item(showing, k);
    show_field(showing, &record->fields[k]);
  }
  end_items(showing, start);
  showing->column--;
  buffer_add_byte(showing->out, '}');
}

static bool stands_in(const Shown *shown, const Record *record) {
  while (shown && shown->record != record) shown = shown->outer;
  return shown != NULL;
}

/* A record that holds itself is not shown once more. */
static void show_record(Showing *showing, const Record *record) {
  if (stands_in(showing->inside, record)) {
    buffer_add_text(showing->out, "{...}");
    return;
  }
  Shown shown = {record, showing->inside};
  showing->inside = &shown;
  show_fields(showing, record);
  showing->inside = shown.outer;
}

/* Lines after the first of what was shown from `start` on. */
static void indent_lines(Showing *showing, size_t start) {
  Buffer *out = showing->out, lines = {0};
  if (out->failed || !showing->column || !memchr(out->text + start, '\n', out->length - start)) return;
  buffer_add(&lines, out->text + start, out->length - start);
  out->length = start;
  if (lines.failed) out->failed = true;
  for (const char *line = lines.text, *limit = line + lines.length; line && line < limit;) {
    const char *end = memchr(line, '\n', (size_t)(limit - line));
    buffer_add(out, line, (size_t)((end ? end + 1 : limit) - line));
    if (end) buffer_add_fill(out, ' ', showing->column);
    line = end ? end + 1 : limit;
  }
  buffer_free(&lines);
}

/* ---- single values */

static void show_range(Buffer *out, const Range *range) {
  buffer_add_text(out, "range(");
  if (range->start != 0 || range->step != 1) {
    text_number(out, range->start, NULL);
    buffer_add_text(out, ", ");
  }
  text_number(out, range->stop, NULL);
  if (range->step != 1) {
    buffer_add_text(out, ", ");
    text_number(out, range->step, NULL);
  }
  buffer_add_byte(out, ')');
}

/* The word with which people ask for help elsewhere. */
static const char how_to_get_help[] =
    "help(sin) explains a function, help(\"records\") a topic, help() lists them all;\n"
    "at the prompt ?sin does the same, :help lists the commands, :demo is a tour";

/* Alone with its help, within a tuple or a record as it is written. */
static void show_builtin(Showing *showing, const BuiltinInfo *info) {
  if (showing->session->show_depth > 1) {
    buffer_add_text(showing->out, info->name);
    return;
  }
  if (info->function == builtin_help) {
    buffer_add_text(showing->out, how_to_get_help);
    return;
  }
  const Signature *signature = builtin_signature(showing->session, info);
  if (!signature) {
    showing->failed = true;
    return;
  }
  signature_show(showing->out, info->name, signature);
  size_t length = strlen(info->doc);
  if (length && info->doc[length - 1] == '.') length--;
  buffer_add_text(showing->out, ": ");
  buffer_add(showing->out, info->doc, length);
  buffer_format(showing->out, " (builtin; ?%s)", info->name);
}

static void show_native(Showing *showing, const Native *native) {
  if (native->info->show) native->info->show(showing->session, native, showing->out);
  else buffer_add_text(showing->out, native->info->name);
}

static void show_tensor(Showing *showing, Variable *variable) {
  Session *session = showing->session;
  Tensor *tensor = variable_value(&session->graph, variable);
  TextOptions options = session->text_options;
  size_t start = showing->out->length;
  options.inside = session->show_depth > 1;
  options.line_width -= options.inside ? (int)showing->column + 1 : 0;
  if (options.line_width < INSIDE_WIDTH) options.line_width = INSIDE_WIDTH;
  if (!tensor || !text_tensor(showing->out, &session->runtime, tensor, &options)) showing->failed = true;
  else indent_lines(showing, start);
}

/* The sources of the library are no concern of the user's: its closures are shown by how they are called.  A definition
   cannot stand within a tuple or a record, a function value can; of one that has several statements there is none. */
static void show_function(Showing *showing, const FunctionCode *code) {
  size_t start = showing->out->length;
  bool named = code->ast->kind == AST_DEFINE, within = showing->session->show_depth > 1;
  if (named && library_is_at(showing->session, code->ast->span)) {
    buffer_add_text(showing->out, "function ");
    function_signature(showing->out, code);
  } else if (named && within) {
    if (!unparse_lambda(showing->out, code->ast)) function_signature(showing->out, code);
  } else {
    unparse(showing->out, code->ast);
    indent_lines(showing, start);
  }
}

static void show_object(Showing *showing, Value value) {
  Buffer *out = showing->out;
  Object *object = value.object;
  switch (object->kind) {
    case KIND_NONE: buffer_add_text(out, "none"); break;
    case KIND_BOOL: buffer_add_text(out, value.number != 0 ? "true" : "false"); break;
    case KIND_VARIABLE: show_tensor(showing, (Variable *)object); break;
    case KIND_STRING: text_string_quoted(out, ((String *)object)->text, ((String *)object)->length); break;
    case KIND_TUPLE: show_items(showing, (Tuple *)object); break;
    case KIND_RECORD: show_record(showing, (Record *)object); break;
    case KIND_RANGE: show_range(out, (Range *)object); break;
    case KIND_FUNCTION: show_function(showing, value_function(value)->code); break;
    case KIND_BUILTIN: show_builtin(showing, ((Builtin *)object)->info); break;
    case KIND_DTYPE: buffer_add_text(out, dtype_info[((DTypeObject *)object)->dtype].name); break;
    case KIND_NAMESPACE: buffer_add_text(out, ((Namespace *)object)->name); break;
    case KIND_NATIVE: show_native(showing, (Native *)object); break;
    default: break;
  }
}

static void show(Showing *showing, Value value) {
  if (value_is_number(value)) {
    text_number(showing->out, value.number, &showing->session->text_options);
    return;
  }
  if (showing->session->show_depth == SHOW_DEPTH || showing->out->length > SHOW_MOST) {
    buffer_add_text(showing->out, "...");
    return;
  }
  if (UNLIKELY(interrupt_requested) && runtime_interrupted(&showing->session->runtime)) {
    showing->failed = true;
    return;
  }
  showing->session->show_depth++;
  show_object(showing, value);
  showing->session->show_depth--;
}

bool value_text(Session *session, Buffer *out, Value value, bool quoted) {
  if (value_is(value, KIND_STRING) && !quoted) {
    buffer_add(out, ((String *)value.object)->text, ((String *)value.object)->length);
  } else {
    Showing showing = {.session = session, .out = out};
    show(&showing, value);
    if (showing.failed) return false;
  }
  return !out->failed || session_out_of_memory(session);
}

/* ---- comments */

const char *origin_name(const Variable *variable, OpId op) {
  if (op == OP_window && variable->base) op = (OpId)variable->object.extra;
  if (op == OP_window || op == OP_gather) return "indexing";
  return op_puts(op) ? "assignment" : op_table[op].name;
}

/* The function whose call the user wrote there, `flatten` of x.flatten(); NULL: it is no call of one. */
static const char *written_call(const SourceMap *sources, Span span) {
  size_t length = 0;
  const char *text = span.end ? source_text(sources, span, &length) : NULL;
  if (!text || text[length - 1] != ')' || library_is_source(source_find(sources, span.start))) return NULL;
  int depth = 0;
  do {
    char byte = text[--length];
    if (byte == '"') return NULL;
    depth += (byte == ')') - (byte == '(');
  } while (length && depth);
  size_t start = length;
  while (start && text_is_name_byte(text[start - 1])) start--;
  const BuiltinInfo *info = start < length ? builtin_find(text + start, length - start) : NULL;
  return info && info->op != OP_none ? info->name : NULL;
}

static void add_remark(Buffer *comment, const char *text) {
  if (comment->length) buffer_add_text(comment, ", ");
  buffer_add_text(comment, text);
}

static void describe_tensor(Session *session, Buffer *comment, Variable *variable, bool summarised) {
  const Layout *layout = variable_layout(variable);
  Tensor *tensor = variable_value(&session->graph, variable);
  ShapeText shape;
  if (!summarised && (layout->ndim >= 2 || layout->size == 0))
    buffer_format(comment, "shape %s", layout_text(&shape, layout));
  if (variable_dtype(variable) != DTYPE_FLOAT64) add_remark(comment, dtype_info[variable_dtype(variable)].name);
  Node *node = tensor ? node_of(tensor) : NULL;
  if (!node) return;
  if (tensor->op == OP_none) {
    add_remark(comment, "variable");
    return;
  }
  add_remark(comment, "from ");
  const char *written = written_call(&session->sources, node->span);
  buffer_add_text(comment, written ? written : origin_name(variable, (OpId)tensor->op));
}

/* A summary ends with a comment already; what else there is to say follows it. */
static bool ends_in_comment(const Buffer *out, size_t start) {
  const char *text = out->text + start, *line = memrchr(text, '\n', out->length - start);
  return out->length > start && (line ? line[1] : *text) == '#';
}

/* Why a derivative is shown without a formula: `f has a loop: value only`. */
static void describe_derivative(Session *session, const Buffer *out, Buffer *comment, Value value) {
  size_t primes;
  Value base = derivative_base(value, &primes);
  Value root = derivative_root(base);
  bool plain = primes && primes <= FORMULA_ORDERS && out->text[out->length - 1] == '\'';
  plain |= !primes && root.object != value.object && out->text[out->length - 1] == ')'; /* D(f, 1) */
  Buffer formula = {0};
  const char *why = plain ? formula_show(session, &formula, base, value, (FormulaForm){.order = (int)primes}) : NULL;
  const char *name = why ? formula_name(root) : NULL;
  buffer_free(&formula);
  if (why) buffer_format(comment, "%s has %s: value only", name ? name : "the function", why);
}

static void add_comment(Session *session, Buffer *out, size_t start, Value value) {
  Variable *variable = value_as_variable(value);
  if (out->failed || out->length == start) return;
  Buffer comment = {0};
  bool summarised = variable && ends_in_comment(out, start);
  if (variable) describe_tensor(session, &comment, variable, summarised);
  else describe_derivative(session, out, &comment, value);
  if (comment.length) {
    bool colour = session->options.colour;
    buffer_add_text(out, summarised ? "" : "  ");
    if (colour) buffer_add_text(out, "\x1b[2m");
    buffer_add_text(out, summarised ? ", " : "# ");
    buffer_add_text(out, buffer_text(&comment));
    if (colour) buffer_add_text(out, "\x1b[0m");
  }
  buffer_free(&comment);
}

/* A value as the prompt shows it, without a newline; nothing for none.  `comment`: with what is worth saying about a
   tensor behind it (`# shape (2, 2), variable`), dim where the session's options ask for colour. */
static bool show_value(Session *session, Buffer *out, Value value, bool comment) {
  size_t start = out->length;
  if (value_is_none(value) || value_is_unbound(value)) return true;
  if (!value_text(session, out, value, true)) return false;
  if (comment) add_comment(session, out, start, value);
  return !out->failed || session_out_of_memory(session);
}

bool show_result(Session *session, Value value) {
  Buffer text = {0};
  bool shown = show_value(session, &text, value, session->commenting);
  buffer_add_byte(&text, '\n');
  if (shown && text.failed) shown = session_out_of_memory(session);
  if (shown) session_print(session, STREAM_RESULT, buffer_text(&text), text.length);
  buffer_free(&text);
  return shown;
}
