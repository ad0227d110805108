# Parameters that are real numbers have derivatives like operands.
print((v -> sum(nan_to_num([nan, 1, nan], v ** 2)))'(3), (v -> sum(nan_to_num([inf, -inf, inf], 0, v ** 2, v)))'(3), (v -> nan_to_num(nan, v ** 3))''(2))
print(grad((x, v) -> sum(nan_to_num(x, v) ** 2), (0, 1))([nan, 3, inf], 2), grad(v -> sum(nan_to_num([nan, inf], v)))([5, 7]))
for f in (e -> layernorm([1, 2, 4], eps=e), e -> batchnorm([[1, 2], [4, 3]], gamma=[1, 2], eps=e), e -> groupnorm([[1, 3, 2, 6]], 2, eps=e)) {
  print(check_grad(f, 0.1), check_grad(e -> (e -> sum(f(e) ** 3))'(e), 0.1), check_grad(f, [0.2]))
}
# They never widen the type, and infinities become the largest numbers of it.
x = [1, nan, inf, -inf, -0.0]
print(nan_to_num(x), nan_to_num(x, 7, 8, -9), nan_to_num(astype(x, float32)), nan_to_num(astype(x, float32), [0.1]).dtype)
print(nan_to_num(tensor([3], dtype=int), 0.5), nan_to_num([true]), nan_to_num(tensor(nan, dtype=float32)).dtype, nan_to_num(x, [1, 2, 3, 4, 5], x))
print(layernorm(astype([1, 3], float32), eps=tensor([0.5])).dtype, layernorm(tensor([1, 3], dtype=int), eps=1), layernorm(tensor([1, 3], dtype=int), eps=0.5))
for f in (e -> layernorm([1, 2], eps=e), e -> batchnorm([[1, 2]], eps=-e)) { try { f([1, 2]) } catch err { print(err.message) } }
try { groupnorm([[1, 3, 2, 6]], 2, eps=-0.5) } catch err { print(err.message) }
