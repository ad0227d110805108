#!/usr/bin/env mgrad
# The fundamental theorem: the area under f from 0 to x, as a function of x, has the derivative f.
f(x) = x * cos(x) + 1

# The area as a sum over n strips.  It is a program like any other, so it can be differentiated.
def area(x, n=1000) {
  middles = (arange(n, constant=true) + 0.5) * x / n
  return sum(f(middles)) * x / n
}

print("     x    area(x)   area'(x)       f(x)")
for x in (0.5, 1, 1.5, 2, 3) {
  print(f"{x:6g} {area(x):10.6f} {area'(x):10.6f} {f(x):10.6f}")
}

# The exact area has exactly this derivative.
exact(x) = integrate(f, 0, x)
print("exact area at 2:", exact(2), " its derivative:", exact'(2))

# The same backwards: differences of a running sum give back what was summed.
heights = f(linspace(0, 3, 7, constant=true))
areas = 0.5 * cumsum(heights)
print("heights:            ", heights[1:])
print("differences of areas:", diff(areas) / 0.5)

x = linspace(0, 5, 60, constant=true)
plot((x, f(x)), (x, [area(t, 200) for t in x]), labels=("f", "area under f"), size=(72, 16))

assert abs(area'(2) - f(2)) < 1e-5, "the derivative of the area is the height"
assert abs(exact'(2) - f(2)) < 1e-9
