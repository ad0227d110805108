# Gradients are those of backward, which like the peers' are not recorded for a second derivative.
# Workloads on tensors, forward and backward: mgrad bench/tensors.mg NAME [SIZE] [DTYPE] prints the median seconds of one call.
seed(0);
name = args[0]
size = int(args[1]) if len(args) > 1 else 1000
kind = float32 if len(args) > 2 and args[2] == "float32" else float64
normal_of(shape) = randn(shape, constant=true).astype(kind)

def median_time(run) {
  "The median seconds of run(), over at least five calls and about half a second."
  run()
  times = ()
  spent = 0
  while len(times) < 5 or (spent < 0.5 and len(times) < 500) {
    start = time()
    run()
    spent += time() - start
    times = times + (time() - start,)
  }
  return sorted(times)[len(times) // 2]
}

def elementwise() {
  x = normal_of(size); w = tensor(normal_of(size)); b = tensor(normal_of(size))
  def run() { backward(sum(tanh(x * w + b) ** 2)); return grad(w)[0] }
  return run
}
def forward_only() {
  x = normal_of(size)
  return () -> item(sum(tanh(x * 1.5 + 0.25) ** 2))
}
def crossentropy() {
  S = tensor(normal_of((size, size))); labels = randint(0, size, shape=(size,))
  def run() { backward(softmax_crossentropy(S, labels)); return sum(grad(S)[0, :1]) }
  return run
}
def product() {
  A = tensor(normal_of((size, size))); B = tensor(normal_of((size, size)))
  def run() { backward(sum(A @ B)); return sum(grad(A)[0, :1]) + sum(grad(B)[0, :1]) }
  return run
}
def network() {
  X = normal_of((128, 784)); labels = randint(0, 10, shape=(128,))
  W1 = tensor(0.05 * normal_of((784, 256))); b1 = tensor(0.05 * normal_of(256))
  W2 = tensor(0.05 * normal_of((256, 10))); b2 = tensor(0.05 * normal_of(10))
  def step() {
    backward(softmax_crossentropy(relu(X @ W1 + b1) @ W2 + b2, labels))
    for p in (W1, b1, W2, b2) { p -= 0.01 * grad(p) }
    return sum(b2)
  }
  return step
}
def convolution() {
  x = tensor(normal_of((32, 3, 32, 32))); w = tensor(normal_of((16, 3, 3, 3)))
  def run() { backward(sum(conv_nd(x, w, stride=1))); return sum(grad(x)[0, 0, 0]) + sum(grad(w)[0, 0, 0]) }
  return run
}
def small_network() {
  X = normal_of((100, 2)); t = reshape(sin(X[:, 0]), (100, 1))
  W1 = tensor(normal_of((2, 16))); b1 = tensor(normal_of(16)); W2 = tensor(normal_of((16, 1))); b2 = tensor(normal_of(1))
  def steps() {
    for i in range(100) {
      backward(mean((tanh(X @ W1 + b1) @ W2 + b2 - t) ** 2))
      for p in (W1, b1, W2, b2) { p -= 0.05 * grad(p) }
    }
    return sum(b2)
  }
  return steps
}
def contraction() {
  A = tensor(normal_of((100, 100))); B = tensor(normal_of((100, 100))); C = tensor(normal_of((100, 100)))
  def run() { backward(sum(einsum("ij,jk,kl->il", A, B, C))); return sum(grad(A)[0, :1]) }
  return run
}
def recurrent() {
  X = tensor(normal_of((20, 32, 16)))
  weights_of(n) = tensor(0.1 * normal_of((n, 32)))
  Uz = weights_of(16); Wz = weights_of(32); bz = tensor(0 * normal_of(32))
  Ur = weights_of(16); Wr = weights_of(32); br = tensor(0 * normal_of(32))
  Uh = weights_of(16); Wh = weights_of(32); bh = tensor(0 * normal_of(32))
  def run() {
    backward(sum(gru(X, Uz, Wz, bz, Ur, Wr, br, Uh, Wh, bh)[-1]))
    return sum(grad(bh)[:1])
  }
  return run
}
def normalisation() {
  x = tensor(normal_of((32, 16, 32, 32))); scale = tensor(normal_of(16)); shift = tensor(normal_of(16))
  def run() { backward(sum(batchnorm(x, gamma=scale, beta=shift, eps=1e-5) ** 2)); return sum(grad(scale)[:1]) }
  return run
}
def broadcast() {
  M = tensor(normal_of((size, size))); v = tensor(normal_of(size))
  def run() { backward(sum(sum(M + v, axis=0) ** 2)); return sum(grad(v)[:1]) + sum(grad(M)[0, :1]) }
  return run
}
def hinge() {
  S = tensor(normal_of((10000, 10))); labels = randint(0, 10, shape=(10000,)); rows = arange(10000, dtype=int)
  def run() {
    L = maximum(S - S[rows, labels][:, newaxis] + 1, 0)
    L[rows, labels] = 0
    backward(sum(L) / 10000)
    return sum(grad(S)[0])
  }
  return run
}
def recorded() {
  x = tensor(normal_of(size)); y = tensor(normal_of(size))
  def run() { for k in range(100) { x * y } }
  return run
}
def scan() {
  x = tensor(normal_of(size))
  def run() { backward(sum(cumsum(x) * 0.001)); return sum(grad(x)[:1]) }
  return run
}
def of_constant(f) {
  x = normal_of(size)
  return () -> f(x)
}

makers = {d: small_network, l: contraction, m: recurrent, bn: normalisation, e: elementwise, e3: forward_only, f: crossentropy, g: product, h: network, i: convolution, j: broadcast, k: hinge,
          s: recorded, n: scan, sort: () -> of_constant(sort), argsort: () -> of_constant(argsort),
          sum: () -> of_constant(sum), var: () -> of_constant(var)}
print(median_time(makers[name]()))
