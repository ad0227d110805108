# Elementwise work on transposed operands, of all sizes and types: as on a copy whose rows were put down one by one.
def copied(x) {
  "x in C order, element by element along its last axis."
  y = zeros(x.shape, dtype=x.dtype)
  for i in range(x.shape[0]) { y[i] = x[i] }
  return y
}
wrong = 0
for (rows, columns) in ((50, 60), (64, 64), (7, 1000), (1000, 7), (9, 513), (513, 33), (3, 4200), (4200, 3)) {
  base = (arange(rows * columns).reshape(rows, columns) * 37 % 1009 - 500) / 64
  for kind in (float64, float32, int32, int64, uint8, bool) {
    x = base.astype(kind)
    y = copied(x.T)
    wrong += sum(x.T + x.T != y + y)
    wrong += sum(x.T * y != y * y)
    wrong += sum(where(x.T > 1, x.T, 0) != where(y > 1, y, 0))
    wrong += sum(x[:, 1:].T * 2 + 1 != y[1:] * 2 + 1) + sum(x[1:].T[::-1] + 1 != y[::-1, 1:] + 1)
    wrong += sum(copy(x[1:, 2:].T) != y[2:, 1:])
    if rows == columns { wrong += sum(x + x.T != copied(x) + y) } # two ways to read the same memory
  }
}
for (a, b, c) in ((12, 13, 14), (3, 40, 50), (40, 2, 65), (5, 300, 9)) {
  base = arange(a * b * c).reshape(a, b, c) / 7
  for kind in (float64, float32) {
    x = base.astype(kind)
    for order in ((2, 1, 0), (0, 2, 1), (1, 0, 2), (2, 0, 1), (1, 2, 0)) {
      t = transpose(x, order)
      wrong += sum(t * 3 - 1 != copied(t) * 3 - 1)
      wrong += sum(sum(t * 3, axis=1) != sum(copied(t) * 3, axis=1)) + (1 if sum(t * 3) != sum(copied(t) * 3) else 0)
    }
  }
}
print(wrong)
