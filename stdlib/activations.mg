# Activations that are compositions of operations.

leaky_relu(x, slope) = where(x > 0, x, slope * x)

elu(x, alpha) = where(x >= 0, x, alpha * expm1(minimum(x, 0)))

celu(x, alpha) = where(x >= 0, x, alpha * expm1(minimum(x, 0) / alpha))

def hard_tanh(x, lower_bound, upper_bound) {
  if any(lower_bound > upper_bound) {
    error(f"`lower_bound` cannot exceed `upper_bound`, got {lower_bound} and {upper_bound}")
  }
  return clip(x, lower_bound, upper_bound)
}

def glu(x, axis) {
  if not -x.ndim <= axis < x.ndim { flip(x, axis) } # which says so
  size = x.shape[axis]
  if size % 2 != 0 { error(f"`glu` halves an axis, but axis {axis} has size {size}") }
  rows = moveaxis(x, axis, 0)
  return moveaxis(rows[:size / 2] * sigmoid(rows[size / 2:]), 0, axis)
}

return {leaky_relu: leaky_relu, elu: elu, celu: celu, hard_tanh: hard_tanh, glu: glu}
