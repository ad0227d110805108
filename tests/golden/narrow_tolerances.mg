# What float32 can reach is what is asked of it by default.
one = tensor(1, dtype=float32)
r = solve(x -> x ** 2 - 2, one); print(r, r.dtype, abs(r - sqrt(2)) < 1e-6)
print(abs(solve(x -> x ** 3 - x - [1, 5].astype(float32), tensor([1, 2], dtype=float32)) - [1.324718, 1.904161]) < 1e-5)
print(abs(integrate(x -> exp(-x), 0 * one, one) - (1 - exp(-1))) < 1e-6, abs(integrate(x -> exp(-x), one, 0 * one) + (1 - exp(-1))) < 1e-6)
print(abs(integrate(x -> exp(-x ** 2), one, inf) - 0.13940279264) < 1e-6)
m = minimize(x -> sum((x - [3, 2].astype(float32)) ** 4 + cosh(x)), tensor([0, 1], dtype=float32))
print(m.converged, m.steps < 50, max(abs(m.x - [2.02404, 1.26])) < 1e-4, m.x.dtype)
