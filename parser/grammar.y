/* SPDX-License-Identifier: MIT */
/* grammar.y: the grammar of the language (language.md names the forms in the same order).

   Actions only build the tree.  Newlines, braces and brackets have been sorted out by stream.c, so that every
   newline here ends a statement and a brace is either a block's or a record's.  What is first read as an expression
   and turns out to be a target, a parameter list or a definition is converted by convert.c. */
%require "3.8"
%define api.pure full
%define api.push-pull push
%define api.prefix {grammar_}
%define api.token.prefix {TOK_}
%define api.value.type union
%define api.location.type {Span}
%locations
%define parse.error custom
%define parse.lac full
%expect 0
%param {Parse *p}

%code requires {
#include "parser/parse.h"
}

%code {
#include <string.h>
#include "parser/stream.h"

/* Enough for a thousand levels of anything; what is deeper is refused. */
#define YYMAXDEPTH 24000
/* What is made of nothing stands behind what was before it. */
#define YYLLOC_DEFAULT(whole, parts, n) \
  ((whole) = (n) ? span_join(YYRHSLOC(parts, 1), YYRHSLOC(parts, n)) \
                 : (Span){YYRHSLOC(parts, 0).end, YYRHSLOC(parts, 0).end})
#define YYMALLOC stack_allocate
#define YYFREE stack_release

static void *stack_allocate(size_t bytes);
static void stack_release(void *block);
static void grammar_error(const Span *place, Parse *p, const char *message);
static Ast *silence(Ast *statement);

#define TREES(...) ((Ast *[]){__VA_ARGS__})
}

%token END 0 ERROR NEWLINE SEMICOLON ";"
%token NUMBER STRING FSTRING NAME
%token <Ast *> NUMBERS /* a NUMBER of the stream that is a run: many elements of a list */
%token LEFT_PAREN "(" CALL_PAREN "f(" RIGHT_PAREN ")"
%token LEFT_BRACKET "[" INDEX_BRACKET "x[" RIGHT_BRACKET "]"
%token LEFT_BRACE "{" RECORD_BRACE "record {" RIGHT_BRACE "}"
%token COMMA "," COLON ":" DOT "." ELLIPSIS "..." PRIME "'" ARROW "->" ASSIGN "="
%token PLUS "+" MINUS "-" STAR "*" SLASH "/" DOUBLE_SLASH "//" PERCENT "%" AT "@" POWER "**" JUXTAPOSE
%token TILDE "~" PIPE "|" AMPERSAND "&"
%token EQUAL "==" NOT_EQUAL "!=" LESS "<" LESS_EQUAL "<=" GREATER ">" GREATER_EQUAL ">="
%token PLUS_ASSIGN "+=" MINUS_ASSIGN "-=" STAR_ASSIGN "*=" SLASH_ASSIGN "/=" DOUBLE_SLASH_ASSIGN "//="
%token PERCENT_ASSIGN "%=" POWER_ASSIGN "**=" AT_ASSIGN "@="
%token AND "and" OR "or" NOT "not" IF "if" ELSE "else" FOR "for" IN "in" WHILE "while" BREAK "break"
%token CONTINUE "continue" RETURN "return" DEF "def" NO_AUTODIFF "no_autodiff" IMPORT "import" TRY "try"
%token CATCH "catch" ASSERT "assert" DEL "del" GLOBAL "global"

/* Operators, loosest first; a function value and a conditional are looser still. */
%left "or"
%left "and"
%precedence "not"
%left "==" "!=" "<" "<=" ">" ">=" "in"
%left "|"
%left "&"
%left "+" "-"
%left "*" "/" "//" "%" "@"
%left JUXTAPOSE
%precedence UNARY "~"
%right "**"

%nterm <List *> statements lines target_list names arguments argument_list elements expressions series
%nterm <List *> indices entries entry_list assignment
%nterm <Ast *> block statement if_statement values targets target name argument index slice bound entry
%nterm <Ast *> expression lambda conditional operation postfix atom paren
%nterm <TokenKind> augment

%%

program:
  statements                         { p->result = build_program(p, @$, $1); }
;

/* ---- statements */

statements:
  lines
| lines statement                    { $$ = list_add(p, $1, $2); }
;

lines:
  %empty                             { $$ = list_new(p); }
| lines ";"
| lines statement NEWLINE            { $$ = list_add(p, $1, $2); }
| lines statement ";"                { $$ = list_add(p, $1, silence($2)); }
;

block:
  "{" statements "}"                 { $$ = build_list(p, AST_BLOCK, @$, $2); }
