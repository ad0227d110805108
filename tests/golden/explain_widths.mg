# Numbers are never cut: a formula gives way, or a tensor has fewer digits.
explain(v -> sum(exp(v) * sin(v)), [0.987654, 1.23456, -2.34567, 1.5])
explain(v -> sum(softmax(v) * [1, 0, 0, 0]), [0.123456, 1.23456, 2.34567, 0.111111])
explain((a, b, c, d) -> exp(-a * a / (2 * b * b)) / sqrt(2 * pi * b * c * d), 1.23456, 2.34567, 3.45678, 4.56789)
f(x) = -123456.789 * x ** -3 + 1e-300 / x
explain(f, 0.000123456)
