# Gradients that add up many terms are as exact as sums are, whichever operation repeated an element.
n = 3000000
def error_of(f, dtype) {  # of the gradient of the first element, which is n times 0.1
  x = tensor([1, 2, 3], dtype=dtype)
  backward(sum(0.1 * f(x)))
  exact = n * 0.1
  return abs(float(grad(x)[0]) - exact) / exact
}
def report(name, f) {
  print(name, error_of(f, "float32") < 1e-6, error_of(f, "float64") < 1e-14)
}
first = zeros(n, dtype=int)
report("broadcast_to", x -> broadcast_to(x[0], n))
report("broadcast_to", x -> broadcast_to(x, (n, 3)))
report("repeat", x -> repeat(x, n))
report("tile", x -> tile(x, n))
report("index", x -> x[first])
report("index by two", x -> x.reshape(3, 1)[first, first])
report("take", x -> take(x, first))
report("embedding", x -> embedding(x.reshape(3, 1), first))
report("pad", x -> pad(x, (n - 1, 0), mode="edge"))

x = tensor(1, dtype=float32); backward(sum(broadcast_to(x, (20000000,)))); grad(x)

# Windows that overlap.
x = zeros(8000, dtype=float32); backward(sum(0.1 * sliding_window_view(x, 4000)))
abs(grad(x)[3999] - 400) < 1e-3

# A sum that is infinite is not nan.
x = tensor([1, 2]); backward(x[zeros(100, dtype=int)], full(100, 1e308)); grad(x)

# Repeated windows of part of a tensor, and second derivatives.
x = tensor([[1, 2], [3, 4]]); backward(broadcast_to(x[1:, ::-1], (5, 2)) ** 3); grad(x)
f(x) = sum(broadcast_to(x[::2], (4, 2)) ** 3)
hessian(f)(tensor([1, 2, 3]))
