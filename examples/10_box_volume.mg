#!/usr/bin/env mgrad
# The largest box: cut squares of side x from the corners of a 20 x 30 sheet and fold it up.
volume(x) = x * (20 - 2x) * (30 - 2x)
print(volume')

# A maximum is where the volume stops growing: volume' changes from + to -.  Halve the interval around that place.
def bisect(g, low, high, steps=50) {
  "A root of g between low and high, where g has different signs."
  for k in range(steps) {
    middle = (low + high) / 2
    if k < 6 { print(f"  between {low:.5f} and {high:.5f}") }
    if sign(g(middle)) == sign(g(low)) { low = middle } else { high = middle }
  }
  return (low + high) / 2
}

x = bisect(volume', 1, 9)
print(f"cut x = {x:.6f}: a box of {20 - 2x:.3f} x {30 - 2x:.3f} x {x:.3f} holds {volume(x):.3f}")

plot(volume, 0, 10, points=(x, volume(x)), xlabel="x", title="volume of the box", size=(72, 14))

# Newton's method finds the same place, and the second derivative says that it is a maximum.
assert abs(x - solve(volume', 4)) < 1e-9 and volume''(x) < 0
assert abs(x - (25 - 5 * sqrt(7)) / 3) < 1e-9, "the quadratic formula agrees"
