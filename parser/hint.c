/* SPDX-License-Identifier: MIT */
/* hint.c: the one thing to do about an unexpected token, where it can be guessed. */
#include "parser/hint.h"

#include <string.h>
#include "base/text.h"
#include "parser/parser.h"

#define COMMENT_HINT "a comment starts with `#`; `//` divides"

static bool is_text(const Parse *p, Span span, const char *word) {
  size_t length = strlen(word);
  return span.end - span.start == length && memcmp(parse_text(p, span), word, length) == 0;
}

static bool is_name(const Parse *p, Token token, const char *word) {
  return token.kind == TOKEN_NAME && is_text(p, token.span, word);
}

const char *foreign_find(const Parse *p, Span span, const Foreign *table) {
  for (; table->text; table++) {
    if (is_text(p, span, table->text)) return table->hint;
  }
  return NULL;
}

/* Words of other languages, and what is written instead. */
static const Foreign foreign_words[] = {
  {"lambda", "a function value is written `x -> e`"},
  {"function", "a function is written `f(x) = e`, `def f(x) { ... }` or `x -> e`"},
  {"func", "a function is written `f(x) = e`, `def f(x) { ... }` or `x -> e`"},
  {"fn", "a function is written `f(x) = e`, `def f(x) { ... }` or `x -> e`"},
  {"elif", "write `else if`"},
  {"elseif", "write `else if`"},
  {"elsif", "write `else if`"},
  {"let", "a name needs no declaration: `x = 1`"},
  {"var", "a name needs no declaration: `x = 1`"},
  {"const", "a name needs no declaration: `x = 1`"},
  {"local", "a name needs no declaration: `x = 1`"},
  {"nonlocal", "write into a record or tensor of the enclosing function"},
  {"is", "to compare use `==`, or `!=` for `is not`"},
  {"then", "a block is written `{ ... }`"},
  {"do", "a block is written `{ ... }`"},
  {"end", "a block is written `{ ... }`"},
  {"begin", "a block is written `{ ... }`"},
  {"except", "errors are caught by `try { ... } catch err { ... }`"},
  {"with", "write `no_autodiff { ... }`; a file is read by `read_file(name)`"},
  {"from", "all functions are there without an import"},
  {"class", "a record holds named values: `{w: 1, b: 2}`"},
  {"raise", "to stop with an error of your own, write `error(\"...\")`"},
  {"throw", "to stop with an error of your own, write `error(\"...\")`"},
  {"finally", "there is no `finally`: write `try { ... } catch err { ... }`"},
  {"mod", "a remainder is written `x % y`"},
  {"div", "a whole quotient is written `x // y`"},
  {"xor", "of two booleans it is `!=`"},
  {"deg", DEGREES_HINT},
  {"switch", "write `if x == 1 { ... } else if x == 2 { ... }`"},
  {"match", "write `if x == 1 { ... } else if x == 2 { ... }`"},
  {"foreach", "write `for x in xs { ... }`"},
  {"using", "all functions are there without an import"},
  {"hold", CURVES_HINT},
  {"cout", PRINT_HINT},
  {"echo", PRINT_HINT},
  {"puts", PRINT_HINT},
  {"repeat", "write `for i in range(n) { ... }`"},
  {NULL, NULL},
};

static const char *hint_from_word(const Parse *p, Token token) {
  if (token.kind != TOKEN_NAME) return NULL;
  return foreign_find(p, token.span, foreign_words);
}

/* `print(2 x)` begins with a call like any other, but `elif(x) {` does not. */
static bool is_call(const Parse *p, const Stream *stream) {
  bool block = stream->token.kind == TOKEN_LEFT_BRACE || stream->token.kind == TOKEN_RECORD_BRACE;
  Span first = stream->first.span;
  if (block || stream->first.kind != TOKEN_NAME || first.end >= stream->token.span.start) return false;
  return parse_text(p, first)[first.end - first.start] == '(';
}

