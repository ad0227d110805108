# Gradients of windows are added up in place; recorded ones, which are not, give the same.
seed(3); x = tensor(randn(7, 5))

def agree(f) {
  "Whether backward and the recorded gradient agree for a loss made of parts of x."
  backward(f(x))
  return max(abs(grad(x) - grad(f(x), x))) < 1e-12
}

def every_row(x) {
  L = 0
  for i in range(7) { L += sum(x[i] ** 2) * i }
  return L
}
print(agree(every_row), grad(x)[0, :2])
print(agree(x -> sum(x[::2]) + sum(x[1:5, ::-1] * x[1:5]) + sum(x[6])))
print(agree(x -> sum(sliding_window_view(x, (3, 2), 1) ** 2)))
print(agree(x -> sum(x ** 3) + x[2, 3] * x[2, 3] + sum(x[2])))
print(agree(x -> sum(diagonal(x)) + sum(x.T[1:3] ** 2) + sum(reshape(x, (35,))[4:9] ** 2)))

# the sum that a window is added to may be somebody's gradient, or one number for all elements
a = tensor([1, 2, 3]); b = a * 2
backward(sum(b) + b[1] * 10); print(grad(b), grad(a))
backward(sum(a) + a[0] + sum(a[1:])); print(grad(a))

# float32 stays float32, nothing and a number have windows too
s = tensor([1, 2, 3], dtype=float32); backward(sum(s[:2] * 2) + sum(s[1:])); print(grad(s), grad(s).dtype)
e = tensor(zeros((0, 3))); backward(sum(e[:, :2]) + sum(e[:, 1:])); print(grad(e).shape)
n = tensor(4); backward(sum(broadcast_to(n, (3,))[1:])); print(grad(n))
