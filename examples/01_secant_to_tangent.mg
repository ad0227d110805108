#!/usr/bin/env mgrad
# From secant to tangent: the slope between two points of a curve becomes the derivative as the points meet.
f(x) = x**3 - 2x
a = 1

# The slope of the line through (a, f(a)) and (a + h, f(a + h)).
secant(h) = (f(a + h) - f(a)) / h

print("       h     slope   slope - f'(1)")
for h in (1, 0.5, 0.1, 0.01, 0.001, 0.0001) {
  print(f"{h:8g} {secant(h):9.5f}   {secant(h) - f'(a):.1e}")
}
print("The slopes approach f'(1) =", f'(a), "where", f')


# The curve, two of its secants, and the tangent.
line(h) = x -> f(a) + secant(h) * (x - a)
tangent(x) = f(a) + f'(a) * (x - a)
plot(f, line(1), line(0.5), tangent, -0.5, 2.2, labels=("f", "h = 1", "h = 0.5", "tangent"), points=(a, f(a)),
     size=(72, 20))

# A point ten times as close gives an error a tenth as large: it is about h f''(a) / 2.
assert abs((secant(1e-4) - f'(a)) / 1e-4 - f''(a) / 2) < 1e-3, "the error shrinks with h"
