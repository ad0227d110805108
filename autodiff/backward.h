/* SPDX-License-Identifier: MIT */
/* backward.h: reverse mode over the recorded graph. */
#ifndef MGRAD_AUTODIFF_BACKWARD_H
#define MGRAD_AUTODIFF_BACKWARD_H
#include "autodiff/variable.h"

typedef struct BackwardOptions {
  bool release_graph, leaves_only, create_graph, accumulate;
  bool former_values; /* asked for gradients: also those of what the targets' variables were before unrecorded writes */
  uint64_t start; /* asked for gradients: nodes up to this number count as variables */
} BackwardOptions;

/* backward(L, gradient): sets the gradient of every nameable variable and intermediate that `loss` depends on.
   `gradient` NULL: ones; otherwise broadcast to the loss's shape (never the other way round). */
bool backward_run(Graph *graph, Variable *loss, Tensor *gradient, BackwardOptions options);

/* grad(L, targets): the gradients themselves, stored nowhere (owned tensors; zeros where L does not depend on one). */
bool backward_gradients(Graph *graph, Tensor *loss, Tensor *gradient, int count, Tensor *const *targets,
                        bool create_graph, Tensor **gradients);
bool backward_gradients_within(Graph *graph, Tensor *loss, Tensor *gradient, int count, Tensor *const *targets,
                               BackwardOptions options, Tensor **gradients);

#endif
