/* SPDX-License-Identifier: MIT */
/* files.c: text files, tables of numbers, and tensors in NumPy's formats. */
#include <string.h>
#include "evaluator/builtins/builtins.h"
#include "runtime/format/csv.h"
#include "runtime/format/file.h"

static Value finish_file(Call *call, int index, bool done) {
  return done ? value_none() : argument_fail(call, index);
}

Value builtin_read_file(Call *call) {
  const String *path = argument_text(call, 0);
  Buffer text = {0};
  if (!path) return value_error();
  bool read = file_read(call_runtime(call), path->text, path->length, FILE_ANY, 0, &text);
  Value value = value_error();
  if (read) value = value_object_or_error(string_new(call->session, buffer_text(&text), text.length));
  buffer_free(&text);
  return read ? value : argument_fail(call, 0);
}

/* write_file(file, text) */
Value builtin_write_file(Call *call) {
  const String *path = argument_text(call, 0), *text = path ? argument_text(call, 1) : NULL;
  if (!text) return value_error();
  return finish_file(call, 0, file_write(call_runtime(call), path->text, path->length, text->text, text->length));
}

/* A single byte; a comma is ",", blanks are " ". */
static bool read_delimiter(Call *call, int index, char *delimiter) {
  const String *text = argument_text(call, index);
  if (!text) return false;
  *delimiter = text->length == 1 ? text->text[0] : ' ';
  if (text->length == 1) return true;
  session_fail(call->session, ERROR_ARGUMENT, "`delimiter` must be a single character, like \",\"");
  argument_fail(call, index);
  return false;
}

/* Numbers without any comma stand between blanks. */
static char likely_delimiter(const Buffer *text, int64_t skipped_lines) {
  const char *at = buffer_text(text), *end = at + text->length, *line;
  while (skipped_lines-- > 0 && (line = memchr(at, '\n', (size_t)(end - at)))) at = line + 1;
  return memchr(at, ',', (size_t)(end - at)) ? ',' : ' ';
}

static bool read_skipped(Call *call, int index, int64_t *lines) {
  if (!argument_integer(call, index, lines)) return false;
  return *lines >= 0 || argument_refuse(call, index, ERROR_ARGUMENT, NULL, "`skip_header` cannot be negative, got %lld",
                                        (long long)*lines);
}

/* loadtxt(file, delimiter=",", skip_header=0) */
Value builtin_loadtxt(Call *call) {
  const String *path = argument_text(call, 0);
  CsvOptions options = {.delimiter = ' '};
  if (!path || !read_skipped(call, 2, &options.skip_header)) return value_error();
  if (!read_delimiter(call, 1, &options.delimiter)) return value_error();
  Buffer text = {0};
  bool read = file_read(call_runtime(call), path->text, path->length, FILE_ANY, 0, &text);
  if (read && !call->given[1]) options.delimiter = likely_delimiter(&text, options.skip_header);
  Tensor *table = read ? csv_read(call_runtime(call), path->text, buffer_text(&text), text.length, &options) : NULL;
  buffer_free(&text);
  if (!table) return argument_fail(call, 0);
  return value_from_tensor(call->session, table);
}

/* Lines that loadtxt passes over; they end as csv_read has it. */
static void add_header(Buffer *out, const String *header) {
  const char *text = header->text;
  buffer_add_text(out, "# ");
  for (size_t i = 0; i < header->length; i++) {
    buffer_add_byte(out, text[i]);
    if (text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n')) buffer_add_text(out, "# ");
  }
  buffer_add_byte(out, '\n');
}

/* savetxt(file, x, delimiter=" ", header=none) */
Value builtin_savetxt(Call *call) {
  const String *path = argument_text(call, 0);
  char delimiter;
  if (!path || !read_delimiter(call, 2, &delimiter)) return value_error();
  const String *header = argument_is_none(call, 3) ? NULL : argument_text(call, 3);
  if (!header && !argument_is_none(call, 3)) return value_error();
  Tensor *table = argument_tensor(call, 1);
  if (!table) return value_error();
  Buffer text = {0};
  if (header) add_header(&text, header);
  bool written = csv_write(call_runtime(call), &text, table, delimiter) &&
                 file_write(call_runtime(call), path->text, path->length, buffer_text(&text), text.length);
  buffer_free(&text);
  tensor_unref(table);
  return finish_file(call, 0, written);
}
