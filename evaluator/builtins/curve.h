/* SPDX-License-Identifier: MIT */
/* curve.h: the graph of a function as points: dense where it bends, broken where it jumps. */
#ifndef MGRAD_EVALUATOR_BUILTINS_CURVE_H
#define MGRAD_EVALUATOR_BUILTINS_CURVE_H
#include "evaluator/builtins/sample.h"
#include "plot/figure.h"

typedef struct CurveRange {
  double from, to; /* from < to */
  bool log_x, log_y;
  bool limited;     /* low and high are given */
  double low, high; /* the heights worth showing: chosen by curve_sample when a pole makes others useless */
  bool clipped;     /* they were chosen */
} CurveRange;

/* Fills the series with points of the function; nan separates pieces. */
bool curve_sample(Sampler *sampler, CurveRange *range, Figure *figure, Series *series);

#endif
