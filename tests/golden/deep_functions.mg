# A function inside functions is shown up to a depth.
g = x -> x
for i in range(100000) { g = grad(g) }
len(str(g)) < 1000
f(x) = x
(f'''', grad(f'))
