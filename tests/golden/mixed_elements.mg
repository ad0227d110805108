# A derivative that goes element by element, of functions that do not.
f(x) = x * max(x)
print(f'([1, 2]))
print(elementwise_grad(cumsum)([1, 2, 3]))
F(x, y) = x * sum(y)
print(D(F, 0)([1, 2], [3, 4]), D(F, 1)([1, 2], [3, 4]))
print((x -> [x, x ** 2] @ [1, 2])'(astype([1, 2], float32)))
print(grad(x -> sum(f'(x)))([1, 2]))

# no elements are mixed by what only moves them, nor where there is one number
back(x) = x[::-1][::-1] ** 2 + reshape(reshape(x, (1, -1)), (-1,))
print(back'([1, 2, 3]), back''([1, 2, 3]))
total(x) = sum(x ** 2)
print(total'([1, 2]), (x -> [cos(x), sin(x)])'(0))
print((x -> where(x > 0, x, -x) / sum([1, 2]))'([1, -2]))

# the largest derivatives, and backward functions that are not linear
nan_check(true)
print((x -> reshape(reshape(x, (3, 1)), (3,)) * 1.5e308)'([1, 2, 3]))
nan_check(false)
clipped = custom_op(x -> x ** 2, (g, x) -> clip(g, -1, 1) * 2 * x)
print(clipped'([1, 2, 3]))
