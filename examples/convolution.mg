#!/usr/bin/env mgrad
# Convolution: a filter for edges written by hand, and the same filter found by gradient descent.
picture = zeros((1, 1, 8, 8), constant=true)
picture[0, 0, 2:6, 2:6] = 1

by_hand = reshape([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], (1, 1, 3, 3))
edges = conv_nd(picture, by_hand, stride=1, padding=1)
print("vertical edges of a square:")
print(edges[0, 0])

# Learn the filter from pictures and their edges.
seed(2);
pictures = rand(16, 1, 8, 8, constant=true) - 0.5
wanted = conv_nd(pictures, by_hand, stride=1)
filter = zeros((1, 1, 3, 3))
for step in range(200) {
  L = mean((conv_nd(pictures, filter, stride=1) - wanted) ** 2)
  backward(L)
  filter -= 0.5 * grad(filter)
  if step % 50 == 0 { print(f"step {step:>3}   loss {L:.3e}") }
}
print("the filter that was learned, to one digit:")
print(round(filter[0, 0].data, 1))
assert max(abs(filter - by_hand)) < 0.1, "descent finds the filter"
