/* SPDX-License-Identifier: MIT */
/* test_npz.c: archives of arrays: what is read, what is refused, and that damage never does more than an error. */
#include <stdio.h>
#include "base/interrupt.h"
#include "runtime/format/inflate.h"
#include "runtime/format/npy.h"
#include "runtime/format/npz.h"
#include "tests/tensors.h"

/* What is told wrongly, or in the 64-bit way. */
typedef struct Choices {
  bool large_end, large_sizes;
  unsigned flags, method, extra_members, count_added, disk;
  uint32_t crc_changed, size_added, local_size_added, offset_added, directory_offset_added;
  const char *comment;
} Choices;

static void add(Buffer *out, uint64_t number, int bytes) {
  for (int i = 0; i < bytes; i++) buffer_add_byte(out, (char)(i < 8 ? number >> (8 * i) & 0xFF : 0));
}

static void add_entry(Buffer *out, const Choices *choices, uint32_t crc, uint64_t size, bool local) {
  uint32_t told = (uint32_t)size + (local ? choices->local_size_added : choices->size_added);
  add(out, local ? 0x04034B50 : 0x02014B50, 4);
  if (!local) add(out, 20, 2);
  add(out, 20, 2);
  add(out, choices->flags, 2);
  add(out, choices->method, 2);
  add(out, 0, 4);
  add(out, crc + choices->crc_changed, 4);
  add(out, choices->large_sizes && !local ? 0xFFFFFFFF : size, 4);
  add(out, choices->large_sizes && !local ? 0xFFFFFFFF : told, 4);
  add(out, 5, 2);
  add(out, choices->large_sizes && !local ? 20 : 0, 2);
}

static void add_end(Buffer *out, const Choices *choices, uint32_t count, uint64_t directory) {
  uint64_t size = out->length - directory, end = out->length;
  directory += choices->directory_offset_added;
  if (choices->large_end) {
    add(out, 0x06064B50, 4);
    add(out, 44, 8);
    add(out, 0, 4 + 8); /* versions, disks */
    add(out, count, 8);
    add(out, count, 8);
    add(out, size, 8);
    add(out, directory, 8);
    add(out, 0x07064B50, 4);
    add(out, 0, 4);
    add(out, end, 8);
    add(out, 1, 4);
  }
  add(out, 0x06054B50, 4);
  add(out, choices->disk, 4);
  add(out, choices->large_end ? 0xFFFF : count, 2);
  add(out, choices->large_end ? 0xFFFF : count, 2);
  add(out, choices->large_end ? 0xFFFFFFFF : size, 4);
  add(out, choices->large_end ? 0xFFFFFFFF : directory, 4);
  size_t comment = choices->comment ? strlen(choices->comment) : 0;
  add(out, comment, 2);
  buffer_add(out, choices->comment ? choices->comment : "", comment);
}

/* An archive of one array, "a". */
static Buffer archive_of(const Buffer *data, uint32_t crc, Choices choices) {
  Buffer out = {0};
  add_entry(&out, &choices, crc, data->length, true);
  buffer_add(&out, "a.npy", 5);
  buffer_add(&out, data->text, data->length);
  uint64_t directory = out.length;
  uint32_t count = 1 + choices.extra_members;
  for (uint32_t k = 0; k < count; k++) {
    add_entry(&out, &choices, crc, data->length, false);
    add(&out, 0, 2 + 2 + 2 + 4);
    add(&out, choices.offset_added, 4);
    buffer_add(&out, "a.npy", 5);
    if (!choices.large_sizes) continue;
    add(&out, 1, 2);
    add(&out, 16, 2);
    add(&out, data->length, 8);
    add(&out, data->length, 8);
  }
  add_end(&out, &choices, count + choices.count_added, directory);
  return out;
}

static Buffer array_file(void) {
  Tensor *tensor = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, SHAPE(2, 3)));
  for (int i = 0; i < 6; i++) ((double *)tensor_data(tensor))[i] = i + 0.5;
  Buffer file = {0};
  ck_assert(npy_write(&test_runtime, &file, tensor));
  tensor_unref(tensor);
  return file;
}

static bool count_up(void *context, const char *name, size_t length, Tensor *tensor) {
  (void)name, (void)length, (void)tensor;
  ++*(int *)context;
  return true;
}

static bool sum_up(void *context, const char *name, size_t length, Tensor *tensor) {
  ck_assert(length == 1 && *name == 'a');
  for (int64_t i = 0; i < tensor_size(tensor); i++) *(double *)context += tensor_number_at(tensor, i);
  return true;
}

static bool take(void *context, const char *name, size_t length, Tensor *tensor) {
  (void)name;
  *(int64_t *)context += (int64_t)length + tensor_size(tensor);
  return true;
}

