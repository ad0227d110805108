/* SPDX-License-Identifier: MIT */
/* test_evaluator_errors.c: what errors say, where they point, and what they advise. */
#include <ctype.h>
#include <stdio.h>
#include "evaluator/attribute.h"
#include "evaluator/call.h"
#include "evaluator/foreign.h"
#include "tests/evaluating.h"

static const ErrorCase operators[] = {
    {"[1, 2, 3] + [1, 2]", ERROR_SHAPE, 1, 11, "cannot add shapes (3,) and (2,)",
     "sizes must be equal, or one of them 1"},
    {"W = [[1, 2], [3, 4]]; x = [1, 2, 3]\nz = W @ x", ERROR_SHAPE, 2, 7,
     "cannot multiply `W` (2, 2) @ `x` (3,): inner sizes 2 and 3 differ",
     "`W @ x` needs the last size of `W` to equal the first size of `x`"},
    {"W = zeros((2, 3)); x = zeros((2, 4))\nW @ x", ERROR_SHAPE, 2, 3,
     "cannot multiply `W` (2, 3) @ `x` (2, 4): inner sizes 3 and 2 differ", "`transpose(W) @ x` would fit"},
    {"W = zeros((2, 3)); x = zeros((4, 3))\nW @ x", ERROR_SHAPE, 2, 3,
     "cannot multiply `W` (2, 3) @ `x` (4, 3): inner sizes 3 and 4 differ", "`W @ transpose(x)` would fit"},
    {"1 + none", ERROR_TYPE, 1, 3, "cannot add a number and `none`", ""},
    {"x = tensor(2); y = 1 - grad(x)", ERROR_TYPE, 1, 22, "cannot subtract `none` from a number",
     "no backward has been called; try `backward(L)`"},
    {"f(x) = x; f * 2", ERROR_TYPE, 1, 13, "cannot multiply a function by a number", "call it: `f(...)`"},
    {"(1, 2) + 1", ERROR_TYPE, 1, 8, "cannot add a tuple and a number", "`tensor(...)` makes a tensor of it"},
    {"\"a\" / 2", ERROR_TYPE, 1, 5, "cannot divide a string by a number", ""},
    {"-\"a\"", ERROR_TYPE, 1, 2, "`-` needs a number or a tensor, not a string", ""},
    {"~3", ERROR_TYPE, 1, 2, "`~` inverts booleans and integers, not a number", ""},
    {"3 & true", ERROR_TYPE, 1, 1, "`&` combines booleans, but one side is a number",
     "the bits of whole numbers are combined by `bitwise_and(3, true)`"},
    {"\"a\" < 1", ERROR_TYPE, 1, 5, "cannot order a string and a number", ""},
    {"1 in 2", ERROR_TYPE, 1, 3, "`in` cannot look into a number", ""},
    {"x = [1, 2, 3]; if x > 0 { }", ERROR_VALUE, 1, 19, "`if` needs a single true/false, but `x > 0` has shape (3,)",
     "`all(x > 0)` or `any(x > 0)`"},
    {"while \"a\" { }", ERROR_TYPE, 1, 7, "`while` needs a single true/false, but `\"a\"` is a string", ""},
    {"true and [1, 2]", ERROR_VALUE, 1, 10, "`and` needs a single true/false, but `[1, 2]` has shape (2,)",
     "`all([1, 2])` or `any([1, 2])`"},
    {"x = 3; y = x'", ERROR_TYPE, 1, 13, "`'` differentiates a function, but `x` is a number",
     "a derivative is written `f'(x)` or `derivative(f, x)`"},
    {"x = tensor(3); y = x'", ERROR_TYPE, 1, 21, "`'` differentiates a function, but `x` is a scalar",
     "a derivative is written `f'(x)` or `derivative(f, x)`"},
    {"x = [1, 2]; y = x'", ERROR_TYPE, 1, 18, "`'` differentiates a function, but `x` is a tensor of shape (2,)",
     "a transpose is written `x.T`"},
    {"x = true; y = x'", ERROR_TYPE, 1, 16, "`'` differentiates a function, but `x` is a bool", ""},
    {"[1, \"a\"]", ERROR_TYPE, 1, 5, "a list holds numbers and tensors, not a string",
     "a tuple holds values of any kind: write `( )` instead of `[ ]`"},
    {"[1, 2, 3, 4, 5, 6, 7, 8, \"a\", 1, 2, 3, 4, 5, 6, 7, 8]", ERROR_TYPE, 1, 26,
     "a list holds numbers and tensors, not a string", NULL},
    {"x = [1, 2, 3, 4, 5, 6, 7, 8, sin([9], 1, 2), 3]", ERROR_ARGUMENT, 1, 39, "`sin` takes 1 argument, got 3", NULL},
    {"x = [0, [1, 2], [3, 4], [5, 6], [7, 8], [9]]", ERROR_SHAPE, 1, 5,
     "elements 0 and 1 differ in shape: a scalar and (2,)", NULL},
    {"x = [[1, 2], [3, 4], [5, 6], [7, 8], [9]]", ERROR_SHAPE, 1, 5,
     "elements 0 and 4 differ in shape: (2,) and (1,)",
     "values of different shapes are held by a tuple, `(a, b)`"},
    {"x = [[1, 2], [3]]", ERROR_SHAPE, 1, 5, "elements 0 and 1 differ in shape: (2,) and (1,)",
     "values of different shapes are held by a tuple, `(a, b)`"},
    {"f\"{3:q}\"", ERROR_VALUE, 1, 3, "`q` is no format here", "formats look like `.4f`, `8.2f`, `.3e`, `d` or `>10`"},
    {"seed(2**63)", ERROR_VALUE, 1, 6, "`n` must be between -2**63 and 2**63, got 9.223372036854776e18", NULL},
    {"seed(0.5)", ERROR_VALUE, 1, 6, "`n` must be a whole number, got 0.5", NULL},
    {"seed(inf)", ERROR_VALUE, 1, 6, "`n` must be a whole number, got inf", NULL},
    {"random.binomial(2**53 + 2, 0.5)", ERROR_VALUE, 1, 1,
     "`n` must be a whole number from 0 to 2**53, got 9007199254740994", NULL},
    {"random.poisson(2**53 + 2)", ERROR_VALUE, 1, 1, "`mean` must be from 0 to 2**53, got 9007199254740994", NULL},
    {"range(1e18)", ERROR_VALUE, 1, 1, "`range` needs numbers up to 2**53, got 1e18", ""},
    /* operands have their own names, or none */
    {"x = [1, 2, 3]; x[0] = [1, 2]", ERROR_SHAPE, 1, 16, "cannot write shape (2,) into a scalar", ""},
    {"x = [[1, 2, 3], [4, 5, 6]]; x[0] = [1, 2]", ERROR_SHAPE, 1, 29, "cannot write shape (2,) into (3,)", ""},
    {"x = [[1, 2, 3], [4, 5, 6]]; x[0] += [1, 2]", ERROR_SHAPE, 1, 29,
     "cannot add shapes (3,) and (2,): last axis has 3 against 2", "sizes must be equal, or one of them 1"},
    {"A = tensor([1, 2, 3]); t = zeros(2); sin(A, out=t)", ERROR_SHAPE, 1, 49, "cannot write shape (3,) into `t` (2,)",
     ""},
    {"A = tensor([1, 2]); t = tensor([1, 2], dtype=int); sin(A, out=t)", ERROR_TYPE, 1, 63,
     "cannot write 0.8414709848078965 into `t` of type int64", "convert it first: `astype(x, float64)`"},
    {"A = tensor([1, 2, 3]); m = [true, false]; sin(A, where=m)", ERROR_SHAPE, 1, 56,
     "cannot choose by shapes `m` (2,) and (3,): last axis has 2 against 3", "sizes must be equal, or one of them 1"},
    {"A = [1, 2, 3]; t = zeros(3); m = [true, false]; sin(A, out=t, where=m)", ERROR_SHAPE, 1, 60,
     "cannot choose by shapes `m` (2,) and (3,): last axis has 2 against 3", "sizes must be equal, or one of them 1"},
    {"A = tensor([1, 2, 3]); B = [1, 2]; lerp(A, B, 0.5)", ERROR_SHAPE, 1, 36,
     "cannot subtract shapes `B` (2,) and `A` (3,): last axis has 2 against 3",
     "sizes must be equal, or one of them 1"},
    {"A = tensor([1, 2, 3]); B = [1, 2]; where(A > 0, A, B)", ERROR_SHAPE, 1, 36,
     "cannot choose between shapes `A` (3,) and `B` (2,): last axis has 3 against 2",
     "sizes must be equal, or one of them 1"},
    {"X = zeros((3, 2, 4)); W = zeros((4, 4)); b = zeros(4); s = zeros((3, 5)); "
     "gru(X, W, W, b, W, W, b, W, W, b, s0=s)",
     ERROR_SHAPE, 1, 75, "cannot broadcast (3, 5) to (2, 4)", "compared from the last axis, sizes must be equal or 1"},
    {"broadcast_arrays(zeros((2, 3)), zeros(2))", ERROR_SHAPE, 1, 18,
     "cannot broadcast shapes (2, 3) and (2,): last axis has 3 against 2", "sizes must be equal, or one of them 1"},
    {"linspace(zeros(2), zeros(3))", ERROR_SHAPE, 1, 1,
     "cannot interpolate shapes (2,) and (3,): last axis has 2 against 3", "sizes must be equal, or one of them 1"},
    {"f\"{1.5:d}\"", ERROR_VALUE, 1, 4, "the format `d` needs a whole number, not 1.5", "to round it, write `.0f`"},
    {"f\"{nan:x}\"", ERROR_VALUE, 1, 4, "the format `x` needs a whole number, not nan", ""},
    {"f\"{[1, 2]:.2f}\"", ERROR_TYPE, 1, 4, "the format `.2f` needs a number, not a tensor of shape (2,)", ""},
    {"f\"{\"a\":.2f}\"", ERROR_TYPE, 1, 4, "the format `.2f` needs a number, not a string", ""},
    {"(1, 2)'", ERROR_TYPE, 1, 7, "`'` differentiates a function, but `(1, 2)` is a tuple", ""},
    {"f\"{none:.2}\"", ERROR_TYPE, 1, 4, "the format `.2` needs a number, not `none`", ""},
};

