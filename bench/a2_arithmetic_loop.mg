# Workload a2: four operations and two assignments.  Prints nanoseconds per iteration.
def run(n) {
  a = 1; b = 0.5
  for i in range(n) {
    a = a * 0.5 + b
    b = a - b * 0.25
  }
  return a + b
}
run(1000);
best = inf
for k in range(7) {
  start = time()
  run(1000000);
  best = minimum(best, time() - start)
}
print(best / 1000000 * 1e9)
