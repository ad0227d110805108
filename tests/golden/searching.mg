# The place of a number among sorted ones, whether these are evenly spaced, bunched, repeated or not finite.
seed(4)
v = concatenate((randn(400, constant=true) * 2, [-3, -1, 0, 1, 3, nan, inf, -inf, 1e300]))
bunched = sort(randn(50, constant=true) ** 3)
for e in (linspace(-3, 3, 61, constant=true), bunched, [1, 1, 1], [-1, -1, 0, 2, 2, 5], [0], [-inf, 0, inf], [0, 1, nan]) {
  left = sum((e[newaxis, :] < v[:, newaxis]) | (isnan(v)[:, newaxis] & ~isnan(e)[newaxis, :]), axis=1)
  right = sum((e[newaxis, :] <= v[:, newaxis]) | isnan(v)[:, newaxis], axis=1)
  print(all(searchsorted(e, v) == left), all(searchsorted(e, v, "right") == right))
}
x = randn(5000, constant=true)
counts, edges = histogram(x, 37)
print(all(counts[:36] == [count_nonzero((x >= edges[k]) & (x < edges[k + 1])) for k in range(36)]))
print(bincount([1, 1, 3]), bincount([0, 2], [0.5, 2]), bincount(zeros(0, dtype=int), minlength=2))
