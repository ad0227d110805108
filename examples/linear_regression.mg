#!/usr/bin/env mgrad
# Linear regression twice: by gradient descent, and by Newton's method, which needs one step since the loss is quadratic.
seed(1);
n = 50
x = linspace(0, 4, n, constant=true)
y = 1.5x + 0.7 + 0.1 * randn(n, constant=true)

loss(p) = mean((p[0] * x + p[1] - y) ** 2)

p = tensor([0, 0])
for step in range(2000) {
  backward(loss(p))
  p -= 0.05 * grad(p)
}
print(f"descent:  slope {p[0]:.4f}  intercept {p[1]:.4f}  loss {loss(p):.6f}")

# The 2 x 2 system H d = g by Cramer's rule.
start = tensor([0, 0])
g = grad(loss)(start)
H = hessian(loss)(start)
determinant = H[0, 0] * H[1, 1] - H[0, 1] * H[1, 0]
d = [g[0] * H[1, 1] - g[1] * H[0, 1], H[0, 0] * g[1] - H[1, 0] * g[0]] / determinant
exact = start - d
print(f"Newton:   slope {exact[0]:.4f}  intercept {exact[1]:.4f}  loss {loss(exact):.6f}")

assert max(abs(p - exact)) < 1e-6, "both ways lead to the same line"
assert abs(exact[0] - 1.5) < 0.1, "the slope is near the true one"
