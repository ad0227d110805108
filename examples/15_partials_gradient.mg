#!/usr/bin/env mgrad
# Partial derivatives and the gradient, which points uphill and stands at right angles on the level curves.
height(p) = p[0]**2 / 4 + p[1]**2
gradient_at = grad(height)

# The curve of height 1 is an ellipse.  Walk along it, and look at the direction of the walk.
curve(t) = [2cos(t), sin(t)]
t = 0.6
p, along = curve(t), jvp(curve, t, 1)
g = gradient_at(p)
print("at", p, "the partial derivatives are", g)
print("the level curve goes in the direction", along)
print(f"gradient . direction = {g @ along:.4f}")

# The slope in any direction u is the gradient times u; no direction is steeper than the gradient's own.
print("direction   slope")
angles = linspace(0, 180, 7, constant=true)
for degree in angles {
  u = [cos(radians(degree)), sin(radians(degree))]
  slope = jvp(height, p, u)
  assert abs(slope - g @ u) < 1e-14
  print(f"{degree:7.0f}°  {slope:8.4f}")
}
uphill = g / norm(g)
print(f"steepest:  {jvp(height, p, uphill):.4f}  in the direction", uphill)

contour((x, y) -> height([x, y]), -3, 3, -2, 2, path=stack((p, p + uphill)),
        title="uphill is across the level curves", size=(72, 20))

assert abs(g @ along) < 1e-14, "the gradient is at right angles to the level curve"
assert abs(jvp(height, p, uphill) - norm(g)) < 1e-14, "uphill the slope is the length of the gradient"
