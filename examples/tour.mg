#!/usr/bin/env mgrad
# A tour of mgrad in one page.  At the prompt (make run on a terminal) each of these lines can be typed.

# Expressions and functions, as in a textbook.
f(x) = sin(x**2) + 2x
print("f(2)   =", f(2))
print("f'(2)  =", f'(2))
print("f''(2) =", f''(2))

# Tensors: numbers and lists are constants, tensor(...) makes a variable.
x = tensor([1, 2, 3])
L = sum(x ** 2)
backward(L)
print("gradient of sum(x**2):", grad(x))

# Matrices, broadcasting, reductions.
W = tensor([[1, 2], [3, 4]])
v = [1, -1]
print("W @ v =", W @ v)
print("row sums:", W.sum(axis=1))

# Control flow is ordinary: what ran is what is differentiated.
def power(x, n) { return 1 if n == 0 else x * power(x, n - 1) }
g(x) = power(x, 5)
print("(x**5)' at 2:", g'(2))

# Learning: a step against the gradient.
w = tensor(5)
for i in range(50) {
  backward((w - 1) ** 2)
  w -= 0.1 * grad(w)
}
print(f"after 50 steps w = {w:.4f}")
assert abs(w - 1) < 1e-3
