/* SPDX-License-Identifier: MIT */
/* reduce.h: many elements into one, along any axes.

   The elements that make one result are its rows; the results that lie side by side are columns.  Rows are taken in C
   order, 128 at a time in eight lanes, and these partial results are combined in pairs of equal size, so that a sum is
   accurate and its bits depend on nothing but the elements and their order.  Extrema, which are the same in
   any order, are taken of as many rows as lie together.

   Who has the elements tile by tile (256 of them, say) gets the same bits: fold each chunk of 128 of them with
   fold_kernel(FOLD_SUM)->chunk, push the results in order into a FoldTree, and finish it.  So do threads: each has the
   rows of a power of two of chunks, a complete branch of the same tree. */
#ifndef MGRAD_RUNTIME_KERNELS_REDUCE_H
#define MGRAD_RUNTIME_KERNELS_REDUCE_H
#include "runtime/op.h"

enum { FOLD_CHUNK = 128, FOLD_LANES = 8, FOLD_WIDTH = 128, FOLD_GATHERED = 16, FOLD_LEVELS = 57,
       EXTREME_BYTES = 1024 };

typedef enum FoldOp { FOLD_SUM, FOLD_PRODUCT, FOLD_MAXIMUM, FOLD_MINIMUM } FoldOp;

/* Folds work on float64 (for real types) or int64. */
typedef union FoldNumber { double real; int64_t integer; } FoldNumber;
/* Folds at most FOLD_CHUNK rows of `width` columns that lie side by side; rows have a byte stride.  An extreme is taken
   of any number of rows, of at most EXTREME_BYTES each. */
typedef void (*FoldChunk)(const void *data, int64_t row_stride, int64_t rows, int64_t width, FoldNumber *out);
/* Folds whole chunks of FOLD_LINES lines, which lie side by side each, so many bytes one behind the other. */
enum { FOLD_LINES = 4 };
typedef void (*FoldLines)(const void *data, int64_t distance, FoldNumber *out);
typedef void (*FoldMerge)(FoldNumber *into, const FoldNumber *later, int64_t width);
/* Folds one row into one lane of each of its columns; an extreme into elements of its own type. */
typedef void (*FoldRow)(const void *data, int64_t width, FoldNumber *lane);
/* The first of elements with a byte stride that is `number`; `count`: none.  nan is searched for where there is nan. */
typedef int64_t (*FoldFind)(const char *data, int64_t stride, int64_t count, FoldNumber number);
typedef struct FoldKernel {
  FoldChunk chunk[DTYPE_COUNT];
  FoldLines lines[DTYPE_COUNT]; /* of sums and products */
  FoldRow row[DTYPE_COUNT];
  FoldMerge merge_real, merge_integer;
  FoldNumber identity_real, identity_integer;
  bool is_extreme; /* the same in any order */
  FoldFind find[DTYPE_COUNT];
} FoldKernel;
extern const FoldKernel fold_kernels_plain[], fold_kernels_avx2[], fold_kernels_avx512[];
const FoldKernel *fold_kernel(FoldOp op); /* the best one for this processor */

/* An operand of an operation whose results nobody writes down; strides in bytes. */
typedef struct FoldOperand { const char *data; int64_t row_stride, column_stride; } FoldOperand;
/* Sums of a binary operation on at most FOLD_CHUNK rows of float elements, of one column or of up to FOLD_WIDTH
   columns; to the last bit those of its results. */
typedef struct FoldBinary {
  void (*line)(const FoldOperand *x, const FoldOperand *y, int64_t rows, FoldNumber *out);
  void (*columns)(const FoldOperand *x, const FoldOperand *y, int64_t rows, int64_t width, FoldNumber *out);
} FoldBinary;
typedef struct FoldBinaries { FoldBinary add[DTYPE_COUNT], subtract[DTYPE_COUNT], multiply[DTYPE_COUNT]; } FoldBinaries;
extern const FoldBinaries fold_binaries_plain, fold_binaries_avx2, fold_binaries_avx512;
const FoldBinary *fold_binary(OpId op, DType dtype); /* NULL: there is none */

/* Partial results of 2^k chunks each, k falling; like a binary counter.  `width` results side by side. */
typedef struct FoldTree {
  FoldMerge merge;
  bool any_order;     /* then it has one level, however many chunks of whatever size there are */
  int64_t width;
  uint64_t chunks;
  int height;
  FoldNumber *levels; /* FOLD_LEVELS times `width`, the caller's */
} FoldTree;
void fold_tree_start(FoldTree *tree, FoldMerge merge, int64_t width, FoldNumber *levels);
static inline FoldNumber *fold_tree_top(FoldTree *tree) { /* for the next chunk */
  return tree->levels + tree->height * tree->width;
}
void fold_tree_push(FoldTree *tree);                    /* the next chunk's result stands at the top */
/* The chunks of one column of rows, which follow whole chunks; of a binary operation on two such columns. */
void fold_tree_add(FoldTree *tree, FoldChunk chunk, const char *data, int64_t row_stride, int64_t rows);
void fold_tree_add_two(FoldTree *tree, const FoldBinary *binary, FoldOperand x, FoldOperand y, int64_t rows);
void fold_tree_finish(FoldTree *tree, FoldNumber *out); /* after at least one chunk */

/* The sum or product of float elements side by side, the same bits as that of a tensor; 1 to FOLD_SHORT of them. */
enum { FOLD_SHORT = 1 << 14 };
double fold_short(FoldOp op, DType dtype, const void *data, int64_t count);

