/* SPDX-License-Identifier: MIT */
/* options.h: what the command line asks for. */
#ifndef MGRAD_REPL_OPTIONS_H
#define MGRAD_REPL_OPTIONS_H
#include <stdbool.h>
#include <stddef.h>

typedef enum ColourChoice { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER } ColourChoice;

/* One thing to run, in the order of the command line. */
typedef enum InputKind { INPUT_CODE, INPUT_FILE, INPUT_STANDARD } InputKind;
typedef struct Input {
  InputKind kind;
  const char *text; /* the code or the path */
} Input;

typedef struct Options {
  Input *inputs;
  int input_count, input_capacity;
  char **arguments;          /* of the script */
  int argument_count;
  bool print_last, interactive, quiet, no_init, check, doctest, update, demo, sandbox, stats;
  const char *explain;       /* a kind of errors, or NULL */
  ColourChoice colour;
  int precision;             /* 0: automatic */
  size_t memory_limit;       /* 0: the default */
  int threads;               /* 0: the default */
} Options;

typedef enum OptionsStatus { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_BAD, OPTIONS_FAILED } OptionsStatus;

/* Reads the command line; --help and --version are answered here (OPTIONS_DONE), mistakes are reported on standard
   error (OPTIONS_BAD), and so is a lack of memory (OPTIONS_FAILED). */
OptionsStatus options_read(int count, char **words, Options *options);
void options_free(Options *options);

#endif
