# What stands before the dot of `np.sin` is a namespace and no operand.
x = tensor([1., 2.])
explain(sum(np.sin(x)))
explain(sum(np.where(x > 1, x, 0)))
explain(np.linalg.det([[x[0], 1], [0.5, x[1]]]) + mg.exp(x[0]))
explain(sum(nnet.relu(x)) + x.sum())
graph(sum(np.sin(x)))
noisy(t) = t * np.random.rand()
try { explain(noisy) } catch e { print(e.message) }
