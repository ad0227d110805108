#!/usr/bin/env mgrad
# Implicit differentiation: the slope of a curve F(x, y) = 0 is -Fx / Fy, without solving for y.
slope(F) = (x, y) -> -grad(F, 0)(x, y) / grad(F, 1)(x, y)

circle(x, y) = x**2 + y**2 - 25
print("the circle x**2 + y**2 = 25:")
for x, y in ((3, 4), (4, 3), (4, -3)) {
  print(f"  at ({x}, {y}) the slope is {slope(circle)(x, y):.4f}")
}

# Descartes' leaf cannot be solved for y in a simple way.
leaf(x, y) = x**3 + y**3 - 6x * y
print("the leaf x**3 + y**3 = 6 x y:")
print("  at (3, 3) the slope is", slope(leaf)(3, 3))

# Points on the leaf at other places: solve for y near a guess.
y_at(x, guess) = solve(y -> leaf(x, y), guess)
for x in (2, 3.1, 2.5) {
  y = y_at(x, 3)
  print(f"  at ({x}, {y:.4f}) the slope is {slope(leaf)(x, y):.4f}")
}

y = y_at(2, 3)
contour(leaf, -4, 4, -4, 4, levels=[0], points=(2, y), title="the leaf", size=(60, 22))

# The slope is what a small step along the curve shows.
h = 1e-5
step = (y_at(2 + h, 3) - y_at(2 - h, 3)) / 2h
assert abs(slope(circle)(3, 4) + 3 / 4) < 1e-15 and slope(leaf)(3, 3) == -1
assert abs(step - slope(leaf)(2, y_at(2, 3))) < 1e-6, "the slope agrees with a small step"
