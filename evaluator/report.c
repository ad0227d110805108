/* SPDX-License-Identifier: MIT */
/* report.c: what a session tells: results, warnings, notes; and what can be asked of it. */
#include <stdio.h>
#include <string.h>
#include "evaluator/builtins/arguments.h"
#include "evaluator/builtins/library.h"
#include "evaluator/failure.h"
#include "lexer/lexer.h"

bool session_print(Session *session, Stream stream, const char *text, size_t length) {
  const SessionOptions *options = &session->options;
  if (!options->output) return true;
  if (session->output_failed && options->output_needed) return false;
  bool written = options->output(options->output_context, stream, text, length);
  if (written || (stream != STREAM_RESULT && !options->output_needed)) return written;
  session->output_failed = true;
  if (options->output_needed) session->graph_check = 0; /* the next poll attends to it */
  return false;
}

/* ---- warnings */

/* Notes a key; false when it was noted before. */
static bool note_once(Session *session, NameTable *table, const char *key) {
  size_t length = strlen(key);
  if (names_find(table, key, length)) return false;
  const char *copy = arena_copy_text(&session->arena, key, length);
  return copy && names_add(table, copy, length, 0);
}

const Call *session_blame_warnings(Session *session, const Call *call) {
  const Call *before = session->library_call;
  session->library_call = call;
  return before;
}

static void warn_of_call(Session *session, const Call *call, const char *message, const char *hint) {
  Buffer text = {0};
  buffer_format(&text, "`%s`: %s", call->info->name, message);
  session_warn(session, call->span, buffer_text(&text), hint);
  buffer_free(&text);
}

void session_warn(Session *session, Span place, const char *message, const char *hint) {
  if (session->quiet) return;
  const Call *call = session->library_call;
  if (call && library_is_at(session, place)) {
    warn_of_call(session, call, message, hint);
    return;
  }
  char key[40];
  snprintf(key, sizeof key, "%u:%u", (unsigned)place.start, (unsigned)place.end);
  if (!note_once(session, &session->warned, key)) return;
  if (session->options.warn) {
    session->options.warn(session->options.output_context, &session->sources, place, message, hint);
    return;
  }
  Buffer text = {0};
  Place where = source_place(&session->sources, place.start);
  if (where.source && where.source->name && place.end)
    buffer_format(&text, "%s:%u:%u: ", where.source->name, (unsigned)where.line, (unsigned)where.column);
  buffer_format(&text, "warning: %s\n", message);
  if (hint && *hint) buffer_format(&text, "hint: %s\n", hint);
  session_print(session, STREAM_DIAGNOSTIC, buffer_text(&text), text.length);
  buffer_free(&text);
}

void session_note(Session *session, const char *note) {
  if (!session->commenting || !session->noting || session->depth > 0) return;
  Buffer text = {0};
  bool colour = session->options.colour;
  buffer_format(&text, "%s# %s%s\n", colour ? "\x1b[2m" : "", note, colour ? "\x1b[0m" : "");
  session_print(session, STREAM_RESULT, buffer_text(&text), text.length);
  buffer_free(&text);
}

/* ---- polling */

enum { LARGE_GRAPH = 1000000, PARTS_DEEP = 8, PARTS_MOST = 100000 };
static const uint64_t large_bytes = (uint64_t)1 << 30;

/* How the program writes a value that is part of another: `r.t`, `pair[1]`. */
typedef struct Part { const struct Part *whole; const String *field; uint32_t item; int depth; } Part;

/* The graph behind all that one name holds. */
typedef struct Measure {
  Session *session;
  const char *name;
  GraphSize size;
  uint32_t parts;
  int depth;
  bool deeper; /* there is more below that */
} Measure;

static void add_part(Buffer *out, const char *name, const Part *part) {
  if (!part) {
    buffer_add_text(out, name);
    return;
  }
  add_part(out, name, part->whole);
  if (!part->field) buffer_format(out, "[%u]", (unsigned)part->item);
  else if (lexer_is_name(part->field->text, part->field->length)) buffer_format(out, ".%s", part->field->text);
  else buffer_format(out, "[\"%s\"]", part->field->text);
}

