# The elements of a view that cannot be written share memory, but grad(L, view) tells them apart.
x = tensor([1, 2, 3])
w = [[1], [2], [3]]
b = broadcast_to(x, (3, 3))
print(grad(sum(b * w), (b, x)))
print(grad(sum(b * w) + sum(x), b))
s = sliding_window_view(x, 2)
print(grad(sum(s * [[1, 2], [3, 4]]), (s, x)))
p, q = broadcast_arrays(x, tensor([[1], [2]]))
print(grad(sum(p * q), (p, q)))

# Parts of it are parts of its elements.
print(grad(sum(b[1] * x), b), base(b[1]), shares_memory(b[1], x))
print(grad(b[0, 0] * b[2, 0], b))
print(grad(sum(b[[0, 0, 2], 1] * [1, 2, 3]), b))
print(grad(sum(b[:, newaxis, 1:][2]), b))
print(grad(sum(b.T * w), b))
print(grad(sum(einsum("ij->ji", b) * w), b))
print(grad(sum(diagonal(b) * [1, 2, 3]), b))
rows = [sum(row) * k for k, row in enumerate(b)]
print(grad(sum(rows), b))
h = grad(sum(b ** 3 * w), b)
print(h, grad(sum(h * w), b), grad(sum(h * w), x))
print(grad(c -> sum(grad(c -> sum(broadcast_to(c, (2, 3)) ** 3))(c)))(x))

# It sees what is written into its base, and so do its parts.
c = b[2]
x[0] = 10
print(b[0], c, grad(sum(b * w), b), grad(sum(c * x), x))

# What is stored is a window of the gradient of the base, as that of any view.
backward(sum(b * w))
print(b.grad, x.grad)
y = x[:2]
print(grad(sum(y) + sum(x), y))
# Parts of such views, and rows in a loop, stay parts of them when the base is written.
x = tensor([1,2,3]); b = broadcast_to(x,(2,3)); c = b[1]
x[1] = 7
b
L = sum(c*[1,2,3]) + sum(b[0])
print(grad(L, b), grad(L, x), grad(L, c))
x = tensor([1,2,3]); b = broadcast_to(x,(2,3)); c = b[1]; x[1]=7; L=sum(c*[1,2,3]); print(grad(L,b))
x = tensor([1,2,3]); w=sliding_window_view(x,2); c=w[1]; x[1]=7; w; L = sum(c ** 2); print(grad(L, w))
a,b=broadcast_arrays(tensor([1,2]),[[1],[2]]); c=a.T; base(a)[0]=5; a; L=sum(c*c); print(grad(L,a))
x = tensor([1,2,3]); b = broadcast_to(x,(2,3)); c = b.T; d = c[1:]; e1 = d[0]; x[0] *= 3; L = sum(e1 * [1, 2]); print(grad(L, d), grad(L, c), grad(L, b))
x = tensor([1,2,3]); b = broadcast_to(x,(2,3)); c = broadcast_to(b, (2,2,3)); x[2] = 1; L = sum(c * c); print(grad(L, b), grad(L, x))
for row in b { x[0] += 1; L = sum(row * row); print(grad(L, b), grad(L, row)) }
x = tensor([1,2,3]); b = broadcast_to(x,(2,3)); c = b[1]; no_autodiff { x[0] = 9; c }; L = sum(c * c); print(grad(L, b), grad(L, x))
for i in range(300) { b = b[:] }
x[0] = 4; print(sum(b), grad(sum(b * b), x))
