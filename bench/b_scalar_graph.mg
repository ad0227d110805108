# Workload b: a graph of 1000 scalar operations, forward, backward and free.  Prints nanoseconds per operation.
def run(x) {
  y = x
  for i in range(250) {
    y = y * 0.9
    y = y + 0.1
    y = y ** 2
    y = relu(y)
  }
  backward(y)
}
x = tensor(0.5)
run(x)
best = inf
for k in range(20) {
  start = time()
  for r in range(20) { run(x) }
  best = minimum(best, time() - start)
}
print(best / 20000 * 1e9)
