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
