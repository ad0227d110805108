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

# What needs no rounding stays; what stands between two decimals goes to the nearer one, however close the middle is.
def stays(x, decimals) { r = round(x, decimals); return all(r == x) and all(stack([round(each, decimals) for each in x]) == x) }
for kind in (float32, float64) {
  whole = concatenate(([484305614303983, 9007199254740994, 1e22, 1e300, 16777217, 3, 0], 7919 * arange(5000) ** 3, 3.0 ** arange(80))).astype(kind)
  print(kind, [stays(whole, decimals) for decimals in (0, 1, 2, 5, 15, 22, 23, 100, 300)], stays(-whole, 2))
  print(stays(arange(3000).astype(kind) * 1e30, -2), stays((arange(3000) * 1000).astype(kind), -3))
}
print(round(-484305614303983, 2), round(1e300, 5), round(1e300, -5), round(1e300, -290), round(3e-30, 30), round(5, -400))
print(stays([22517998136852.51, 38443899888793.13, 0.07, 1.1, 123456.79], 2), round([0.005, 0.015, 0.025, 2.675, 1.005, 0.125, 0.375], 2))
print([f"{round(x, -22)}" for x in (2.5e22, 7.5e22, 7.19902235e29, 1.9838696443542405e22)])
