# What was written is explained, in words that fit: no inner steps, no differences that say nothing.
φ(x) = x * sin(x)
print(explain(φ, 2, "latex"))
u = tensor([1, 2])
print(explain(sum(u * [3, 4]), "latex"))
explain(v -> sum(v * ones((2, 4), constant=true)), 2)
explain(norm, [3, 4])
explain(std, [3, 4, 6])
explain(sin, 1e17)
explain(x -> x ** x, 0)
explain((x, y) -> sin(x) + x ** x + y, 0, 1e17)
explain((a, b) -> a * b - 5 * a, 2, 3)
print(explain(a -> a * sin(a) - a ** 2, 4, "latex"))
arctan''
arcsinh''
(x -> hypot(x, 3))'
(x -> 0.1 * x ** 2 + 0.2 * x ** 2)''
(x -> 13.02 * x * 2 - 0.7 * x * x * 0.1)'
