#!/usr/bin/env mgrad
# Gradient descent in Rosenbrock's valley: a step that is too large, a step that is small enough, and momentum.
f(p) = (1 - p[0])**2 + 100(p[1] - p[0]**2)**2
start = [-1.2, 1]

def descend(rate, momentum, steps) {
  "Walks against the gradient; gives all places, one a row."
  p = tensor(start)
  velocity = [0, 0]
  path = (p.data,)
  for step in range(steps) {
    backward(f(p))
    velocity = momentum * velocity - rate * grad(p)
    p += velocity
    path += (p.data,)
    if not isfinite(f(p)) or norm(p) > 1e3 { break }
  }
  return stack(path)
}

wild = descend(0.01, 0, 10)
plain = descend(0.001, 0, 1500)
rolling = descend(0.001, 0.9, 1500)
print("step 0.01:            leaves the valley after", len(wild) - 1, "steps")
for path, name in ((plain, "step 0.001:          "), (rolling, "step 0.001, momentum:")) {
  print(name, f"after {len(path) - 1} steps at ({path[-1, 0]:.4f}, {path[-1, 1]:.4f}), f = {f(path[-1]):.2e}")
}

contour((x, y) -> f([x, y]), -1.5, 1.5, -0.5, 1.5, levels=[1, 10, 100], path=rolling,
        title="momentum in Rosenbrock's valley", size=(72, 20))

assert norm(wild[-1]) > 100, "a step that is too large diverges"
assert f(rolling[-1]) < 1e-4 < f(plain[-1]), "momentum gets along the valley faster"
