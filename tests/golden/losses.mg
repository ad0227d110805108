# The angle between vectors does not depend on their lengths, down to 1e-8 each.
for length in (1e-5, 1, 1e200) {
  x = [length, 0]
  print(cosine_similarity(x, x), cosine_similarity(x, [0, length]), cosine_similarity(x, [-1, 0]))
}
cosine_similarity([1e-9, 0], [1, 0])
x = tensor([[1, 2, 3], [0.2, -1, 0.5]]); y = tensor([[-1, 4, 0.5], [3, 0.1, 1]])
backward(sum(cosine_similarity(x, y))); print(grad(x), grad(y))
hessian(x -> cosine_similarity(x, [-1, 4, 0.5]))([1, 2, 3])
x = tensor([0, 0]); y = tensor([3, 4]); r = cosine_similarity(x, y); backward(r); print(r, grad(x), grad(y))

# A column and a row are no pairs; what is repeated as a whole is.
for loss in (mse_loss, mae_loss, huber_loss, smooth_l1, binary_crossentropy, bce_with_logits, kl_div) {
  try { loss([[0.1], [0.2]], [0.5, 1, 1]) } catch err { print(err.message) }
}
print(mse_loss([1, 2], 0), mse_loss([[1, 2], [3, 4]], [1, 2]), mse_loss([[1]], [1, 2]), mse_loss(zeros((0, 2)), [1, 2]))
# Around a perfect fit both are squares, with their second derivative.
print(hessian(v -> huber_loss(v, [0, 0], delta=1))([0, 3]), hessian(v -> smooth_l1(v, [0, 0], beta=2))([0, -5]))
f(x) = smooth_l1([x], [0], beta=2); g(x) = huber_loss([x], [0], delta=1); print(f''(0), f'''(0), g''(0), f'(0), f''(5))
