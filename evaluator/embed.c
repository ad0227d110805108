/* SPDX-License-Identifier: MIT */
/* embed.c: the public interface of the library, over session.h. */
#include "mgrad.h"
#include <string.h>
#include "base/interrupt.h"
#include "evaluator/failure.h"

_Static_assert((int)MGRAD_DIAGNOSTIC == (int)STREAM_DIAGNOSTIC, "the streams agree");

/* ---- running */

/* The callback and its context, as the session wants them; the first thing that its arena holds. */
typedef struct Outlet { MgradOutput output; void *context; } Outlet;

static bool pass_on(void *context, Stream stream, const char *text, size_t length) {
  const Outlet *outlet = context;
  return outlet->output(outlet->context, (MgradStream)stream, text, length);
}

Mgrad *mgrad_open(const MgradOptions *options) {
  Session *session = session_new(&(SessionOptions){.sandbox = options->sandbox,
                                                   .maximum_depth = options->maximum_depth});
  if (!session || !options->output) return session;
  Outlet *outlet = arena_allocate(&session->arena, sizeof *outlet);
  if (!outlet) return session_free(session), NULL;
  *outlet = (Outlet){options->output, options->context};
  session->options.output = pass_on;
  session->options.output_context = outlet;
  return session;
}

void mgrad_close(Mgrad *mgrad) { session_free(mgrad); }

MgradStatus mgrad_run_named(Mgrad *mgrad, const char *name, const char *text, size_t length) {
  switch (session_run(mgrad, name, text, length, false)) {
    case RUN_OK: return MGRAD_OK;
    case RUN_EXIT: return MGRAD_EXIT;
    case RUN_INTERRUPTED: return MGRAD_INTERRUPTED;
    case RUN_FAILED: case RUN_INCOMPLETE: break; /* the latter only when interactive */
  }
  return MGRAD_FAILED;
}

MgradStatus mgrad_run(Mgrad *mgrad, const char *text) { return mgrad_run_named(mgrad, "<text>", text, strlen(text)); }

/* ---- errors */

const char *mgrad_error_message(const Mgrad *mgrad) { return buffer_text(&mgrad->error.message); }
const char *mgrad_error_hint(const Mgrad *mgrad) { return buffer_text(&mgrad->error.hint); }
const char *mgrad_error_kind(const Mgrad *mgrad) { return error_kind_name(mgrad->error.kind); }
int mgrad_exit_status(const Mgrad *mgrad) { return session_exit_status(mgrad); }

static Place error_place(const Mgrad *mgrad) {
  if (mgrad->error.place.end == 0) return (Place){NULL, 0, 0};
  return source_place(&mgrad->sources, mgrad->error.place.start);
}

uint32_t mgrad_error_line(const Mgrad *mgrad) { return error_place(mgrad).line; }
uint32_t mgrad_error_column(const Mgrad *mgrad) { return error_place(mgrad).column; }

/* ---- reading */

/* The tensor behind a name, owned; NULL: none. */
static Tensor *find_tensor(Mgrad *mgrad, const char *name) {
  Value value;
  error_clear(&mgrad->error);
  return session_lookup(mgrad, name, &value) ? value_to_tensor(mgrad, value) : NULL;
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

size_t mgrad_text(Mgrad *mgrad, const char *name, char *text, size_t room) {
  Value value;
  Buffer shown = {0};
  error_clear(&mgrad->error);
  size_t length = 0;
  if (session_lookup(mgrad, name, &value) && value_text(mgrad, &shown, value, true)) {
    length = shown.length;
    size_t copied = length < room ? length : room ? room - 1 : 0;
    memcpy(text, buffer_text(&shown), copied);
    if (room) text[copied] = '\0';
  }
  buffer_free(&shown);
  return length;
}

/* ---- binding */

static bool bind(Mgrad *mgrad, const char *name, Value value_taken) {
  if (value_is_error(value_taken)) return false;
  uint32_t slot = globals_slot(mgrad, &mgrad->user, name, strlen(name));
  if (slot == UINT32_MAX) return value_unref(value_taken), false;
  mgrad->names[slot].bound = true;
  closure_store(&mgrad->globals[slot], value_taken);
  return true;
}

bool mgrad_set_number(Mgrad *mgrad, const char *name, double number) {
  error_clear(&mgrad->error);
  return bind(mgrad, name, value_number(number));
}

bool mgrad_set_numbers(Mgrad *mgrad, const char *name, int axes, const int64_t *sizes, const double *numbers) {
  error_clear(&mgrad->error);
  Tensor *tensor = tensor_new_shape(&mgrad->runtime, DTYPE_FLOAT64, axes, sizes);
  if (!tensor) return false;
  memcpy(tensor_data(tensor), numbers, (size_t)tensor_size(tensor) * sizeof *numbers);
  return bind(mgrad, name, value_from_tensor(mgrad, tensor));
}

bool mgrad_set_text(Mgrad *mgrad, const char *name, const char *text) {
  error_clear(&mgrad->error);
  return bind(mgrad, name, value_object_or_error(string_new(mgrad, text, strlen(text))));
}

/* ---- limits */

void mgrad_interrupt(void) { interrupt_request(); }
void mgrad_resume(void) { interrupt_requested = 0; }
void mgrad_set_memory_limit(size_t bytes) { memory_set_budget(bytes); }
