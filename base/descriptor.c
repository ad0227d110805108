/* SPDX-License-Identifier: MIT */
/* descriptor.c: writing to files and pipes. */
#include "base/descriptor.h"
#include <errno.h>
#include <unistd.h>
#include "base/interrupt.h"

enum { CHUNK = 1 << 20 }; /* how much is written between two looks for Ctrl-C */

bool descriptor_write(int descriptor, const void *bytes, size_t length) {
  const char *rest = bytes;
  while (length > 0) {
    if (interrupt_requested) {
      errno = EINTR;
      return false;
    }
    ssize_t written = write(descriptor, rest, length < CHUNK ? length : CHUNK);
    if (written < 0 && errno != EINTR) return false;
    if (written <= 0) continue;
    rest += written;
    length -= (size_t)written;
  }
  return true;
}
