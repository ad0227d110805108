#!/usr/bin/env mgrad
# Newton's method: follow the tangent to its root.  The derivative needs no formula.
def newton(f, x, steps=8) {
  "Prints the iterates of Newton's method for f(x) = 0 and returns the last."
  for i in range(steps) {
    print(f"  {i}   x = {x:.15f}   f(x) = {f(x):.3e}")
    if f(x) == 0 { break }
    x = x - f(x) / f'(x)
  }
  return x
}

print("the square root of 2, from 1:")
root = newton(x -> x ** 2 - 2, 1, 6)

print("a start from which it goes round in circles, x**3 - 2x + 2 from 0:")
cycle = newton(x -> x**3 - 2x + 2, 0, 4)

# Along each tangent to the axis, and straight to the curve again: from 0 to 1 and from 1 to 0, for ever.
g(x) = x**3 - 2x + 2
plot(g, -2.2, 1.6, path=[[0, 0], [0, g(0)], [1, 0], [1, g(1)], [0, 0]], labels=("x**3 - 2x + 2", "steps"),
     size=(72, 18))

assert abs(root - sqrt(2)) < 1e-15, "Newton finds the square root of 2"
assert cycle == 0 or cycle == 1, "the bad start cycles between 0 and 1"
