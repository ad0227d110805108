# Optimisers: records with step() and zero_grad().  What they remember can be read: opt.lr, opt.steps, opt.state.
# Each writes the new values into the parameters, which stay variables.

# Whatever structure they were given in, parameters come as a tuple that holds each of them once.
def check_variables(params) {
  for p in params {
    if type(p) != "tensor" { error(f"variables are needed, not a {type(p)}") }
  }
}

def check(lr) {
  if not lr > 0 { error(f"`lr` must be positive, got {lr}") }
}

def check_share(name, share) {
  if not 0 <= share < 1 { error(f"`{name}` is at least 0 and below 1, got {share}") }
}

def check_not_negative(name, number) {
  if not number >= 0 { error(f"`{name}` cannot be negative, got {number}") }
}

def check_usual(eps, weight_decay) {
  check_not_negative("eps", eps); check_not_negative("weight_decay", weight_decay)
}

# rule(opt, p, g, s): the change of a parameter and its new state.
def optimiser(name, params, lr, rule, start) {
  check(lr)
  check_variables(params)
  for p in params {
    if p.constant { error(f"`{name}` was given a constant: only variables can be trained") }
  }
  opt = {name: name, params: params, lr: lr, steps: 0, state: map(p -> start(zeros_like(p.data, constant=true)), params)}
  def step() {
    no_autodiff {
      opt.steps += 1
      states = ()
      for p, s in zip(opt.params, opt.state) {
        g = grad(p)
        if g != none {
          change, s = rule(opt, p.data, g, s)
          p.data -= change
        }
        states = states + (s,)
      }
      opt.state = states
    }
    return none
  }
  def zero_grad() {
    for p in opt.params { null_grad(p) }
    return none
  }
  opt.step = step
  opt.zero_grad = zero_grad
  return opt
}

def sgd(params, lr, momentum, nesterov, weight_decay) {
  check_not_negative("momentum", momentum); check_not_negative("weight_decay", weight_decay)
  if nesterov and momentum == 0 { error("`nesterov` needs a `momentum` above 0") }
  def rule(opt, p, g, s) {
    g = g + weight_decay * p
    if momentum == 0 { return (opt.lr * g, s) }
    v = momentum * s.velocity + g
    return (opt.lr * (g + momentum * v if nesterov else v), {velocity: v})
  }
  return optimiser("sgd", params, lr, rule, z -> {velocity: z})
}

def adagrad(params, lr, eps, weight_decay) {
  check_usual(eps, weight_decay)
  def rule(opt, p, g, s) {
    g = g + weight_decay * p
    total = s.total + g ** 2
    return (opt.lr * g / (sqrt(total) + eps), {total: total})
  }
  return optimiser("adagrad", params, lr, rule, z -> {total: z})
}

def adadelta(params, lr, rho, eps, weight_decay) {
  check_share("rho", rho); check_usual(eps, weight_decay)
  def rule(opt, p, g, s) {
    g = g + weight_decay * p
    squares = rho * s.squares + (1 - rho) * g ** 2
    change = sqrt(s.changes + eps) / sqrt(squares + eps) * g
    return (opt.lr * change, {squares: squares, changes: rho * s.changes + (1 - rho) * change ** 2})
  }
  return optimiser("adadelta", params, lr, rule, z -> {squares: z, changes: z})
}

def rmsprop(params, lr, alpha, eps, weight_decay, momentum) {
  check_share("alpha", alpha); check_not_negative("momentum", momentum); check_usual(eps, weight_decay)
  def rule(opt, p, g, s) {
    g = g + weight_decay * p
    squares = alpha * s.squares + (1 - alpha) * g ** 2
    v = momentum * s.velocity + g / (sqrt(squares) + eps)
    return (opt.lr * v, {squares: squares, velocity: v})
  }
  return optimiser("rmsprop", params, lr, rule, z -> {squares: z, velocity: z})
}

def check_moments(beta1, beta2) {
  check_share("beta1", beta1); check_share("beta2", beta2)
}

# The two running means of Adam, corrected for their start at zero.  A parameter counts steps of its own: a step that has
# no gradient for it leaves its means alone, and opt.steps may be far ahead of them.
def moments(g, s, beta1, beta2) {
  steps = s.steps + 1
  m = beta1 * s.m + (1 - beta1) * g
  v = beta2 * s.v + (1 - beta2) * g ** 2
  return (m / (1 - beta1 ** steps), v / (1 - beta2 ** steps), {m: m, v: v, steps: steps})
}