static const ErrorCase names[] = {
  {"def f() { sum = 3; return sum([1]) }\nf()", ERROR_TYPE, 1, 27, "`sum` is a number here, not the function",
   "give the variable another name, or write `mg.sum(...)`"},
  {"f(max) = max([1], axis=0)\nf(3)", ERROR_TYPE, 1, 10, "`max` is a number here, not the function",
   "give the variable another name, or write `mg.max(...)`"},
  {"[max([1]) for max in range(2)]", ERROR_TYPE, 1, 2, "`max` is a number here, not the function",
   "give the variable another name, or write `mg.max(...)`"},
  {"def f(sin) { g() = sin(2); return g() }\nf(3)", ERROR_TYPE, 1, 20, "`sin` is a number here, not the function",
   "give the variable another name, or write `mg.sin(...)`"},
  {"d = 1; d/dx(2)", ERROR_NAME, 1, 10, "unknown function `dx`", "a derivative is written `f'(x)` or `derivative(f, x)`"},
  {"sum(sin)", ERROR_TYPE, 1, 5, "a function is not a tensor",
   "a function f has values `f(x)`, a derivative `f'` and a gradient `grad(f)`"},
  {"y = sinn(2)", ERROR_NAME, 1, 5, "unknown function `sinn`", "did you mean `sin`?"},
  {"value = 1\nvalu + 1", ERROR_NAME, 2, 1, "unknown name `valu`", "did you mean `value`?"},
  {"z = y + 1\ny = 3", ERROR_NAME, 1, 5, "`y` is used before it is defined", ""},
  {"def f() { y = x; x = 2 }\nf()", ERROR_NAME, 1, 15, "`x` is used before it is defined", ""},
  {"def f(speed) { return sped }\nf(1)", ERROR_NAME, 1, 23, "unknown name `sped`", "did you mean `speed`?"},
  {"x = null", ERROR_NAME, 1, 5, "unknown name `null`", "the name here is `none`"},
  {"x = 1\ndel x\nx", ERROR_NAME, 3, 1, "`x` was deleted", ""},
  {"x = 1\ndel x\nx\nx = 3", ERROR_NAME, 3, 1, "`x` was deleted", ""},
  {"def f() { x = 1; del x; return x }\nf()", ERROR_NAME, 1, 32, "`x` has no value here", ""},
  {"x = 1\ndel x, zz", ERROR_NAME, 2, 8, "unknown name `zz`", ""},
  {"0xFF", ERROR_SYNTAX, 1, 1, "`0xFF` is not a number", "numbers are decimal: write `255`"},
  {"0xFFFFFFFFFFFFFFFFF", ERROR_SYNTAX, 1, 1, "`0xFFFFFFFFFFFFFFFFF` is not a number", ""},
  {"b101 = 2; 0b101", ERROR_SYNTAX, 1, 11, "`0b101` is not a number", "numbers are decimal: write `5`"},
  {"x = [1]; x[0:end]", ERROR_NAME, 1, 14, "unknown name `end`",
   "`x[1:]` goes on to the end, and `x[-1]` is the last element"},
  {"µ = 1; μ", ERROR_NAME, 1, 8, "unknown name `μ`", "there is `µ`, which looks the same but has U+00B5 for U+03BC"},
  {"e\u0301x = 1; \u00e9x", ERROR_NAME, 1, 10, "unknown name `\u00e9x`",
   "there is `e\u0301x`, which looks the same but has U+0065 for U+00E9"},
  {"\u00e9x = 1; \u00eax", ERROR_NAME, 1, 9, "unknown name `\u00eax`", ""},
  {"xq", ERROR_NAME, 1, 1, "unknown name `xq`", ""},
  {"def f() { n += 1; return n }\nf()", ERROR_NAME, 1, 11, "unknown name `n`",
   "give it a value, `n = 2`, or define a function of it, `f(n) = ...`"},
  {"del qq", ERROR_NAME, 1, 5, "unknown name `qq`", ""},
  {"x = tensor([1]); x.shpe", ERROR_NAME, 1, 20, "`x` has no attribute `shpe`", "did you mean `shape`?"},
  {"x = [1]; x.mean", ERROR_NAME, 1, 12, "`x` has no attribute `mean`", "call it: `.mean()`"},
  {"r = {width: 1}; r.get(1)", ERROR_NAME, 1, 19, "`r` has no field `get`", ""},
  {"r = {width: 1}; r.widht", ERROR_NAME, 1, 19, "`r` has no field `widht`", "did you mean `width`?"},
  {"cat(([1], [2]))", ERROR_NAME, 1, 1, "unknown function `cat`", "the name here is `concatenate`"},
  {"shape([1])", ERROR_NAME, 1, 1, "unknown function `shape`", "tensors have it as an attribute: write `x.shape`"},
  {"3.shape", ERROR_NAME, 1, 3, "unknown name `shape`",
   "the dot belongs to the number: put it in parentheses, `(3).shape`"},
  {"np.array([1, 2])", ERROR_NAME, 1, 4, "`np` has no function `array`",
   "write `[1, 2]`, or `tensor([1, 2])` for a variable"},
  {"x = [1]; x.unsqueeze(0)", ERROR_NAME, 1, 12, "`x` has no method `unsqueeze`", "the name here is `expand_dims`"},
  {"np.sinn(3)", ERROR_NAME, 1, 4, "`np` has no function `sinn`", "did you mean `sin`?"},
  {"x = [1]; x.summ()", ERROR_NAME, 1, 12, "`x` has no method `summ`", "did you mean `sum`?"},
  {"x = [1]; x.shape()", ERROR_TYPE, 1, 12, "`.shape` is a tuple, not a function", "write `.shape` without `()`"},
  {"jax.grad(sin)", ERROR_NAME, 1, 1, "unknown name `jax`", "write the bare name: `grad`"},
  {"F.relu(1)", ERROR_NAME, 1, 1, "unknown name `F`", "write the bare name: `relu`"},
  {"torch.nn.functional.relu(1)", ERROR_NAME, 1, 1, "unknown name `torch`", "write the bare name: `relu`"},
  {"torch.nn.Linear(3, 2)", ERROR_NAME, 1, 1, "unknown name `torch`",
   "write `w = he_normal(3, 2); b = zeros(2)` and `linear(x, w, b)`"},
  {"tf.strange(3)", ERROR_NAME, 1, 1, "unknown name `tf`", "write the bare name, or `mg.` before it"},
  {"np.random.default_rng(0)", ERROR_NAME, 1, 11, "`random` has no function `default_rng`",
   "write `seed(0)`, and then `randn(3)`, `rand(3)`, `randint(6)`"},
  {"f'(3)", ERROR_NAME, 1, 1, "unknown name `f`", "define it first: `f(x) = ...`"},
  {"f + 1", ERROR_NAME, 1, 1, "unknown name `f`", "give it a value, `f = 2`, or make it a function, `f(x) = ...`"},
  {"1 // comment", ERROR_NAME, 1, 6, "unknown name `comment`", "a comment starts with `#`; `//` divides"},
  {"1 // n", ERROR_NAME, 1, 6, "unknown name `n`",
   "give it a value, `n = 2`, or define a function of it, `f(n) = ...`"},
  {"1 // comment + 1", ERROR_NAME, 1, 6, "unknown name `comment`", ""},
  {"F + 1", ERROR_NAME, 1, 1, "unknown name `F`", "give it a value, `F = 2`, or define a function of it, `f(F) = ...`"},
  {"x = [1]; x.inverse()", ERROR_NAME, 1, 12, "`x` has no method `inverse`", "the name here is `inv`"},
  {"x = [1]; x.clone()", ERROR_NAME, 1, 12, "`x` has no method `clone`", "the name here is `copy`"},
  {"x = [1]; x.device", ERROR_NAME, 1, 12, "`x` has no attribute `device`",
   "there is one place for tensors: leave it out"},
  {"x = [1]; x.numpy()", ERROR_NAME, 1, 12, "`x` has no method `numpy`",
   "leave it out, or write `x.data` for the numbers without history"},
  {"x = [1]; x.long()", ERROR_NAME, 1, 12, "`x` has no method `long`", "write `x.astype(int)`"},
  {"x = [1]; x.numel()", ERROR_NAME, 1, 12, "`x` has no method `numel`", "write `x.size`"},
  {"help(\"\")", ERROR_NAME, 1, 6, "there is no help on ``", ""},
  {"help(\"sinn\")", ERROR_NAME, 1, 6, "there is no help on `sinn`", "did you mean `sin`?"},
  {"primitive(sin)", ERROR_NAME, 1, 1, "unknown function `primitive`", "write `custom_op(forward, backward)`"},
  {"x = [1]; x.sum", ERROR_NAME, 1, 12, "`x` has no attribute `sum`", "call it: `.sum()`"},
};

