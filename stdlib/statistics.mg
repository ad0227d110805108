# Order statistics and histograms.

def along(x, axis) {
  if not -x.ndim <= axis < x.ndim { flip(x, axis) } # which says so
  return axis + x.ndim if axis < 0 else axis
}

counts(n) = [k for k in range(n)]

# The elements at `order` (made by argsort) along an axis.
def pick(x, order, axis) {
  if x.ndim == 1 { return x[order] }
  at = ()
  for k in range(x.ndim) {
    if k == axis { at = at + (order,) }
    else {
      shape = ()
      for i in range(x.ndim) { shape = shape + ((x.shape[k] if i == k else 1),) }
      at = at + (reshape(arange(x.shape[k], dtype=int), shape),)
    }
  }
  return x[at]
}

def sort(x, axis) {
  if axis == none { x = ravel(x); axis = 0 }
  if x.ndim == 0 { argsort(x, axis); return copy(x) } # which knows the axes of a scalar
  if x.constant { return sort_values(x, axis) }
  return pick(x, argsort(x, axis), along(x, axis))
}

def topk(x, k, axis) {
  axis = along(x, axis)
  if not 0 <= k <= x.shape[axis] { error(f"`topk` cannot take {k} of {x.shape[axis]} elements") }
  if k <= 16 or k * 32 <= x.shape[axis] { order = argtop(x, k, axis) }
  else {
    falling = x.shape[axis] - 1 - flip(argsort(flip(x, axis), axis), axis) # equal elements keep their order
    order = moveaxis(moveaxis(falling, axis, 0)[:k], 0, axis)
  }
  return (pick(x, order, axis), order)
}

# The axes to be summarised, joined into a last one.
def join_axes(x, axis) {
  if axis == none { return ravel(x) }
  axes = (axis,) if type(axis) == "number" else axis
  marks = ()
  for a in axes { marks = marks + (along(x, a),) }
  n = len(marks)
  x = moveaxis(x, marks, map(k -> k - n, marks_range(n)))
  kept = ()
  count = 1
  for k in range(x.ndim) { if k < x.ndim - n { kept = kept + (x.shape[k],) } else { count *= x.shape[k] } }
  return reshape(x, kept + (count,))
}

def marks_range(n) {
  t = ()
  for k in range(n) { t = t + (k,) }
  return t
}

# The shape with summarised axes as size 1.
def kept_shape(x, axis) {
  axes = marks_range(x.ndim) if axis == none else ((axis,) if type(axis) == "number" else axis)
  shape = x.shape
  for a in axes { k = along(x, a); shape = shape[:k] + (1,) + shape[k + 1:] }
  return shape
}

# The place among the sorted elements where the result of a method lies.
def settled(place, method) {
  if method == "linear" { return place }
  if method == "lower" { return floor(place) }
  if method == "higher" { return ceil(place) }
  if method == "nearest" { return round(place) } # a half goes to the even place
  if method == "midpoint" { return (floor(place) + ceil(place)) / 2 }
  error(f"`method` is \"linear\", \"lower\", \"higher\", \"nearest\" or \"midpoint\", not \"{method}\"")
}

# Between two ends, from the nearer one: ends that are equal are met.  Where their difference is not finite: by shares.
def between(low, high, part) {
  below = part < 0.5
  near = low if below else high
  back = (0 if below else 1) - part
  if back == 0 and back.constant { return near * 1 }
  rise = high - low
  r = near - (nan_to_num(rise) if back == 0 else rise) * astype(back, low.dtype) # not inf * 0
  if back == 0 or all(isfinite(rise)) { return r }
  return where(isfinite(rise), r, low * astype(1 - part, low.dtype) + high * astype(part, low.dtype))
}

# The rank below a place in a row of n; for the last place the one before it, so that there is a rise towards it.
rank_below(place, n) = minimum(floor(place), maximum(n - 2, 0))

