# Calculus with exact derivatives: series, roots, integrals, differential equations, minima.

# The coefficients f(x0), f'(x0), f''(x0) / 2, ... of the powers of x - x0.
def taylor(f, x0, n) {
  if n < 0 { error(f"`n` cannot be negative, got {n}") }
  coefficients = ()
  factorial = 1
  for k in range(n + 1) {
    if k > 0 { factorial *= k; f = f' }
    value = f(x0)
    if k == 0 and astensor(value).shape != astensor(x0).shape {
      error(f"`taylor` needs a function that keeps the shape: it gives {value.shape} for x0 of shape {astensor(x0).shape}")
    }
    coefficients = coefficients + (value / factorial,)
  }
  return [c for c in coefficients]
}

size_of(v) = item(max(abs(detach(v))))

# The root as a function of the outer variables that f uses; y is what f gave there.
root_of(f, x, y) = x if y.constant else implicit(f, x)

# Newton's method, with steps halved as long as they lead away.  A root is where the next step is short beside the way so
# far: small values alone are not enough, as they also stand where f only falls towards zero.
def solve(f, x0, tolerance, max_steps) {
  if type(f) != "function" {
    error(f"`solve` finds a root of a function, not of a {type(f)}; linear equations: linalg.solve(a, b)")
  }
  x = detach(x0)
  scalar = x.ndim == 0
  y = f(x)
  if y.shape != x.shape {
    error(f"`solve` needs as many equations as unknowns: f gives shape {y.shape} for x of shape {x.shape}")
  }
  if y.size == 0 { return x }
  start = size_of(y)
  for k in range(max_steps) {
    if not all(isfinite(y)) { error(f"`solve` cannot go on from x = {x}: f gives nan or inf there") }
    far = size_of(y)
    if far == 0 { return root_of(f, x, y) }
    change = detach(y / f'(x)) if scalar else linalg.solve(detach(jacobian(f)(x)), detach(y))
    if not all(isfinite(change)) { error(f"`solve` cannot go on from x = {x}: the derivative is zero there") }
    step = 1
    while true {
      next = x - step * change
      value = f(next)
      if size_of(value) < far or step < 1e-9 { break }
      step /= 2
    }
    nearer = size_of(value) < far
    missing = size_of(change) / max([size_of(x), size_of(x - detach(x0)), size_of(change) / 2])
    if missing <= tolerance or (missing <= sqrt(tolerance) and far <= tolerance * start) {
      return root_of(f, next if nearer else x, value)
    }
    if not nearer {
      if far <= tolerance * start { return root_of(f, x, y) } # what is left is rounding
      error(f"`solve` found no root: no step from x = {x} brings f nearer to zero")
    }
    x = next
    y = value
  }
  error(f"`solve` found no root in {max_steps} steps; it stopped at x = {x}")
}

nodes = (0.9914553711208126, 0.9491079123427585, 0.8648644233597691, 0.7415311855993945, 0.5860872354676911,
         0.4058451513773972, 0.20778495500789847, 0)
kronrod = (0.022935322010529224, 0.06309209262997856, 0.10479001032225019, 0.14065325971552592, 0.1690047266392679,
           0.19035057806478542, 0.20443294007529889, 0.20948214108472782)
gauss = (0, 0.1294849661688697, 0, 0.27970539148927664, 0, 0.3818300505051189, 0, 0.4179591836734694)

# The integral over an interval by 15 points, and by 7 of them.
def rule15(f, a, b) {
  middle = (a + b) / 2; half = (b - a) / 2
  value = f(middle)
  fine = kronrod[7] * value; coarse = gauss[7] * value
  for k in range(7) {
    both = f(middle - half * nodes[k]) + f(middle + half * nodes[k])
    fine = fine + kronrod[k] * both
    if gauss[k] != 0 { coarse = coarse + gauss[k] * both }
  }
  return (half * fine, item(max(abs(detach(half * (fine - coarse))))))
}

# What halving ten times does not settle is seen from the ends of the interval, where f may be infinite.
ends_depth = 30

# The integral from `end` to x, in powers of the distance: x ** -0.5 becomes smooth.  Near zero numbers are dense, which
# allows high powers.
def from_end(f, end, x, state) {
  distance = x - end
  power = 16 if end == 0 else 2
  def g(s) {
    place = end + distance * s ** power
    return f(place) * (distance * power * s ** (power - 1)) if place != end else 0
  }
  return refine(g, 0, 1, ends_depth - 1, inf, state)
}

# `state.missing`: the errors that halving did not remove, as it came to the limit or stopped to help (`before`: the error
# of twice the interval).  A place where f is infinite may spoil a few intervals; the smaller ones leave it aside.
def refine(f, a, b, depth, before, state) {
  value, missing = rule15(f, a, b)
  state.intervals += 1
  if isnan(missing) { state.spoilt += 1 }
  if state.spoilt > 200 { error(f"`integrate`: the function gives nan or inf between {state.limits}") }
  if state.intervals > 30000 { error(f"`integrate` does not settle between {state.limits}: the function varies too much") }
  if missing <= max([state.tolerance / 100, 1e-15 * item(max(abs(detach(value))))]) { return value }
  if depth == 0 or (missing <= state.tolerance / 10 and missing > before / 4) { state.missing += missing; return value }
  middle = (a + b) / 2
  if depth == ends_depth { return from_end(f, a, middle, state) - from_end(f, b, middle, state) }
  return refine(f, a, middle, depth - 1, missing, state) + refine(f, middle, b, depth - 1, missing, state)
}

def settle(f, a, b, tolerance, limits) {
  state = {tolerance: tolerance, limits: limits, missing: 0, intervals: 0, spoilt: 0}
  value = refine(f, a, b, ends_depth + 10, inf, state)
  size = item(max(abs(detach(value))))
  if not (isfinite(size) and state.missing <= 1e-4 * size + tolerance) {
    error(f"`integrate` does not settle between {limits}: the integral may be infinite")
  }
  if state.missing > tolerance * max([1, size]) {
    error(f"`integrate` settles between {limits} only to within {state.missing:.1e}: allow that by `tolerance`, or split the range where the function is not smooth")
  }
  return value
}

# Adaptive Gauss-Kronrod; what lies far out is mapped to a finite range.
def integrate(f, a, b, tolerance) {
  if isnan(a) or isnan(b) { error(f"`integrate` needs limits that are numbers, not {a} and {b}") }
  if a == b and isinf(a) { error(f"`integrate` needs limits between which there is something, not {a} and {b}") }
  if a > b { return -integrate(f, b, a, tolerance) }
  if isinf(a) and isinf(b) { return integrate(f, a, 0, tolerance / 2) + integrate(f, 0, b, tolerance / 2) }
  if isinf(a) { return integrate(t -> f(-t), 0 - b, 0 - a, tolerance) }
  limits = f"{a} and {b}"
  if isinf(b) { return settle(t -> f(a + t / (1 - t)) / (1 - t) ** 2, 0, 1, tolerance, limits) }
  return settle(f, a, b, tolerance, limits)
}

# One step of Dormand and Prince: the new value, and how far its two orders are apart.
def dormand_prince(f, y, t, h, k1) {
  k2 = f(y + h * k1 / 5, t + h / 5)
  k3 = f(y + h * (3 / 40 * k1 + 9 / 40 * k2), t + 3 / 10 * h)
  k4 = f(y + h * (44 / 45 * k1 - 56 / 15 * k2 + 32 / 9 * k3), t + 4 / 5 * h)
  k5 = f(y + h * (19372 / 6561 * k1 - 25360 / 2187 * k2 + 64448 / 6561 * k3 - 212 / 729 * k4), t + 8 / 9 * h)
  k6 = f(y + h * (9017 / 3168 * k1 - 355 / 33 * k2 + 46732 / 5247 * k3 + 49 / 176 * k4 - 5103 / 18656 * k5), t + h)
  next = y + h * (35 / 384 * k1 + 500 / 1113 * k3 + 125 / 192 * k4 - 2187 / 6784 * k5 + 11 / 84 * k6)
  k7 = f(next, t + h)
  missing = h * (71 / 57600 * k1 - 71 / 16695 * k3 + 71 / 1920 * k4 - 17253 / 339200 * k5 + 22 / 525 * k6 - k7 / 40)
  return (next, missing, k7)
}

odeint_time(t1, from, stretch) = now -> t1 + (now - from) * stretch

# The solution of y' = f(y, t) at the times of t, which start with that of y0.  Between two times t1 and t2 the steps are
# parts of t2 - t1: `stretch` is 1 and follows these times where they are variables, as `moved(now)` does.
def odeint(f, y0, t, tolerance) {
  times = detach(t)
  y = y0
  slope(y, t) = f(y, t) * 1
  values = (y0 * 1,)
  now = item(times[0])
  k1 = slope(y, now if t.constant else t[0])
  if k1.shape != y.shape { error(f"`odeint`: f gives a slope of shape {k1.shape} for y of shape {y.shape}") }
  h = none
  stretch = 1
  moved = now -> now
  for k in range(1, len(times)) {
    target = item(times[k])
    if not t.constant and target != now {
      stretch = (t[k] - t[k - 1]) / (target - now)
      moved = odeint_time(t[k - 1], now, stretch)
    }
    if h == none and target != now { h = (target - now) / 100 }
    if target != now and (target - now) * h < 0 { h = -h }
    while now != target {
      last = abs(target - now) <= abs(h) * 1.000001
      step = target - now if last else h
      next, missing, k7 = dormand_prince(slope, y, moved(now), step * stretch, k1)
      scale = tolerance * (1 + maximum(abs(detach(y)), abs(detach(next))))
      worst = item(max(abs(detach(missing)) / scale))
      if isnan(worst) { error(f"`odeint`: the solution is no longer a number after t = {now}") }
      if worst <= 1 {
        now = target if last else now + step
        y = next; k1 = k7
      } else if abs(step) < 1e-14 * max([abs(now), 1e-10]) { error(f"`odeint` cannot get past t = {now}") }
      if not (last and worst <= 1) { h = step * min([5, max([0.2, 0.9 * max([worst, 1e-10]) ** -0.2])]) }
    }
    values = values + (y,)
  }
  return stack(values)
}

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
    return reshape(vector[start:position.at], p.shape)
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

def minimize(f, x0, method, tolerance, max_steps) {
  if method != "lbfgs" and method != "gradient" { error(f"`minimize` knows the methods \"lbfgs\" and \"gradient\", not \"{method}\"") }
  start = detach(x0)
  wrapped = v -> f(restore_all(start, v))
  r, connected = descend(wrapped, flatten_all(start) * 1, two_loops if method == "lbfgs" else (pairs, g) -> -g, tolerance, max_steps)
  if connected { r.x = follow(wrapped, r, max_steps); r.value = wrapped(r.x) }
  r.x = restore_all(start, r.x)
  return r
}

def fit(model, params, x, y, tolerance, max_steps) {
  given = model(detach(params), x)
  if given.shape != y.shape { error(f"`fit`: the model gives shape {given.shape} for y of shape {y.shape}") }
  if not all(isfinite(y)) { error("`fit` needs finite numbers, but `y` has nan or inf in it") }
  if not all(isfinite(given)) {
    numbers = type(x) == "tensor" or type(x) == "number"
    error("`fit` needs finite numbers, but `x` has nan or inf in it" if numbers and not all(isfinite(x))
          else "`fit` needs finite numbers, but the model gives nan or inf for the first parameters")
  }
  r = minimize(p -> mean((model(p, x) - y) ** 2), params, "lbfgs", tolerance, max_steps)
  return r.x
}

return {taylor: taylor, solve: solve, integrate: integrate, odeint: odeint, minimize: minimize, fit: fit}
