/* SPDX-License-Identifier: MIT */
/* session.c: opening and closing a session, running texts in it. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include "base/clock.h"
#include "base/memory.h"
#include "base/stack.h"
#include "evaluator/compile.h"
#include "parser/parser.h"
#include "runtime/displaced.h"
#include "runtime/fuse/fuse.h"
#include "runtime/random.h"

/* ---- opening */

/* Of a stack of unknown size, such as a coroutine's, as much is used as the main thread would have. */
static const char *lowest_address(const char *here) {
  const char *lowest = stack_lowest();
  if (lowest) return lowest;
  struct rlimit limit;
  size_t bytes = (size_t)256 << 20;
  if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < bytes) bytes = (size_t)limit.rlim_cur;
  return (uintptr_t)here > bytes ? here - bytes : NULL;
}

/* The thread may be another one than the last time. */
bool session_measure_stack(Session *session) {
  const char *here = __builtin_frame_address(0), *lowest = lowest_address(here);
  size_t bytes = (size_t)((uintptr_t)here - (uintptr_t)lowest);
  size_t margin = bytes < (size_t)STACK_MARGIN * 2 ? LEAST_MARGIN : STACK_MARGIN;
  session->c_limit = bytes < margin ? here : lowest + margin;
  if (bytes >= LEAST_MARGIN) return true;
  session_fail(session, ERROR_DEPTH, "the stack of this thread is too small: %zu KB are left of it, and it takes %d",
               bytes / 1024, LEAST_MARGIN / 1024);
  return false;
}

/* Another one each time; `seed(n)` makes a program repeatable. */
static uint64_t fresh_seed(void) {
  uint64_t seed;
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == (ssize_t)sizeof seed) return seed;
  return (uint64_t)clock_date();
}

static bool start_stack(Session *session) {
  session->stack = memory_allocate((STACK_SLOTS + STACK_SLACK) * sizeof *session->stack);
  if (!session->stack) return false;
  session->top = session->stack;
  session->stack_limit = session->stack + STACK_SLOTS;
  return true;
}

/* `args`: what the command line gives to the script. */
static bool bind_arguments(Session *session) {
  const SessionOptions *options = &session->options;
  Tuple *arguments = tuple_new(session, (uint32_t)options->argument_count);
  uint32_t slot = globals_slot(session, &session->user, "args", 4);
  bool done = arguments && slot != UINT32_MAX;
  for (int k = 0; done && k < options->argument_count; k++) {
    String *text = string_new(session, options->arguments[k], strlen(options->arguments[k]));
    done = text != NULL;
    if (done) arguments->items[k] = value_object(text);
  }
  if (done) session->names[slot].builtin = value_object(arguments);
  else if (arguments) value_unref(value_object(arguments));
  if (done) globals_restore(session, slot);
  return done;
}

/* MGRAD_FUSION=off computes every operation at once and copies what a recorded write leaves alone, =all leaves even
   small results pending and displaces small values: for comparing. */
static bool start_runtime(Runtime *runtime) {
  const char *wish = getenv("MGRAD_FUSION");
  bool off = wish && strcmp(wish, "off") == 0, all = wish && strcmp(wish, "all") == 0;
  runtime->displaced_least = off ? 0 : all ? MEMORY_POOLED + 1 : DISPLACED_LEAST_BYTES;
  return fuse_start(runtime, off ? 0 : all ? 1 : FUSE_LEAST_ELEMENTS);
}

Session *session_new(const SessionOptions *options) {
  Session *session = memory_allocate_zeroed(sizeof *session);
  if (!session) return NULL;
  session->options = *options;
  session->maximum_depth = options->maximum_depth ? options->maximum_depth : DEFAULT_DEPTH;
  session->graph_nodes = GRAPH_NODES;
  session->graph_bytes = GRAPH_BYTES;
  session->records.previous = session->records.next = &session->records;
  session->boxes.previous = session->boxes.next = &session->boxes;
  session->runtime.error = &session->error;
  session->runtime.files_forbidden = options->sandbox;
  graph_init(&session->graph, &session->runtime);
  text_options_default(&session->text_options);
  session->plot_device = (PlotDevice){.columns = PLOT_COLUMNS, .rows = PLOT_ROWS, .unicode = true};
  random_seed(&session->runtime.random, fresh_seed());
  bool prepared = error_prepare(&session->error);
  session_measure_stack(session); /* a run says what is wrong with it */
  error_clear(&session->error);
  if (prepared && start_runtime(&session->runtime) && start_stack(session) && globals_start(session) &&
      bind_arguments(session))
    return session;
  session_free(session);
  return NULL;
}