;

statement:
  values                             { $$ = build(p, AST_EXPRESSION, @$, 1, &$1); }
| assignment                         { $$ = convert_assignment(p, @$, $1); }
| values augment values              { $$ = convert_augment(p, @$, $2, @2, $1, $3); }
| "def" NAME "f(" arguments ")" block
                                     { $$ = convert_define(p, @$, @2, $4, $6); }
| if_statement
| "while" expression block           { $$ = build_marked(p, AST_WHILE, @$, @1, 2, TREES($2, $3)); }
| "for" targets[t] "in" values[e] block[b]
                                     { $$ = build_marked(p, AST_FOR, @$, @1, 3, TREES($t, $e, $b)); }
| "break"                            { $$ = build_marked(p, AST_BREAK, @$, @1, 0, NULL); }
| "continue"                         { $$ = build_marked(p, AST_CONTINUE, @$, @1, 0, NULL); }
| "return"                           { $$ = build_marked(p, AST_RETURN, @$, @1, 0, NULL); }
| "return" values                    { $$ = build_marked(p, AST_RETURN, @$, @1, 1, &$2); }
| "no_autodiff" block                { $$ = build_marked(p, AST_NO_AUTODIFF, @$, @1, 1, &$2); }
| "import" STRING                    { $$ = literal_text(p, AST_IMPORT, @$, @2, 0, NULL); }
| "try" block "catch" NAME block     { $$ = build_named(p, AST_TRY, @$, @4, 2, TREES($2, $5)); }
| "assert" expression                { $$ = build_marked(p, AST_ASSERT, @$, @1, 1, &$2); }
| "assert" expression "," expression { $$ = build_marked(p, AST_ASSERT, @$, @1, 2, TREES($2, $4)); }
| "del" names                        { $$ = build_list(p, AST_DELETE, @$, $2); }
| "global" names                     { $$ = build_list(p, AST_GLOBAL, @$, $2); }
;

if_statement:
  "if" expression block              { $$ = build_marked(p, AST_IF, @$, @1, 2, TREES($2, $3)); }
| "if" expression block "else" block { $$ = build_marked(p, AST_IF, @$, @1, 3, TREES($2, $3, $5)); }
| "if" expression block "else" if_statement
                                     { $$ = build_marked(p, AST_IF, @$, @1, 3, TREES($2, $3, $5)); }
;

assignment:
  values "=" values                  { $$ = list_add(p, list_add(p, list_new(p), $1), $3); }
| assignment "=" values              { $$ = list_add(p, $1, $3); }
;

augment:
  "+="                               { $$ = TOKEN_PLUS; }
| "-="                               { $$ = TOKEN_MINUS; }
| "*="                               { $$ = TOKEN_STAR; }
| "/="                               { $$ = TOKEN_SLASH; }
| "//="                              { $$ = TOKEN_DOUBLE_SLASH; }
| "%="                               { $$ = TOKEN_PERCENT; }
| "**="                              { $$ = TOKEN_POWER; }
| "@="                               { $$ = TOKEN_AT; }
;

/* One value, or a tuple without parentheses. */
values:
  expression
| series                             { $$ = build_list(p, AST_TUPLE, @$, $1); }
| series expression                  { $$ = build_list(p, AST_TUPLE, @$, list_add(p, $1, $2)); }
;

series:
  expression ","                     { $$ = list_add(p, list_new(p), $1); }
| series expression ","              { $$ = list_add(p, $1, $2); }
;

targets:
  target_list                        { $$ = build_values(p, @$, $1); }
| target_list ","                    { $$ = build_values(p, @$, list_end_comma($1)); }
;

target_list:
  target                             { $$ = list_add(p, list_new(p), $1); }
| target_list "," target             { $$ = list_add(p, $1, $3); }
;

target:
  name
| "(" targets ")"                    { $$ = $2; }
;

names:
  name                               { $$ = list_add(p, list_new(p), $1); }
| names "," name                     { $$ = list_add(p, $1, $3); }
;

/* ---- expressions */

expression:
  lambda
| conditional
;

lambda:
  name "->" expression               { $$ = convert_lambda(p, @$, @2, $1, $3); }
| paren "->" expression              { $$ = convert_lambda(p, @$, @2, $1, $3); }
;

conditional:
  operation
| operation[a] "if" operation[c] "else" expression[b]
                                     { $$ = build_marked(p, AST_CONDITIONAL, @$, @2, 3, TREES($a, $c, $b)); }
;

operation:
  postfix
