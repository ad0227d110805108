/* SPDX-License-Identifier: MIT */
/* number.c: single numbers that kernels compute from two tensors, when somebody needs them or on the way to something
   else that is made of the same operands. */
#include "runtime/fuse/lazy.h"

void lazy_write_number(Lazy *lazy, double number) {
  if (lazy->dtype == DTYPE_FLOAT64) *(double *)lazy->owner->data = number;
  else *(float *)lazy->owner->data = (float)number;
}

void fuse_set_number(Lazy *lazy, double number) {
  lazy_write_number(lazy, number);
  lazy_settle(lazy);
}

static FuseNumbers numbers_of(const Lazy *leaf) {
  return (FuseNumbers){leaf->leaf.data, (DType)leaf->dtype, leaf->layout};
}

bool lazy_compute_number(Lazy *lazy) {
  const FuseNumbers operands[] = {numbers_of(lazy->inputs[0]), numbers_of(lazy->inputs[1])};
  double number;
  if (!lazy->function(lazy->runtime, operands, &number)) return false;
  fuse_set_number(lazy, number);
  return true;
}

static bool is_operand(const Lazy *leaf, const Tensor *tensor) {
  return leaf->leaf.data == tensor_data(tensor) && leaf->dtype == tensor->dtype && leaf->layout == tensor->layout;
}

Lazy *fuse_wanted_number(Runtime *runtime, FuseFunction *function, const Tensor *x, const Tensor *y) {
  Lazy *lazy = runtime->pending_number;
  if (!lazy || lazy->function != function) return NULL;
  return is_operand(lazy->inputs[0], x) && is_operand(lazy->inputs[1], y) ? lazy : NULL;
}