static const char *hint_from_words(const Parse *p) {
  const Stream *stream = p->stream;
  const char *hint = stream->line_begins ? NULL : hint_from_word(p, stream->previous);
  if (!hint) hint = hint_from_word(p, stream->token);
  return hint || is_call(p, stream) ? hint : hint_from_word(p, stream->first);
}

static TokenKind innermost(const Stream *stream) {
  return stream->depth ? stream->brackets[stream->depth - 1].kind : TOKEN_END;
}

/* A line that begins with an operator was meant to go on with the one before. */
static bool goes_on_too_late(const Stream *stream) {
  TokenKind kind = stream->token.kind;
  bool operator = token_is_infix(kind) || kind == TOKEN_DOT || kind == TOKEN_AND || kind == TOKEN_OR;
  return operator && stream->previous.kind == TOKEN_NEWLINE && stream->previous.span.end != 0;
}

bool hint_begins_line(const Parse *p, Span span) {
  const char *text = parse_text(p, span), *start = p->source->text;
  while (text > start && (text[-1] == ' ' || text[-1] == '\t')) text--;
  return text == start || text[-1] == '\n';
}

/* `while true print(1)`: what stands there begins the block, and no `{` follows on the line. */
static bool lacks_block(const Stream *stream) {
  TokenKind before = stream->previous.kind, bracket = innermost(stream);
  bool ended = token_ends_value(before) || before == TOKEN_ELSE || before == TOKEN_TRY;
  if (!stream->header || !ended || (bracket != TOKEN_END && bracket != TOKEN_LEFT_BRACE)) return false;
  TokenKind kind = stream->token.kind;
  if (kind == TOKEN_END || kind == TOKEN_NEWLINE) return false;
  for (Lexer ahead = stream->lexer; kind != TOKEN_END && kind != TOKEN_NEWLINE && kind != TOKEN_ERROR;
       kind = lexer_next(&ahead).kind)
    if (kind == TOKEN_LEFT_BRACE || kind == TOKEN_COLON) return false;
  return true;
}

/* `if x: ...`, `f(x): ...`, `for i in 1:3 {`, `x := 3`, `def f(x: float)`, `x = 0:0.1:1` */
static const char *hint_from_colon(const Stream *stream) {
  Lexer ahead = stream->lexer;
  Token next = lexer_next(&ahead);
  bool counts = stream->first.kind == TOKEN_FOR && stream->previous.kind == TOKEN_NUMBER;
  bool named = next.kind == TOKEN_NAME && lexer_next(&ahead).kind == TOKEN_LEFT_BRACE;
  if (counts && (named || next.kind == TOKEN_NUMBER)) return "to count from 1 to 3, write `range(1, 4)`";
  if (stream->header && innermost(stream) == TOKEN_LEFT_PAREN) return "parameters have no types: `def f(x) { ... }`";
  if (stream->header) return "a block is written `{ ... }`";
  bool number = stream->previous.kind == TOKEN_NUMBER;
  if (number && innermost(stream) == TOKEN_LEFT_PAREN)
    return "a part of a tensor is `x[1:3]`, and whole numbers are `range(1, 3)`";
  if (number && stream->depth == 0 && (next.kind == TOKEN_NUMBER || next.kind == TOKEN_NAME))
    return "numbers in steps are `arange(0, 1, 0.1)`; by count, `linspace(0, 1, 11)`";
  if (next.kind == TOKEN_ASSIGN && !next.spaced) return "a name gets its value by `=`";
  bool called = stream->depth == 0 && stream->first.kind == TOKEN_NAME && stream->previous.kind == TOKEN_RIGHT_PAREN;
  return called ? "a function is defined by `f(x) = e` or `def f(x) { ... }`" : NULL;
}

