/* SPDX-License-Identifier: MIT */
/* plan.h: what a pass is while it is planned: chosen by choose.c, made into a program by plan.c. */
#ifndef MGRAD_RUNTIME_FUSE_PLAN_H
#define MGRAD_RUNTIME_FUSE_PLAN_H
#include "runtime/fuse/program.h"

typedef struct Plan {
  Program *program;
  const Layout *elements;
  uint64_t epoch;
  bool streams;
  int count, roots, leaves, strided;
  Lazy *order[FUSE_MOST_INSTRUCTIONS];     /* operands before what is made of them */
  int last_use[FUSE_MOST_INSTRUCTIONS];    /* index of the last instruction that reads it */
  int users[FUSE_MOST_INSTRUCTIONS];       /* how many read it */
  bool summed[FUSE_MOST_INSTRUCTIONS];     /* it is computed by the sum that is its only user */
  uint8_t slot[FUSE_MOST_INSTRUCTIONS];
  uint8_t kept[FUSE_MOST_INSTRUCTIONS];    /* Keeping */
  uint8_t partner[FUSE_MOST_INSTRUCTIONS]; /* index of what the same instruction computes; itself: nothing */
  int free_count;
  uint8_t free[FUSE_MOST_REGISTERS];
} Plan;

/* Adds the target and, unless it shall be `alone`, what comes cheaply in the same pass. */
void plan_choose(Plan *plan, Lazy *target, bool alone);
/* What is written, in the program's outputs and sums. */
void plan_choose_outputs(Plan *plan, const Lazy *target);
/* Operations that cost less than reading their result from memory would. */
bool plan_is_light(const Lazy *lazy);

#endif
