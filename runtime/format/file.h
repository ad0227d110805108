/* SPDX-License-Identifier: MIT */
/* file.h: the one place of the runtime that opens files.  Plain open(2) semantics: no expansion, no pipes, no shell.
   Errors read "cannot read `x.npy`: No such file or directory"; nothing is opened when the runtime forbids files. */
#ifndef MGRAD_RUNTIME_FORMAT_FILE_H
#define MGRAD_RUNTIME_FORMAT_FILE_H
#include "base/buffer.h"
#include "runtime/tensor.h"

typedef enum FileKind {
  FILE_ANY,    /* pipes and devices too: text */
  FILE_REGULAR /* anything else is refused: binary formats */
} FileKind;

/* Appends the bytes of a file of at most `most` bytes (0: 4 GiB, of a pipe or device 256 MiB).  Directories and names
   with NUL are refused; waiting for a pipe can be interrupted. */
bool file_read(Runtime *runtime, const char *path, size_t path_length, FileKind kind, size_t most, Buffer *out);

/* Replaces a file as a whole: the name holds the old bytes or all of the new ones whatever happens in between, and no
   temporary file is left by an error.  Symbolic links are followed, the old mode is kept; devices and pipes are
   written to directly. */
bool file_write(Runtime *runtime, const char *path, size_t path_length, const void *bytes, size_t length);

/* Records "cannot read `NAME`: REASON"; what a terminal would obey is escaped in the name.  Always returns false. */
bool file_fail(Runtime *runtime, const char *verb, const char *name, size_t length, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