/* `x .* y` and its like, `sin.(x)`, `[1 2; 3 4]`, `x = 3 % a comment`, `x ~= 3`, `f = @(x) x + 1` */
static const char *hint_from_matrix(const Parse *p) {
  const Stream *stream = p->stream;
  Lexer ahead = stream->lexer;
  TokenKind kind = stream->token.kind, before = stream->previous.kind;
  bool operator = kind == TOKEN_STAR || kind == TOKEN_SLASH || kind == TOKEN_POWER;
  if (before == TOKEN_DOT && operator) return "operators work element by element: write `*`, `/`, `^` without a dot";
  if (before == TOKEN_DOT && (kind == TOKEN_CALL_PAREN || kind == TOKEN_LEFT_PAREN))
    return "functions work element by element: write `f(x)` without a dot";
  if (kind == TOKEN_AT && lexer_next(&ahead).kind == TOKEN_LEFT_PAREN) return "a function value is written `x -> e`";
  if (kind == TOKEN_TILDE && token_ends_value(before)) {
    Token next = lexer_next(&ahead);
    return next.kind == TOKEN_ASSIGN && !next.spaced ? "to compare use `!=`" : NULL;
  }
  if (kind == TOKEN_NUMBER && before == TOKEN_NUMBER && innermost(stream) == TOKEN_LEFT_BRACKET) {
    while (kind == TOKEN_NUMBER || kind == TOKEN_MINUS) kind = lexer_next(&ahead).kind;
    return kind == TOKEN_SEMICOLON ? "the rows of a matrix are lists: `[[1, 2], [3, 4]]`"
                                   : "commas stand between elements: `[1, 2]`";
  }
  if (kind == TOKEN_NAME && before == TOKEN_NAME && stream->remainder && !stream->line_begins)
    return "a comment starts with `#`; `%` is the remainder";
  return NULL;
}

static const char *hint_from_text(const Stream *stream) {
  Token token = stream->token, before = stream->previous;
  if (before.kind == TOKEN_STRING && token.kind == TOKEN_NAME && !token.spaced) return "a quote in a string is `\\\"`";
  bool strings = (token.kind == TOKEN_STRING || token.kind == TOKEN_FSTRING) && before.kind == TOKEN_STRING;
  if (!strings || stream->line_begins) return NULL;
  bool empty = before.span.end - before.span.start == 2 && !token.spaced;
  return empty ? "a text over several lines is quoted with `\"\"\"`" : "strings are joined by `+`";
}

/* `no_grad() { ... }` */
static const char *hint_from_block(const Parse *p) {
  const Stream *stream = p->stream;
  if (is_name(p, stream->first, "no_grad")) return "write `no_autodiff { ... }`, without `()`";
  if (stream->previous.kind == TOKEN_CATCH) return "the error gets a name: `catch err { ... }`";
  if (stream->previous.kind == TOKEN_NAME && !stream->token.spaced)
    return "an element is written `x[0]`, a call `f(x)`";
  return stream->previous.kind == TOKEN_RIGHT_PAREN ? "a function is defined by `def f(x) { ... }`" : NULL;
}

/* `x = 5 // this is a comment`: words one after the other. */
static const char *hint_from_comment(const Stream *stream) {
  bool words = stream->previous.kind == TOKEN_NAME && stream->token.kind == TOKEN_NAME;
  return words && stream->divided && !stream->line_begins ? COMMENT_HINT : NULL;
}

/* `x = 5 // todo: more` */
static const char *hint_from_division(const Stream *stream) {
  return stream->divided && !stream->line_begins ? COMMENT_HINT : NULL;
}

/* `x << 1`, `x >>= 1`, but not `out << "text"`. */
static const char *hint_from_shift(const Stream *stream) {
  TokenKind kind = stream->token.kind, before = stream->previous.kind;
  bool left = before == TOKEN_LESS && (kind == TOKEN_LESS || kind == TOKEN_LESS_EQUAL);
  bool right = before == TOKEN_GREATER && (kind == TOKEN_GREATER || kind == TOKEN_GREATER_EQUAL);
  Lexer ahead = stream->lexer;
  if (stream->token.spaced || !(left || right) || !token_ends_value(stream->earlier.kind)) return NULL;
  TokenKind next = lexer_next(&ahead).kind;
  if (next == TOKEN_STRING || next == TOKEN_FSTRING) return NULL;
  return left ? "bits are shifted by `left_shift(x, n)`" : "bits are shifted by `right_shift(x, n)`";
}

