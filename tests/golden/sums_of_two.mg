# Sums and means of x + y, x - y, x * y and x ** 2, which nobody writes down: as those of numbers that lie in memory.
functions = ((x, y) -> x + y, (x, y) -> x - y, (x, y) -> x * y, (x, y) -> y ** 2, (x, y) -> (x - y) * y)
def written(x) {
  y = zeros(x.shape, dtype=x.dtype)
  y[...] = x
  return y
}
def different(x, y) {
  "How many results differ in any bit."
  wrong = 0
  for f in functions {
    z = written(f(x, y))
    for axis in range(x.ndim) { wrong += sum(sum(f(x, y), axis=axis) != sum(z, axis=axis)) }
    for axes in ((0, -1), (0, 1), (0, -2)) { if x.ndim > 2 { wrong += sum(mean(f(x, y), axis=axes) != mean(z, axis=axes)) } }
    wrong += sum(sum(f(x, y)) != sum(z)) + sum(mean(f(x, y)) != mean(z))
  }
  return wrong
}
wrong = 0
for shape in ((50, 60), (129, 40), (8, 1000), (1000, 33), (3, 4200), (4200, 3), (300, 300), (5, 30, 300), (130, 7, 40), (2, 200, 33), (3, 4, 50, 70)) {
  base = (arange(len(zeros(shape).flatten())).reshape(shape) * 37 % 1009 - 500) / 7
  for kind in (float64, float32) {
    x = base.astype(kind); y = (base[::-1] / 3).astype(kind)
    for other in (y, y[0], y[..., :1], y[:1, ..., :1], y[:, :1], y[::-1, ..., ::-1], y[:1] * 0 + 3) {
      other = broadcast_to(other, shape)
      wrong += different(x, other) + different(other, x.T.T) + different(x.T, other.T)
    }
    wrong += different(x[..., 1:], y[..., 1:]) + different(x[..., ::2], y[..., ::2]) + different(x[1:], y[:-1])
  }
}
# One row again and again, which is added up once.
for rows in (1, 7, 128, 129, 1000, 4096, 5000) {
  row = arange(70) / 7 - 3
  for x in (broadcast_to(row, (rows, 70)), broadcast_to(row[:1], (rows, 1)), broadcast_to(row, (3, rows, 70))) {
    z = written(x)
    wrong += sum(sum(x, axis=-2) != sum(z, axis=-2)) + sum(prod(x / 4, axis=-2) != prod(z / 4, axis=-2))
    wrong += sum(sum(x, axis=(0, 1)) != sum(z, axis=(0, 1))) + sum(sum(x) != sum(z))
  }
}
# A product that is added up and used otherwise too, and operands that are used later.
x = tensor(arange(5000) / 7 - 300); y = x[::-1] * 1
a = x * y; s = sum(a); t = exp(a / 1e6)
wrong += sum(s != sum(written(a))) + sum(t != exp(written(x * y) / 1e6))
t = x * 2 + 1; s = sum(t * t); u = (t * 3 + 1) * (t + 2) * t
z = written(x * 2 + 1)
wrong += sum(s != sum(written(z * z))) + sum(u != written((z * 3 + 1) * (z + 2) * z))
print(wrong)
