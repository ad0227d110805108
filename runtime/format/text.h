/* SPDX-License-Identifier: MIT */
/* text.h: numbers and tensors as text that can be typed again, and the format specs of f-strings.  Never depends on
   the locale. */
#ifndef MGRAD_RUNTIME_FORMAT_TEXT_H
#define MGRAD_RUNTIME_FORMAT_TEXT_H
#include "base/buffer.h"
#include "runtime/tensor.h"

typedef struct TextOptions {
  int precision;  /* significant digits within a tensor of several elements; 0: 6; from 16 on: shortest */
  int number_precision; /* significant digits of a single number; 0: shortest (`:precision` sets both) */
  int threshold;  /* a tensor of more elements is summarised */
  int line_width; /* in columns */
  int max_rows;   /* a text of more lines is summarised; 0: no limit (scripts) */
  bool suppress;  /* tiny and huge numbers are written without an exponent */
  bool full;      /* never summarise */
  bool inside;    /* more follows in the same line: no comments, which would hide it */
} TextOptions;

/* What scripts use: precisions 0, threshold 1000, width 80, no limit of rows. */
void text_options_default(TextOptions *options);

/* One number with the fewest digits that read back to the same double (or `number_precision`). */
void text_number(Buffer *out, double number, const TextOptions *options /* NULL: shortest */);
/* Element `index` (C order) the same way, shortest in its own type; `true` and `false` for bool. */
void text_element(Buffer *out, const Tensor *tensor, int64_t index, const TextOptions *options);

/* A tensor as it is shown, without a newline at the end and without comments, except that a summarised tensor ends with
   its line of statistics and the blocks of rank 3 and more have their index above them, unless it stands inside of
   something.  False when interrupted or out of memory, with the error recorded. */
bool text_tensor(Buffer *out, Runtime *runtime, const Tensor *tensor, const TextOptions *options);

/* A number under a format spec such as ".4f", "8.2f", ">10", "+.3e", ",", "05d", "x": Python's meaning.  False, with
   nothing written, when the spec is not one (or asks for a width or precision over 1000, or `d` of a fraction). */
bool text_format_number(Buffer *out, double number, const char *spec, size_t length);
/* The same for an element of an integer tensor, which has all its digits. */
bool text_format_integer(Buffer *out, int64_t number, const char *spec, size_t length);
/* A string under a format spec such as ">10" or "*^12.3s"; widths count characters.  False as above. */
bool text_format_text(Buffer *out, const char *text, size_t text_length, const char *spec, size_t length);

/* A backslash and a letter for a character that stands before that letter in `names` ("\nn\tt"); false: it does not. */
bool text_named_escape(Buffer *out, uint32_t character, const char *names);
/* A string as a literal of the language: quoted, with escapes. */
void text_string_quoted(Buffer *out, const char *text, size_t length);

#endif
