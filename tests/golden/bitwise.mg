# Bits of all integer types, in all layouts.
seed(3)
numbers(type, shape) = randint(0, 2, shape) == 1 if type == bool else astype(randint(-2000000000, 2000000000, shape) * (2000000011 if type == int64 else 1), type)
show(r) = f"{r.dtype} {r.shape} {sum(astype(ravel(r), float64) * (arange(r.size) % 97))}"

for t in (bool, uint8, int32, int64) {
  for u in (bool, uint8, int32, int64) {
    both = ((numbers(t, (7, 33)), numbers(u, (7, 33))), (numbers(t, (33, 7)).T, numbers(u, (7, 33))[:, ::-1]),
            (numbers(t, (7, 1)), numbers(u, (33,))), (numbers(t, (9, 33)), numbers(u, ())), (numbers(t, ()), numbers(u, (9, 33))))
    for x, y in both {
      print(show(bitwise_and(x, y)), show(bitwise_or(x, y)), show(bitwise_xor(x, y)), show(bitwise_not(x)))
      for most in (9, 70, 300) {
        places = abs(astype(y, int64)) % most
        print("  ", show(left_shift(x, places)), show(right_shift(x, places)), show(right_shift(x, astype(places, u))))
      }
    }
    x = numbers(t, (5, 7))[:, 1:]
    for n in (0, 3, 31, 32, 63, 64, 200, 256, 2 ** 40) {
      print(n, show(left_shift(x, n)), show(right_shift(x, n)), show(bitwise_xor(x, n)), show(bitwise_and(-n, x)))
    }
  }
}
