# x.shape = ... keeps the variable: gradients of what was computed before are its own, in its new shape.
x = tensor([1, 2, 3, 4]); y = x[:2]; L = sum(x ** 2); P = sum(y ** 2)
x.shape = (2, 2)
backward(L); print(grad(x), grad(L, x))
backward(P); print(grad(x), grad(y), grad(P, y))
M = sum(x ** 3)
backward(L + M); print(grad(x), grad(y), grad(L + M, x))
no_autodiff { x *= 2 }
x.shape = (4, 1)
backward(L); print(grad(x).T, grad(L, x).T)

# second derivatives
x = tensor([1, 2, 3, 4]); L = sum(x ** 3); x.shape = (2, 2)
g = grad(L, x); print(g, grad(sum(g), x))

# an intermediate has no gradient of what was computed before, what it was made of has
w = tensor([1, 2, 3, 4]); x = w * 2; L = sum(x ** 2); x.shape = (2, 2)
backward(L); print(grad(x), grad(w))
backward(sum(x ** 2)); print(grad(x), grad(w))