static void expect(Choices choices, const char *problem) {
  Buffer file = array_file();
  Buffer archive = archive_of(&file, crc32_add(0, (const unsigned char *)file.text, file.length), choices);
  double sum = 0;
  bool read = npz_read(&test_runtime, "t.npz", archive.text, archive.length, sum_up, &sum);
  if (!problem) {
    ck_assert_msg(read, "%s", buffer_text(&test_error.message));
    ck_assert(sum == 18);
  } else {
    char message[200];
    snprintf(message, sizeof message, "cannot read `t.npz`: %s", problem);
    ck_assert(!read);
    ck_assert_str_eq(buffer_text(&test_error.message), message);
  }
  error_clear(&test_error);
  buffer_free(&file);
  buffer_free(&archive);
}

START_TEST(archives_are_read) {
  expect((Choices){0}, NULL);
  expect((Choices){.comment = "made by hand"}, NULL);
  expect((Choices){.large_end = true}, NULL);
  expect((Choices){.large_sizes = true}, NULL);
  expect((Choices){.large_end = true, .large_sizes = true, .comment = "PK"}, NULL);
}
END_TEST

START_TEST(contradictions_are_refused) {
  expect((Choices){.crc_changed = 1}, "its checksum is wrong");
  expect((Choices){.flags = 1}, "it is encrypted");
  expect((Choices){.method = 12}, "it is packed in a way that is not known here");
  expect((Choices){.method = 8}, "its compressed data are damaged");
  expect((Choices){.size_added = 1}, "its directory is damaged");
  expect((Choices){.local_size_added = 1}, "its directory is damaged");
  expect((Choices){.size_added = 9, .local_size_added = 9}, "its directory is damaged");
  expect((Choices){.method = 8, .size_added = 1 << 30, .local_size_added = 1 << 30},
         "it claims more numbers than its data can hold");
  expect((Choices){.offset_added = 7}, "its directory is damaged");
  expect((Choices){.offset_added = 0x7FFFFFFF}, "its directory is damaged");
  expect((Choices){.directory_offset_added = 1}, "its directory is damaged");
  expect((Choices){.large_end = true, .directory_offset_added = 1}, "its directory is damaged");
  expect((Choices){.count_added = 1}, "its directory is damaged");
  expect((Choices){.disk = 1}, "its directory is damaged");
  expect((Choices){.extra_members = 1}, "its members overlap");
  expect((Choices){.comment = "PK\5\6"}, NULL);
}
END_TEST

/* As zlib packs them: stored, with the fixed code, with a code of their own. */
START_TEST(deflated_data_are_read) {
  static const unsigned char stored[] = {0x01, 0x03, 0x00, 0xFC, 0xFF, 'a', 'b', 'c'};
  static const unsigned char fixed[] = {0x4B, 0x4C, 0x4A, 0x4E, 0x84, 0x21, 0x00};
  static const unsigned char dynamic[] = {
      0x3D, 0x91, 0x57, 0x0E, 0x83, 0x40, 0x10, 0xC5, 0xCE, 0x3A, 0x8D, 0xD0, 0x61, 0x69, 0x4B, 0x48, 0x39, 0x7B, 0x24,
      0xA3, 0xCD, 0xB7, 0xF5, 0x2C, 0x6B, 0x46, 0xD4, 0x22, 0xA4, 0x35, 0xAF, 0x44, 0x27, 0x8F, 0x43, 0xAD, 0x0F, 0x79,
      0x98, 0x67, 0x51, 0xF7, 0x18, 0xD4, 0x9A, 0x90, 0xD1, 0x7C, 0x11, 0x4D, 0xD0, 0x25, 0xE4, 0x65, 0x3E, 0x88, 0x9E,
      0x1E, 0x2B, 0x74, 0x36, 0xFF, 0x8A, 0xEE, 0x1E, 0x97, 0x9A, 0x87, 0x18, 0xF4, 0xDE, 0x3E, 0x31, 0xB7, 0x50, 0x55,
      0x9B, 0x31, 0x27, 0xD1, 0xD9, 0x63, 0x82, 0xDE, 0xDB, 0x0E, 0xF3, 0x01, 0x5D, 0x45, 0xDF, 0x98, 0x3F, 0x21, 0x4A,
      0x55, 0x57, 0xB6, 0x19, 0x73, 0x0D, 0x0D, 0xAA, 0x5A, 0x9A, 0x47, 0xAA, 0x72, 0xD9, 0x36, 0x98, 0x37, 0x68, 0xA2,
      0xEA, 0xA0, 0x39, 0xA8, 0x6A, 0xCA, 0xF6, 0xC2, 0x5C, 0x41, 0x8D, 0xAA, 0x9A, 0xE6, 0x44, 0xD5, 0x55, 0xB6, 0x3D,
      0xE6, 0x0C, 0x9D, 0xA8, 0xDA, 0x68, 0x36, 0xAA, 0xFA, 0xB2, 0x3D, 0x31, 0x37, 0xD0, 0xFB, 0x92, 0x15, 0xCD, 0x13,
      0x55, 0x67, 0xD9, 0xB6, 0x98, 0x77, 0xE8, 0x7D, 0xC9, 0x4C, 0xB3, 0xFC, 0xBF, 0xF0, 0x03,
  };
  unsigned char out[400];
  ck_assert(inflate_data(stored, sizeof stored, out, 3) && memcmp(out, "abc", 3) == 0);
  ck_assert(!inflate_data(stored, sizeof stored - 1, out, 3) && !inflate_data(stored, sizeof stored, out, 4));
  ck_assert(inflate_data(fixed, sizeof fixed, out, 12) && memcmp(out, "abcabcabcabc", 12) == 0);
  ck_assert(inflate_data(dynamic, sizeof dynamic, out, sizeof out));
  for (int i = 0; i < 400; i++) ck_assert_int_eq(out[i], 97 + (i % 3 == 0 ? i * i * i % 26 : 0) + i % 5);
  ck_assert(!inflate_data(dynamic, sizeof dynamic, out, sizeof out - 1));
}
END_TEST

