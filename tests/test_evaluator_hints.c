/* SPDX-License-Identifier: MIT */
/* test_evaluator_hints.c: a hint is true where it stands. */
#include "evaluator/foreign.h"
#include "tests/evaluating.h"

#define TYPES "types: number bool tensor string tuple record range function dtype namespace none"

#define NO_TENSOR(name, what) "`" name "` must be a number or a tensor, not " what
static const ErrorCase types[] = {
  {"layernorm([1, 2], eps=\"a\")", ERROR_TYPE, 1, 23, NO_TENSOR("eps", "a string"), ""},
  {"layernorm([1, 2], eps=none)", ERROR_TYPE, 1, 23, NO_TENSOR("eps", "`none`"), ""},
  {"quantile([1, 2], \"a\")", ERROR_TYPE, 1, 18, NO_TENSOR("q", "a string"), ""},
  {"quantile({a: 1}, 0.5)", ERROR_TYPE, 1, 10, "a record is not a tensor", ""},
  {"isinstance(1, \"numbr\")", ERROR_VALUE, 1, 15, "there is no type \"numbr\"", "did you mean \"number\"?"},
  {"isinstance(1, \"\")", ERROR_VALUE, 1, 15, "there is no type \"\"", TYPES},
  {"isinstance(1, (\"number\", \"list\"))", ERROR_VALUE, 1, 15, "there is no type \"list\"", TYPES},
  {"isinstance([1], \"float64\")", ERROR_VALUE, 1, 17, "there is no type \"float64\"",
   "a dtype is written without quotes: `float64`"},
  {"isinstance(1, (\"number\", 2))", ERROR_TYPE, 1, 15,
   "a type is given by its name, like \"tensor\", or as a dtype, not as a number", TYPES},
  {"isinstance(\"a\", str)", ERROR_TYPE, 1, 17,
   "a type is given by its name, like \"tensor\", or as a dtype, not as a function", TYPES},
};

static const ErrorCase deletes[] = {
  {"del nope", ERROR_NAME, 1, 5, "unknown name `nope`", ""},
  {"y = sin(2); del pi, sinn", ERROR_NAME, 1, 21, "unknown name `sinn`", ""},
  {"del null", ERROR_NAME, 1, 5, "unknown name `null`", ""},
  {"del q", ERROR_NAME, 1, 5, "unknown name `q`", ""},
  {"sin = 2; del sinn", ERROR_NAME, 1, 14, "unknown name `sinn`", "did you mean `sin`?"},
  {"value = 1; del valu", ERROR_NAME, 1, 16, "unknown name `valu`", "did you mean `value`?"},
  {"value = 1\ndef f(speed) { del valu }\nf(1)", ERROR_NAME, 2, 20, "unknown name `valu`", ""},
  {"def f(speed) { del sped }\nf(1)", ERROR_NAME, 1, 20, "unknown name `sped`", "did you mean `speed`?"},
};

#define BITS(call) "the bits of whole numbers are combined by `" call "`"
#define COMPARED(sign) "comparisons are put in parentheses: `(a < b) " sign " (c < d)`"

static const ErrorCase bits[] = {
  {"a = tensor([6, 3], dtype=int); a & 1", ERROR_TYPE, 1, 32,
   "`&` combines booleans, but one side is a tensor of type int64", BITS("bitwise_and(a, 1)")},
  {"3 | 4", ERROR_TYPE, 1, 1, "`|` combines booleans, but one side is a number", BITS("bitwise_or(3, 4)")},
  {"true & [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1].astype(int)", ERROR_TYPE, 1, 8,
   "`&` combines booleans, but one side is a tensor of type int64", BITS("bitwise_and(true, y)")},
  {"f = x -> x & 1; f(2)", ERROR_TYPE, 1, 10, "`&` combines booleans, but one side is a number",
   BITS("bitwise_and(x, 1)")},
  {"(1 & 2) > 1", ERROR_TYPE, 1, 2, "`&` combines booleans, but one side is a number", BITS("bitwise_and(1, 2)")},
  {"2.5 & 1", ERROR_TYPE, 1, 1, "`&` combines booleans, but one side is a number", ""},
  {"y = [1.5]; (y > 1) & y", ERROR_TYPE, 1, 22, "`&` combines booleans, but one side is a tensor of type float64", ""},
  {"1 | none", ERROR_TYPE, 1, 1, "`|` combines booleans, but one side is a number", ""},
  {"x = [1, 2]; x > 1 & x < 3", ERROR_TYPE, 1, 17, "`&` combines booleans, but one side is a number", COMPARED("&")},
  {"x = 1; x == 1 | x == 3", ERROR_TYPE, 1, 13, "`|` combines booleans, but one side is a number", COMPARED("|")},
  {"1 | 2 != 3", ERROR_TYPE, 1, 1, "`|` combines booleans, but one side is a number", COMPARED("|")},
};

