#!/usr/bin/env mgrad
# Views share memory with their base; writing in place is recorded and never spoils what was computed before.
x = tensor([1, 2, 3, 4])
first = x[:2]
first *= 10
print("writing through a view changes its base:", x)

y = +x
z = y * y
y[0] = -1
print("z was computed before the write and keeps its values:", z)
backward(sum(z) + sum(y))
print("the gradient of x follows both paths:", grad(x))
print("the gradient of the view is a part of it:", grad(first))

# Through z: 2x everywhere.  Through y: 1, but not where y was overwritten.
assert all(grad(x) == 2 * x.data + [0, 1, 1, 1])
assert all(grad(first) == grad(x)[:2])

m = tensor([[1, 2], [3, 4]])
diagonal(m)[...] = 0
print("the diagonal is a view too:", m.ravel())
assert all(m == [[0, 2], [3, 0]])
