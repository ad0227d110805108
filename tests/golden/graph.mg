# Graphs drawn in lanes: a tree, a value used twice, branches that cross, tensors, and the paths to one variable.
x1 = tensor(2); x2 = tensor(0); w1 = tensor(-3); w2 = tensor(1); b = tensor(6.881373587019543)
o = tanh(x1*w1 + x2*w2 + b)
graph(o)
f(x) = sin(x**2) + 2*x
graph(f, 2)
h(x, y) = (x*y + sin(x) * exp(y)) * (x - y) / (x + y*y) + where(x > 0, x, y)
graph(h, 2, 3)
W = tensor([[1, -2], [3, 4], [0.5, 1]]); v = tensor([3, 1])
M = sum(relu(W @ v)) + W[1, 0] * v[::-1].sum() + sum(concatenate((v, v * 2, v * 3, v)))
graph(M)
graph(M, W)
graph(x1)
p = x1
for i in range(60) { p = p + 1 }
graph(p)
parts = [tensor(i) for i in range(30)]
graph(sum(stack(parts)) + 1)
creator(M), inputs(o), creator(inputs(o)[0]), creator(x1), inputs(x1)
try { graph(M, "picture.gif") } catch err { print(err.kind, err.message) }
q = x1 * 1
for i in range(600) { q = q + x1 }
try { graph(q, "large.svg") } catch err { print(err.kind, err.message) }
