#!/usr/bin/env mgrad
# Lagrange multipliers: at the best place of a curve g = 0 the gradients of f and g are parallel, ∇f = λ ∇g.
def best_on(f, g, start, steps=20) {
  "A place on g = 0 where ∇f = λ ∇g, by Newton's method for (x, y, λ); also λ."
  system(v) = concatenate((grad(f)(v[:2]) - v[2] * grad(g)(v[:2]), [g(v[:2])]))
  v = concatenate((start, [1]))
  for k in range(steps) {
    residual = system(v)
    print(f"  {k}   x = {v[0]:.6f}   y = {v[1]:.6f}   λ = {v[2]:.6f}   residual {norm(residual):.1e}")
    if norm(residual) < 1e-13 { break }
    v -= linalg.solve(jacobian(system)(v), residual)
  }
  return v[:2], v[2]
}

area(p) = p[0] * p[1]

print("the largest x y on the line x + y = 10:")
p, multiplier = best_on(area, p -> p[0] + p[1] - 10, [1, 2])
assert norm(p - [5, 5]) < 1e-12

# λ is the price of the constraint: how much more area one more unit of length would give.
more(length) = (length / 2)**2
print("λ =", multiplier, " and the area grows with the length by", more'(10))
assert abs(multiplier - more'(10)) < 1e-12

print("the largest x y on the ellipse x**2 / 8 + y**2 / 2 = 1:")
p, multiplier = best_on(area, p -> p[0]**2 / 8 + p[1]**2 / 2 - 1, [1, 1.5])
angle = linspace(0, 2pi, 100, constant=true)
contour((x, y) -> x * y, -3.2, 3.2, -1.8, 1.8, levels=[-2, -1, 1, 2], points=(p[0], p[1]),
        path=column_stack((sqrt(8) * cos(angle), sqrt(2) * sin(angle))),
        title="where the ellipse touches a level curve", size=(72, 20))
print("the rectangle with the corner", p, "has the area", 4 * area(p))
assert norm(p - [2, 1]) < 1e-12, "the best corner of the ellipse is (2, 1)"
