# Rounding many elements to decimals gives what rounding each by itself does, with the sign of zeros.
odd = [nan, inf, -inf, 1e308, -1e308, 0.5, 1.5, 2.5, -0.5, -2.5, 0.005, 0.015, 2.675, -0.001, -0.0, 4503599627370497.5, 9007199254740992,
       1e22, 123456.789, 15, 25, -35, 450, 5e-324, 1e38]
for kind in (float32, float64) {
  for decimals in (-400, -22, -3, -2, -1, 0, 1, 2, 7, 15, 22, 300, 309) {
    x = tensor(odd).astype(kind)
    r = round(x, decimals)
    print(kind, decimals, [f"{number:.17g}" for number in r])
    each = [round(number, decimals) for number in x]
    same(a, b) = all((a == b) & (signbit(a) == signbit(b)) | isnan(a) & isnan(b))
    twice = stack((x, x), axis=1)
    print(same(r, each), same(round(twice[:, 1], decimals), each), same(round(tile(x, 3000), decimals), tile(each, 3000)))
  }
}
for kind in (bool, uint8, int32, int64) {
  for decimals in (-20, -19, -18, -2, -1, 0, 3) {
    print(kind, decimals, round(tensor([0, 1, 5, 15, 25, -15, 149, 150, 250, 9223372036854775808]).astype(kind), decimals))
  }
}
