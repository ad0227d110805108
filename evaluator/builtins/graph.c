/* SPDX-License-Identifier: MIT */
/* graph.c: graph(L) in the terminal, graph(L, "file.svg") through the program `dot` of Graphviz. */
#include "evaluator/builtins/graph.h"
#include <string.h>
#include "base/process.h"
#include "base/text.h"
#include "evaluator/builtins/builtins.h"
#include "runtime/format/file.h"

enum { NODES_MOST = 500, TIME_LIMIT = 20 /* seconds */ };

/* ---- files */
typedef enum Picture { PICTURE_DOT, PICTURE_SVG, PICTURE_PNG, PICTURE_PDF, PICTURE_UNKNOWN } Picture;

static const struct { const char *ending, *option; } pictures[] = {
  {".dot", NULL}, {".svg", "-Tsvg"}, {".png", "-Tpng"}, {".pdf", "-Tpdf"},
};

static Picture picture_of(const String *path) {
  for (Picture kind = PICTURE_DOT; kind < PICTURE_UNKNOWN; kind++)
    if (text_ends_with_any_case(path->text, path->length, pictures[kind].ending)) return kind;
  return PICTURE_UNKNOWN;
}

static bool check_file(Call *call, int index, const String *path) {
  return picture_of(path) != PICTURE_UNKNOWN ||
         argument_refuse(call, index, ERROR_ARGUMENT, "for example `graph(L, \"graph.svg\")`",
                         "the name of a picture must end in .dot, .svg, .png or .pdf");
}

/* ---- the program */
static void fail_size(const Steps *steps) {
  session_fail(steps->session, ERROR_VALUE, "this graph has %u steps; drawing more than %d takes `dot` too long",
               (unsigned)steps->explanation.shown_count, NODES_MOST);
  error_hint(session_runtime(steps->session)->error,
             "write \"graph.dot\" and draw that, or look at one part: `explain(L, x)`");
}

static void fail_program(const Steps *steps, ProcessStatus status) {
  Error *error = session_runtime(steps->session)->error;
  switch (status) {
    case PROCESS_MISSING:
      session_fail(steps->session, ERROR_FILE, "the program `dot`, which draws graphs, is not installed");
      error_hint(error, "install Graphviz (`apt install graphviz`), or write \"graph.dot\", which needs no program");
      break;
    case PROCESS_TOO_LONG:
      session_fail(steps->session, ERROR_FILE, "`dot` took longer than %d seconds", TIME_LIMIT);
      error_hint(error, "write \"graph.dot\" and draw that");
      break;
    case PROCESS_INTERRUPTED: runtime_interrupted(session_runtime(steps->session)); break;
    case PROCESS_NO_MEMORY: error_out_of_memory(error); break;
    default:
      session_fail(steps->session, ERROR_FILE, "the program `dot` could not draw this graph");
      error_hint(error, "write \"graph.dot\" and run `dot -Tsvg graph.dot` to see why");
      break;
  }
}

/* The text of the graph becomes the picture; nothing of the user's reaches a command line. */
static bool draw(const Steps *steps, const Buffer *dot, Picture kind, Buffer *picture) {
  const char *const words[] = {"dot", pictures[kind].option, NULL};
  if (steps->explanation.shown_count > NODES_MOST) {
    fail_size(steps);
    return false;
  }
  ProcessStatus status = process_run(words, buffer_text(dot), dot->length, TIME_LIMIT, picture);
  if (status != PROCESS_OK) fail_program(steps, status);
  return status == PROCESS_OK;
}

static bool write_picture(Steps *steps, const String *path) {
  Buffer dot = {0}, picture = {0};
  Runtime *runtime = session_runtime(steps->session);
  Picture kind = picture_of(path);
  explain_add_dot(steps, &dot);
  bool done = runtime->error->kind == ERROR_NONE;
  if (done && (dot.failed || steps->failed)) done = error_out_of_memory(runtime->error);
  done = done && (kind == PICTURE_DOT || draw(steps, &dot, kind, &picture));
  const Buffer *out = kind == PICTURE_DOT ? &dot : &picture;
  done = done && file_write(runtime, path->text, path->length, buffer_text(out), out->length);
  buffer_free(&dot);
  buffer_free(&picture);
  return done;
}

static bool print_lanes(Steps *steps) {
  Buffer out = {0};
  bool done = graph_add_lanes(steps, &out);
  if (done && out.failed) done = error_out_of_memory(session_runtime(steps->session)->error);
  done = done && session_print(steps->session, STREAM_RESULT, buffer_text(&out), out.length);
  buffer_free(&out);
  return done;
}

/* graph(y, *at): graph(L), graph(L, "g.svg"), graph(L, x), graph(f, 2), graph(f, 2, "g.svg") */
Value builtin_graph(Call *call) {
  const Tuple *rest = value_tuple(call->arguments[1]);
  int count = (int)rest->count;
  bool has_file = count > 0 && value_is(rest->items[count - 1], KIND_STRING);
  const String *path = has_file ? value_string(rest->items[--count]) : NULL;
  if (path && !check_file(call, 1, path)) return value_error();
  Steps steps;
  bool function = value_is_callable(call->arguments[0]);
  if (!function && count > 1) {
    session_fail(call->session, ERROR_ARGUMENT, "`graph` shows the paths to one variable at a time");
    return argument_fail(call, 1);
  }
  bool done = function ? steps_of_function(&steps, call, count, rest->items, false)
                       : steps_of_value(&steps, call, count ? rest->items[0] : value_none(), false);
  done = done && (path ? write_picture(&steps, path) : print_lanes(&steps));
  steps_free(&steps);
  if (!done && path) argument_fail(call, 1);
  return done ? value_none() : value_error();
}
