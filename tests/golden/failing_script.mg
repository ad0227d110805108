print("first")
def inner(x) {
  return x + [1, 2]
}
def outer(x) { return inner(x) }
outer([1, 2, 3])
print("never")
