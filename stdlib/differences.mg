# Differences along an axis, and what is made of them: slopes and areas.

front(x, axis) = moveaxis(x, axis, 0)
back(x, axis) = moveaxis(x, 0, axis)

# Of one axis, the first one, a tensor that fits rows of so many axes.
def along_rows(x, ndim) {
  shape = (len(x),)
  for k in range(ndim - 1) { shape = shape + (1,) }
  return reshape(x, shape)
}

def diff(x, n, axis) {
  rows = front(x, axis)
  if n < 0 or n != floor(n) { error(f"`n` must be a whole number that is not negative, got {n}") }
  for k in range(n if n <= len(rows) else len(rows) + 1) { rows = rows[1:] - rows[:-1] }
  return back(rows, axis)
}

def trapezoid(y, x, dx, axis) {
  rows = front(y, axis)
  if x != none and x.shape != y.shape and x.shape != (len(rows),) {
    error(f"`x` needs the shape of y {y.shape}, or {len(rows)} places, not shape {x.shape}")
  }
  pairs = (rows[1:] + rows[:-1]) / 2
  if x == none {
    if dx.ndim == 1 and len(dx) == len(pairs) { dx = along_rows(dx, y.ndim) }
    else if dx.ndim > 0 { error(f"`dx` is a number, or one width for each of {len(pairs)} intervals, not of shape {dx.shape}") }
    return sum(pairs * dx, axis=0)
  }
  if x.ndim == 1 { steps = along_rows(x[1:] - x[:-1], y.ndim) }
  else { places = front(x, axis); steps = places[1:] - places[:-1] }
  return sum(pairs * steps, axis=0)
}

# The slope of the first of three rows, by the parabola through them; a and b are the distances between.
def end_slope(rows, a, b) {
  return ((a + b) / (a * b) * rows[1:2] - (2 * a + b) / (a * (a + b)) * rows[:1]) - a / (b * (a + b)) * rows[2:3]
}

# The slope along the first axis, by second-order differences; x holds the distance of the places, or the places.
def slope(rows, x, order) {
  n = len(rows)
  if n < order + 1 { error(f"`gradient` needs at least {"two" if order == 1 else "three"} elements along an axis") }
  if x.ndim == 0 { inner = (rows[2:] - rows[:-2]) / (2 * x); h = broadcast_to(x, (n - 1,)) }
  else {
    if x.shape != (n,) { error(f"`spacing` needs a place for each of {n} elements along an axis, not shape {x.shape}") }
    h = x[1:] - x[:-1]
    a = along_rows(h[:-1], rows.ndim); b = along_rows(h[1:], rows.ndim)
    inner = (a ** 2 * rows[2:] + (b ** 2 - a ** 2) * rows[1:-1] - b ** 2 * rows[:-2]) / (a * b * (a + b))
  }
  if order == 1 { first = (rows[1:2] - rows[:1]) / h[0]; last = (rows[-1:] - rows[-2:-1]) / h[-1] }
  else { first = end_slope(rows, h[0], h[1]); last = end_slope(flip(rows[-3:], 0), -h[-1], -h[-2]) }
  return concatenate((first, inner, last))
}

def gradient(y, spacing, axis, edge_order) {
  if edge_order != 1 and edge_order != 2 { error(f"`edge_order` is 1 or 2, not {edge_order}") }
  axes = axis
  if axis == none { axes = [k for k in range(y.ndim)] }
  else if type(axis) == "number" { axes = (axis,) }
  if len(spacing) == 0 { spacing = (1,) }
  if len(spacing) == 1 and spacing[0].ndim == 0 { spacing = map(axis -> spacing[0], axes) }
  if len(spacing) != len(axes) { error(f"`gradient` got {len(spacing)} spacings for {len(axes)} axes") }
  results = ()
  for x, axis in zip(spacing, axes) { results = results + (back(slope(front(y, axis), x, edge_order), axis),) }
  return results[0] if len(results) == 1 else results
}

return {diff: diff, trapezoid: trapezoid, gradient: gradient}
