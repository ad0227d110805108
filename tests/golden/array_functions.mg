# Functions of arrays written in the language, at their edges.

# A copy even where nothing is added.
x = tensor([1, 2, 3])
y = pad(x, 0)
z = tile(x, 1)
y[0] = 9
z[0] = 8
print(x, y, z)

# insert: one index, several, and values along an axis.
print(insert([1, 2, 3], [2, 0], [7, 8]), insert([1, 2], -1, [5, 6]), insert([1, 2], 2, 3))
print(insert([[1, 2], [3, 4]], [1], [[5], [6]], axis=1))
print(insert([[1, 2], [3, 4]], 1, [[5, 6]], axis=1))
v = tensor([1, 2])
backward(sum(insert([3, 4], [0, 2], v) * [1, 10, 100, 1000]))
print(v.grad)
try { insert([1, 2], 4, 0) } catch err { print(err.message) }
try { take(zeros((2, 3)), [0, 5], axis=1) } catch err { print(err.message) }
print(delete([1, 2, 3], [true, false, true] == [true, true, true]), delete([1, 2, 3], -1))

# Falling edges; edges in no order.
print(digitize([-1, 0, 0.5, 3, 4], [3, 2, 1, 0]), digitize([0, 3], [3, 2, 1, 0], right=true))
try { digitize([1], [0, 2, 1]) } catch err { print(err.message) }

# dtypes and shapes of order statistics.
i = tensor([1, 2, 4], dtype=int)
print(median(i[:1]).dtype, median(i), quantile(i, [[0, 0.5], [0.5, 1]]), quantile(i, []).shape, isnan(median([])))
print(quantile(zeros((0, 3)), 0.5, axis=1).shape)

# nan counts as nothing; dtypes stay.
f = tensor([1, nan, 3], dtype=float32)
print(nansum(f).dtype, nanmean(f).dtype, nanstd(f).dtype, nanmax(i).dtype, nansum(i))
print(nanmean(f), nanvar(f), nanvar([1, nan], ddof=1), nanmax([[nan, nan], [1, 2]], axis=1))
# degrees of freedom need not be whole
print(var([1, 2, 3], ddof=0.5), var([1, 2, 3], ddof=nan), nanvar([1, 2, nan, 3], ddof=0.5), std([1, 2, 3], ddof=0.5) - sqrt(0.8))
x = tensor([1, 2, 4]); print(grad(var(x, ddof=0.5), x), grad(std(x, ddof=0.5), x))

# The first of equal elements comes first.
print(topk([1, 3, 3, 2], 3), topk([[1, 2], [1, 0]], 1, axis=0), topk([1, nan, 2], 2))
w = tensor([7]); y = tile(w, 3); y[0] = 1
print(w, y, tile([[true, false]], (2, 2)), tile(zeros((0, 3)), (2, 2)).shape, grad(v -> tile(v, 2) @ [1, 2, 3, 4])([5, 6]))
try { tile([1], (1e9, 1e9)) } catch err { print(err.kind) }

# Spaced numbers between tensors, along any axis; filters that pass on of any dtype.
print(logspace([0, 1], 2, 3), logspace(0, [1, 2], 2, base=2, axis=1), geomspace([1, 2], [4, 18], 3, axis=-1))
print(logspace(0, 2, 3, dtype=int), geomspace(tensor([1], dtype=float32), tensor([4], dtype=float32), 3).dtype)
try { geomspace([1, 1], [2, -2]) } catch err { print(err.message) }
print(dirac(2, 2, dtype=int), dirac(1, 1, 3, dtype=bool), dirac(2, 2, dtype=uint8).dtype)
# rot90 turns in the plane of any two axes, from the first towards the second
x = reshape(arange(24), (2, 3, 4)); w = arange(24)
for axes in ((0, 1), (1, 2), (2, 0), (-1, 0)) {
  print(axes, map(k -> (rot90(x, k, axes).shape, sum(ravel(rot90(x, k, axes)) * w)), (0, 1, 2, 3)))
}
for axes in ((0, 0), (1, -2), (0,), 1, (0, 5)) { try { rot90(x, 1, axes) } catch err { print(err.message) } }
i = [0, 2]; j = [1, 3]
print(x[0][i[:, newaxis], j])

# Results are tensors of their own, not views of what the function made on its way, nor of its argument.
x = tensor([[1, 2, 4], [3, 5, 9]])
for d in (diff(x, axis=1), take(x, [1, 0], axis=1), take(x, 1, axis=1), take(x, 1, axis=0), glu(x[:, :2], 1), tile(x, 1), tile(x[:, :0], 2), pad(x, 1, mode="reflect")) {
  d[...] = d + 1
  print(base(d) == none, shares_memory(ravel(d), d), shares_memory(d, x), d.shape)
}
print(x)
d = diff(x, axis=1); r = ravel(d); backward(sum(r ** 2)); print(grad(d), grad(x))
print(diff([1, 2, 3], 2 ** 32 + 1), diff([1, 4, 9], 2), diff([], 3), tensor([1, 2], ndmin=-1e18).shape, tensor([1, 2], ndmin=-2 ** 32 + 3).shape)
# Means of whole numbers do not wrap.
i = tensor([6e18, 6e18], dtype=int); print(nanmean(i), mean(i), nanstd(i), nanvar(tensor([250, 252], dtype=uint8)))
# Gradients of elements that are repeated equally often, along each axis, and not at all.
x = tensor([[1, 2, 3], [4, 5, 6]])
for n in (3, 1, 0, [2], [1, 2, 0]) { print(n, grad(x -> sum(repeat(x, n, axis=1) ** 2))(x), check_grad(x -> repeat(x, n, axis=-1) ** 2, x)) }
print(grad(x -> sum(repeat(x, 2) ** 3))(x), grad(x -> sum(repeat(x, 3)))(2), grad(x -> sum(repeat(x, 3, axis=0)))(zeros((0, 2))).shape, hessian(x -> sum(repeat(x, 2) ** 3))([1, 2]))
