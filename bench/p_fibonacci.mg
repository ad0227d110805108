# Workload p: 242785 recursive calls.  Prints nanoseconds per call.
fib(n) = n if n < 2 else fib(n - 1) + fib(n - 2)
best = inf
for k in range(7) {
  start = time()
  fib(25);
  best = minimum(best, time() - start)
}
print(best / 242785 * 1e9)
