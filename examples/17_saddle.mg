#!/usr/bin/env mgrad
# Level places of a surface: minimum, maximum or saddle?  The eigenvalues of the Hessian tell.
def classify(f, p) {
  "What kind of level place the point p of f is."
  bends = eigvalsh(hessian(f)(p))
  if min(abs(bends)) < 1e-9 { return "undecided: it is flat there" }
  if all(bends > 0) { return "minimum" }
  return "maximum" if all(bends < 0) else "saddle"
}

bowl(p) = p[0]**2 + p[1]**2
pass(p) = p[0]**2 - p[1]**2
monkey(p) = p[0]**3 - 3p[0] * p[1]**2
waves(p) = sin(p[0]) + cos(p[1])

print("x**2 + y**2      at (0, 0):    ", classify(bowl, [0, 0]))
print("x**2 - y**2      at (0, 0):    ", classify(pass, [0, 0]))
print("x**3 - 3 x y**2  at (0, 0):    ", classify(monkey, [0, 0]))
for x in (-pi / 2, pi / 2) {
  for y in (0, pi) {
    print(f"sin(x) + cos(y)  at ({x:.2f}, {y:.2f}):", classify(waves, [x, y]))
  }
}

heatmap((x, y) -> monkey([x, y]), -2, 2, -2, 2, title="the monkey saddle: two legs and a tail", size=(60, 20))

# A saddle goes up in one direction and down in another.
assert jvp(grad(pass), [0, 0], [1, 0])[0] > 0 > jvp(grad(pass), [0, 0], [0, 1])[1]
assert classify(pass, [0, 0]) == "saddle" and classify(bowl, [0, 0]) == "minimum"
assert classify(waves, [pi / 2, 0]) == "maximum"
