/* SPDX-License-Identifier: MIT */
/* npz.h: NumPy's format for several arrays: a ZIP archive of .npy files. */
#ifndef MGRAD_RUNTIME_FORMAT_NPZ_H
#define MGRAD_RUNTIME_FORMAT_NPZ_H
#include "base/buffer.h"
#include "runtime/tensor.h"

/* What is written and read; longer names are read. */
enum { NPZ_MEMBERS_MOST = 65535, NPZ_NAME_MOST = 1000 };

/* The checksum of a member.  False: interrupted, recorded. */
bool npz_checksum(Runtime *runtime, const void *bytes, size_t length, uint32_t *crc);

/* Writing: start with {0}, add every tensor under its name (without .npy), finish.  Members are stored uncompressed. */
typedef struct NpzWriter {
  Buffer archive, directory;
  uint32_t count;
} NpzWriter;
/* Adds a tensor as NAME.npy.  Errors: the name is too long, the file grows too
   large, no memory. */
bool npz_add(Runtime *runtime, NpzWriter *writer, const char *name, size_t length, const Tensor *tensor);
bool npz_finish(Runtime *runtime, NpzWriter *writer); /* the file is then in writer->archive */
void npz_free(NpzWriter *writer);

/* Reading: calls `visit` with each member's name (without .npy) and tensor (borrowed) until it returns false.  Stored
   and deflated members are read, 64-bit records too; sizes and checksums are verified, and archives that contradict
   themselves are refused: encrypted or overlapping members, sizes that the data cannot hold.  `file` is what errors
   call the file. */
typedef bool (*NpzVisitor)(void *context, const char *name, size_t length, Tensor *tensor);
bool npz_read(Runtime *runtime, const char *file, const void *bytes, size_t length, NpzVisitor visit, void *context);

static inline bool npz_is_archive(const void *bytes, size_t length) {
  const unsigned char *start = bytes;
  return length >= 4 && start[0] == 'P' && start[1] == 'K' && (start[2] == 3 || start[2] == 5);
}

#endif
