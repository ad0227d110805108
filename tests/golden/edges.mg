# Operations at their edges, as NumPy has them.
def told(f) { try { f() } catch err { print(err.message) } }
n(x) = tensor(x, dtype=int)

# A scalar has one axis of size 1 for these; a vector is the row of a matrix.
x = tensor(3)
print(take(x, [0, 0], axis=0), repeat(x, 3, axis=-1), squeeze(x, axis=0), tril([1, 2, 3], -1), triu([1, 2]))
backward(sum(take(x, [0, 0], -1) * [1, 2]) + sum(repeat(x, 2, 0) * [3, 4]) + 10squeeze(x, -1))
print(x.grad)
v = tensor([1, 2, 3])
backward(sum(tril(v) * [[1, 2, 3], [4, 5, 6], [7, 8, 9]]))
print(v.grad)
told(() -> squeeze(x, axis=1))
told(() -> max(1, 2)); told(() -> amin(x, axis=(0,))); print(max(x, axis=()), min(x, none))
told(() -> tril(x))

# Integers have bits.
print(~n([0, 5]), ~tensor([1], dtype=uint8), ~[true], -n(3))
told(() -> ~[1])

# Probabilities add up to 1; a sequence has two members.
told(() -> choice(3, 2, p=[1, 1, 2]))
print(choice([5, 6, 7], 3, p=[0, 1, 0]))
told(() -> add_sequence([1, 2]))
told(() -> multiply_sequence())

# The condition of singular matrices.
print(linalg.cond(zeros((2, 2))), linalg.cond([[1, 2], [2, 4]]), linalg.cond(zeros((2, 2, 3)), -2))
print(linalg.cond([[1, nan], [0, 1]]), linalg.cond(zeros((2, 2)), 1))
told(() -> linalg.cond(zeros((0, 0))))

# x**y at y = 0 has slope 0 in x, which changes with y.
x = tensor([2, 0, nan, -2])
y = tensor([0, 0, 0, 0])
g = grad(sum(x ** y), x)
print(g, grad(sum(g), y))

# Sorting without an axis; where a scalar is not 0; places from the end; dtypes that stay.
print(argsort([[3, 1], [2, 0]], axis=none), argwhere(5).shape, argwhere(0).shape, split([1, 2, 3, 4], [-1]))
print(convolve(n([1, 2]), n([3, 4])).dtype, correlate(tensor([1, 2], dtype=float32), tensor([3], dtype=float32)).dtype)

# Steps, infinite values and outsides of interpolation.
print(interp([-1, 0, 0.5, 1, 2], [0, 1, 1], [5, 6, 7]), interp([0.5, 1], [0, 1, 2], [1, inf, 2]))
print(interp([-1, 3], [0, 1], [5, 6], left=nan, right=0), interp([-1, 0, 1], [0], [5], 1, 2))

# Options of order statistics.
x = [4, 1, 3, 2, 1, 1]
for method in ("linear", "lower", "higher", "nearest", "midpoint") { print(quantile(x, [0.3, 0.5, 0.7], method=method)) }
told(() -> percentile(x, 50, method="middle"))
print(unique(x, return_index=true, return_inverse=true, return_counts=true))
print(unique([nan, 1, nan], return_counts=true), unique([], return_counts=true))
print(histogram(x, 3, weights=[1, 2, 4, 8, 16, 32]), histogram(x, 3, density=true)[0], histogram(x, [0, 2], weights=x)[0])
told(() -> histogram(x, weights=[1]))

# a pasted minus sign, in exponents, too
print(1e−3, 2.5E−2, 1−2, [1e−1, 2e−1, 3, 4, 5, 6, 7, 8, 9e−9])
