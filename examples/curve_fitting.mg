#!/usr/bin/env mgrad
# Curve fitting: a damped oscillation through noisy points, with exact derivatives of the model.
seed(4);
t = linspace(0, 6, 60, constant=true)
model(p, t) = p[0] * exp(-p[1] * t) * cos(p[2] * t + p[3])
truth = [2, 0.4, 3, 0.5]
y = model(truth, t) + 0.05 * randn(60, constant=true)

found = minimize(p -> mean((model(p, t) - y) ** 2), [1.5, 0.3, 2.9, 0.3]).x
print("true parameters: ", truth)
print("found parameters:", found)
print(f"mean squared error {mean((model(found, t) - y) ** 2):.5f}")
assert max(abs(found - truth)) < 0.1, "the fit is close to the truth"
