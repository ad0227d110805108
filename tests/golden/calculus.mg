# Integrals, equations and series that have no good answer say so, and soon.
def told(f) { try { print(f()) } catch err { print(err.message) } }
told(() -> integrate(x -> nan * x, 0, 1))
told(() -> integrate(sin, nan, 1))
told(() -> integrate(x -> rand(), 0, 1))
told(() -> integrate(x -> 1 / x, -1, 1))
told(() -> round(integrate(x -> 1 / sqrt(abs(x)), -1, 1), 4))

# A time that comes twice takes no step.
told(() -> round(odeint((y, t) -> y, 1, [0, 0, 1, 1, 0]), 6))
told(() -> odeint((y, t) -> y, 3, [2, 2]))

told(() -> solve(x -> nan * x, 1))
told(() -> taylor(x -> [x, x ** 2], 1, 2))
told(() -> taylor(x -> x ** 2, [1, 2], 2))
