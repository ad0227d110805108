# Workload o: process start to the first gradient.
x = tensor([1, 2, 3]); L = sum(x ** 2); backward(L); print(grad(x))
