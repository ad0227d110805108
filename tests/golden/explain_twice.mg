# A value that a step takes twice has one derivative there, the sum of both.
f(x) = x * x
explain(f, 3)
explain(x -> f(x) + f(x), 3)
explain(x -> (x -> x + x)(sin(x)), 0)
explain(x -> x / x, 2)
explain(x -> x ** x, 2)
explain(x -> x - x, 2)
explain(v -> sum(v * v), [1.5, 2.25, 3.125])
v = tensor(arange(1.0, 9)); s = sum(v * v + v); explain(s)
print(explain(f, 3, "latex"))
print(explain(f, 3, "json"))
w = tensor(3); y = f(w); print(explain(y, "dot"))