/* `print(1) print(2)`, `x = 3 y = 4`, `f(2) return 3`; but `int x = 4` */
static const char *hint_from_statement(const Parse *p) {
  const Stream *stream = p->stream;
  TokenKind kind = stream->token.kind, bracket = innermost(stream);
  bool inside = bracket != TOKEN_END && bracket != TOKEN_LEFT_BRACE;
  if (inside || stream->line_begins || !token_ends_value(stream->previous.kind)) return NULL;
  Lexer ahead = stream->lexer;
  TokenKind next = lexer_next(&ahead).kind;
  bool assigns = kind == TOKEN_NAME && token_is_assignment(next);
  bool prints = next == TOKEN_CALL_PAREN && is_name(p, stream->token, "print");
  bool begins = kind == TOKEN_WHILE || kind == TOKEN_RETURN || kind == TOKEN_DEF || kind == TOKEN_IMPORT;
  if (assigns && stream->previous.span.start == stream->first.span.start) return "a name needs no declaration: `x = 1`";
  return assigns || prints || begins ? "a new line or `;` stands between two statements" : NULL;
}

/* `{1, 2}`, `x =< 3`, `x |> f`, `% a comment`, `50%` */
static const char *hint_from_sign(const Stream *stream) {
  TokenKind kind = stream->token.kind, before = stream->previous.kind;
  bool first = before == TOKEN_RECORD_BRACE, second = stream->earlier.kind == TOKEN_RECORD_BRACE;
  bool listed = (first && kind == TOKEN_NUMBER) || (second && (kind == TOKEN_COMMA || kind == TOKEN_RIGHT_BRACE));
  if (first && stream->earlier.kind == TOKEN_POWER) return "an exponent is put in `( )`: `x^(n + 1)`";
  if (listed && innermost(stream) == TOKEN_RECORD_BRACE) return "a list is written `[1, 2]`, a record `{a: 1, b: 2}`";
  if (before == TOKEN_ASSIGN && kind == TOKEN_LESS && !stream->token.spaced) return "to compare use `<=`";
  if (before == TOKEN_PIPE && kind == TOKEN_GREATER && !stream->token.spaced) return "a function is called by `f(x)`";
  if (kind == TOKEN_PERCENT && stream->token.span.start == stream->first.span.start) return "a comment starts with `#`";
  bool ends = kind == TOKEN_END || kind == TOKEN_NEWLINE || kind == TOKEN_RIGHT_PAREN;
  return before == TOKEN_PERCENT && ends ? "a percentage is `50 / 100`; `%` is the remainder" : NULL;
}

static const char *hint_from_token(const Parse *p) {
  const Stream *stream = p->stream;
  bool after_value = token_ends_value(stream->previous.kind);
  bool begins_statement = stream->token.span.start == stream->first.span.start;
  TokenKind bracket = innermost(stream);
  if (stream->token.kind == TOKEN_DOUBLE_SLASH) return "a comment starts with `#`";
  if (stream->previous.kind == TOKEN_IMPORT && stream->token.kind == TOKEN_NAME)
    return "all functions are there; a file is read by `import \"name.mg\"`";
  const char *hint = hint_from_matrix(p);
  if (!hint) hint = hint_from_text(stream);
  if (!hint) hint = hint_from_sign(stream);
  if (hint) return hint;
  if (stream->first.kind == TOKEN_DEL && (stream->token.kind == TOKEN_DOT || stream->token.kind == TOKEN_INDEX_BRACKET))
    return "`del` takes names; what a name holds keeps its parts";
  if (goes_on_too_late(stream)) return "a line goes on after an operator and inside brackets";
  switch (stream->token.kind) {
    case TOKEN_COLON:
      if (stream->depth == 0 && hint_begins_line(p, stream->token.span))
        return "commands such as `:vars` belong to the prompt, not to programs";
      hint = hint_from_colon(stream);
      return hint ? hint : hint_from_division(stream);
    case TOKEN_PIPE: return after_value ? NULL : "an absolute value is written `abs(x)`";
    case TOKEN_ASSIGN: return bracket == TOKEN_RECORD_BRACE ? "a field is written `name: value`" : NULL;
    case TOKEN_NOT: return after_value ? "write `not (a in b)`" : NULL;
    case TOKEN_SEMICOLON:
      return bracket == TOKEN_LEFT_BRACKET ? "the rows of a matrix are lists: `[[1, 2], [3, 4]]`" : NULL;
    case TOKEN_LEFT_BRACE:
      return hint_from_block(p);
    case TOKEN_LEFT_PAREN: case TOKEN_CALL_PAREN:
      return stream->previous.kind == TOKEN_NO_AUTODIFF ? "write `no_autodiff { ... }`, without `()`" : NULL;
    case TOKEN_FOR:
      if (bracket == TOKEN_LEFT_BRACKET && stream->brackets[stream->depth - 1].loops > 1)
        return "a list has one `for`: write `[[e for ...] for ...]`";
      return after_value && bracket == TOKEN_LEFT_PAREN ? "write `[e for x in xs]`, with brackets" : NULL;
    case TOKEN_ELSE: return begins_statement ? "`else` goes on behind the `}` of its block: `} else {`" : NULL;
    case TOKEN_IF: return after_value ? NULL : "a choice is written `a if condition else b`";
    case TOKEN_ARROW: return "a function value is written `x -> e` or `(x, y) -> e`";
    default: hint = hint_from_shift(stream); return hint ? hint : hint_from_division(stream);
  }
}

