/* SPDX-License-Identifier: MIT */
/* saveplot.c: figures as files: SVG by ourselves, PNG by a program that turns SVG into it. */
#include "base/process.h"
#include "base/text.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/drawing.h"
#include "evaluator/builtins/state.h"
#include "runtime/format/file.h"

enum { CONVERTER_SECONDS = 30 };
static const char converter[] = "rsvg-convert";

static bool fail_save(Call *call, int index, const char *message, const char *hint) {
  session_fail(call->session, ERROR_FILE, "%s", message);
  error_hint(call_runtime(call)->error, "%s", hint);
  argument_fail(call, index);
  return false;
}

/* The picture as PNG, in place of the SVG. */
static bool convert(Call *call, int index, Buffer *picture) {
  static const char *const words[] = {converter, "--format=png", NULL};
  Buffer png = {0};
  ProcessStatus status = process_run(words, buffer_text(picture), picture->length, CONVERTER_SECONDS, &png);
  buffer_free(picture);
  *picture = png;
  switch (status) {
    case PROCESS_OK:
      return true;
    case PROCESS_NO_MEMORY:
      return error_out_of_memory(call_runtime(call)->error);
    case PROCESS_INTERRUPTED:
      return !runtime_interrupted(call_runtime(call));
    case PROCESS_MISSING:
      return fail_save(call, index, "a .png needs the program rsvg-convert, which is not installed",
                       "install librsvg2-bin (Debian, Ubuntu) or librsvg, or save as .svg");
    case PROCESS_TOO_LONG:
      return fail_save(call, index, "rsvg-convert took too long", "save as .svg");
    default:
      return fail_save(call, index, "rsvg-convert failed", "save as .svg");
  }
}

bool figure_save(Call *call, int index, const String *path, const Figure *figure) {
  bool png = text_ends_with_any_case(path->text, path->length, ".png");
  if (!png && !text_ends_with_any_case(path->text, path->length, ".svg"))
    return fail_save(call, index, "plots are saved as .svg or .png, by the end of the name", "like \"plot.svg\"");
  Buffer picture = {0};
  bool done = plot_write_svg(figure, &picture);
  if (!done) error_out_of_memory(call_runtime(call)->error);
  if (done && runtime_interrupted(call_runtime(call))) done = false;
  done = done && (!png || convert(call, index, &picture));
  done = done && file_write(call_runtime(call), path->text, path->length, buffer_text(&picture), picture.length);
  buffer_free(&picture);
  if (!done) argument_fail(call, index);
  return done;
}

/* saveplot(file) */
Value builtin_saveplot(Call *call) {
  const String *path = argument_text(call, 0);
  BuiltinState *state = path ? builtin_state(call->session) : NULL;
  if (!state) return value_error();
  if (state->figure) return figure_save(call, 0, path, state->figure) ? value_none() : value_error();
  session_fail(call->session, ERROR_ARGUMENT, "there is no plot yet");
  error_hint(call_runtime(call)->error, "plot something first, or use plot(..., save=\"plot.svg\")");
  return value_error();
}
