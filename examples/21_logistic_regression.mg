#!/usr/bin/env mgrad
# Logistic regression: two clouds of points, the line between them, and a loss that never overflows.
seed(7);
n = 40
X = concatenate((randn(n, 2, constant=true) + [1.5, 1], randn(n, 2, constant=true) - [1.5, 1]))
t = concatenate((ones(n, constant=true), zeros(n, constant=true)))

w = tensor([0, 0])
b = tensor(0)
score(X) = X @ w + b

# -log(sigmoid(z)) for class 1 and -log(1 - sigmoid(z)) for class 0: both are softplus(z) - t z.
loss() = mean(softplus(score(X)) - t * score(X))

for step in range(201) {
  L = loss()
  backward(L)
  if step % 50 == 0 { print(f"step {step:>3}   loss {L:.6f}") }
  w -= 0.5 * grad(w)
  b -= 0.5 * grad(b)
}

right = (score(X) > 0) == (t == 1)
print(f"the line {w[0]:.3f} x + {w[1]:.3f} y + {b:.3f} = 0 puts {sum(right)} of {2n} points on their side")
print("the others:")
print(X[~right])

boundary(x) = -(w[0].data * x + b.data) / w[1].data
scatter((X[t == 1, 0], X[t == 1, 1]), (X[t == 0, 0], X[t == 0, 1]), boundary,
        labels=("class 1", "class 0", "boundary"), size=(72, 20))

print("log(1 + exp(1000)) written out is", log(1 + exp(1000)), "but softplus(1000) is", softplus(1000))
assert softplus(1000) == 1000, "no overflow far out"
assert loss() < 0.2 and mean(right) > 0.9, "the line separates most points"
