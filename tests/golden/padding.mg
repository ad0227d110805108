# pad, insert and delete of constants and variables in every mode.
seed(2)
show(r) = f"{r.dtype} {r.shape} {sum(where(isnan(ravel(r) * 1.0), 7, ravel(r)) * (arange(r.size) % 97 + 1))}"
def report(f) { try { return show(f()) } catch e { return e.message } }

xs = (randn(5), randn(3, 4).T, randint(0, 9, (2, 3, 4)), randn(2, 3, 4, 5) > 0, astype(randn(2, 2, 2, 3, 2), float32), zeros((0, 3)),
      tensor(randn(3, 4)), tensor(randn(1)))
for x in xs {
  print("x", x.shape, x.dtype)
  for width in (0, 1, 2, 7, [0, 3], -1) {
    print(width, map(v -> report(() -> pad(x, width, constant_values=v)), (0, 2.5, nan, [1, 2], tensor(4.0))))
    print("  ", map(m -> report(() -> pad(x, width, mode=m)), ("edge", "wrap", "symmetric", "reflect")))
    if not x.constant { print("  ", map(m -> report(() -> grad(y -> sum(pad(y, width, mode=m) ** 3))(x)), ("constant", "edge", "wrap", "symmetric", "reflect"))) }
  }
  for axis in (none, 0, -1) {
    for i in (0, 1, -1, 4, -6, [1], [0, -1], [], true) {
      print(axis, i, report(() -> delete(x, i, axis=axis)), map(v -> report(() -> insert(x, i, v, axis=axis)), (1, 2.5, [1, 2, 3], tensor(1.5))))
      if not x.constant { print("  ", report(() -> grad(y -> sum(insert(y, i, y[0], axis=axis) ** 3))(x)), report(() -> grad(y -> sum(delete(y, i, axis=axis) ** 3))(x))) }
    }
  }
}