/* ---- closing */

void session_free(Session *session) {
  if (!session) return;
  builtin_state_free(session, session->builtin_state);
  globals_free(session);
  session_end_rings(session);
  names_free(&session->imported);
  names_free(&session->warned);
  names_free(&session->noted);
  graph_free(&session->graph);
  fuse_free(&session->runtime);
  if (session->stack) memory_release(session->stack, (STACK_SLOTS + STACK_SLACK) * sizeof *session->stack);
  source_map_free(&session->sources);
  arena_free(&session->arena);
  error_free(&session->error);
  memory_release(session, sizeof *session);
}

/* ---- running */

static bool start_run(Session *session, bool commenting) {
  error_clear(&session->error);
  session->runtime.warning.count = 0;
  session->assigned = session->quiet = session->output_failed = false;
  session->graph.recording = true;
  session->commenting = commenting && session->options.interactive;
  session->noting = true;
  session->top = session->stack;
  session->depth = 0;
  session->started = clock_now();
  return session_measure_stack(session);
}

/* "interrupted after 1.9 s in f (line 4); variables are unchanged" */
static void describe_interrupt(Session *session) {
  Error *error = &session->error;
  Place place = source_place(&session->sources, error->place.start);
  buffer_clear(&error->message);
  buffer_format(&error->message, "interrupted after %.1f s", clock_since(session->started));
  bool called = error->frame_count && error->frames[0].name[0];
  if (called) buffer_format(&error->message, " in %s", error->frames[0].name);
  if (place.source && error->place.end)
    buffer_format(&error->message, called ? " (line %u)" : " in line %u", (unsigned)place.line);
  bool assigned = session->assigned || (error->frame_count && session->writes_outside);
  buffer_add_text(&error->message, assigned ? "; what was assigned so far is kept" : "; variables are unchanged");
}

static RunStatus failed_status(Session *session) {
  error_drop_marks(&session->error);
  if (session->error.kind == ERROR_EXIT) {
    session->exit_status = session->error.exit_status;
    return RUN_EXIT;
  }
  if (session->error.kind != ERROR_INTERRUPT) return RUN_FAILED;
  describe_interrupt(session);
  return RUN_INTERRUPTED;
}

/* With the reserve, as what is read may be what frees memory. */
static Program *read_program(Session *session, const char *name, const char *text, size_t length, bool interactive,
                             const Source **source, bool *incomplete) {
  memory_open_reserve();
  *source = source_add(&session->sources, name, text, length, interactive || !name);
  if (!*source) session_out_of_memory(session);
  Program *program = *source ? program_parse(session, *source, incomplete) : NULL;
  memory_close_reserve();
  return program;
}

RunStatus session_run(Session *session, const char *name, const char *text, size_t length, bool interactive) {
  if (!start_run(session, name == NULL)) return RUN_FAILED;
  const Source *source;
  bool incomplete = false;
  Program *program = read_program(session, name, text, length, interactive, &source, &incomplete);
  if (!program && incomplete && interactive) return RUN_INCOMPLETE;
  if (!program) return RUN_FAILED;
  Flow flow = program_execute(session, program, true);
  program_unref(program);
  if (flow != FLOW_ERROR) return session_note_degrees(session, source), RUN_OK;
  session->graph.recording = true;
  return failed_status(session);
}

RunStatus session_check(Session *session, const char *name, const char *text, size_t length) {
  if (!start_run(session, false)) return RUN_FAILED;
  const Source *source;
  bool incomplete;
  Program *program = read_program(session, name, text, length, false, &source, &incomplete);
  if (!program) return RUN_FAILED;
  program_unref(program);
  return RUN_OK;
}

bool session_is_complete(Session *session, const char *text, size_t length) {
  (void)session;
  SourceMap sources = {0};
  Arena arena = {0};
  Error error = {0};
  Ast *tree = NULL;
  const Source *source = source_add(&sources, NULL, text, length, true);
  bool complete = !source || parser_parse(&arena, source, &error, &tree) != PARSE_INCOMPLETE;
  error_free(&error);
  arena_free(&arena);
  source_map_free(&sources);
  return complete;
}
