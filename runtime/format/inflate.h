/* SPDX-License-Identifier: MIT */
/* inflate.h: the compressed data of ZIP archives (RFC 1951). */
#ifndef MGRAD_RUNTIME_FORMAT_INFLATE_H
#define MGRAD_RUNTIME_FORMAT_INFLATE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decompresses into exactly `out_length` bytes; false when the data are damaged or give another length, or
   interrupted. */
bool inflate_data(const unsigned char *data, size_t length, unsigned char *out, size_t out_length);

/* CRC-32 as ZIP uses it; start with 0. */
uint32_t crc32_add(uint32_t crc, const unsigned char *data, size_t length);

#endif
