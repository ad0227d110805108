# A number that is too large for float64 is told once.
1e400; 1.7976931348623157e308; inf
for i in range(3) { z = -1e309 }
[1, 2, 3, 4, 5, 6, 7, 8, 9, 1e999, 1e-999]
f(x) = 10000000000e300 * x
f(1), f'(1)
