/* SPDX-License-Identifier: MIT */
/* parser.c: text to tree: one run of the grammar over one source. */
#include "parser/parser.h"

#include "parser/stream.h"

void *parse_fail(Parse *p, Span place, const char *format, ...) {
  if (parse_failed(p)) return NULL;
  va_list list;
  va_start(list, format);
  error_set_list(p->error, ERROR_SYNTAX, format, list);
  va_end(list);
  error_at(p->error, place);
  return NULL;
}

void *parse_fail_depth(Parse *p, Span place, bool begins) {
  if (parse_failed(p)) return NULL;
  parse_fail(p, place, "nested too deeply: more than 1000 levels %s", begins ? "begin here" : "are open here");
  error_hint(p->error, "give parts of it names");
  return NULL;
}

void *parse_fail_memory(Parse *p) {
  error_out_of_memory(p->error);
  return NULL;
}

const char *parse_text(const Parse *p, Span span) { return p->source->text + (span.start - p->source->base); }

ParseStatus parser_parse(Arena *arena, const Source *source, Error *error, Ast **program) {
  Stream stream;
  Parse parse = {.arena = arena, .source = source, .error = error, .stream = &stream};
  stream_open(&stream, source);
  bool read = grammar_run(&parse);
  memory_release(parse.numbers, parse.number_capacity * sizeof *parse.numbers);
  if (!read || !check_placement(&parse, parse.result)) {
    return error->incomplete ? PARSE_INCOMPLETE : PARSE_FAILED;
  }
  *program = parse.result;
  return PARSE_OK;
}