/* `part`: with which the graph became large. */
static void print_large(const Measure *measure, const Part *part) {
  GraphSize size = measure->size;
  bool more = size.nodes > LARGE_GRAPH;
  Buffer text = {0}, place = {0};
  add_part(&place, measure->name, part);
  buffer_format(&text,
                "note: the graph behind `%s` holds %s%llu operations (%.1f MB)\n"
                "hint: `item(%s)` or `detach(%s)` keeps the plain number instead\n",
                measure->name, more ? "more than " : "", (unsigned long long)(size.nodes - more),
                (double)size.bytes / 1e6, buffer_text(&place), buffer_text(&place));
  session_print(measure->session, STREAM_DIAGNOSTIC, buffer_text(&text), text.length);
  buffer_free(&place);
  buffer_free(&text);
}

/* What lies at the depth that is measured.  False: the graph is large, which was noted, or nothing more is looked at. */
static bool measure_value(Measure *measure, Value value, const Part *part) {
  int depth = part ? part->depth : 0;
  const Record *record = value_is(value, KIND_RECORD) ? value_record(value) : NULL;
  const Tuple *tuple = value_is(value, KIND_TUPLE) ? value_tuple(value) : NULL;
  uint32_t count = record ? record->count : tuple ? tuple->count : 0;
  Variable *variable = value_as_variable(value);
  if (measure->parts++ == PARTS_MOST) return false;
  if (depth == measure->depth) measure->deeper |= count > 0;
  for (uint32_t k = 0; depth < measure->depth && k < count; k++) {
    Part inner = {part, record ? record->fields[k].name : NULL, k, depth + 1};
    if (!measure_value(measure, record ? record->fields[k].value : tuple->items[k], &inner)) return false;
  }
  if (depth < measure->depth || !variable || variable->base || !tensor_is_tracked(variable->value)) return true;
  node_graph_size_add(&measure->session->graph, &measure->size, node_of(variable->value), LARGE_GRAPH + 1);
  if (measure->size.nodes <= LARGE_GRAPH && measure->size.bytes <= large_bytes) return true;
  if (note_once(measure->session, &measure->session->noted, measure->name)) print_large(measure, part);
  return false;
}

static bool measure_name(void *context, const char *name, Value value, Span defined) {
  Session *session = context;
  Measure measure = {.session = session, .name = name};
  (void)defined;
  if (names_find(&session->noted, name, strlen(name))) return true;
  session->graph.epoch++; /* no node has been counted */
  /* The parts with the shortest names first: a record may hold itself. */
  while (measure_value(&measure, value, NULL) && measure.deeper && measure.depth++ < PARTS_DEEP) measure.deeper = false;
  return true;
}

void session_measure_graphs(Session *session) {
  session->graph_grown = false;
  session_each_global(session, measure_name, session);
}

static void measure_graphs(Session *session) {
  uint64_t nodes = session->graph.sequence;
  if (nodes < session->graph_check) return;
  session->graph_check = nodes + GRAPH_CHECK;
  if (nodes < session->graph_nodes && memory_held() < session->graph_bytes) return;
  session->graph_nodes = nodes + GRAPH_NODES;
  session->graph_bytes = memory_held() + GRAPH_BYTES;
  session_measure_graphs(session);
  session->graph_grown = true;
}

bool machine_attend(Session *session, const Ast *ast) {
  if (interrupt_requested && runtime_interrupted(&session->runtime)) {
    error_at(&session->error, ast->span);
    return false;
  }
  if (session->output_failed && session->options.output_needed) {
    fail_at(session, ast->span, ERROR_FILE, "the output could not be written");
    return false;
  }
  measure_graphs(session);
  return true;
}

/* ---- questions */

const Error *session_error(const Session *session) { return &session->error; }
const SourceMap *session_sources(const Session *session) { return &session->sources; }
int session_exit_status(const Session *session) { return session->exit_status; }
TextOptions *session_text_options(Session *session) { return &session->text_options; }
PlotDevice *session_plot_device(Session *session) { return &session->plot_device; }
Graph *session_graph(Session *session) { return &session->graph; }
Runtime *session_runtime(Session *session) { return &session->runtime; }
struct BuiltinState **session_builtin_state(Session *session) { return &session->builtin_state; }
void session_set_precision(Session *session, int digits) {
  session->text_options.precision = session->text_options.number_precision = digits;
}
void session_set_input_path(Session *session, const char *path) { session->input_path = path; }
bool session_is_silent(const Session *session) { return session->options.silent; }
void session_set_silent(Session *session, bool silent) { session->options.silent = silent; }
bool session_is_sandboxed(const Session *session) { return session->options.sandbox; }

Value session_last_value(const Session *session) {
  const NameEntry *entry = names_find(&session->user.table, "_", 1);
  return entry ? session->globals[entry->number] : value_none();
}