static const ErrorCase calls[] = {
    {"x = [1, 2, 3]; x(2)", ERROR_TYPE, 1, 16, "`x` is a tensor of shape (3,), not a function",
     "an element is written `x[i]`, a product `x * (...)`"},
    {"assert(1 == 1, \"msg\")", ERROR_TYPE, 1, 7,
     "`assert` needs a single true/false, but `(1 == 1, \"msg\")` is a tuple",
     "write `assert condition, \"message\"`, without parentheses"},
    {"concatenate(1)", ERROR_TYPE, 1, 13, "cannot iterate over a number", ""},
    {"sorted(5)", ERROR_TYPE, 1, 8, "cannot iterate over a number", ""},
    {"x = 3; x(2)", ERROR_TYPE, 1, 8, "`x` is a number, not a function", "a product is written `x * (...)`"},
    {"y = 1\ngrad = tensor([1, 2])\ngrad(y)", ERROR_TYPE, 3, 1,
     "`grad` is a tensor of shape (2,) since line 2, not the function", "`del grad` brings the function back"},
    {"f(x, y) = x + y\nf(1)", ERROR_ARGUMENT, 2, 1, "f(x, y) needs `y`", ""},
    {"f(x, y) = x + y\nf(1, 2, 3)", ERROR_ARGUMENT, 2, 9, "`f` takes 2 arguments, got 3", "it is defined as f(x, y)"},
    {"x = zeros(2)\nadd([1, 2], [3, 4], x, 5, 6)", ERROR_ARGUMENT, 2, 24, "`add` takes 2 arguments and `out`, got 5",
     "add(x, y)"},
    {"f(x, speed=2) = x\nf(1, spede=3)", ERROR_ARGUMENT, 2, 6, "`f` has no argument `spede`: did you mean `speed`?",
     "it is defined as f(x, speed=2)"},
    {"f(x) = x\nf(1, x=3)", ERROR_ARGUMENT, 2, 6, "`f` got `x` twice", "it is defined as f(x)"},
    {"sin(1, 2, 3)", ERROR_ARGUMENT, 1, 8, "`sin` takes 1 argument, got 3", NULL},
    {"sum([1], axes=0)", ERROR_ARGUMENT, 1, 10, "`sum` has no argument `axes`", NULL},
    {"random.normal(loc=0)", ERROR_ARGUMENT, 1, 15, "`random.normal` has no argument `loc`", "the name here is `mean`"},
    {"random.normal(scale=2)", ERROR_ARGUMENT, 1, 15, "`random.normal` has no argument `scale`",
     "the name here is `std`"},
    {"random.normal(size=2)", ERROR_ARGUMENT, 1, 15, "`random.normal` has no argument `size`",
     "the name here is `shape`"},
    {"randint(3, size=2)", ERROR_ARGUMENT, 1, 12, "`randint` has no argument `size`", "the name here is `shape`"},
    {"choice(3, size=2)", ERROR_ARGUMENT, 1, 11, "`choice` has no argument `size`", "the name here is `n`"},
    {"randn(size=2)", ERROR_ARGUMENT, 1, 7, "`randn` has no argument `size`",
     "sizes come first, without a name: `randn(2, 3)`"},
    {"full(3, fill_value=2)", ERROR_ARGUMENT, 1, 9, "`full` has no argument `fill_value`", "the name here is `value`"},
    {"loadtxt(\"a\", skiprows=1)", ERROR_ARGUMENT, 1, 14, "`loadtxt` has no argument `skiprows`",
     "the name here is `skip_header`"},
    {"savetxt(\"a\", [1], fmt=\"%d\")", ERROR_ARGUMENT, 1, 19, "`savetxt` has no argument `fmt`",
     "numbers are written to the last bit; `round(x, 3)` shortens them"},
    {"np.ix_([0, 2], [1])", ERROR_NAME, 1, 4, "`np` has no function `ix_`",
     "write `x[i[:, newaxis], j]`: every row of `i` with every column of `j`"},
    {"sum([1], dim=0)", ERROR_ARGUMENT, 1, 10, "`sum` has no argument `dim`", "the name here is `axis`"},
    {"sum([1], keepdim=true)", ERROR_ARGUMENT, 1, 10, "`sum` has no argument `keepdim`", "the name here is `keepdims`"},
    {"loss = none; loss.backward()", ERROR_TYPE, 1, 14, "`loss` must be a tensor, not `none`", ""},
    {"backward(\"a\")", ERROR_TYPE, 1, 10, "`L` must be a tensor, not a string", ""},
    {"\"{}\".format(3)", ERROR_ARGUMENT, 1, 13, "`format` writes one value in a format like \".3f\"",
     "values are put into a text by f\"x = {x:.3f}\""},
    {"\"%d\" % 3", ERROR_TYPE, 1, 6, "cannot take the remainder of a string by a number",
     "values are put into a text by f\"x = {x:.3f}\""},
    {"\"a,b\".split(\",\")", ERROR_NAME, 1, 7, "a string has no method `split`",
     "strings have `s + t`, `s[1:3]`, `len(s)`, `t in s` and `for c in s`"},
    {"s = \"a\"; s.upper()", ERROR_NAME, 1, 12, "`s` has no method `upper`",
     "strings have `s + t`, `s[1:3]`, `len(s)`, `t in s` and `for c in s`"},
    {"int(nan)", ERROR_VALUE, 1, 1, "nan cannot become a whole number", ""},
    {"float(\"x\")", ERROR_VALUE, 1, 1, "\"x\" is not a number", ""},
    {"int(1, 2)", ERROR_ARGUMENT, 1, 1, "`int64` converts one value, got 2", ""},
};

