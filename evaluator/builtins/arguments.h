/* SPDX-License-Identifier: MIT */
/* arguments.h: reading one argument of a call as what a builtin needs; errors name the argument and mark its place. */
#ifndef MGRAD_EVALUATOR_BUILTINS_ARGUMENTS_H
#define MGRAD_EVALUATOR_BUILTINS_ARGUMENTS_H
#include "evaluator/call.h"

/* Whole numbers given one by one: a shape, axes, indices. */
enum { ARGUMENT_INTEGERS = 64 };
typedef struct IntegerList { int count; bool single; int64_t values[ARGUMENT_INTEGERS]; } IntegerList;

bool argument_integer(Call *call, int index, int64_t *integer);
bool argument_number(Call *call, int index, double *number);       /* which has no derivative, and warns of it */
bool argument_read_number(Call *call, int index, double *number);  /* the same without a warning */
bool argument_bool(Call *call, int index, bool *truth);
bool argument_dtype(Call *call, int index, DType *dtype);          /* a dtype or its name */
const String *argument_text(Call *call, int index);                /* borrowed; NULL: error */
Tensor *argument_tensor(Call *call, int index);                    /* owned, its numbers computed; NULL: error */
Tensor *argument_operand(Call *call, int index);                   /* the same, perhaps not computed yet */
Tensor *argument_whole(Call *call, int index);                     /* the same, whole numbers as int64 */
Variable *argument_variable(Call *call, int index);                /* borrowed; NULL: error, it is none */
bool argument_integers(Call *call, int index, IntegerList *list);  /* one, or a tuple or list of them */
bool argument_shape(Call *call, int index, IntegerList *list);     /* the same, not negative, at most TENSOR_MAX_DIMS */
bool argument_rest_shape(Call *call, int index, IntegerList *shape); /* *shape: several sizes, or a tuple of them */
bool argument_function(Call *call, int index);                     /* whether it can be called, else the error */
/* The argument as it was written when that is a plain name; NULL: it is not. */
const char *argument_written(const Call *call, int index, size_t *length);
static inline bool argument_is_none(const Call *call, int index) { return value_is_none(call->arguments[index]); }

/* Places an error that has just been recorded at an argument; returns the error value. */
Value argument_fail(Call *call, int index);
/* Records an error at an argument, with a hint unless NULL; returns false. */
bool argument_refuse(Call *call, int index, ErrorKind kind, const char *hint, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
static inline Runtime *call_runtime(const Call *call) { return session_runtime(call->session); }
static inline Graph *call_graph(const Call *call) { return session_graph(call->session); }
static inline const String *value_string(Value value) { return (const String *)(const void *)value.object; }
static inline const Tuple *value_tuple(Value value) { return (const Tuple *)(const void *)value.object; }
static inline Record *value_record(Value value) { return (Record *)(void *)value.object; }
Value value_from_text(Session *session, const char *text);

#endif
