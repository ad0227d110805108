#!/usr/bin/env mgrad
# A function with its first and second derivative: where f' is 0 the curve is level, and f'' tells in what way.
f(x) = x**4 / 4 - x**3 / 3 - x**2 + 1

print(f')
print(f'')

kind(x) = "minimum" if f''(x) > 0 else "maximum" if f''(x) < 0 else "undecided"

# The level places: roots of f', each found from a start nearby.
places = [solve(f', start) for start in (-1.5, 0.1, 2.5)]
for x in places {
  print(f"x = {x:7.4f}   f(x) = {f(x):8.4f}   f''(x) = {f''(x):8.4f}   {kind(x)}")
}

# Where f'' changes its sign the curve changes from bending one way to bending the other.
bends = [solve(f'', start) for start in (-1, 1)]
print("inflections at", bends)

plot(f, f', f'', -2, 3, labels=("f", "f'", "f''"), points=(places, f(places)), size=(72, 20))

assert max(abs(places - [-1, 0, 2])) < 1e-9
assert (kind(places[0]), kind(places[1]), kind(places[2])) == ("minimum", "maximum", "minimum")