/* The array as compressed data of one block, which is stored. */
static Buffer deflated_archive(const Buffer *file) {
  Buffer packed = {0};
  add(&packed, 1, 1);
  add(&packed, file->length, 2);
  add(&packed, ~file->length, 2);
  buffer_add(&packed, file->text, file->length);
  uint32_t less = (uint32_t)(file->length - packed.length);
  Choices choices = {.method = 8, .size_added = less, .local_size_added = less};
  Buffer archive = archive_of(&packed, crc32_add(0, (const unsigned char *)file->text, file->length), choices);
  buffer_free(&packed);
  return archive;
}

static void expect_interrupt(const Buffer *archive) {
  double sum = 0;
  ck_assert(npz_read(&test_runtime, "t.npz", archive->text, archive->length, sum_up, &sum) && sum == 18);
  interrupt_request();
  ck_assert(!npz_read(&test_runtime, "t.npz", archive->text, archive->length, sum_up, &sum) && sum == 18);
  ck_assert_int_eq(test_error.kind, ERROR_INTERRUPT);
  error_clear(&test_error);
  interrupt_requested = 0;
}

START_TEST(reading_can_be_interrupted) {
  static const unsigned char fixed[] = {0x4B, 0x4C, 0x4A, 0x4E, 0x84, 0x21, 0x00};
  unsigned char out[12];
  uint32_t crc;
  interrupt_request();
  ck_assert(!inflate_data(fixed, sizeof fixed, out, sizeof out));
  ck_assert(!npz_checksum(&test_runtime, out, sizeof out, &crc));
  error_clear(&test_error);
  interrupt_requested = 0;
  Buffer file = array_file(), deflated = deflated_archive(&file);
  Buffer stored = archive_of(&file, crc32_add(0, (const unsigned char *)file.text, file.length), (Choices){0});
  expect_interrupt(&deflated);
  expect_interrupt(&stored);
  buffer_free(&file);
  buffer_free(&deflated);
  buffer_free(&stored);
}
END_TEST

START_TEST(numbers_of_a_file_are_copied_in_pieces) {
  Layout *large = layout_of(SHAPE(1 << 20));
  Tensor *zeros = made(tensor_new_zeros(&test_runtime, DTYPE_FLOAT64, large));
  Buffer file = {0};
  ck_assert(npy_write(&test_runtime, &file, zeros));
  interrupt_request();
  ck_assert_ptr_null(npy_read(&test_runtime, "t.npy", file.text, file.length));
  interrupt_requested = 0;
  ck_assert_int_eq(test_error.kind, ERROR_INTERRUPT);
  error_clear(&test_error);
  buffer_free(&file);
  tensor_unref(zeros);
  layout_unref(large);
}
END_TEST

/* Changes some bytes, or cuts, or repeats a part. */
static void damage(Buffer *file, uint32_t *state) {
  for (uint32_t k = next_random(state) % 4 + 1; k; k--)
    file->text[next_random(state) % file->length] = (char)(next_random(state) % 3 ? next_random(state) : 0xFF);
  if (next_random(state) % 4 == 0) file->length -= next_random(state) % (file->length / 2);
}

static void read_damaged(const Buffer *whole, uint32_t *state) {
  Buffer file = {0};
  buffer_add(&file, whole->text, whole->length);
  damage(&file, state);
  int64_t seen = 0;
  bool read = npz_read(&test_runtime, "t.npz", file.text, file.length, take, &seen);
  ck_assert(read == (test_error.kind == ERROR_NONE));
  error_clear(&test_error);
  Tensor *tensor = npy_read(&test_runtime, "t.npy", file.text + 35, file.length - 35);
  ck_assert((tensor != NULL) == (test_error.kind == ERROR_NONE));
  tensor_unref(tensor);
  error_clear(&test_error);
  buffer_free(&file);
}

