/* SPDX-License-Identifier: MIT */
/* options.c: the command line. */
#include "repl/options.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/text.h"
#include "base/threads.h"
#include "repl/line.h"
#include "runtime/blas.h"
#include "runtime/format/number.h"
#include "runtime/kernels/target.h"

static const char usage[] =
    "usage: mgrad [options] [file [arguments ...]]\n"
    "\n"
    "Evaluates tensor expressions and differentiates them.  Without a file it starts the\n"
    "prompt on a terminal, and runs standard input otherwise; `-` is standard input.\n"
    "\n"
    "  -e CODE             run code (can be repeated; in order with files)\n"
    "  -p                  show only the last value of -e and files\n"
    "  -i                  start the prompt afterwards\n"
    "  -q                  no banner\n"
    "  -n                  no init file, no history\n"
    "  --check             parse only\n"
    "  --doctest           run the files as transcripts and compare their results\n"
    "  --update            with --doctest: write the results into the files\n"
    "  --demo              present the file statement by statement\n"
    "  --explain KIND      a long text on a kind of errors, e.g. shape\n"
    "  --sandbox           no file access, no other programs\n"
    "  --color=WHEN        auto, always or never\n"
    "  --precision=N       significant digits shown (1 to " TEXT_OF(DECIMAL_SHORTEST) "; 0: automatic)\n"
    "  --max-mem=SIZE      memory limit, e.g. 500M or 2G\n"
    "  --threads=N         threads that share large work (default: MGRAD_THREADS, or all processors)\n"
    "  --stats             show the memory in use at the end, on standard error\n"
    "  -h, --help          this text\n"
    "  -V, --version       version of mgrad and its libraries\n"
    "\n"
    "MGRAD_ISA=baseline, avx2 or avx512 in the environment limits the vector instructions in\n"
    "use (only products of matrices depend on them); MGRAD_HISTORY names the history file.\n"
    "\n"
    "Exit status: 0, 1 for an error in a program, 2 for bad usage, 130 when interrupted,\n"
    "or what the program gave to quit().\n";

static OptionsStatus bad(const char *message, const char *word) {
  fprintf(stderr, "mgrad: %s`%s` (mgrad --help lists the options)\n", message, word);
  return OPTIONS_BAD;
}

static OptionsStatus bad_number(const char *what, int least, int most, const char *word) {
  fprintf(stderr, "mgrad: %s from %d to %d: `%s` (mgrad --help lists the options)\n", what, least, most, word);
  return OPTIONS_BAD;
}

/* `python -c CODE` is what many are used to. */
static OptionsStatus unknown(const char *word) {
  if (strcmp(word, "-c") != 0) return bad("unknown option ", word);
  fputs("mgrad: unknown option `-c` (to run code, write `-e CODE`)\n", stderr);
  return OPTIONS_BAD;
}

static void add_input(Options *options, InputKind kind, const char *text) {
  options->inputs[options->input_count++] = (Input){kind, text};
}

/* ---- options with a value: `--name=value` and `--name value`.  Readers are false for what is no value. */

static bool read_colour(const char *text, Options *options) {
  static const char *const names[] = {"auto", "always", "never"};
  for (int k = 0; k < 3; k++)
    if (strcmp(text, names[k]) == 0) { options->colour = (ColourChoice)k; return true; }
  return false;
}

static bool read_precision(const char *text, Options *options) {
  char *end;
  errno = 0;
  long number = strtol(text, &end, 10);
  if (end == text || *end || errno || number < 0 || number > DECIMAL_SHORTEST) return false;
  options->precision = (int)number;
  return true;
}

static bool read_size(const char *text, Options *options) {
  char *end;
  errno = 0;
  unsigned long long number = strtoull(text, &end, 10);
  if (end == text || errno || *text == '-') return false;
  int shift = 0;
  if (*end) {
    const char *units = "kKmMgGtT";
    const char *unit = strchr(units, *end);
    if (!unit || end[1]) return false;
    shift = 10 * (int)((unit - units) / 2 + 1);
  }
  if (number == 0 || number > (SIZE_MAX >> shift)) return false;
  options->memory_limit = (size_t)number << shift;
  return true;
}

static bool read_threads(const char *text, Options *options) {
  options->threads = threads_parse_count(text);
  return options->threads > 0;
}

static bool read_explain(const char *text, Options *options) {
  options->explain = text;
  return true;
}

static bool read_code(const char *text, Options *options) {
  add_input(options, INPUT_CODE, text);
  return true;
}

typedef struct Valued {
  const char *name, *missing, *wrong; /* what is said without a value, and of a wrong one */
  bool (*read)(const char *text, Options *options);
  int least, most; /* where it is a number; else 0 */
} Valued;
static const Valued valued[] = {
    {"-e", "code is missing after ", "", read_code, 0, 0},
    {"--color", "a choice is missing after ", "no such colour choice: ", read_colour, 0, 0},
    {"--precision", "a number is missing after ", "not a number", read_precision, 0, DECIMAL_SHORTEST},
    {"--max-mem", "a size is missing after ", "not a size: ", read_size, 0, 0},
    {"--threads", "a number is missing after ", "not a number of threads", read_threads, 1, THREADS_MOST},
    {"--explain", "a kind of errors is missing after ", "", read_explain, 0, 0},
};

