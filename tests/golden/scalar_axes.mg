# The axis that a scalar has for some functions is 0 or -1.
def refused(compute) { try { print(compute()) } catch e { print(e.message) } }
for axis in (none, 0, -1, 1, 5) {
  refused(() -> argsort(3., axis=axis))
  refused(() -> sort(3, axis=axis))
  refused(() -> sort(tensor(3.), axis=axis))
  refused(() -> squeeze(3., axis=axis))
  refused(() -> repeat(3., 2, axis=axis))
}
refused(() -> squeeze(3., (0, 1)))