static const ErrorCase extremes[] = {
  {"max(3, 5)", ERROR_INDEX, 1, 8, "max(x, axis) goes along an axis, and a scalar has none", "of two values: maximum(x, y)"},
  {"min([1, 2], [3, 4])", ERROR_INDEX, 1, 13, "axis 3 is out of range for (2,) (use 0 or -1)",
   "of two values: minimum(x, y)"},
  {"x = [1.5, -2]; max(x, 0.5)", ERROR_TYPE, 1, 23, "`axis` must hold whole numbers, got 0.5", "of two values: maximum(x, y)"},
  {"x = [1.5, -2]; min(0, x)", ERROR_TYPE, 1, 23, "`axis` must hold whole numbers, got 1.5", "of two values: minimum(x, y)"},
  {"max([1, 2], axis=3)", ERROR_INDEX, 1, 18, "axis 3 is out of range for (2,) (use 0 or -1)", ""},
};

/* A variable under the name of a namespace. */
static const ErrorCase hidden[] = {
  {"np = 4; np.zeros(3)", ERROR_ARGUMENT, 1, 18, "`zeros` takes its shape as one tuple",
   "`np` is a number since line 1; `del np` brings the namespace back"},
  {"np = [3, 1, 2]; np.sin(1)", ERROR_ARGUMENT, 1, 24, "`sin` takes 1 argument, got 2",
   "`np` is a tensor of shape (3,) since line 1; `del np` brings the namespace back"},
  {"linalg = 3; linalg.norm([3, 4])", ERROR_TYPE, 1, 25, "`ord` must be a number, not a tensor",
   "`linalg` is a number since line 1; `del linalg` brings the namespace back"},
  {"np = [3]; np.iinfo()", ERROR_NAME, 1, 14, "`np` has no method `iinfo`",
   "`np` is a tensor of shape (1,) since line 1; `del np` brings the namespace back"},
  {"f(random) = random.rand(2)\nf([1])", ERROR_ARGUMENT, 1, 13, "`rand` takes sizes, or one tuple of sizes, not both",
   "`random` is a tensor of shape (1,) here, not the namespace"},
};

static const ErrorCase records[] = {
  {"w = tensor([1, 2]); opt = sgd(w); step(opt)", ERROR_NAME, 1, 35, "unknown function `step`", "write `opt.step()`"},
  {"w = tensor([1, 2]); opt = sgd(w); zero_grad(opt)", ERROR_NAME, 1, 35, "unknown function `zero_grad`",
   "write `opt.zero_grad()`"},
  {"r = {scale: (x, y) -> x * y}; scale(r, 3)", ERROR_NAME, 1, 31, "unknown function `scale`", "write `r.scale(...)`"},
  {"r = {scale: (x, y) -> x * y}; scale ( r , 3)", ERROR_NAME, 1, 31, "unknown function `scale`", "write `r.scale(...)`"},
  {"r = {stride: 2}; stride(r)", ERROR_NAME, 1, 18, "unknown function `stride`", ""},
};

#define NAMELESS "variables are needed, not a result of `multiply` without a name"
#define NAME_IT "give what the result is computed from, or a name: `v = tensor(...)`"

static const ErrorCase gradients[] = {
  {"x = [1, 2]; grad(x) + 1", ERROR_TYPE, 1, 21, "cannot add `none` and a number",
   "it is a constant; `tensor(...)` makes a variable"},
  {"x = tensor(3); backward(x); null_grad(x); x.grad + 1", ERROR_TYPE, 1, 50, "cannot add `none` and a number",
   "the gradient that it had was forgotten after the last backward"},
  {"x = tensor(3); backward(x); null_grad(x); y = tensor(2); backward(y); x.grad + 1", ERROR_TYPE, 1, 78,
   "cannot add `none` and a number", "the last backward did not reach it"},
  {"w = tensor([1, 2]); adam((w * 2,))", ERROR_GRADIENT, 1, 26, NAMELESS, NAME_IT},
  {"w = tensor([1, 2]); sgd({layer: {w: w, v: w * 2}})", ERROR_GRADIENT, 1, 25, NAMELESS, NAME_IT},
  {"w = tensor([1, 2]); lbfgs(w * 2)", ERROR_GRADIENT, 1, 27, NAMELESS, NAME_IT},
  {"x = tensor([3]); backward(sum(x)); x.grad[0] = 100", ERROR_VALUE, 1, 36,
   "`x.grad` is a new tensor: what is written into it is lost", "write `g = x.grad; g[...] = e; x.grad = g`"},
  {"x = tensor([3]); backward(sum(x)); grad(x)[0] = 100", ERROR_VALUE, 1, 36,
   "`grad(x)` is a new tensor: what is written into it is lost", "write `g = grad(x); g[...] = e; x.grad = g`"},
};

