/* SPDX-License-Identifier: MIT */
/* node.h: the recorded graph.  A node is a tensor with a history: which operation made it, from what.

   A node begins with its tensor, so every runtime function takes it as it is.  Nodes are reference counted and pooled;
   freeing and backward use loops, not recursion, and freeing allocates nothing. */
#ifndef MGRAD_AUTODIFF_NODE_H
#define MGRAD_AUTODIFF_NODE_H
#include "runtime/op.h"

typedef struct Variable Variable;
typedef struct Node Node;

enum {
  NODE_RELEASED = 4,  /* its history was released on purpose; backward through it is an error */
  NODE_ASKED = 8,     /* a transform is going to ask for its gradient: as good as held by a variable */
  NODE_NUMBER = 16,   /* inputs[1] is NULL: the second operand is the plain number `number` */
  NODE_NUMBER_LEFT = 32, /* the same for inputs[0] */
  NODE_MANY = 64,     /* more than two inputs: `many` holds them */
  NODE_TARGET = 128   /* the same as NODE_ASKED while backward_gradients runs */
};                    /* kept in tensor.flags beside TENSOR_INLINE and TENSOR_TRACKED */

struct Node {
  Tensor tensor;           /* value; tensor.op is the operation; OP_none for a leaf */
  uint64_t sequence;       /* rises with time: an input's is smaller than its result's */
  union {
    Tensor *inputs[2];
    struct { Tensor **many; intptr_t count; } list;
    struct { Node *next, **link; } former; /* a leaf that is an earlier value of its holder: see variable.h */
    Span released;         /* NODE_RELEASED: the source text that released the history */
  };
  union { Attributes *attributes; double number; };
  Span span;               /* the source text that made it */
  union {
    Variable *holder;      /* the variable whose current (or former) value this is, or NULL; not owned */
    Node *next_dead;       /* while it is being freed */
  };
  uint32_t slot : 31;      /* used by a running backward */
  uint32_t stands_in : 1;  /* made of nothing but constants and what stands for them: see stand_in.h */
  uint32_t epoch;          /* mark of the last search that came by */
};
_Static_assert(sizeof(Node) <= 88, "a recorded operation costs one small block");

/* Why a variable has no gradient. */
typedef enum GradientMissing {
  GRADIENT_OF_CONSTANT,
  GRADIENT_NOT_COMPUTED, /* there has been no backward */
  GRADIENT_NOT_REACHED,  /* by the last one */
  GRADIENT_FORGOTTEN     /* since the last one */
} GradientMissing;

typedef struct Graph {
  Runtime *runtime;
  uint64_t sequence;
  bool recording;          /* false inside no_autodiff and during a plain backward */
  Span span;               /* stamped on new nodes: the operation being evaluated */
  int depth;               /* derivatives that running transforms take of what is being evaluated */
  uint32_t epoch;
  bool marking;            /* something has stood for a constant: nodes tell whether they do, too */
  uint64_t cuts;           /* recorded values so far of which only the numbers went into something constant */
  uint64_t choices;        /* comparisons of recorded numbers so far, and other results that stay while those move */
  uint64_t prune_at;       /* the next search for branches that nobody can name: see prune.c */
  struct BackwardRun *run; /* the innermost running backward */
  const char *last_backward; /* name text of the last backward's loss, for notes; may be NULL */
  uint64_t backwards;        /* so far */
  GradientMissing missing;   /* of the gradient that was asked for last and is none */
  bool nan_check;          /* a gradient that is nan or infinite is an error that names where it arose */
  const struct Node *refused; /* the released node that made the last backward fail; borrowed, to be read at once */
} Graph;

void graph_init(Graph *graph, Runtime *runtime);
void graph_free(Graph *graph);

/* A leaf: a variable's value.  Shares the numbers of `value` (float only). */
Node *node_new_leaf(Graph *graph, Tensor *value);
/* Records `op` with result `value` (owned by the caller still; its numbers are shared); the other one takes it. */
Node *node_new(Graph *graph, OpId op, Tensor *value, int count, Tensor *const *inputs, Attributes *attributes);
Node *node_new_take(Graph *graph, OpId op, Tensor *value_taken, int count, Tensor *const *inputs,
                    Attributes *attributes);
