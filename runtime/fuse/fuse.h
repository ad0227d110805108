/* SPDX-License-Identifier: MIT */
/* fuse.h: large elementwise results are left pending and computed when somebody needs the numbers, many operations in
   one pass over memory.

   A pending tensor has its memory reserved but not written; tensor_data() computes it.  fuse_elementwise, fuse_where,
   fuse_convert, fuse_sum and fuse_number give a pending tensor of the given layout (contiguous), or NULL with the error
   recorded; whether pending is worth it is the caller's question to fuse_is_worth(). */
#ifndef MGRAD_RUNTIME_FUSE_FUSE_H
#define MGRAD_RUNTIME_FUSE_FUSE_H
#include "runtime/op.h"

/* Below this many elements planning would cost more than the memory traffic that it saves. */
enum { FUSE_LEAST_ELEMENTS = 2048 };

static inline bool fuse_is_worth(const Runtime *runtime, const Layout *layout) {
  return runtime->fuse_least && layout->size >= runtime->fuse_least && layout->ndim > 0;
}
static inline bool tensor_is_pending(const Tensor *tensor) {
  return !tensor->data && tensor->storage->data && tensor->storage->pending;
}

/* An elementwise row on operands of type `work` (y NULL: one operand) that broadcast to the layout. */
Tensor *fuse_elementwise(Runtime *runtime, OpId op, DType work, DType result, Layout *layout, Tensor *x, Tensor *y);
/* condition: bool; x and y: of one type. */
Tensor *fuse_where(Runtime *runtime, Layout *layout, Tensor *condition, Tensor *x, Tensor *y);
Tensor *fuse_convert(Runtime *runtime, Tensor *x, DType dtype, Layout *layout); /* also a plain copy */
/* The sum of all elements of a pending real tensor, divided by a number; the layout has one element. */
Tensor *fuse_sum(Runtime *runtime, Tensor *x, double divisor, Layout *layout);

/* Where a window (relative to C order) of a pending tensor can be read without computing it: the strides of its axes
   over numbers in memory, and who holds these (NULL: the engine).  False, without an error: nowhere. */
typedef struct FuseWindow { const char *data; Storage *storage; int64_t strides[TENSOR_MAX_DIMS]; } FuseWindow;
bool fuse_window(const Tensor *tensor, const Layout *window, int64_t offset, FuseWindow *found);

/* One number that a kernel makes of two tensors, for results that somebody may come by on the way to another one (a
   loss, while its gradient is computed).  At most one waits at a time: an earlier one is computed first. */
typedef struct FuseNumbers { const char *data; DType dtype; const Layout *layout; } FuseNumbers;
typedef bool FuseFunction(Runtime *runtime, const FuseNumbers operands[2], double *number); /* false: error recorded */
Tensor *fuse_number(Runtime *runtime, FuseFunction *function, DType dtype, Tensor *x, Tensor *y);
/* What waits for that number, or NULL; and the number, from whoever has computed it. */
Lazy *fuse_wanted_number(Runtime *runtime, FuseFunction *function, const Tensor *x, const Tensor *y);
void fuse_set_number(Lazy *lazy, double number);

/* Reading a pending tensor piece by piece, without ever writing it down as a whole: for reductions along axes.  All
   elements must be read (but see fuse_may_stop), each once, by any threads; only then is the pass closed (or abandoned,
   when interrupted). */
typedef struct Program FusePass;
typedef struct Worker FuseReader;
FusePass *fuse_open(const Tensor *x);            /* NULL, without an error: rather read it as a whole */
double fuse_pass_cost(const FusePass *pass);     /* rough nanoseconds per element */
bool fuse_may_stop(const FusePass *pass);        /* it writes nothing down: who knows enough may stop */
FuseReader *fuse_reader(FusePass *pass);         /* the one of the thread that calls */
char *fuse_room(FuseReader *reader); /* FUSE_ROOM bytes for the thread's use */
enum { FUSE_PIECE = 256, FUSE_ROOM = 1 << 16 };
/* How many elements can be read at once, a multiple of FUSE_PIECE: more of narrow types. */
int64_t fuse_piece(const FusePass *pass);
/* So many elements or fewer from `start` on in C order; they are in `room`, or where their tensor wants them.
   `next`: where one of the following calls will start. */
const void *fuse_read(FuseReader *reader, int64_t start, int64_t count, int64_t next, void *room);
/* The last operation of the pass if sums can compute it themselves (reduce.h), else NULL.  Then its operands can be
   read instead of its results: elements on one line, or rows of `width` elements, `way` apart; false: not where they
   lie. */
struct FoldBinary;
struct FoldOperand;
const struct FoldBinary *fuse_last(const FusePass *pass);
void fuse_read_line(FuseReader *reader, int64_t start, int64_t count, int64_t next, struct FoldOperand *x,
                    struct FoldOperand *y);
bool fuse_read_rows(FuseReader *reader, int64_t start, int64_t width, int64_t rows, int64_t way, struct FoldOperand *x,
                    struct FoldOperand *y);
void fuse_close(FusePass *pass);

/* Computes a pending result and whatever others come cheaply in the same pass.  False: interrupted, recorded; it stays
   pending. */
bool fuse_compute(Lazy *lazy);
/* Nobody will ask for the numbers of this pending result any more. */
void fuse_abandon(Lazy *lazy);

/* Room for planning and running; results of `least` elements and more are left pending (0: never).  False: out of
   memory, recorded. */
bool fuse_start(Runtime *runtime, int64_t least);
void fuse_free(Runtime *runtime);

#endif
