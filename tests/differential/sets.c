/* SPDX-License-Identifier: MIT */
/* sets.c: the same programs under every instruction set, each in a process of its own, which chooses once.

   Children write one line for every line that a program prints: its digest, or the numbers themselves where only a
   bound holds; then how the program ended.  The parent reads what they wrote side by side. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "runtime/kernels/target.h"
#include "tests/differential/wide.h"

enum { SHOWN = 5, KINDS = 4 };

static const char *const names[ISA_COUNT] = {"baseline", "avx2", "avx512"};

/* Of four programs one is small, with its products left out, one multiplies matrices, and two are wide. */
static bool is_bounded(uint64_t seed) { return seed % KINDS == 1; }

static void generate(Program *program, uint64_t seed) {
  if (is_bounded(seed))
    program_generate_products(program, seed);
  else if (seed % KINDS == 0)
    program_generate(program, seed, false);
  else
    program_generate_wide(program, seed);
}

/* ---- a child */

typedef struct Writer {
  FILE *file;
  uint64_t digest;
  bool plain; /* the text itself */
} Writer;

/* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
static bool write_result(void *context, const char *text, size_t length) {
  enum { PRIME_LOW = 0x1b3 };
  Writer *writer = context;
  if (writer->plain) return fwrite(text, 1, length, writer->file) == length;
  for (size_t i = 0; i < length; i++) {
    writer->digest = (writer->digest ^ (unsigned char)text[i]) * ((UINT64_C(1) << 40) + PRIME_LOW);
    if (text[i] != '\n') continue;
    fprintf(writer->file, "%016llx\n", (unsigned long long)writer->digest);
  }
  return true;
}

static void run_all(FILE *file, unsigned long long programs, unsigned long long seed) {
  static Program program;
  for (unsigned long long k = seed; k < seed + programs; k++) {
    char why[256];
    Writer writer = {file, UINT64_C(0xcbf29ce484222325), is_bounded(k)};
    generate(&program, k);
    bool good = run_program(&program, &settings[k / KINDS % SETTINGS], write_result, &writer, why, sizeof why);
    fprintf(file, "end %s\n", good ? "" : why);
  }
}

static FILE *start_child(const char *name, pid_t *process, unsigned long long programs, unsigned long long seed) {
  FILE *file = tmpfile();
  if (!file) return NULL;
  *process = fork();
  if (*process != 0) return file;
  setenv("MGRAD_ISA", name, 1);
  run_all(file, programs, seed);
  _exit(fflush(file) != 0);
}

/* ---- the comparison */

typedef struct Side {
  FILE *file;
  char *line, *bound;
  size_t room, bound_room;
} Side;

static bool read_line(FILE *file, char **line, size_t *room) { return getline(line, room, file) >= 0; }

/* Numbers that differ by no more than their bounds, number for number. */
static bool within(const char *a, const char *b, const char *bound) {
  for (;;) {
    a += strspn(a, "[], \n"), b += strspn(b, "[], \n"), bound += strspn(bound, "[], \n");
    if (!*a || !*b || !*bound) return !*a && !*b && !*bound;
    char *after_a, *after_b, *after_bound;
    double difference = fabs(strtod(a, &after_a) - strtod(b, &after_b));
    if (!(difference <= strtod(bound, &after_bound)) || after_a == a || after_b == b || after_bound == bound)
      return false;
    a = after_a, b = after_b, bound = after_bound;
  }
}

/* The next line of both; false: one has none.  `*same` is cleared where they differ. */
static bool compare_line(Side *first, Side *other, bool bounded, bool *same) {
  if (!read_line(first->file, &first->line, &first->room) || !read_line(other->file, &other->line, &other->room))
    return false;
  if (!bounded || strncmp(first->line, "end", 3) == 0) {
    if (strcmp(first->line, other->line) != 0) *same = false;
    return true;
  }
  /* The bounds are products, too. */
  if (!read_line(first->file, &first->bound, &first->bound_room) ||
      !read_line(other->file, &other->bound, &other->bound_room))
    return false;
  if (!within(first->line, other->line, first->bound)) *same = false;
  return true;
}

/* Whether one program did the same; it is read to its end on both sides. */
static bool compare_program(Side *first, Side *other, bool bounded) {
  bool same = true;
  do {
    if (!compare_line(first, other, bounded, &same)) return false;
  } while (strncmp(first->line, "end", 3) != 0 && strncmp(other->line, "end", 3) != 0);
  return same && strcmp(first->line, "end \n") == 0;
}

static void show(uint64_t seed, const char *set, const Side *first, const Side *other) {
  static Program program;
  generate(&program, seed);
  printf("seed %llu: baseline and %s differ, or it fails: %.60s / %.60s\n%s\n", (unsigned long long)seed, set,
         first->line, other->line, program.text);
}

static unsigned long long compare_files(FILE *baseline, FILE *file, const char *set, unsigned long long programs,
                                        unsigned long long seed) {
  Side first = {.file = baseline}, other = {.file = file};
  unsigned long long failed = 0;
  rewind(baseline);
  rewind(file);
  for (unsigned long long k = seed; k < seed + programs; k++)
    if (!compare_program(&first, &other, is_bounded(k)) && failed++ < SHOWN) show(k, set, &first, &other);
  free(first.line), free(first.bound), free(other.line), free(other.bound);
  return failed;
}

unsigned long long sets_compare(unsigned long long programs, unsigned long long seed) {
  FILE *files[ISA_COUNT];
  pid_t processes[ISA_COUNT];
  unsigned long long failed = 0, died = 0;
  int sets = 0;
  for (; sets < ISA_COUNT && target_has((Isa)sets); sets++) {
    files[sets] = start_child(names[sets], &processes[sets], programs, seed);
    if (!files[sets] || processes[sets] < 0) return programs;
  }
  for (int k = 0, status; k < sets; k++)
    if (waitpid(processes[k], &status, 0) < 0 || status != 0) died++;
  if (sets == 1) printf("skipped instruction sets: this processor has the baseline only\n");
  for (int k = 1; k < sets; k++) failed += compare_files(files[0], files[k], names[k], programs, seed);
  for (int k = 0; k < sets; k++) fclose(files[k]);
  return failed + died;
}
