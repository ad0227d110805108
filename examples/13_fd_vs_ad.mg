#!/usr/bin/env mgrad
# Differences against automatic differentiation: a small step is better than a large one, a very small one is worse.
f(x) = exp(sin(x)) + x**3
exact(x) = exp(sin(x)) * cos(x) + 3x**2
a = 0.7

h = logspace(-1, -15, 15, constant=true)
forward = abs((f(a + h) - f(a)) / h - exact(a))
central = abs((f(a + h) - f(a - h)) / 2h - exact(a))
automatic = abs(f'(a) - exact(a))

print("      h   forward   central")
for k in range(len(h)) { print(f"{h[k]:.0e}  {forward[k]:.1e}   {central[k]:.1e}") }
print(f"f'(a) needs no h; its error is {automatic:.1e}")
print(f"the best step of a forward difference is {h[argmin(forward)]:.0e}, of a central one {h[argmin(central)]:.0e}")

plot(h, forward, central, logx=true, logy=true, marks=true, labels=("forward", "central"), xlabel="h",
     title="error", size=(72, 18))

# Rounding costs about 1e-16 / h, the curve about h (forward) or h**2 (central): the best compromise is far from exact.
assert automatic < 1e-15, "automatic differentiation is exact to rounding"
assert min(forward) > 1e-10 and min(central) > 1e-13, "no step is as good"
assert argmin(central) < argmin(forward), "central differences like larger steps"
