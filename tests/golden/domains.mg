# Values and derivatives at the ends of domains, and at signed zeros.
sin([-0.0, 0]); tan([-0.0]); csc([-0.0, 0]); cot([-0.0, 0]); 1 / sin(-0.0)
sin(tensor([-0.0], dtype=float32, constant=true))
print(csc([-0.0, 0]), cot([-0.0, 0]), 1 / sin([-0.0]), 1 / tan(-0.0), 1 / sin(tensor([-0.0], dtype=float32)))
print(beta(-0.5, -0.5), beta(0.5, -2.5))
print(format(arcsech(0.9999999999999986), ".12g"), format(arccoth(1.000000007464914), ".12g"), format(arccoth(-1.000000007464914), ".12g"))
print(arcsech([0, 1e-320, 1, -0.5, 2]), arccoth([1, -1, 0.5, inf, -inf]))
print(arccoth'([1, -1, 0, 2]), arcsech'([0, 1, -0.5]))
print(logit'([2, -1, 0.5]), log'([-1, 0]), log''([-1, 0]), log1p''([-2, 0]), log2''(-1), log10''(-1))
f(y) = xlogy(2, y); print(f'([-1, 0, 1]), f''([-1, 1]))

# A result that is to be constant stays so when it is written into a variable.
x = tensor([1, 2]); t = zeros(2); y = sin(x, out=t, constant=true); backward(t); grad(x)
t
grad(t)
x = tensor([[1, 2], [3, 4]]); t = zeros((2, 2)); matmul(x, x, out=t, constant=true); backward(t); grad(x)

# Condition numbers of singular matrices have no derivative.
for p in (none, -2, 1, inf, "fro") {
  x = tensor([[1, 2], [2, 4]]); c = linalg.cond(x, p); backward(c)
  print(p, c, isfinite(grad(x)).all())
}
linalg.cond([[[1, 2], [2, 4]], [[1, 0], [0, 1]]], 1)
x = tensor([[[1, 2], [2, 4]], [[2, 1], [0, 1]]]); backward(linalg.cond(x, 1)); grad(x)[1]
linalg.cond(zeros((2, 2))); linalg.cond(zeros((2, 2)), 1)

# Eigenvalues of defective matrices have none either; equal ones of others have.
x = tensor([[1, 1], [0, 1]]); backward(linalg.eigvals(x), [1, 2]); grad(x)
x = tensor([[0, 1], [0, 0]]); backward(linalg.eigvals(x)); grad(x)
x = tensor([[[1, 1], [0, 1]], [[2, 1], [0, 1]], [[1, 0], [0, 1]]]); backward(linalg.eigvals(x)); grad(x)

# Whole numbers that a dtype cannot hold are errors, not other numbers.
for f in (() -> full(2, 1.5, dtype=int), () -> full(2, 300, dtype=uint8), () -> full(2, nan, dtype=int), () -> tensor([300], dtype=uint8),
          () -> tensor([-1], dtype=uint8), () -> tensor([1e30], dtype=int), () -> tensor(nan, dtype=int32),
          () -> tensor(tensor([300], dtype=int), dtype=uint8), () -> astensor([0, 0.5], int), () -> full_like([1], 0.5, dtype=int)) {
  try { print(f()) } catch err { print(err.kind, err.message) }
}
print(full(2, 255, dtype=uint8), tensor([0, 255], dtype=uint8), tensor([true, 2 > 3], dtype=uint8), full(2, 0.5, dtype=bool), tensor([2, 0], dtype=bool))
print(tensor([300.7, -1]).astype(uint8))

# Vectors of a stack.
A = tensor([[[2, 1, 0], [0, 3, 1], [1, 0, 4]], [[1, 0, 0], [0, 2, 0], [0, 0, 4]]]); b = tensor([[1, 2, 3], [4, 5, 6]])
x = linalg.solve(A, b); x
(A @ x[..., newaxis])[..., 0]
check_grad(linalg.solve, A, b)
check_grad((A, b) -> grad((A, b) -> sum(linalg.solve(A, b) ** 2), 0)(A, b), A, b)
linalg.solve(A, b[0])
linalg.solve(A, b[:1])

# Integers beyond 2**53 are told apart.
big = tensor([2**53, 2**53], dtype=int) + tensor([0, 1], dtype=int)
searchsorted(big, big)
searchsorted(big, big, side="right")
searchsorted(tensor([1, 3, 5], dtype=int), [0.5, 3, 4.5])
linspace(0, -10, 4, dtype=int)
linspace(0, 10, 4, dtype=int)

# Where one of several terms is infinite, it is the sum.
for x in ([inf, 0], [inf, inf], [[inf, 1], [2, 3], [-inf, -inf]], [inf, nan]) { print(grad(x -> sum(logsumexp(x, axis=-1)))(x)) }
x = tensor(inf); y = tensor(0); backward(logaddexp(x, y)); print(grad(x), grad(y))

# The poles of the gamma function.
print(gamma([-1, 2, -3, -0.5, nan]), gamma(-2))
# beta where its poles cancel: a limit by the negative whole number, which has two derivatives by it
f(x) = beta(x, 2)
print(f(-3), f'(-3), f''(-3), f'''(-3), beta(2, -3), derivative(y -> beta(-3, y), 2), beta(-1, 2))

# polygamma has whole orders up to 1500.
polygamma([0.5, 1, 1501, 2], [2, 2, 2, -1]); polygamma(-1, 2)
polygamma([0, 150, 1500], [nan, 60.5, 560.5]); digamma''(1)

# A power of numbers warns as the function does, however it is written; a nan that came in does not.
print((-8) ** (1 / 3), power(-8, 1 / 3), nan ** 2, 2 ** nan)
root(x) = x ** (1 / 3)
print(root(-8), root(tensor(-8)), root(-1), root'(-8))
x = -4; print(x ** 0.5)
x **= 0.5; x
x = tensor(-4); print(x ** 0.5, 2 ** x, float_power(x, 0.5))
x = [-4, 1]; x[0] **= 0.5; x
for k in range(3) { (-8 - k) ** 0.5 }
print(digamma([0, -1, nan]), digamma(tensor(-2)), gammaln'(-1))

# So do functions of two numbers; where x is 0, xlogy(x, y) is 0 whatever y is.
print(xlogy([1, 0, nan], [-2, -2, -2]), xlogy(tensor(-1), tensor(-2)), xlogy(inf, 1), xlogy(0, -1))
print(beta([-1, -2, nan], [2, 2, 2]), beta(-1, 0.5), beta(-inf, 2), beta(inf, 2))
linalg.cond(zeros((0, 3, 3))); linalg.cond(zeros((0, 2, 2)), 1)