void hint_syntax(Parse *p, bool operator_expected) {
  if (hint_notation(p)) return;
  const char *hint = lacks_block(p->stream) ? "a block is written `{ ... }`" : hint_from_comment(p->stream);
  if (!hint) hint = hint_from_statement(p);
  if (!hint) hint = hint_from_words(p);
  if (!hint && hint_command(p)) return;
  if (!hint) hint = hint_from_token(p);
  if (hint) error_hint(p->error, "%s", hint);
  else if (operator_expected) hint_product(p);
}

/* ---- operators and characters of other languages */

static const Foreign foreign_operators[] = {
  {"&&", "logical and is `and` (elementwise: `&`)"},
  {"||", "logical or is `or` (elementwise: `|`)"},
  {"!", "logical not is `not` (elementwise: `~`)"},
  {"!==", "to compare use `!=`"},
  {"===", "to compare use `==`"},
  {"<>", "to compare use `!=`"},
  {"=>", "a function value is written `x -> e`; to compare use `>=`"},
  {"/*", "a comment starts with `#`"},
  {"++", "to add one, write `x += 1`"},
  {"--", "to subtract one, write `x -= 1`"},
  {NULL, NULL},
};

static const Foreign foreign_characters[] = {
  {"\xE2\x88\x9A", "write `sqrt(x)`"},
  {"\xC3\xB7", "write `/`"},
  {"\xE2\x88\x97", "write `*`"},
  {"\xE2\x80\x93", "write `-`"},
  {"\xE2\x80\x94", "write `-`"},
  {"\xE2\x86\x92", "write `->`"},
  {"\xE2\x80\xA6", "write `...`"},
  {"\xE2\x88\x9E", "write `inf`"},
  {"\xE2\x88\x88", "write `in`"},
  {"\xE2\x88\xA7", "write `and`"},
  {"\xE2\x88\xA8", "write `or`"},
  {"\xC2\xAC", "write `not`"},
  {"\xE2\x80\x9C", "strings are quoted with `\"`"},
  {"\xE2\x80\x9D", "strings are quoted with `\"`"},
  {"\xE2\x80\x98", "strings are quoted with `\"`"},
  {"\xE2\x80\xB2", "a derivative is written `f'`"},
  {"\xE2\x80\xB3", "a second derivative is written `f''`"},
  {"\xE2\x80\x99", "strings are quoted with `\"`; a derivative is written `f'`"},
  {"`", "strings are quoted with `\"`"},
  {"?", "a choice is written `a if condition else b`"},
  {"\\", "a line goes on after an operator and inside brackets"},
  {"\xC2\xB0", DEGREES_HINT},
  {"\xE2\x88\xAB", "write `integrate(f, a, b)`"},
  {"\xE2\x88\x91", "write `sum(x)`"},
  {"\xE2\x88\x8F", "write `prod(x)`"},
  {"\xE2\x88\x87", "a gradient is written `grad(f)`"},
  {"\xE2\x88\x82", DERIVATIVE_HINT},
  {"\xE2\x89\x88", "write `isclose(x, y)`"},
  {"\xE2\x80\x96", "write `norm(x)`"},
  {"\xE2\x8C\x8A", "write `floor(x)`"},
  {"\xE2\x8C\x88", "write `ceil(x)`"},
  {"\xEF\xBC\x88", "write `(`"},
  {"\xEF\xBC\x89", "write `)`"},
  {"\xEF\xBC\x8C", "write `,`"},
  {"\xE3\x80\x81", "write `,`"},
  {"\xEF\xBC\x9B", "write `;`"},
  {"\xEF\xBC\x9A", "write `:`"},
  {"\xEF\xBC\x9D", "write `=`"},
  {"\xEF\xBC\x8B", "write `+`"},
  {"\xEF\xBC\x8D", "write `-`"},
  {"\xEF\xBC\x8A", "write `*`"},
  {"$", "values in text are written f\"x = {x}\""},
  {NULL, NULL},
};