static const ErrorCase parts[] = {
    {"x = [1, 2, 3]\nx[5]", ERROR_INDEX, 2, 3, "index 5 is out of range for `x` of size 3 (use 0 to 2, or -3 to -1)",
     ""},
    {"x = [1, 2, 3]\nx[1.5]", ERROR_INDEX, 2, 3, "index must be a whole number, got 1.5", ""},
    {"[1, 2][1e30]", ERROR_INDEX, 1, 8, "index 1e30 is out of range", ""},
    {"[1, 2][inf]", ERROR_INDEX, 1, 8, "index must be a whole number, got inf", ""},
    {"W = zeros((2, 2)); W[1, 2, 3]", ERROR_INDEX, 1, 28, "`W` has 2 axes, but 3 indices are given", ""},
    {"ones((2, 2))[0, 0, 0]", ERROR_INDEX, 1, 20, "the tensor has 2 axes, but 3 indices are given", ""},
    {"(1, 2)[()]", ERROR_INDEX, 1, 1, "a tuple is indexed by one whole number or one slice", ""},
    {"\"abc\"[()]", ERROR_INDEX, 1, 1, "a string is indexed by one whole number or one slice", ""},
    {"where([true], none, 0)", ERROR_ARGUMENT, 1, 1, "`where` needs a value for either side, and none is no value", ""},
    {"tensor(3)[0]", ERROR_INDEX, 1, 11, "the tensor has 0 axes, but 1 index is given", ""},
    {"ones(3)[5]", ERROR_INDEX, 1, 9, "index 5 is out of range for the tensor of size 3 (use 0 to 2, or -3 to -1)", ""},
    {"x = [1]; x[\"a\"]", ERROR_INDEX, 1, 12, "a tensor of shape (1,) cannot be indexed by a string", ""},
    {"x = 3; x[0]", ERROR_INDEX, 1, 8, "`x` is a number and cannot be indexed", ""},
    {"t = (1, 2); t[5]", ERROR_INDEX, 1, 15, "index 5 is out of range for `t` of size 2 (use 0 to 1, or -2 to -1)", ""},
    {"t = (1, 2); t[0] = 5", ERROR_TYPE, 1, 13, "a tuple cannot be changed",
     "make a new one, or use a tensor `[1, 2]` or a record `{a: 1}`"},
    {"x = [1, 2]; x[::0]", ERROR_INDEX, 1, 15, "the step of a slice cannot be 0", ""},
    {"r = {a: 1}; r[\"b\"]", ERROR_INDEX, 1, 13, "the record has no field `b`", ""},
    {"a, b = [1, 2, 3]", ERROR_VALUE, 1, 1, "cannot unpack 3 values into 2 names", ""},
    {"a, b = 5", ERROR_TYPE, 1, 1, "cannot unpack a number into 2 names",
     "only tuples and tensors with axes are unpacked"},
    {"x = tensor([1]); x.dtype = 3", ERROR_TYPE, 1, 20, "`dtype` cannot be assigned",
     "`.shape`, `.data` and `.grad` can be written"},
    {"x = tensor([1]); x.grad = 3", ERROR_SHAPE, 1, 20, "the gradient and `x` differ in shape: a scalar and (1,)", ""},
    {"def f() { x = tensor(2); h = x * x; L = h * 3\nbackward(h, retain_graph=false)\nbackward(L) }\nf()", ERROR_GRADIENT,
     3, 10, "the loss `L` depends on a result whose history was released",
     "compute the loss again, or leave out `retain_graph=false` and `clear_graph`"},
    {"x = [1]; x.grad = [3]", ERROR_GRADIENT, 1, 12, "`x` is a constant, which has no gradient", ""},
    {"x = tensor([1]); y = x[:]; y.grad = [3]", ERROR_GRADIENT, 1, 30,
     "the gradient of a view is a part of its base's: change that", ""},
    {"x = tensor([1]); x.grad *= 2", ERROR_TYPE, 1, 25, "cannot multiply `none` by a number", NULL},
    {"clip_grad((2,), 1)", ERROR_ARGUMENT, 1, 1, "`clip_grad`: variables are needed, not a number", NULL},
    {"clip_grad((tensor(2),), -1)", ERROR_ARGUMENT, 1, 1, "`clip_grad`: `max_norm` cannot be negative, got -1", NULL},
    {"for i in 5 { }", ERROR_TYPE, 1, 10, "cannot iterate over a number", "to count, use `range(n)`"},
    {"for i in range(2.5) { }", ERROR_VALUE, 1, 10, "`range` needs whole numbers, got 2.5", NULL},
    {"for i in range(1, 5, 0) { }", ERROR_VALUE, 1, 10, "the step of `range` must not be zero", ""},
    {"assert 1 > 2", ERROR_ASSERTION, 1, 8, "assertion failed: `1 > 2`", ""},
    {"import \"nowhere.mg\"", ERROR_FILE, 1, 8, "cannot read `nowhere.mg`: No such file or directory", ""},
};

