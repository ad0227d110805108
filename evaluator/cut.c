/* SPDX-License-Identifier: MIT */
/* cut.c: warnings of derivatives that end where only numbers go on. */
#include "evaluator/cut.h"
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "evaluator/builtins/arguments.h"
#include "evaluator/failure.h"

bool cut_matters(Session *session, const Tensor *tensor) {
  Graph *graph = &session->graph;
  if (!graph->recording || !tensor_is_tracked(tensor)) return false;
  session->cuts = ++graph->cuts;
  return graph->depth > 0;
}

/* Integers cannot be recorded, so a variable of them has to be of another type, too. */
static void hint_write(char *hint, size_t size, const Variable *target, const char *name) {
  ShapeText shape;
  bool real = dtype_is_float(variable_dtype(target));
  size_t length = strlen(name);
  if (length && text_name_length(name, length) == length)
    snprintf(hint, size, "write `%s = tensor(%s%s)` before, or `detach` around what needs no derivative", name, name,
             real ? "" : ", dtype=float64");
  else snprintf(hint, size, "write into a variable such as `zeros(%s)`, or `detach` what needs no derivative",
                layout_text(&shape, variable_layout(target)));
}

void cut_tell_write(Session *session, const Variable *target, Span owner, Span place) {
  session->cuts = session->graph.cuts;
  if (session->graph.depth == 0) return;
  ShownText text;
  char message[200], hint[320];
  const char *name = shown_source(session, &text, owner);
  snprintf(message, sizeof message, "`%s` is a constant: what is written into it is not differentiated", name);
  hint_write(hint, sizeof hint, target, name);
  session_warn(session, place, message, hint);
}

void cut_check_number(Call *call, int index) {
  const Variable *variable = value_as_variable(call->arguments[index]);
  Tensor *tensor = variable ? variable_value(call_graph(call), (Variable *)call->arguments[index].object) : NULL;
  if (!tensor || !cut_matters(call->session, tensor)) return;
  char message[120];
  snprintf(message, sizeof message, "`%s` counts as a constant: no derivative goes through it",
           call->signature->parameters[index].name);
  session_warn(call->session, call->spans[index].end ? call->spans[index] : call->span, message, NULL);
}
