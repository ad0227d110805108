# Roots, minima, fits and times follow the variables that they depend on, with derivatives of every order.
def told(f) { try { print(f()) } catch err { print(err.message) } }
a = tensor(2)
backward(solve(x -> x ** 2 - a, 1) * a)
print(round(grad(a), 10))
r(a) = solve(x -> x ** 2 - a, 1)
print(round(r'(4), 8), round(r''(4), 8), round(r'''(4), 8), round(r''''(4), 8))
g(a) = solve(x -> [x[0] ** 2 - a * x[1], x[1] - a], [1, 1])
print(round(g(2), 10), round(jacobian(g)(2), 10), round(jacobian(jacobian(g))(2), 10))
inner(a) = solve(x -> solve(y -> y ** 3 - x * a, 1) - 2, 1)
print(round(inner'(2), 8), round(inner''(2), 8))
check_grad(r, 3)

# What an outer variable is afterwards changes nothing.
b = tensor(2); old = b; s = solve(x -> x ** 2 - b, 1); b = tensor(9); backward(s); print(round(grad(old), 8), grad(b))
print(solve(x -> x ** 2 - 2, 1).constant)

m(t) = minimize(x -> (x - t) ** 2 + t * x, 0).x + t
print(round(m'(1), 8), round(m''(1), 8))
q(t) = minimize(x -> sum((x - [t, t ** 2]) ** 2) + x[0] ** 2, [0, 0])
x_of(t) = q(t).x
value_of(t) = q(t).value
print(round(jacobian(x_of)(3), 6), round(jacobian(jacobian(x_of))(3), 6), round(value_of'(3), 6), round(value_of''(3), 6))
flat(t) = minimize(x -> (x - t) ** 4, 0).x
told(() -> flat(1))
told(() -> flat'(1))
short(t) = minimize(x -> (x - t) ** 2 / 1000, 0, max_steps=1, method="gradient").x
told(() -> short'(5))
print(minimize(x -> (x - 3) ** 2, 0).x.constant)

slope_of(d) = fit((p, x) -> p[0] + p[1] * x, [0, 0], [0, 1, 2], [1, 3, 5 * d])[1]
print(round(slope_of'(1), 6), round(slope_of''(1), 6))

end(T) = odeint((y, t) -> -y, 1, [0, T])[1]
print(round(end'(1), 6), round(end''(1), 6), round(-exp(-1), 6))
start(T) = odeint((y, t) -> -y * t, 1, [T, 2, 3])[1]
print(abs(round(start'(1) - exp(-1.5), 6)))
there(T) = odeint((y, t) -> -y * t, 1, [0, T, 2 * T, 2 * T])[3]
print(round(there'(0.7) + 2.8 * exp(-0.98), 6))
limits(a) = integrate(x -> sin(a * x), 0, a)
print(round(limits'(1.3), 6), round(-(1 - cos(1.69)) / 1.69 + 2 * sin(1.69), 6))
explain(solve(x -> x ** 2 - a, 1) * 3)
