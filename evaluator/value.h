/* SPDX-License-Identifier: MIT */
/* value.h: values of the language.

   A value is two machine words that travel in registers: a number, and an object that is NULL for plain numbers, so
   arithmetic on numbers allocates nothing and tests one register.  Booleans are {0 or 1, &value_bool_object}, none is
   {0, &value_none_object}.  {0, &value_unbound_object} marks a name without a value, {0, &value_error_object} a failed
   evaluation (the session's error says why).  0-d constant float64 and bool tensors always appear as plain numbers and
   booleans. */
#ifndef MGRAD_EVALUATOR_VALUE_H
#define MGRAD_EVALUATOR_VALUE_H
#include "autodiff/variable.h"
#include "base/object.h"

typedef struct Session Session;

typedef struct Value {
  double number;
  Object *object;
} Value;

extern Object value_bool_object, value_none_object, value_unbound_object, value_error_object;

static inline Value value_number(double number) { return (Value){number, NULL}; }
static inline Value value_bool(bool truth) { return (Value){truth ? 1 : 0, &value_bool_object}; }
static inline Value value_none(void) { return (Value){0, &value_none_object}; }
static inline Value value_unbound(void) { return (Value){0, &value_unbound_object}; }
static inline Value value_error(void) { return (Value){0, &value_error_object}; }
static inline Value value_object(void *object) { return (Value){0, (Object *)object}; } /* takes the reference; NULL is
   not allowed */
static inline Value value_object_or_error(void *object) { return object ? value_object(object) : value_error(); }

static inline bool value_is_number(Value v) { return v.object == NULL; }
static inline bool value_is(Value v, ObjectKind kind) { return v.object && v.object->kind == kind; }
static inline bool value_is_error(Value v) { return v.object == &value_error_object; }
static inline bool value_is_unbound(Value v) { return v.object == &value_unbound_object; }
static inline bool value_is_none(Value v) { return v.object == &value_none_object; }
static inline bool value_is_bool(Value v) { return v.object == &value_bool_object; }
static inline bool value_is_function(Value v) {
  return value_is(v, KIND_FUNCTION) || value_is(v, KIND_BUILTIN) || value_is(v, KIND_NATIVE);
}
static inline bool value_is_callable(Value v) { return value_is_function(v) || value_is(v, KIND_DTYPE); }

void object_destroy(Object *object); /* when the last reference goes */
static inline Value value_ref(Value v) { if (v.object) v.object->references++; return v; }
static inline void value_unref(Value v) { if (v.object && --v.object->references == 0) object_destroy(v.object); }

/* NUL-terminated, may hold NULs; `characters` is for string_characters alone. */
typedef struct String { Object object; size_t length, capacity, characters; char text[]; } String;
typedef struct Tuple { Object object; uint32_t count; Value items[]; } Tuple;
typedef struct Range { Object object; double start, stop, step; int64_t count; } Range;
typedef struct DTypeObject { Object object; DType dtype; } DTypeObject;
typedef struct Namespace { Object object; const char *name; } Namespace;
typedef struct Box { Object object; struct Box *previous, *next; Value value; } Box;

/* Fields in the order of their first writing. */
typedef struct RecordField { String *name; Value value; } RecordField;
typedef struct Record {
  Object object;
  struct Record *previous, *next; /* all records of the session: see collect.c */
  uint32_t count, capacity;
  RecordField *fields;
  struct NameTable *index; /* of large records: names to positions; kept by record.c */
} Record;

/* A function made by a builtin: grad(f), f', custom_op(...).  It keeps values and a C function. */
typedef struct Native Native;
struct Arguments; /* evaluator/call.h */
typedef struct NativeInfo {
  const char *name; /* "grad", "derivative", ... */
  Value (*call)(Session *session, Native *self, const struct Arguments *given, Span span);
  void (*show)(Session *session, const Native *self, Buffer *out);
  bool by_call; /* a call of `name` with its function and the next value that it keeps makes it again */
} NativeInfo;
enum { NATIVE_COUNTS = 1 /* flag: no function; a loop runs over kept[0] and tells how far it is (progress) */ };
struct Native { Object object; const NativeInfo *info; double number; uint32_t count; Value kept[]; };
static inline Native *value_native(Value v) { return (Native *)v.object; } /* of a value of KIND_NATIVE */

/* Constructors: NULL when memory is exhausted (error recorded). */
String *string_new(Session *session, const char *text, size_t length);
/* left + right, owned; `holders` are the references to `left` of which the caller knows: if there are no others, it
   may be `left` itself, grown. */
String *string_join(Session *session, String *left, String *right, uint32_t holders);
Tuple *tuple_new(Session *session, uint32_t count);                 /* items are numbers 0 */
Record *record_new(Session *session);
bool record_set(Session *session, Record *record, const char *name, size_t length, Value value_taken);
RecordField *record_find(const Record *record, const char *name, size_t length);
Range *range_new(Session *session, double start, double stop, double step);
Native *native_new(Session *session, const NativeInfo *info, uint32_t count);

/* How many characters a string has, and the byte where one of them begins; at once where all are single bytes. */
size_t string_characters(String *string);
size_t string_offset(String *string, size_t character);

/* Tensors and values. */
Value value_from_tensor(Session *session, Tensor *tensor_taken);    /* a variable, or a plain number or bool; NULL gives
   the error value */
Value value_from_variable(Session *session, Variable *variable_taken); /* the same for a variable */
/* Numbers, bools, variables, and tuples, ranges or lists of them, as a tensor (owned); others are an
   error. */
Tensor *value_to_tensor(Session *session, Value value);
Variable *value_as_variable(Value value); /* borrowed, or NULL: not a variable */

/* Any value as text: as shown at the prompt (`quoted`: strings as literals), or as print writes it (strings bare at the
   outermost level).  False with the error recorded: out of memory, interrupted. */
bool value_text(Session *session, Buffer *out, Value value, bool quoted);
/* "number", "bool", "tensor", "string", "tuple", "record", "range", "function", "none", ... */
const char *value_type_name(Value value);
const char *value_kind_name(ObjectKind kind); /* of its values; NULL: users see none */
bool value_truth(Session *session, Value value, const char *what, bool *truth); /* what: "`if`" */
bool value_to_integer(Session *session, Value value, const char *what, int64_t *integer);
/* For ==, in, and tests of non-tensors; iterative or depth-limited. */
bool value_equal(Session *session, Value a, Value b, bool *equal);

/* Iteration: for, unpacking, map, comprehensions.  Ranges and tensors (first axis) are not copied. */
typedef struct ValueIterator {
  Value source;
  int64_t position, count;
  bool counting; /* the outermost loop over progress(...): it tells how far it is */
} ValueIterator;
/* Keeps a reference; error: not iterable. */
bool value_iterate(Session *session, Value source, ValueIterator *iterator);
/* The same for a loop: the error has its hint. */
bool value_iterate_loop(Session *session, Value source, ValueIterator *iterator);
/* False: done, or error recorded. */
bool value_iterate_next(Session *session, ValueIterator *iterator, Value *item_owned);
void value_iterate_end(ValueIterator *iterator);

#endif
