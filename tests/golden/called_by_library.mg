# What a library function calls of the user's was called where that was.
h(q) = q @ ones(4)
f(p) = check_grad(h, p)
def search(x) {
  return minimize(f, x)
}
search([1, 2])