#define ATTRIBUTE(name) "tensors have it as an attribute: write `x." name "`"

/* What docs/coming_from.md promises. */
static const ErrorCase foreign[] = {
  {"mg.computational_graph.build_graph(3)", ERROR_NAME, 1, 4, "`mg` has no function `computational_graph`",
   "write `graph(L)`"},
  {"build_graph(3)", ERROR_NAME, 1, 1, "unknown function `build_graph`", "write `graph(L)`"},
  {"np.shape([1])", ERROR_NAME, 1, 4, "`np` has no function `shape`", ATTRIBUTE("shape")},
  {"torch.size([1])", ERROR_NAME, 1, 1, "unknown name `torch`", ATTRIBUTE("size")},
  {"np.random.random((2, 3))", ERROR_TYPE, 1, 1, "`np.random.random` is a namespace, not a function",
   "numbers between 0 and 1 are `rand(2, 3)`"},
  {"np.isin([1], [2])", ERROR_NAME, 1, 4, "`np` has no function `isin`",
   "write `any(x[..., newaxis] == values, axis=-1)`"},
  {"np.fft.fft([1])", ERROR_NAME, 1, 4, "`np` has no function `fft`", "there is no Fourier transform: numbers are real"},
  {"np.iinfo(int)", ERROR_NAME, 1, 4, "`np` has no function `iinfo`",
   "whole numbers of dtype int64 reach from -2 ** 63 to 2 ** 63 - 1"},
  {"repmat([1], 2)", ERROR_NAME, 1, 1, "unknown function `repmat`", "the name here is `tile`"},
  {"tuple([1, 2])", ERROR_NAME, 1, 1, "unknown function `tuple`",
   "a tuple is written `(1, 2)`; loops take tensors as they are"},
  {"r = {a: 1}; r.items()", ERROR_NAME, 1, 15, "`r` has no field `items`", RECORD_HINT},
  {"r = {item: 1}; r.items()", ERROR_NAME, 1, 18, "`r` has no field `items`", "did you mean `item`?"},
  {"r = {a: 1}; r.items", ERROR_NAME, 1, 15, "`r` has no field `items`", ""},
  {"for k, v in {a: 1} { }", ERROR_TYPE, 1, 5, "cannot unpack a string into 2 names", RECORD_HINT},
  {"for k, v in (\"a\",) { }", ERROR_TYPE, 1, 5, "cannot unpack a string into 2 names", ""},
  {"zeros(2, dtype=float16)", ERROR_NAME, 1, 16, "unknown name `float16`", DTYPES_HINT},
  {"zeros(2, dtype=\"float16\")", ERROR_TYPE, 1, 16, "there is no dtype \"float16\"", DTYPES_HINT},
  {"x = tensor(3); y = x * x; clear_graph(y); grad(y, x)", ERROR_GRADIENT, 1, 48,
   "the history of `y` was released at line 1", "keep the history there, or compute `y` again"},
  {"Infinity", ERROR_NAME, 1, 1, "unknown name `Infinity`", "the name here is `inf`"},
  {"with open(\"f\") as f: f.read()", ERROR_SYNTAX, 1, 6, "expected an operator or end of line, found `open`",
   "write `no_autodiff { ... }`; a file is read by `read_file(name)`"},
};

#define RADIANS "angles are in radians: `sin(radians(30))`"
#define NOT_FUNCTION "`f` must be a function, not a number"
#define CALLED "call it: "

