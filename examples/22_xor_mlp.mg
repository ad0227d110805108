#!/usr/bin/env mgrad
# A network learns the exclusive or, which no straight line can separate: 2 inputs, 4 hidden neurons, 1 output.
seed(3);
X = [[0, 0], [0, 1], [1, 0], [1, 1]]
t = [[0], [1], [1], [0]]

W1, b1 = randn(2, 4), zeros(4)
W2, b2 = randn(4, 1), zeros(1)
network(x) = sigmoid(tanh(x @ W1 + b1) @ W2 + b2)

losses = ()
for step in range(2000) {
  L = mean((network(X) - t)**2)
  backward(L)
  if step % 20 == 0 { losses += (L.data,) }
  if step % 400 == 0 { print(f"step {step:>4}   loss {L:.6f}") }
  for p in (W1, b1, W2, b2) { p -= 1 * grad(p) }
}

print("x y   network")
for k in range(4) { print(f"{X[k, 0]} {X[k, 1]}   {network(X)[k, 0]:.4f}") }
plot(losses, logy=true, title="loss, every 20 steps", size=(72, 14))
heatmap((x, y) -> network([[x, y]])[0, 0], -0.5, 1.5, -0.5, 1.5, title="what the network says", size=(60, 20))

assert losses[-1] < 0.01 * losses[0], "the loss has fallen"
assert all((network(X) > 0.5) == (t > 0.5)), "the network has learned the exclusive or"