static void give_hint(Parse *p, const char *hint) {
  if (hint) error_hint(p->error, "%s", hint);
}

/* `10!`, `f"{x!r}"`; elsewhere it was to be `not`. */
static const char *hint_from_exclamation(const Parse *p, Span span) {
  const char *text = parse_text(p, span), *start = p->source->text, *limit = start + p->source->length;
  bool converts = limit - text > 2 && strchr("rsa", text[1]) && (text[2] == '}' || text[2] == ':');
  if (converts) return "a format stands behind `:`, as in f\"{x:.3f}\"";
  bool touches = text > start && !strchr(" \t\r\n([{,;=+-*/%<>&|!:", text[-1]);
  return touches ? "a factorial is written `factorial(10)`" : NULL;
}

void hint_operator(Parse *p, Span span) {
  const char *hint = is_text(p, span, "!") ? hint_from_exclamation(p, span) : NULL;
  give_hint(p, hint ? hint : foreign_find(p, span, foreign_operators));
}

/* `sin?` */
static bool asks_help(const Parse *p, Span span) {
  const char *text = parse_text(p, span), *limit = p->source->text + p->source->length;
  bool touches = text > p->source->text && text_is_name_byte(text[-1]);
  return *text == '?' && touches && (text + 1 == limit || strchr("?\r\n", text[1]));
}

/* `A \ b`, but not a backslash that ends the line. */
static bool divides_left(const Parse *p, Span span) {
  const char *text = parse_text(p, span), *limit = p->source->text + p->source->length;
  if (*text != '\\' || !token_ends_value(p->stream->token.kind)) return false;
  for (text++; text < limit && (*text == ' ' || *text == '\t'); text++) {}
  return text < limit && *text != '\n' && *text != '\r' && *text != '#';
}

/* `\alpha`, `\frac{1}{2}` */
static bool is_latex(const Parse *p, Span span) {
  const char *text = parse_text(p, span), *limit = p->source->text + p->source->length;
  return *text == '\\' && text + 1 < limit && (text[1] | ' ') >= 'a' && (text[1] | ' ') <= 'z';
}

void hint_character(Parse *p, Span span) {
  bool question = *parse_text(p, span) == '?' && hint_begins_line(p, span);
  if (question) error_hint(p->error, "`?name` belongs to the prompt; a program says `help(name)`");
  else if (asks_help(p, span)) error_hint(p->error, "about a name: `?name` at the prompt, `help(name)` in a program");
  else if (divides_left(p, span)) error_hint(p->error, "linear equations are solved by `linalg.solve(A, b)`");
  else if (is_latex(p, span)) error_hint(p->error, "programs are no LaTeX: write `sin(x)`, `a / b`, `alpha`");
  else if (!hint_exponent(p, span)) give_hint(p, foreign_find(p, span, foreign_characters));
}
