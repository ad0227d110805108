#!/usr/bin/env mgrad
# The chain rule: the derivative of a composition is the product of the derivatives.
f(x) = sin(x**2) + 2x
by_hand(x) = cos(x**2) * 2x + 2

print("f(2)       =", f(2))
print("f'(2)      =", f'(2))
print("by hand    =", by_hand(2))
print("f''(2)     =", f''(2))

# Step by step: forward the values, backward the local derivatives, whose products are summed over the paths.
explain(f, 2)

# The same with a recorded graph: every intermediate gets its own gradient.
x = tensor(2)
u = x ** 2
v = sin(u)
y = v + 2x
backward(y)
print("dy/dv      =", grad(v))
print("dy/du      =", grad(u), " = cos(u) =", cos(u).data)
print("dy/dx      =", grad(x), " = dy/du * 2x + 2")

graph(y)

points = linspace(-2, 2, 9, constant=true)
assert all(abs(f'(points) - by_hand(points)) < 1e-12), "f' agrees with the chain rule"
assert abs(grad(x) - (grad(u) * 2 * 2 + 2)) < 1e-12
