# Converting many elements gives what converting each by itself does, where some, all or none of them fit.
odd = [nan, inf, -inf, 1e300, -1e300, 2.0**63, -2.0**63, 2.0**62 + 1e4, 2.0**31, -2.0**31, -2.0**31 - 1, 2147483647.0, 255, 256,
       -1, -0.0, 0.0, 0.5, -0.5, 1.9999, -1.9999, 3e9, 1e-320]
near = linspace(-40, 300, 700, constant=true)
wide = linspace(-1e10, 1e10, 523, constant=true)

for kind in (float32, float64) {
  for to in (bool, uint8, int32, int64) {
    x = tensor(odd).astype(kind)
    print(kind, to, x.astype(to))
    for numbers in (x, near.astype(kind), wide.astype(kind), concatenate((near, wide, odd, near)).astype(kind)) {
      each = [numbers[k].astype(to) for k in range(len(numbers))]
      twice = stack((numbers, numbers), axis=1)
      print(all(numbers.astype(to) == each), all(twice[:, 1].astype(to) == each), all(numbers[::-1].astype(to)[::-1] == each),
            end=" ")
    }
    print()
  }
}

# Whole numbers and booleans, to everything.
whole = tensor([0, 1, -1, 255, 256, -129, 2**31, -2**31 - 1, 2**53 + 1, 9223372036854775808, -9223372036854775808])
for from in (bool, uint8, int32, int64) {
  for to in (bool, uint8, int32, int64, float32, float64) { print(from, to, whole.astype(from).astype(to)) }
}
