/* SPDX-License-Identifier: MIT */
/* inflate.c: decompression of deflated data, and the checksum of ZIP. */
#include "runtime/format/inflate.h"
#include <string.h>
#include "base/interrupt.h"

enum { CODE_BITS = 15, LITERALS = 288, DISTANCES = 30, LENGTH_CODES = 19 };

typedef struct Stream {
  const unsigned char *data;
  size_t length, position;
  uint32_t bits;
  int bit_count;
  bool damaged;
  unsigned char *out;
  size_t out_length, written;
} Stream;

/* A canonical Huffman code: how many codes of each length, and the symbols in the order of their codes. */
typedef struct Code { uint16_t counts[CODE_BITS + 1]; uint16_t symbols[LITERALS]; } Code;

static uint32_t read_bits(Stream *stream, int wanted) {
  while (stream->bit_count < wanted) {
    if (stream->position == stream->length) {
      stream->damaged = true;
      return 0;
    }
    stream->bits |= (uint32_t)stream->data[stream->position++] << stream->bit_count;
    stream->bit_count += 8;
  }
  uint32_t value = stream->bits & ((UINT32_C(1) << wanted) - 1);
  stream->bits >>= wanted;
  stream->bit_count -= wanted;
  return value;
}

/* More codes of a length than there are left would lead out of the table. */
static bool is_oversubscribed(const Code *code) {
  int left = 1;
  for (int i = 1; i <= CODE_BITS; i++) {
    left = 2 * left - code->counts[i];
    if (left < 0) return true;
  }
  return false;
}

static void code_build(Stream *stream, Code *code, const uint8_t *lengths, int count) {
  uint16_t offsets[CODE_BITS + 1] = {0};
  memset(code->counts, 0, sizeof code->counts);
  for (int i = 0; i < count; i++) code->counts[lengths[i]]++;
  code->counts[0] = 0;
  if (is_oversubscribed(code)) stream->damaged = true;
  for (int i = 1; i < CODE_BITS; i++) offsets[i + 1] = (uint16_t)(offsets[i] + code->counts[i]);
  for (int i = 0; i < count; i++)
    if (lengths[i]) code->symbols[offsets[lengths[i]]++] = (uint16_t)i;
}

