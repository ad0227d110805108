# Derivatives of one's own, and those along directions, are lost nowhere.
def told(f) { try { print(f()) } catch err { print(err.message) } }
n = tensor(3, dtype=int)
times = custom_op((x, n) -> x * n, (g, x, n) -> (g * n, g * x))
told(() -> (grad(x -> times(x, n))(2), grad(x -> times(x, n))(2.5), times(2, n).dtype))
step = custom_op(x -> x > 0, (g, x) -> g) # straight through
told(() -> (grad(x -> sum(2 * step(x)))([1, -1]), step([1, -1])))
pair = custom_op(p -> p[0] * p[1], (g, p) -> (g * p[1], g * p[0]))
told(() -> grad(x -> pair((x, 2)))(3))
told(() -> pair((3, 2)))
scaled = custom_op((x, options) -> x * options.by, (g, x, options) -> (g * options.by, none))
told(() -> grad(x -> scaled(x, {by: 5, why: "so"}))(3))
told(() -> grad(x -> scaled(x, {by: x}))(3))
forgot = custom_op(x -> x ** 2, (g, x) -> none)
def kept(g, x) { slope = g * 2 * x }
told(() -> forgot(3))
told(() -> forgot'(3))
told(() -> grad(custom_op(x -> x ** 2, kept))(3))
told(() -> jvp(forgot, 3, 1))
told(() -> custom_op((x, n) -> x * n, (g, x, n) -> none)'(2, 3))
told(() -> grad(custom_op((x, n) -> x * n, (g, x, n) -> (none, g * x)), (0, 1))(2, 3))

told(() -> (grad(v -> jvp(u -> u ** 3, 2, v))(1), jacobian(v -> jvp(u -> u ** 2, [2, 3], v))([1, 1])))
told(() -> (grad(v -> sum(hvp(u -> sum(u ** 3), [1, 2], v)))([1, 1]), grad(v -> hvp(u -> u ** 2, 1, v))(5)))
v = tensor(2); backward(jvp(exp, 0, v)); print(grad(v))
told(() -> (jvp(u -> u ** 3, 2, 1).constant, grad(v -> jvp(u -> 3, 2, v) + v)(1)))
