/* SPDX-License-Identifier: MIT */
/* test_syntax.c: what is said about programs that cannot be read, and which of them are only unfinished. */
#include <stdio.h>

#include "tests/parsing.h"

typedef struct Message { const char *text, *message, *hint; uint32_t start, end; } Message;

#define ELSE "`else` goes on behind the `}` of its block: `} else {`"
#define IN_SHORT "`=` defines a function by one expression, not by a block"
#define PART "a part of a tensor is `x[1:3]`, and whole numbers are `range(1, 3)`"
#define SEVERAL "a function of several statements is `def f(x) { ... }`"

/* Message, hint ("" for none), and the marked bytes. */
static const Message messages[] = {
  {"x = 1 2", "expected an operator or end of line, found a number", "", 6, 7},
  {"2 x", "expected an operator or end of line, found `x`", "to multiply, write `2*x`", 2, 3},
  {"x y", "expected an operator or end of line, found `y`", "to multiply, write `x*y`; to call, `x(y)`", 2, 3},
  {"v = x/dt y", "expected an operator or end of line, found `y`",
   "to call, write `dt(y)`; to multiply, `dt*y`", 9, 10},
  {"d/dx sin(x)", "expected an operator or end of line, found `sin`",
   "the derivative is the function `D(x -> sin(x))`", 5, 8},
  {"y = sqrt 2", "expected an operator or end of line, found a number",
   "to call, write `sqrt(2)`; to multiply, `sqrt*2`", 9, 10},
  {"for i of x { }", "expected `,` or `in`, found `of`", "", 6, 8},
  {"[1, 2, 3, 4, 5, 6, 7, 8, 9 10, 11]", "expected `,` or `]`, found a number", "commas stand between elements: `[1, 2]`", 27, 29},
  {"[1, 2, 3, 4, 5, 6, 7, 8, 9, , 10]", "expected a value or `]`, found `,`", "", 28, 29},
  {"[1, 2, 3, 4, 5, 6, 7, 8 for x in y]", "expected `,` or `]`, found `for`", "", 24, 27},
  {"[1, 2, 3, 4, 5, 6, 7, 8; 9]", "expected `,` or `]`, found `;`",
   "the rows of a matrix are lists: `[[1, 2], [3, 4]]`", 23, 24},
  {"[1, 2, 3, 4, 5, 6, 7, 8, 1.2.3]", "`1.2.3` is not a number", "", 25, 30},
  {"[x for x, 1, 2, 3, 4, 5, 6, 7, 8, 9 in y]", "expected a name, `(` or `in`, found a number", "", 10, 11},
  {"[[1, 2], [3, 4], [5, 6], [7, 8) , [9, 0]]", "`[` opened here is closed by `)`", "", 25, 26},
  {"[x y]", "expected `,`, `]` or `for`, found `y`", "", 3, 4},
  {"y = 2 (x)", "expected an operator or end of line, found `(`", "to multiply, write `2*(x)`", 6, 7},
  {"x = 3; print(to_json(2 x))", "expected `,` or `)`, found `x`", "to multiply, write `2*x`", 23, 24},
  {"repeat([1, 2], 2 x)", "expected `,` or `)`, found `x`", "to multiply, write `2*x`", 17, 18},
  {"repeat(3) { x }", "expected an operator or end of line, found `{`", "write `for i in range(n) { ... }`", 10, 11},
  {"{a: 2 x}", "expected `,` or `}`, found `x`", "to multiply, write `2*x`", 6, 7},
  {"f(a=1 b=2)", "expected `,` or `)`, found `b`", "", 6, 7},
  {"map(f, 1:3)", "expected `,` or `)`, found `:`", PART, 8, 9},
  {"x(1:2)", "expected `,` or `)`, found `:`", PART, 3, 4},
  {"sin.(x)", "expected a name, found `(`", "functions work element by element: write `f(x)` without a dot", 4, 5},
  {"x |> sum", "expected a value, found `>`", "a function is called by `f(x)`", 3, 4},
  {"sin?", "unexpected character `?`", "about a name: `?name` at the prompt, `help(name)` in a program", 3, 4},
  {"x = a ? 1 : 2", "unexpected character `?`", "a choice is written `a if condition else b`", 6, 7},
  {"r = {a = 1}", "expected `:`, found `=`", "a field is written `name: value`", 7, 8},
  {"{a: b = 1}", "`=` assigns; to compare use `==`", "", 6, 7},
  {"(x, 1) -> 2", "a parameter must be a name", "a function value is written `x -> e` or `(x, y=2) -> e`", 4, 5},
  {"f(1 2)", "expected `,` or `)`, found a number", "", 4, 5},
  {"x = = 3", "expected a value, found `=`", "", 4, 5},
  {"x = 1 +\n", "expected a value, found end of input", "", 7, 7},
  {"if true\n  x = 1", "expected `{`, found `x`", "a block is written `{ ... }`", 7, 7},
  {"a if b\nc", "expected `else`, found end of line", "", 6, 6},
  {"for x y { }", "expected `,` or `in`, found `y`", "", 6, 7},
  {"import x", "expected a string, found `x`", "all functions are there; a file is read by `import \"name.mg\"`", 7, 8},
  {"x[]", "expected a value or `:`, found `]`", "", 2, 3},
  {"{a: 1 b: 2}", "expected `,` or `}`, found `b`", "", 6, 7},
  {"try { x }\ny", "expected `catch`, found end of line", "", 9, 9},
  {"x..y", "expected a name, found `.`", "", 2, 3},
  {"try { print(1) } catch { x = 2 }", "expected a name, found `{`",
   "the error gets a name: `catch err { ... }`", 23, 24},
  {"else { }", "expected a statement, found `else`", ELSE, 0, 4},
  {"x = 3\n\n\n  else { }", "expected a statement, found `else`", ELSE, 10, 14},
  {"if true { }\ncatch e { }", "expected `else` or end of line, found `catch`", "", 12, 17},
  {"if false { };\nelse { }", "expected a statement, found `else`", ELSE, 14, 18},
  {"if false {\n\nelse { }", "expected a statement or `}`, found `else`", ELSE, 12, 16},
  /* brackets */
  {"x)", "unmatched `)`", "", 1, 2},
  {"if a { f()) }", "unmatched `)`", "", 10, 11},
  {"x = (1]", "`(` opened here is closed by `]`", "", 4, 5},
  {"def f() { (1 }", "`(` opened here is closed by `}`", "", 10, 11},
  {"L = sum((x - 1) ** 2", "`(` is never closed", "", 7, 8},
  {"L = sum((x - 1) ** 2\ny = 3", "`(` is never closed", "", 7, 8},
  {"x = [1,\n2\ny = 1]", "`[` is never closed", "", 4, 5},
  {"def f(x) { return x\n", "`{` is never closed", "", 9, 10},
  {"x = [[1, 2]\n     [3, 4]]", "expected `,`, `]` or `for`, found `[`", "", 11, 11},
  {"x = {a: 1\n b: 2}", "expected `,` or `}`, found `b`", "", 9, 9},
  {"f(\n 1,\n 2\n 3\n)", "expected `,` or `)`, found a number", "", 9, 9},
  {"f(a=1\n b=[2, (3)])", "expected `,` or `)`, found `b`", "", 5, 5},
  {"x = (1\ny", "`(` is never closed", "", 4, 5},
  {"(f\n'a')", "expected `,` or `)`, found a string", "", 2, 2},
  {"x = (1\ny = [2]", "`(` is never closed", "", 4, 5},
  {"if a { x = (1\n y }", "`(` is never closed", "", 11, 12},
  /* names and targets */
  {"while = 3", "`while` is a reserved word and cannot be a name", "", 0, 5},
  {"x.for", "`for` is a reserved word and cannot be a name", "the field of a record is `[\"for\"]`, instead of `.for`", 2, 5},
  {"f(in=3)", "`in` is a reserved word and cannot be a name", "", 2, 4},
  {"def if() { }", "`if` is a reserved word and cannot be a name", "", 4, 6},
  {"if x = 3 { }", "`=` assigns; to compare use `==`", "", 5, 6},
  {"x = (y = 3)", "`=` assigns; to compare use `==`", "", 7, 8},
  {"1 = x", "cannot assign to a number", "`=` assigns; to compare use `==`", 0, 1},
  {"a, x + 1 = 3", "cannot assign to an expression", "`=` assigns; to compare use `==`", 3, 8},
  {"r.f(x) = 3", "cannot assign to a call", "`=` assigns; to compare use `==`", 0, 6},
  {"[a, b] = c", "cannot assign to a list", "to unpack, write `a, b = ...` without brackets", 0, 6},
  {"a, b += 1", "`+=` changes one target, not a tuple", "", 0, 4},
  {"f(2) = 3", "a parameter must be a name", "`f(x, y=2) = ...` defines a function; to compare use `==`", 2, 3},
  {"f(x, x) = x", "parameter `x` is given twice", "", 5, 6},
  {"(a, b=1, *a) -> a", "parameter `a` is given twice", "", 10, 11},
  {"f(*a, b) = 1", "`*a` must be the last parameter", "", 2, 4},
  {"(a=1, b) -> a", "`b` needs a default, since `a` has one", "", 6, 7},
  {"f(a=1, b) = a", "`b` needs a default, since `a` has one", "", 7, 8},
  {"f(a=1, b) == a", "an argument without a name cannot follow `a=...`", "arguments given by name come last", 7, 8},
  {"def f() { global n = 5 }", "`global` takes names only, not a value",
   "write the assignment behind it: `global n; n = 1`", 19, 20},
  {"x is not none", "expected an operator or end of line, found `is`", "to compare use `==`, or `!=` for `is not`", 2, 4},
  {"(1, *a)", "`*` can only stand before an argument or a parameter", "tuples are joined by `+`: `(1,) + rest`", 4, 6},
  {"f(*(a)) = 1", "a parameter must be a name", "`f(x, y=2) = ...` defines a function; to compare use `==`", 2, 6},
  {"f(a=1, *b)", "an argument without a name cannot follow `a=...`", "arguments given by name come last", 7, 9},
  {"f(a=1, *b, c=2)", "an argument without a name cannot follow `a=...`", "arguments given by name come last", 7, 9},
  {"{a: 1, b: 2, a: 3}", "field `a` is given twice", "", 13, 14},
  {"f(a=1, a=2)", "argument `a` is given twice", "", 7, 8},
  {"f(a=1, 2)", "an argument without a name cannot follow `a=...`", "arguments given by name come last", 7, 8},
  /* out of place */
  {"return 5", "`return` stands outside a function", "", 0, 6},
  {"if a { break }", "`break` stands outside a loop", "", 7, 12},
  {"while a { def f() { continue } }", "`continue` stands outside a loop", "", 20, 28},
  /* tokens */
  {"a && b", "`&&` is not an operator here", "logical and is `and` (elementwise: `&`)", 2, 4},
  {"a || b", "`||` is not an operator here", "logical or is `or` (elementwise: `|`)", 2, 4},
  {"!a", "`!` is not an operator here", "logical not is `not` (elementwise: `~`)", 0, 1},
  {"y = 10! + 1", "`!` is not an operator here", "a factorial is written `factorial(10)`", 6, 7},
  {"f\"{n!}\"", "`!` is not an operator here", "a factorial is written `factorial(10)`", 4, 5},
  {"f\"{3!r}\"", "`!` is not an operator here", "a format stands behind `:`, as in f\"{x:.3f}\"", 4, 5},
  {"print(!a)", "`!` is not an operator here", "logical not is `not` (elementwise: `~`)", 6, 7},
  {"i++", "`++` is not an operator here", "to add one, write `x += 1`", 1, 3},
  {"x²", "unexpected character `²`", "write `**2`", 1, 3},
  {"x⁻¹⁰", "unexpected character `⁻`", "write `**-10`", 1, 4},
  {"x⁴ + 1", "unexpected character `⁴`", "write `**4`", 1, 4},
  {"f′(2)", "unexpected character `′`", "a derivative is written `f'`", 1, 4},
  {"f″(2)", "unexpected character `″`", "a second derivative is written `f''`", 1, 4},
  {"x = “a”", "unexpected character `“`", "strings are quoted with `\"`", 4, 7},
  {"x\xE2\x80\x8B", "unexpected character U+200B", "", 1, 4},
  {"x\x1B", "unexpected character U+001B", "", 1, 2},
  {"1.2.3", "`1.2.3` is not a number", "", 0, 5},
  {"x = \xFF", "invalid UTF-8 in code", "save the file with the encoding UTF-8", 4, 5},
  {"x = \"abc\ny", "this string is never closed", "a string over several lines is quoted with `\"\"\"`", 4, 5},
  {"f '(2 + g(1))", "this string is never closed", "a derivative is written without a blank: `f'(2 + g(1))`", 2, 3},
  {"f '(2", "this string is never closed", "a derivative is written without a blank: `f'(...)`", 2, 3},
  {"f ''(2)", "expected an operator or end of line, found a string",
   "a derivative is written without a blank: `f''(2)`", 2, 4},
  {"f '(2) + f '(3)", "expected an operator or end of line, found a string",
   "a derivative is written without a blank: `f'(2)`", 2, 12},
  {"f '''(2)", "expected an operator or end of line, found a string",
   "a derivative is written without a blank: `f'''(2)`", 2, 4},
  {"f 'abc'(2)", "expected an operator or end of line, found a string", "write `f('abc'(2))`", 2, 7},
  {"print '(2)'", "expected an operator or end of line, found a string", "write `print('(2)')`", 6, 11},
  {"x = '(2)", "this string is never closed", "a string over several lines is quoted with `\"\"\"`", 4, 5},
  {"\"a\\q\"", "unknown escape `\\q` in a string",
   "there are \\n \\t \\r \\0 \\\" \\\\ \\xff \\u{3b1}; a backslash is `\\\\`", 2, 4},
  {"\"\\xg0\"", "unknown escape `\\x` in a string",
   "there are \\n \\t \\r \\0 \\\" \\\\ \\xff \\u{3b1}; a backslash is `\\\\`", 1, 3},
  {"\"a\\}\"", "unknown escape `\\}` in a string",
   "there are \\n \\t \\r \\0 \\\" \\\\ \\xff \\u{3b1}; a backslash is `\\\\`", 2, 4},
  {"\"\\u{110000}\"", "`\\u{110000}` is no character",
   "they end at \\u{10ffff}, without \\u{d800} to \\u{dfff}", 1, 11},
  {"\"\\u{d800}\"", "`\\u{d800}` is no character", "they end at \\u{10ffff}, without \\u{d800} to \\u{dfff}", 1, 9},
  {"f\"{x\"", "`{` in an f-string is never closed", "", 2, 3},
  {"f\"a}\"", "a single `}` in an f-string", "write `}}` for a brace", 3, 4},
  {"f\"{}\"", "an expression is missing between `{` and `}`", "", 3, 3},
  {"f\"{x = 1}\"", "only an expression can stand between `{` and `}`", "", 3, 8},
  {"f\"{if true { 1 }}\"", "a block cannot stand between `{` and `}`, only an expression",
   "a choice is written `a if condition else b`", 11, 12},
  {"f\"{3:>{w}}\"", "a format cannot hold `{`", "a width or a precision is written as a number: `{x:>10.3f}`", 6, 7},
  {"f\"{1 2}\"", "expected an operator or `}`, found a number", "", 5, 6},
  {"f\"{1 +}\"", "expected a value, found `}`", "", 6, 6},
  /* other languages */
  {"f = lambda x: x", "expected an operator or end of line, found `x`", "a function value is written `x -> e`", 11, 12},
  {"function f(x) { }", "expected an operator or end of line, found `f`",
   "a function is written `f(x) = e`, `def f(x) { ... }` or `x -> e`", 9, 10},
  {"if a { } elif b { }", "expected `else` or end of line, found `elif`", "write `else if`", 9, 13},
  {"if a { }\nelif b { }", "expected an operator or end of line, found `b`", "write `else if`", 14, 15},
  {"if a:\n  b", "expected `{`, found `:`", "a block is written `{ ... }`", 4, 5},
  {"for i in range(3) print(i)", "expected `,` or `{`, found `print`", "a block is written `{ ... }`", 18, 23},
  {"if (1 > 0) print(\"a\")", "expected `{`, found `print`", "a block is written `{ ... }`", 11, 16},
  {"while true print(1)", "expected `{`, found `print`", "a block is written `{ ... }`", 11, 16},
  {"if a { } else print(1)", "expected `{` or `if`, found `print`", "a block is written `{ ... }`", 14, 19},
  {"if x y { }", "expected `{`, found `y`", "to multiply, write `x*y`; to call, `x(y)`", 5, 6},
  {"x = 1; print(f'{x}')", "expected `,` or `)`, found `{`",
   "an f-string is written f\"...\", with double quotes", 15, 16},
  {"f(x) = { return 2 }", IN_SHORT, SEVERAL, 7, 8},
  {"f(x)= {\n  y = x\n  y\n}", IN_SHORT, SEVERAL, 6, 7},
  {"f(x) == { return 2 }", "`return` is a reserved word and cannot be a name", "", 10, 16},
  {"x = f(1)\nr = { return 2 }", "`return` is a reserved word and cannot be a name", "", 15, 21},
  {"def f(x) = x", "`def` needs a block `{ ... }`, not `=`", "in short: `f(x) = e` without `def`", 9, 10},
  {"f(x) { x }", "expected an operator or end of line, found `{`", "a function is defined by `def f(x) { ... }`", 5, 6},
  {"// note", "expected a statement, found `//`", "a comment starts with `#`", 0, 2},
  {"x = 1 // the first", "expected an operator or end of line, found `first`",
   "a comment starts with `#`; `//` divides", 13, 18},
  {"x = 5 // this is a comment", "expected an operator or end of line, found `is`",
   "a comment starts with `#`; `//` divides", 14, 16},
  {"x = 7 // TODO: more", "expected an operator or end of line, found `:`",
   "a comment starts with `#`; `//` divides", 13, 14},
  {"x = 7 // 2 y", "expected an operator or end of line, found `y`", "to multiply, write `2*y`", 11, 12},
  {"x = 7 //this is it", "expected an operator or end of line, found `is`",
   "a comment starts with `#`; `//` divides", 13, 15},
  {"b = a//2, a c", "expected an operator or end of line, found `c`",
   "to multiply, write `a*c`; to call, `a(c)`", 12, 13},
  {"b = a//n; [1 2", "expected `,`, `]` or `for`, found a number", "commas stand between elements: `[1, 2]`", 13, 14},
  {"b = a // (b c)", "expected `,` or `)`, found `c`", "", 12, 13},
  {"b = a // n * c d", "expected an operator or end of line, found `d`",
   "to multiply, write `c*d`; to call, `c(d)`", 15, 16},
  {"b = a//2, a<<1", "expected a value, found `<`", "bits are shifted by `left_shift(x, n)`", 12, 13},
  {"f(a) >> 2", "expected a value, found `>`", "bits are shifted by `right_shift(x, n)`", 6, 7},
  {"x <<= 2", "expected a value, found `<=`", "bits are shifted by `left_shift(x, n)`", 3, 5},
  {"a < < b", "expected a value, found `<`", "", 4, 5},
  {"cout << \"a\"", "expected a value, found `<`", "write `print(x)`", 6, 7},
  {"print(1) print(2)", "expected an operator or end of line, found `print`",
   "a new line or `;` stands between two statements", 9, 14},
  {"x = 3 y = 4", "expected an operator or end of line, found `y`",
   "a new line or `;` stands between two statements", 6, 7},
  {"if a { x = 3 return x }", "expected `,`, `}` or end of line, found `return`",
   "a new line or `;` stands between two statements", 13, 19},
  {"let y = 4", "expected an operator or end of line, found `y`", "a name needs no declaration: `x = 1`", 4, 5},
  {"int y = 4", "expected an operator or end of line, found `y`", "a name needs no declaration: `x = 1`", 4, 5},
  {"if { }", "`if` has no condition before `{`", "write `if x > 0 { ... }`", 3, 4},
  {"if { print(1) }", "`if` has no condition before `{`", "write `if x > 0 { ... }`", 3, 4},
  {"if a { } else if {\n  return 1\n}", "`if` has no condition before `{`", "write `if x > 0 { ... }`", 17, 18},
  {"for i in { }", "`in` has no values before `{`", "write `in xs { ... }`", 9, 10},
  {"for i in { print(i) }", "`in` has no values before `{`", "write `in xs { ... }`", 9, 10},
  {"while { x = 3 }", "`while` has no condition before `{`", "write `while x > 0 { ... }`", 6, 7},
  {"if {a: 1 b: 2}.a { }", "expected `,` or `}`, found `b`", "", 9, 10},
  {"if {", "`{` is never closed", "", 3, 4},
  {"x = 3 % the answer", "expected an operator or end of line, found `answer`",
   "a comment starts with `#`; `%` is the remainder", 12, 18},
  {"x = 3 % 2 y", "expected an operator or end of line, found `y`", "to multiply, write `2*y`", 10, 11},
  {"x .* y", "expected a name, found `*`",
   "operators work element by element: write `*`, `/`, `^` without a dot", 3, 4},
  {"x .^ 2", "expected a name, found `**`",
   "operators work element by element: write `*`, `/`, `^` without a dot", 3, 4},
  {"A \\ b", "unexpected character `\\`", "linear equations are solved by `linalg.solve(A, b)`", 2, 3},
  {"A + \\\nb", "unexpected character `\\`", "a line goes on after an operator and inside brackets", 4, 5},
  {"x ~= 3", "expected an operator or end of line, found `~`", "to compare use `!=`", 2, 3},
  {"x ~ 3", "expected an operator or end of line, found `~`", "", 2, 3},
  {"[1 2; 3 4]", "expected `,`, `]` or `for`, found a number",
   "the rows of a matrix are lists: `[[1, 2], [3, 4]]`", 3, 4},
  {"[1 2]", "expected `,`, `]` or `for`, found a number", "commas stand between elements: `[1, 2]`", 3, 4},
  {"x = 0:0.1:1", "expected an operator or end of line, found `:`",
   "numbers in steps are `arange(0, 1, 0.1)`; by count, `linspace(0, 1, 11)`", 5, 6},
  {"f = @(x) x + 1", "expected a value, found `@`", "a function value is written `x -> e`", 4, 5},
  {"5 mod 3", "expected an operator or end of line, found `mod`", "a remainder is written `x % y`", 2, 5},
  {"for i = 1:3 { }", "expected `in`, found `=`", "to count from 1 to 3, write `for i in range(1, 4) { ... }`", 6, 7},
  {"for (i = 0; i < 3; i += 1) { }", "expected `in`, found `=`",
   "to count from 1 to 3, write `for i in range(1, 4) { ... }`", 7, 8},
  {"x -> { return x }", "a function value gives one expression, not a block",
   SEVERAL, 5, 6},
  {"f = x -> { y = x; y }", "a function value gives one expression, not a block",
   SEVERAL, 9, 10},
  {"f = x -> { print(x); x }", "a function value gives one expression, not a block",
   SEVERAL, 9, 10},
  {"f = x -> { x[0] = 1; x }", "a function value gives one expression, not a block",
   SEVERAL, 9, 10},
  {"try { 1 } finally { }", "expected `catch`, found `finally`",
   "there is no `finally`: write `try { ... } catch err { ... }`", 10, 17},
  {"'''doc'''", "expected an operator or end of line, found a string",
   "a text over several lines is quoted with `\"\"\"`", 2, 7},
  {"\"a\" \"b\"", "expected an operator or end of line, found a string", "strings are joined by `+`", 4, 7},
  {"del r.a", "expected `,` or end of line, found `.`", "`del` takes names; what a name holds keeps its parts", 5, 6},
  {"[x for a in b for c in d]", "expected `]`, found `for`",
   "a list has one `for`: write `[[e for ...] for ...]`", 14, 17},
  {"def f(x: float) { }", "expected `,` or `)`, found `:`", "parameters have no types: `def f(x) { ... }`", 7, 8},
  {"no_grad() { x }", "expected an operator or end of line, found `{`",
   "write `no_autodiff { ... }`, without `()`", 10, 11},
  {"no_autodiff() { x }", "expected `{`, found `(`", "write `no_autodiff { ... }`, without `()`", 11, 12},
  {"[1, 2; 3]", "expected `,` or `]`, found `;`", "the rows of a matrix are lists: `[[1, 2], [3, 4]]`", 5, 6},
  {"sum(i for i in x)", "expected `,` or `)`, found `for`", "write `[e for x in xs]`, with brackets", 6, 9},
  {"a not in b", "expected an operator or end of line, found `not`", "write `not (a in b)`", 2, 5},
  {"f'abc'", "expected an operator or end of line, found `abc`",
   "an f-string is written f\"...\", with double quotes", 2, 5},
  {"x\n  .sum()", "expected a statement, found `.`", "a line goes on after an operator and inside brackets", 4, 5},
  {"let x = 1", "expected an operator or end of line, found `x`", "a name needs no declaration: `x = 1`", 4, 5},
  {"x := 1", "expected an operator or end of line, found `:`", "a name gets its value by `=`", 2, 3},
  {"for i in 1:3 { }", "expected `,` or `{`, found `:`", "to count from 1 to 3, write `range(1, 4)`", 10, 11},
  {"for i in 1:n { }", "expected `,` or `{`, found `:`", "to count from 1 to 3, write `range(1, 4)`", 10, 11},
  {"for i in 1: print(i)", "expected `,` or `{`, found `:`", "a block is written `{ ... }`", 10, 11},
  {"|x|", "expected a statement, found `|`", "an absolute value is written `abs(x)`", 0, 1},
  {"raise \"x\"", "expected an operator or end of line, found a string",
   "to stop with an error of your own, write `error(\"...\")`", 6, 9},
  {"try { 1 } catch { 2 }", "expected a name, found `{`", "the error gets a name: `catch err { ... }`", 16, 17},
};

