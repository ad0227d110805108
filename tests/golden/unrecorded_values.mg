# A computed value, written without a record: gradients of what was computed from it before are still its own.
a = tensor([1, 2]); w = tensor([3, 4]); a *= w; z = a ** 2; a.data -= 0
backward(sum(z)); print(a.grad, w.grad, grad(sum(z), a))
x = tensor([1, 2, 3]); x[1:3] = tanh(x[1:3]); v = sin(x)
no_autodiff { x[0] = 2 }
backward(sum(x) + sum(v)); print(x.grad)

# what is computed from the new value counts for the old one, whose copy it is
x = tensor([1, 2, 3]); y = x * 2; z = y * y; y.data *= 10; L = sum(z) + sum(y ** 3)
backward(L); print(x.grad, y.grad, grad(L, y))
y.data += 1; y.data += 1
backward(sum(z) + sum(y)); print(y.grad, x.grad)
y = y * 2
backward(sum(z)); print(y.grad, x.grad)

# also where what the value was made of has no name any more
a = tensor([1, 2]); w = tensor([3, 4]); a *= w; z = a ** 2; a.data -= 0; w = none; a.data -= 0; y = a * 1; a.data += 1
backward(sum(z) + sum(y)); print(a.grad)

# inside of transforms
def f(x) { no_autodiff { x += 1 }; return grad(x ** 2, x) + x * 3 }
print(f'(tensor(2)), grad(f)(2.0))
def g(x) { y = x * [2.0]; z = y * y; y.data *= 10; return sum(z + y ** 3) }
print(g'(2.0), g(2.0), grad(g)([2.0]))
def h(x) { y = tensor([1.0]) * x; z = y * y; y.data *= 10; return sum(grad(sum(z + y ** 3), y)) }
print(h(2.0), h'(2.0))

# an optimiser of a parameter that was written in a recorded way before
w = tensor([1, 2]); s = tensor([2, 3]); w *= s
L = sum(w ** 2); opt = sgd((w,), lr=0.1)
backward(L); opt.step(); print(w, w.grad)
backward(L); print(w.grad, s.grad)
for k in range(3) { M = sum(w ** 2); backward(M); opt.step() }
print(w, w.grad, s.grad)
window = w[:1]; backward(sum(w) + L); print(window.grad)
other = w; w = none; backward(sum(other ** 2) + L); print(other.grad)
L = none; M = none; other = none; window = none; opt = none
backward(sum(s * 2)); print(s.grad)

# many writes take no memory
w = tensor([1, 2]); w *= s
before = memory().used
for k in range(2000) { w.data -= 1e-3; no_autodiff { w[0] += 1e-3 } }
print(memory().used - before < 10000, w)
