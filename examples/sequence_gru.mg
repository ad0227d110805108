#!/usr/bin/env mgrad
# A gated recurrent network remembers: it reads a sequence of bits and tells whether the number of ones was odd.
seed(11);
T = 6; N = 64; D = 12
bits = randint(0, 2, shape=(T, N, 1)).astype(float64)
odd = (sum(bits, axis=0)[:, 0] % 2).astype(int)

def matrix(rows, columns) { return 0.5 * randn(rows, columns, constant=true) }
Uz = tensor(matrix(1, D)); Wz = tensor(matrix(D, D)); bz = zeros(D)
Ur = tensor(matrix(1, D)); Wr = tensor(matrix(D, D)); br = zeros(D)
Uh = tensor(matrix(1, D)); Wh = tensor(matrix(D, D)); bh = zeros(D)
V = tensor(matrix(D, 2)); c = zeros(2)
parameters = (Uz, Wz, bz, Ur, Wr, br, Uh, Wh, bh, V, c)

scores() = gru(2bits - 1, Uz, Wz, bz, Ur, Wr, br, Uh, Wh, bh)[-1] @ V + c
optimiser = adam(parameters, lr=0.03)
for step in range(301) {
  L = softmax_crossentropy(scores(), odd)
  backward(L)
  optimiser.step()
  if step % 100 == 0 { print(f"step {step:>3}   loss {L:.4f}") }
}
right = mean(argmax(scores(), axis=1) == odd)
print(f"right: {100 * right:.1f} %")
assert right > 0.9, "the network counts modulo two"
