#!/usr/bin/env mgrad
# Monte Carlo: π by throwing darts, an error that falls like 1 / sqrt(n), and the gradient of an expectation.
seed(25);
n = 100000
darts = rand(n, 2, constant=true)
hits = sum(darts**2, axis=1) < 1
estimate = 4 * cumsum(hits) / arange(1, n + 1, constant=true)

print("  darts   estimate      error   expected")
for k in (100, 1000, 10000, 100000) {
  print(f"{k:7}   {estimate[k - 1]:.5f}   {abs(estimate[k - 1] - pi):.1e}   {sqrt(pi * (4 - pi) / k):.1e}")
}

few, hit = darts[:400], hits[:400]
scatter((few[hit, 0], few[hit, 1]), (few[~hit, 0], few[~hit, 1]), labels=("hit", "miss"), size=(50, 20))
k = (10 ** linspace(1, 5, 60, constant=true)).astype(int)
plot(k, abs(estimate[k - 1] - pi), sqrt(pi * (4 - pi) / k), logx=true, logy=true, labels=("error", "expected"),
     size=(72, 16))

# How does the mean of (μ + σ z)**2 over normal z depend on μ and σ?  Draw z, then differentiate through the sample.
z = randn(n, constant=true)
mean_square(p) = mean((p[0] + p[1] * z)**2)
p = [1.5, 0.5]
print("mean:", mean_square(p), "  exact:", p[0]**2 + p[1]**2)
print("gradient:", grad(mean_square)(p), "  exact:", 2p)

assert abs(estimate[-1] - pi) < 5 * sqrt(pi * (4 - pi) / n), "within five standard deviations"
assert max(abs(grad(mean_square)(p) - 2p)) < 0.05
