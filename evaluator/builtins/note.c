/* SPDX-License-Identifier: MIT */
/* note.c: what the prompt says about gradients. */
#include "evaluator/builtins/note.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "evaluator/builtins/state.h"
#include "evaluator/machine.h"

enum { NAMES_SHOWN = 8 };

/* Out of memory only shortens a note. */
static bool add_named(void *context, const char *name, Value value, Span defined) {
  GradientNote *note = context;
  Variable *variable = value_as_variable(value);
  (void)defined;
  if (!variable || variable->base || strcmp(name, "_") == 0) return true;
  if (note->count == note->capacity) {
    Named *names = memory_grow(note->names, &note->capacity, sizeof *names, 16);
    if (!names) return false;
    note->names = names;
  }
  Tensor *gradient = variable->gradient ? tensor_ref(variable->gradient) : NULL;
  note->names[note->count] = (Named){name, variable_ref(variable), gradient, note->count};
  note->count++;
  return true;
}

void gradient_note_start(GradientNote *note, Call *call) {
  *note = (GradientNote){.session = call->session};
  if (!call->session->options.interactive) return;
  session_each_global(call->session, add_named, note);
  for (size_t i = 0; i < note->count; i++)
    if (!note->loss && (Object *)note->names[i].variable == call->arguments[0].object) note->loss = note->names[i].name;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(((const Named *)a)->name, ((const Named *)b)->name);
}

static void add_shape(Buffer *out, const Layout *layout) {
  ShapeText shape;
  buffer_format(out, " %s", layout->ndim ? layout_text(&shape, layout) : "()");
}

static bool is_leaf(const Named *named) {
  const Node *node = named->variable->value ? node_of(named->variable->value) : NULL;
  return node && node->tensor.op == OP_none;
}

static bool was_set(const Named *named) {
  return named->variable->gradient && named->variable->gradient != named->gradient;
}

/* Whether a variable has an older name: the loop over the parameters has left the last of them in `p`. */
static bool is_alias(const GradientNote *note, const Named *named) {
  for (size_t i = 0; i < note->count; i++)
    if (note->names[i].variable == named->variable && note->names[i].order < named->order) return true;
  return false;
}

/* What is differentiated always has a gradient; the question is what else it has reached. */
static bool has_others(const GradientNote *note) {
  for (size_t i = 0; i < note->count; i++)
    if (was_set(&note->names[i]) && note->names[i].name != note->loss && !is_alias(note, &note->names[i])) return true;
  return false;
}

/* All that were set for the note, the leaves for later. */
static void write_note(GradientNote *note, Buffer *text, Buffer *leaves) {
  int shown = 0;
  bool others = has_others(note);
  for (size_t i = 0; i < note->count; i++) {
    const Named *named = &note->names[i];
    if (!was_set(named) || (others && named->name == note->loss) || is_alias(note, named)) continue;
    if (shown++ < NAMES_SHOWN) {
      buffer_format(text, "%s%s", text->length ? ", " : "gradients: ", named->name);
      add_shape(text, variable_layout(named->variable));
    } else if (shown == NAMES_SHOWN + 1) {
      buffer_add_text(text, ", ...");
    }
    if (leaves && is_leaf(named) && leaves->length < 60)
      buffer_format(leaves, "%s%s", leaves->length ? ", " : "", named->name);
  }
}

void gradient_note_finish(GradientNote *note, bool done) {
  BuiltinState *state = done ? builtin_state(note->session) : NULL;
  Buffer text = {0};
  Graph *graph = session_graph(note->session);
  if (done && note->session->options.interactive) graph->last_backward = note->loss;
  if (note->count) qsort(note->names, note->count, sizeof *note->names, compare_names);
  if (state) buffer_clear(&state->reached);
  if (done) write_note(note, &text, state ? &state->reached : NULL);
  if (text.length) session_note(note->session, buffer_text(&text));
  buffer_free(&text);
  for (size_t i = 0; i < note->count; i++) {
    tensor_unref(note->names[i].gradient);
    variable_unref(note->names[i].variable);
  }
  if (note->names) memory_release(note->names, note->capacity * sizeof *note->names);
}

void gradient_missing(Buffer *out, const Graph *graph, const char *name) {
  switch (graph->missing) {
    case GRADIENT_OF_CONSTANT:
      buffer_format(out, "%s is a constant; `tensor(...)` makes a variable", name);
      break;
    case GRADIENT_NOT_COMPUTED: buffer_add_text(out, "no backward has been called; try `backward(L)`"); break;
    case GRADIENT_FORGOTTEN:
      buffer_format(out, "the gradient that %s had was forgotten after the last backward", name);
      break;
    case GRADIENT_NOT_REACHED:
      buffer_add_text(out, "the last backward");
      if (graph->last_backward) buffer_format(out, " (`%s`)", graph->last_backward);
      buffer_format(out, " did not reach %s", name);
  }
}

void gradient_note_none(Call *call, const char *name) {
  const Graph *graph = call_graph(call);
  if (!call->session->options.interactive) return;
  BuiltinState *state = builtin_state(call->session);
  Buffer text = {0};
  buffer_add_text(&text, "none: ");
  gradient_missing(&text, graph, name);
  if (graph->missing == GRADIENT_NOT_REACHED && state && state->reached.length)
    buffer_format(&text, "; it used %s", buffer_text(&state->reached));
  session_note(call->session, buffer_text(&text));
  buffer_free(&text);
}
