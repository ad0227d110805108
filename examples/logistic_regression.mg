#!/usr/bin/env mgrad
# Logistic regression: two clouds of points, a line between them, and a loss that never overflows.
seed(7);
n = 40
X = concatenate((randn(n, 2, constant=true) + [1.5, 1], randn(n, 2, constant=true) - [1.5, 1]))
t = concatenate((ones(n, constant=true), zeros(n, constant=true)))

w = tensor([0, 0])
b = tensor(0)
# -log sigmoid(z) for class 1 and -log(1 - sigmoid(z)) for class 0, both through softplus.
loss() = mean(softplus(X @ w + b) - t * (X @ w + b))

for step in range(201) {
  L = loss()
  backward(L)
  if step % 50 == 0 { print(f"step {step:>3}   loss {L:.6f}") }
  w -= 0.5 * grad(w)
  b -= 0.5 * grad(b)
}

right = mean((X @ w + b > 0) == (t == 1))
print(f"weights {w.data}, bias {b:.4f}, right: {100 * right:.1f} %")
assert loss() < 0.2 and right > 0.9, "the line separates most points"
assert abs(softplus(1000) - 1000) < 1e-9, "no overflow far out"
