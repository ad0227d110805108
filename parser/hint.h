/* SPDX-License-Identifier: MIT */
/* hint.h: what report.c and hint.c share. */
#ifndef MGRAD_PARSER_HINT_H
#define MGRAD_PARSER_HINT_H
#include "parser/stream.h"

/* What is written elsewhere, and what to do about it; tables end with an empty row. */
typedef struct Foreign { const char *text, *hint; } Foreign;
const char *foreign_find(const Parse *p, Span span, const Foreign *table); /* the hint, or NULL */

/* The length of a span as printf wants it, cut where a message would become unreadable. */
int span_shown(const Parse *p, Span span);

/* Adds a hint about the unexpected token, if there is one to give; operator_expected: one could stand here. */
void hint_syntax(Parse *p, bool operator_expected);
/* The same about an operator or a character that is none of the language. */
void hint_operator(Parse *p, Span span);
void hint_character(Parse *p, Span span);
/* What textbooks write (notation.c): `d/dx x`, `f'2`, `f x = x + 1`, `sin^2 x`; false: it is none of these. */
bool hint_notation(Parse *p);
/* `f '(2)`, of a quote behind a token, which begins a string that is closed or not; false: it is another quote. */
bool hint_spaced_prime(Parse *p, Token before, Span quote, bool closed);
/* `print x` */
bool hint_command(Parse *p);
/* `2 x`, `sin x` */
void hint_product(Parse *p);
/* Of what looks like a number and is none: `1..5`, `1.000.000`. */
void hint_number(Parse *p, Span span);
/* Of a raised character at a place: `x²`, `sin²(x)`; false: it is none. */
bool hint_exponent(Parse *p, Span span);
/* Whether only blanks stand before a span in its line. */
bool hint_begins_line(const Parse *p, Span span);

#endif
