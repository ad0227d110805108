/* SPDX-License-Identifier: MIT */
/* tensor.h: tensors, immutable values: an element type, a layout, and numbers somewhere.

   Arguments are borrowed, results are owned by the caller, NULL means that the error has been recorded.
   A tensor is never changed once somebody else may hold it; what looks like a change makes a new one (autodiff's
   variables take care of that).  A tensor may be the first member of a graph node (TENSOR_TRACKED); this layer only
   passes the flag on and calls the registered destructor. */
#ifndef MGRAD_RUNTIME_TENSOR_H
#define MGRAD_RUNTIME_TENSOR_H
#include "base/error.h"
#include "runtime/dtype.h"

enum { TENSOR_MAX_DIMS = 32 };

/* Sizes and strides (in elements; 0 where broadcast).  Shared between tensors; immutable. */
typedef struct Layout {
  uint32_t references;
  uint8_t ndim;
  bool contiguous;   /* C order without gaps; also every layout of size 0 or 1 */
  bool incidental;   /* strides of what a pending tensor is made of: that they are 0 must change no bit of a result */
  int64_t size;      /* number of elements */
  int64_t sizes[];   /* ndim sizes, then ndim strides */
} Layout;

static inline const int64_t *layout_shape(const Layout *layout) { return layout->sizes; }
static inline const int64_t *layout_strides(const Layout *layout) { return layout->sizes + layout->ndim; }

/* Memory of elements, shared by tensors that are windows of it. */
typedef struct Lazy Lazy;
typedef struct Displaced Displaced;
typedef struct Storage {
  uint32_t references;
  uint32_t debt; /* what undoing the writes into its memory would cost that older values need undone; 0: none do */
  size_t bytes;
  void *data;    /* 64-byte aligned, but where it is small; NULL: a newer value has the memory */
  union {
    Lazy *pending;        /* the expression that will fill it; NULL: it holds its numbers (see fuse/fuse.h) */
    Displaced *displaced; /* no data: how to come by its numbers (see displaced.h) */
  };
} Storage;

enum {
  TENSOR_INLINE = 1,  /* one element, held in `number` */
  TENSOR_TRACKED = 2  /* the first member of an autodiff Node */
};

typedef struct Tensor {
  uint32_t references;
  uint8_t dtype;      /* DType */
  uint8_t flags;
  uint16_t op;        /* for nodes: OpId */
  Layout *layout;
  void *data;         /* the first element; read it through tensor_data().  NULL: perhaps not computed yet */
  union { Storage *storage; double number; int64_t integer; float single; uint8_t bytes[8]; };
} Tensor;

/* What runtime code needs besides its arguments. */
typedef struct Random { uint64_t state[4]; } Random;
typedef struct Runtime {
  Error *error;
  Random random;
  bool files_forbidden; /* --sandbox: format/file.c opens nothing */
  Lazy *pending;        /* the newest result that has not been computed yet */
  Lazy *pending_number; /* one of them that a kernel has left for later; NULL: none (see fuse/fuse.h) */
  int64_t fuse_least;   /* elements from which on results are left pending; 0: never */
  size_t displaced_least; /* bytes from which on a write displaces the old numbers; 0: never, else over MEMORY_POOLED */
  uint64_t fuse_epoch;  /* mark of the last pass that was planned */
  struct Program *program; /* room for planning and running passes */
  bool quiet;           /* no warnings of nan: the numbers are not the user's own */
  struct Tensor *spare; /* an operand of the running operation that nobody will read again: an elementwise result may
                           be written over it; NULL: none */
  struct RuntimeWarning { int count; char text[160]; } warning; /* e.g. `log` of 2 negative elements gives nan */
} Runtime;