START_TEST(messages_say_what_is_wrong) {
  const Message *expected = &messages[_i];
  ParseStatus status = parse(expected->text);
  ck_assert_int_ne(status, PARSE_OK);
  ck_assert_int_eq(parsed.error.kind, ERROR_SYNTAX);
  ck_assert_str_eq(buffer_text(&parsed.error.message), expected->message);
  ck_assert_str_eq(buffer_text(&parsed.error.hint), expected->hint);
  ck_assert_uint_eq(offset(parsed.error.place.start), expected->start);
  ck_assert_uint_eq(offset(parsed.error.place.end), expected->end);
  ck_assert_uint_le(parsed.error.message.length, 80);
  ck_assert_uint_le(parsed.error.hint.length, 80);
}
END_TEST

/* What stands behind a long name in a message stays, and no character is cut. */
START_TEST(long_names_are_cut_in_messages) {
  static const struct { const char *before, *between, *after, *lead, *tail; } cases[] = {
    {"f(", "=1, b) = 2", NULL, "`b` needs a default, since `", "` has one"},
    {"(", "=1, b) -> 2", NULL, "`b` needs a default, since `", "` has one"},
    {"(*", ", b) -> 2", NULL, "`*", "` must be the last parameter"},
    {"f(", "=1, 2)", NULL, "an argument without a name cannot follow `", "=...`"},
    {"f(", "=1, ", "=2)", "argument `", "` is given twice"},
  };
  char name[402] = "x", text[1000], message[200];
  for (size_t k = 1; k < 401; k += 2) memcpy(name + k, "\u03b1", 2);
  for (size_t k = 0; k < COUNT(cases); k++) {
    const char *after = cases[k].after;
    snprintf(text, sizeof text, "%s%s%s%s%s", cases[k].before, name, cases[k].between, after ? name : "",
             after ? after : "");
    snprintf(message, sizeof message, "%s%.59s%s", cases[k].lead, name, cases[k].tail);
    ck_assert_int_eq(parse(text), PARSE_FAILED);
    ck_assert_str_eq(buffer_text(&parsed.error.message), message);
  }
}
END_TEST

