# Minima, and what fits data best, with exact derivatives.

# A step along a direction that makes f smaller by enough, and the slope flatter (Wolfe's conditions).
def line_search(value_and_slope, x, direction, value, slope) {
  low = 0; high = inf; step = 1
  for k in range(60) {
    next = x + step * direction
    v, g = value_and_slope(next)
    if isnan(v) or v > value + 1e-4 * step * slope { high = step }
    else if sum(g * direction) < 0.9 * slope { low = step }
    else { return (next, v, g) }
    step = (low + high) / 2 if high < inf else 2 * step
  }
  return (next, v, g)
}

def two_loops(pairs, g) {
  q = g; alphas = ()
  for p in reversed(pairs) {
    a = sum(p.s * q) / p.sy
    alphas = (a,) + alphas
    q = q - a * p.y
  }
  if len(pairs) > 0 { newest = pairs[-1]; q = q * newest.sy / sum(newest.y ** 2) }
  for p, a in zip(pairs, alphas) { q = q + p.s * (a - sum(p.y * q) / p.sy) }
  return -q
}

# Parameters of any structure as one vector, and back.
def flatten_all(p) {
  if type(p) == "tuple" { return concatenate(map(v -> flatten_all(v), p)) }
  if type(p) == "record" { return concatenate(map(key -> flatten_all(p[key]), p)) }
  return ravel(astensor(p, constant=true))
}

def restore_all(like, vector) {
  position = {at: 0}
  def restore(p) {
    if type(p) == "tuple" { return map(v -> restore(v), p) }
    if type(p) == "record" {
      r = {}
      for key in p { r[key] = restore(p[key]) }
      return r
    }
    start = position.at
    position.at += p.size
    return vector[start] if type(p) == "number" else reshape(vector[start:position.at], p.shape)
  }
  return restore(like)
}

def descend(f, x, direction_of, tolerance, max_steps) {
  value_and_slope = v -> detach(value_and_grad(f)(v))
  first = value_and_grad(f)(x)
  value, g = detach(first)
  pairs = ()
  steps = 0
  while steps < max_steps and item(max(abs(g))) > tolerance {
    direction = direction_of(pairs, g)
    slope = sum(g * direction)
    if slope >= 0 { pairs = (); direction = -g; slope = -sum(g ** 2) }
    if len(pairs) == 0 { direction = direction / max([1, sqrt(sum(g ** 2))]); slope = sum(g * direction) }
    next, v, h = line_search(value_and_slope, x, direction, value, slope)
    if isnan(v) or v > value { break }
    s = next - x; y = h - g; sy = sum(s * y)
    if sy > 1e-300 { pairs = (pairs + ({s: s, y: y, sy: sy},))[-10:] }
    done = v == value and all(s == 0)
    x = next; value = v; g = h
    steps += 1
    if done { break }
  }
  return ({x: x, value: value, steps: steps, converged: isfinite(value) and item(max(abs(g))) <= tolerance},
          not first[0].constant)
}

# The minimum follows the outer variables that f uses as the root of its gradient.  Where steps ran out it is none.
def follow(f, r, max_steps) {
  if r.converged or r.steps < max_steps { return implicit(grad(f), r.x) }
  unfinished = custom_op((x, value) -> x, (g, x, value) -> error(f"the result has no derivative: {max_steps} steps did not lead to a minimum"))
  return unfinished(r.x, f(r.x))
}

described(value) = "`none`" if type(value) == "none" else f"a {type(value)}"

def require_scalar(value) {
  tensor = type(value) == "tensor"
  if tensor and value.size == 1 or type(value) == "number" { return value }
  what = f"shape {value.shape}" if tensor else described(value)
  error({kind: "gradient", value: value, message: f"`minimize` needs a function with a scalar result, but it returned {what}",
         hint: "what is to become small is one number: `minimize(x -> sum(f(x)), x0)`"})
}

def minimize(f, x0, method, tolerance, max_steps) {
  if method != "lbfgs" and method != "gradient" { error(f"`minimize` knows the methods \"lbfgs\" and \"gradient\", not \"{method}\"") }
  start = detach(x0)
  wrapped = v -> require_scalar(f(restore_all(start, v)))
  first = flatten_all(start) * 1
  if first.dtype == float32 { tolerance = max([tolerance, 1e-5]) } # which its rounding lets gradients reach
  r, connected = descend(wrapped, first, two_loops if method == "lbfgs" else (pairs, g) -> -g, tolerance, max_steps)
  if connected { r.x = follow(wrapped, r, max_steps); r.value = wrapped(r.x) }
  r.x = restore_all(start, r.x)
  return r
}

def fit(model, params, x, y, tolerance, max_steps) {
  at(p) = model(p, x * 1 if type(x) == "tensor" else x) # the model may write into what it is given
  given = at(detach(params))
  if not isinstance(given, ("tensor", "number", "bool")) {
    error({kind: "type", value: given, message: f"`fit` needs a model that returns a tensor, but it returned {described(given)}"})
  }
  if given.shape != y.shape { error(f"`fit`: the model gives shape {given.shape} for y of shape {y.shape}") }
  if not all(isfinite(y)) { error("`fit` needs finite numbers, but `y` has nan or inf in it") }
  if not all(isfinite(given)) {
    numbers = type(x) == "tensor" or type(x) == "number"
    error("`fit` needs finite numbers, but `x` has nan or inf in it" if numbers and not all(isfinite(x))
          else "`fit` needs finite numbers, but the model gives nan or inf for the first parameters")
  }
  r = minimize(p -> mean((at(p) - y) ** 2), params, "lbfgs", tolerance, max_steps)
  return r.x
}

return {minimize: minimize, fit: fit}
