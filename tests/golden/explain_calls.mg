# A call of a library function is one step, with its own local derivative.
a = tensor(2)
y = integrate(x -> sin(a * x), 0, 1)
explain(y)
graph(y)
F(b) = integrate(x -> exp(-x**2), 0, b)
explain(F, 1)
s = solve(x -> x**2 - a, 1)
explain(s)
k = tensor(0.5)
Y = odeint((y, t) -> -k * y, [1], [0, 1, 2])
L = sum(Y[:, 0])
explain(L)
X = [1, 2, 3]; T = [2, 3, 5]; w = tensor(1.5); b = tensor(0)
l = mse_loss(w*X + b, T)
explain(l)
graph(l)
explain(l, "full")
lst = [w, b, w * b]
RR = lst[0] * lst[1]
explain(RR)
v = tensor([3, 1, 2])
explain(sum(sort(v)[:2]))
explain(sum(leaky_relu(v - 2)))
p, q = split(tensor([1, 2, 3, 4]), 2)
explain(sum(p * q))
m = hard_tanh(a * 0.25)
explain(m)
M = [[a, 1], [k, a * k]]
explain(det(M))
explain(median(v) * 2)
print(explain(y, "latex"))
explain(taylor(exp, a, 2)[1])
# every contribution is part of the gradient that it goes to
x = tensor([1.5, 2.5, 0.7])
r = from_json(explain(sum(sort(x) * x) + mse_loss(x * x, x), "json"))
for s in r.steps { print(s.step, s.expression, s.operation, map(o -> (o.step, o.contribution), s.operands)) }
# a library function calls its arguments by names of its own, which mean something else outside
y = 5
explain(cosine_similarity(tensor([3.0, 4]), [4, 3]), "full")
