/* SPDX-License-Identifier: MIT */
/* npy.c: NumPy's file format for one array: the numbers. */
#include "runtime/format/npy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/format/file.h"
#include "runtime/format/npy_header.h"

enum { POLL = 1 << 14, ALIGNMENT = 64, PREFIX = 10 };

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are written as they lie in memory");

/* The type that holds every number of the file's type (except the largest ones of u8). */
static DType dtype_of(const NpyHeader *header) {
  switch (header->kind) {
    case 'b': return DTYPE_BOOL;
    case 'f': return header->item_size == 8 ? DTYPE_FLOAT64 : DTYPE_FLOAT32;
    case 'i': return header->item_size == 8 ? DTYPE_INT64 : DTYPE_INT32;
    default: return header->item_size == 1 ? DTYPE_UINT8 : header->item_size == 2 ? DTYPE_INT32 : DTYPE_INT64;
  }
}

/* ---- one number */
static uint64_t read_bits(const NpyHeader *header, const unsigned char *at) {
  uint64_t bits = 0;
  int size = header->item_size;
  for (int i = 0; i < size; i++) bits = bits << 8 | at[header->big_endian ? i : size - 1 - i];
  return bits;
}

/* IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
static float half_value(uint64_t bits) {
  int exponent = (int)(bits >> 10 & 31), fraction = (int)(bits & 1023);
  double size = exponent == 31  ? (fraction ? NAN : INFINITY)
                : exponent == 0 ? ldexp(fraction, -24)
                                : ldexp(1024 + fraction, exponent - 25);
  return (float)(bits >> 15 ? -size : size);
}

static int64_t signed_value(uint64_t bits, int size) {
  int unused = 64 - 8 * size;
  uint64_t sign = UINT64_C(1) << (8 * size - 1);
  return (int64_t)(unused ? (bits ^ sign) - sign : bits);
}

static void store(void *to, const NpyHeader *header, uint64_t bits) {
  int64_t integer = header->kind == 'i' ? signed_value(bits, header->item_size) : (int64_t)bits;
  uint32_t low = (uint32_t)bits;
  float half;
  switch (dtype_of(header)) {
    case DTYPE_BOOL: *(bool *)to = bits != 0; break;
    case DTYPE_UINT8: *(uint8_t *)to = (uint8_t)integer; break;
    case DTYPE_INT32: *(int32_t *)to = (int32_t)integer; break;
    case DTYPE_FLOAT32:
      half = header->item_size == 2 ? half_value(bits) : 0;
      memcpy(to, header->item_size == 2 ? (void *)&half : (void *)&low, sizeof low);
      break;
    default: memcpy(to, &bits, sizeof bits); break;
  }
}

/* ---- all numbers */
static bool is_plain_copy(const NpyHeader *header, DType dtype) {
  if (header->kind == 'b' || (size_t)header->item_size != dtype_info[dtype].size) return false;
  if (header->kind == 'u' && header->item_size == 8) return false; /* may not fit */
  return !header->big_endian || header->item_size == 1;
}

static bool read_numbers(Runtime *runtime, const char *name, const NpyHeader *header, Tensor *to,
                         const unsigned char *at) {
  int64_t size = tensor_size(to);
  char *out = tensor_data(to);
  size_t step = dtype_info[to->dtype].size;
  if (is_plain_copy(header, (DType)to->dtype)) return runtime_copy(runtime, out, at, (size_t)size * step);
  for (int64_t i = 0; i < size; i++, at += header->item_size, out += step) {
    uint64_t bits = read_bits(header, at);
    if (header->kind == 'u' && bits > INT64_MAX)
      return file_fail(runtime, "read", name, strlen(name), "%llu does not fit in int64", (unsigned long long)bits);
    store(out, header, bits);
    if (i % POLL == POLL - 1 && runtime_interrupted(runtime)) return false;
  }
  return true;
}

/* Fortran order is C order of the axes in reverse: read so, then seen through reversed strides and copied. */
static Tensor *from_reversed(Runtime *runtime, Tensor *reversed, const NpyHeader *header) {
  int64_t strides[TENSOR_MAX_DIMS];
  for (int i = 0; i < header->ndim; i++) strides[i] = layout_strides(reversed->layout)[header->ndim - 1 - i];
  Layout *layout = layout_new_strided(runtime, header->ndim, header->shape, strides);
  if (!layout) return NULL;
  Tensor *window = tensor_window(runtime, reversed, layout, 0);
  layout_unref(layout);
  if (!window) return NULL;
  Tensor *result = tensor_contiguous(runtime, window);
  tensor_unref(window);
  return result;
}

