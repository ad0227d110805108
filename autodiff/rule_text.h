/* SPDX-License-Identifier: MIT */
/* rule_text.h: a derivative of the operation table as people write it. */
#ifndef MGRAD_AUTODIFF_RULE_TEXT_H
#define MGRAD_AUTODIFF_RULE_TEXT_H
#include "base/buffer.h"

/* Adds `Mul(g, Cos(x))` as `g * cos(x)`: the operators and functions of the language, with only the parentheses that
   are needed.  What cannot be read is added as it stands. */
void rule_text(Buffer *out, const char *formula);

#endif