#define CASES(name, table)                                                                           \
  START_TEST(name) { expect_error(&table[_i]); }                                                     \
  END_TEST

CASES(operators_explain, operators)
CASES(names_suggest, names)
CASES(calls_explain, calls)
CASES(parts_explain, parts)

START_TEST(frames_name_the_calls) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "g(x) = x + [1, 2, 3]\nf(x) = g(x) * 2\nf([1, 2])"), RUN_FAILED);
  const Error *error = session_error(session);
  ck_assert_str_eq(buffer_text(&error->message), "cannot add shapes `x` (2,) and (3,)");
  ck_assert_int_eq(error->frame_count, 2);
  ck_assert_str_eq(error->frames[0].name, "g");
  ck_assert_str_eq(error->frames[1].name, "f");
  ck_assert_uint_eq(source_place(session_sources(session), error->frames[1].call.start).line, 3);
  ck_assert_int_eq(error->label_count, 2);
  ck_assert_str_eq(error->labels[1].text, "last axis: 2 against 3");
  close_session(session);
}
END_TEST

START_TEST(a_later_definition_is_pointed_at) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "z = y + 1\ny = 3"), RUN_FAILED);
  const Error *error = session_error(session);
  ck_assert_int_eq(error->label_count, 1);
  ck_assert_str_eq(error->labels[0].text, "first defined here");
  ck_assert_uint_eq(source_place(session_sources(session), error->labels[0].span.start).line, 2);
  close_session(session);
}
END_TEST

