/* SPDX-License-Identifier: MIT */
/* differential.c: runs random programs and compares what they print with the reference, and, to the last bit, how they
   are computed: at once or in fused passes, by one thread or several, at the top level or inside a function.

       differential [COUNT [SEED]]     runs COUNT programs (default 300) from a seed on (default 1)
       differential --print SEED       prints the program of a seed
       differential --sets [COUNT [SEED]]  compares the instruction sets of this processor (see sets.c)

   The last line is `N passed, M failed`; a failing program is printed with its seed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/threads.h"
#include "mgrad.h"
#include "tests/differential/wide.h"

enum { OUTPUT_ROOM = 1 << 16, SHOWN_FAILURES = 5 };

typedef struct Output {
  char text[OUTPUT_ROOM];
  size_t length;
} Output;

const Setting settings[SETTINGS] = {
    {"off", 1, "", ""},
    {"all", 1, "", ""},
    {"all", 3, "", ""},
    {"off", 1, "def program() {\n", "}\nprogram()\n"},
    {"all", 3, "def program() {\n", "}\nprogram()\n"},
};

static bool keep(void *context, const char *text, size_t length) {
  Output *output = context;
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

typedef struct Reader {
  Receiver receive;
  void *context;
} Reader;

static bool pass_on(void *context, MgradStream stream, const char *text, size_t length) {
  const Reader *reader = context;
  return stream != MGRAD_RESULT || reader->receive(reader->context, text, length);
}

bool run_program(const Program *program, const Setting *setting, Receiver receive, void *context, char *why,
                 size_t room) {
  Reader reader = {receive, context};
  setenv("MGRAD_FUSION", setting->fusion, 1);
  threads_set_count(setting->threads);
  Mgrad *mgrad = mgrad_open(&(MgradOptions){.output = pass_on, .context = &reader, .sandbox = true});
  snprintf(why, room, "it does not start");
  if (!mgrad) return false;
  static char text[TEXT_ROOM + 64];
  snprintf(text, sizeof text, "%s%s%s", setting->before, program->text, setting->after);
  bool good = mgrad_run(mgrad, text) == MGRAD_OK;
  if (!good) snprintf(why, room, "line %u: %s", mgrad_error_line(mgrad), mgrad_error_message(mgrad));
  mgrad_close(mgrad);
  return good;
}

static bool run_under(const Program *program, const Setting *setting, Output *output, char *why, size_t room) {
  output->length = 0;
  output->text[0] = '\0';
  return run_program(program, setting, keep, output, why, room);
}

static bool run(const Program *program, char *why, size_t room) {
  static Output first, other;
  if (!run_under(program, &settings[0], &first, why, room) || !compare(program, first.text, why, room)) return false;
  for (size_t k = 1; k < SETTINGS; k++) {
    if (!run_under(program, &settings[k], &other, why, room)) return false;
    if (strcmp(first.text, other.text) == 0) continue;
    snprintf(why, room, "other bits with fusion `%s` and %d threads%s", settings[k].fusion, settings[k].threads,
             *settings[k].before ? " in a function" : "");
    return false;
  }
  return true;
}

/* Programs compared with the reference; the number of those that differ is given. */
static unsigned long long reference_compare(unsigned long long programs, unsigned long long seed) {
  static Program program;
  unsigned long long failed = 0;
  for (unsigned long long k = seed; k < seed + programs; k++) {
    char why[256];
    program_generate(&program, k, true);
    if (run(&program, why, sizeof why)) continue;
    if (failed++ < SHOWN_FAILURES) printf("seed %llu: %s\n%s\n", k, why, program.text);
  }
  return failed;
}

int main(int count, char **arguments) {
  if (count == 3 && strcmp(arguments[1], "--print") == 0) {
    static Program program;
    program_generate(&program, strtoull(arguments[2], NULL, 10), true);
    fputs(program.text, stdout);
    return 0;
  }
  bool sets = count > 1 && strcmp(arguments[1], "--sets") == 0;
  if (sets) count--, arguments++;
  unsigned long long programs = count > 1 ? strtoull(arguments[1], NULL, 10) : 300;
  unsigned long long seed = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
  unsigned long long failed = sets ? sets_compare(programs, seed) : reference_compare(programs, seed);
  printf("%llu passed, %llu failed\n", programs > failed ? programs - failed : 0, failed);
  return failed > 0;
}
