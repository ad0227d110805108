/* SPDX-License-Identifier: MIT */
/* op.h: the operation table as the runtime reads it: names, signatures and forward functions. */
#ifndef MGRAD_RUNTIME_OP_H
#define MGRAD_RUNTIME_OP_H
#include "runtime/tensor.h"

typedef enum OpId {
#define UNARY(name, ...) OP_##name,
#define BINARY(name, ...) OP_##name,
#define SPECIAL(name, ...) OP_##name,
#define CONSTANT(name, ...) OP_##name,
#define VIEW(name, ...) OP_##name,
#define COMPOSED(name, ...) OP_##name,
#define ALIAS(name, ...)
#include "runtime/ops.def"
#include "runtime/ops_end.def"
  OP_COUNT,
  OP_none = OP_COUNT
} OpId;

/* Whether an operation writes into a part of a copy of its first operand. */
static inline bool op_puts(OpId op) { return op == OP_window_put || op == OP_gather_put; }

/* A parameter of an operation that is not a tensor. */
typedef enum ParameterKind {
  PARAMETER_NONE, PARAMETER_BOOL, PARAMETER_INTEGER, PARAMETER_NUMBER, PARAMETER_INTEGERS, PARAMETER_DTYPE,
  PARAMETER_TEXT
} ParameterKind;

typedef struct Parameter {
  ParameterKind kind;
  int count;                 /* PARAMETER_INTEGERS */
  union { bool boolean; int64_t integer; double number; int64_t *integers; DType dtype; char *text; };
} Parameter;

/* An operation from outside the table with a derivative of its own, carried by the rows of custom.def. */
struct Rule;
typedef struct OpCallback OpCallback;
struct OpCallback {
  uint32_t references;
  Tensor *(*forward)(OpCallback *self, int count, Tensor *const *tensors);
  void (*backward)(OpCallback *self, struct Rule *rule);
  void (*release)(OpCallback *self); /* when the last reference goes */
};

/* The non-tensor arguments of one call in the order of the signature; kept by the graph node for the derivative.
   `layout` and `offset` are the window of a view operation. */
typedef struct Attributes {
  uint32_t references;
  int count;
  OpCallback *callback; /* of a row of custom.def; referenced */
  struct Tensor *beside; /* what was computed beside the result and helps its derivative; NULL: nothing */
  Layout *layout;
  int64_t offset;
  Parameter values[];
} Attributes;

Attributes *attributes_new(Runtime *runtime, int count); /* all PARAMETER_NONE */
static inline Attributes *attributes_ref(Attributes *a) { if (a) a->references++; return a; }
void attributes_unref(Attributes *attributes); /* accepts NULL */
/* Setting them; the first two copy what they are given and need memory. */
bool attributes_set_integers(Runtime *runtime, Attributes *attributes, int index, int count, const int64_t *values);
bool attributes_set_text(Runtime *runtime, Attributes *attributes, int index, const char *text);
static inline void attributes_set_integer(Attributes *a, int i, int64_t v) {
  a->values[i].kind = PARAMETER_INTEGER; a->values[i].integer = v;
}
static inline void attributes_set_bool(Attributes *a, int i, bool v) {
  a->values[i].kind = PARAMETER_BOOL; a->values[i].boolean = v;
}
static inline void attributes_set_number(Attributes *a, int i, double v) {
  a->values[i].kind = PARAMETER_NUMBER; a->values[i].number = v;
}
static inline void attributes_set_dtype(Attributes *a, int i, DType v) {
  a->values[i].kind = PARAMETER_DTYPE; a->values[i].dtype = v;
}
/* Reading them; `none` (and missing attributes) give the default. */
static inline bool attribute_is_none(const Attributes *a, int i) {
  return !a || i >= a->count || a->values[i].kind == PARAMETER_NONE;
}
bool attribute_bool(const Attributes *attributes, int index, bool otherwise);
int64_t attribute_integer(const Attributes *attributes, int index, int64_t otherwise);
double attribute_number(const Attributes *attributes, int index, double otherwise);
/* An axis argument (none: all axes; an integer; integers) as a bit mask of axes.  Errors: out of range, repeated. */
bool attribute_axes(Runtime *runtime, const Attributes *attributes, int index, const Layout *of, uint32_t *mask);

