/* SPDX-License-Identifier: MIT */
/* import.c: running other files in the global scope, each once. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "evaluator/failure.h"
#include "runtime/format/file.h"

/* The path as seen from the file that imports it. */
static void add_path(Session *session, Buffer *path, const char *text, size_t length, Span span) {
  const Source *source = source_find(&session->sources, span.start);
  const char *importer = !source ? NULL : source->interactive ? session->input_path : source->name;
  const char *slash = importer ? strrchr(importer, '/') : NULL;
  if (slash && length && text[0] != '/') buffer_add(path, importer, (size_t)(slash - importer) + 1);
  buffer_add(path, text, length);
}

/* The name under which a file is known to have been imported: its absolute path. */
static const char *import_key(Session *session, const char *path) {
  char absolute[PATH_MAX];
  const char *key = realpath(path, absolute) ? absolute : path;
  return arena_copy_text(&session->arena, key, strlen(key));
}

static bool run_file(Session *session, const char *path, size_t length) {
  Buffer text = {0};
  bool read = file_read(&session->runtime, path, length, FILE_ANY, 0, &text);
  const Source *source = read ? source_add(&session->sources, path, buffer_text(&text), text.length, false) : NULL;
  buffer_free(&text);
  if (read && !source) session_out_of_memory(session);
  if (!source) return false;
  bool incomplete;
  Program *program = program_parse(session, source, &incomplete);
  if (!program) return false;
  bool recording = session->graph.recording;
  session->graph.recording = true;
  Flow flow = program_execute(session, program, false);
  session->graph.recording = recording;
  program_unref(program);
  return flow != FLOW_ERROR;
}

/* A file that is still being run counts as imported, so that a ring of imports ends. */
static bool import_once(Session *session, const char *path, size_t length) {
  const char *key = import_key(session, path);
  if (!key) return session_out_of_memory(session);
  if (names_find(&session->imported, key, strlen(key))) return true;
  if (!names_add(&session->imported, key, strlen(key), 0)) return session_out_of_memory(session);
  bool done = run_file(session, path, length);
  if (!done) names_remove(&session->imported, key, strlen(key));
  return done;
}

bool session_import(Session *session, const char *text, size_t length, Span span) {
  const char *here = __builtin_frame_address(0);
  if (here < session->c_limit) {
    session_fail(session, ERROR_DEPTH, "the imports are nested too deeply");
    return false;
  }
  if (session->options.sandbox) {
    session_fail(session, ERROR_FILE, "files are out of reach in a sandbox");
    return false;
  }
  if (memchr(text, '\0', length))
    return file_fail(&session->runtime, "import", text, length, "the name holds a NUL byte");
  Buffer path = {0};
  add_path(session, &path, text, length, span);
  bool done = path.failed ? session_out_of_memory(session) : import_once(session, buffer_text(&path), path.length);
  buffer_free(&path);
  bool inside = !done && session->error.place.end;
  if (inside) error_frame(&session->error, ERROR_IMPORT, span);
  return done;
}

RunStatus session_run_script(Session *session, const char *path, const char *text, size_t length) {
  const char *key = import_key(session, path);
  size_t key_length = key ? strlen(key) : 0;
  bool added = key && !names_find(&session->imported, key, key_length) &&
               names_add(&session->imported, key, key_length, 0);
  RunStatus status = session_run(session, path, text, length, false);
  if (added && status != RUN_OK) names_remove(&session->imported, key, key_length);
  return status;
}
