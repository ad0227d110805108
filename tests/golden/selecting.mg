# Selecting, writing and repeating many elements of every type, against the same done one by one or by other means.
seed(5)
numbers = randint(-100, 100, shape=(130,))
for kind in (bool, uint8, int32, int64, float32, float64) {
  x = numbers.astype(kind)
  table = x.reshape((10, 13))
  good = true
  for mask in (numbers > 0, numbers > 500, numbers < 500, numbers % 7 == 0, arange(130, constant=true) == 129) {
    chosen = [k for k in range(130) if mask[k]]
    count = len(chosen)
    good = good and x[mask].shape == (count,) and nonzero(mask)[0].shape == (count,)
    good = good and all(where(mask)[0] == chosen) and all(x[mask] == [x[k] for k in chosen])
    written = copy(x)
    written[mask] = 1
    good = good and all(written == where(mask, tensor(1).astype(kind), x))
    added = copy(x)
    if kind != bool { added[mask] += 1; good = good and all(added == where(mask, x + tensor(1).astype(kind), x)) }
    square = mask.reshape((10, 13))
    good = good and all(table[square] == x[mask]) and all(table.T[square.T] == table.T.reshape(130)[square.T.reshape(130)])
  }
  rows = randint(-10, 10, shape=(70,))
  good = good and all(table[rows] == stack([table[k] for k in rows]))
  good = good and all(table.T[:, rows] == stack([table[k] for k in rows], axis=1)) and all(x[::2][rows] == [x[2 * (k % 65)] for k in rows])
  for n in range(12) {
    good = good and all(repeat(x, n) == x[arange(130 * n, dtype=int64, constant=true) // max([n, 1])])
    for axis in (0, 1) {
      size = table.shape[axis]
      places = arange(size * n, dtype=int64, constant=true) // max([n, 1])
      good = good and all(repeat(table, n, axis) == (table[places] if axis == 0 else table[:, places]))
      good = good and all(repeat(table.T, n, axis) == repeat(table, n, 1 - axis).T) and all(repeat(table, n) == repeat(x, n))
    }
  }
  print(kind, good)
}
print(repeat(3, 2), repeat(zeros((0, 3)), 2, 0).shape, repeat(zeros((0, 3)), 2, 1).shape, repeat([[1, 2]], [2], 1))

# A tuple alone stands for its items; with a comma behind it, or beside others, it is an index like a list.
table = arange(12, constant=true).reshape((4, 3))
rows = (0, 2)
named(t) = t[rows,]
print(table[rows], table[rows,], table[(0, 2),], named(table), table[[0, 2],], table[1,], named)
line = arange(5, constant=true)
line[rows,] = 9
line[(1, 3),] += 10
print(line)

# Gradients of every order.
x = randn(50)
i = randint(-50, 50, shape=(400,))
w = randn(400, constant=true)
print(allclose(grad(x -> sum(w * x[i]))(x), bincount(i % 50, w, minlength=50)))
print(allclose(grad(x -> sum(grad(x -> sum(w * x[i] ** 3))(x) * x))(x), 9 * x * x * bincount(i % 50, w, minlength=50)))
print(all(grad(x -> sum(x[x > 0] ** 2))(x) == where(x > 0, 2 * x, 0)))
A = randn((20, 30))
rows = randint(-20, 20, shape=(90,))
print(all(grad(A -> sum(A[rows]))(A) == bincount(rows % 20, minlength=20)[:, newaxis]))
print(all(grad(A -> sum(A[:, rows]))(A) == concatenate((bincount(rows % 30, minlength=30),))[newaxis, :]))
def written(x, y) { z = x * 1; z[i] = y; return sum(z * z) }
last = [max([k if i[k] % 50 == j else -1 for k in range(400)]) for j in range(50)]
print(all(grad(y -> written(x, y))(w) == [2 * w[k] if last[item(i[k] % 50)] == k else 0 for k in range(400)]))
print(all(grad(y -> sum(repeat(y, 3) * arange(150, constant=true)))(x) == sum(arange(150, constant=true).reshape((50, 3)), axis=1)))
try { x[[1, 2, 50, -51]] } catch e { print(e) }
try { x[[1, 2, -51, 50]] } catch e { print(e) }
try { A[:, [0, -31]] } catch e { print(e) }
