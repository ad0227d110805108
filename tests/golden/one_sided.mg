# What is not chosen contributes nothing, not even where it is infinite.
print((x -> sqrt(maximum(x, 0)))'(-1), (x -> sqrt(maximum(0, x)))'([-1, 4]), (x -> sqrt(minimum(x, 0)))'(1))
print((x -> sqrt(fmax(x, 0)))'([-1, 4]), (x -> sqrt(fmin(x, 0)))'(1), (x -> sqrt(maximum(x, 0)))''(-1))
print(maximum'(2, 1), grad((x, y) -> sqrt(maximum(x, y)), (0, 1))(0, 1), (x -> maximum(x, x))'(3))
print(interp(1, [0, 1], [1e8, 0.1]), interp([0, 1, 2], [0, 1, 2], [1e8, 0.1, 1e9]))
print(quantile([-inf, 0, 1], 0.3, method="higher"), percentile([-inf, 0, 1], 30, method="higher"), quantile([0, 1, inf], 0.3, method="lower"))
print(cross([inf, 1], [1, 2, 3]), cross([1, 2, 3], [inf, 1]), cross([1, 2], [3, 4]), cross([1, 2], [3, 4, 5]), cross([1, 2, 3], [4, 5]))
print(logit''(1e-200), logit'(1e-200))

# Losses compute with real numbers.
byte(x) = tensor(x, dtype=uint8)
print(margin_ranking_loss(byte([1, 2]), byte([3, 1]), 1, 0.5), multiclass_hinge(byte([[5, 2]]), [0]), round(bce_with_logits(byte([200]), byte([2])), 6))
print(kl_div(byte([200]), byte([2])) < -395, round(cosine_similarity(byte([200, 0]), byte([200, 0])), 6), negative_log_likelihood(byte([[200, 0]]), byte([0])))
print(binary_crossentropy([0, 1], [0, 1]), mse_loss(byte([1]), byte([2])))

print(meshgrid(tensor([true, false]))[0], meshgrid(tensor([1, 2], dtype=int))[0].dtype, sort(tensor(true)), sort(tensor([true, false])))
print(floor_divide(-0.0, inf), floor_divide(-0.0, 2), floor_divide(0.0, -inf), floor_divide(-1.0, inf))
print(trapezoid([1, 2, 3], dx=[1, 2]), trapezoid([[1, 2, 3], [1, 2, 4]], dx=[1, 2]), trapezoid([1, 2, 3], dx=2))
def told(f) { try { print(f()) } catch err { print(err.message) } }
told(() -> trapezoid([1, 2, 3], dx=[1, 2, 3]))
told(() -> histogram([1, inf], 2))
told(() -> histogram([1, inf], 2, range=(0, 2)))
told(() -> hessian(x -> x ** 2)([1, 2]))

# A variable that fills a tensor gets its gradient.
v = tensor(3); y = full(2, v); backward(sum(y * v)); print(v.grad)
print(grad(v -> sum(full_like(zeros((2, 3)), v) ** 2))([1, 2, 3]), full(2, tensor(1.5, constant=true)).constant, full(2, v, constant=true).constant)
y = full(2, v); y[0] = 5; backward(y ** 2); print(v.grad, y)

told(() -> (solve(x -> x ** 2 - [[4, 9], [16, 25]], [[1, 1], [1, 1]]), solve(x -> x ** 2 - [[4], [9]], [[1], [1]])))
print(round(jacobian(a -> solve(x -> x ** 2 - [[1, 4]] * a, [[1, 1]]))(4), 10))

# A gradient that is given as 0 asks for nothing, however steep the function is there.
for f in (sqrt, log, v -> v ** 0.5, v -> 1 / v) { print(jacobian(f)([0, 4]), vjp(f, [0, 4])([0, 1]), jvp(f, [0, 4], [0, 1])) }
for f in (v -> sum(v ** 1.5), v -> sum(sqrt(v)), v -> sum(xlogy(v, v))) { print(hessian(f)([0, 4]), hvp(f, [0, 4], [0, 1])) }
x = tensor([0, 4]); backward(sqrt(x), [0, 1]); print(grad(x), hessian(v -> sum(arcsin(v)))([1, 0.5]))
print(jvp(v -> sum(sqrt(v)), [0, 4], [1, 1]), jacobian(v -> jvp(u -> u ** 2, v, [0, 1]))([3, 4]))
d = tensor([0, 1]); print(jacobian(d -> jvp(u -> u ** 2, [3, 4], d))(d), jacobian(c -> vjp(u -> u ** 2, [3, 4])(c))(d))
print(hessian(v -> nanstd(v))([inf, 1, 2]))
