# The derivative by the share: how steeply the sorted elements rise there; where it falls on one, towards the next, or to the
# last from the one before.
x = [1, 2, 4, 8.5, 3]
print((q -> quantile(x, q))'([0, 0.25, 0.3, 0.75, 0.9, 1]), (q -> percentile(x, q))'([0, 25, 30, 75, 90, 100]))
print((q -> quantile([1, 2, 4], q))'(tensor(0.3)), (q -> quantile(x, q))''(0.3), (q -> quantile(x, q))''(0.5))
for m in ("lower", "higher", "nearest", "midpoint") { print((q -> quantile(x, q, method=m))'([0, 0.25, 0.3, 1])) }
print(grad((x, q) -> quantile(x, q), (0, 1))(x, 0.3), grad(q -> grad(x -> quantile(x, q))(x)[1])(0.3))
m = [[1, 2, 4], [8, 5, 3]]
for f in ((x, q) -> quantile(x, q, axis=1), (x, q) -> percentile(x, 100q, axis=0, keepdims=true), (x, q) -> quantile(x, q) * median(x)) {
  slopes(x, q) = (g -> concatenate((ravel(g[0]), ravel(g[1]))))(grad((x, q) -> sum(f(x, q) ** 2), (0, 1))(x, q))
  print(check_grad(f, m, 0.3), check_grad(f, m, [0.2, 0.9]), check_grad(slopes, m, 0.3), check_grad(slopes, m, [0.2, 0.9]))
}
# From selected elements and from sorted ones; a tuple of shares; both float types.
seed(1); z = randn(1000); z32 = astype(z, float32); rest = detach(zeros(9))
print((q -> quantile(z, q))'([0.1, 0.5, 1]) == (q -> quantile(z, concatenate((q, rest)))[:3])'([0.1, 0.5, 1]))
print((q -> quantile(x, (q, 1 - q))[1])'(0.3), (q -> quantile(z32, q))'(0.3).dtype, quantile(z32[:2], tensor(0.3)).dtype)
q = tensor(0.3, dtype=float32); y = quantile(tensor([1, 2, 4], dtype=float32), q); backward(y); print(y, y.dtype, grad(q), grad(q).dtype)
q = tensor([[0, 1], [0.5, 0.5]]); backward(sum(quantile(m, q, axis=1, keepdims=true))); print(grad(q))
# One element, none, nan, and neighbours that are infinitely far away
print((q -> quantile([3], q))'([0, 0.5, 1]), (q -> quantile([], q))'(0.5), jacobian(q -> quantile([[1, nan], [1, 2]], q, axis=1))(0.5))
print((q -> quantile([1, 2, inf], q))'([0.2, 0.5, 0.7]), jacobian(q -> quantile([[-inf, 1], [1, 2]], q, axis=1))(0.5), quantile([1, inf], tensor([0, 0.5])))
