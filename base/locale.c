/* SPDX-License-Identifier: MIT */
/* locale.c: the C locale for one thread and for a while. */
#include "base/locale.h"

/* Without memory, which the C locale takes in no C library of ours, the thread keeps its own. */
locale_t locale_enter(void) {
  locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  return uselocale(plain);
}

void locale_leave(locale_t before) {
  locale_t plain = uselocale(before);
  if (plain != before) freelocale(plain);
}