START_TEST(nul_bytes_are_named) {
  ck_assert_int_eq(parse_bytes("x = \0 1", 7), PARSE_FAILED);
  ck_assert_str_eq(buffer_text(&parsed.error.message), "a NUL byte cannot stand in code");
  ck_assert_uint_eq(offset(parsed.error.place.start), 4);
}
END_TEST

static void expect_label(const char *text, const char *label, uint32_t start) {
  parse(text);
  ck_assert_int_eq(parsed.error.label_count, 1);
  ck_assert_str_eq(parsed.error.labels[0].text, label);
  ck_assert_uint_eq(offset(parsed.error.labels[0].span.start), start);
}

START_TEST(labels_show_the_other_place) {
  expect_label("L = sum((x - 1) ** 2\ny = 3", "expected `,` or `)` here", 20);
  expect_label("(1", "expected `,` or `)` here", 2);
  expect_label("f(1,", "expected a value or `)` here", 4);
  expect_label("def f() { x\n", "expected a statement or `}` here", 11);
  expect_label("(1]", "closed here", 2);
}
END_TEST

START_TEST(the_first_error_is_reported) {
  ck_assert_int_eq(parse("x = 1\ny = = 2\nz = (\n"), PARSE_FAILED);
  Place place = source_place(&parsed.map, parsed.error.place.start);
  ck_assert_uint_eq(place.line, 2);
  ck_assert_uint_eq(place.column, 5);
}
END_TEST

