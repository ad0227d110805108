/* SPDX-License-Identifier: MIT */
/* explain_dot.c: a graph in the language of Graphviz: values and gradients in the nodes, local derivatives on
   the edges.

   Labels are plain quoted strings: nothing in them is markup, and backslashes stand for themselves. */
#include "evaluator/builtins/explain_grid.h"

enum { LABEL_COLUMNS = 40 };

/* One line of a label, with what a terminal would obey already replaced. */
static void add_label(Buffer *out, const char *text) {
  Buffer safe = {0};
  text_add_cut(&safe, text, LABEL_COLUMNS, "…");
  for (size_t i = 0; i < safe.length; i++) {
    if (safe.text[i] == '"' || safe.text[i] == '\\') buffer_add_byte(out, '\\');
    buffer_add_byte(out, safe.text[i]);
  }
  out->failed |= safe.failed;
  buffer_free(&safe);
}

static void add_node(Steps *steps, Buffer *out, uint32_t at) {
  const ExplainRow *row = steps_row(steps, at);
  Buffer text = {0};
  buffer_format(out, "  s%u [label=\"", (unsigned)at);
  steps_add_expression(steps, &text, at);
  add_label(out, steps->names[at]);
  buffer_add_text(out, explain_is_leaf(row) ? " (" : " = ");
  add_label(out, steps_text(steps, &text));
  buffer_add_text(out, explain_is_leaf(row) ? ")\\n" : "\\n");
  steps_add_tensor(steps, &text, &row->node->tensor);
  add_label(out, steps_text(steps, &text));
  buffer_add_text(out, "\\ngrad ");
  steps_add_value(steps, &text, &row->gradient);
  add_label(out, steps_text(steps, &text));
  buffer_format(out, "\"%s];\n", explain_is_leaf(row) ? ", style=rounded" : "");
  buffer_free(&text);
}

static void add_edges(Steps *steps, Buffer *out, uint32_t at) {
  const ExplainRow *row = steps_row(steps, at);
  Buffer text = {0};
  for (uint32_t i = 0; i < row->edge_count; i++) {
    const ExplainEdge *edge = steps_edge(steps, row, i);
    double number;
    if (!steps_edge_shown(steps, edge)) continue;
    buffer_format(out, "  s%u -> s%u [label=\"", (unsigned)edge->row, (unsigned)at);
    if (steps_local_number(steps, at, i, &number)) steps_add_number(&text, number, 4);
    else steps_add_local(steps, &text, at, i);
    add_label(out, steps_text(steps, &text));
    buffer_add_text(out, "\"];\n");
  }
  buffer_free(&text);
}

void explain_add_dot(Steps *steps, Buffer *out) {
  buffer_add_text(out, "digraph gradient {\n  rankdir=LR;\n  node [shape=box, fontname=\"monospace\", fontsize=11];\n"
                       "  edge [fontname=\"monospace\", fontsize=10];\n");
  Runtime *runtime = session_runtime(steps->session);
  for (uint32_t at = 0; at < steps_count(steps) && !runtime_interrupted(runtime); at++)
    if (steps_row(steps, at)->shown) add_node(steps, out, at);
  for (uint32_t at = 0; at < steps_count(steps) && !runtime_interrupted(runtime); at++)
    if (steps_row(steps, at)->shown) add_edges(steps, out, at);
  buffer_add_text(out, "}\n");
}