/* Records `op` of one or two inputs (y NULL: one) with a result of x's type, whose numbers are still to be computed; the
   same for x and a plain number, with a result of x's layout, too. */
Node *node_new_unset(Graph *graph, OpId op, Layout *layout, Tensor *x, Tensor *y);
Node *node_new_number(Graph *graph, OpId op, Tensor *x, double number, int number_flag);
/* The scalar fast path: float64 0-d result.  One of a and b may be NULL: then `number` stands for it (unary: b NULL
   and no NODE_NUMBER flag). */
Node *node_new_scalar(Graph *graph, OpId op, double value, Tensor *a, Tensor *b, double number, int number_flag);
static inline Node *node_of(const Tensor *tensor) {
  return tensor->flags & TENSOR_TRACKED ? (Node *)(uintptr_t)tensor : NULL;
}
static inline void node_set_slot(Node *node, uint32_t slot) { node->slot = slot & 0x7fffffff; }
int node_input_count(const Node *node);
Tensor *node_input(Graph *graph, const Node *node, int index); /* owned; makes a tensor of an inline number */
/* Borrowed; NULL for an inline number and for an absent operand. */
static inline Tensor *node_peek_input(const Node *node, int index) {
  return node->tensor.flags & NODE_MANY ? node->list.many[index] : node->inputs[index];
}
/* Lets go of the inputs; a later backward through the node is an error that names graph->span. */
void node_release_history(Graph *graph, Node *node);
/* The same without a trace: nothing in the history can be named, and the node becomes a leaf. */
void node_forget_history(Node *node);
/* The list of earlier values, which leave it when they end. */
void node_add_former(Node **list, Node *leaf);
void node_forget_formers(Node **list); /* their holder goes */
/* The value of the same holder that this one was copied from when it was written without a record; or NULL. */
static inline Node *node_before_write(const Node *node) {
  if (node->tensor.op != OP_copy || !node->holder) return NULL;
  Node *before = node_of(node->inputs[0]);
  return before && before->holder == node->holder ? before : NULL;
}
/* Whether a value is on its holder's list of earlier leaves. */
static inline bool node_is_former_leaf(const Node *node) {
  return node->tensor.op == OP_none && !(node->tensor.flags & NODE_RELEASED) && node->former.link;
}
/* The holder lets go of a value and of those before it. */
void node_let_go(Node *node);
/* Whether some variable has this value now, or had it before it was written without a record. */
bool node_is_held(const Node *node);
/* Whether its gradient can be asked for: it is held, or a transform keeps it. */
static inline bool node_is_named(const Node *node) {
  return node->tensor.flags & (NODE_ASKED | NODE_TARGET) || (node->holder && node_is_held(node));
}
/* Nodes reachable from this one and the bytes they hold, counted up to `limit` nodes.  What is added to a size begun
   by the other function, with no other counted between, counts no node twice. */
typedef struct GraphSize { uint64_t nodes; uint64_t bytes; } GraphSize;
void node_graph_size_add(Graph *graph, GraphSize *size, Node *node, uint64_t limit);
GraphSize node_graph_size(Graph *graph, Node *node, uint64_t limit);

/* The same numbers in another type, recorded; x itself where it is of that type.  Owned. */
Tensor *op_cast(Graph *graph, Tensor *x, DType dtype);

/* Applies an operation: computes, and records where recording is on and an operand is tracked.  The one entry for all
   rows of the table but compositions with several results.  Owned result. */
Tensor *op_apply(Graph *graph, OpId op, int count, Tensor *const *tensors, Attributes *attributes);
static inline Tensor *op_apply1(Graph *graph, OpId op, Tensor *x, Attributes *a) {
  return op_apply(graph, op, 1, &x, a);
}
static inline Tensor *op_apply2(Graph *graph, OpId op, Tensor *x, Tensor *y, Attributes *a) {
  Tensor *operands[2] = {x, y};
  return op_apply(graph, op, 2, operands, a);
}

#endif
