# Of maximum and minimum a nan is the extreme and gets the gradient; fmax and fmin pass over it.  Ties share it.
a = tensor([nan, 1, nan, 2, 3, 3])
b = tensor([1, nan, nan, 2, 4, 2])
wide = tensor(tile([nan, 1, nan, 2, 3, 3], 2000))
other = tensor(tile([1, nan, nan, 2, 4, 2], 2000))
for f in (maximum, minimum, fmax, fmin) {
  g = grad(sum(f(a, b)), (a, b))
  print(g)
  print([grad(f, (0, 1))(item(a[k]), item(b[k])) for k in range(6)])
  same = (u, v) -> array_equal(u[0], v[0]) and array_equal(u[1], v[1])
  print(same(grad(sum(f(a.astype(float32), b.astype(float32))), (a, b)), g))
  print(same(grad(sum(2 * (f(wide + 0, other * 1) + 1)), (wide, other)), (tile(2 * g[0], 2000), tile(2 * g[1], 2000))))
  x = tensor([nan, 1])
  print(grad(sum(f(x, x)), x), grad(sum(grad(sum(f(x, x) ** 3), x)), x))
  print(jacobian(u -> f(u, b))(a).diagonal())
}
