# Padding with edges of any width.
x = tensor([[1, 2, 3], [4, 5, 6]]); one = tensor([[5]])
print(pad(x, 3, mode="edge")[1], grad(sum(pad(x, 3, mode="edge") ** 2), x), grad(sum(pad(one, [[3, 0], [0, 2]], mode="edge")), one))
print(pad(x[:, 1:], [[0, 4], [5, 0]], mode="edge"), (u -> sum(pad(u * [1, 2], 6, mode="edge") ** 3))''(2))
print(check_grad(u -> pad(u, [[1, 4], [0, 3]], mode="edge"), x), check_grad(u -> grad(v -> sum(pad(v, 5, mode="edge") ** 3))(u), x))
print(check_grad(u -> grad(v -> sum(pad(v, 1, constant_values=2) ** 3))(u), x), pad(x, [[1, 0], [0, 2]], constant_values=7))