static const ErrorCase notation[] = {
  {"integrate(x^2, 0, 1)", ERROR_NAME, 1, 11, "unknown name `x`", "`integrate` takes a function: `x -> x^2`"},
  {"3 + solve(t^2 == 4*t - 1, 1)", ERROR_NAME, 1, 11, "unknown name `t`",
   "`solve` takes a function: `t -> t^2 - (4*t - 1)`"},
  {"odeint(-y, 1, [0, 1])", ERROR_NAME, 1, 9, "unknown name `y`",
   "`odeint` takes a function: an example is in `help(odeint)`"},
  {"plot(sin(x), 0, 6)", ERROR_NAME, 1, 10, "unknown name `x`", "`plot` takes a function: `x -> sin(x)`"},
  {"minimize(w -> w^2 + x, 1)", ERROR_NAME, 1, 21, "unknown name `x`",
   "give it a value, `x = 2`, or define a function of it, `f(x) = ...`"},
  {"f = x, y -> x", ERROR_NAME, 1, 5, "unknown name `x`", "a function of several arguments is `(x, y) -> ...`"},
  {"x,y ,z ->  x", ERROR_NAME, 1, 1, "unknown name `x`", "a function of several arguments is `(x,y ,z) -> ...`"},
  {"map(x, y -> x)", ERROR_NAME, 1, 5, "unknown name `x`", "give it a value, `x = 2`, or define a function of it, `f(x) = ...`"},
  {"D(x)", ERROR_NAME, 1, 3, "unknown name `x`", "give it a value, `x = 2`, or define a function of it, `f(x) = ...`"},
  {"x = 3; integrate(x^2, 0, 1)", ERROR_TYPE, 1, 18, NOT_FUNCTION, "write `x -> x^2`"},
  {"x = 3; a = 2; D(a * sin(pi * x))", ERROR_TYPE, 1, 17, NOT_FUNCTION, "write `x -> a * sin(pi * x)`"},
  {"x = 3; solve(x^2 == 4, 1)", ERROR_TYPE, 1, 14, "`f` must be a function, not a bool", "write `x -> x^2 - 4`"},
  {"t = 3; D(t + t + t + t + t + t + t + t + t + t)", ERROR_TYPE, 1, 10, NOT_FUNCTION, "write `t -> ...`"},
  {"y = 3; D(y)", ERROR_TYPE, 1, 10, NOT_FUNCTION, "make it a function: `y(x) = ...`"},
  {"solve([[1, 2], [3, 4]], [1, 2])", ERROR_TYPE, 1, 7, "`f` must be a function, not a tensor",
   "of matrices it is `linalg.solve`"},
  {"x = 1; sin^2(x)", ERROR_TYPE, 1, 11, "cannot raise a function to the power of a number", CALLED "`sin(x)^2`"},
  {"x = 1; sin^2x", ERROR_TYPE, 1, 11, "cannot raise a function to the power of a number", CALLED "`sin(x)^2`"},
  {"cos^-1(1)", ERROR_TYPE, 1, 4, "cannot raise a function to the power of a number", CALLED "`arccos(1)`"},
  {"sqrt*4", ERROR_TYPE, 1, 5, "cannot multiply a function by a number", CALLED "`sqrt(4)`"},
  {"sqrt*(4 + 1)", ERROR_TYPE, 1, 5, "cannot multiply a function by a number", CALLED "`sqrt(4 + 1)`"},
  {"sign -2", ERROR_TYPE, 1, 6, "cannot subtract a number from a function", CALLED "`sign(-2)`"},
  {"sqrt - 2", ERROR_TYPE, 1, 6, "cannot subtract a number from a function", CALLED "`sqrt(...)`"},
  {"sin' + 1", ERROR_TYPE, 1, 6, "cannot add a function and a number", CALLED "`sin'(...)`"},
  {"\"x = \" + 3", ERROR_TYPE, 1, 8, "cannot add a string and a number",
   "`str(x)` is the text of a value; or write f\"x = {x}\""},
  {"x(x + 1)", ERROR_NAME, 1, 1, "unknown function `x`", "to multiply, write `x*(...)`; a function is `x(t) = ...`"},
  {"g(2)", ERROR_NAME, 1, 1, "unknown function `g`", "define it first: `g(x) = ...`"},
  {"y = d/dx", ERROR_NAME, 1, 5, "unknown name `d`", "a derivative is written `f'(x)` or `derivative(f, x)`"},
  {"plot(sin, label=\"f\")", ERROR_ARGUMENT, 1, 11, "`plot` has no argument `label`", "the name here is `labels`"},
  {"plot(sin, color=\"red\")", ERROR_ARGUMENT, 1, 11, "`plot` has no argument `color`",
   "its arguments: `help(plot)`"},
  {"plot(sin, ylabl=\"f\")", ERROR_ARGUMENT, 1, 11, "`plot` has no argument `ylabl`", "did you mean `ylabel`?"},
  {"console.log(3)", ERROR_NAME, 1, 1, "unknown name `console`", "write `print(x)`"},
  {"plt.show()", ERROR_NAME, 1, 1, "unknown name `plt`", "leave it out: `plot` draws at once"},
  {"Math.PI", ERROR_NAME, 1, 1, "unknown name `Math`", "write the bare name: `pi`"},
  {"loss.backward()", ERROR_NAME, 1, 1, "unknown name `loss`", ""},
  {"limit(sin, 0)", ERROR_NAME, 1, 1, "unknown function `limit`",
   "there are no limits: look at values nearby, as `f(1e-6)`"},
  {"sind(30)", ERROR_NAME, 1, 1, "unknown function `sind`", RADIANS},
};

#define END_OF_VALUE(found) "expected an operator or end of line, found " found

