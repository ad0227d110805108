# Polynomials, the coefficient of the highest power first, and factorials.

factorial(n) = gamma(n + 1)

# Horner's scheme.
def polyval(p, x) {
  if p.ndim != 1 { error(f"`p` is a vector of coefficients, not of shape {p.shape}") }
  r = 0 * x
  for c in p { r = r * x + c }
  return r
}

# The powers of x are brought to one length, which makes the least squares better conditioned and cancels out.
def polyfit(x, y, deg) {
  if deg < 0 { error(f"`deg` cannot be negative, got {deg}") }
  if x.ndim != 1 { error(f"`x` is a vector of places, not of shape {x.shape}") }
  if y.ndim == 0 or y.ndim > 2 or len(y) != len(x) { error(f"`y` needs one value or row for each of the {len(x)} places, but has shape {y.shape}") }
  if len(x) <= deg { error(f"{deg + 1} coefficients need as many places, but `x` has {len(x)}") }
  powers = expand_dims(x, 1) ** arange(deg, -1, -1)
  size = detach(sqrt(sum(powers ** 2, axis=0)))
  size = where(size > 0, size, 1)
  p, _, rank, _ = lstsq(powers / size, y)
  if rank <= deg { error(f"{deg + 1} coefficients need as many different places: some of `x` are equal, or too close together") }
  return p / (size if y.ndim == 1 else expand_dims(size, 1))
}

return {factorial: factorial, polyval: polyval, polyfit: polyfit}
