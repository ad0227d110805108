/* SPDX-License-Identifier: MIT */
/* animate.c: animate: what a function prints for one frame after the other, in one place of the terminal. */
#include <math.h>
#include <time.h>
#include "base/interrupt.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/machine.h"

enum { FRAMES_MOST = 1000000 };

/* What a frame prints is collected; diagnostics and warnings go where they always go. */
typedef struct Animation {
  Call *call;
  Buffer frame;
  OutputFunction output; /* of the session */
  WarnFunction warn;     /* of the session; may be NULL */
  void *context;         /* of both */
  int lines; /* of the frame that is shown */
  double pause;
} Animation;

static bool collect(void *context, Stream stream, const char *text, size_t length) {
  Animation *animation = context;
  if (stream == STREAM_DIAGNOSTIC)
    return !animation->output || animation->output(animation->context, stream, text, length);
  buffer_add(&animation->frame, text, length);
  return true;
}

static void pass_warning(void *context, const SourceMap *sources, Span place, const char *message, const char *hint) {
  const Animation *animation = context;
  animation->warn(animation->context, sources, place, message, hint);
}

/* Calls the function with its output collected. */
static bool draw_frame(Animation *animation, Value frame) {
  Session *session = animation->call->session;
  buffer_clear(&animation->frame);
  session->options.output = collect;
  session->options.output_context = animation;
  if (animation->warn) session->options.warn = pass_warning;
  Value result = session_call(session, animation->call->arguments[0], 1, &frame, animation->call->spans[0]);
  session->options.output = animation->output;
  session->options.output_context = animation->context;
  session->options.warn = animation->warn;
  bool drawn = !value_is_error(result);
  if (drawn) value_unref(result);
  return drawn && (!animation->frame.failed || session_out_of_memory(session));
}

static int count_lines(const Buffer *text) {
  int lines = 0;
  for (size_t k = 0; k < text->length; k++) lines += text->text[k] == '\n';
  return lines;
}

/* Goes up to where the frame before began, clears from there on, and writes. */
static bool show_frame(Animation *animation) {
  Buffer text = {0};
  if (animation->lines > 0) buffer_format(&text, "\x1b[%dA\r\x1b[J", animation->lines);
  buffer_add(&text, buffer_text(&animation->frame), animation->frame.length);
  animation->lines = count_lines(&animation->frame);
  bool written = !text.failed || session_out_of_memory(animation->call->session);
  if (written) session_print(animation->call->session, STREAM_RESULT, buffer_text(&text), text.length);
  buffer_free(&text);
  return written;
}

/* In short pieces, so that Ctrl-C is heard. */
static bool wait(Animation *animation) {
  for (double left = animation->pause; left > 0 && !interrupt_requested; left -= 0.02) {
    struct timespec piece = {0, (long)(fmin(left, 0.02) * 1e9)};
    nanosleep(&piece, NULL);
  }
  return !runtime_interrupted(call_runtime(animation->call));
}

static bool play(Animation *animation, ValueIterator *frames) {
  Session *session = animation->call->session;
  bool redraws = session_plot_device(session)->redraws, any = false;
  Value frame;
  while (value_iterate_next(session, frames, &frame)) {
    bool drawn = draw_frame(animation, frame);
    value_unref(frame);
    if (!drawn || runtime_interrupted(call_runtime(animation->call))) return false;
    any = true;
    if (redraws && !(show_frame(animation) && wait(animation))) return false;
  }
  if (session->error.kind != ERROR_NONE) return false;
  return redraws || !any || show_frame(animation);
}

static Value frames_of(Call *call) {
  int64_t count;
  if (!value_is_number(call->arguments[1])) return value_ref(call->arguments[1]);
  if (!argument_integer(call, 1, &count)) return value_error();
  if (count >= 0 && count <= FRAMES_MOST) return value_object_or_error(range_new(call->session, 0, (double)count, 1));
  session_fail(call->session, ERROR_ARGUMENT, "`frames` goes from 0 to %d", (int)FRAMES_MOST);
  return argument_fail(call, 1);
}

/* animate(f, frames, pause=0.05) */
Value builtin_animate(Call *call) {
  Session *session = call->session;
  const SessionOptions *options = &session->options;
  Animation animation = {.call = call, .output = options->output, .warn = options->warn,
                         .context = options->output_context};
  ValueIterator iterator;
  if (!argument_function(call, 0) || !argument_number(call, 2, &animation.pause)) return value_error();
  if (!(animation.pause >= 0) || isinf(animation.pause)) {
    argument_refuse(call, 2, ERROR_ARGUMENT, "pause=0.05", "`pause` is a number of seconds that is at least 0");
    return value_error();
  }
  Value frames = frames_of(call);
  if (value_is_error(frames)) return frames;
  bool played = value_iterate(session, frames, &iterator);
  if (!played)
    argument_fail(call, 1);
  else {
    played = play(&animation, &iterator);
    value_iterate_end(&iterator);
  }
  value_unref(frames);
  buffer_free(&animation.frame);
  return played ? value_none() : value_error();
}
