#!/usr/bin/env mgrad
# The first gradient: a variable remembers how it was used, and backward asks it.
x = tensor([1, 2, 3])
L = sum(x ** 2)
print("x       =", x)
print("L       =", L)
backward(L)
print("dL/dx   =", grad(x))

# The derivative of x**2 is 2x.
assert all(grad(x) == 2x), "the gradient of sum(x**2) is 2x"
