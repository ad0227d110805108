/* SPDX-License-Identifier: MIT */
/* system.c: the clock, standard input, leaving, and the names of the session. */
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/input.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "evaluator/builtins/builtins.h"

Value builtin_time(Call *call) {
  (void)call;
  return value_number(clock_seconds(clock_date()));
}

/* timeit(f, n=none): seconds for one call; as many calls as 0.2 s take when n is none. */
Value builtin_timeit(Call *call) {
  int64_t most = INT64_MAX, done = 0;
  if (!argument_function(call, 0)) return value_error();
  if (!argument_is_none(call, 1) && !argument_integer(call, 1, &most)) return value_error();
  if (most < 1) {
    session_fail(call->session, ERROR_ARGUMENT, "`n` must be at least 1");
    return argument_fail(call, 1);
  }
  bool timed = argument_is_none(call, 1);
  int64_t start = clock_now();
  double passed = 0;
  while (done < most && (!timed || passed < 0.2)) {
    Value result = session_call(call->session, call->arguments[0], 0, NULL, call->span);
    if (value_is_error(result)) return result;
    value_unref(result);
    done++;
    passed = clock_since(start);
    if (runtime_interrupted(call_runtime(call))) return value_error();
  }
  return value_number(passed / (double)done);
}

/* input(prompt=""): a line of standard input without its newline; none at its end. */
Value builtin_input(Call *call) {
  const String *prompt = argument_text(call, 0);
  if (!prompt) return value_error();
  if (prompt->length) session_print(call->session, STREAM_RESULT, prompt->text, prompt->length);
  Buffer line = {0};
  bool read = input_line(&line);
  Value value = value_none();
  if (runtime_interrupted(call_runtime(call))) value = value_error();
  else if (line.failed) value = (error_out_of_memory(call_runtime(call)->error), value_error());
  else if (read)
    value = value_object_or_error(string_new(call->session, buffer_text(&line), line.length));
  buffer_free(&line);
  return value;
}

static Value call_progress(Session *session, Native *self, const Arguments *given, Span span) {
  (void)self, (void)given, (void)span;
  session_fail(session, ERROR_TYPE, "`progress(...)` is something to loop over, not a function");
  return value_error();
}

static void show_progress(Session *session, const Native *self, Buffer *out) {
  buffer_add_text(out, "progress(");
  value_text(session, out, self->kept[0], true);
  buffer_add_byte(out, ')');
}

/* progress(xs): what a loop runs over; how far it has come is shown by whoever shows it. */
Value builtin_progress(Call *call) {
  static const NativeInfo info = {.name = "progress", .call = call_progress, .show = show_progress};
  ValueIterator iterator;
  if (!value_iterate(call->session, call->arguments[0], &iterator)) return argument_fail(call, 0);
  value_iterate_end(&iterator);
  Native *native = native_new(call->session, &info, 1);
  if (native) native->object.flags |= NATIVE_COUNTS;
  if (native) native->kept[0] = value_ref(call->arguments[0]);
  return value_object_or_error(native);
}

/* exit(status=0); a status has eight bits, and 256 would be 0, which stands for success. */
Value builtin_exit(Call *call) {
  int64_t status;
  if (!argument_integer(call, 0, &status)) return value_error();
  if (status < 0 || status > 255) {
    session_fail(call->session, ERROR_VALUE, "an exit status goes from 0 to 255");
    return argument_fail(call, 0);
  }
  session_fail(call->session, ERROR_EXIT, "exit");
  call_runtime(call)->error->exit_status = (int)status;
  return value_error();
}

typedef struct Names { Session *session; Record *record; bool failed; } Names;

static bool add_name(void *context, const char *name, Value value, Span defined) {
  Names *names = context;
  (void)defined;
  names->failed = !record_set(names->session, names->record, name, strlen(name), value_ref(value));
  return !names->failed;
}

/* The names that have been given, with their values. */
Value builtin_vars(Call *call) {
  Names names = {call->session, record_new(call->session), false};
  if (!names.record) return value_error();
  session_each_global(call->session, add_name, &names);
  if (!names.failed) return value_object(names.record);
  value_unref(value_object(names.record));
  return value_error();
}

static bool set_bytes(Session *session, Record *record, const char *name, size_t bytes) {
  return record_set(session, record, name, strlen(name), value_number((double)bytes));
}

/* What is held now, before the record itself. */
Value builtin_memory(Call *call) {
  Session *session = call->session;
  memory_trim();
  size_t used = memory_held(), peak = memory_peak(), cached = memory_cached(), limit = memory_budget();
  Record *record = record_new(session);
  if (!record) return value_error();
  if (set_bytes(session, record, "used", used) && set_bytes(session, record, "peak", peak) &&
      set_bytes(session, record, "cached", cached) && set_bytes(session, record, "limit", limit))
    return value_object(record);
  value_unref(value_object(record));
  return value_error();
}
