#!/usr/bin/env mgrad
# A network of eight hidden neurons learns the exclusive or, which no straight line can separate.
seed(3);
X = [[0, 0], [0, 1], [1, 0], [1, 1]]
t = [[0], [1], [1], [0]]

W1 = randn(2, 8); b1 = zeros(8)
W2 = randn(8, 1); b2 = zeros(1)
network(x) = sigmoid(tanh(x @ W1 + b1) @ W2 + b2)

for step in range(801) {
  L = mean((network(X) - t) ** 2)
  backward(L)
  if step % 200 == 0 { print(f"step {step:>3}   loss {L:.6f}") }
  for p in (W1, b1, W2, b2) { p -= 2 * grad(p) }
}

print("predictions:", ravel(network(X)).data)
assert all((network(X) > 0.5) == (t > 0.5)), "the network has learned xor"