def quantile(x, q, axis, keepdims, method) {
  if any((q < 0) | (q > 1) | isnan(q)) { error(f"`q` goes from 0 to 1, got {q}") }
  rows = join_axes(x, axis)
  if rows.shape[-1] == 0 { rows = mean(rows, axis=-1, keepdims=true) } # nan
  n = rows.shape[-1]
  places = astype(q, float64) * (n - 1)
  ranks = map(place -> rank_below(item(detach(place)), n), ravel(places))
  torn = any(isnan(rows))
  few = 0 < len(ranks) <= 8 and rows.size >= 256 # and it takes less time to select than to sort
  if few {
    chosen = (n - 1,) if torn else ()
    for rank in ranks { chosen = (minimum(rank + 1, n - 1), rank) + chosen } # in the order in which gradients arrive
    rows = pick(rows, argselect(rows, chosen), rows.ndim - 1)
  } else { rows = sort(rows, -1) }
  if rows.dtype != float32 { rows = astype(rows, float64) }
  shape = kept_shape(x, axis)
  last = rows[..., -1] # a row with nan ends with it
  def at(place, rank, k) {
    low = rows[..., 2 * k + 1 if few else rank]; high = rows[..., 2 * k if few else minimum(rank + 1, n - 1)]
    r = between(low, high, settled(place, method) - rank)
    if torn { r = where(isnan(last), last, r) }
    return reshape(r, shape) if keepdims else r
  }
  if places.ndim == 0 { return at(places, ranks[0], 0) }
  results = ()
  for k, place in enumerate(ravel(places)) { results = results + (at(place, ranks[k], len(ranks) - 1 - k),) }
  if results == () { return zeros(places.shape + at(0, 0, 0).shape, dtype=rows.dtype, constant=true) }
  return reshape(stack(results), places.shape + results[0].shape)
}

def percentile(x, q, axis, keepdims, method) {
  if any((q < 0) | (q > 100) | isnan(q)) { error(f"`q` goes from 0 to 100, got {q}") }
  return quantile(x, q / 100, axis, keepdims, method)
}

def median(x, axis, keepdims) {
  return quantile(x, 0.5, axis, keepdims, "linear")
}

# Each variable as a row.
def variables(x, rowvar) {
  if x.ndim > 2 { error(f"observations are a vector or a matrix, not of shape {x.shape}") }
  return reshape(x, (1, -1)) if x.ndim < 2 else x if rowvar else x.T
}

def cov(x, y, rowvar, ddof) {
  rows = variables(x, rowvar)
  if y != none {
    more = variables(y, rowvar)
    if more.shape[1] != rows.shape[1] { error(f"`x` and `y` need as many observations, not {rows.shape[1]} and {more.shape[1]}") }
    rows = concatenate((rows, more))
  }
  n = rows.shape[1] - ddof
  d = rows - mean(rows, axis=1, keepdims=true)
  c = d @ d.T / (n if n > 0 else nan)
  return c[0, 0] if c.size == 1 else c
}

def corrcoef(x, y, rowvar) {
  c = cov(x, y, rowvar, 0)
  if c.ndim == 0 { return c / c }
  s = sqrt(diag(c))
  return clip(c / expand_dims(s, 1) / s, -1, 1) # rounding may lead out
}

# With the places of their first occurrences, the place of each element among them, and how often each occurs.
def unique(x, return_index, return_inverse, return_counts) {
  x = ravel(detach(x))
  order = argsort(x) if return_index or return_inverse else none
  s = x[order] if order != none else sort(x, -1)
  new = full(len(s), true)
  if len(s) > 0 { new[1:] = (s[1:] != s[:-1]) & ~isnan(s[:-1]) }
  if not (return_index or return_inverse or return_counts) { return s[new] }
  starts = nonzero(new)[0]
  results = (s[new],)
  if return_index { results = results + (order[starts],) }
  if return_inverse {
    inverse = zeros(len(s), dtype=int)
    inverse[order] = cumsum(astype(new, int)) - 1
    results = results + (inverse,)
  }
  if return_counts { results = results + (diff(concatenate((starts, tensor([len(s)], dtype=int)))),) }
  return results
}

def check_edges(bins) {
  if bins.ndim != 1 { error(f"`bins` needs a list of edges, not {"a scalar" if bins.ndim == 0 else f"the shape {bins.shape}"}") }
  return bins
}

