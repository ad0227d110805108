# The chain rule in numbers: a function at a point, tensors that broadcast, and shared, indexed and written values.
f(x) = sin(x**2) + 2*x
explain(f, 2)

X = [1, 2, 3]; Y = [2, 3, 5]; w = tensor(1.5); b = tensor(0)
L = mean((w*X + b - Y)**2)
explain(L)
assert grad(w) == none and grad(b) == none

x1 = tensor(2); x2 = tensor(0); w1 = tensor(-3); w2 = tensor(1); bias = tensor(6.881373587019543)
o = tanh(x1*w1 + x2*w2 + bias)
explain(o)
explain(o, w1)

g(a, b) = a**b + 3*a
explain(g, 2, 3)

# Names of assignments inside a function, and a use of the same value three times.
def twice(x) { h = x * x; return h * x }
explain(twice, 3)
def powers(x) { s = 0; for i in range(30) { s = s + x**i }; return s }
explain(powers, 0.5)

W = tensor([[1, -2], [3, 4], [0.5, 1]]); v = tensor([3, 1])
M = sum(relu(W @ v)) + W[1, 0] * v[::-1].sum() + (W.T @ [1, 1, 1]).mean() + sum(where([true, false], v, 1))
explain(M)
big = tensor(arange(12.0).reshape((3, 4)))
S = sum(big * 2 + tensor([1, 2, 3, 4]))
explain(S)

z = tensor([1, 2, 3]); q = z * 2; q[0] = z[1]; q *= 3
explain(sum(q))
c = custom_op(x -> x ** 2, (g, x) -> g * 3 * x)
explain(x -> c(x) + 1, 3)
explain(relu, 0)
n = tensor([0, 1])
explain(sum(log(n) * 0))
backward(L); before = grad(w); explain(L, w); assert grad(w) == before

# Where the derivative is infinite: the step whose rule made it, and no verdict about it.
x = tensor([0, 1]); a = x * 2
y = sqrt(a)
explain(sum(y))
z = tensor(0)
explain(1 / z)
