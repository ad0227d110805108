#!/usr/bin/env mgrad
# Related rates: when two quantities hang together, so do the speeds at which they change.

# A ladder of 5 m leans on a wall; its foot slides away at half a metre per second.
foot(t) = 1.4 + t / 2
top(t) = sqrt(25 - foot(t)**2)
print("  t    foot     top    speed of the top")
for t in (0, 2, 4, 6, 7) {
  print(f"{t:3} {foot(t):7.3f} {top(t):7.3f} {top'(t):10.4f} m/s")
}

# The textbook's way: differentiate x**2 + y**2 = 25, which gives y' = -x x' / y.
textbook(t) = -foot(t) * foot'(t) / top(t)
t = linspace(0, 7, 15, constant=true)
print("largest difference from the textbook's formula:", max(abs(top'(t) - textbook(t))))

plot(foot, top, 0, 7.2, labels=("foot", "top"), xlabel="seconds", ylabel="m", size=(72, 14))

# Water runs into a cone (as wide as high) at 2 m**3 per minute.  How fast does it rise when it stands h metres deep?
water(h) = pi / 12 * h**3
rise(h) = 2 / water'(h)
for h in (1, 2, 4) { print(f"at a depth of {h} m the water rises {rise(h):.4f} m per minute") }

assert max(abs(top'(t) - textbook(t))) < 1e-12
assert abs(rise(1) / rise(2) - 4) < 1e-12, "twice as deep, a quarter as fast"