/* NPZ_ROUNDS=1000000 for a long run. */
START_TEST(damage_gives_an_error_or_nothing) {
  const char *wanted = getenv("NPZ_ROUNDS");
  uint32_t state = 1;
  Buffer data = array_file();
  uint32_t crc = crc32_add(0, (const unsigned char *)data.text, data.length);
  const Choices kinds[] = {{0}, {.large_end = true, .large_sizes = true}, {.method = 8}, {.flags = 8}};
  for (long round = wanted ? atol(wanted) : 4000; round > 0; round--) {
    Buffer archive = archive_of(&data, crc, kinds[round % 4]);
    read_damaged(&archive, &state);
    buffer_free(&archive);
  }
  buffer_free(&data);
}
END_TEST

/* Any bytes at all as compressed data: nothing is written behind the room given, and what is accepted fills just
   that. */
START_TEST(noise_is_inflated_safely) {
  uint32_t state = 7;
  int accepted = 0;
  for (int round = 0; round < 20000; round++) {
    unsigned char data[64], out[300], again[300];
    size_t length = next_random(&state) % sizeof data, room = next_random(&state) % 8;
    if (round % 2) room = next_random(&state) % sizeof out;
    for (size_t i = 0; i < length; i++) data[i] = (unsigned char)next_random(&state);
    if (length) data[0] = (unsigned char)((data[0] & ~7u) | (next_random(&state) % 3 << 1) | 1);
    memset(out, 0xA5, sizeof out);
    bool done = inflate_data(data, length, out, room);
    for (size_t i = room; i < sizeof out; i++) ck_assert_uint_eq(out[i], 0xA5);
    if (!done) continue;
    accepted++;
    ck_assert(inflate_data(data, length, again, room) && memcmp(out, again, room) == 0);
    ck_assert(!inflate_data(data, length, again, room + 1));
    ck_assert(room == 0 || !inflate_data(data, length, again, room - 1));
  }
  ck_assert_int_gt(accepted, 10);
}
END_TEST

/* Every limit has its own message. */
START_TEST(limits_of_writing_are_named) {
  char name[NPZ_NAME_MOST + 1];
  memset(name, 'x', sizeof name);
  Tensor *one = tensor_new_number(&test_runtime, DTYPE_BOOL, 1);
  NpzWriter writer = {0};
  ck_assert(!npz_add(&test_runtime, &writer, name, NPZ_NAME_MOST + 1, one));
  ck_assert_str_eq(buffer_text(&test_error.message), "a name in an .npz file has at most 1000 bytes");
  error_clear(&test_error);
  ck_assert(npz_add(&test_runtime, &writer, name, NPZ_NAME_MOST, one));
  writer.count = NPZ_MEMBERS_MOST;
  ck_assert(!npz_add(&test_runtime, &writer, "x", 1, one));
  ck_assert_str_eq(buffer_text(&test_error.message), "an .npz file holds at most 65535 tensors");
  npz_free(&writer);
  tensor_unref(one);
}
END_TEST

/* A count of 65535 stands for a 64-bit directory elsewhere: here it is what it says. */
START_TEST(as_many_members_as_fit_come_back) {
  Tensor *one = tensor_new_number(&test_runtime, DTYPE_BOOL, 1);
  NpzWriter writer = {0};
  int count = 0;
  for (int k = 0; k < NPZ_MEMBERS_MOST; k++) ck_assert(npz_add(&test_runtime, &writer, "x", 1, one));
  ck_assert(npz_finish(&test_runtime, &writer));
  bool read = npz_read(&test_runtime, "t.npz", writer.archive.text, writer.archive.length, count_up, &count);
  ck_assert_msg(read, "%s", buffer_text(&test_error.message));
  ck_assert_int_eq(count, NPZ_MEMBERS_MOST);
  npz_free(&writer);
  tensor_unref(one);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("npz");
  TCase *tests = tcase_create("npz");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_test(tests, archives_are_read);
  tcase_add_test(tests, contradictions_are_refused);
  tcase_add_test(tests, deflated_data_are_read);
  tcase_add_test(tests, reading_can_be_interrupted);
  tcase_add_test(tests, numbers_of_a_file_are_copied_in_pieces);
  tcase_add_test(tests, damage_gives_an_error_or_nothing);
  tcase_add_test(tests, noise_is_inflated_safely);
  tcase_add_test(tests, limits_of_writing_are_named);
  tcase_add_test(tests, as_many_members_as_fit_come_back);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
