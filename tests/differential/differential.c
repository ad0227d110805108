/* SPDX-License-Identifier: MIT */
/* differential.c: runs random programs and compares what they print with the reference, and, to the last bit, how they
   are computed: at once or in fused passes, by one thread or several, at the top level or inside a function.

       differential [COUNT [SEED]]     runs COUNT programs (default 300) from a seed on (default 1)
       differential --print SEED       prints the program of a seed

   The last line is `N passed, M failed`; a failing program is printed with its seed.  The line before gives a digest of
   all that was printed, for comparing instruction sets (MGRAD_ISA), which a process chooses once. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/threads.h"
#include "mgrad.h"
#include "tests/differential/program.h"

enum { OUTPUT_ROOM = 1 << 16, SHOWN_FAILURES = 5 };

typedef struct Output {
  char text[OUTPUT_ROOM];
  size_t length;
} Output;

/* How a program is computed. */
typedef struct Setting {
  const char *fusion; /* MGRAD_FUSION */
  int threads;
  const char *before, *after; /* around the text */
} Setting;
static const Setting settings[] = {
    {"off", 1, "", ""},
    {"all", 1, "", ""},
    {"all", 3, "", ""},
    {"off", 1, "def program() {\n", "}\nprogram()\n"},
    {"all", 3, "def program() {\n", "}\nprogram()\n"},
};

static bool keep(void *context, MgradStream stream, const char *text, size_t length) {
  Output *output = context;
  if (stream != MGRAD_RESULT) return true;
  if (output->length + length >= OUTPUT_ROOM) return false;
  memcpy(output->text + output->length, text, length);
  output->length += length;
  output->text[output->length] = '\0';
  return true;
}

/* The next number of a text of JSON lines; false at the end. */
static bool next_number(const char **text, double *number) {
  while (**text && strchr("[], \n", **text)) (*text)++;
  if (**text == '\0') return false;
  if (strncmp(*text, "true", 4) == 0 || strncmp(*text, "false", 5) == 0) {
    *number = **text == 't';
    *text += **text == 't' ? 4 : 5;
    return true;
  }
  char *end;
  *number = strtod(*text, &end);
  if (end == *text) return false;
  *text = end;
  return true;
}

static bool compare(const Program *program, const char *printed, char *why, size_t room) {
  double tolerance = (program->single ? 2e-4 : 1e-9) * program->scale;
  for (int k = 0; k < program->expected_count; k++) {
    double number;
    if (!next_number(&printed, &number)) {
      snprintf(why, room, "number %d is missing", k + 1);
      return false;
    }
    if (fabs(number - program->expected[k]) <= tolerance) continue;
    snprintf(why, room, "number %d is %.17g, expected %.17g", k + 1, number, program->expected[k]);
    return false;
  }
  double surplus;
  if (next_number(&printed, &surplus))
    snprintf(why, room, "more numbers than the %d expected", program->expected_count);
  else
    return true;
  return false;
}

static bool run_under(const Program *program, const Setting *setting, Output *output, char *why, size_t room) {
  output->length = 0;
  output->text[0] = '\0';
  setenv("MGRAD_FUSION", setting->fusion, 1);
  threads_set_count(setting->threads);
  Mgrad *mgrad = mgrad_open(&(MgradOptions){.output = keep, .context = output, .sandbox = true});
  if (!mgrad) return false;
  static char text[TEXT_ROOM + 64];
  snprintf(text, sizeof text, "%s%s%s", setting->before, program->text, setting->after);
  bool good = mgrad_run(mgrad, text) == MGRAD_OK;
  if (!good) snprintf(why, room, "line %u: %s", mgrad_error_line(mgrad), mgrad_error_message(mgrad));
  mgrad_close(mgrad);
  return good;
}

/* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
static void add_to_digest(uint64_t *digest, const Output *output) {
  for (size_t i = 0; i < output->length; i++) *digest = (*digest ^ (unsigned char)output->text[i]) * 0x100000001b3u;
}

static bool run(const Program *program, uint64_t *digest, char *why, size_t room) {
  static Output first, other;
  if (!run_under(program, &settings[0], &first, why, room) || !compare(program, first.text, why, room)) return false;
  add_to_digest(digest, &first);
  for (size_t k = 1; k < sizeof settings / sizeof *settings; k++) {
    if (!run_under(program, &settings[k], &other, why, room)) return false;
    if (strcmp(first.text, other.text) == 0) continue;
    snprintf(why, room, "other bits with fusion `%s` and %d threads%s", settings[k].fusion, settings[k].threads,
             *settings[k].before ? " in a function" : "");
    return false;
  }
  return true;
}

int main(int count, char **arguments) {
  static Program program;
  if (count == 3 && strcmp(arguments[1], "--print") == 0) {
    program_generate(&program, strtoull(arguments[2], NULL, 10));
    fputs(program.text, stdout);
    return 0;
  }
  unsigned long long programs = count > 1 ? strtoull(arguments[1], NULL, 10) : 300;
  unsigned long long seed = count > 2 ? strtoull(arguments[2], NULL, 10) : 1, failed = 0;
  uint64_t digest = 0xcbf29ce484222325u;
  for (unsigned long long k = 0; k < programs; k++) {
    char why[256];
    program_generate(&program, seed + k);
    if (run(&program, &digest, why, sizeof why)) continue;
    if (failed++ < SHOWN_FAILURES) printf("seed %llu: %s\n%s\n", seed + k, why, program.text);
  }
  printf("digest %016llx\n", (unsigned long long)digest);
  printf("%llu passed, %llu failed\n", programs - failed, failed);
  return failed > 0;
}
