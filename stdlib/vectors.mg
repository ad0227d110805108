# Vectors: values between places, convolution, the vector product.

def interp(x, xp, fp, left, right) {
  if len(xp) != len(fp) { error(f"`interp` needs as many values as places: {len(fp)} and {len(xp)}") }
  first = fp[0] if left == none else left
  last = fp[-1] if right == none else right
  if len(xp) == 1 { return where(x < xp[0], first, where(x > xp[0], last, 0 * x + fp[0])) }
  places = detach(xp)
  if any(places[1:] < places[:-1]) { error("the places `xp` must rise") }
  at = searchsorted(places, detach(x), "right")
  k = clip(at - 1, 0, len(xp) - 2)
  width = (xp[1:] - xp[:-1])[k]; rise = (fp[1:] - fp[:-1])[k] # few differences, many places
  part = where(width > 0, (x - xp[k]) / width, 1) # of two places that are one the second counts
  inside = where(part == 1, fp[k + 1], fp[k] + part * rise) if all(isfinite(rise)) else between(fp[k], fp[k + 1], part, rise)
  return where(x < places[0], first, where(x > places[-1], last, inside))
}

# Where an end is infinite: from the end that gives a number, and the ends themselves at their places.
def between(low, high, part, rise) {
  up = low + where(part == 0, 0, part * rise); down = high - where(part == 1, 0, (1 - part) * rise)
  return where(low == high, low, where(isnan(up), down, up))
}

def convolve(a, v, mode) {
  a = atleast_1d(a); v = atleast_1d(v)
  if a.ndim != 1 or v.ndim != 1 { error(f"`convolve` works on vectors, not shapes {a.shape} and {v.shape}") }
  if a.size == 0 or v.size == 0 { error("`convolve` cannot work on an empty vector") }
  if len(v) > len(a) { a, v = (v, a) }
  n = len(a); m = len(v)
  if not (mode in ("full", "same", "valid")) { error(f"`mode` is \"full\", \"same\" or \"valid\", not \"{mode}\"") }
  line = reshape(a, (1, 1, n)); window = reshape(v, (1, 1, m))
  spread = mode != "valid"
  result = conv_transpose_nd(line, window, stride=1) if spread else conv_nd(line, flip(window), stride=1)
  if a.dtype == bool and v.dtype == bool { result = astype(result, bool) }
  return result[0, 0, (m - 1) // 2:(m - 1) // 2 + n] if mode == "same" else result[0, 0]
}

def correlate(a, v, mode) {
  a = atleast_1d(a); v = atleast_1d(v)
  if len(v) <= len(a) { return convolve(a, flip(v), mode) }
  return flip(convolve(v, flip(a), mode))
}

def cross(x, y, axis) {
  if x.ndim == 0 or y.ndim == 0 { error("`cross` needs vectors of 2 or 3 elements, not a scalar") }
  if axis != -1 {
    product = cross(moveaxis(x, axis, -1), moveaxis(y, axis, -1), -1)
    return moveaxis(product, -1, axis) if product.ndim == max([x.ndim, y.ndim]) else product
  }
  p = (x[..., 0], x[..., 1]); q = (y[..., 0], y[..., 1])
  n = x.shape[-1]; m = y.shape[-1]
  if not (n == 2 or n == 3) or not (m == 2 or m == 3) { error(f"`cross` needs vectors of 2 or 3 elements, not shapes {x.shape} and {y.shape}") }
  last = p[0] * q[1] - p[1] * q[0]
  if n == 2 and m == 2 { return last }
  two(a, b) = stack(broadcast_arrays(a, b, last), -1)
  if n == 2 { return two(p[1] * y[..., 2], -p[0] * y[..., 2]) }
  if m == 2 { return two(-x[..., 2] * q[1], x[..., 2] * q[0]) }
  return two(p[1] * y[..., 2] - x[..., 2] * q[1], x[..., 2] * q[0] - p[0] * y[..., 2])
}

return {interp: interp, convolve: convolve, correlate: correlate, cross: cross}
