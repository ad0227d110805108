# check_grad says when there was nothing to compare.
def tried(f, x) { try { return check_grad(f, x) } catch e { return e.message } }
for f in (sqrt, log, x -> 1 / x, x -> x * nan) { print(tried(f, 0)) }
print(tried(sqrt, [0, 1]), tried(x -> 3, []), tried(x -> 3, 1))

# What reads one triangle of a matrix has the gradient of a symmetric one.
A = tensor([[4, 1], [1, 3]])
explain(sum(cholesky(A)))
explain(sum(eigvalsh(A) ** 2))
explain(sum(cholesky(A + 1)))
explain(sum(eigh(A, UPLO="U")[1][0] ** 3))
print(tried(a -> sum(cholesky(a)), [[4, 1], [1, 3]]), tried(a -> sum(cholesky(a @ a.T)), [[4, 1], [2, 3]]),
      tried(a -> sum(eigh(a)[1] ** 3), [[4, 1], [1, 3]]), tried(a -> sum(eigvalsh(a) ** 3), [[[4, 1], [1, 3]], [[1, 2], [2, 7]]]))
wrong = custom_op(x -> sum(x ** 2), (g, x) -> g * 3 * x)
print(tried(a -> sum(cholesky(a)) + wrong(a), [[4, 1], [1, 3]]))
print(tried(a -> sum(cholesky(eye(2) + 0 * a)) + wrong(a), [[0, 1], [1, 0]]))

# a function that asks for gradients by its arguments, or writes into them
print(check_grad((x, y) -> grad(sum(sin(x) * y), y) * x, tensor([1, 2]), [3, 4]), check_grad(x -> grad(x ** 3, x), 2))
def doubled(x) { x *= 2; return x ** 2 }
x = tensor([1, 2]); y = [3, 4]
print(check_grad((x, y) -> doubled(x) * doubled(y), x, y), x, y)