static const ErrorCase syntax[] = {
  {"d/dx f", ERROR_SYNTAX, 1, 6, END_OF_VALUE("`f`"), "the derivative is the function `D(f)`"},
  {"f'3", ERROR_SYNTAX, 1, 3, END_OF_VALUE("a number"), "to call, write `f'(3)`"},
  {"sin''2x", ERROR_SYNTAX, 1, 6, END_OF_VALUE("a number"), "to call, write `sin''(2x)`"},
  {"f x = x^2", ERROR_SYNTAX, 1, 3, END_OF_VALUE("`x`"), "a function is defined by `f(x) = ...`"},
  {"int x = 2", ERROR_SYNTAX, 1, 5, END_OF_VALUE("`x`"), "a name needs no declaration: `x = 1`"},
  {"sin^2 2x", ERROR_SYNTAX, 1, 7, END_OF_VALUE("a number"), "write `sin(2x)^2`"},
  {"y = sin\xC2\xB2(2x) + 1", ERROR_SYNTAX, 1, 8, "unexpected character `\xC2\xB2`", "write `sin(2x)**2`"},
  {"cos\xE2\x81\xBB\xC2\xB9 x", ERROR_SYNTAX, 1, 4, "unexpected character `\xE2\x81\xBB`", "write `arccos(x)`"},
  {"y = sin 2x + 1", ERROR_SYNTAX, 1, 9, END_OF_VALUE("a number"), "to call, write `sin(2x)`; to multiply, `sin*2x`"},
  {"def f(x) {\n\treturn sin x\n}", ERROR_SYNTAX, 2, 13, "expected `,`, `}` or end of line, found `x`",
   "to call, write `sin(x)`; to multiply, `sin*x`"},
  {"alphabet betagamma^2", ERROR_SYNTAX, 1, 10, END_OF_VALUE("`betagamma`"), "to call, write `alphabet(betagamma^2)`"},
  {"print \"x\", 2; y", ERROR_SYNTAX, 1, 7, END_OF_VALUE("a string"), "write `print(\"x\", 2)`"},
  {"print \"x\" \"y\"", ERROR_SYNTAX, 1, 7, END_OF_VALUE("a string"), "write `print(...)`"},
  {"d\xC2\xB2/dx\xC2\xB2 x^3", ERROR_SYNTAX, 1, 2, "unexpected character `\xC2\xB2`", "a second derivative is written `f''(x)`"},
  {"7 div 2", ERROR_SYNTAX, 1, 3, END_OF_VALUE("`div`"), "a whole quotient is written `x // y`"},
  {"[1 2 3]", ERROR_SYNTAX, 1, 4, "expected `,`, `]` or `for`, found a number", "commas stand between elements: `[1, 2]`"},
  {"{1, 2}", ERROR_SYNTAX, 1, 2, "expected a string, a name or `}`, found a number",
   "a list is written `[1, 2]`, a record `{a: 1, b: 2}`"},
  {"Plot[x^2, {x, 0}]", ERROR_SYNTAX, 1, 13, "expected `:`, found `,`",
   "a list is written `[1, 2]`, a record `{a: 1, b: 2}`"},
  {"x =< 3", ERROR_SYNTAX, 1, 4, "expected a value, found `<`", "to compare use `<=`"},
  {"\"say \"hi\"\"", ERROR_SYNTAX, 1, 7, END_OF_VALUE("`hi`"), "a quote in a string is `\\\"`"},
  {"for i in 1..5 { i }", ERROR_SYNTAX, 1, 10, "`1..5` is not a number", "to count from 1 to 3, write `range(1, 4)`"},
  {"1.000.000", ERROR_SYNTAX, 1, 1, "`1.000.000` is not a number", "digits are grouped by `_`: `1_000_000`"},
  {"3.14.159", ERROR_SYNTAX, 1, 1, "`3.14.159` is not a number", ""},
  {"% comment", ERROR_SYNTAX, 1, 1, "expected a statement, found `%`", "a comment starts with `#`"},
  {"(50%)", ERROR_SYNTAX, 1, 5, "expected a value, found `)`", "a percentage is `50 / 100`; `%` is the remainder"},
  {"x{1}", ERROR_SYNTAX, 1, 2, END_OF_VALUE("`{`"), "an element is written `x[0]`, a call `f(x)`"},
  {"x = 2; sinx", ERROR_NAME, 1, 8, "unknown name `sinx`", "to call, write `sin(x)`"},
  {"x = 2; y = [1]; 2xy", ERROR_NAME, 1, 18, "unknown name `xy`", "to multiply, write `x*y`"},
  {"x = 2; log(100, 10)", ERROR_ARGUMENT, 1, 17, "`log` takes 1 argument, got 2",
   "the logarithm to the base b is `log(x) / log(b)`"},
  {"f(x): x^2", ERROR_SYNTAX, 1, 5, END_OF_VALUE("`:`"), "a function is defined by `f(x) = e` or `def f(x) { ... }`"},
  {"x^{2}", ERROR_SYNTAX, 1, 4, "expected a string, a name or `}`, found a number",
   "an exponent is put in `( )`: `x^(n + 1)`"},
  {"\\frac{1}{2}", ERROR_SYNTAX, 1, 1, "unexpected character `\\`",
   "programs are no LaTeX: write `sin(x)`, `a / b`, `alpha`"},
  {"1 + 2i", ERROR_NAME, 1, 6, "unknown name `i`", "numbers are real: there are no complex ones"},
  {"linspace(0, 1, steps=3)", ERROR_ARGUMENT, 1, 16, "`linspace` has no argument `steps`", "the name here is `num`"},
  {"sort([3, 1], descending=true)", ERROR_ARGUMENT, 1, 14, "`sort` has no argument `descending`",
   "write `flip(sort(x))`"},
  {"sin(30 deg)", ERROR_SYNTAX, 1, 8, "expected `,` or `)`, found `deg`", RADIANS},
};

