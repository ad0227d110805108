/* SPDX-License-Identifier: MIT */
/* rules_layers.h: what layers share. */
#ifndef MGRAD_AUTODIFF_RULES_LAYERS_H
#define MGRAD_AUTODIFF_RULES_LAYERS_H
#include "autodiff/rule.h"

/* The type that layers compute in for an operand: its own, float64 for integers. */
static inline DType layer_dtype(const Tensor *x) { return tensor_is_float(x) ? (DType)x->dtype : DTYPE_FLOAT64; }

/* 0 with probability p, else 1 / (1 - p); a constant. */
Tensor *layer_dropout_mask(Rule *rule, DType dtype, int ndim, const int64_t *shape, double p);

#endif
