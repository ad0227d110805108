#!/usr/bin/env mgrad
# One neuron, all of its gradients: two inputs, two weights, a bias, and tanh.
x1, x2 = tensor(2), tensor(0)
w1, w2 = tensor(-3), tensor(1)
b = tensor(6.8813735870195432)

o = tanh(x1 * w1 + x2 * w2 + b)
backward(o)
print(f"o = {o:.6f}")
for name, v in (("x1", x1), ("w1", w1), ("x2", x2), ("w2", w2), ("b", b)) {
  print(f"{name:>3} = {v:9.6f}   do/d{name} = {grad(v):9.6f}")
}

graph(o)

# By hand: tanh' = 1 - tanh**2 = 1/2 here, and each product hands its other factor on.
half = 1 - o.data**2
assert abs(half - 0.5) < 1e-9
assert max(abs([grad(x1), grad(w1), grad(x2), grad(w2)] - [-1.5, 1, 0.5, 0])) < 1e-9
assert abs(grad(w1) - half * x1.data) < 1e-12, "a weight's gradient is the input times what comes back"