| operation "or" operation           { $$ = build_logical(p, TOKEN_OR, @2, $1, $3); }
| operation "and" operation          { $$ = build_logical(p, TOKEN_AND, @2, $1, $3); }
| "not" operation                    { $$ = build_unary(p, TOKEN_NOT, @1, $2); }
| operation "==" operation           { $$ = build_compare(p, TOKEN_EQUAL, @2, $1, $3); }
| operation "!=" operation           { $$ = build_compare(p, TOKEN_NOT_EQUAL, @2, $1, $3); }
| operation "<" operation            { $$ = build_compare(p, TOKEN_LESS, @2, $1, $3); }
| operation "<=" operation           { $$ = build_compare(p, TOKEN_LESS_EQUAL, @2, $1, $3); }
| operation ">" operation            { $$ = build_compare(p, TOKEN_GREATER, @2, $1, $3); }
| operation ">=" operation           { $$ = build_compare(p, TOKEN_GREATER_EQUAL, @2, $1, $3); }
| operation "in" operation           { $$ = build_compare(p, TOKEN_IN, @2, $1, $3); }
| operation "|" operation            { $$ = build_binary(p, TOKEN_PIPE, @2, $1, $3); }
| operation "&" operation            { $$ = build_binary(p, TOKEN_AMPERSAND, @2, $1, $3); }
| operation "+" operation            { $$ = build_binary(p, TOKEN_PLUS, @2, $1, $3); }
| operation "-" operation            { $$ = build_binary(p, TOKEN_MINUS, @2, $1, $3); }
| operation "*" operation            { $$ = build_binary(p, TOKEN_STAR, @2, $1, $3); }
| operation "/" operation            { $$ = build_binary(p, TOKEN_SLASH, @2, $1, $3); }
| operation "//" operation           { $$ = build_binary(p, TOKEN_DOUBLE_SLASH, @2, $1, $3); }
| operation "%" operation            { $$ = build_binary(p, TOKEN_PERCENT, @2, $1, $3); }
| operation "@" operation            { $$ = build_binary(p, TOKEN_AT, @2, $1, $3); }
| operation JUXTAPOSE operation      { $$ = build_binary(p, TOKEN_JUXTAPOSE, @2, $1, $3); }
| "-" operation %prec UNARY          { $$ = build_unary(p, TOKEN_MINUS, @1, $2); }
| "+" operation %prec UNARY          { $$ = build_unary(p, TOKEN_PLUS, @1, $2); }
| "~" operation                      { $$ = build_unary(p, TOKEN_TILDE, @1, $2); }
| operation "**" operation           { $$ = build_binary(p, TOKEN_POWER, @2, $1, $3); }
;

postfix:
  atom
| postfix "f(" arguments ")"         { $$ = build_call(p, @$, $1, @2, $3); }
| postfix "x[" indices "]"           { $$ = build_index(p, @$, $1, @2, $3, false); }
| postfix "x[" indices "," "]"       { $$ = build_index(p, @$, $1, @2, $3, true); }
| postfix "." NAME                   { $$ = build_named(p, AST_FIELD, @$, @3, 1, &$1); }
| postfix "'"                        { $$ = build_marked(p, AST_DERIVATIVE, @$, @2, 1, &$1); }
;

atom:
  NUMBER                             { $$ = literal_number(p, @$); }
| STRING                             { $$ = literal_string(p, @$); }
| FSTRING                            { $$ = literal_format(p, @$); }
| name
| paren
| "[" elements "]"                   { $$ = build_list(p, AST_LIST, @$, $2); }
| "[" expression[e] "for" targets[t] "in" operation[x] "]"
                                     { $$ = build(p, AST_COMPREHENSION, @$, 3, TREES($e, $t, $x)); }
| "[" expression[e] "for" targets[t] "in" operation[x] "if" operation[c] "]"
                                     { $$ = build(p, AST_COMPREHENSION, @$, 4, TREES($e, $t, $x, $c)); }
| "record {" entries "}"             { $$ = build_record(p, @$, $2); }
;

name:
  NAME                               { $$ = build_named(p, AST_NAME, @$, @$, 0, NULL); }
;

/* A value, a tuple, or the parameters of a function value. */
paren:
  "(" arguments ")"                  { $$ = build_paren(p, @$, $2); }
;

arguments:
  %empty                             { $$ = list_new(p); }
| argument_list
| argument_list ","                  { $$ = list_end_comma($1); }
;

argument_list:
  argument                           { $$ = list_add(p, list_new(p), $1); }
| argument_list "," argument         { $$ = list_add(p, $1, $3); }
;

argument:
  expression
