# Integers divided by one number, which is inverted once, against the same numbers divided pair by pair.
seed(3)
half = tensor(2**62).astype(int64)
least = half * -2
most = -(least + 1)
small = [-2147483648, -2147483649, 2147483647, 2147483648, -3, -2, -1, 0, 1, 2, 3, 6, 7, 8, 9, 127, 128, 255, 256]
extremes = concatenate((stack((least, least + 1, least + 2, most, most - 1, -half, half, half - 1)), tensor(small).astype(int64)))
print(extremes)
others = concatenate((extremes, randint(-2**62, 2**62, shape=(40,)), randint(-2**31, 2**31, shape=(40,)),
                      randint(-1000, 1000, shape=(40,))))
for kind in (int64, int32, uint8) {
  x = tile(others, 5).astype(kind)
  good = true
  for y in others.astype(kind) {
    if y == 0 { continue }
    pairs = full(x.shape, 0, dtype=kind, constant=true) + y
    good = good and all(x // y == x // pairs) and all(x % y == x % pairs) and all(fmod(x, y) == fmod(x, pairs))
    good = good and all(x[::2] // y == (x // pairs)[::2]) and all(x[:3] % y == (x % pairs)[:3])
    good = good and all((x // y) * y + x % y == x) and all(abs((x % y).astype(float64)) <= abs(y.astype(float64)))
  }
  print(kind, good)
}
x = tile(extremes, 2)
for y in (7, -7, 2, -2, 1, -1, 1000000007, -9223372036854775808) { print(y, (x // y)[:27], (x % y)[:27], fmod(x, y)[:27]) }
print((x.astype(int32) // -3)[:27], (x.astype(int32) % -3)[:27], (x.astype(uint8) // 10)[:27], (x.astype(uint8) % 10)[:27])
