/* SPDX-License-Identifier: MIT */
/* npz.c: ZIP archives of .npy files. */
#include "runtime/format/npz.h"
#include <string.h>
#include "base/memory.h"
#include "runtime/format/inflate.h"
#include "runtime/format/npy.h"

enum { LOCAL_SIZE = 30, ENTRY_SIZE = 46, END_SIZE = 22, STORED = 0, DEFLATED = 8 };
static const uint32_t local_mark = 0x04034B50, entry_mark = 0x02014B50, end_mark = 0x06054B50;

/* ---- writing */
static void add_number(Buffer *out, uint32_t number, int bytes) {
  for (int i = 0; i < bytes; i++) buffer_add_byte(out, (char)(number >> (8 * i) & 0xFF));
}

/* What a local header and a directory entry have in common: version to checksum, sizes, length of the name. */
static void add_facts(Buffer *out, uint32_t crc, uint32_t size, uint32_t name_length) {
  add_number(out, 20, 2);
  add_number(out, 0x0800, 2); /* names are UTF-8 */
  add_number(out, STORED, 2);
  add_number(out, 0, 2);
  add_number(out, 0x21, 2);   /* 1 January 1980 */
  add_number(out, crc, 4);
  add_number(out, size, 4);
  add_number(out, size, 4);
  add_number(out, name_length, 2);
  add_number(out, 0, 2);
}

static void add_member(NpzWriter *writer, const char *name, uint32_t length, const Buffer *file) {
  uint32_t crc = crc32_add(0, (const unsigned char *)file->text, file->length), size = (uint32_t)file->length;
  uint32_t offset = (uint32_t)writer->archive.length;
  add_number(&writer->archive, local_mark, 4);
  add_facts(&writer->archive, crc, size, length + 4);
  buffer_add(&writer->archive, name, length);
  buffer_add_text(&writer->archive, ".npy");
  buffer_add(&writer->archive, file->text, file->length);
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
}

bool npz_add(Runtime *runtime, NpzWriter *writer, const char *name, size_t length, const Tensor *tensor) {
  Buffer file = {0};
  bool added = npy_write(runtime, &file, tensor);
  if (added && (length > 1000 || writer->count >= 65000 ||
                file.length + writer->archive.length + writer->directory.length > UINT32_MAX - 100000)) {
    runtime_fail(runtime, ERROR_FILE, -1, "an .npz file holds at most 4 GiB");
    added = false;
  }
  if (added) add_member(writer, name, (uint32_t)length, &file);
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

/* ---- reading */
typedef struct Archive { Runtime *runtime; const char *file; const unsigned char *bytes; size_t length; } Archive;

typedef struct Member {
  const unsigned char *name, *data;
  uint32_t name_length, method, crc, packed, size;
} Member;

static uint32_t number_at(const unsigned char *bytes, int count) {
  uint32_t number = 0;
  for (int i = 0; i < count; i++) number |= (uint32_t)bytes[i] << (8 * i);
  return number;
}

static bool fail(const Archive *archive, const char *problem) {
  runtime_fail(archive->runtime, ERROR_FILE, -1, "cannot read `%s`: %s", archive->file, problem);
  return false;
}

/* The end record stands at the end, before a comment of at most 64 KiB. */
static const unsigned char *find_end(const Archive *archive) {
  if (archive->length < END_SIZE) return NULL;
  const unsigned char *last = archive->bytes + archive->length - END_SIZE;
  for (size_t back = 0; back <= 65535 && back <= archive->length - END_SIZE; back++)
    if (number_at(last - back, 4) == end_mark) return last - back;
  return NULL;
}

/* Where a member's data begin, from its local header. */
static bool find_data(const Archive *archive, uint32_t offset, Member *member) {
  if (offset > archive->length || archive->length - offset < LOCAL_SIZE) return false;
  const unsigned char *local = archive->bytes + offset;
  size_t skip = LOCAL_SIZE + (size_t)number_at(local + 26, 2) + number_at(local + 28, 2);
  size_t left = archive->length - offset;
  if (number_at(local, 4) != local_mark || skip > left || member->packed > left - skip) return false;
  member->data = local + skip;
  return true;
}

/* Reads the directory entry at *position and moves on. */
static bool next_member(const Archive *archive, size_t *position, Member *member) {
  if (*position > archive->length || archive->length - *position < ENTRY_SIZE) return false;
  const unsigned char *entry = archive->bytes + *position;
  size_t more = (size_t)number_at(entry + 28, 2) + number_at(entry + 30, 2) + number_at(entry + 32, 2);
  if (number_at(entry, 4) != entry_mark || archive->length - *position - ENTRY_SIZE < more) return false;
  member->method = number_at(entry + 10, 2);
  member->crc = number_at(entry + 16, 4);
  member->packed = number_at(entry + 20, 4);
  member->size = number_at(entry + 24, 4);
  member->name = entry + ENTRY_SIZE;
  member->name_length = number_at(entry + 28, 2);
  *position += ENTRY_SIZE + more;
  return find_data(archive, number_at(entry + 42, 4), member);
}

/* Deflate packs at most 1032 to 1, so that a small file cannot ask for a lot of memory. */
static bool is_plausible(const Member *member) {
  if (member->method == STORED) return member->packed == member->size;
  return member->method == DEFLATED && member->size / 1100 <= member->packed;
}

static Tensor *read_npy(const Archive *archive, const Member *member, const unsigned char *data) {
  if (crc32_add(0, data, member->size) == member->crc)
    return npy_read(archive->runtime, archive->file, data, member->size);
  fail(archive, "its checksum is wrong");
  return NULL;
}

static Tensor *read_member(const Archive *archive, const Member *member) {
  if (!is_plausible(member)) return fail(archive, "it is packed in a way that is not known here"), NULL;
  if (member->method == STORED) return read_npy(archive, member, member->data);
  unsigned char *data = memory_allocate((size_t)member->size + 1);
  if (!data) return runtime_out_of_memory(archive->runtime);
  Tensor *tensor = NULL;
  if (inflate_data(member->data, member->packed, data, member->size)) tensor = read_npy(archive, member, data);
  else fail(archive, "its compressed data are damaged");
  memory_release(data, (size_t)member->size + 1);
  return tensor;
}

bool npz_read(Runtime *runtime, const char *file, const void *bytes, size_t length, NpzVisitor visit, void *context) {
  Archive archive = {runtime, file, bytes, length};
  const unsigned char *end = find_end(&archive);
  if (!end) return fail(&archive, "it is no complete .npz file");
  size_t position = number_at(end + 16, 4);
  for (uint32_t left = number_at(end + 10, 2); left; left--) {
    Member member;
    if (!next_member(&archive, &position, &member)) return fail(&archive, "its directory is damaged");
    size_t name_length = member.name_length;
    if (name_length >= 4 && memcmp(member.name + name_length - 4, ".npy", 4) == 0) name_length -= 4;
    Tensor *tensor = read_member(&archive, &member);
    bool visited = tensor && visit(context, (const char *)member.name, name_length, tensor);
    tensor_unref(tensor);
    if (!visited) return false;
  }
  return true;
}
