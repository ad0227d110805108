/* SPDX-License-Identifier: MIT */
/* explaining.h: what the tests of explanations share. */
#ifndef MGRAD_TESTS_EXPLAINING_H
#define MGRAD_TESTS_EXPLAINING_H
#include "tests/evaluating.h"

static void expect_narrow(const char *text) {
  int columns = 0;
  for (const char *at = text; *at; at++) {
    if (*at == '\n') columns = 0;
    else columns += ((unsigned char)*at & 0xC0) != 0x80;
    ck_assert_msg(columns <= 80, "more than 80 columns: %.90s", at - columns + 1);
  }
}

#endif
