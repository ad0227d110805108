# Long runs of numbers are read at once; what stands between them, and what is made of them, is as ever.
a = [1, 2.5, -3, 4e2, .5, 1_000, 7., -0, 1e400,]
a
1 / a[7]
[
  1, 2, 3,  # a comment, 4, 5]

  4, 5, 6, 7, 8,
  9, 10
]
[1, 2, 3, 4, 5, 6, 7, 8][0] / [2, 1, 2, 3, 4, 5, 6, 7, 8][0]
sum([[1, 2], [3, -4], [5, 6], [7, 8]], axis=0)
[[[1], [2]], [[3], [4]], [[5], [6]], [[7], [8]]].shape
[[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]].shape

# Names among them.
x = 3
[x, 1, 2, 3, 4, 5, 6, 7, 8, x + 1, 9, true]
[[x, 0], [1, 2], [3, 4], [5, 6], [7, 8], [false, 1], int([8, 9])]
[range(2), [1, 2], [3, 4], [5, 6], [7, 8]]
[zeros((2, 2)).T, [[1, 2], [3, 4]], [[5, 6], [7, 8]]].shape
w = tensor(2)
L = sum([w, 1, 2, 3, 4, 5, 6, 7, 8] * [w, 1, 1, 1, 1, 1, 1, 1, 1]) + sum([[w, w], [1, 2], [3, 4], [5, 6], [7, 8]] ** 2)
L
backward(L)
w.grad

# Lists are made once, but nobody sees what others write into them.
def fresh() {
  q = [1, 2, 3, 4, 5, 6, 7, 8]
  q[0] += 10
  return q
}
(fresh(), fresh())
def rows(t) {
  q = [[t, 0], [1, 2], [3, 4], [5, 6], [7, 8]]
  q[1, 1] *= 10
  return q.sum()
}
(rows(1), rows(2))

# Functions show them.
f(t) = sum([1, -2, 3, 4, 5, 6, 7, 8, t] * t)
f
f'(2)
g = t -> [[1, 2], [3, 4], [5, 6], [7, -8]] * t
g
f"{[1, 2, 3, 4, 5, 6, 7, 8, x]}"
explain(t -> sum([t, 1, 2, 3, 4, 5, 6, 7, 8]))
grad(t -> sum([[t, 1], [1, 2], [3, 4], [5, 6], [7, 8]]))(1)

# What is wrong is found in its place.
try { [1, 2, 3, 4, 5, 6, 7, 8, "a", 9] } catch e { print(e.message) }
try { [1, 2, 3, 4, 5, 6, 7, 8, [9]] } catch e { print(e.message) }
try { [[1, 2], [3, 4], [5, 6], [7, 8], [9]] } catch e { print(e.message) }
try { [[0], [1, 2], [3, 4], [5, 6], [7, 8]] } catch e { print(e.message) }
try { [[1, 2], [3, 4], [5, 6], [7, 8], [[9, 0]], [1, 2], [3, 4], [5, 6], [7, 8]] } catch e { print(e.message) }
try { [1, 2, 3, 4, 5, 6, 7, 8, unknown] } catch e { print(e.message) }
