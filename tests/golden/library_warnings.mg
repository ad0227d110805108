# What goes wrong inside a function of the library is told of the call that the user wrote.
print(factorial([-2, 1]), focal_loss([[2, -1]], [1], gamma=0.5))
print(taylor(log, -1, 1))
g(x) = sum(focal_loss([[2, -1]], [1], gamma=0.5)) + x
try { solve(g, 1) } catch err { print(err.message) }
for k in range(3) { factorial(-1.0 - k * [1, 1]) }
