# Between equal elements lies nothing else.
print(quantile([0.1, 0.1], 0.3) == 0.1, percentile([[0.1, 0.1], [0.7, 0.7]], 30, axis=1) == [0.1, 0.7])
same = true
for k in range(1, 100) { same = same and quantile([k / 7, k / 7, k / 7], k / 100) == k / 7 }
same
format(quantile([0.3, 1.7], 0.9), ".17g"), format(quantile([0.3, 1.7], 0.2), ".17g")
# Infinite ends, and ends whose difference is
print(quantile([inf, inf], 0.5), quantile([1, inf], 0.5), quantile([-inf, 1], 0.25), quantile([-inf, inf], 0.5))
print(quantile([-1e308, 1e308], [0, 0.25, 0.5, 1]), quantile([1, inf], [0, 1]), quantile([[1, 2], [3, inf]], 0.25, axis=1))
x = tensor([5, 1, 3, 2.5]); backward(sum(quantile(x, [0.1, 0.3, 0.5, 0.75]))); grad(x)
x = tensor([1, inf]); backward(quantile(x, 0.25)); grad(x)
# Whether few elements are selected or all are sorted: the same values and gradients, also between equal elements and nan.
seed(3)
by_sorting(x, p) = (s -> (k -> s[..., floor(k)] + (s[..., ceil(k)] - s[..., floor(k)]) * (k - floor(k)))(p * (x.shape[-1] - 1)))(sort(x, -1))
few(shape) = where(randint(0, 400, shape) == 0, nan, randint(-3, 4, shape) * 1.0)
sources = (s -> randn(s), s -> few(s), s -> astype(randn(s), float32), s -> randint(-5, 5, s), s -> rand(s) > 0.5, s -> zeros(s) * nan, s -> where(rand(s) > 0.5, -1, 1) + 1e-9 * rand(s))
same_or_nan(a, b) = all((abs(a - b) < 1e-6) | (isnan(a) & isnan(b)))
for shape in ((255,), (256,), (257,), (5001,), (90, 3), (3, 300), (2, 30, 40)) {
  values = 0
  gradients = 0
  for source in sources {
    x = source(shape)
    torn = any(isnan(x), axis=-1)
    for p in (0, 0.5, 0.75, 1) {
      values += same_or_nan(quantile(x, p, axis=-1), where(torn, nan, by_sorting(x, p)))
      values += same_or_nan(quantile(x, [p, p, p], axis=-1)[1], quantile(x, full(9, p), axis=-1)[8])
      if x.dtype == float64 {
        g = grad(x -> sum(quantile(x, p, axis=-1)))(x)
        gradients += array_equal(g, grad(x -> sum(quantile(x, concatenate(([p], full(8, 0.1))), axis=-1)[0]))(x))
        gradients += all(torn | (abs(sum(g, axis=-1) - 1) < 1e-12))
      }
    }
  }
  print(shape, values, gradients)
}
x = zeros(300); x[100:] = 1; x[250:] = nan
backward(sum(quantile(x, [0.1, 0.5]))); nonzero(x.grad)[0]
x = arange(300) % 3; x = astype(x, float64)
backward(median(x)); nonzero(x.grad)[0]
print(argselect([[3, nan, 1], [2, 2, 1]], [1, 2], 1), argselect([[3, nan, 1], [2, 2, 1]], [0], axis=0), argselect([5, 4], []))
try { argselect([1, 2], [2]) } catch err { print(err.message) }
