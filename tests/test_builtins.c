/* SPDX-License-Identifier: MIT */
/* test_builtins.c: every builtin does what its row says: its example prints what it gives; signatures read and show. */
#include <stdlib.h>
#include <unistd.h>
#include "evaluator/call.h"
#include "tests/printing.h"

START_TEST(example_gives_what_the_table_says) {
  const BuiltinInfo *info = builtin_at(_i);
  if (info->outside) return;
  const char *got = run(info->example);
  ck_assert_msg(strcmp(got, info->gives) == 0, "%s: `%s` gives\n%s\ninstead of\n%s", info->name, info->example, got,
                info->gives);
}
END_TEST

/* In a folder of its own, with a line to read; every example is about the function. */
START_TEST(example_outside_gives_what_the_table_says) {
  const BuiltinInfo *info = builtin_at(_i);
  if (!info->outside) return;
  char folder[] = "/tmp/mgrad-examples-XXXXXX", command[64], before[4096];
  ck_assert_ptr_nonnull(getcwd(before, sizeof before));
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert_int_eq(chdir(folder), 0);
  FILE *line = fopen("line", "w");
  ck_assert_ptr_nonnull(line);
  ck_assert_int_ge(fputs("3\n", line), 0);
  ck_assert_int_eq(fclose(line), 0);
  ck_assert_ptr_nonnull(freopen("line", "r", stdin));
  const char *got = run(info->example);
  ck_assert_msg(strstr(info->example, info->name) != NULL, "%s: %s", info->name, info->example);
  ck_assert_int_eq(session_error(session)->kind, strstr("exit quit", info->name) ? ERROR_EXIT : ERROR_NONE);
  if (*info->gives) ck_assert_str_eq(got, info->gives);
  snprintf(command, sizeof command, "rm -r %s", folder);
  ck_assert_int_eq(system(command), 0);
  ck_assert_int_eq(chdir(before), 0);
}
END_TEST

START_TEST(signature_and_text_are_there) {
  const BuiltinInfo *info = builtin_at(_i);
  Buffer text = {0};
  const Signature *signature = builtin_signature(session, info);
  ck_assert_msg(signature != NULL, "%s: signature", info->name);
  signature_show(&text, info->name, signature);
  ck_assert_msg(!strchr(buffer_text(&text), ':'), "%s: %s", info->name, buffer_text(&text));
  ck_assert_msg(strlen(info->doc) > 0 && info->doc[strlen(info->doc) - 1] == '.', "%s: text", info->name);
  ck_assert_ptr_eq(builtin_find(info->name, strlen(info->name)), info);
  buffer_free(&text);
}
END_TEST

START_TEST(example_survives_lack_of_memory) {
  const BuiltinInfo *info = builtin_at(_i);
  if (info->outside) return;
  for (size_t n = 1; survives(info->name, info->example, n);) n += n / 3 + 1;
}
END_TEST

START_TEST(showing_values_inside_of_others_survives_lack_of_memory) {
  const char *code = "({w: [[1, 2], [3, 4]], n: ()}, (ones((2, 2, 2)), 1), arange(2000))";
  for (size_t n = 1; survives("showing", code, n);) n = next_failure(n);
}
END_TEST

