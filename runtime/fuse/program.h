/* SPDX-License-Identifier: MIT */
/* program.h: one pass over memory: instructions on tiles of elements.  Private to the engine.

   Slots are where instructions read and write: sources (numbers in memory, of any layout), outputs (memory of results),
   and registers, which stay in the first-level cache.  A tile is as many elements in C order as fill a register with
   the widest type that takes part, 512 float64; a block of tiles is what one thread does at a time, and the unit of
   partial sums. */
#ifndef MGRAD_RUNTIME_FUSE_PROGRAM_H
#define MGRAD_RUNTIME_FUSE_PROGRAM_H

#include "base/threads.h"
#include "runtime/convert.h"
#include "runtime/fuse/lazy.h"
#include "runtime/kernels/elementwise.h"
#include "runtime/kernels/reduce.h"

enum {
  FUSE_TILE_BYTES = 4096,
  FUSE_MOST_TILE = 2048, /* elements of narrow types: longer tiles gain nothing */
  FUSE_FETCH_TILES = 3, /* how far ahead operands are fetched; one is too late for memory beyond the caches */
  FUSE_BLOCK_CHUNKS = 128,
  FUSE_BLOCK = FUSE_BLOCK_CHUNKS * FOLD_CHUNK, /* elements; a power of two of chunks, so that sums form the same tree */
  FUSE_MOST_INSTRUCTIONS = 96,
  FUSE_MOST_SOURCES = 96,
  FUSE_MOST_OUTPUTS = 16,
  FUSE_MOST_REGISTERS = 64,
  FUSE_MOST_PANELS = 2,
  FUSE_PANEL_WIDTH = 64, /* bytes: a cache line */
  FUSE_PANEL_COLUMNS = 1 << 12,
  FUSE_FIRST_OUTPUT = FUSE_MOST_SOURCES,
  FUSE_FIRST_REGISTER = FUSE_MOST_SOURCES + FUSE_MOST_OUTPUTS,
  FUSE_SLOTS = FUSE_FIRST_REGISTER + FUSE_MOST_REGISTERS,
  FUSE_REGISTER_BYTES = FUSE_TILE_BYTES + 192 /* registers a power of two apart would compete for cache lines */
};

typedef struct Instruction {
  uint8_t kind;     /* LazyKind */
  bool pair;        /* of LAZY_UNARY: it has a second result */
  bool binary;      /* of LAZY_SUM: it adds up an operation on two operands, which it computes itself */
  uint8_t out;      /* slot; LAZY_SUM: which sum */
  uint8_t second;   /* slot of the second result */
  uint8_t in[3];    /* slots */
  uint8_t size;     /* bytes of an element of the result */
  union { UnaryLoop unary; PairLoop pair; BinaryLoop binary; WhereLoop where; ConvertLoop convert; FoldChunk fold;
          const FoldBinary *binary_sum; } loop;
} Instruction;

typedef struct Feed {
  const char *data;
  uint8_t ndim;      /* axes merged; 1 with stride `size`: in C order; 1 with stride 0: one number */
  uint8_t size;      /* bytes of an element */
  uint8_t buffer;    /* the register for tiles that have to be gathered */
  int8_t panel;      /* which of a worker's panels it is read from; -1: none */
  ConvertLoop copy;
  const Layout *layout;
  int64_t sizes[TENSOR_MAX_DIMS], strides[TENSOR_MAX_DIMS]; /* bytes */
} Feed;

typedef struct Output { Lazy *lazy; char *data; uint8_t size; } Output;
typedef struct Sum { Lazy *lazy; double *partial; } Sum; /* one number per block */

typedef struct Slot { char *data; int64_t stride; } Slot;

typedef struct SumTree { FoldTree tree; FoldNumber levels[FOLD_LEVELS]; } SumTree;

/* Some rows of a transposed matrix, copied: elements `start` to `end` in C order; none where these are equal. */
typedef struct Panel {
  int64_t start, end;
  _Alignas(64) char numbers[FUSE_PANEL_COLUMNS * FUSE_PANEL_WIDTH + FUSE_PANEL_WIDTH * FUSE_PANEL_WIDTH];
} Panel;

/* What one thread needs while it runs a block; too much for the stacks that some systems give. */
typedef struct Worker {
  struct Program *program;
  char *room;        /* where the tile of a pass that is read piece by piece goes */
  Slot slots[FUSE_SLOTS];
  SumTree sums[FUSE_MOST_OUTPUTS];
  _Alignas(64) char registers[FUSE_MOST_REGISTERS][FUSE_REGISTER_BYTES];
  _Alignas(64) char results[FUSE_MOST_OUTPUTS][FUSE_REGISTER_BYTES]; /* on their way to memory beyond the caches */
  Panel panels[FUSE_MOST_PANELS];
  _Alignas(64) char block[FUSE_ROOM]; /* for whoever reads piece by piece */
} Worker;

typedef struct Program {
  Runtime *runtime;
  int64_t elements;
  int64_t tile;        /* elements */
  int instructions, sources, outputs, sums, registers, panels;
  int target;          /* the output that was asked for */
  int stream;          /* the same when it is not written but read piece by piece; -1: it is written */
  const FoldBinary *last; /* of a pass that streams: what sums can compute instead of its last instruction; or NULL */
  bool fetches;        /* whether a later tile's operands are fetched */
  bool far;            /* its outputs are so large that they would only displace others from the caches */
  Instruction instruction[FUSE_MOST_INSTRUCTIONS];
  Feed source[FUSE_MOST_SOURCES];
  Output output[FUSE_MOST_OUTPUTS];
  Sum sum[FUSE_MOST_OUTPUTS];
  FoldMerge merge;
  double element_cost; /* rough nanoseconds for one element on one thread */
  int workers;         /* at least one */
  Worker *worker[THREADS_MOST]; /* by threads_self() */
} Program;

/* Bytes of the storage of a sum over such elements: the result, and the partial sums. */
size_t program_sum_bytes(const Layout *elements);
/* The pass that computes `target`, in runtime->program. */
void program_plan(Lazy *target, bool streams); /* streams: it is read piece by piece */
/* Sets the axes of a source of the given size of elements: those that lie in one line, or repeat one number, are one. */
void source_merge_axes(Feed *source, const Layout *of, const Layout *elements);
/* Whether a source is a transposed matrix of which rows are worth copying together. */
bool source_takes_panel(const Feed *source);
/* Sets the slot of a source for a tile. */
void source_bind(Worker *worker, int index, int64_t start, int64_t count);
/* Rows of `width` elements from `start` on, `way` elements apart in C order, where they lie; false: not with one
   stride. */
bool source_rows(const Feed *source, int64_t start, int64_t width, int64_t rows, int64_t way, FoldOperand *operand);

#endif