static Tensor *read_tensor(Runtime *runtime, const char *name, const NpyHeader *header, const unsigned char *numbers) {
  int64_t shape[TENSOR_MAX_DIMS];
  bool reverse = header->fortran && header->ndim > 1;
  for (int i = 0; i < header->ndim; i++) shape[i] = header->shape[reverse ? header->ndim - 1 - i : i];
  Tensor *tensor = tensor_new_shape(runtime, dtype_of(header), header->ndim, shape);
  if (!tensor) return NULL;
  if (!read_numbers(runtime, name, header, tensor, numbers)) {
    tensor_unref(tensor);
    return NULL;
  }
  if (!reverse) return tensor;
  Tensor *result = from_reversed(runtime, tensor, header);
  tensor_unref(tensor);
  return result;
}

/* The header must account for the bytes that follow it, before any memory is taken for the numbers. */
static bool check_length(Runtime *runtime, const char *name, const NpyHeader *header, size_t available) {
  ShapeText shape;
  size_t bytes = (size_t)header->item_size;
  bool overflow = false, empty = false;
  for (int i = 0; i < header->ndim; i++) {
    overflow |= __builtin_mul_overflow(bytes, (size_t)header->shape[i], &bytes);
    empty |= header->shape[i] == 0;
  }
  if (empty) bytes = 0;
  if ((overflow && !empty) || bytes > available)
    return file_fail(runtime, "read", name, strlen(name), "it ends after %zu bytes of %s%s", available,
                     header->ndim ? "the numbers of shape " : "", shape_text(&shape, header->ndim, header->shape));
  if (bytes < available) {
    runtime->warning.count = 1;
    snprintf(runtime->warning.text, sizeof runtime->warning.text, "bytes after the numbers are ignored: %zu",
             available - bytes);
  }
  return true;
}

static bool is_text(const unsigned char *bytes, size_t length) {
  enum { LOOKED_AT = 64 };
  for (size_t i = 0; i < length && i < LOOKED_AT; i++)
    if (bytes[i] < ' ' && !memchr("\t\n\r", bytes[i], 3)) return false;
  return length > 0;
}

Tensor *npy_read(Runtime *runtime, const char *name, const void *bytes, size_t length) {
  NpyHeader header;
  const char *problem = npy_header_read(&header, bytes, length);
  if (problem) {
    file_fail(runtime, "read", name, strlen(name), "%s", problem);
    if (is_text(bytes, length)) error_hint(runtime->error, "numbers that are written as text are read by `loadtxt`");
    return NULL;
  }
  if (!check_length(runtime, name, &header, length - header.data_offset)) return NULL;
  return read_tensor(runtime, name, &header, (const unsigned char *)bytes + header.data_offset);
}

/* ---- writing */
static void write_header(Buffer *out, const Tensor *tensor) {
  Buffer text = {0};
  const Layout *layout = tensor->layout;
  const DTypeInfo *info = &dtype_info[tensor->dtype];
  buffer_format(&text, "{'descr': '%c%s', 'fortran_order': False, 'shape': (", info->size > 1 ? '<' : '|', info->code);
  for (int i = 0; i < layout->ndim; i++)
    buffer_format(&text, i ? ", %lld" : "%lld", (long long)layout_shape(layout)[i]);
  buffer_add_text(&text, layout->ndim == 1 ? ",), }" : "), }");
  buffer_add_fill(&text, ' ', ALIGNMENT - 1 - (PREFIX + text.length) % ALIGNMENT);
  buffer_add_byte(&text, '\n');
  buffer_add(out, "\x93NUMPY\1", 8);
  buffer_add_byte(out, (char)(text.length & 255));
  buffer_add_byte(out, (char)(text.length >> 8));
  buffer_add(out, buffer_text(&text), text.length);
  out->failed |= text.failed;
  buffer_free(&text);
}

bool npy_write(Runtime *runtime, Buffer *out, const Tensor *tensor) {
  Tensor *plain = tensor_contiguous(runtime, (Tensor *)tensor);
  if (!plain || !tensor_ready(runtime, plain)) return tensor_unref(plain), false;
  write_header(out, plain);
  buffer_add(out, tensor_data(plain), (size_t)tensor_size(plain) * dtype_info[plain->dtype].size);
  tensor_unref(plain);
  return !out->failed || runtime_out_of_memory(runtime);
}
