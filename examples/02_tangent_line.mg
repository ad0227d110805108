#!/usr/bin/env mgrad
# The tangent line: the straight line that a curve looks like when you come close enough.
tangent(f, a) = x -> f(a) + f'(a) * (x - a)

f(x) = sin(x) + x / 2
a = 1
t = tangent(f, a)
print(f"f(1) = {f(a):.4f}, f'(1) = {f'(a):.4f}: the tangent is y = {f'(a):.4f} x + {t(0):.4f}")

print("distance from 1   curve     tangent   difference")
for d in (1, 0.5, 0.25, 0.125, 0.0625) {
  x = a + d
  print(f"{d:15g}   {f(x):.5f}   {t(x):.5f}   {f(x) - t(x):9.6f}")
}

plot(f, t, -2, 4, labels=("f", "tangent at 1"), points=(a, f(a)), size=(72, 20))

# Half the distance, a quarter of the difference: no other line through the point comes so close.
difference(d) = f(a + d) - t(a + d)
assert abs(difference(0.001) / difference(0.0005) - 4) < 0.01, "the difference falls with the square of the distance"
