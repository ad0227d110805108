/* SPDX-License-Identifier: MIT */
/* custom.c: the forward side of operations from outside the table. */
#include "runtime/op.h"

Tensor *op_custom_forward(Runtime *runtime, const Operands *operands) {
  OpCallback *callback = operands->attributes ? operands->attributes->callback : NULL;
  if (!callback) return runtime_fail(runtime, ERROR_TYPE, -1, "a custom operation needs its functions");
  return callback->forward(callback, operands->count, operands->tensors);
}

Tensor *op_implicit_root_forward(Runtime *runtime, const Operands *operands) {
  return op_custom_forward(runtime, operands);
}
