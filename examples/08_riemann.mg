#!/usr/bin/env mgrad
# Riemann sums: four ways to fill the area under a curve with n strips, and how fast each becomes exact.
f(x) = 1 + x * sin(x)
a, b = 0, 2
exact = integrate(f, a, b)

def area(rule, n) {
  "The area under f from a to b by n strips."
  edges = linspace(a, b, n + 1, constant=true)
  left, right = edges[:-1], edges[1:]
  width = (b - a) / n
  if rule == "left" { return width * sum(f(left)) }
  if rule == "right" { return width * sum(f(right)) }
  if rule == "midpoint" { return width * sum(f((left + right) / 2)) }
  return width * sum(f(left) + f(right)) / 2
}

rules = ("left", "right", "midpoint", "trapezoid")
print(f"the area is {exact:.10f}; the errors of n strips are:")
print("     n       left      right   midpoint  trapezoid")
for n in (4, 8, 16, 32, 64) {
  print(f"{n:6}", end="")
  for rule in rules { print(f" {abs(area(rule, n) - exact):10.2e}", end="") }
  print()
}

n = 12
middles = (arange(n, constant=true) + 0.5) * (b - a) / n
bar(middles, f(middles), title="midpoints, 12 strips", size=(72, 14))

counts = 2 ** arange(2, 11, constant=true)
errors(rule) = [abs(area(rule, k) - exact) for k in counts]
plot(counts, errors("left"), errors("midpoint"), logx=true, logy=true, labels=("left", "midpoint"),
     title="error against the number of strips", size=(72, 16))

# Twice as many strips: half the error at the edges, a quarter with midpoints and trapezoids.
gains = [(area(rule, 64) - exact) / (area(rule, 128) - exact) for rule in rules]
print("twice as many strips divide the error by", gains)
assert max(abs(gains - [2, 2, 4, 4])) < 0.02