/* Functions are compared, solved and differentiated; what is something else is told before it gives a wrong answer. */
static const ErrorCase functions[] = {
  {"x = 3; same((t -> t ** 2)', 2x)", ERROR_TYPE, 1, 29, "`same` compares functions, but this is a number",
   "write it as a function: `x -> 2x`"},
  {"t = 3; same(2 * t ** 2, sin)", ERROR_TYPE, 1, 13, "`same` compares functions, but this is a number",
   "write it as a function: `t -> 2 * t ** 2`"},
  {"solve(x -> x^2 == 4, 1)", ERROR_TYPE, 1, 1, "`solve` looks for a zero, but f gives true or false",
   "x ** 2 == 4 is solved by `solve(x -> x ** 2 - 4, 1)`"},
  {"solve(x -> x > [4, 5], [1, 2])", ERROR_TYPE, 1, 1, "`solve` looks for a zero, but f gives true or false",
   "x ** 2 == 4 is solved by `solve(x -> x ** 2 - 4, 1)`"},
  {"f(x) = x ** 2; D(f, 1)", ERROR_ARGUMENT, 1, 21, "there is no argument 1: the function takes 1 argument",
   "arguments are counted from 0, and that is the only one"},
  {"grad((a, b) -> a * b, -3)", ERROR_ARGUMENT, 1, 23, "there is no argument -3: the function takes 2 arguments",
   "arguments are counted from 0: use 0 to 1"},
  {"jacobian((a, b) -> a * b, (0, 2))", ERROR_ARGUMENT, 1, 27,
   "there is no argument 2: the function takes 2 arguments", "arguments are counted from 0: use 0 to 1"},
};

/* Messages are short, and what they leave out is in the hint. */
#define NO_DERIVATIVE "`check_grad`: the derivative by element 0 of argument 0 does not exist"
static const ErrorCase lengths[] = {
  {"f = custom_op((a, b) -> a * b, (g, a, b) -> g); x = tensor(2); backward(f(x, x))", ERROR_GRADIENT, 1, 73,
   "the backward function of `custom_op` returned 1 gradient for 2 arguments",
   "it returns one gradient for each argument, several as a tuple"},
  {"x = tensor([[1, 2], [3, 4]]); y = x.T; y.shape = 4", ERROR_SHAPE, 1, 40,
   "cannot give the view `y` another shape in place",
   "its elements do not lie one after the other; `reshape(x, shape)` copies them"},
  {"check_grad(abs, 0)", ERROR_USER, 1, 1, NO_DERIVATIVE,
   "there is a kink with slope -1 on the left and 1 on the right"},
  {"check_grad(floor, 2)", ERROR_USER, 1, 1, NO_DERIVATIVE,
   "the value jumps from 1 on the left over 2 to 2 on the right"},
};

