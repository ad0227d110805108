# Activations that are compositions of operations.

leaky_relu(x, slope) = where(x > 0, x, slope * x)

elu(x, alpha) = where(x >= 0, x, alpha * expm1(minimum(x, 0)))

selu(x) = 1.0507009873554805 * where(x >= 0, x, 1.6732632423543772 * expm1(minimum(x, 0)))

celu(x, alpha) = where(x >= 0, x, alpha * expm1(minimum(x, 0) / alpha))

gelu(x) = x * erfc(-x / sqrt(2)) / 2

silu(x) = x * sigmoid(x)

mish(x) = x * tanh(softplus(x))

hard_tanh(x, lower_bound, upper_bound) = clip(x, lower_bound, upper_bound)

def glu(x, axis) {
  size = x.shape[axis]
  if size % 2 != 0 { error(f"`glu` halves an axis, but axis {axis} has size {size}") }
  rows = moveaxis(x, axis, 0)
  return moveaxis(rows[:size / 2] * sigmoid(rows[size / 2:]), 0, axis)
}

return {leaky_relu: leaky_relu, elu: elu, selu: selu, celu: celu, gelu: gelu, silu: silu, mish: mish,
        hard_tanh: hard_tanh, glu: glu}