static int read_symbol(Stream *stream, const Code *code) {
  int value = 0, first = 0, index = 0;
  for (int bits = 1; bits <= CODE_BITS && !stream->damaged; bits++) {
    value |= (int)read_bits(stream, 1);
    int count = code->counts[bits];
    if (value - count < first) return code->symbols[index + value - first];
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  stream->damaged = true;
  return 0;
}

static void write_byte(Stream *stream, unsigned char byte) {
  if (stream->written == stream->out_length) stream->damaged = true;
  else stream->out[stream->written++] = byte;
}

static void repeat_bytes(Stream *stream, size_t distance, size_t count) {
  if (distance > stream->written || count > stream->out_length - stream->written) {
    stream->damaged = true;
    return;
  }
  for (; count; count--, stream->written++) stream->out[stream->written] = stream->out[stream->written - distance];
}

static const uint16_t length_bases[] = {3,  4,  5,  6,  7,  8,  9,  10, 11, 13, 15,  17,  19,  23,  27,
                                        31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t length_extras[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                        2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const uint16_t distance_bases[] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,
                                          33,  49,  65,  97,  129, 193,  257,  385,  513,  769,
                                          1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};

static void inflate_codes(Stream *stream, const Code *literals, const Code *distances) {
  while (!stream->damaged && !interrupt_seen()) {
    int symbol = read_symbol(stream, literals);
    if (symbol == 256) return;
    if (symbol < 256) {
      write_byte(stream, (unsigned char)symbol);
      continue;
    }
    if (symbol > 285) break;
    size_t count = length_bases[symbol - 257] + read_bits(stream, length_extras[symbol - 257]);
    int code = read_symbol(stream, distances);
    if (code >= DISTANCES) break;
    size_t distance = distance_bases[code] + read_bits(stream, code < 4 ? 0 : code / 2 - 1);
    if (!stream->damaged) repeat_bytes(stream, distance, count);
  }
  stream->damaged = true;
}

static void inflate_stored(Stream *stream) {
  stream->bits = 0;
  stream->bit_count = 0;
  size_t left = stream->length - stream->position;
  const unsigned char *head = stream->data + stream->position;
  size_t count = left >= 4 ? (size_t)head[0] | (size_t)head[1] << 8 : 0;
  if (left < 4 || count > left - 4 || count > stream->out_length - stream->written) {
    stream->damaged = true;
    return;
  }
  memcpy(stream->out + stream->written, head + 4, count);
  stream->written += count;
  stream->position += 4 + count;
}

static void inflate_fixed(Stream *stream) {
  uint8_t lengths[LITERALS];
  Code literals, distances;
  for (int i = 0; i < LITERALS; i++) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
  code_build(stream, &literals, lengths, LITERALS);
  memset(lengths, 5, DISTANCES);
  code_build(stream, &distances, lengths, DISTANCES);
  inflate_codes(stream, &literals, &distances);
}

/* Lengths of codes are themselves coded, with runs. */
static void read_lengths(Stream *stream, const Code *code, uint8_t *lengths, int count) {
  for (int i = 0; i < count && !stream->damaged;) {
    int symbol = read_symbol(stream, code), repeat = 1;
    uint8_t value = (uint8_t)symbol;
    if (symbol == 16) {
      value = i ? lengths[i - 1] : 0;
      repeat = 3 + (int)read_bits(stream, 2);
    } else if (symbol > 16) {
      value = 0;
      repeat = symbol == 17 ? 3 + (int)read_bits(stream, 3) : 11 + (int)read_bits(stream, 7);
    }
    if (i + repeat > count) stream->damaged = true;
    else while (repeat--) lengths[i++] = value;
  }
}

static void inflate_dynamic(Stream *stream) {
  static const uint8_t order[LENGTH_CODES] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  uint8_t lengths[LITERALS + 32] = {0};
  Code literals, distances;
  int literal_count = (int)read_bits(stream, 5) + 257, distance_count = (int)read_bits(stream, 5) + 1;
  int code_count = (int)read_bits(stream, 4) + 4;
  for (int i = 0; i < code_count; i++) lengths[order[i]] = (uint8_t)read_bits(stream, 3);
  code_build(stream, &literals, lengths, LENGTH_CODES);
  memset(lengths, 0, sizeof lengths);
  if (literal_count > 286 || distance_count > DISTANCES) stream->damaged = true;
  else read_lengths(stream, &literals, lengths, literal_count + distance_count);
  if (stream->damaged) return;
  code_build(stream, &literals, lengths, literal_count);
  code_build(stream, &distances, lengths + literal_count, distance_count);
  inflate_codes(stream, &literals, &distances);
}

bool inflate_data(const unsigned char *data, size_t length, unsigned char *out, size_t out_length) {
  Stream stream = {.data = data, .length = length, .out = out, .out_length = out_length};
  bool last = false;
  while (!last && !stream.damaged && !interrupt_seen()) {
    last = read_bits(&stream, 1);
    switch (read_bits(&stream, 2)) {
    case 0: inflate_stored(&stream); break;
    case 1: inflate_fixed(&stream); break;
    case 2: inflate_dynamic(&stream); break;
    default: stream.damaged = true;
    }
  }
  return !stream.damaged && stream.written == out_length;
}

uint32_t crc32_add(uint32_t crc, const unsigned char *data, size_t length) {
  static const uint32_t nibbles[16] = {0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4,
                                       0x4DB26158, 0x5005713C, 0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
                                       0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};
  crc = ~crc;
  for (size_t i = 0; i < length; i++) {
    crc = nibbles[(crc ^ data[i]) & 15] ^ (crc >> 4);
    crc = nibbles[(crc ^ (data[i] >> 4)) & 15] ^ (crc >> 4);
  }
  return ~crc;
}
