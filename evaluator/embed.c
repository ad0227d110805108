/* SPDX-License-Identifier: MIT */
/* embed.c: the public interface of the library, over session.h. */
#include "mgrad.h"
#include <string.h>
#include "base/interrupt.h"
#include "base/locale.h"
#include "evaluator/failure.h"
#include "lexer/lexer.h"

_Static_assert((int)MGRAD_DIAGNOSTIC == (int)STREAM_DIAGNOSTIC, "the streams agree");

/* A session and the program around it, whose own locale holds only while its callback runs. */
struct Mgrad {
  Session *session;
  MgradOutput output;
  void *context;
  locale_t host;
  bool running;
};

/* ---- running */

static bool pass_on(void *context, Stream stream, const char *text, size_t length) {
  const Mgrad *mgrad = context;
  locale_t plain = uselocale(mgrad->host);
  bool written = mgrad->output(mgrad->context, (MgradStream)stream, text, length);
  uselocale(plain);
  return written;
}

static Session *open_session(const MgradOptions *options, Mgrad *mgrad) {
  locale_t host = locale_enter();
  Session *session = session_new(&(SessionOptions){.output = options->output ? pass_on : NULL,
                                                   .output_context = mgrad,
                                                   .output_needed = true,
                                                   .sandbox = options->sandbox,
                                                   .maximum_depth = options->maximum_depth});
  locale_leave(host);
  return session;
}

Mgrad *mgrad_open(const MgradOptions *options) {
  Mgrad *mgrad = memory_allocate(sizeof *mgrad);
  if (!mgrad) return NULL;
  *mgrad = (Mgrad){.output = options->output, .context = options->context};
  mgrad->session = open_session(options, mgrad);
  if (mgrad->session) return mgrad;
  memory_release(mgrad, sizeof *mgrad);
  return NULL;
}

void mgrad_close(Mgrad *mgrad) {
  if (!mgrad) return;
  session_free(mgrad->session);
  memory_release(mgrad, sizeof *mgrad);
}

static MgradStatus status_of(RunStatus status) {
  switch (status) {
    case RUN_OK: return MGRAD_OK;
    case RUN_EXIT: return MGRAD_EXIT;
    case RUN_INTERRUPTED: return MGRAD_INTERRUPTED;
    case RUN_FAILED: case RUN_INCOMPLETE: break; /* the latter only when interactive */
  }
  return MGRAD_FAILED;
}

MgradStatus mgrad_run_named(Mgrad *mgrad, const char *name, const char *text, size_t length) {
  if (mgrad->running) return MGRAD_FAILED; /* from the callback: the values of the outer text are in use */
  mgrad->running = true;
  mgrad->host = locale_enter();
  RunStatus status = session_run(mgrad->session, name, text, length, false);
  locale_leave(mgrad->host);
  mgrad->running = false;
  return status_of(status);
}

MgradStatus mgrad_run(Mgrad *mgrad, const char *text) { return mgrad_run_named(mgrad, "<text>", text, strlen(text)); }

/* ---- errors */

const char *mgrad_error_message(const Mgrad *mgrad) { return buffer_text(&mgrad->session->error.message); }
const char *mgrad_error_hint(const Mgrad *mgrad) { return buffer_text(&mgrad->session->error.hint); }
const char *mgrad_error_kind(const Mgrad *mgrad) { return error_kind_name(mgrad->session->error.kind); }
int mgrad_exit_status(const Mgrad *mgrad) { return session_exit_status(mgrad->session); }

static Place error_place(const Session *session) {
  if (session->error.place.end == 0) return (Place){NULL, 0, 0};
  return source_place(&session->sources, session->error.place.start);
}

uint32_t mgrad_error_line(const Mgrad *mgrad) { return error_place(mgrad->session).line; }
uint32_t mgrad_error_column(const Mgrad *mgrad) { return error_place(mgrad->session).column; }

/* ---- visits: reading and binding between runs */

/* The error of the last run, which a visit leaves as it is unless it fails and says something itself; and whether a run
   is to stop, which has nothing to do with a visit. */
typedef struct Visit { Mgrad *mgrad; Session *session; Error error; bool interrupted; } Visit;

static Visit begin_visit(Mgrad *mgrad) {
  Session *session = mgrad->session;
  Visit visit = {mgrad, session, session->error, interrupt_take()};
  session->error = (Error){0};
  mgrad->host = locale_enter();
  session_measure_stack(session);
  return visit;
}

/* The text that runs while its callback reads has no part in that. */
static void end_visit(Visit *visit) {
  Error *error = &visit->session->error;
  if (error->kind != ERROR_NONE && !visit->mgrad->running) {
    error_clear(&visit->error);
    error_set(&visit->error, error->kind, "%s", buffer_text(&error->message));
    if (error->hint.length) error_hint(&visit->error, "%s", buffer_text(&error->hint));
  }
  error_free(error);
  *error = visit->error;
  if (visit->interrupted) interrupt_request();
  locale_leave(visit->mgrad->host);
}

