/* SPDX-License-Identifier: MIT */
/* descriptor.h: writing to files and pipes. */
#ifndef MGRAD_BASE_DESCRIPTOR_H
#define MGRAD_BASE_DESCRIPTOR_H
#include <stdbool.h>
#include <stddef.h>

/* Writes all of it, however little is taken at a time.  False with errno set; EINTR: Ctrl-C was pressed. */
bool descriptor_write(int descriptor, const void *bytes, size_t length);

#endif
