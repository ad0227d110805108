# Running sums and products along every axis and of every layout: as one row after the other gives them.
def one_by_one(x, axis, f) {
  rows = moveaxis(x, axis, 0)
  running = (rows[0],)
  for i in range(1, x.shape[axis]) { running = running + (f(running[i - 1], rows[i]),) }
  return moveaxis(stack(running), 0, axis)
}
wrong = 0
for kind in (float64, float32, int64, int32, bool) {
  for shape in ((5,), (1,), (3, 4), (1, 6), (2, 3, 4), (4, 1, 3), (300, 7), (7, 300), (70000, 2)) {
    base = (arange(prod(shape)).reshape(shape) * 7 % 11 - 5).astype(kind)
    for x in (base, flip(base), base.T, copy(base.T).T, base[::-1], base[..., ::-1], base[::2] if shape[0] > 1 else base) {
      wide = x if kind == float64 or kind == int64 else x.astype(float64 if kind == float32 else int64)
      for axis in range(len(shape)) {
        if x.shape[axis] > 300 { continue }
        wrong += sum(cumsum(x, axis=axis) != one_by_one(wide, axis, (a, b) -> a + b).astype(cumsum(x[:1]).dtype))
        wrong += sum(cumprod(x, axis=axis) != one_by_one(wide, axis, (a, b) -> a * b).astype(cumprod(x[:1]).dtype))
      }
      wrong += sum(cumsum(x) != cumsum(copy(flatten(x))))
    }
  }
}
print(wrong)
# Their gradients run the other way.
x = tensor(arange(200000) % 5 * 1.0)
backward(sum(cumsum(x) * arange(200000) % 3))
print(grad(x)[:3], grad(x)[-3:], cumsum(zeros((0, 3)), axis=0).shape, cumsum(3))
