# nan among the elements: the middle is nan, and equal nan are one.
median([1, nan, 3])
quantile([[1, nan, 3], [1, 2, 4]], 0.5, axis=1)
quantile([[1, nan], [2, 3]], [0, 1], axis=1)
unique([nan, 1, nan, 2, 2])

# What stands in for nan does not share the gradient with a number that is as far out.
for x in ([nan, -inf], [nan, -inf, -inf], [nan, 1], [nan, nan]) { print(nanmax(x), grad(nanmax)(x), grad(nanmin)(-x)) }
x = tensor([[nan, -inf], [inf, nan], [2, nan], [nan, nan]])
backward(sum(nanmax(x, axis=1)) + 2 * sum(nanmin(x, axis=1))); grad(x)
