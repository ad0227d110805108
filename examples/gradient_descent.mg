#!/usr/bin/env mgrad
# Gradient descent: walk against the gradient until the ground is flat.
f(p) = (p[0] - 3) ** 2 + 10(p[1] + 1) ** 2

p = tensor([0, 0])
for step in range(101) {
  L = f(p)
  backward(L)
  if step % 20 == 0 { print(f"step {step:>3}   loss {L:10.6f}   at {p.data}") }
  p -= 0.04 * grad(p)
}

# Too large a step overshoots: the loss grows instead of shrinking.
q = tensor([0, 0])
for step in range(20) {
  backward(f(q))
  q -= 0.11 * grad(q)
}
print(f"with a step of 0.11 the loss is {f(q):.3g} after 20 steps")

assert abs(p[0] - 3) < 1e-2 and abs(p[1] + 1) < 1e-6, "the minimum is at (3, -1)"
assert f(q) > f([0, 0]), "a step that is too large diverges"
