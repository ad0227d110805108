/* SPDX-License-Identifier: MIT */
/* lazy.h: expressions over tensors that have not been computed: private to the engine.

   A Lazy is one operation of such an expression.  Its consumers hold it, and so does the storage that is reserved for
   its numbers (the owner), as long as some tensor looks at it.  Once computed it is a leaf: numbers in a storage. */
#ifndef MGRAD_RUNTIME_FUSE_LAZY_H
#define MGRAD_RUNTIME_FUSE_LAZY_H
#include "runtime/fuse/fuse.h"

typedef enum LazyKind { LAZY_LEAF, LAZY_UNARY, LAZY_BINARY, LAZY_WHERE, LAZY_CONVERT, LAZY_SUM, LAZY_NUMBER } LazyKind;

/* Of one expression, each counted once: beyond these, what it is made of is computed first. */
enum { LAZY_MOST_OPERATIONS = 40, LAZY_MOST_STRIDED = 20 };

struct Lazy {
  uint32_t references;
  uint8_t kind, dtype, work;  /* work: the type of its operands */
  uint16_t op;
  uint8_t operations;         /* in the expression under it, itself included, at most so many; 0: a leaf */
  uint8_t leaves, strided;    /* under it; strided: neither in C order nor a single number */
  bool heavy;                 /* planning: costs more to compute again than to write and read */
  bool placed;                /* its owner's memory is there to be written */
  bool root;                  /* planning: to be written in this pass in any case */
  bool used;                  /* planning: something that is made of it has been computed */
  uint8_t passes;             /* planning: how many have computed it without writing it */
  uint8_t windows;            /* that have been read without computing it */
  uint64_t mark;              /* planning: the pass, or the count, that saw it */
  uint64_t searched;          /* planning: the search that saw it */
  int32_t place;              /* planning: its index in the order of computation */
  Layout *layout;
  Runtime *runtime;
  Storage *owner;             /* where its numbers are wanted; not owned; NULL: nowhere */
  Lazy *previous, *next;      /* among the pending ones that have an owner */
  union {
    Lazy *inputs[3];
    struct { char *data; Storage *storage; char number[8]; } leaf; /* storage NULL: the data is the number here */
  };
  union {
    double divisor;           /* LAZY_SUM */
    FuseFunction *function;   /* LAZY_NUMBER, of two leaves */
  };
};

static inline int lazy_input_count(const Lazy *lazy) {
  static const uint8_t counts[] = {[LAZY_LEAF] = 0, [LAZY_UNARY] = 1, [LAZY_BINARY] = 2, [LAZY_WHERE] = 3,
                                   [LAZY_CONVERT] = 1, [LAZY_SUM] = 1, [LAZY_NUMBER] = 2};
  return counts[lazy->kind];
}
/* Whether it has elements, each made of those of its operands: otherwise it is one number. */
static inline bool lazy_is_elementwise(const Lazy *lazy) { return lazy->kind < LAZY_SUM; }
/* The shape of the elements that it works on. */
static inline const Layout *lazy_elements(const Lazy *lazy) {
  return lazy->kind == LAZY_SUM ? lazy->inputs[0]->layout : lazy->layout;
}
/* A copy of what is already in memory, repeated along its axes: reading it there stays cheaper than writing it. */
bool lazy_is_spread(const Lazy *lazy);
/* It has been computed: its owner's memory holds its numbers. */
void lazy_settle(Lazy *lazy);
/* Of one that is a single number. */
void lazy_write_number(Lazy *lazy, double number);
bool lazy_compute_number(Lazy *lazy); /* LAZY_NUMBER; false: error recorded */

#endif
