# Calculus with exact derivatives: series, roots, integrals, differential equations.

shape_text(v) = "a scalar" if astensor(v).ndim == 0 else f"{astensor(v).shape}"

# What f gave, if that can be computed with.
def computed(value, name) {
  kind = type(value)
  if kind == "tensor" or kind == "number" or kind == "bool" { return value }
  got = "`none`" if kind == "none" else f"a {kind}"
  error({kind: "type", value: value, message: f"`{name}` needs a function that returns a tensor, but it returned {got}",
         hint: "a tensor is written `[a, b]`" if kind == "tuple" else ""})
}

# The factorial of it is exact.  From there on every derivative is divided by its order before the next is taken, since
# factorials end at 170, and derivatives are that much larger than coefficients.
last_factorial = 22
divided(f, k) = x -> f(x) / k

# The coefficients f(x0), f'(x0), f''(x0) / 2, ... of the powers of x - x0.
def taylor(f, x0, n) {
  if n < 0 { error(f"`n` cannot be negative, got {n}") }
  coefficients = ()
  factorial = 1
  for k in range(n + 1) {
    if k > last_factorial { f = divided(f', k) } else if k > 0 { factorial *= k; f = f' }
    value = computed(f(x0), "taylor")
    if k == 0 and astensor(value).shape != astensor(x0).shape {
      error(f"`taylor` needs a function that keeps the shape: f gives {shape_text(value)} for x0, which is {shape_text(x0)}")
    }
    coefficients = coefficients + (value / factorial,)
  }
  return [c for c in coefficients]
}

size_of(v) = item(max(abs(detach(v))))

# Numbers of float32 cannot come nearer than their rounding.
reachable(tolerance, x) = max([tolerance, 1e-6]) if astensor(x).dtype == float32 else tolerance

# ---- derivatives beside the values
# Steps and intervals that suit a value may be far too long for its derivatives: those of y' = -3 * y at y = 0 are, where
# the solution is a plain 0.  So where derivatives are recorded the error is watched in them, too: in those along one
# direction, as the equations of variation give them (Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I,
# II.14 and II.4), up to the order that the functions around ask for.
watched_order() = max([1, derivative_depth()])

lift(f, recorded) = pair -> sensitivity(f, pair[0], pair[1], recorded)
tower(given, n) = given[0] if n == 0 else (tower(given[:-1], n - 1), tower(given[1:], n - 1))
top(r, n) = r if n == 0 else top(r[1], n - 1)
levels(r, n) = (r,) if n == 0 else levels(r[0], n - 1) + (top(r[1], n - 1),)

# f(x) and its derivatives of every order while x moves: `given` holds x and the derivatives of that.
def along(f, given) {
  n = len(given) - 1
  for k in range(n) { f = lift(f, k < n - 1) }
  return levels(f(tower(given, n)), n)
}

# Derivatives that are not finite have no error to watch.
finite_or_zero(x) = where(isfinite(x), x, 0)

# The root as a function of the outer variables that f uses; y is what f gave there.
root_of(f, x, y) = x if y.constant else implicit(f, x)

# What a linear function with this Jacobian takes to y.
newton(jacobian, y) = reshape(linalg.solve(reshape(jacobian, (y.size, y.size)), ravel(y)), y.shape)

# Newton's method, with steps halved as long as they lead away.  A root is where the next step is short beside the way so
# far: small values alone are not enough, as they also stand where f only falls towards zero.
def solve(f, x0, tolerance, max_steps) {
  if type(x0) != "number" and type(x0) != "tensor" { error(f"`x0` must be a number or a tensor, not a {type(x0)}") }
  x = detach(x0)
  scalar = x.ndim == 0
  at(x) = computed(f(x * 1), "solve") # f may write into what it is given
  y = at(x)
  if y.dtype == bool {
    error({kind: "type", message: "`solve` looks for a zero, but f gives true or false",
           hint: "x ** 2 == 4 is solved by `solve(x -> x ** 2 - 4, 1)`"})
  }
  if y.shape != x.shape {
    error(f"`solve` needs as many equations as unknowns: f gives {y.shape} for x of shape {x.shape}")
  }
  if y.size == 0 { return x }
  tolerance = reachable(tolerance, y)
  start = size_of(y)
  for k in range(max_steps) {
    if not all(isfinite(y)) { error(f"`solve` cannot go on from x = {x}: f gives nan or inf there") }
    far = size_of(y)
    if far == 0 { return root_of(f, x, y) }
    change = detach(y / f'(x)) if scalar else newton(detach(jacobian(f)(x)), detach(y))
    if not all(isfinite(change)) { error(f"`solve` cannot go on from x = {x}: the derivative is zero there") }
    step = 1
    while true {
      next = x - step * change
      value = at(next)
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
# Zero for odd polynomials below degree 13: both rules see nothing of what is odd about the middle, which may be steps.
odd_part = (0.042364927020595749, -0.11739930080829946, 0.16884817326633839, -0.19210360832049731, 0.18453959559988553,
            -0.14478082094058453, 0.079139522197453274)

# f(x), and its derivatives beside it where they are recorded, as plain numbers.
def sample(f, x, state) {
  if not state.recorded {
    value = computed(f(x * 1), "integrate")
    if value.constant { return (value, 0) }
    state.recorded = true
  }
  found = along(z -> f(x * 1), broadcast_to(0, state.order + 1))
  return (found[0], stack(map(v -> finite_or_zero(v), found[1:])))
}

# The integral over an interval by 15 points, how far that by 7 of them is away, and how far in the derivatives.  The odd
# part is no error of a smooth function, so it counts only where it is large.
def rule15(f, a, b, state) {
  middle = (a + b) / 2; half = (b - a) / 2
  value, beside = sample(f, middle, state)
  fine = kronrod[7] * value; coarse = gauss[7] * value
  fine_beside = kronrod[7] * beside; coarse_beside = gauss[7] * beside; odd = 0
  for k in range(7) {
    low, low_beside = sample(f, middle - half * nodes[k], state)
    high, high_beside = sample(f, middle + half * nodes[k], state)
    odd = odd + odd_part[k] * (high - low)
    both = low + high; both_beside = low_beside + high_beside
    fine = fine + kronrod[k] * both
    fine_beside = fine_beside + kronrod[k] * both_beside
    if gauss[k] != 0 { coarse = coarse + gauss[k] * both; coarse_beside = coarse_beside + gauss[k] * both_beside }
  }
  apart = max([size_of(half * (fine - coarse)), size_of(half * odd) / 1000])
  if not state.recorded { return (half * fine, apart, 0) }
  h = detach(half)
  return (half * fine, apart, size_of(h * (fine_beside - coarse_beside) / (1 + abs(h * fine_beside))))
}

# What halving ten times does not settle is seen from the ends of the interval, where f may be infinite.
ends_depth = 30

# Derivatives that do not settle within as many intervals are not waited for: the value may be all that is wanted.
beside_intervals = 3000

# The integral from `end` to x, in powers of the distance: x ** -0.5 becomes smooth.  Near zero numbers are dense, which
# allows high powers.
def from_end(f, end, x, before, state) {
  distance = x - end
  power = 16 if end == 0 else 2
  def g(s) {
    place = end + distance * s ** power
    return f(place) * (distance * power * s ** (power - 1)) if place != end else 0
  }
  return refine(g, 0, 1, ends_depth - 1, before, state)
}

# Whether f keeps its sign towards `end` and does not fall below 1 / distance: then its integral has no limit.
def is_endless(f, end, other) {
  weighted(distance) = detach(f(end + (other - end) * distance)) * distance
  first = weighted(1e-3)
  closer = [weighted(distance) for distance in (1e-5, 1e-7, 1e-9, 1e-11)]
  return any(all((sign(closer) == sign(first)) & (10 * abs(closer) >= abs(first)), axis=0) & (first != 0))
}

def why_endless(f, a, b) {
  return "the integral may be infinite" if is_endless(f, a, b) or is_endless(f, b, a) else "the function varies too much"
}

# What a jump between the outermost points and the ends of an interval would be worth: f does not go on there as between
# those points.  Not at the ends themselves, which may belong to what lies beyond.
def beyond_points(f, a, b) {
  at(end, other, node) = detach(f(end + (other - end) * (1 - node) / 2))
  ratio = (1 - nodes[0]) / (nodes[0] - nodes[1])
  def jump(end, other) {
    last = at(end, other, nodes[0])
    return size_of(at(end, other, 1 - 2e-13) - last - ratio * (last - at(end, other, nodes[1])))
  }
  return abs(b - a) * (1 - nodes[0]) / 2 * max([jump(a, b), jump(b, a)])
}

# `state.missing`: the errors that halving did not remove, as it came to the limit or stopped to help (`before`: the errors
# of twice the interval, in the value and in its derivatives).  A place where f is infinite may spoil a few intervals; the smaller ones leave it aside.
def refine(f, a, b, depth, before, state) {
  value, missing, beside = rule15(f, a, b, state)
  state.intervals += 1
  if isnan(missing) { state.spoilt += 1 }
  if state.spoilt > 200 { error(f"`integrate`: the function gives nan or inf between {state.limits}") }
  if state.intervals > 30000 { error(f"`integrate` does not settle between {state.limits}: {state.why()}") }
  # Halving takes 15 powers of two from the error of a smooth function: what falls much faster may be an accident beside a
  # jump, and is looked at once more.
  small = missing <= max([state.tolerance / 100, 1e-15 * size_of(value)])
  accident = small and before[0] < inf and missing < 1e-8 * before[0]
  settled = small and not accident
  beside_settled = beside <= state.tolerance / 100 or state.intervals > beside_intervals
  if settled and beside_settled { return value }
  stuck = missing <= state.tolerance / 10 and missing > before[0] / 4
  if depth == 0 or ((settled or stuck) and (beside_settled or (beside <= state.tolerance / 10 and beside > before[1] / 4))) {
    state.missing += missing
    return value
  }
  middle = (a + b) / 2
  jump = beyond_points(f, a, b) if accident else 0
  apart = (jump if jump > state.tolerance / 100 else missing, beside)
  if depth == ends_depth {
    unlike = (apart[0], inf)
    return from_end(f, a, middle, unlike, state) - from_end(f, b, middle, unlike, state)
  }
  return refine(f, a, middle, depth - 1, apart, state) + refine(f, middle, b, depth - 1, apart, state)
}

def settle(f, a, b, tolerance, limits) {
  state = {tolerance: tolerance, limits: limits, missing: 0, intervals: 0, spoilt: 0,
           why: () -> why_endless(f, a, b), recorded: false, order: watched_order()}
  value = refine(f, a, b, ends_depth + 10, (inf, inf), state)
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
  tolerance = reachable(reachable(tolerance, a), b)
  if isinf(a) and isinf(b) { return integrate(f, a, 0, tolerance / 2) + integrate(f, 0, b, tolerance / 2) }
  if isinf(a) { return integrate(t -> f(-t), 0 - b, 0 - a, tolerance) }
  limits = f"{a} and {b}"
  if isinf(b) { return settle(t -> computed(f(a + t / (1 - t)), "integrate") / (1 - t) ** 2, 0, 1, tolerance, limits) }
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

# The error of a step in units of what is allowed, for the value or a derivative of it.
def error_of(y, next, missing, tolerance) {
  scale = tolerance * (1 + maximum(abs(detach(y)), abs(detach(next))))
  return item(max(abs(detach(missing)) / scale))
}

beside_error(state, results, tolerance) =
  max([finite_or_zero(error_of(old[0], new[0], new[1], tolerance)) for old, new in zip(state[1:], results[1:])])

# y and its slope with derivatives up to an order, where y itself is what moves.
def started(slope, y, order) {
  ys = (y, 0.7 * sensitivity(z -> y * 1, 0, 0)[1]) + map(k -> zeros(y.shape), tuple_range(order - 1))
  return zip(ys, along(slope, ys))
}

# The solution of y' = f(y, t) at the times of t, which start with that of y0.  Between two times t1 and t2 the steps are
# parts of t2 - t1: `stretch` is 1 and follows these times where they are variables, as `moved(now)` does.
def odeint(f, y0, t, tolerance) {
  if t.ndim != 1 or t.size == 0 { error(f"`t` is a vector of times, not of shape {t.shape}") }
  times = detach(t)
  slope(y, t) = computed(f(y * 1, t), "odeint") * 1 # f may write into what it is given
  values = (y0 * 1,)
  now = item(times[0])
  start = now if t.constant else t[0]
  state = ((y0, slope(y0, start)),)
  if state[0][1].shape != y0.shape { error(f"`odeint`: f gives a slope of shape {state[0][1].shape} for y of shape {y0.shape}") }
  recorded = not (t.constant and y0.constant and state[0][1].constant)
  if recorded { state = started(y -> slope(y, start), y0, watched_order()) }
  h = none
  stretch = 1
  moved = now -> now
  for k in range(1, len(times)) {
    target = item(times[k])
    shortest = 1e-6 * abs(target - now) # for the sake of derivatives
    if not t.constant and target != now {
      stretch = (t[k] - t[k - 1]) / (target - now)
      moved = odeint_time(t[k - 1], now, stretch)
    }
    if h == none and target != now { h = (target - now) / 100 }
    if target != now and (target - now) * h < 0 { h = -h }
    while now != target {
      last = abs(target - now) <= abs(h) * 1.000001
      step = target - now if last else h
      advance(pair) = dormand_prince(slope, pair[0], moved(now), step * stretch, pair[1])
      results = along(advance, state)
      if not recorded and not results[0][0].constant {
        recorded = true
        state = state + map(k -> (zeros(y0.shape), zeros(y0.shape)), tuple_range(watched_order()))
        results = along(advance, state)
      }
      worst = error_of(state[0][0], results[0][0], results[0][1], tolerance)
      if isnan(worst) { error(f"`odeint`: the solution is no longer a number after t = {now}") }
      if recorded and abs(step) > shortest { worst = max([worst, beside_error(state, results, tolerance)]) }
      if worst <= 1 {
        now = target if last else now + step
        state = map(r -> (r[0], r[2]), results)
      } else if abs(step) < 1e-14 * max([abs(now), 1e-10]) { error(f"`odeint` cannot get past t = {now}") }
      if not (last and worst <= 1) { h = step * min([5, max([0.2, 0.9 * max([worst, 1e-10]) ** -0.2])]) }
    }
    values = values + (state[0][0],)
  }
  return stack(values)
}

def tuple_range(n) {
  t = ()
  for i in range(n) { t = t + (i,) }
  return t
}

return {taylor: taylor, solve: solve, integrate: integrate, odeint: odeint}
