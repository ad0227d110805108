/* SPDX-License-Identifier: MIT */
/* npz.c: writing ZIP archives of .npy files. */
#include "runtime/format/npz.h"
#include "runtime/format/inflate.h"
#include "runtime/format/npy.h"

enum { STORED = 0, PIECE_BYTES = 1 << 20,
       HEADERS_MOST = 2 * NPZ_NAME_MOST + 1000 }; /* of a last member, and the end */
static const uint32_t local_mark = 0x04034B50, entry_mark = 0x02014B50, end_mark = 0x06054B50;

static void add_number(Buffer *out, uint32_t number, int bytes) {
  for (int i = 0; i < bytes; i++) buffer_add_byte(out, (char)(number >> (8 * i) & 0xFF));
}

/* What a local header and a directory entry have in common: version to checksum, sizes, length of the name. */
static void add_facts(Buffer *out, uint32_t crc, uint32_t size, uint32_t name_length) {
  add_number(out, 20, 2);
  add_number(out, 0x0800, 2); /* names are UTF-8 */
  add_number(out, STORED, 2);
  add_number(out, 0, 2);
  add_number(out, 0x21, 2); /* 1 January 1980 */
  add_number(out, crc, 4);
  add_number(out, size, 4);
  add_number(out, size, 4);
  add_number(out, name_length, 2);
  add_number(out, 0, 2);
}

/* Large files are read in pieces, between which Ctrl-C is seen. */
typedef void (*PieceFunction)(void *context, const char *bytes, size_t length);

static bool each_piece(Runtime *runtime, const char *bytes, size_t length, PieceFunction function, void *context) {
  for (size_t at = 0; at < length; at += PIECE_BYTES) {
    if (runtime_interrupted(runtime)) return false;
    size_t left = length - at;
    function(context, bytes + at, left < PIECE_BYTES ? left : PIECE_BYTES);
  }
  return true;
}

static void add_to_checksum(void *crc, const char *bytes, size_t length) {
  *(uint32_t *)crc = crc32_add(*(uint32_t *)crc, (const unsigned char *)bytes, length);
}

bool npz_checksum(Runtime *runtime, const void *bytes, size_t length, uint32_t *crc) {
  *crc = 0;
  return each_piece(runtime, bytes, length, add_to_checksum, crc);
}

static void add_to_buffer(void *buffer, const char *bytes, size_t length) {
  buffer_add(buffer, bytes, length);
}

/* False: interrupted. */
static bool add_member(Runtime *runtime, NpzWriter *writer, const char *name, uint32_t length, const Buffer *file) {
  uint32_t crc, size = (uint32_t)file->length, offset = (uint32_t)writer->archive.length;
  if (!npz_checksum(runtime, file->text, file->length, &crc)) return false;
  add_number(&writer->archive, local_mark, 4);
  add_facts(&writer->archive, crc, size, length + 4);
  buffer_add(&writer->archive, name, length);
  buffer_add_text(&writer->archive, ".npy");
  if (!each_piece(runtime, file->text, file->length, add_to_buffer, &writer->archive)) return false;
  add_number(&writer->directory, entry_mark, 4);
  add_number(&writer->directory, 20, 2);
  add_facts(&writer->directory, crc, size, length + 4);
  add_number(&writer->directory, 0, 4); /* no comment, first disk */
  add_number(&writer->directory, 0, 2);
  add_number(&writer->directory, 0, 4);
  add_number(&writer->directory, offset, 4);
  buffer_add(&writer->directory, name, length);
  buffer_add_text(&writer->directory, ".npy");
  writer->count++;
  return true;
}

static bool check_room(Runtime *runtime, const NpzWriter *writer, size_t name_length, const Buffer *file) {
  uint64_t bytes = (uint64_t)file->length + writer->archive.length + writer->directory.length;
  if (name_length > NPZ_NAME_MOST)
    runtime_fail(runtime, ERROR_FILE, -1, "a name in an .npz file has at most %d bytes", NPZ_NAME_MOST);
  else if (writer->count >= NPZ_MEMBERS_MOST)
    runtime_fail(runtime, ERROR_FILE, -1, "an .npz file holds at most %d tensors", NPZ_MEMBERS_MOST);
  else if (bytes > UINT32_MAX - HEADERS_MOST)
    runtime_fail(runtime, ERROR_FILE, -1, "an .npz file holds at most 4 GiB");
  else return true;
  return false;
}

bool npz_add(Runtime *runtime, NpzWriter *writer, const char *name, size_t length, const Tensor *tensor) {
  Buffer file = {0};
  bool added = npy_write(runtime, &file, tensor) && check_room(runtime, writer, length, &file);
  added = added && add_member(runtime, writer, name, (uint32_t)length, &file);
  buffer_free(&file);
  if (added && (writer->archive.failed || writer->directory.failed)) return runtime_out_of_memory(runtime), false;
  return added;
}

bool npz_finish(Runtime *runtime, NpzWriter *writer) {
  uint32_t offset = (uint32_t)writer->archive.length, size = (uint32_t)writer->directory.length;
  buffer_add(&writer->archive, buffer_text(&writer->directory), writer->directory.length);
  add_number(&writer->archive, end_mark, 4);
  add_number(&writer->archive, 0, 4);
  add_number(&writer->archive, writer->count, 2);
  add_number(&writer->archive, writer->count, 2);
  add_number(&writer->archive, size, 4);
  add_number(&writer->archive, offset, 4);
  add_number(&writer->archive, 0, 2);
  return !writer->archive.failed || (runtime_out_of_memory(runtime), false);
}

void npz_free(NpzWriter *writer) {
  buffer_free(&writer->archive);
  buffer_free(&writer->directory);
}