/* ---- docs/coming_from.md promises that names of other libraries are known */

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

static bool is_known(const char *word) {
  static const char *const words[] = {"None", "True", "False", "no_autodiff"};
  char qualified[64];
  for (size_t k = 0; k < COUNT(words); k++)
    if (strcmp(words[k], word) == 0) return true;
  snprintf(qualified, sizeof qualified, "random.%s", word);
  return builtin_find(word, strlen(word)) || builtin_find(qualified, strlen(qualified)) || attribute_exists(word) ||
         dtype_from_name(word, &(DType){0}) ||
         foreign_member_hint(word);
}

/* Every function and method of one piece of code, and what follows a dot. */
static int check_code(const char *code, size_t length) {
  int checked = 0;
  for (size_t k = 0, start; k < length; k++) {
    for (start = k; k < length && is_word(code[k]); k++) { }
    char word[48];
    bool called = k < length && code[k] == '(', member = start > 0 && code[start - 1] == '.';
    bool whole = start == 0 && k == length, before_dot = k < length && code[k] == '.';
    if (k - start < 2 || before_dot || !(called || member || whole) || k - start >= sizeof word) continue;
    snprintf(word, sizeof word, "%.*s", (int)(k - start), code + start);
    ck_assert_msg(is_known(word), "`%.*s`: nothing is said about `%s`", (int)length, code, word);
    checked++;
  }
  return checked;
}