/* Columns side by side: their means, each the sum of two numbers, and sums of squares about them. */
enum {
  MOMENTS_WIDTH = 64, /* columns at a time: their levels and a gathered chunk have to fit the stack */
  MOMENTS_LINES = 4   /* lines together: they are long sums that wait for themselves only */
};
typedef struct Moments {
  int64_t rows;
  double mean[MOMENTS_WIDTH], rest[MOMENTS_WIDTH], squares[MOMENTS_WIDTH];
} Moments;
/* Of at most FOLD_CHUNK rows of `width` columns.  Exact where all elements of a column are equal. */
typedef void (*MomentsChunk)(const void *x, int64_t stride, int64_t rows, int64_t width, Moments *out);
typedef struct MomentsLoops {
  MomentsChunk lines, lines_float32; /* columns whose elements lie side by side; the stride, in elements, of columns */
  MomentsChunk columns;              /* rows whose elements do; the stride of rows */
} MomentsLoops;
/* Adds x to `*sum`; what rounding takes from the sum, 0 where it is not finite (Knuth). */
static inline double add_exactly(double *sum, double x) {
  const double before = *sum, after = before + x, added = after - before;
  const double rest = (before - (after - added)) + (x - added);
  *sum = after;
  return rest - rest == 0 ? rest : 0;
}
extern const MomentsLoops moments_loops_plain, moments_loops_avx2, moments_loops_avx512;
const MomentsLoops *moments_loops(void); /* the best ones for this processor */

/* How a tensor falls into rows and columns: axes merged, strides in bytes. */
typedef struct ReducePlan {
  const char *data;
  DType dtype, work;               /* as stored; as folded: float64 or int64 */
  int kept, reduced;               /* numbers of axes; at least one each */
  int64_t kept_size[TENSOR_MAX_DIMS + 1], kept_stride[TENSOR_MAX_DIMS + 1];
  int64_t reduced_size[TENSOR_MAX_DIMS + 1], reduced_stride[TENSOR_MAX_DIMS + 1];
  int64_t rows, results;
} ReducePlan;
/* Of a pending tensor too: then `data` only serves to tell places from each other. */
void reduce_plan(ReducePlan *plan, const Tensor *x, uint32_t axes);

/* Walks over rows of one result (or of several side by side). */
typedef struct RowWalk {
  const ReducePlan *plan;
  const char *data;
  int64_t in_run, left;            /* place in the innermost axis; rows still to come */
  int64_t position[TENSOR_MAX_DIMS + 1];
} RowWalk;
void row_walk_start(RowWalk *walk, const ReducePlan *plan, const char *data, int64_t first, int64_t rows);
int64_t row_walk_run(const RowWalk *walk); /* rows until the stride changes, or until the end */
void row_walk_advance(RowWalk *walk, int64_t rows);
/* Copies up to `rows` rows of `width` columns as float64 or int64, row by row, and advances. */
void row_walk_gather(RowWalk *walk, int64_t rows, int64_t width, FoldNumber *out);

/* Whether results are better computed one by one than side by side. */
bool reduce_is_line_by_line(const ReducePlan *plan);
/* How many columns are folded together where they lie; 1: each for itself, with any stride. */
int64_t reduce_tile_width(const ReducePlan *plan, const FoldKernel *kernel);

/* The work of a reduction in shares for threads: tiles of columns that share their rows' strides, over a segment of the
   rows.  The shares depend on the plan alone. */
typedef struct ReduceShare {
  const char *data;                /* row 0 of the first column */
  int64_t result, width;           /* columns */
  int64_t segment, first, rows;    /* rows, and their segment's number */
} ReduceShare;
typedef void (*ReduceWork)(void *context, const ReduceShare *share);
typedef struct ReduceShares {
  const ReducePlan *plan;
  int64_t most;                    /* columns of a tile */
  int64_t tiles, segments;
  int64_t group;                   /* tiles per share where there is one segment */
  int64_t segment_rows;            /* a power of two of chunks */
} ReduceShares;
void reduce_shares_plan(ReduceShares *shares, const ReducePlan *plan, int64_t most);
/* Calls work for every tile and segment, on several threads; `nanoseconds` is a guess of the time per element.
   False, with the error recorded, when interrupted. */
bool reduce_shares_run(Runtime *runtime, const ReduceShares *shares, double nanoseconds, ReduceWork work,
                       void *context);

/* Joins the segments of each result: `lines` of one result each per segment.  `out` may be the first line. */
void reduce_join_segments(FoldMerge merge, const FoldNumber *lines, int64_t segments, int64_t results, FoldNumber *out);

/* The layout of a reduced tensor. */
Layout *reduce_layout(Runtime *runtime, const Layout *of, uint32_t axes, bool keepdims);
/* Folds x into a fresh tensor of the given layout: float64 for real x, otherwise int64. */
Tensor *reduce_fold(Runtime *runtime, FoldOp op, Tensor *x, uint32_t axes, Layout *layout);
/* Variances of float64 or float32 x, with at least one row: the sums of squares about the means, divided. */
Tensor *reduce_variance(Runtime *runtime, Tensor *x, uint32_t axes, Layout *layout, double divisor);
/* logsumexp of real x, with at least one row, as float64. */
Tensor *reduce_logsumexp(Runtime *runtime, Tensor *x, uint32_t axes, Layout *layout);

#endif
