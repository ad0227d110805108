W = tensor([[1, 2], [3, 4]])
x = tensor([1, 2, 3])
z = W @ x