/* The option that a word is, and its value if that stands in the same word; NULL: another kind of option. */
static const Valued *find_valued(const char *word, const char **value) {
  size_t length = strncmp(word, "--", 2) == 0 ? strcspn(word, "=") : strlen(word);
  *value = word[length] ? word + length + 1 : NULL;
  for (size_t k = 0; k < sizeof valued / sizeof *valued; k++)
    if (strlen(valued[k].name) == length && memcmp(word, valued[k].name, length) == 0) return &valued[k];
  return NULL;
}

/* ---- options without a value */

typedef struct Flag { const char *name; size_t offset; } Flag;
static const Flag flags[] = {
    {"-p", offsetof(Options, print_last)}, {"-i", offsetof(Options, interactive)},
    {"-q", offsetof(Options, quiet)},      {"-n", offsetof(Options, no_init)},
    {"--check", offsetof(Options, check)}, {"--doctest", offsetof(Options, doctest)},
    {"--update", offsetof(Options, update)}, {"--demo", offsetof(Options, demo)},
    {"--sandbox", offsetof(Options, sandbox)}, {"--stats", offsetof(Options, stats)},
};

static bool read_flag(Options *options, const char *word) {
  for (size_t k = 0; k < sizeof flags / sizeof *flags; k++)
    if (strcmp(word, flags[k].name) == 0) return *(bool *)((char *)options + flags[k].offset) = true;
  return false;
}

/* False: there is no such option. */
static bool read_plain(Options *options, const char *word, OptionsStatus *status) {
  bool help = strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0;
  bool version = strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0;
  if (help) fputs(usage, stdout);
  if (version) printf("mgrad %s (%s, %s)\n", MGRAD_VERSION, line_library(), blas_name());
  *status = help || version ? OPTIONS_DONE : OPTIONS_RUN;
  return help || version || read_flag(options, word);
}

/* `-qn` is `-q -n`. */
static OptionsStatus read_letters(Options *options, const char *word) {
  OptionsStatus status = OPTIONS_RUN;
  for (const char *letter = word + 1; *letter && status == OPTIONS_RUN; letter++)
    if (!read_plain(options, (const char[]){'-', *letter, '\0'}, &status)) return unknown(word);
  return status;
}

/* Reads the option at a place, moves on behind it and its value. */
static OptionsStatus read_option(Options *options, int count, char **words, int *place) {
  const char *word = words[(*place)++], *value;
  const Valued *option = find_valued(word, &value);
  OptionsStatus status;
  if (!option && word[1] != '-') return read_letters(options, word);
  if (!option) return read_plain(options, word, &status) ? status : unknown(word);
  if (!value && *place == count) return bad(option->missing, word);
  if (!value) value = words[(*place)++];
  if (option->read(value, options)) return OPTIONS_RUN;
  return option->most ? bad_number(option->wrong, option->least, option->most, value) : bad(option->wrong, value);
}

/* --doctest takes all remaining words as files; otherwise the first file ends the options. */
static int read_file(Options *options, int count, char **words, int k) {
  if (options->doctest) {
    add_input(options, INPUT_FILE, words[k]);
    return k + 1;
  }
  add_input(options, strcmp(words[k], "-") == 0 ? INPUT_STANDARD : INPUT_FILE, words[k]);
  options->arguments = words + k + 1;
  options->argument_count = count - k - 1;
  return count;
}

/* Options that do not go together. */
static OptionsStatus check_together(const Options *options) {
  for (int k = 0; options->doctest && k < options->input_count; k++)
    if (options->inputs[k].kind == INPUT_CODE) return bad("--doctest takes files, and no code: ", "-e");
  if (options->doctest && !options->input_count) return bad("a file is missing after ", "--doctest");
  if (options->update && !options->doctest) return bad("this goes with --doctest: ", "--update");
  if (options->update && options->sandbox) return bad("--sandbox writes no files: it does not go with ", "--update");
  return OPTIONS_RUN;
}

static OptionsStatus check_environment(void) {
  Isa isa;
  const char *name = getenv("MGRAD_ISA");
  return !name || target_find(name, &isa) ? OPTIONS_RUN : bad("MGRAD_ISA must be baseline, avx2 or avx512, not ", name);
}

OptionsStatus options_read(int count, char **words, Options *options) {
  *options = (Options){.input_capacity = count};
  options->inputs = memory_allocate_zeroed((size_t)count * sizeof *options->inputs);
  if (!options->inputs) return fputs("mgrad: out of memory\n", stderr), OPTIONS_FAILED;
  bool ended = false; /* by `--` */
  for (int k = 1; k < count;) {
    OptionsStatus status = OPTIONS_RUN;
    if (!ended && strcmp(words[k], "--") == 0) ended = true, k++;
    else if (!ended && words[k][0] == '-' && words[k][1]) status = read_option(options, count, words, &k);
    else k = read_file(options, count, words, k);
    if (status != OPTIONS_RUN) return status;
  }
  const char *threads = getenv("MGRAD_THREADS");
  if (threads && threads_parse_count(threads) == 0)
    return bad_number("MGRAD_THREADS is not a number", 1, THREADS_MOST, threads);
  OptionsStatus status = check_together(options);
  return status == OPTIONS_RUN ? check_environment() : status;
}

void options_free(Options *options) {
  memory_release(options->inputs, (size_t)options->input_capacity * sizeof *options->inputs);
}
