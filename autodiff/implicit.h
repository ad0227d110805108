/* SPDX-License-Identifier: MIT */
/* implicit.h: a root of equations as a function of whatever else the equations depend on. */
#ifndef MGRAD_AUTODIFF_IMPLICIT_H
#define MGRAD_AUTODIFF_IMPLICIT_H
#include "autodiff/node.h"

/* Equations as they were recorded at a root. */
typedef struct Equations {
  Tensor *unknown;  /* the leaf whose value is the root */
  Tensor *value;    /* what was computed from it: about 0, in its shape */
  uint64_t start;   /* nodes up to this number are older than the computation: its parameters */
} Equations;

/* The root (a constant), connected to the parameters of the equations; itself where there are none.  Owned. */
Tensor *implicit_root(Graph *graph, Tensor *root, const Equations *equations);

#endif
