/* SPDX-License-Identifier: MIT */
/* npz_read.c: reading ZIP archives of .npy files, with the 64-bit records of large ones.

   An archive says everything twice, in its directory and before each member; whatever contradicts itself is refused,
   and nothing is believed before the bytes are there. */
#include <string.h>
#include "base/memory.h"
#include "runtime/format/inflate.h"
#include "runtime/format/npy.h"
#include "runtime/format/npz.h"

enum { LOCAL_SIZE = 30, ENTRY_SIZE = 46, END_SIZE = 22, LOCATOR_SIZE = 20, LARGE_END_SIZE = 56 };
enum { STORED = 0, DEFLATED = 8, FLAG_ENCRYPTED = 0x2041, FLAG_SIZES_FOLLOW = 8, EXTRA_LARGE = 1 };
static const uint64_t local_mark = 0x04034B50, entry_mark = 0x02014B50, end_mark = 0x06054B50;
static const uint64_t locator_mark = 0x07064B50, large_end_mark = 0x06064B50, elsewhere = 0xFFFFFFFF;

typedef struct Archive {
  Runtime *runtime;
  const char *file;
  const unsigned char *bytes;
  size_t length;
  uint64_t count, directory, directory_end; /* entries, and where they stand */
  uint64_t claimed;                         /* bytes of the members so far */
} Archive;

typedef struct Member {
  const unsigned char *name, *data;
  size_t name_length;
  unsigned flags, method;
  uint32_t crc;
  uint64_t packed, size, offset;
} Member;

static uint64_t number_at(const unsigned char *bytes, int count) {
  uint64_t number = 0;
  for (int i = 0; i < count; i++) number |= (uint64_t)bytes[i] << (8 * i);
  return number;
}

static bool fail(const Archive *archive, const char *problem) {
  runtime_fail(archive->runtime, ERROR_FILE, -1, "cannot read `%s`: %s", archive->file, problem);
  return false;
}

/* ---- the end record */
/* It stands at the end, before a comment of at most 64 KiB whose length it knows. */
static const unsigned char *find_end(const Archive *archive) {
  if (archive->length < END_SIZE) return NULL;
  const unsigned char *last = archive->bytes + archive->length - END_SIZE;
  for (size_t back = 0; back <= 65535 && back <= archive->length - END_SIZE; back++)
    if (number_at(last - back, 4) == end_mark && number_at(last - back + 20, 2) == back) return last - back;
  return NULL;
}

/* Is there a 64-bit end record?  Numbers that are the largest of their kind may be what they say: only the locator right
   before the end record tells. */
static bool has_locator(const Archive *archive, const unsigned char *end) {
  bool largest =
      number_at(end + 10, 2) == 0xFFFF || number_at(end + 12, 4) == elsewhere || number_at(end + 16, 4) == elsewhere;
  return largest && end - archive->bytes >= LOCATOR_SIZE && number_at(end - LOCATOR_SIZE, 4) == locator_mark;
}

/* What the locator points at; NULL: no 64-bit end record. */
static const unsigned char *find_large_end(const Archive *archive, const unsigned char *end) {
  size_t before = (size_t)(end - archive->bytes);
  uint64_t offset = number_at(end - LOCATOR_SIZE + 8, 8);
  if (before < LOCATOR_SIZE + LARGE_END_SIZE || offset > before - LOCATOR_SIZE - LARGE_END_SIZE) return NULL;
  const unsigned char *large = archive->bytes + offset;
  bool complete =
      number_at(large, 4) == large_end_mark && number_at(large + 4, 8) == before - LOCATOR_SIZE - offset - 12;
  return complete ? large : NULL;
}

/* Where the directory is; it must end where the end record starts, and all of it must be in this file. */
static bool read_end(Archive *archive) {
  const unsigned char *end = find_end(archive);
  if (!end) return fail(archive, "it is no complete .npz file");
  bool large = has_locator(archive, end);
  const unsigned char *record = large ? find_large_end(archive, end) : end;
  if (!record) return fail(archive, "its 64-bit directory is damaged");
  uint64_t here = number_at(large ? record + 24 : record + 8, large ? 8 : 2);
  archive->count = number_at(large ? record + 32 : record + 10, large ? 8 : 2);
  uint64_t size = number_at(large ? record + 40 : record + 12, large ? 8 : 4);
  archive->directory = number_at(large ? record + 48 : record + 16, large ? 8 : 4);
  archive->directory_end = (uint64_t)(record - archive->bytes);
  bool one_disk = here == archive->count && number_at(large ? record + 16 : record + 4, large ? 8 : 4) == 0;
  if (!one_disk || archive->directory > archive->directory_end || size != archive->directory_end - archive->directory)
    return fail(archive, "its directory is damaged");
  if (archive->count <= NPZ_MEMBERS_MOST) return true;
  runtime_fail(archive->runtime, ERROR_FILE, -1, "cannot read `%s`: it has more than %d members", archive->file,
               NPZ_MEMBERS_MOST);
  return false;
}

/* ---- entries of the directory */
/* Sizes and offset that do not fit in 32 bits stand in an extra field, in this order, those that need it only. */
static bool read_large_sizes(const unsigned char *extra, size_t length, Member *member) {
  uint64_t *const numbers[] = {&member->size, &member->packed, &member->offset};
  while (length >= 4) {
    size_t field = (size_t)number_at(extra + 2, 2), position = 4;
    if (field > length - 4) return false;
    for (int i = 0; number_at(extra, 2) == EXTRA_LARGE && i < 3; i++) {
      if (*numbers[i] != elsewhere) continue;
      if (position + 8 > field + 4) return false;
      *numbers[i] = number_at(extra + position, 8);
      position += 8;
    }
    extra += field + 4;
    length -= field + 4;
  }
  return true;
}

