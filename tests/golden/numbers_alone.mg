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

# a number that met a tensor is one no more, however long ago; views of numbers are numbers of their own
def met(x) { r = x; r *= outer; q = r; q += 1; return r * q }
print(met(2), value_and_grad(met)(2), check_grad(met, 2))
def long_ago(x) { s = x * 1; for i in range(70) { s = s + x }; t = s; t += 1; return s * t }
print(long_ago(tensor(2)), value_and_grad(long_ago)(tensor(2)), long_ago(2), value_and_grad(long_ago)(2))
def whole(x) { s = sum(x); t = s; t += 1; return s * t * 1.0 }
print(whole(tensor([1, 2], dtype=int)), value_and_grad(whole)(tensor([1, 2], dtype=int)))
def moved(v) { v += 1; a = v[0]; b = a; b *= v[1]; return a + b }
print(check_grad(moved, [2, 3]))
def unrecorded(v) { no_autodiff { d, g = value_and_grad(elements)(v) }; return sum(d * v) + sum(g * v) }
print(unrecorded([2, 3]), value_and_grad(unrecorded)([2, 3]))
def seen(x) { y = x + 0; u = atleast_1d(y); u += 1; w = y.T; w += 1; s = ravel(y); s[0] = 7; return y * u[0] * w * s[0] }
print(seen(2), value_and_grad(seen)(2)[0])
def part(v) { y = v[1, ...]; y += 1; s = squeeze(v[:1]); s += 1; return sum(v) * y * s }
print(part([3, 4]), value_and_grad(part)([3, 4])[0])

# without a record a write is a number that is added, whoever has the value
def added(x) { y = x ** 2; no_autodiff { y += 1 }; return y ** 2 }
def added_beside(x) { y = x ** 2; z = y; no_autodiff { y += 1; x += 1 }; return y ** 2 + 0 * z }
print(added(2), added'(2), added_beside(2), added_beside'(2))

# histories that are dropped, constants that a variable is written into, and what is a variable in any case
cube(t) = t ** 3
def dropped(x) { s = (t -> cube(t) * x)'(2); z = 0; for i in range(200) { z = z + x }; d = (u -> u * u * s)'(1); a = s; a += 1; return s * a }
print(dropped(1.5), value_and_grad(dropped)(1.5))
def into(x) { x += zeros(2); s = x[0]; t = s; t += 1; return s * t }
print(into([1, 2]), value_and_grad(into)([1, 2]))
def made(x) { t = linspace(0, x, 3); s = t[1]; u = s; u += 1; v = full(3, x)[0]; w = v; w += 1; r = reshape(x, ()); q = r; q += 1; return s * u + v * w + r * q }
print(made(2), value_and_grad(made)(2))
points = [1, 2, 3]
def greedy(p, x) { x += 1; return p * x }
r = fit(greedy, 0.5, points, [4, 6, 8])
print(abs(r - 2) < 1e-6, points)
