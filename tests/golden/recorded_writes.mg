# Recorded writes of parts take over the memory of the old value; whatever was computed from it stays what it was.
x = tensor(arange(600) / 100); y = x * 2

# products before the writes, windows before and after, a copy, an alias, a number
z = y * y; before = y[10:13]; old = copy(y); alias = y; number = y[5]; total = sum(y)
y[5] = y[4] * 10; y[10:40:3] = x[0] + 7; y[[2, 500, 2]] += x[1]; y[y > 11.9] = -1; y[3] *= 0.5; y[:4] = y[4:8]
after = y[10:13]
print(z[[3, 5, 10, 599]], before, old[[2, 5, 10]], alias[:12], number, total, after)
backward(sum(z)); print(grad(x)[[3, 5, 10, 599]])
backward(sum(y)); print(grad(x)[:12], grad(y)[:3])
backward(sum(old) + number + total + sum(before * after)); print(grad(x)[[2, 5, 10, 11, 12]], grad(before))

# second derivatives through old values and new ones
L = sum(z * z) + sum(y ** 3); g = grad(L, x); h = grad(sum(g * g), x)
print(L, g[[1, 4, 5, 300]], h[[1, 4, 5, 300]])

# again and again, with what the writes before left
for i in range(1, 300) { y[i] = y[i - 1] * 0.5 + x[i] }
backward(sum(y), retain_graph=true); print(grad(x)[[0, 1, 2, 299, 300]], y[[1, 2, 299, 300]])
backward(sum(y)); print(grad(x)[[0, 1, 2, 299, 300]], z[[5, 599]])

# in functions, as views, by columns and rows, in other types
def filter(signal, factor) {
  "What a recursive filter makes of a signal."
  out = signal * 1
  for i in range(1, len(signal)) { out[i] = out[i - 1] * factor + signal[i] * (1 - factor) }
  return out
}
f(a) = sum(filter(x, a) ** 2)
print(f(0.5), f'(0.5), f''(0.5), (f(0.501) - 2 * f(0.5) + f(0.499)) / 1e-6)

w = tensor([[0.5, -0.25], [0.125, 0.75]]); states = zeros((200, 2)); states[0] = [1, 2]
for t in range(1, 200) { states[t] = tanh(w @ states[t - 1]) + 0.1 }
backward(sum(states[1:] ** 2)); print(states[[1, 199]], grad(w))
grid = reshape(x, (20, 30)) * 1; view = grid.T
for j in range(1, 30) { view[j] = view[j - 1] * 0.9 + grid[:, 0] }
backward(sum(grid[-1])); print(grid[0, :4], grad(x)[[0, 570, 571, 599]])

single = tensor(ones(1000), dtype=float32); row = single * 3
for i in range(999) { row[i + 1] = row[i] * single[i] - 0.5 * i }
backward(row[4]); print(row[:5], row.dtype, grad(single)[:6])

# a chain of writes costs what it replaces
long = tensor(zeros(200000)); copies = long * 1; held = memory().used
for i in range(2000) { copies[i] = copies[i - 1] + i }
print(memory().used - held < 10e6, sum(copies))
no_autodiff { copies[0] = 5 }
print(copies[:3], long[0])

# rows by their indices, in float32: the old ones come back
rows = reshape(single, (40, 25)) * 2; squares = rows * rows; rows[[1, 3]] = 5 * single[0]
backward(sum(squares) + sum(rows)); print(grad(single)[[0, 25, 26, 49, 50, 75, 99]], grad(rows)[0, 0])

# A value that a variable had before it was written without a record is the variable's too: both forms of grad say so.
w = tensor([1, 2, 3])
v = w[1:]
L = sum(w ** 2)
no_autodiff { w -= 0.1 * w }
no_autodiff { w[0] = 5 }
M = L * sum(v)
g = grad(M, (v, w))
backward(M)
print(g, grad(w), grad(grad(M, w)[0], w))
# of many former values only those that the loss depends on
losses = ()
for i in range(100) { losses = losses + (sum(w ** 2) * sum(v),); no_autodiff { w *= 0.9 } }
print(grad(losses[3] - losses[97], (v, w)), grad(losses[99], w))
for i in (3, 97) { backward(losses[i]); print(grad(w)) }

# The same holds for a result whose history nobody can name, whether or not a backward has dropped that history already.
for pruned in (false, true) {
  y = tensor([3]) ** 2; L = sum(y * y)
  if pruned { backward(L) }
  no_autodiff { y[0] = 1 }
  print(grad(L, y), grad(L + sum(3 * y), y))
}

# What a long chain took is given back when it goes.
before = memory().used
chain = tensor(1)
for i in range(100000) { chain = chain * 0.99 + 0.01 }
held = memory().used
chain = 0
print(held - before > 5e6, memory().used - before < 1e6)

# A window of no elements changes nothing of a single number.
s = tensor(2.0); none_of = ravel(s)[:0]
none_of += 1; none_of **= 3; s[...] *= 2; expand_dims(s, 0)[1:] *= 8
no_autodiff { none_of -= 5; ravel(s)[:1] += 1 }
none_of += s
backward(s ** 2)
print(s, none_of, s.grad)
