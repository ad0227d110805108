#!/usr/bin/env mgrad
# A classifier of small pictures: noisy 8 x 8 drawings of ten digits, learned by a network with one hidden layer.
seed(5);

# Segments of a seven-segment display: top, upper left, upper right, middle, lower left, lower right, bottom.
segments = [[1, 1, 1, 0, 1, 1, 1], [0, 0, 1, 0, 0, 1, 0], [1, 0, 1, 1, 1, 0, 1], [1, 0, 1, 1, 0, 1, 1],
            [0, 1, 1, 1, 0, 1, 0], [1, 1, 0, 1, 0, 1, 1], [1, 1, 0, 1, 1, 1, 1], [1, 0, 1, 0, 0, 1, 0],
            [1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 1, 1]]

def draw(digit) {
  "The picture of a digit: (8, 8) with ones where it is drawn."
  s = segments[digit]
  p = zeros((8, 8), constant=true)
  p[0, 1:7] = s[0]
  p[1:4, 1] = s[1]
  p[1:4, 6] = s[2]
  p[3, 2:6] = maximum(p[3, 2:6], s[3])
  p[4:7, 1] = s[4]
  p[4:7, 6] = s[5]
  p[7, 1:7] = s[6]
  return p
}

clean = [ravel(draw(k)) for k in range(10)]
def samples(n) {
  "n noisy pictures (n, 64) and their digits (n,)."
  labels = randint(0, 10, shape=(n,))
  return clean[labels] + 0.3 * randn(n, 64, constant=true), labels
}

X, y = samples(400)
W1 = glorot_uniform(64, 32); b1 = zeros(32)
W2 = glorot_uniform(32, 10); b2 = zeros(10)
scores(X) = relu(X @ W1 + b1) @ W2 + b2
accuracy(X, y) = mean(argmax(scores(X), axis=1) == y)

optimiser = adam((W1, b1, W2, b2), lr=0.01)
for step in range(61) {
  L = softmax_crossentropy(scores(X), y)
  backward(L)
  optimiser.step()
  if step % 20 == 0 { print(f"step {step:>2}   loss {L:.4f}") }
}

new_X, new_y = samples(400)
right = accuracy(new_X, new_y)
print(f"right on new pictures: {100 * right:.1f} %")
assert right > 0.9, "the network reads most of the digits"
