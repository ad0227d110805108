# Rearranging and summarising tensors, said with indexing and the operations that exist.

# A tensor stays what it is, anything else becomes a constant.
as_given(x) = astensor(x, constant=none if type(x) == "tensor" else true)

axis_of(x, axis) = axis + x.ndim if axis < 0 else axis

def check_axis(x, axis) {
  if not -x.ndim <= axis < x.ndim { flip(x, axis) } # which says so
  return axis_of(x, axis)
}

# x with an axis moved to the front, and what undoes it.
front(x, axis) = moveaxis(x, axis, 0)
back(x, axis) = moveaxis(x, 0, axis)

def meshgrid(xs, indexing) {
  if indexing != "xy" and indexing != "ij" { error(f"`indexing` is \"xy\" or \"ij\", not \"{indexing}\"") }
  n = len(xs)
  order = [k for k in range(n)]
  if indexing == "xy" and n >= 2 { order[0] = 1; order[1] = 0 }
  grids = ()
  sizes = ()
  for k in range(n) { sizes = sizes + (xs[order[k]].size,) }
  for k in range(n) {
    ones_shape = ()
    for i in range(n) { ones_shape = ones_shape + ((xs[k].size if order[i] == k else 1),) }
    grids = grids + (copy(broadcast_to(reshape(xs[k], ones_shape), sizes)),)
  }
  return grids
}

def fliplr(x) {
  if x.ndim < 2 { error(f"`fliplr` needs at least two axes, but the shape is {x.shape}") }
  return flip(x, 1)
}

flipud(x) = flip(x, 0)

def rot90(x, k, axes) {
  if x.ndim < 2 { error(f"`rot90` needs at least two axes, but the shape is {x.shape}") }
  if axes == none { axes = (0, 1) }
  if type(axes) == "number" or len(axes) != 2 { error(f"`axes` is two axes, such as (0, 1), not {axes}") }
  from = check_axis(x, axes[0]); to = check_axis(x, axes[1])
  if from == to { error(f"`axes` is two different axes, not {axes}") }
  k = k % 4
  if k == 1 { return swapaxes(flip(x, to), from, to) }
  if k == 2 { return flip(flip(x, from), to) }
  if k == 3 { return flip(swapaxes(x, from, to), to) }
  return x * 1 if x.dtype != bool else copy(x)
}

def tile(x, reps) {
  given = x
  x = as_given(x)
  counts = (reps,) if type(reps) == "number" else reps
  if type(counts) == "tensor" and counts.ndim > 1 { error(f"`reps` is a number or one for each axis, not of shape {counts.shape}") }
  while x.ndim < len(counts) { x = expand_dims(x, 0) }
  offset = x.ndim - len(counts)
  for k in range(len(counts)) {
    n = item(counts[k])
    if n < 0 or n != floor(n) { error(f"`reps` must hold whole numbers that are not negative, got {n}") }
    axis = offset + k
    if n == 0 { x = front(front(x, axis)[:0], axis) if axis == 0 else back(front(x, axis)[:0], axis) }
    else if n > 1 {
      before = x.shape[:axis]; after = x.shape[axis + 1:]
      many = broadcast_to(expand_dims(x, axis), before + (n,) + x.shape[axis:])
      x = reshape(many, before + (n * x.shape[axis],) + after)
    }
  }
  return copy(x) if given.ndim > 0 and (x.size == 0 or shares_memory(x, given)) else x
}

# One axis longer by `before` and `after` elements taken from inside.
def pad_axis(x, axis, before, after, mode, values) {
  n = x.shape[axis]
  if before == 0 and after == 0 { return x }
  if mode == "constant" {
    def edge(n, value) {
      shape = map(i -> n if i == axis else x.shape[i], tuple(x.ndim))
      if value.constant { return full(shape, value, dtype=x.dtype, constant=true) }
      return broadcast_to(astype(value, x.dtype if x.dtype == float32 else float64), shape)
    }
    return concatenate((edge(before, values[0]), x, edge(after, values[1])), axis)
  }
  if n == 0 { error(f"`pad` cannot extend an empty axis in mode \"{mode}\"") }
  if mode == "edge" { return edged(x, axis, before, after) }
  if before + after < n - 1 {
    parts = bordered(x, axis, before, after, mode)
    if parts != none { return concatenate(parts, axis) }
  }
  at = arange(-before, n + after, constant=true)
  if mode == "wrap" { at = at % n }
  else if mode == "symmetric" { at = at % (2 * n); at = minimum(at, 2 * n - 1 - at) }
  else if mode == "reflect" {
    period = max([2 * n - 2, 1])
    at = at % period
    at = minimum(at, period - at) if n > 1 else 0 * at
  }
  else { error(f"`mode` is \"constant\", \"edge\", \"reflect\", \"symmetric\" or \"wrap\", not \"{mode}\"") }
  return back(front(x, axis)[astype(at, int)], axis)
}

