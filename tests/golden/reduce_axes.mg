# Reductions along several axes that no single stride joins, for few and for many columns: as those of a copy that lies in order.
def different(f, x, axes, rows) {
  "How many results differ, in any bit, from those of the same rows in memory of their own."
  y = f(x, axes); z = f(rows, 0)
  return sum(where(isnan(y) & isnan(z), false, y != z))
}
reducers = (sum, max, min, mean, prod, logsumexp, var, std, any, all)
wrong = 0
for width in (1, 15, 16, 17, 30, 64, 65, 127, 128, 129, 200, 257) {
  base = (arange(3 * 140 * (width + 2)).reshape(3, 140, width + 2) * 37 % 101 - 50) / 64
  for kind in (float64, float32, int32) {
    x = base.astype(kind)[:, :129, :width]
    for f in reducers {
      wrong += different(f, x, (0, 1), copy(x).reshape(387, width))
      wrong += different(f, x[::-1, ::2], (0, 1), copy(x[::-1, ::2]).reshape(195, width))
      t = x.T
      wrong += different(f, t, (1, 2), copy(t).reshape(width, 387).T)
      wrong += different(f, t[:, 3:, ::-1], (1, 2), copy(t[:, 3:, ::-1]).reshape(width, 378).T)
    }
  }
}
print(wrong)
# The same of tensors that are still to be computed, and their gradients.
x = tensor(arange(10 * 200 * 65).reshape(10, 200, 65) % 7 * 1.0)
backward(sum(sum((x * 2)[:, :129, :], axis=(0, 1)) * arange(65)))
print(sum(abs(grad(x)[:, :129] - 2 * arange(65))), sum(abs(grad(x)[:, 129:])), sum(sum((x.T + 1)[:, :129], axis=(1, 2))))