/* ---- is more to come? */

static const char *const unfinished[] = {
  "(", "f(1,", "[1, 2", "x[0", "{a: 1", "def f(x) {", "def f(x) {\n  y = 1\n", "if x", "if x {",
  "if x { } else", "while a", "for x in y", "for", "x =", "x = 1 +", "x +", "not", "a and", "x ->",
  "(x, y) ->", "a if b", "a if b else", "x, y =", "x.", "\"\"\"abc", "f\"\"\"a", "f\"\"\"a{", "try {",
  "try { x }", "try { x } catch", "try { x } catch e", "no_autodiff", "import", "assert", "del", "global",
  "def", "def f", "def f(x)", "x +=", "f(x) =", "((((", "{", "x = [ # comment",
};

START_TEST(unfinished_programs_may_go_on) {
  ParseStatus status = parse(unfinished[_i]);
  ck_assert_msg(status == PARSE_INCOMPLETE, "`%s`: %s", unfinished[_i], buffer_text(&parsed.error.message));
  ck_assert(parsed.error.incomplete);
  ck_assert_uint_ne(parsed.error.place.end, 0);
}
END_TEST

static const char *const wrong[] = {
  "(1 2", "x = )", "[1; 2", "\"abc", "f\"{x", "1.2.3 +", "if x:", "(1]", "return (1)\n", "x++", "f'a' +",
  "f\"{x +}\"",
};