static const Case cases[] = {
    /* binding */
    {"sum([1], axes=0)", "argument: `sum` has no argument `axes`"},
    {"sin(1, 2, 3)", "argument: `sin` takes 1 argument, got 3"},
    {"sin(1, 2)", "argument: `sin` takes 1 argument, got 2"},
    {"sin(1, zeros(()), 3)", "argument: `sin` takes 1 argument and `out`, got 3"},
    {"add(1, 2, none, 4)", "argument: `add` takes 2 arguments and `out`, got 4"},
    {"add(1, 2, 3, 4)", "argument: `add` takes 2 arguments, got 4"},
    {"reshape([1, 2])", "argument: `reshape` needs `shape`"},
    {"sum([1], x=2)", "argument: `sum` got `x` twice"},
    {"dropped = 1; time(3)", "argument: `time` takes no arguments, got 1"},
    {"sum(1, 2, 3, 4, 5)", "argument: `sum` takes 1 to 3 arguments, got 5"},
    {"[1, 2, 3, 4].reshape(2, 2)", "[[1, 2],\n [3, 4]]"},
    {"reshape([1, 2, 3, 4], 2, -1)", "[[1, 2],\n [3, 4]]"},
    {"transpose([[1, 2]], (1, 0))", "[[1],\n [2]]"},
    {"transpose([[1, 2]], 1, 0)", "[[1],\n [2]]"},
    {"add_sequence((1, 2, 3))", "6"},
    /* out, where, dtype, constant */
    {"t = zeros(2)\nadd([1, 2], 1, out=t)\nt", "[2, 3]\n[2, 3]"},
    {"t = [7, 7]\nadd([1, 2], 1, out=t, where=[true, false])\nt", "[2, 7]\n[2, 7]"},
    {"add([1, 2], 1, where=[true, false])", "[2, 0]"},
    {"add([1, 2], 1, dtype=float32).dtype", "float32"},
    {"add(tensor(1), 1, constant=true).constant", "true"},
    {"x = add([1, 2], 1, constant=false); backward(x); grad(x)", "[1, 1]"},
    {"add([1, 2], 1, out=3)", "argument: `out` must be a tensor to write into, not a number"},
    {"(add([1], [2], none), sin([0], none))", "([3], [0])"},
    {"astype([1.5, 0], none)", "type: `dtype` must be a dtype, not `none`"},
    {"[1.5, 0].astype(none)", "type: `dtype` must be a dtype, not `none`"},
    {"reshape([1, 2], none)", "type: `shape` must be a whole number or a tuple of them, not `none`"},
    /* writing where nobody sees it */
    {"x = tensor([1, 2]); x.data[0] = 5", "value: `x.data` is a new tensor: what is written into it is lost"},
    {"x = tensor([1, 2]); x.data[:] -= 5", "value: `x.data` is a new tensor: what is written into it is lost"},
    {"x = tensor([[1, 2]]); x[[0]][0] = 5", "value: `x[[0]]` is a new tensor: what is written into it is lost"},
    {"x = tensor([[1, 2]]); f() = x; r = {x: x}; x.T[0] = 5; f()[0, 1] = 6; r.x[0][0] += 2; x", "[[7, 6]]"},
    {"zeros(2, 3)", "argument: `zeros` takes its shape as one tuple"},
    {"tensor([1, 2], dtype=int, constant=false)",
     "type: a tensor of int64 is always constant: `constant=false` needs a float dtype"},
    {"tensor([1.5], dtype=int)", "type: 1.5 is no whole number, so it cannot be of dtype int64"},
    {"clip(tensor([1, 5], dtype=int), 0, 3).dtype", "int64"},
    {"f(x) = x ** 3; str(D(f)) == str(f')", "true"},
    {"clip(tensor([5, 250], dtype=uint8), 0, 200).dtype", "uint8"},
    {"clip(tensor([5, 250], dtype=uint8), -1, 300)", "[5, 250]"},
    {"clip(tensor([5], dtype=int32), -3e9, 3e9)", "[5]"},
    {"where([true, false], tensor([5, 250], dtype=uint8), 300)", "[5, 300]"},
    {"bitwise_or(tensor([5, 250], dtype=uint8), 256)", "[261, 506]"},
    {"bitwise_or(tensor([5, 250], dtype=uint8), 1).dtype", "uint8"},
    /* derivatives */
    {"grad(x -> x ** 2)([1, 2, 3])",
     "gradient: `grad` needs a function with a scalar result, but it returned shape (3,)"},
    {"f(x) = x ** 4; f''''(2)", "24"},
    {"f(x, y) = x * y; grad(f, 5)(1, 2)", "argument: there is no argument 5: the function takes 2 arguments"},
    {"f(x, y) = x ** 2 * y; grad(f, (0, 1))(2, 3)", "(12, 4)"},
    {"grad(p -> sum(p.w ** 2) * p.b)({w: [1, 2], b: 3})", "{w: [6, 12], b: 5}"},
    {"f(x) = x * (y -> x * y)'(2); f'(3)", "6"},
    {"x = tensor(3); (y -> x * y)'(2).constant", "false"},
    {"(x -> x ** 2)'(2).constant", "true"},
    {"x = tensor([1, 2]); L = sum(x ** 3); g = grad(L, x); grad(sum(g), x)", "[6, 12]"},
    {"x = tensor([1, 2, 3]); y = x[:2]; grad(sum(x ** 2), y)", "[2, 4]"},
    {"x = tensor([1, 2]); grad(3, x)", "[0, 0]"},
    {"vjp((x, y) -> x * y, [1, 2], [3, 4])([1, 1])", "([3, 4], [1, 2])"},
    {"vjp(x -> x, [1, 2])([3, 4])", "[3, 4]"},
    {"jvp(x -> [x[0] * x[1], x[0]], [2, 3], [1, 1])", "[5, 1]"},
    {"hvp(x -> 3, [1, 2], [1, 1])", "[0, 0]"},
    {"jvp(x -> (x, {a: 2x}), 2, 1)", "(1, {a: 2})"},
    {"jvp(x -> x > 1, 2, 1)", "0"},
    {"jvp(x -> x ** 2, 3, (1, 1))", "argument: `jvp`: `v` has more tensors than `x`"},
    {"vjp(x -> (x, 2x), [1, 2])(([1, 1], [1, 0]))", "[3, 1]"},
    {"vjp(x -> {a: x, b: 2x}, [1, 2])({a: 1, b: 1})", "[3, 3]"},
    {"vjp(x -> (x, 2x), [1, 2])(1)", "argument: the cotangent has fewer tensors than the function returned"},
    {"vjp(x -> x ** 2, 3)(v=1)", "argument: a vjp function takes its argument, the cotangent, without a name"},
    /* arguments by name */
    {"f(x, y=2) = x ** 2 * y; (f'(3, y=5), f''(3, y=5), f'(y=5, x=3), grad(f)(3, y=5))", "(30, 10, 30, 30)"},
    {"f(x, y=2) = x ** 2 * y; (grad(f, argnum=1)(3, y=5), grad(f, argnum=(0, 1))(3, y=5))", "(9, (30, 9))"},
    {"f(x, y=2) = x ** 2 * y; (value_and_grad(f)(3, y=5), elementwise_grad(f)([3, 1], y=5))", "((45, 30), [30, 10])"},
    {"f(x, y=2) = x ** 2 * y; jacobian(f)([3, 1], y=5)", "[[30,  0],\n [ 0, 10]]"},
    {"hessian((x, y=2) -> sum(x ** 2 * y))([3, 1], y=5)", "[[10,  0],\n [ 0, 10]]"},
    {"f(x, y=2) = x ** 2 * y; f'(y=5)", "argument: the derivative is by `x`, which is not given"},
    {"f(x, y=2) = x ** 2 * y; D(f, 1)(3)", "argument: the derivative is by `y`, which is not given"},
    {"f(x, y=2) = x ** 2 * y; f'(3, z=5)", "argument: `f` has no argument `z`"},
    {"(sin'(x=0), sum'([1, 2], axis=0))", "(1, [1, 1])"},
    {"f = custom_op((x, y) -> x * y, (g, x, y) -> (g * y, g * x)); (f(3, y=4), f(y=4, x=3), grad(f, 1)(3, y=4))",
     "(12, 12, 3)"},
    {"f = custom_op((x, y) -> x * y, (g, x, y) -> (g, g)); f(3, z=4)",
     "argument: `z` is not the name of the argument that is next here"},
    /* several arguments, in the order asked for */
    {"f(x, y) = x ** 2 * y; (jacobian(f, argnum=(0, 1))(1, 2), jacobian(f, argnum=(1,))(1, 2))", "((4, 1), (1,))"},
    {"f(x, y) = x ** 2 * y ** 3; (hessian(f, argnum=(0, 1))(1, 2), hessian(f, argnum=1)(1, 2))",
     "(((16, 24), (24, 12)), 12)"},
    {"jacobian((x, y) -> (x * y, sum(x)), argnum=(1, 0))([1, 2], [3, 4])",
     "(([[1, 0],\n   [0, 2]],\n  [[3, 0],\n   [0, 4]]),\n ([0, 0], [1, 1]))"},
    {"f(x, y) = x ** 2 * y; n = (1, 0); (grad(f, n)(1, 2), value_and_grad(f, n)(1, 2), elementwise_grad(f, n)(1, 2), "
     "D(f, (-1, 0))(1, 2), jacobian(f, n)(1, 2), hessian(f, n)(1, 2), grad(f, n)(y=2, x=1))",
     "((1, 4), (2, (1, 4)), (1, 4), (1, 4), (1, 4), ((0, 2), (2, 4)), (1, 4))"},
    {"f(x, y) = x * y; (jvp(f, (1, 2), (1, 0)), vjp(f, (1, 2))(1), hvp(f, (1, 2), (1, 0)))", "(2, (2, 1), (0, 1))"},
    {"jvp((x, p) -> x * p.a * p.b, (2, {a: 3, b: 5}), (0, {b: 1, a: 0}))", "6"},
    {"f(p, k=2) = p[0] * p[1] * k; (jvp(f, (2, 3), (1, 0)), vjp(f, (2, 3))(1), hvp(f, (2, 3), (1, 0)))",
     "(6, (6, 4), (0, 2))"},
    {"(jvp(multiply, (2, 3), (1, 0)), jvp(grad((x, y) -> x ** 2 * y), (2, 3), (0, 1)))", "(3, 4)"},
    {"jvp((x, y) -> x * y, (1, 2, 3), (1, 0, 0))", "argument: the function takes 2 arguments, got 3"},
    /* records are walked side by side */
    {"(jvp(p -> p.a * p.b, {a: 2, b: 3}, {b: 1, a: 0}), vjp(x -> {a: x, b: 2x}, 1)({b: 1, a: 0}))", "(2, 2)"},
    {"hvp(p -> p.a ** 2 * p.b, {a: 2, b: 3}, {b: 1, a: 0})", "{a: 4, b: 0}"},
    {"grad((x, y) -> x * y, argnum=(1, -1))(1, 2)", "argument: `grad` is to differentiate argument 1 twice"},
    {"jacobian((x, y) -> x * y, argnum=(0, 0))(1, 2)", "argument: `jacobian` is to differentiate argument 0 twice"},
    {"grad(sin, 1.5)", "value: the position of an argument must be a whole number, got 1.5"},
    {"hessian(sin, \"a\")", "type: the position of an argument must be a whole number, not a string"},
    {"jacobian(sin, (0, none))", "type: the position of an argument must be a whole number, not `none`"},
    {"elementwise_grad(sin, [0.5])", "value: the position of an argument must be a whole number, got 0.5"},
    {"odeint((y, t) -> -y, 1, [[0, 1], [2, 3]])", "argument: `odeint`: `t` is a vector of times, not of shape (2, 2)"},
    {"odeint((y, t) -> -y, 1, [])", "argument: `odeint`: `t` is a vector of times, not of shape (0,)"},
    {"odeint((y, t) -> -y, 1, 2)", "argument: `odeint`: `t` is a vector of times, not of shape ()"},
    {"grad(3, argnum=1)", "argument: `argnum` is an argument of a function, but this is a number"},
    {"grad(x -> x, 0, argnum=0)", "argument: `grad` got `argnum` twice"},
    /* derivatives of curves */
    {"f(t) = [t, t ** 2]; (f'(3), f''(3), f'''(3), derivative(f, 3), elementwise_grad(f)(3))",
     "([1, 6], [0, 2], [0, 0], [1, 6], [1, 6])"},
    {"f(t) = (t, {a: [t, t ** 2]}); f'(3)", "(1, {a: [1, 6]})"},
    {"((t -> [t])'(3), (t -> zeros(2))'(3), (x -> sum(x ** 2))'([1, 2]))", "([1], [0, 0], [2, 4])"},
    {"f(a, x) = a * x; elementwise_grad(f, (0, 1))(2, [1, 2, 3])", "([1, 2, 3], [2, 2, 2])"},
    {"a = tensor(2); f(t) = [a * t, a ** 2 * t]; grad(sum(f'(3)), a)", "5"},
    {"(x -> [x[0], x[1], x[0] * x[1]])'([1, 2])",
     "gradient: `f'` goes element by element, but the function made shape (3,) of shape (2,)"},
    /* booleans are numbers, unless they are part of a structure */
    {"f(x) = x ** 2; (f'(true), f'([true, false]), grad(f)(true), derivative(f, true), jvp(f, true, 1))",
     "(2, [2, 0], 2, 2, 2)"},
    {"grad(p -> p.w ** 2 if p.squared else p.w)({w: 3, squared: true})", "{w: 6, squared: none}"},
    {"jacobian(x -> (x ** 2, sum(x)))([1, 2])", "([[2, 0],\n  [0, 4]],\n [1, 1])"},
    {"f = custom_op((x, y) -> x * y, (g, x, y) -> (g * y, g * x)); x = tensor([1, 2]); y = tensor(3); "
     "backward(f(x, y)); print(grad(x)); grad(y)", "[3, 3]\n3"},
    {"f = custom_op(x -> x, (g, x) -> (g, g)); x = tensor(1); backward(f(x))",
     "gradient: the backward function of `custom_op` returned 2 gradients for 1 argument"},
    {"f = custom_op(x -> x, (g, x) -> [1, 2, 3]); x = tensor([1, 2]); backward(f(x))",
     "gradient: `custom_op`: `x` and its derivative differ in shape: (2,) and (3,)"},
    {"f = custom_op(x -> x ** 2, (g, x) -> [1, 2, 3, 4]); x = tensor(3); backward(f(x))",
     "gradient: `custom_op`: `x` and its derivative differ in shape: a scalar and (4,)"},
    {"f(x) = x; (f, (sin, {a: linalg.inv}))", "(x -> x, (sin, {a: inv}))"},
    {"(range(5, 2), range(0, 10, 3), range(10)[2:8:2])", "(range(5, 2), range(0, 10, 3), range(2, 8, 2))"},
    {"x = tensor([1, 2, 3]); (x.T.creator, x.reshape(3, 1).creator, x[0].creator, x[[0, 1]].creator, x.T[0].creator)",
     "(\"transpose\", \"reshape\", \"indexing\", \"indexing\", \"indexing\")"},
    {"(median([]), quantile([], 0.5), quantile(zeros((2, 0)), [0, 1], axis=1), quantile(zeros((2, 0)), 1))",
     "(nan,\n nan,\n [[nan, nan],\n  [nan, nan]],\n nan)"},
    {"x = tensor([]); y = quantile(x, 0.5); backward(y); (y, x.grad, median(zeros(0, dtype=float32)).dtype)",
     "(nan, [], float32)"},
    {"y = tensor(2) * 1; backward(y, [1, 2])",
     "shape: the gradient and the loss `y` differ in shape: (2,) and a scalar"},
    {"f = custom_op(x -> sum(x), (g, x) -> [[g, g], [g, g]]); x = tensor([1, 2]); backward(f(x))",
     "gradient: `custom_op`: `x` and its derivative differ in shape: (2,) and (2, 2)"},
    {"f = custom_op(x -> x ** 2, (g, x) -> g * 2 * x); f'''(3)", "0"},
    {"u = tensor([1, 2, 3, 4, 5]); m = tensor([[1, 2, 3, 4], [5, 6, 7, 8]]); "
     "map(v -> shares_memory(v, ravel(v)), (u, u[1:3], m[1:], m[0], m[:1, 2:3]))", "(true, true, true, true, true)"},
    {"u = tensor([1, 2, 3, 4, 5]); m = tensor([[1, 2, 3, 4], [5, 6, 7, 8]]); "
     "map(v -> shares_memory(v, ravel(v)), (u[::2], u[::-1], m[:, 0], m[0][::-1], m[:1, ::2], m.T))",
     "(false, false, false, false, false, false)"},
    {"c = 3; backward(c)", "gradient: `c` does not depend on any variable, so it has no gradient"},
    /* reserved words as keys */
    {"({\"if\": 1, a: {\"not\": 2}}, {\"in\": 3, \"true\": 4, \"no_autodiff\": 5})",
     "({\"if\": 1, a: {\"not\": 2}}, {\"in\": 3, true: 4, \"no_autodiff\": 5})"},
    /* formats */
    {"x = tensor([3037000499], dtype=int); y = (x * x)[0]; (f\"{y:d}\", format(y, \"d\"), f\"{y:,d}\", f\"{y:x}\")",
     "(\"9223372030926249001\", \"9223372030926249001\", \"9,223,372,030,926,249,001\", \"7ffffffe9ea1dc29\")"},
    {"(f\"{true:>10}\", f\"{none:>6}\", f\"{(1, 2):>10}\", f\"{[1, 2]:^10}\", format(1 > 0, \"*<6\"))",
     "(\"      true\", \"  none\", \"    (1, 2)\", \"  [1, 2]  \", \"true**\")"},
    {"w = tensor(2); L1 = w ** 2; L2 = 5w; o = sgd((w,), lr=0.1); backward(L1); o.step(); backward(L2); "
     "print(grad(w)); o.step(); w", "5\n1.1"},
    {"w = tensor([2, 3]); a = w ** 2; w.data = [7, 8]; b = sum(a) + sum(w ** 2); backward(b); print(grad(w)); "
     "backward(b, accumulate=true); print(grad(w)); no_autodiff { w *= 2 }; backward(a); print(grad(w)); inputs(a)[0]",
     "[18, 22]\n[36, 44]\n[4, 6]\n[2, 3]"},
    {"w = tensor([2, 3]); a = w ** 2; w.data = [7, 8]; w *= 2; null_grad(w); backward(a); print(grad(w))", "none"},
    {"w = tensor([2, 3]); a = w ** 2; w.data = [7, 8]; w = none; b = 1; backward(a); grad(a)", "[1, 1]"},
    {"def f(x) { no_autodiff { x *= 2 }; return sum(x ** 2) }; print(grad(f)([1, 2])); "
     "def g(x) { x.data = [3, 4]; return sum(x ** 2) }; print(grad(g)([1, 2])); hessian(g)([1, 2])",
     "[4, 8]\n[6, 8]\n[[2, 0],\n [0, 2]]"},
    /* sequences */
    {"map((a, b) -> a + b, [1, 2], [10, 20])", "[11, 22]"},
    {"map(s -> s + \"!\", (\"a\", \"b\"))", "(\"a!\", \"b!\")"},
    {"print(sorted((\"b\", \"a\"))); sorted([3, 1, 2], reverse=true)", "(\"a\", \"b\")\n[3, 2, 1]"},
    {"sorted((1, \"a\"))", "type: a number and a string have no order"},
    {"reversed(\"abc\")", "\"cba\""},
    {"range(0, 3, 0)", "argument: the step of a range cannot be zero"},
    {"from_json(to_json({w: [[1, 2], [3, 4]], s: \"q\", t: true, z: none}))",
     "{w: [[1, 2],\n     [3, 4]],\n s: \"q\",\n t: true,\n z: none}"},
    {"i = tensor([[1, 2**53], [2**53, -2**63]], dtype=int) + tensor([[0, 1], [-1, 1]], dtype=int)\n"
     "j = from_json(to_json(i)); print(j.dtype, all(i == j)); j",
     "int64 true\n[[               1,     9007199254740993],\n"
     " [9007199254740991, -9223372036854775807]]"},
    {"from_json(\"9007199254740993\")", "9007199254740993"},
    {"from_json(\"[[1, 2.5], [3, 9007199254740993]]\").dtype", "float64"},
    {"from_json(\"[[1, 2], 9007199254740993, true]\")", "([1, 2], 9007199254740993, true)"},
    {"from_json(\"[1, 2]\").dtype", "float64"},
    {"einsum(\"ii->i\", tensor([[1, 2], [3, 4]])).base.shape", "(2, 2)"},
    {"concatenate(([[1, 2]], [[3, 4]]), axis=none)", "[1, 2, 3, 4]"},
    {"where([true], [1])", "argument: `where` needs both x and y, or neither"},
    /* the library */
    {"solve(3, 4)", "type: `f` must be a function, not a number"},
    {"w = tensor([1, 2]); backward(sum(w ** 2)); w.grad *= 2; w.grad", "[4, 8]"},
    {"w = tensor([1, 2]); g = [5, 6]; w.grad = g; g[0] = 1; w.grad", "[5, 6]"},
    {"w = tensor(1, dtype=float32); w.grad = 0.5; (w.grad, w.grad.dtype)", "(0.5, float32)"},
    {"w = tensor([1, 2]); backward(sum(w ** 2)); w.grad = w.grad + 1; v = w[:1]; v.grad", "[3]"},
    {"p = {a: ({w: tensor([3])}, tensor([[2], [0]]))}; backward(sum(p.a[0].w ** 2) + sum(p.a[1] ** 2)); "
     "n = clip_grad(p, 1); opt = sgd(p, lr=1); opt.step(); round((n ** 2, p.a[0].w[0], p.a[1][0, 0]), 6)",
     "[52, 2.16795, 1.4453]"},
    {"w = tensor([3, 4]); backward(sum(w ** 2)); (clip_grad(w, 20), w.grad, clip_grad([tensor(1)], 1))",
     "(10, [6, 8], 0)"},
    {"w = tensor([3, 4]); backward(sum(w ** 2)); (clip_grad((w, {a: w}), 1), w.grad)", "(10, [0.6, 0.8])"},
    {"w = tensor([3, 4]); opt = sgd([w, w], lr=1); backward(sum(w)); opt.step(); w", "[2, 3]"},
    {"mean = 5; mse_loss([1, 2], [1, 4])", "2"},
    {"v = tensor(2); glu(v)", "index: `glu`: axis -1 is out of range for `v`, a scalar (it has no axes)"},
    {"v = tensor(2); glu(v + 1)", "index: `glu`: axis -1 is out of range for a scalar (it has no axes)"},
    {"w = tensor([1, 2.5]); o = sgd((w,)); backward(sum(w * w)); o.lr = [1, 2, 3]; o.step()",
     "shape: cannot multiply shapes (3,) and `g` (2,)"},
    {"w = tensor([1, 2.5]); o = sgd((w,)); backward(sum(w * w)); o.lr = [1, 2, 3]; found = \"\"\n"
     "try { o.step() } catch err { found = err.message }\nfound", "\"cannot multiply shapes (3,) and `g` (2,)\""},
    {"integrate(x -> exp(-x ** 2), -inf, inf)", "1.7724538509055159"},
    {"f(v) = (1 - v[0])**2 + 100(v[1] - v[0]**2)**2; round(minimize(f, [-1.2, 1]).x, 5)", "[1, 1]"},
};