/* ---- reading */

static Tensor *look_up_tensor(Session *session, const char *name) {
  Value value;
  Tensor *tensor = session_lookup(session, name, &value) ? value_to_tensor(session, value) : NULL;
  if (!tensor || tensor_ready(&session->runtime, tensor)) return tensor;
  tensor_unref(tensor);
  return NULL;
}

/* The tensor behind a name, owned, with its numbers computed; NULL: none. */
static Tensor *find_tensor(Mgrad *mgrad, const char *name) {
  Visit visit = begin_visit(mgrad);
  Tensor *tensor = look_up_tensor(visit.session, name);
  end_visit(&visit);
  return tensor;
}

bool mgrad_number(Mgrad *mgrad, const char *name, double *number) {
  Tensor *tensor = find_tensor(mgrad, name);
  bool found = tensor && tensor_size(tensor) == 1;
  if (found) *number = tensor_number_at(tensor, 0);
  tensor_unref(tensor);
  return found;
}

bool mgrad_shape(Mgrad *mgrad, const char *name, int *axes, int64_t *sizes, int room) {
  Tensor *tensor = find_tensor(mgrad, name);
  if (!tensor) return false;
  *axes = tensor_ndim(tensor);
  for (int k = 0; k < *axes && k < room; k++) sizes[k] = layout_shape(tensor->layout)[k];
  tensor_unref(tensor);
  return true;
}

bool mgrad_numbers(Mgrad *mgrad, const char *name, double *numbers, size_t room) {
  Tensor *tensor = find_tensor(mgrad, name);
  bool fits = tensor && (size_t)tensor_size(tensor) <= room;
  for (int64_t k = 0; fits && k < tensor_size(tensor); k++) numbers[k] = tensor_number_at(tensor, k);
  tensor_unref(tensor);
  return fits;
}

static size_t copy_text(const Buffer *shown, char *text, size_t room) {
  size_t copied = shown->length < room ? shown->length : room ? room - 1 : 0;
  memcpy(text, buffer_text(shown), copied);
  if (room) text[copied] = '\0';
  return shown->length;
}

size_t mgrad_text(Mgrad *mgrad, const char *name, char *text, size_t room) {
  Value value;
  Buffer shown = {0};
  size_t length = 0;
  if (room) *text = '\0';
  Visit visit = begin_visit(mgrad);
  if (session_lookup(visit.session, name, &value) && value_text(visit.session, &shown, value, true))
    length = copy_text(&shown, text, room);
  buffer_free(&shown);
  end_visit(&visit);
  return length;
}

/* ---- binding */

/* A name that no text can write would never be seen again. */
static bool check_name(Session *session, const char *name) {
  if (lexer_is_name(name, strlen(name))) return true;
  session_fail(session, ERROR_NAME, "`%.60s` is no name", name);
  return false;
}

static bool bind(Session *session, const char *name, Value value_taken) {
  if (value_is_error(value_taken)) return false;
  if (!check_name(session, name)) return value_unref(value_taken), false;
  uint32_t slot = globals_slot(session, &session->user, name, strlen(name));
  if (slot == UINT32_MAX) return value_unref(value_taken), false;
  session->names[slot].bound = true;
  closure_store(&session->globals[slot], value_taken);
  return true;
}

bool mgrad_set_number(Mgrad *mgrad, const char *name, double number) {
  Visit visit = begin_visit(mgrad);
  bool bound = bind(visit.session, name, value_number(number));
  end_visit(&visit);
  return bound;
}

static Value numbers_value(Session *session, int axes, const int64_t *sizes, const double *numbers) {
  if (axes < 0) return session_fail(session, ERROR_SHAPE, "a tensor cannot have %d axes", axes);
  Tensor *tensor = tensor_new_shape(&session->runtime, DTYPE_FLOAT64, axes, sizes);
  if (!tensor) return value_error();
  memcpy(tensor_data(tensor), numbers, (size_t)tensor_size(tensor) * sizeof *numbers);
  return value_from_tensor(session, tensor);
}

bool mgrad_set_numbers(Mgrad *mgrad, const char *name, int axes, const int64_t *sizes, const double *numbers) {
  Visit visit = begin_visit(mgrad);
  bool bound = bind(visit.session, name, numbers_value(visit.session, axes, sizes, numbers));
  end_visit(&visit);
  return bound;
}

bool mgrad_set_text(Mgrad *mgrad, const char *name, const char *text) {
  Visit visit = begin_visit(mgrad);
  bool bound = bind(visit.session, name, value_object_or_error(string_new(visit.session, text, strlen(text))));
  end_visit(&visit);
  return bound;
}

/* ---- limits */

void mgrad_interrupt(void) { interrupt_request(); }
void mgrad_resume(void) { interrupt_take(); }
void mgrad_set_memory_limit(size_t bytes) { memory_set_budget(bytes); }
