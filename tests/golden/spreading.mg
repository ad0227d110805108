# Arguments that are the items of a tuple or tensor.
f(x, y=2, *rest) = (x, y, rest)
def forward(*given) { return f(*given) }
print(forward(1), forward(1, 3), forward(1, 2, 3, 4))
print(f(*(1, 2)), f(*[1, 2, 3]), f(*range(3)), f(1, *(2, 3), 4, *(5,)), f(*(), *(7,)))
named(a, b=10, c=100) = a + b + c
print(named(*(1,), c=3), named(*(1, 2), c=0), named(*(), a=1))

# Methods, fields, namespaces, functions of the user's called like methods, primes.
x = zeros((2, 3))
print(x.reshape(*(3, 2)).shape, ones(*(x.shape,)).shape, sum(x, *(0,)).shape, randn(*x.shape).shape)
r = {add: (a, b) -> a + b}
print(r.add(*(1, 2)), np.maximum(*(1, 2)), np.sin(*(0,)), x.named(*(5, 6))[0, 0])
g(a, b) = a ** 2 * b
print(g'(*(2, 3)), grad(g, 1)(*(2, 3)))

# Items of tensors are recorded.
w = tensor([3, 4])
product(a, b) = a * b
backward(product(*w))
print(grad(w))

# Calls within calls, and deep recursion.
deep(n, *rest) = len(rest) if n == 0 else deep(n - 1, *rest, n)
print(deep(50), max(*([1, 2, 3],)), f(*forward(*(1, 2))))
for bad in (() -> f(*3), () -> f(*tensor(3)), () -> named(*(1, 2, 3, 4)), () -> named(*(1, 2), b=2), () -> sin(*(1, 2)),
            () -> f(*missing)) {
  try { bad() } catch e { print(e.kind, e.message) }
}
