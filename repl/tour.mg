# Welcome. This tour takes two minutes.
# Enter shows the next step, q and Enter leave.

# Numbers and functions look as in a textbook.
f(x) = sin(x**2) + 2x
f(2)

# A prime differentiates, and f' is a function with a formula of its own.
f'(2)
f'

# Lists are tensors; what is smaller is stretched to fit.
[1, 2, 3] * 10
[[1, 2], [3, 4]] + [10, 20]

# tensor(...) makes a variable: everything computed from it is remembered.
x = tensor([1, 2, 3])
L = sum(x ** 2)

# backward walks back from L and leaves a gradient on every variable that it
# reaches.
backward(L)
grad(x)

# Matrices multiply with @, and gradients flow through everything.
W = tensor([[1, 2], [3, 4]])
grad(sum(tanh(W @ [1, -1])), W)

# Loops and branches are ordinary: what ran is what is differentiated.
def power_of(t, n) {
  return 1 if n == 0 else t * power_of(t, n - 1)
}
g(t) = power_of(t, 5)
g'(2)

# Learning is a step against the gradient, again and again.
w = tensor(5)
for i in range(50) {
  backward((w - 1) ** 2)
  w -= 0.1 * grad(w)
}
w
assert abs(w - 1) < 1e-3

# That was it. At the prompt: Tab completes, ?sin explains, :help lists the
# commands, Ctrl-D leaves.