# The first row so many times more before all rows, and the last one behind them.
def edged(x, axis, before, after) {
  def many(start, count) {
    return broadcast_to(cut(x, axis, start, start + 1), map(i -> count if i == axis else x.shape[i], tuple(x.ndim)))
  }
  return concatenate((many(0, before), x, many(x.shape[axis] - 1, after)), axis)
}

# What pad_axis joins, as views; none: there are indices instead.  No element occurs so often that its gradient, a sum,
# would depend on the way.
def bordered(x, axis, before, after, mode) {
  n = x.shape[axis]
  if mode == "wrap" { return (cut(x, axis, n - before, n), x, cut(x, axis, 0, after)) }
  if mode != "symmetric" and mode != "reflect" { return none }
  first = 0 if mode == "symmetric" else 1
  end = n - first
  return (flip(cut(x, axis, first, first + before), axis), x, flip(cut(x, axis, end - after, end), axis))
}

# One constant around all of x, written at once; none: axis by axis is as fast.
def surround(x, widths, value) {
  if x.ndim > 4 or not value.constant or sum(any(widths > 0, axis=1)) < min([x.ndim, 3]) { return none }
  shape = map(i -> x.shape[i] + item(sum(widths[i])), tuple(x.ndim))
  from = map(i -> item(widths[i, 0]), tuple(x.ndim))
  to = map(i -> from[i] + x.shape[i], tuple(x.ndim))
  r = full(shape, value, dtype=x.dtype, constant=x.constant)
  if x.ndim == 2 { r[from[0]:to[0], from[1]:to[1]] = x }
  else if x.ndim == 3 { r[from[0]:to[0], from[1]:to[1], from[2]:to[2]] = x }
  else { r[from[0]:to[0], from[1]:to[1], from[2]:to[2], from[3]:to[3]] = x }
  return r
}

# 0 to n - 1; adding one after the other would copy all of them each time.
tuple(n) = map(pair -> pair[0], enumerate(range(n)))

# A number, a pair, or a pair for each axis, as pairs.
def pairs(x, width, what) {
  w = as_given(width)
  if w.ndim == 0 { return broadcast_to(w, (x.ndim, 2)) }
  if w.shape == (2,) or w.shape == (1, 2) or w.shape == (1,) or w.shape == (x.ndim, 1) or w.shape == (x.ndim, 2) {
    return broadcast_to(w, (x.ndim, 2))
  }
  error(f"`{what}` is a number, a pair, or {x.ndim} pairs (one for each axis), not shape {w.shape}")
}

def pad(x, width, mode, constant_values) {
  widths = pairs(x, width, "width")
  values = pairs(x, constant_values, "constant_values")
  if any(widths < 0) { error(f"`width` cannot be negative, got {min(widths)}") }
  if mode == "constant" and x.ndim > 1 and astensor(constant_values).ndim == 0 {
    r = surround(x, widths, values[0, 0])
    if r != none { return r }
  }
  given = x
  for axis in range(x.ndim) {
    x = pad_axis(x, axis, item(widths[axis, 0]), item(widths[axis, 1]), mode, values[axis])
  }
  return copy(x) if given.ndim > 0 and shares_memory(x, given) else x
}

cut(x, axis, start, stop) = back(front(x, axis)[start:stop], axis)

def check_sections(given) {
  if type(given) == "tensor" and given.ndim > 1 { error(f"`sections_or_indices` is a number or a list, not of shape {given.shape}") }
}

