/* SPDX-License-Identifier: MIT */
/* reduce.h: many elements into one, along any axes.

   The elements that make one result are its rows; the results that lie side by side are columns.  Rows are taken in C
   order, 128 at a time in eight lanes, and these partial results are combined in pairs of equal size, so that a sum is
   accurate and its bits depend on nothing but the elements and their order. */
#ifndef MGRAD_RUNTIME_KERNELS_REDUCE_H
#define MGRAD_RUNTIME_KERNELS_REDUCE_H
#include "runtime/op.h"

enum { FOLD_CHUNK = 128, FOLD_LANES = 8, FOLD_WIDTH = 64, FOLD_GATHERED = 16, FOLD_LEVELS = 57 };

typedef enum FoldOp { FOLD_SUM, FOLD_PRODUCT, FOLD_MAXIMUM, FOLD_MINIMUM } FoldOp;
/* What happens to elements x first, given a parameter p per result (float64 only). */
typedef enum FoldMap {
  MAP_NONE,
  MAP_DIFFERENCE,  /* x - p */
  MAP_SQUARE,      /* (x - p)^2 */
  MAP_EXPONENTIAL, /* exp(x - p), but 0 where the difference is 0 */
  MAP_EQUAL        /* 1 where x - p is 0, else 0 */
} FoldMap;

/* Folds work on float64 (for real types) or int64. */
typedef union FoldNumber { double real; int64_t integer; } FoldNumber;
/* Folds at most FOLD_CHUNK rows of `width` columns that lie side by side; rows have a byte stride. */
typedef void (*FoldChunk)(const void *data, int64_t row_stride, int64_t rows, int64_t width, FoldNumber *out);
typedef void (*FoldMerge)(FoldNumber *into, const FoldNumber *later, int64_t width);
typedef struct FoldKernel { FoldChunk chunk[DTYPE_COUNT]; FoldMerge merge_real, merge_integer; } FoldKernel;
extern const FoldKernel fold_kernels_plain[], fold_kernels_avx2[];
const FoldKernel *fold_kernel(FoldOp op); /* the best one for this processor */

/* How a tensor falls into rows and columns: axes merged, strides in bytes. */
typedef struct ReducePlan {
  const char *data;
  DType dtype, work;               /* as stored; as folded: float64 or int64 */
  int kept, reduced;               /* numbers of axes; at least one each */
  int64_t kept_size[TENSOR_MAX_DIMS + 1], kept_stride[TENSOR_MAX_DIMS + 1];
  int64_t reduced_size[TENSOR_MAX_DIMS + 1], reduced_stride[TENSOR_MAX_DIMS + 1];
  int64_t rows, results;
} ReducePlan;
void reduce_plan(ReducePlan *plan, const Tensor *x, uint32_t axes);

/* Walks over the rows of one result (or of several side by side). */
typedef struct RowWalk {
  const ReducePlan *plan;
  const char *data;
  int64_t in_run, left;            /* place in the innermost axis; rows still to come */
  int64_t position[TENSOR_MAX_DIMS + 1];
} RowWalk;
void row_walk_start(RowWalk *walk, const ReducePlan *plan, const char *data);
int64_t row_walk_run(const RowWalk *walk); /* rows until the stride changes */
void row_walk_advance(RowWalk *walk, int64_t rows);
/* Copies up to `rows` rows of `width` columns as float64 or int64, row by row, and advances. */
void row_walk_gather(RowWalk *walk, int64_t rows, int64_t width, FoldNumber *out);

/* Walks over the results: tiles of columns that share their rows' strides. */
typedef struct TileWalk {
  const ReducePlan *plan;
  const char *data;
  int64_t result, width, most, in_run;
  int64_t position[TENSOR_MAX_DIMS + 1];
} TileWalk;
void tile_walk_start(TileWalk *walk, const ReducePlan *plan, int64_t most); /* tiles of at most `most` columns */
bool tile_walk_next(TileWalk *walk);                                       /* false: done */

/* The layout of a reduced tensor. */
Layout *reduce_layout(Runtime *runtime, const Layout *of, uint32_t axes, bool keepdims);
/* Folds x into a fresh tensor of the given layout: float64 for real x, otherwise int64.  `parameter`: contiguous
   float64, one per result, for maps (x real then). */
Tensor *reduce_fold(Runtime *runtime, FoldOp op, Tensor *x, uint32_t axes, Layout *layout, FoldMap map,
                    Tensor *parameter);
/* logsumexp in float64; also for log-softmax. */
Tensor *reduce_logsumexp(Runtime *runtime, Tensor *x, uint32_t axes, Layout *layout);

#endif