/* What is chosen by a tensor is chosen element by element. */
#define UNDECIDED(test) "`if` needs a single true/false, but `" test "` has shape (2,)"
#define ELEMENTWISE(call) "element by element, write `where(" call ")`"
#define ONCE "`all(x > 0)` or `any(x > 0)`"
static const ErrorCase choices[] = {
  {"f(x) = x if x > 0 else -x\nf'([1, -1])", ERROR_VALUE, 1, 13, UNDECIDED("x > 0"), ELEMENTWISE("x > 0, x, -x")},
  {"x = [1, 2]; y = 2 if (x > 1) else sum([[1, 2], [3, 4], [5, 6]] ** 2, axis=0)", ERROR_VALUE, 1, 22, UNDECIDED("(x > 1)"),
   ELEMENTWISE("(x > 1), a, b")},
  {"def f(x) { if x > 0 { return x } else { return -x } }\nf([1, 2])", ERROR_VALUE, 1, 15, UNDECIDED("x > 0"),
   ELEMENTWISE("x > 0, x, -x")},
  {"x = [1, 2]; if x > 0 { y = 1 } else { y = 2 }", ERROR_VALUE, 1, 16, UNDECIDED("x > 0"),
   ELEMENTWISE("x > 0, 1, 2")},
  {"x = [1, 2]; if x > 0 { print(1) } else { print(2) }", ERROR_VALUE, 1, 16, UNDECIDED("x > 0"),
   "`all(x > 0)` or `any(x > 0)`"},
  {"x = [1, 2]; if x > 0 { y = 1 } else { z = 2 }", ERROR_VALUE, 1, 16, UNDECIDED("x > 0"), ONCE},
  {"x = [1, 2]; \"a\" if x > 0 else \"b\"", ERROR_VALUE, 1, 20, UNDECIDED("x > 0"), ONCE},
  {"x = [1, 2]; 3 if x > 0 else none", ERROR_VALUE, 1, 18, UNDECIDED("x > 0"), ONCE},
  {"x = [1, 2]; sin if x > 0 else cos", ERROR_VALUE, 1, 20, UNDECIDED("x > 0"), ONCE},
  {"x = [1, 2]; 3 if x > 0 else (t -> t)", ERROR_VALUE, 1, 18, UNDECIDED("x > 0"), ONCE},
  {"x = [1, 2]; {a: 1} if x > 0 else {a: 2}", ERROR_VALUE, 1, 23, UNDECIDED("x > 0"), ONCE},
  {"x = [1, 2]; (1, 2) if x > 0 else 3", ERROR_VALUE, 1, 23, UNDECIDED("x > 0"), ONCE},
  {"f(x) = 1 if x > 0 else x * f(x + 1)\nf([1, 2])", ERROR_VALUE, 1, 13, UNDECIDED("x > 0"), ONCE},
  {"def g() { f(x) = 1 if x > 0 else 2 * f(x)\n return f([1, 2]) }\ng()", ERROR_VALUE, 1, 23, UNDECIDED("x > 0"), ONCE},
  {"factorial(x) = 1 if x > 0 else x * factorial(x + 1)\nfactorial([1, 2])", ERROR_VALUE, 1, 21, UNDECIDED("x > 0"), ONCE},
  {"f(x) = sin(x) if x > 0 else x[:1] + np.cos(x)\nf([1, 2])", ERROR_VALUE, 1, 18, UNDECIDED("x > 0"),
   ELEMENTWISE("x > 0, sin(x), x[:1] + np.cos(x)")},
  {"x = [1, 2]; if x > 0 { print(1) }", ERROR_VALUE, 1, 16, UNDECIDED("x > 0"), "`all(x > 0)` or `any(x > 0)`"},
  {"x = [1, 2]; 3 if item(x) else 4", ERROR_SHAPE, 1, 23, "`item` needs a single number, but this has shape (2,)", ""},
};

/* What a function must return is said of the function that was called. */
#define RETURNED(name, what) "`" name "` needs a function that returns a tensor, but it returned " what
static const ErrorCase results[] = {
  {"integrate(x -> \"a\", 0, 1)", ERROR_TYPE, 1, 1, RETURNED("integrate", "a string"), ""},
  {"integrate(x -> none, 0, inf)", ERROR_TYPE, 1, 1, RETURNED("integrate", "`none`"), ""},
  {"solve(x -> (x, x), 1)", ERROR_TYPE, 1, 1, RETURNED("solve", "a tuple"), "a tensor is written `[a, b]`"},
  {"odeint((y, t) -> (y[1], -y[0]), [1, 0], [0, 1])", ERROR_TYPE, 1, 1, RETURNED("odeint", "a tuple"),
   "a tensor is written `[a, b]`"},
  {"odeint((y, t) -> \"a\", 1, [0, 1])", ERROR_TYPE, 1, 1, RETURNED("odeint", "a string"), ""},
  {"taylor(x -> {a: x}, 1, 2)", ERROR_TYPE, 1, 1, RETURNED("taylor", "a record"), ""},
  {"fit((p, x) -> \"a\", 1, [1, 2], [1, 2])", ERROR_TYPE, 1, 1,
   "`fit` needs a model that returns a tensor, but it returned a string", ""},
  {"def f(x) { x ** 2 }\nsolve(f, 1)", ERROR_TYPE, 2, 1, RETURNED("solve", "`none`"),
   "`f` has no `return` at its end: write `return x ** 2`"},
  {"jacobian(x -> \"a\")([1, 2])", ERROR_GRADIENT, 1, 1, RETURNED("jacobian", "a string"), ""},
  {"custom_op(x -> \"a\", (g, x) -> g)(2)", ERROR_GRADIENT, 1, 1, RETURNED("custom_op", "a string"), ""},
};

/* Numbers are named as they are shown. */
static const ErrorCase numbers[] = {
  {"tensor(2.0**63, dtype=int)", ERROR_TYPE, 1, 1, "9.223372036854776e18 is out of the range of dtype int64",
   "`astype(x, int64)` makes it fit"},
  {"n = tensor([1, 2], dtype=int); n[0] = 0.1", ERROR_TYPE, 1, 32, "cannot write 0.1 into `n` of type int64",
   "convert it first: `astype(x, float64)`"},
  {"loadtxt(\"a\", skip_header=-1)", ERROR_ARGUMENT, 1, 26, "`skip_header` cannot be negative, got -1", ""},
};