| NAME "=" expression                { $$ = build_named(p, AST_KEYWORD, @$, @1, 1, &$3); }
| "*" expression                     { $$ = build_marked(p, AST_SPREAD, @$, @1, 1, &$2); }
;

elements:
  %empty                             { $$ = list_new(p); }
| expressions
| expressions ","
;

expressions:
  expression                         { $$ = list_add(p, list_new(p), $1); }
| NUMBERS                            { $$ = list_add(p, list_new(p), $1); }
| expressions "," expression         { $$ = list_add(p, $1, $3); }
| expressions "," NUMBERS            { $$ = list_add(p, $1, $3); }
;

indices:
  index                              { $$ = list_add(p, list_new(p), $1); }
| indices "," index                  { $$ = list_add(p, $1, $3); }
;

index:
  expression
| slice
| "..."                              { $$ = build(p, AST_ELLIPSIS, @$, 0, NULL); }
;

slice:
  bound ":" bound                    { $$ = build(p, AST_SLICE, @$, 3, TREES($1, $3, NULL)); }
| bound ":" bound ":" bound          { $$ = build(p, AST_SLICE, @$, 3, TREES($1, $3, $5)); }
;

bound:
  %empty                             { $$ = NULL; }
| expression
;

entries:
  %empty                             { $$ = list_new(p); }
| entry_list
| entry_list ","
;

entry_list:
  entry                              { $$ = list_add(p, list_new(p), $1); }
| entry_list "," entry               { $$ = list_add(p, $1, $3); }
;

entry:
  NAME ":" expression                { $$ = build_named(p, AST_ENTRY, @$, @1, 1, &$3); }
| STRING ":" expression              { $$ = literal_text(p, AST_ENTRY, @$, @1, 1, &$3); }
;

%%

static const int grammar_tokens[TOKEN_COUNT] = {
#define TOKEN(name, spelling, spoken, operation) [TOKEN_##name] = TOK_##name,
#define KEYWORD(name, spelling) [TOKEN_##name] = TOK_##name,
#include "lexer/tokens.def"
#undef TOKEN
#undef KEYWORD
};

/* Bison's stacks come from the same heap as everything else; their size stands before them. */
static void *stack_allocate(size_t bytes) {
  size_t *block = memory_allocate(bytes + 16);
  if (!block) return NULL;
  *block = bytes + 16;
  return (char *)block + 16;
}

static void stack_release(void *block) {
  if (!block) return;
  size_t *start = (size_t *)((char *)block - 16);
  memory_release(start, *start);
}

/* A statement that ends with `;` is not shown. */
static Ast *silence(Ast *statement) {
  if (statement && statement->kind == AST_EXPRESSION) statement->flag = true;
  return statement;
}

/* Exhausted stacks are the only thing that comes here; grammar_run says which kind it was. */
static void grammar_error(const Span *place, Parse *p, const char *message) {
  (void)place, (void)p, (void)message;
}

static bool expects(const yysymbol_kind_t *symbols, int count, TokenKind kind) {
  for (int i = 0; i < count; i++) {
    if (symbols[i] == YYTRANSLATE(grammar_tokens[kind])) return true;
  }
  return false;
}

static int yyreport_syntax_error(const yypcontext_t *context, Parse *p) {
  yysymbol_kind_t symbols[YYNTOKENS];
  bool expected[TOKEN_COUNT] = {false};
  int count = yypcontext_expected_tokens(context, symbols, YYNTOKENS);
  for (TokenKind kind = 0; kind < TOKEN_COUNT; kind++) expected[kind] = expects(symbols, count, kind);
  report_syntax(p, expected);
  return 0;
}

static int push(yypstate *state, Parse *p) {
  Token token = stream_next(p);
  if (token.kind == TOKEN_ERROR) {
    report_lexical(p, token);
    return 1;
  }
  YYSTYPE value = {.TOK_NUMBERS = p->stream->run};
  int kind = value.TOK_NUMBERS ? TOK_NUMBERS : grammar_tokens[token.kind];
  return yypush_parse(state, kind, &value, &token.span, p);
}

bool grammar_run(Parse *p) {
  yypstate *state = yypstate_new();
  if (!state) return parse_fail_memory(p);
  int status = YYPUSH_MORE;
  while (status == YYPUSH_MORE && !parse_failed(p)) status = push(state, p);
  if (status == 2 && state->yystacksize >= YYMAXDEPTH) parse_fail_depth(p, p->stream->token.span, false);
  else if (status == 2) parse_fail_memory(p);
  yypstate_delete(state);
  return !parse_failed(p);
}
