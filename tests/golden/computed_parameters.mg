# A result that has a name, or a place in a structure that has one, is trained as a variable is.

w = tensor([1, 2]); v = 2w
layer = {v: 3w}; layers = (layer, {u: 4w})
for opt in (sgd((v,), lr=0.1), sgd((layer,), lr=0.1), sgd({a: layers}, lr=0.1), sgd(layers[1], lr=0.1)) { opt.zero_grad() }
backward(sum(v * layer.v * layers[1].u)); opt.step()
print(layers[1].u)
print(len(sgd([2w, w]).params), len(sgd((w[:1], [w, v])).params))

# nested more deeply than any structure may be, and held by nobody
def deep(n) { t = (tensor([1]),); for i in range(n) { t = (t,) }; return t }
try { sgd(deep(2000000), lr=0.1) } catch e { print(e.message) }
