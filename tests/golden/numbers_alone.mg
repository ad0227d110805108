# A function of numbers is differentiated by calling it on variables; there, too, `r = x; r *= x` leaves x alone.
def power(x) { r = x; for i in range(3) { r *= x }; return r }
print(power(2), power'(2), power''(2), power'''(2), check_grad(power, 2), check_grad(power', 2))
def root(a) { x = a; for i in range(6) { x -= (x ** 2 - a) / (2x) }; return x }
print(abs(root'(2) - 0.5 / sqrt(2)) < 1e-12, check_grad(root, 2))
def euler(y0) { y = y0; for i in range(10) { y += 0.1 * y }; return y - y0 }
print(abs(euler'(1) - euler(1)) < 1e-12)
def doubled(x) { seen = (); for i in range(3) { seen += (x,); x *= 2 }; return sum([v for v in seen]) }
print(doubled(1), doubled'(1))

# nor does it write into what was computed, or is an element of a constant
def computed(x) { y = sin(x); z = y; z += x; return y * z }
print(check_grad(computed, 1), check_grad(computed', 1))
def elements(w) { a = w[0]; b = a; b *= w[1]; return a + b }
print(elements([2, 3]), value_and_grad(elements)([2, 3]))
def fields(s) { a = s.u; a += s.v; a *= s.u; return a }
print(fields({u: 2, v: 3}), grad(fields)({u: 2, v: 3}))
def spread(v) { s = v[0]; s += v; return sum(s) }
print(spread([1, 2]), grad(spread)([1, 2]))
def looked_at(x) { u = reshape(x, (1,)); u += x; return u[0] * x }
print(looked_at(3), looked_at'(3), looked_at''(3))
def kept(x) { s = x; def add() { s += x; return s }; add(); return s * x }
print(kept(3), kept'(3))

# derivatives inside of derivatives, and what calls the function
def inner(x) { y = x * 2; g = power'(y); y += g; return y * x }
print(check_grad(inner, 2))
print(jacobian(power)(2), hessian(power)(2), jvp(power, 2, 1), vjp(power, 2)(1), taylor(power, 1, 3))
def bowl(x) { y = x; y += 1; return x * y }
print(minimize(bowl, 3))
def model(p, x) { s = p.a; s += p.b * x; return s }
r = fit(model, {a: 0, b: 0}, [1, 2, 3], [3, 5, 7])
print(abs(r.a - 1) < 1e-6, abs(r.b - 2) < 1e-6)

# what is a tensor without the derivative is one with it: every name sees the write
def together(x) { y = x * 2; z = y; z += 1; return y * z }
print(together(tensor(3)), grad(together)(tensor(3)), together(3), grad(together)(3))
outer = tensor(3)
def with_outer(t) { y = outer * t; z = y; z += 1; return y * z }
print(with_outer(2), with_outer'(2), check_grad(with_outer, 2))
def rows(x) { y = x; y += 1; return sum(x * y) }
print(rows([1, 2]), grad(rows)([1, 2]))
def single(x) { y = sum(x); z = y; z += 1; return y * z }
print(single(astype([1, 2], float32)), grad(single)(astype([1, 2], float32)))

# and it is a number to whoever asks
def typed(x) { y = 2 * x; return y ** 2 if type(y) == "number" and isinstance(x, "number") else y ** 3 }
print(typed(3), typed'(3), typed''(3), grad(typed)(tensor(3)), type(tensor(3) * 2))
def parts(x) { n = int(x); return x * n ** -1 + int(1e10 * x) ** 3 * 0 + n // 2 }
print(parts(5.5), parts'(5.5), value_and_grad(parts)(5.5))
