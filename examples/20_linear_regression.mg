#!/usr/bin/env mgrad
# Linear regression: a straight line through points, by gradient descent and by the normal equations.
# With a file, `mgrad 20_linear_regression.mg data.csv`, its first two columns are taken instead.
seed(1);
def sample(n) {
  x = linspace(0, 4, n, constant=true)
  return column_stack((x, 1.5x + 0.7 + 0.2 * randn(n, constant=true)))
}
data = loadtxt(args[0], delimiter=",", skip_header=1) if len(args) > 0 else sample(50)
x, y = data[:, 0], data[:, 1]

loss(w, b) = mean((w * x + b - y)**2)

# Step by step against the gradient ...
w, b = tensor(0), tensor(0)
for step in range(501) {
  L = loss(w, b)
  backward(L)
  if step % 100 == 0 { print(f"step {step:>3}   loss {L:.6f}   y = {w:.4f} x + {b:.4f}") }
  w -= 0.06 * grad(w)
  b -= 0.06 * grad(b)
}

# ... or at once: the loss is level where A.T A p = A.T y.
A = column_stack((x, ones_like(x)))
exact = linalg.solve(A.T @ A, A.T @ y)
print(f"normal equations:          y = {exact[0]:.4f} x + {exact[1]:.4f}")

scatter(x, y, t -> w.data * t + b.data, labels=("data", "line"), size=(72, 16))

assert max(abs([w, b] - exact)) < 1e-6, "both ways lead to the same line"
assert norm([grad(loss, 0)(exact[0], exact[1]), grad(loss, 1)(exact[0], exact[1])]) < 1e-12, "there the loss is level"