/* Does the header before the data say the same as the directory?  Sizes may stand behind the data instead. */
static bool local_agrees(const unsigned char *local, const Member *member) {
  if (number_at(local, 4) != local_mark || number_at(local + 6, 2) != member->flags) return false;
  if (number_at(local + 8, 2) != member->method || number_at(local + 26, 2) != member->name_length) return false;
  if (member->flags & FLAG_SIZES_FOLLOW) return true;
  uint64_t packed = number_at(local + 18, 4), size = number_at(local + 22, 4);
  return number_at(local + 14, 4) == member->crc && (packed == member->packed || packed == elsewhere) &&
         (size == member->size || size == elsewhere);
}

/* Where a member's data begin, from its local header. */
static bool find_data(Archive *archive, Member *member) {
  if (member->offset > archive->directory || archive->directory - member->offset < LOCAL_SIZE) return false;
  const unsigned char *local = archive->bytes + member->offset;
  uint64_t left = archive->directory - member->offset;
  uint64_t skip = LOCAL_SIZE + number_at(local + 26, 2) + number_at(local + 28, 2);
  if (skip > left || member->packed > left - skip || !local_agrees(local, member)) return false;
  if (memcmp(local + LOCAL_SIZE, member->name, member->name_length) != 0) return false;
  member->data = local + skip;
  archive->claimed += skip + member->packed;
  return true;
}

/* Reads the directory entry at *position and moves on. */
static bool next_member(Archive *archive, uint64_t *position, Member *member) {
  uint64_t left = archive->directory_end - *position;
  if (left < ENTRY_SIZE) return false;
  const unsigned char *entry = archive->bytes + *position;
  size_t name = (size_t)number_at(entry + 28, 2), extra = (size_t)number_at(entry + 30, 2);
  size_t more = name + extra + (size_t)number_at(entry + 32, 2);
  if (number_at(entry, 4) != entry_mark || left - ENTRY_SIZE < more) return false;
  *member = (Member){.name = entry + ENTRY_SIZE,
                     .name_length = name,
                     .flags = (unsigned)number_at(entry + 8, 2),
                     .method = (unsigned)number_at(entry + 10, 2),
                     .crc = (uint32_t)number_at(entry + 16, 4),
                     .packed = number_at(entry + 20, 4),
                     .size = number_at(entry + 24, 4),
                     .offset = number_at(entry + 42, 4)};
  *position += ENTRY_SIZE + more;
  return read_large_sizes(member->name + name, extra, member) && find_data(archive, member);
}

/* ---- members */
/* Deflate packs at most 1032 to 1, so that a small file cannot ask for a lot of memory. */
static const char *refuse(const Archive *archive, const Member *member) {
  if (member->flags & FLAG_ENCRYPTED) return "it is encrypted";
  if (member->method != STORED && member->method != DEFLATED) return "it is packed in a way that is not known here";
  if (member->method == STORED && member->packed != member->size) return "its directory is damaged";
  if (member->size / 1100 > member->packed) return "it claims more numbers than its data can hold";
  return archive->claimed > archive->directory ? "its members overlap" : NULL;
}

static Tensor *read_npy(const Archive *archive, const Member *member, const unsigned char *data) {
  uint32_t crc;
  if (!npz_checksum(archive->runtime, data, (size_t)member->size, &crc)) return NULL;
  if (crc == member->crc) return npy_read(archive->runtime, archive->file, data, (size_t)member->size);
  fail(archive, "its checksum is wrong");
  return NULL;
}

static Tensor *read_member(const Archive *archive, const Member *member) {
  const char *problem = refuse(archive, member);
  if (problem) return fail(archive, problem), NULL;
  if (member->method == STORED) return read_npy(archive, member, member->data);
  size_t size = (size_t)member->size;
  unsigned char *data = memory_allocate(size + 1);
  if (!data) return runtime_out_of_memory(archive->runtime);
  Tensor *tensor = NULL;
  if (inflate_data(member->data, (size_t)member->packed, data, size))
    tensor = read_npy(archive, member, data);
  else if (!runtime_interrupted(archive->runtime))
    fail(archive, "its compressed data are damaged");
  memory_release(data, size + 1);
  return tensor;
}

bool npz_read(Runtime *runtime, const char *file, const void *bytes, size_t length, NpzVisitor visit, void *context) {
  Archive archive = {.runtime = runtime, .file = file, .bytes = bytes, .length = length};
  if (!read_end(&archive)) return false;
  uint64_t position = archive.directory;
  for (uint64_t left = archive.count; left; left--) {
    Member member;
    if (!next_member(&archive, &position, &member)) return fail(&archive, "its directory is damaged");
    size_t name_length = member.name_length;
    if (name_length >= 4 && memcmp(member.name + name_length - 4, ".npy", 4) == 0) name_length -= 4;
    Tensor *tensor = read_member(&archive, &member);
    bool visited = tensor && visit(context, (const char *)member.name, name_length, tensor);
    tensor_unref(tensor);
    if (!visited) return false;
  }
  return position == archive.directory_end || fail(&archive, "its directory is damaged");
}
