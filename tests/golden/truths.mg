# any and all by axes of comparisons that are computed while they are read, with and without other results of the pass.
seed(4)
x = randn(500, 400)
for limit in (-9, 2, 3, 9) {
  truths = [[1 if item(x[i, j]) > limit else 0 for j in range(400)] for i in range(500)]
  for axis in (0, 1) {
    whole = sum(truths, axis=axis)
    print(limit, axis, array_equal(any(x > limit, axis=axis), whole > 0), array_equal(all(x > limit, axis=axis), whole == x.shape[axis]),
          sum(any(x > limit, axis=axis)), sum(all(x > limit, axis=axis)))
  }
  y = x * 2
  kept = y > limit
  rows = any(kept, axis=1)
  print(array_equal(rows, sum(kept, axis=1) > 0), array_equal(y, x + x), sum(kept) == sum(y / 2 > limit / 2))
}

# Sums of short rows, and logsumexp of them: the same bits as of each alone.
z = randn(300, 7, 90)
each = [sum(z[:, i, :], axis=none) for i in range(7)]
print(allclose(sum(z, axis=(0, 2)), each, rtol=1e-13))
for n in (1, 2, 3, 7, 8, 9) {
  for t in (float64, float32) {
    w = astype(randn(700, n) * 20, t)
    w[3] = -inf; w[5, 0] = inf; w[7, n - 1] = nan; w[9] = 2; w[11, 0] = -0.0
    alone = [item(logsumexp(w[i])) for i in range(700)]
    r = logsumexp(w, axis=1)
    print(n, array_equal(where(isnan(r), 9, r), where(isnan(alone), 9, alone)), round(sum(where(isfinite(r), r, 0)), 6))
  }
}
