# Functions compared at many points, with a counter-example when they differ.
f(x) = sin(x**2) + 2x
assert same(f', x -> 2x*cos(x**2) + 2)
assert not same(f', x -> cos(x**2) + 2)
same((x, y) -> (x + y)**2, (x, y) -> x**2 + 2x*y + y**2)
same((a, b) -> (a + b)**2, (x, y) -> x**2 + y**2)
same((x, y) -> (x + y)**2, (x, y) -> x**2 + y**2, details=true)
same(sin', cos, details=true)
same(x -> log(x**2), x -> 2log(x)), same(sqrt, x -> x**0.5), same(x -> sin(x)**2 + cos(x)**2, 1)
same(x -> [x, x**2], x -> [x, x**3])
same(x -> [x, x], x -> x)
same(grad((x, y) -> x * y), (x, y) -> y)
seed(1); a = rand(); seed(1); same(sin, cos); assert rand() == a
same(1 / 3, 0.333)
def noisy(x) { print("called"); return x }
same(noisy, x -> x)
try { same(sin, (x, y) -> x) } catch err { print(err.message) }
try { same(x -> sqrt(-1 - x**2), x -> x) } catch err { print(err.message) }
try { same(sin, cos, n=0) } catch err { print(err.message) }
# Functions that take vectors and matrices must agree there, too: on numbers a sum is what it sums.
same(v -> sum(v)**2, v -> sum(v**2))
same(v -> norm(v), v -> abs(v)), same(v -> norm(v), v -> sqrt(sum(v**2)))
same((x, y) -> sum(x * y), (x, y) -> sum(x) * y)
same(x -> x.T * x, x -> x**2, details=true)
same(x -> x if x > 0 else 0, relu), same(x -> x**0 + 1, 2)
# What one of them writes into its argument is not seen by the other.
def next(x) { x += 1; return x }
same(next, x -> x + 1), same(x -> x + 1, next), same(next, x -> x + 2, details=true)
same((x, y) -> x * next(y), (x, y) -> x * y + x)