def histogram(x, bins, range, density, weights) {
  if weights != none {
    if weights.shape != x.shape { error(f"`weights` needs the shape of x {x.shape}, not {weights.shape}") }
    weights = ravel(detach(weights))
  }
  x = ravel(astensor(detach(x), constant=true))
  if type(bins) == "number" {
    if bins < 1 or bins != floor(bins) { error(f"`bins` is a number of bins from 1 on, or their edges, not {bins}") }
    if range == none { low = 0; high = 1; if len(x) > 0 { low = item(min(x)); high = item(max(x)) } }
    else {
      if type(range) == "number" or len(range) != 2 { error(f"`range` is the pair (low, high), not {range}") }
      low, high = range
    }
    if range == none and not (isfinite(low) and isfinite(high)) { error(f"the data must be finite, but holds {low if not isfinite(low) else high}; `range` leaves such numbers out") }
    if not low <= high { error(f"`range` goes from a smaller to a larger number, not from {low} to {high}") }
    if low == high { low -= 0.5; high += 0.5 }
    edges = linspace(low, high, bins + 1, constant=true)
  } else { edges = check_edges(astensor(detach(bins), constant=true)) }
  if len(edges) < 2 or not all(diff(edges) >= 0) { error("`bins` needs two or more edges that rise") }
  inside = (x >= edges[0]) & (x <= edges[-1])
  if not all(inside) {
    x = x[inside]
    if weights != none { weights = weights[inside] }
  }
  at = minimum(searchsorted(edges, x, "right") - 1, len(edges) - 2)
  counts = bincount(at, weights, len(edges) - 1)
  return (counts / diff(edges) / sum(counts) if density else counts, edges)
}

def digitize(x, bins, right) {
  x = detach(x)
  side = "left" if right else "right"
  bins = check_edges(astensor(bins, constant=true))
  steps = diff(bins if bins.dtype == float32 else astype(bins, float64)) # unsigned numbers do not fall
  if all(steps >= 0) { return searchsorted(bins, x, side) }
  if any(steps > 0) { error("the edges of `bins` must rise or fall throughout") }
  return len(bins) - searchsorted(flip(bins), x, side)
}

# nan counts as nothing.
filled(x, value) = where(isnan(x), value, x) if any(isnan(x)) else x
real(x) = x if x.dtype == float32 or x.dtype == float64 else astype(x, float64) # whole numbers would wrap
counted(x, axis, keepdims) = sum(astype(~isnan(x), x.dtype), axis=axis, keepdims=keepdims)

nansum(x, axis, keepdims) = sum(filled(x, 0), axis=axis, keepdims=keepdims)
def nanmean(x, axis, keepdims) {
  x = real(x)
  return nansum(x, axis, keepdims) / counted(x, axis, keepdims)
}

def nanvar(x, axis, ddof, keepdims) {
  x = real(x)
  d = x - nanmean(x, axis, true) # nan where x is inf
  if any(isnan(x)) { d = where(isnan(x), 0, d) }
  n = counted(x, axis, keepdims) - ddof
  return sum(d ** 2, axis=axis, keepdims=keepdims) / where(n > 0, n, nan)
}

def nanstd(x, axis, ddof, keepdims) {
  v = nanvar(x, axis, ddof, keepdims)
  return where((v > 0) | isnan(v), sqrt(v), 0)
}

# Where the filling ties with the result, all that counts is as large, and its mean has a gradient for nothing else.
def furthest(pick, x, filling, axis, keepdims) {
  r = pick(filled(x, filling), axis=axis, keepdims=keepdims)
  return where(r == filling, nanmean(x, axis, keepdims), r) if any(isnan(x)) and any(r == filling) else r
}

nanmax(x, axis, keepdims) = furthest(max, x, -inf, axis, keepdims)
nanmin(x, axis, keepdims) = furthest(min, x, inf, axis, keepdims)

return {sort: sort, topk: topk, quantile: quantile, percentile: percentile, median: median, cov: cov,
        corrcoef: corrcoef, unique: unique, histogram: histogram, digitize: digitize, nansum: nansum, nanmean: nanmean,
        nanvar: nanvar, nanstd: nanstd, nanmax: nanmax, nanmin: nanmin}
