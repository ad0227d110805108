# Workload q: a graph of 10 million operations is built, differentiated and freed.  Prints nanoseconds per operation.
w = tensor(0.5)
y = tensor(0)
start = time()
for i in range(5000000) { y = y + w * 0.001 }
backward(y)
assert abs(grad(w) - 5000) < 1e-6
y = 0
print((time() - start) / 10000000 * 1e9)
