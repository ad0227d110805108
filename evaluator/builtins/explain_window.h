/* SPDX-License-Identifier: MIT */
/* explain_window.h: a recorded view as the index or method that makes it. */
#ifndef MGRAD_EVALUATOR_BUILTINS_EXPLAIN_WINDOW_H
#define MGRAD_EVALUATOR_BUILTINS_EXPLAIN_WINDOW_H
#include "autodiff/node.h"
#include "base/buffer.h"

/* `W[0, 1:3]`, `W.T`, `reshape(W, (3, 2))`, or `view(W)`: the window that the attributes of a row `window` say, of an
   object with a name.  `indexed`: an index was written, which may name one element of a tensor that has one. */
void window_add_text(Buffer *out, const char *name, const Tensor *object, const Attributes *attributes, bool indexed);

#endif
