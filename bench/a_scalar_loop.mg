# Workload a: one sine per iteration on plain numbers.  Prints nanoseconds per iteration.
def run(n) {
  s = 0
  for i in range(n) { s = s + sin(i * 0.001) * 2 }
  return s
}
run(1000);
best = inf
for k in range(7) {
  start = time()
  run(100000);
  best = minimum(best, time() - start)
}
print(best / 100000 * 1e9)
