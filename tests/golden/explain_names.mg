# Steps are called as in the program: parts of records, tuples of names, writes, masks.
x = tensor([1, -2, 3])
W = where(x > 0, x, 0.1 * x)
explain(sum(W))
def leaky(t) { return where(t > 0, t, 0.1 * t) }
explain(sum(leaky(x)))
explain(sum(x * (x > 0)))
u = tensor([1, 2, 3])
u[u > 1] *= 2
T = sum(u ** 2)
explain(T)
def k(x) { y = zeros(3); y[0] = x; y[1] = x ** 2; return sum(y) }
explain(k, 2)
graph(k, 2)
print(explain(k, 2, "latex"))
def s(x) { t = 0; for i in range(3) { t += x ** i }; return t }
explain(s, 2)
def q(p) { return p.w * p.b[0] + p.b[1] }
explain(q, {w: 2, b: (3, 4)})
def m(a) { (b, c), d = (a * 2, a ** 2), sin(a); r = {u: b * c, v: d}; return r.u + r.v }
explain(m, 1)
params = (tensor(1), tensor(2))
R = params[0] * params[1]
explain(R, params[0])
model = {w: tensor(1.5), b: tensor(0)}
L = (model.w * 2 + model.b - 1) ** 2
backward(L); model.w -= 0.1 * grad(model.w)
explain(L)
y = tensor(3)
def yy(x) { return x * y }
explain(yy, 2)
def pw(x, n) { y = 1; for i in range(n) { y = y * x }; return y }
explain(pw, 2, 3)
def yl(x) { y = x ** 2; return y + 1 }
explain(yl, 3)