def adam(params, lr, beta1, beta2, eps, weight_decay) {
  check_moments(beta1, beta2); check_usual(eps, weight_decay)
  def rule(opt, p, g, s) {
    m, v, s = moments(g + weight_decay * p, s, beta1, beta2)
    return (opt.lr * m / (sqrt(v) + eps), s)
  }
  return optimiser("adam", params, lr, rule, z -> {m: z, v: z, steps: 0})
}

def adamw(params, lr, beta1, beta2, eps, weight_decay) {
  check_moments(beta1, beta2); check_usual(eps, weight_decay)
  def rule(opt, p, g, s) {
    m, v, s = moments(g, s, beta1, beta2)
    return (opt.lr * (m / (sqrt(v) + eps) + weight_decay * p), s)
  }
  return optimiser("adamw", params, lr, rule, z -> {m: z, v: z, steps: 0})
}

def nadam(params, lr, beta1, beta2, eps, weight_decay, momentum_decay) {
  check_moments(beta1, beta2); check_usual(eps, weight_decay); check_not_negative("momentum_decay", momentum_decay)
  schedule(t) = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
  def rule(opt, p, g, s) {
    g = g + weight_decay * p
    _, v, means = moments(g, s, beta1, beta2)
    now = schedule(means.steps); next = schedule(means.steps + 1); product = s.product * now
    mean = g * (1 - now) / (1 - product) + means.m * next / (1 - product * next)
    return (opt.lr * mean / (sqrt(v) + eps), {m: means.m, v: means.v, product: product, steps: means.steps})
  }
  return optimiser("nadam", params, lr, rule, z -> {m: z, v: z, product: 1, steps: 0})
}

# Limited-memory BFGS with steps of a fixed length: the direction that recent changes of the gradient suggest.
def lbfgs(params, lr, history) {
  if history < 1 { error(f"`history` is at least 1, got {history}") }
  opt = optimiser("lbfgs", params, lr, (o, p, g, s) -> (0 * g, s), z -> z)
  opt.pairs = ()
  opt.last = none
  flat(values) = concatenate(map(v -> ravel(v), values))
  def direction(g) {
    q = g; alphas = ()
    for pair in reversed(opt.pairs) {
      a = sum(pair.s * q) / pair.sy
      alphas = (a,) + alphas
      q = q - a * pair.y
    }
    if len(opt.pairs) > 0 { newest = opt.pairs[-1]; q = q * newest.sy / sum(newest.y ** 2) }
    for pair, a in zip(opt.pairs, alphas) { q = q + pair.s * (a - sum(pair.y * q) / pair.sy) }
    return q
  }
  def remember(x, g) {
    if opt.last != none {
      s = x - opt.last.x; y = g - opt.last.g; sy = sum(s * y)
      if sy > 1e-12 { opt.pairs = (opt.pairs + ({s: s, y: y, sy: sy},))[-history:] }
    }
    opt.last = {x: x, g: g}
  }
  def step() {
    no_autodiff {
      opt.steps += 1
      x = flat(map(p -> p.data, opt.params))
      g = flat(map(p -> zeros_like(p.data) if grad(p) == none else grad(p), opt.params))
      if not any(g != 0) { return none }
      first = opt.last == none
      remember(x, g)
      change = opt.lr * direction(g)
      if first { change = change * min([1, 1 / max([sum(abs(g)), 1e-300])]) }
      start = 0
      for p in opt.params {
        p.data -= reshape(change[start:start + p.size], p.shape)
        start += p.size
      }
    }
    return none
  }
  opt.step = step
  return opt
}

# Gradients that are not finite stay as they are: nothing would make a step along them right.
def clip_grad(params, max_norm) {
  check_not_negative("max_norm", max_norm)
  check_variables(params)
  no_autodiff {
    reached = filter(p -> grad(p) != none, params)
    total = norm(concatenate((zeros(1),) + map(p -> ravel(grad(p)), reached)))
    if max_norm < total < inf {
      for p in reached { p.grad = grad(p) * (max_norm / total) }
    }
  }
  return item(total)
}

return {sgd: sgd, adagrad: adagrad, adadelta: adadelta, rmsprop: rmsprop, adam: adam, adamw: adamw, nadam: nadam,
        lbfgs: lbfgs, clip_grad: clip_grad}