/* Operands of one call. */
typedef struct Operands {
  OpId op;
  int count;
  Tensor *const *tensors;
  const Attributes *attributes; /* may be NULL when the signature has no parameters or all are defaults */
} Operands;

typedef Tensor *(*ForwardFunction)(Runtime *runtime, const Operands *operands);
/* A view: the layout (strides relative to the operand's first element) and offset of the result, or false with the
   error recorded.  `*needs_copy`: the operand's strides do not allow it; the caller makes it contiguous and asks
   again. */
typedef bool (*ViewFunction)(Runtime *runtime, const Operands *operands, const Layout *in, Layout **out,
                             int64_t *offset, bool *needs_copy);

typedef enum OpKind {
  OP_KIND_UNARY, OP_KIND_BINARY, OP_KIND_SPECIAL, OP_KIND_CONSTANT, OP_KIND_VIEW, OP_KIND_COMPOSED
} OpKind;
/* What dtype an elementwise operation gives: FLOAT: integers become float64; SAME: the promoted type (bool becomes
   int64); LOGIC: bool. */
typedef enum OpType { OP_TYPE_FLOAT, OP_TYPE_SAME, OP_TYPE_LOGIC, OP_TYPE_OTHER } OpType;
/* Where tests may sample operands so that the operation is smooth. */
typedef enum OpDomain {
  DOMAIN_ANY, DOMAIN_POSITIVE, DOMAIN_NONZERO, DOMAIN_UNIT, DOMAIN_OVER_ONE, DOMAIN_NONE
} OpDomain;
/* What an operation takes beside its own parameters: `constant` where it has a derivative; and `out` and `dtype`; and
   `where`. */
typedef enum OpTakes { OP_TAKES_USUAL, OP_TAKES_OUT, OP_TAKES_WHERE } OpTakes;
/* Whether an operation is one formula here and another one there: OF_MANY: of several elements only. */
typedef enum OpPieces { OP_WHOLE, OP_PIECES, OP_PIECES_OF_MANY } OpPieces;

typedef struct OpInfo {
  const char *name;
  const char *signature;   /* "x:T, axis:A=none, keepdims:B=false"; the kinds are listed in ops.def */
  OpKind kind;
  OpType type;
  OpDomain domain;
  OpPieces pieces;
  OpTakes takes;
  bool light;              /* an elementwise row that takes no longer than fetching its operands */
  bool triangle;           /* reads one triangle of a matrix that is taken for symmetric */
  bool read_only;          /* a view whose elements share memory */
  ForwardFunction forward; /* NULL for views and compositions */
  ViewFunction view;
  const char *doc, *example, *gives;
} OpInfo;
extern const OpInfo op_table[OP_COUNT];

typedef struct OpAlias { const char *name; OpId op; } OpAlias;
extern const OpAlias op_aliases[]; /* ends with a NULL name */

/* The forward functions of elementwise rows, used by every UNARY and BINARY row. */
Tensor *op_unary_forward(Runtime *runtime, const Operands *operands);
Tensor *op_binary_forward(Runtime *runtime, const Operands *operands);
/* The same on plain doubles: the scalar path of the evaluator and of backward. */
typedef double (*UnaryDouble)(double x);
typedef double (*BinaryDouble)(double x, double y);
extern const UnaryDouble op_unary_double[OP_COUNT];   /* NULL where the row is not UNARY */
extern const BinaryDouble op_binary_double[OP_COUNT]; /* NULL where the row is not BINARY */

#define UNARY(name, ...)
#define BINARY(name, ...)
#define SPECIAL(name, ...) Tensor *op_##name##_forward(Runtime *runtime, const Operands *operands);
#define CONSTANT(name, ...) Tensor *op_##name##_forward(Runtime *runtime, const Operands *operands);
#define VIEW(name, ...) \
  bool op_##name##_view(Runtime *runtime, const Operands *operands, const Layout *in, Layout **out, int64_t *offset, \
                        bool *needs_copy);
#define COMPOSED(name, ...)
#define ALIAS(name, ...)
#include "runtime/ops.def"
#include "runtime/ops_end.def"

#endif