#define BOUNDS "numbers without a name are sizes: name `lower_bound=` and `upper_bound=`"
static const ErrorCase sizes[] = {
  {"uniform(1, 2, (2,))", ERROR_ARGUMENT, 1, 9, "`uniform` takes sizes, or one tuple of sizes, not both", BOUNDS},
  {"uniform(-1, 1)", ERROR_SHAPE, 1, 9, "a shape cannot hold a negative size, got -1", BOUNDS},
  {"uniform(0.5, 1)", ERROR_TYPE, 1, 9, "`shape` must hold whole numbers, got 0.5", BOUNDS},
  {"he_normal(2, [2, 3])", ERROR_ARGUMENT, 1, 11, "`he_normal` takes sizes, or one tuple of sizes, not both",
   "numbers without a name are sizes: name `gain=`"},
  {"rand(2, (3,))", ERROR_ARGUMENT, 1, 6, "`rand` takes sizes, or one tuple of sizes, not both", ""},
  {"uniform((2, -1))", ERROR_SHAPE, 1, 9, "a shape cannot hold a negative size, got -1", ""},
};

#define CASES(name, table) \
  START_TEST(name) { expect_error(&table[_i]); } \
  END_TEST

CASES(types_are_checked, types)
CASES(bits_are_told_from_booleans, bits)
CASES(extremes_of_two_values_are_told, extremes)
CASES(only_own_names_are_deleted, deletes)
CASES(notation_of_textbooks_is_known, notation)
CASES(syntax_of_textbooks_is_known, syntax)
CASES(functions_are_told_from_values, functions)
CASES(messages_are_short, lengths)
CASES(choices_by_tensors_are_elementwise, choices)
CASES(sizes_are_told_from_bounds, sizes)
CASES(functions_of_records_are_found, records)
CASES(hidden_namespaces_are_told, hidden)
CASES(results_of_functions_are_checked, results)
CASES(numbers_are_named_as_shown, numbers)
CASES(missing_gradients_are_explained, gradients)
CASES(words_of_other_libraries_are_known, foreign)

START_TEST(names_of_namespaces_can_be_used) {
  expect_output("double(x) = 2 * x; random = [1, 2]; print(random.sum(), random.reshape((2, 1)).shape, random.double())\n"
                "del random; print(random.rand(2).shape); np = {f: x -> x + 1}; print(np.f(2))",
                "3 (2, 1) [2, 4]\n(2,)\n3\n");
}
END_TEST

START_TEST(types_are_told_apart) {
  expect_output("print(isinstance(1, \"number\"), isinstance(\"a\", (\"tensor\", \"string\")), isinstance([1], float),"
                " isinstance(sin, \"function\"), isinstance(none, \"none\"), isinstance(true, \"number\"),"
                " isinstance(1, ()))",
                "true true true true true false false\n");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("evaluator hints");
  TCase *test = tcase_create("hints");
  tcase_add_loop_test(test, types_are_checked, 0, COUNT(types));
  tcase_add_loop_test(test, bits_are_told_from_booleans, 0, COUNT(bits));
  tcase_add_loop_test(test, extremes_of_two_values_are_told, 0, COUNT(extremes));
  tcase_add_loop_test(test, only_own_names_are_deleted, 0, COUNT(deletes));
  tcase_add_loop_test(test, functions_are_told_from_values, 0, COUNT(functions));
  tcase_add_loop_test(test, choices_by_tensors_are_elementwise, 0, COUNT(choices));
  tcase_add_loop_test(test, sizes_are_told_from_bounds, 0, COUNT(sizes));
  tcase_add_loop_test(test, functions_of_records_are_found, 0, COUNT(records));
  tcase_add_loop_test(test, hidden_namespaces_are_told, 0, COUNT(hidden));
  tcase_add_test(test, names_of_namespaces_can_be_used);
  tcase_add_loop_test(test, results_of_functions_are_checked, 0, COUNT(results));
  tcase_add_loop_test(test, numbers_are_named_as_shown, 0, COUNT(numbers));
  tcase_add_loop_test(test, messages_are_short, 0, COUNT(lengths));
  tcase_add_loop_test(test, missing_gradients_are_explained, 0, COUNT(gradients));
  tcase_add_loop_test(test, words_of_other_libraries_are_known, 0, COUNT(foreign));
  tcase_add_loop_test(test, notation_of_textbooks_is_known, 0, COUNT(notation));
  tcase_add_loop_test(test, syntax_of_textbooks_is_known, 0, COUNT(syntax));
  tcase_add_test(test, types_are_told_apart);
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
