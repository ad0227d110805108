/* SPDX-License-Identifier: MIT */
/* library_user.c: a program that uses the installed library, as the package tests build it. */
#include <mgrad.h>
#include <stddef.h>

/* Names that the library has inside too. */
int session_check(const char *user);
int session_check(const char *user) { return user != NULL; }
char *buffer_clear(char *text);
char *buffer_clear(char *text) { return *text = '\0', text; }

int main(void) {
  Mgrad *mgrad = mgrad_open(&(MgradOptions){.output = NULL});
  double slope = 0;
  char text[] = "text";
  if (!session_check(text) || *buffer_clear(text)) return 4;
  if (!mgrad || mgrad_run(mgrad, "f(x) = x ** 3; slope = f'(2)") != MGRAD_OK) return 1;
  if (!mgrad_number(mgrad, "slope", &slope)) return 2;
  mgrad_close(mgrad);
  return slope == 12 ? 0 : 3;
}
