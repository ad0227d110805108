# Workload c: steps of gradient descent on w ** 2.  Prints nanoseconds per step.
def run(n) {
  w = tensor(5)
  for i in range(n) {
    L = w ** 2
    backward(L)
    w -= 0.01 * grad(w)
  }
  return w
}
run(100);
best = inf
for k in range(10) {
  start = time()
  run(2000);
  best = minimum(best, time() - start)
}
print(best / 2000 * 1e9)
