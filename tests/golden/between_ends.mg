# linspace, logspace and geomspace follow their ends, to every order, and give the numbers they give of constants.
a = tensor(2.0); b = tensor(7.0)
print(linspace(a, b, 4), grad(sum(linspace(a, b, 4) ** 2), (a, b)))
print(linspace(a, b, 4, endpoint=false), grad(sum(linspace(a, b, 4, endpoint=false) ** 2), (a, b)))
line(a) = sum(linspace(a, 5, 4) ** 3)
print(line'(2), line''(2), line'''(2))
print(grad(sum(linspace(a, 5, 1)), a), grad(sum(linspace(a, 5, 0)), a), grad(sum(linspace(a, a, 3)), a))
ends = (tensor([1.5, 2, 3]), tensor([[2.5], [4]]))
for axis in (0, 1, -1) {
  print(axis, check_grad((s, t) -> linspace(s, t, 5, axis=axis), *ends), check_grad((s, t) -> geomspace(s, t, 5, axis=axis), *ends),
        check_grad((s, t, b) -> logspace(s, t, 5, base=b, axis=axis), *ends, [2, 3, 1.5]), check_grad((s, t) -> grad(u -> sum(sin(geomspace(u, t, 3))))(s), *ends))
}
power(b) = sum(logspace(0, 3, 4, base=b)); exponent(a) = sum(logspace(0, a, 3, base=2)); ratio(a) = sum(geomspace(1, a, 3))
print(power'(2), power''(2), power'''(2), exponent'(2) / log(2), exponent''(2) / log(2) ** 2, ratio'(4), ratio''(4))
print(geomspace(tensor(-8.0), -1, 4), grad(x -> sum(geomspace(x, -1, 4)))(-8))
print(logspace(0, 2, 3, base=[2, 3]), logspace([0, 1], 2, 3, base=[[2], [3]], axis=1).shape, logspace(0, 2, 3, base=b))
k = arange(600, constant=true)
print(array_equal(logspace(0, 599, 600, base=1.1), 1.1 ** k), array_equal(linspace(tensor(0.1), 0.7, 600), linspace(0.1, 0.7, 600)))
half = tensor([1, 2], dtype=float32)
print(linspace(half, half + 1, 2).dtype, logspace(half, half, 2).dtype, geomspace(half, 2, 2).dtype, grad(sum(logspace(half, 2, 2)), half).dtype)
print(linspace(0, 1, 3).constant, linspace(0, 10, 4, dtype=int).constant, linspace(a, 1, 3, constant=true).constant, linspace(a, 9, 3, dtype=int))
print(grad(sum(linspace(a, 9, 3, dtype=float32) ** 2), a))
try { linspace(a, 1, -1) } catch err { print(err.message) }
try { logspace([1, 2], 1, base=[1, 2, 3]) } catch err { print(err.message) }

# arange follows where it starts and its step.
print(arange(a, 8, b / 2), grad(sum(arange(a, 8, b / 2) ** 3), (a, b)), grad(sum(arange(a)), a), grad(sum(arange(0, b)), b))
print((s -> sum(arange(1, 4, s) ** 3))''(1), arange(a, 5, dtype=int), grad(sum(arange(a, 4, dtype=float32)), a), arange(3).constant, arange(3, dtype=int).constant)
print(check_grad((s, t) -> arange(s, 3, t), [0.25], 0.5))
try { arange([1, 2], 3) } catch err { print(err.message) }
print(linspace(zeros(0), 1, 1e12).shape, geomspace(zeros((0, 3)) + 1, 8, 1e12).shape, logspace(zeros(0), 1, 1e12, axis=-1).shape)
