# Derivatives of higher order where factors vanish or overflow: exact, or the infinity that is their limit.
orders(f, x, n) = [derivative(f, x, n=k) for k in range(1, n + 1)]

# Powers with exponents that are tensors have the derivatives of those with plain numbers, at 0 and beside it.
f(t) = sum(t ** [0, 1, 2, 3])
print(f'(0), f''(0), f'''(0), f''''(0))
print(hessian(x -> sum(x ** [1, 2, 3]))([0, 0, 0]))
x = tensor(0); y = tensor(1)
print(grad(grad(x ** y, x), x), grad(grad(tensor(1e-310) ** y, y), x))
for p in range(5) { print(orders(x -> x ** tensor(p), 0, 6), orders(x -> x ** tensor(p), 1e-310, 5), orders(x -> x ** p, 0, 6)) }
print(orders(x -> x ** 0, 1e-310, 3), orders(x -> x ** [3], 1e-310, 4).T)
print(orders(x -> x ** tensor(0.5), 0, 4), orders(x -> x ** tensor(-1), 2, 4), orders(x -> x ** tensor(2.5), 0, 4))
print(grad(grad(x ** tensor(0), x), x), jacobian(y -> grad(x ** y, x))(tensor(1)))

# The side of a choice that is not taken contributes 0 to every derivative, even where its factors overflow.
print(orders(x -> where(x > -1, x ** 3, x ** 3 / x), 1e-200, 6), orders(x -> where(x > -1, x ** 3, x ** 2 * (1 / x)), 1e-200, 6))
g(x) = where(abs(x) < 1e-3, 1 - x ** 2 / 6, sin(x) / x)
print(orders(g, tensor(1e-20, dtype=float32), 6), orders(g, 1e-200, 6), orders(g, zeros(2), 5).T)
sides = (log, sqrt, x -> 1 / x, x -> 1 / tan(x), x -> x * log(x), x -> log(x) * sqrt(x), x -> log(x) / x, x -> x ** -2.5,
         x -> x ** x, gamma, x -> arctanh(1 + x), x -> arctan2(x, x), x -> sqrt(tanh(x)) / sin(x), x -> (-log(x)) ** x, x -> 1 / x ** 3)
for side in sides { print(orders(x -> where(x > 0, side(x), x ** 2), 0, 6), orders(x -> where(x > -1, x ** 2, side(x)), 1e-200, 6)) }
print(orders(x -> relu(x) ** 3 + maximum(x, 0) ** 4 / maximum(x, 0), -1, 5))

# The side taken keeps all of them, also where its gradient happens to be 0.
h(x) = where(x > 0, (exp(x) - e) ** 2, 0)
print(orders(h, 1, 4) / [1, e ** 2, e ** 2, e ** 2])
print(orders(x -> where(x > 0, (x - 1) * (x - 1) * sin(x), 0) / sin(x), 1, 4))
both(v) = sum(where(v > 0, log(abs(v)) * v[0], v ** 3 / v))
print(hessian(both)([2, -1]), hvp(both, [1, -1], [1, 1]))

# Factorials end at 170, coefficients do not.
print([abs(c - 1) < 1e-12 for c in (taylor(x -> x ** 200, 0, 200)[-1], taylor(x -> exp(3x), 0, 175)[-1] / 2.787915610977251e-235)])
print(abs(taylor(x -> (10x) ** 160, 0, 160)[-1] / 1e160 - 1) < 1e-12, round(taylor(x -> x ** 30, 1, 30)[-6:], 9), taylor(exp, 0, 5))

# Singular points of functions have the limits of their second derivatives.
for f in (sqrt, log, arcsin, arccos, arctanh, arccosh, arcsec, arccsc, arcsech, logit) { print(f''(1), end=" ") }
for f in (sqrt, log, csc, cot, csch, coth, arcsech, logit) { print(f''(0), end=" ") }
print()
print(arccosh''(inf), arccosh'(inf), arcsec''(inf), arccosh''(2) + 2 / 3 ** 1.5, arcsec''(-2) + arcsec''(2))

# Beside an infinite element the others do not count; infinite ones count as equal.
print(grad(norm)([inf, 1]), grad(norm)([2, -inf]), grad(norm)([-inf, inf]), norm([inf, 1]), grad(x -> norm(x, 3))([inf, 1, 2]), grad(norm)([[inf, 1], [2, 3]]))
print(jacobian(x -> norm(x, axis=1))([[3, 4], [inf, 1]]), grad(x -> norm(x, 1))([inf, 1]), grad(x -> norm(x, inf))([inf, 1]))
print(grad(hypot, (0, 1))(inf, 1), grad(hypot, (0, 1))(2, -inf), grad(hypot, (0, 1))(inf, -inf), grad(arctan2, (0, 1))(inf, 1), arctan'(inf))

# |x| ** 1.5 has no kink at 0, but infinite curvature; at a zero vector the norm has a kink.
bent(x) = norm(x, 1.5)
print(hessian(bent)([0, 1, 2])[0], grad(bent)([0, 1]), hessian(bent)([0, 0]))