/* The first cells of the tables that say what a thing is called here: those with two columns. */
static int check_row(const char *line) {
  int checked = 0, bars = 0;
  for (const char *c = line; *c; c++) bars += *c == '|';
  if (bars != 3 || strncmp(line, "| ", 2) != 0) return 0;
  const char *end = strstr(line + 2, " | ");
  for (const char *open = strchr(line, '`'), *close; open && open < end; open = strchr(close + 1, '`')) {
    close = strchr(open + 1, '`');
    if (!close) break;
    checked += check_code(open + 1, (size_t)(close - open) - 1);
  }
  return checked;
}

START_TEST(names_that_the_page_lists_are_known) {
  FILE *file = fopen("docs/coming_from.md", "r");
  ck_assert_ptr_nonnull(file);
  char line[600];
  int checked = 0;
  while (fgets(line, sizeof line, file)) checked += check_row(line);
  fclose(file);
  ck_assert_int_gt(checked, 60);
}
END_TEST

START_TEST(hints_name_what_there_is) {
  FILE *file = fopen("evaluator/foreign.c", "r");
  ck_assert_ptr_nonnull(file);
  char line[600];
  int checked = 0;
  while (fgets(line, sizeof line, file)) {
    char *name = strstr(line, "the name here is `"), *end;
    if (!name || !(end = strchr(name += 18, '`'))) continue;
    *end = '\0';
    bool there = builtin_find(name, strlen(name)) || attribute_exists(name) || strstr("none inf nan", name);
    ck_assert_msg(there, "there is no `%s`", name);
    checked++;
  }
  fclose(file);
  ck_assert_int_gt(checked, 60);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("evaluator errors");
  TCase *test = tcase_create("errors");
#define LOOP(name, table) tcase_add_loop_test(test, name, 0, COUNT(table))
  LOOP(operators_explain, operators);
  LOOP(names_suggest, names);
  LOOP(calls_explain, calls);
  LOOP(parts_explain, parts);
  tcase_add_test(test, frames_name_the_calls);
  tcase_add_test(test, names_that_the_page_lists_are_known);
  tcase_add_test(test, hints_name_what_there_is);
  tcase_add_test(test, a_later_definition_is_pointed_at);
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
