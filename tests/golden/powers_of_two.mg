# Dividing by a power of two gives the bits of dividing by as many of them, at the ends of the numbers too.
bits(x) = where(x == 0, 1 / copysign(1, x), x)
for d in (float64, float32) {
  x = astype([0, -0.0, 1, -3, 1/3, nan, inf, -inf, 5e-324, 3e-310, 2**-1022, 1.7e308, 1e-45, 3e-39, 2**-126, 3e38, 0.1], d)
  for k in (-120, -100, -40, -1, 0, 1, 2, 40, 100, 120) {
    for sign in (1, -1) {
      y = astype(sign * 2.0**k, d)
      q = x / y; r = x / full(x.shape, y)
      if q.dtype != d or not all(isnan(q) == isnan(r)) or not all(bits(q[~isnan(q)]) == bits(r[~isnan(r)])) { print("differ:", d, sign, k) }
    }
  }
  print(d, (astype([1, 3, 5], d) / 4), all(x[2:5] / 3 == x[2:5] / full(3, astype(3, d))))
}