START_TEST(case_prints_what_it_should) {
  const Case *one = &cases[_i];
  const char *got = run(one->code);
  ck_assert_msg(strcmp(got, one->output) == 0, "`%s` gives\n%s\ninstead of\n%s", one->code, got, one->output);
}
END_TEST

START_TEST(names_are_found_with_and_without_a_namespace) {
  ck_assert_ptr_nonnull(builtin_find("np.sin", 6));
  ck_assert_ptr_eq(builtin_find("mg.nnet.relu", 12), builtin_find("relu", 4));
  ck_assert_ptr_ne(builtin_find("random.uniform", 14), builtin_find("uniform", 7));
  ck_assert_ptr_null(builtin_find("nothing", 7));
  ck_assert_ptr_null(builtin_find("si", 2));
  ck_assert_ptr_null(builtin_find("", 0));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("builtins");
  TCase *all = tcase_create("builtins");
  tcase_add_checked_fixture(all, start, finish);
  tcase_add_loop_test(all, example_gives_what_the_table_says, 0, builtin_count());
  tcase_add_loop_test(all, example_outside_gives_what_the_table_says, 0, builtin_count());
  tcase_add_loop_test(all, signature_and_text_are_there, 0, builtin_count());
  tcase_add_loop_test(all, case_prints_what_it_should, 0, COUNT(cases));
  tcase_add_test(all, names_are_found_with_and_without_a_namespace);
  suite_add_tcase(suite, all);
  TCase *lacking = tcase_create("lack of memory");
  tcase_add_test(lacking, showing_values_inside_of_others_survives_lack_of_memory);
  tcase_add_loop_test(lacking, example_survives_lack_of_memory, 0, builtin_count());
  suite_add_tcase(suite, lacking);
  return run_suite(suite);
}
