# Numbers are told apart by as many digits as that takes.
print(same(x -> x, x -> x + 1e-9), same(x -> [x, 1], x -> [x, 1 + 1e-7]))

# A call that shows the paths to x does not advise to make that call.
x = tensor(1.0)
y = x
for i in range(60) { y = sin(y) }
explain(y, x)
explain(y)
