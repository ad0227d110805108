/* SPDX-License-Identifier: MIT */
/* json.h: JSON, written as Python's json module writes it and read strictly; not finite numbers are NaN, Infinity and
   -Infinity in both directions. */
#ifndef MGRAD_RUNTIME_FORMAT_JSON_H
#define MGRAD_RUNTIME_FORMAT_JSON_H
#include "base/buffer.h"
#include "runtime/tensor.h"

/* ---- writing */
void json_write_number(Buffer *out, double number);
/* Quoted, in ASCII, other characters as \u escapes; what is not UTF-8 becomes U+FFFD. */
void json_write_string(Buffer *out, const char *text, size_t length);
/* Nested lists at full precision, in the shortest digits of the element type; a number for a 0-d tensor.  False when
   interrupted or out of memory, with the error recorded. */
bool json_write_tensor(Buffer *out, Runtime *runtime, const Tensor *tensor);

/* ---- reading: json_next gives one event after the other

   A value is one event, or JSON_ARRAY values JSON_ARRAY_END, or JSON_OBJECT (JSON_KEY value)* JSON_OBJECT_END.  The
   text holds exactly one value; JSON_DONE follows it, for ever.  Errors say line and column. */
typedef enum JsonEvent {
  JSON_ERROR, /* recorded; every further call gives it again */
  JSON_DONE,
  JSON_NULL,
  JSON_TRUE,
  JSON_FALSE,
  JSON_NUMBER, /* in `number` */
  JSON_INTEGER, /* a whole number that no double is: in `integer` */
  JSON_STRING, /* in `string`, UTF-8, may hold NUL */
  JSON_ARRAY,
  JSON_ARRAY_END,
  JSON_OBJECT,
  JSON_OBJECT_END,
  JSON_KEY     /* in `string` */
} JsonEvent;

enum { JSON_DEPTH = 1000 };

typedef struct JsonReader {
  Runtime *runtime;
  const char *text;
  size_t length, position;
  int state, depth;               /* depth: arrays and objects that are open */
  unsigned char in_object[(JSON_DEPTH + 7) / 8]; /* a bit for each of them */
  double number;
  int64_t integer;
  size_t events;                  /* so far: Ctrl-C is asked for now and then */
  Buffer string;                  /* of the last string or key, until the next call */
} JsonReader;

void json_reader_start(JsonReader *reader, Runtime *runtime, const char *text, size_t length); /* text is borrowed */
JsonEvent json_next(JsonReader *reader);
void json_reader_free(JsonReader *reader);

#endif