START_TEST(wrong_programs_may_not) {
  ck_assert_int_eq(parse(wrong[_i]), PARSE_FAILED);
  ck_assert(!parsed.error.incomplete);
}
END_TEST

static const char *const complete[] = {
  "", "\n", "x", "x;", "def f() { }", "if x { }", "{}", "()", "f(\n)", "(f\n(1))", "(x\n[0])", "f(x\n[0])",
  "x[y # y\n[0]]", "no_grad\n{ }", "{a: x -> {b: x}}", "# (", "x = {\n}\n",
  "try { } catch e { }", "f'", "\"(\"",
};

START_TEST(complete_programs_are_done) {
  expect_parsed(complete[_i]);
}
END_TEST

/* Every prefix of a program is complete, unfinished or wrong, and says where. */
START_TEST(prefixes_are_survived) {
  static const char text[] =
    "def f(x, y=2, *z) {\n  if x > 0 { return {a: f\"{x:.2f} {y}\"} } else { x[0, 1:2] += y }\n}\n"
    "g(x) = [i ** 2 for i in x if i] + (a -> a)(2x)\na, b = b, 1 < 2 if c else \"\"\"t\"\"\"\n";
  for (size_t length = 0; length < sizeof text; length++) {
    ParseStatus status = parse_bytes(text, length);
    ck_assert(status == PARSE_OK || parsed.error.place.end != 0);
  }
}
END_TEST


int main(void) {
  Suite *suite = suite_create("syntax");
  TCase *cases = tcase_create("messages");
  tcase_add_checked_fixture(cases, set_up, tear_down);
  tcase_add_loop_test(cases, messages_say_what_is_wrong, 0, COUNT(messages));
  tcase_add_test(cases, long_names_are_cut_in_messages);
  tcase_add_test(cases, nul_bytes_are_named);
  tcase_add_test(cases, labels_show_the_other_place);
  tcase_add_test(cases, the_first_error_is_reported);
  tcase_add_loop_test(cases, unfinished_programs_may_go_on, 0, COUNT(unfinished));
  tcase_add_loop_test(cases, wrong_programs_may_not, 0, COUNT(wrong));
  tcase_add_loop_test(cases, complete_programs_are_done, 0, COUNT(complete));
  tcase_add_test(cases, prefixes_are_survived);
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
