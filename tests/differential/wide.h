/* SPDX-License-Identifier: MIT */
/* wide.h: comparing instruction sets by random programs; see wide.c and sets.c. */
#ifndef DIFFERENTIAL_WIDE_H
#define DIFFERENTIAL_WIDE_H
#include "tests/differential/program.h"

/* A program whose every line must be the same, and one of matrix products: lines of numbers, each followed by a line of
   how far apart two instruction sets may be. */
void program_generate_wide(Program *program, uint64_t seed);
void program_generate_products(Program *program, uint64_t seed);

/* A way to compute a program: by passes or one by one, by so many threads, with text around it. */
typedef struct Setting {
  const char *fusion; /* MGRAD_FUSION */
  int threads;
  const char *before, *after;
} Setting;
enum { SETTINGS = 5 };
extern const Setting settings[SETTINGS];

/* Receives results; false ends the program. */
typedef bool (*Receiver)(void *context, const char *text, size_t length);
/* False: the program failed, with the reason in `why`. */
bool run_program(const Program *program, const Setting *setting, Receiver receive, void *context, char *why,
                 size_t room);

/* Runs programs under every instruction set of this processor and compares; the number of those that differ is given.
 */
unsigned long long sets_compare(unsigned long long programs, unsigned long long seed);
#endif
