/* SPDX-License-Identifier: MIT */
/* displaced.h: writing a part of a value without copying the rest of it.

   A value that was written is a new tensor; the old one stays what it was, but its numbers are hardly ever asked for.
   So the new tensor takes over the memory and the part is written in place, while the storage of the old one keeps
   what stood there, and a reference to the storage that has the memory now: it is *displaced*, its data is NULL.
   Writes in a row make a chain of displaced storages that ends at one with numbers.  tensor_data() restores: it copies
   the numbers at the end, and undoes the writes, newest first.

   Only a storage that no tensor but the old one looks at can be displaced, since tensors know where their numbers are;
   everybody else who reads memory (windows, pending results) holds a reference and so forbids it.  The undoing costs
   at most about as much as the copying: `debt` counts, and a write that would make it more is a copy. */
#ifndef MGRAD_RUNTIME_DISPLACED_H
#define MGRAD_RUNTIME_DISPLACED_H
#include "runtime/tensor.h"

/* Below this many bytes a copy is as good. */
enum { DISPLACED_LEAST_BYTES = 2048 };

/* What is written: a window, or single elements given by their positions in C order (int64, one axis). */
typedef struct Written {
  Layout *window;
  int64_t offset;
  Tensor *positions; /* NULL: the window */
} Written;

/* Whether a write of so many elements of x may displace the others. */
bool displaced_is_worth(const Runtime *runtime, const Tensor *x, int64_t elements);
/* A tensor with the numbers of x that the caller is going to write there, and nowhere else: it has the memory of x, if
   that can be displaced, or else a copy.  x keeps its value; should the write fail, releasing the result is all. */
Tensor *displaced_copy(Runtime *runtime, Tensor *x, const Written *written);

/* A window as tensor_window gives it.  One of a value that was made by writing a part, and so is likely to be written
   again, gets numbers of its own if it is small, and does not stand in the way. */
Tensor *displaced_window(Runtime *runtime, Tensor *x, Layout *window, int64_t offset);

/* Bytes that a tensor keeps: all its numbers, or those that a write has displaced. */
size_t displaced_bytes(const Tensor *tensor);

/* For tensor.c.  Numbers of its own for a displaced storage; false: error recorded, and it stays displaced. */
bool displaced_restore(Storage *storage);
/* Numbers of the same size to look at when that has failed. */
void *displaced_place(const Storage *storage);
/* Lets go of what it keeps; gives the storage that a reference is to be dropped from, or NULL. */
Storage *displaced_release(Storage *storage);

#endif