def array_split(x, sections_or_indices, axis) {
  axis = check_axis(x, axis)
  n = x.shape[axis]
  check_sections(sections_or_indices)
  if type(sections_or_indices) == "number" {
    k = sections_or_indices; if k < 1 or k != floor(k) { error(f"an axis is split into 1 or more parts, not {k}") }
    bounds = [i * (n // k) + min([i, n % k]) for i in range(k + 1)]
  } else {
    bounds = concatenate(([0], [item(i) if i >= 0 else max([item(i) + n, 0]) for i in sections_or_indices], [n]))
  }
  return map(i -> cut(x, axis, bounds[i], max([bounds[i + 1], bounds[i]])), tuple(len(bounds) - 1))
}

def split(x, sections_or_indices, axis) {
  axis = check_axis(x, axis)
  if type(sections_or_indices) == "number" and x.shape[axis] % sections_or_indices != 0 {
    error(f"axis {axis} of size {x.shape[axis]} does not split into {sections_or_indices} equal parts; array_split allows unequal ones")
  }
  return array_split(x, sections_or_indices, axis)
}

# A number takes the type of x if that holds it.
def append(x, values, axis) {
  if type(values) == "number" { values = astype(values, maximum(ravel(x)[:0], values).dtype) }
  if axis == none { return concatenate((ravel(x), ravel(as_given(values)))) }
  return concatenate((x, values), axis)
}

# The rows that stay.
def delete(x, indices, axis) {
  if axis == none { x = ravel(x); axis = 0 }
  axis = check_axis(x, axis)
  n = x.shape[axis]
  if indices.dtype != bool { check_index(x, indices, axis, n - 1) }
  if indices.dtype != bool and indices.ndim == 0 {
    i = item(indices) + (n if item(indices) < 0 else 0)
    return concatenate((cut(x, axis, 0, i), cut(x, axis, i + 1, n)), axis)
  }
  rows = front(x, axis)
  keep = full(n, true)
  keep[indices] = false
  return back(rows[keep], axis)
}

# `last` is the largest index allowed.  The byte before `x` lets the user's name for it take its place (base/error.h).
def check_index(x, indices, axis, last) {
  at = astensor(indices, constant=true)
  n = x.shape[axis]
  wrong = (at < -n) | (at > last)
  if not any(wrong) { return none }
  hint = "it has no elements" if n == 0 else "use 0 or -1" if last == 0 else f"use 0 to {last}, or -{n} to -1"
  place = f"axis {axis} of \x04`x` {x.shape}" if x.ndim > 1 else f"{n} elements"
  error({kind: "index", message: f"index {item(at[wrong][0] if at.ndim > 0 else at)} is out of range for {place} ({hint})"})
}

# New rows before one index, or each before an index of its own.
def insert(x, index, values, axis) {
  if axis == none { x = ravel(x); axis = 0 }
  axis = check_axis(x, axis)
  rows = front(x, axis)
  n = len(rows)
  at = astype(astensor(index, constant=true), int) # a mask counts as 0 and 1
  if at.ndim > 1 { error(f"`index` is a number or a vector, not of shape {at.shape}") }
  check_index(x, at, axis, n)
  at = where(at < 0, at + n, at)
  values = as_given(values)
  while values.ndim < rows.ndim { values = expand_dims(values, 0) }
  if at.ndim == 1 { values = front(values, axis) }
  given_one = at.size == 1
  count = values.shape[0] if given_one else at.size
  at = broadcast_to(at, (count,))
  inner = map(i -> rows.shape[i + 1], tuple(rows.ndim - 1))
  new = broadcast_to(values, (count,) + inner)
  if given_one {
    i = item(at[0]) if count > 0 else 0
    return concatenate((cut(x, axis, 0, i), back(astype(new, x.dtype), axis), cut(x, axis, i, n)), axis)
  }
  order = argsort(at)
  places = at[order] + arange(count, dtype=int)
  old = full(n + count, true)
  old[places] = false
  source = zeros(n + count, dtype=int)
  source[old] = arange(n, dtype=int)
  source[places] = n + order
  return back(concatenate((rows, astype(new, x.dtype)))[source], axis)
}

def take(x, indices, axis) {
  at = astype(indices, int) if type(indices) != "number" and indices.dtype == bool else indices # a mask counts as 0 and 1
  if axis == none or (x.ndim == 0 and -1 <= axis <= 0) { x = ravel(x); axis = 0 } # NumPy gives a number an axis here
  axis = check_axis(x, axis)
  check_index(x, at, axis, x.shape[axis] - 1)
  taken = front(x, axis)[at]
  k = taken.ndim - x.ndim + 1
  if k == 0 { return copy(taken) if taken.ndim > 0 else taken } # a row of x would be a view
  return moveaxis(taken, tuple(k), map(i -> i + axis, tuple(k)))
}

# Index tensors for every axis, with `indices` for one of them; the others go with all of x, as in broadcasting.
def along(x, indices, axis) {
  if indices.ndim != x.ndim { error(f"`indices` needs as many axes as x: shapes {indices.shape} and {x.shape}") }
  check_index(x, indices, axis, x.shape[axis] - 1)
  at = ()
  for k in range(x.ndim) {
    if k == axis { at = at + (astype(indices, int),) }
    else {
      if indices.shape[k] != x.shape[k] and indices.shape[k] != 1 and x.shape[k] != 1 {
        error(f"`indices` needs the sizes of x, or 1, except along axis {axis}: shapes {indices.shape} and {x.shape}")
      }
      shape = map(i -> x.shape[i] if i == k else 1, tuple(x.ndim))
      at = at + (reshape(arange(x.shape[k], dtype=int), shape),)
    }
  }
  return at
}

def take_along_axis(x, indices, axis) {
  if axis == none { x = ravel(x); axis = 0 }
  return x[along(x, indices, check_axis(x, axis))]
}

# The places of flat indices, axis by axis.
def unravel(at, shape) {
  places = ()
  for size in reversed(shape) {
    places = (at % size,) + places
    at = at // size
  }
  return places
}

def put_along_axis(x, indices, values, axis) {
  if axis == none {
    at = along(ravel(detach(x)), indices, 0)[0]
    x[unravel(at % max([x.size, 1]), x.shape)] = values
  } else {
    x[along(x, indices, check_axis(x, axis))] = values
  }
  return none
}

def ptp(x, axis, keepdims) {
  if x.dtype == bool { x = astype(x, int64) }
  return max(x, axis=axis, keepdims=keepdims) - min(x, axis=axis, keepdims=keepdims)
}

def average(x, axis, weights) {
  if weights == none { return mean(x, axis=axis) }
  w = weights
  if w.shape != x.shape {
    if type(axis) == "number" { axis = check_axis(x, axis) }
    if type(axis) != "number" or w.shape != (x.shape[axis],) {
      error(f"`weights` needs the shape of x {x.shape}, or that of its axis; it has {w.shape}")
    }
    w = reshape(w, map(i -> len(weights) if i == axis else 1, tuple(x.ndim)))
  }
  total = sum(w, axis=axis)
  if any(total == 0) { error("`weights` add up to zero, so there is no average") }
  return sum(x * w, axis=axis) / total
}

def isclose(x, y, rtol, atol, equal_nan) {
  x = detach(x); y = detach(y)
  near = (x == y) | (isfinite(x) & isfinite(y) & (abs(x - y) <= atol + rtol * abs(y)))
  return near | (isnan(x) & isnan(y)) if equal_nan else near
}

allclose(x, y, rtol, atol, equal_nan) = all(isclose(x, y, rtol, atol, equal_nan))

def array_equal(x, y, equal_nan) {
  x = as_given(x)
  y = as_given(y)
  return x.shape == y.shape and all((x == y) | (isnan(x) & isnan(y)) if equal_nan else x == y)
}

divmod(x, y) = (floor_divide(x, y), mod(x, y))

def argwhere(x) {
  if x.ndim == 0 { return zeros((1 if x != 0 else 0, 0), dtype=int) }
  found = nonzero(x)
  return stack(found, 1)
}

return {meshgrid: meshgrid, fliplr: fliplr, flipud: flipud, rot90: rot90, tile: tile, pad: pad, split: split,
        array_split: array_split, append: append, delete: delete, insert: insert, take: take,
        take_along_axis: take_along_axis, put_along_axis: put_along_axis, ptp: ptp, average: average,
        isclose: isclose, allclose: allclose, array_equal: array_equal,
        divmod: divmod, argwhere: argwhere}