/* Records an error and returns NULL; `operand` -1 blames the operation, k its k-th operand. */
RARE void *runtime_fail(Runtime *runtime, ErrorKind kind, int operand, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
RARE void *runtime_out_of_memory(Runtime *runtime);
/* True, with the error recorded, when Ctrl-C was pressed: every long loop asks now and then. */
bool runtime_interrupted(Runtime *runtime);
/* memcpy of what may be large.  False: interrupted, recorded. */
bool runtime_copy(Runtime *runtime, void *to, const void *from, size_t bytes);

/* ---- layouts */
extern Layout layout_scalar; /* the one layout with no axes; referenced like any other */
static inline Layout *layout_ref(Layout *layout) { layout->references++; return layout; }
void layout_unref(Layout *layout);
/* C-contiguous.  Fails on negative sizes, more than 32 axes, or more bytes than can be counted. */
Layout *layout_new(Runtime *runtime, int ndim, const int64_t *shape);
Layout *layout_new_strided(Runtime *runtime, int ndim, const int64_t *shape, const int64_t *strides);
bool layout_same_sizes(const Layout *a, const Layout *b); /* along every axis, given that there are as many */
static inline bool layout_same_shape(const Layout *a, const Layout *b) {
  if (a == b) return true;
  if (a->ndim != b->ndim || a->size != b->size) return false;
  return a->ndim == 1 || layout_same_sizes(a, b);
}
/* The shape two operands broadcast to; the error names both shapes and the axis.  `verb`: "add", "compare", ... */
Layout *layout_broadcast(Runtime *runtime, Layout *a, Layout *b, const char *verb);
/* Shape as text: "(2, 3)", "(3,)"; "a scalar" for ().  Writes into `out` and returns it. */
typedef struct ShapeText { char text[192]; } ShapeText;
const char *shape_text(ShapeText *out, int ndim, const int64_t *shape);
const char *layout_text(ShapeText *out, const Layout *layout);
const char *layout_phrase(ShapeText *out, const Layout *layout); /* "shape (2, 3)", but "a scalar" */
/* Negative axes from the end; the error names the axis, the operand and the valid range. */
/* "use 0 to 4, or -5 to -1": the places that there are among so many, of which there is one at least. */
const char *places_text(ShapeText *out, int64_t count);
bool axis_normalise(Runtime *runtime, int64_t axis, int ndim, const Layout *of, int *result);

/* ---- tensors */
Tensor *tensor_new(Runtime *runtime, DType dtype, Layout *layout);      /* numbers unset; layout is referenced */
Tensor *tensor_new_shape(Runtime *runtime, DType dtype, int ndim, const int64_t *shape);
/* For the engine of pending results: `lazy` gives type and layout and becomes what fills it; at least that many
   bytes. */
Tensor *tensor_new_pending(Runtime *runtime, Lazy *lazy, size_t bytes);
/* For displaced.h: a storage of so many bytes without memory, to be given some. */
Tensor *tensor_new_bare(Runtime *runtime, DType dtype, Layout *layout, size_t bytes);
void *storage_new_data(Runtime *runtime, size_t bytes); /* by memory_allocate_data; NULL: error recorded */
void storage_place(Storage *storage); /* once, before its numbers are written */
void storage_unref(Storage *storage);
Tensor *tensor_new_zeros(Runtime *runtime, DType dtype, Layout *layout);
Tensor *tensor_new_number(Runtime *runtime, DType dtype, double number); /* 0-d; converts */
Tensor *tensor_new_integer(Runtime *runtime, DType dtype, int64_t integer);
/* A window of `tensor`: same numbers, another layout (strides relative to the first element + offset).  A window with
   no axes is a copy of its one number; to write into part of a tensor use tensor_assign_window. */
Tensor *tensor_window(Runtime *runtime, Tensor *tensor, Layout *layout, int64_t offset);
Tensor *tensor_broadcast_to(Runtime *runtime, Tensor *tensor, Layout *shape); /* a stride-0 window */
Tensor *tensor_contiguous(Runtime *runtime, Tensor *tensor);             /* a reference when it is already */
Tensor *tensor_copy(Runtime *runtime, Tensor *tensor);                   /* fresh contiguous memory, same dtype */
/* A reference when equal.  Fractions are cut off; numbers too large for an integer type become its extreme, nan 0;
   integers that do not fit a smaller integer type wrap; everything but 0 is true. */
Tensor *tensor_cast(Runtime *runtime, Tensor *tensor, DType dtype);
/* A fresh untracked tensor that shares the numbers of a tracked one; a reference when untracked. */
Tensor *tensor_plain(Runtime *runtime, Tensor *tensor);

void tensor_destroy(Tensor *tensor); /* when the last reference goes; use tensor_unref */
extern void (*tensor_destroy_tracked)(Tensor *tensor); /* set once by autodiff */
static inline Tensor *tensor_ref(Tensor *tensor) { tensor->references++; return tensor; }
static inline void tensor_unref(Tensor *tensor) {
  if (tensor && --tensor->references == 0) tensor_destroy(tensor);
}
/* For owners of the struct that embeds a tensor: fill in / release everything but the struct's own memory. */
void tensor_take_value(Tensor *into, Tensor *from); /* shares from's layout, numbers and dtype */
void tensor_move_value(Tensor *into, Tensor *from_taken); /* the same from a tensor that nobody else may hold */
void tensor_release_value(Tensor *tensor);
/* Fresh numbers, unset, for a header without any; the layout has axes and is referenced.  False: error recorded. */
bool tensor_new_value(Runtime *runtime, Tensor *into, DType dtype, Layout *layout);

/* The first element.  The only way to numbers: a pending result is computed here, and a displaced one restored.  When
   that fails (Ctrl-C, or no memory to restore) the error is recorded and the numbers are arbitrary: whoever shows them
   or decides by them asks tensor_ready first. */
void *tensor_compute(const Tensor *tensor);
static inline void *tensor_data(const Tensor *tensor) { return tensor->data ? tensor->data : tensor_compute(tensor); }
/* Where its numbers are; while they are pending, where they would be by what is known now: good for distances. */
static inline void *tensor_place(const Tensor *tensor) {
  return tensor->data || !tensor->storage->data ? tensor_data(tensor) : tensor->storage->data;
}
bool tensor_ready(Runtime *runtime, const Tensor *tensor); /* false: error recorded */
static inline int tensor_ndim(const Tensor *tensor) { return tensor->layout->ndim; }
static inline int64_t tensor_size(const Tensor *tensor) { return tensor->layout->size; }
static inline bool tensor_is_tracked(const Tensor *tensor) { return tensor->flags & TENSOR_TRACKED; }
static inline bool tensor_is_float(const Tensor *tensor) { return dtype_is_float((DType)tensor->dtype); }
/* tensor_ready for this tensor alone, whatever else has failed; false: an error is recorded. */
static inline bool tensor_has_numbers(const Tensor *tensor) { return tensor_data(tensor) && tensor->data; }
/* They are there, and no other tensor looks at their memory. */
static inline bool tensor_has_memory(const Tensor *tensor) {
  return tensor_has_numbers(tensor) && tensor->storage->references == 1;
}
/* Nobody else can see its numbers: they may be overwritten.  (Pending results that need a pending one share it once it
   is computed.) */
static inline bool tensor_is_unshared(const Tensor *tensor) {
  if (tensor->references != 1) return false;
  return tensor->flags & TENSOR_INLINE || tensor_has_memory(tensor);
}

/* Element `index` in C order as a number (any dtype, any layout). */
double tensor_number_at(const Tensor *tensor, int64_t index);
/* The first element that a dtype cannot hold without changing it; the tensor's size: there is none; -1: interrupted,
   recorded. */
int64_t tensor_find_misfit(Runtime *runtime, const Tensor *tensor, DType dtype);
int64_t tensor_integer_at(const Tensor *tensor, int64_t index);
/* Copies numbers: `to` (a fresh tensor's, or one about to be overwritten) from a tensor broadcastable to it, with
   conversion; as if the source were copied first when they overlap. */
bool tensor_assign(Runtime *runtime, Tensor *to, Tensor *from);
/* The same into a window of `to`, given as for tensor_window. */
bool tensor_assign_window(Runtime *runtime, Tensor *to, Layout *window, int64_t offset, Tensor *from);
bool tensor_fill(Runtime *runtime, Tensor *to, double number);
bool tensor_is_finite(Tensor *tensor); /* no element of a float tensor is infinite or nan */

#endif
