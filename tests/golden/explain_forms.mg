# The other forms of an explanation: step by step, LaTeX, JSON, DOT; and the formula alone.
f(x) = sin(x**2) + 2*x
explain(f, 2, "step")
print(explain(f, 2, "latex"))
print(explain(f, 2, latex=true) == explain(f, 2, "latex"))
r = from_json(explain(f, 2, "json"))
[s.step for s in r.steps]
r.result, r.steps[1].expression, r.steps[1].operands[0].local, r.steps[2].gradient
print(explain(f, 2, "dot"))
explain(f)
print(explain(f, latex=true))
explain(f')
X = tensor(ones((3, 4))); b = tensor([1, 2, 3, 4])
t = from_json(explain(sum(X * b), "json"))
t.steps[-1].value, t.steps[0].gradient.max, [s.shape for s in t.steps]
t.steps[2].operands[1].broadcast
print(explain(sum(X * b), "latex"))

# However many rows without elements there are, they are not written.
explain(zeros((2**31, 0), constant=false) * 2)

# the share of a gradient that an operand of maximum gets is a product
x = tensor(3.)
explain(maximum(x, 2) * x)
explain(grad(maximum(x, 2) * x, x))
y = tensor([1., 4.])
explain(grad(sum(maximum(y, 2) * y), y))
