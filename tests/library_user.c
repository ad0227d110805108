/* SPDX-License-Identifier: MIT */
/* library_user.c: a program that uses the installed library, as the package tests build it. */
#include <mgrad.h>
#include <stddef.h>

int main(void) {
  Mgrad *mgrad = mgrad_open(&(MgradOptions){.output = NULL});
  double slope = 0;
  if (!mgrad || mgrad_run(mgrad, "f(x) = x ** 3; slope = f'(2)") != MGRAD_OK) return 1;
  if (!mgrad_number(mgrad, "slope", &slope)) return 2;
  mgrad_close(mgrad);
  return slope == 12 ? 0 : 3;
}
