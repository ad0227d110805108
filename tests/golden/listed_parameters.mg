# Optimisers take a list of variables apart; a list that has a name is one tensor and is trained as such.

w = tensor([1, 2]); opt = sgd([w], lr=0.1); backward(sum(w ** 2)); opt.step()
print(w)
a = tensor(1); b = tensor(2); opt = sgd([a, b], lr=0.1); backward(a ** 2 + b ** 2); opt.step()
print(a, b)
r = tensor([1, 2]); opt = sgd({w: w, others: ([r],)}, lr=0.1); backward(w @ r); opt.step()
print(w, r)
opt = sgd([[a, b], [b, a]]) # each is trained once
print(opt.params)
s = [a, b]; opt = sgd(s, lr=0.1); backward(sum(s ** 2)); opt.step()
print(s, len(opt.params))
m = [v ** 2 for v in w]
print(len(sgd((m,)).params))
try { sgd([a, 2]) } catch err { print(err.message) }
try { sgd([1, 2]) } catch err { print(err.message) }

# What has a name may have been used.
y = 2w
print(grad(sum(y), y), grad(sum(w), y), grad(y[0], w[:1]))
