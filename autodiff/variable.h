/* SPDX-License-Identifier: MIT */
/* variable.h: what a user calls a tensor: a cell that holds a current value, or a window onto another's cell.

   Reading takes (the window of) the cell's current value.  Writing replaces the value by a functional update of the old
   one, so every alias and view sees it at once and nothing computed earlier changes; where nobody else holds the old
   numbers and nothing is recorded, the update happens in place.  A recorded update of a part takes over the memory
   where it can (runtime/displaced.h).  The gradient belongs to the cell; a view's gradient is a window of it.  Views
   are windows relative to the C order of the base, so views of views need no chain; only parts of a view that cannot be
   written, whose elements have derivatives of their own, know what they are parts of. */
#ifndef MGRAD_AUTODIFF_VARIABLE_H
#define MGRAD_AUTODIFF_VARIABLE_H
#include "base/object.h"
#include "autodiff/node.h"
#include "runtime/kernels/index.h"

enum {
  VARIABLE_READ_ONLY = 1, /* overlapping or broadcast windows cannot be written */
  VARIABLE_CELL = 2       /* what it stands for is no plain number, though it be a scalar: see stand_in.h */
};

/* What a part of a view that cannot be written is made from, however often their base is written. */
typedef struct ViewOrigin {
  Variable *whole; /* referenced */
  Attributes *attributes;
  uint16_t op, depth;
} ViewOrigin;

struct Variable {
  Object object;        /* KIND_VARIABLE */
  Tensor *value;        /* owner: the current value (tracked: a variable; plain: a constant); view: cached window */
  Variable *base;       /* NULL for the owner of a cell; for views always the ultimate owner, referenced */
  union {
    Tensor *gradient;   /* owner: plain tensor, tracked one with create_graph, or NULL */
    Layout *layout;     /* view: its window of the base */
  };
  union {
    int64_t offset;     /* view: first element */
    Variable *windows;  /* owner: its views that hold a cached window, which a write makes them forget */
  };
  uint64_t version;     /* owner: counts writes; view: the version its cached value belongs to */
  union {
    Variable *next_window; /* view */
    Node *former;          /* owner: leaves that were its value before it was written without a record, while graphs
                              still use them: a gradient that reaches one is the variable's */
  };
  union {
    Variable *previous_window; /* view */
    uint64_t forgotten;        /* owner: the number of backwards when its gradient was last forgotten */
  };
  ViewOrigin *origin;       /* view: of what view that cannot be written it is a part; else NULL */
};

/* Takes ownership of a tensor just computed and makes it a variable of its own. */
Variable *variable_new_take(Graph *graph, Tensor *value_taken);
static inline Variable *variable_ref(Variable *variable) { variable->object.references++; return variable; }
void variable_unref(Variable *variable); /* NULL allowed */
void variable_destroy(Variable *variable); /* when the last reference is gone already */

/* The current value; borrowed, valid until the next write to it or its base.  NULL: error recorded. */
Tensor *variable_window_value(Graph *graph, Variable *view);
static inline Tensor *variable_value(Graph *graph, Variable *variable) {
  return variable->base ? variable_window_value(graph, variable) : variable->value;
}
/* Whether nothing is recorded of what is computed from it: its value, or that of its base, is not tracked. */
bool variable_is_constant(const Variable *variable);
/* Whether an owner had other values before it was written without a record, whose gradients are its own. */
static inline bool variable_has_former(const Variable *owner) {
  const Node *node = node_of(owner->value);
  return owner->former || (node && node_before_write(node));
}
const Layout *variable_layout(const Variable *variable); /* shape; needs no computation */
DType variable_dtype(const Variable *variable);

/* A view by a VIEW row of the table (or basic indexing); a fresh copy's variable where no window is possible. */
Variable *variable_view(Graph *graph, Variable *variable, OpId op, Attributes *attributes);
Variable *variable_window(Graph *graph, Variable *variable, Layout *layout, int64_t offset, bool read_only);
/* What cannot be written has elements of its own in the graph, though not in memory, so that each has its own
   derivative: it is recorded as what its operand gives, and its parts as parts of it. */
bool variable_has_own_elements(const Graph *graph, const Variable *variable);
/* A part of such a view, by its strides and, for the record, as a window of its C order. */
Tensor *variable_part(Graph *graph, Variable *view, Layout *layout, int64_t offset, Attributes *place);
/* Makes a fresh view of `whole`, if it has elements of its own, what the operation gives; of OP_window, attributes are
   the place of a part.  Takes the view, or NULL; NULL: error recorded. */
Variable *variable_view_of(Graph *graph, Variable *view_taken, Variable *whole, OpId op, Attributes *attributes);
Variable *variable_base(Variable *variable);   /* owner or NULL; borrowed */
bool variable_shares_memory(Graph *graph, Variable *a, Variable *b);

/* Writes.  All leave values and graph untouched when they fail. */
bool variable_write(Graph *graph, Variable *target, Tensor *value);      /* x[...] = value, broadcast, cast */
bool variable_write_op(Graph *graph, Variable *target, OpId op, Tensor *operand); /* x += operand and the like */
bool variable_write_index(Graph *graph, Variable *target, const Index *index, Tensor *value);
bool variable_write_data(Graph *graph, Variable *target, Tensor *value); /* x.data = value: not recorded */
bool variable_write_masked(Graph *graph, Variable *target, Tensor *value, Tensor *mask); /* out= with where= */
bool variable_reshape(Graph *graph, Variable *target, int ndim, const int64_t *shape);    /* x.shape = ... */
/* Whether a write would succeed, but for memory; for statements that write several things or nothing. */
bool variable_check_index(Graph *graph, Variable *target, const Index *index, Tensor *value);
bool variable_check_data(Graph *graph, Variable *target, Tensor *value);
bool variable_check_gradient(Graph *graph, Variable *variable, Tensor *gradient);
bool variable_check_shape(Graph *graph, Variable *target, int ndim, const int64_t *shape);

/* The stored gradient as a fresh variable (a view's is a window of its base's), or NULL without an error: none, and
   graph->missing says why. */
Variable *variable_gradient(Graph *graph, Variable *variable);
void variable_clear_gradient(Graph *graph, Variable *variable);
/* Stores a copy in the variable's dtype.  Errors: another shape, a constant, a view, whose gradient is a part of its
   base's. */
bool variable_set_gradient(Graph *graph, Variable *variable, Tensor *gradient);

#endif
