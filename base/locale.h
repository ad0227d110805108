/* SPDX-License-Identifier: MIT */
/* locale.h: numbers are read and written with a point, whatever locale the program around us has chosen. */
#ifndef MGRAD_BASE_LOCALE_H
#define MGRAD_BASE_LOCALE_H
#include <locale.h>

/* Gives the calling thread the C locale, and the locale that it had before, for locale_leave. */
locale_t locale_enter(void);
void locale_leave(locale_t before);

#endif
