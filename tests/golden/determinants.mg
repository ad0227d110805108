# Derivatives of determinants of singular matrices, which are polynomials like all others.
exact = 0
for pair in (([[1, 2, 0], [1, 2, 0], [0, 1, 1]], [[2, -1, 1], [-2, 1, -1], [0, 0, 0]]),
             ([[1, -2, 2], [4, -2, -2], [2, -1, -1]], [[0, 0, 0], [-4, -5, -3], [8, 10, 6]]),
             ([[1, 2], [2, 4]], [[4, -2], [-2, 1]]), ([[0]], [[1]]), (ones((4, 4)), zeros((4, 4)))) {
  x = tensor(pair[0]); recorded = grad(det(x), x)
  backward(det(x))
  exact += array_equal(x.grad, pair[1]) + array_equal(recorded, pair[1])
}
print("exact:", exact, "of 10")

# In two equal rows a cofactor is the determinant of the matrix with a unit vector in its place; the others are 0.
def equal_rows(n) { A = constant(randn(n, n)); A[1] = A[0]; return A }
def cofactors(A) {
  C = constant(zeros(A.shape))
  for k in range(A.shape[0]) {
    B = constant(copy(A)); B[0] = eye(A.shape[0])[k]
    C[0, k] = det(B); C[1, k] = -C[0, k]
  }
  return C
}
seed(4)
wrong = 0
for n in [2, 3, 4, 6, 7, 10, 20, 30, 45, 60, 70] {
  A = equal_rows(n); C = cofactors(A); x = tensor(A); recorded = grad(det(x), x)
  backward(det(x))
  wrong += max(abs(x.grad - C)) > 1e-11 * max(abs(C))
  wrong += max(abs(recorded - C)) > 1e-11 * max(abs(C))
}
print("wrong:", wrong)

# Rank n - 2: the first derivative vanishes, and the second is right; so is the third, 6 det(H) along H.
A = constant([[1, 2, 3], [2, 4, 6], [3, 6, 9]]); H = constant([[1, 0, 2], [-1, 3, 1], [2, 2, 1]])
along(t) = det(A + t * H)
print(grad(det)(A), along'(0), along''(0), along'''(0), 6 * det(H))
print(grad(x -> sum(grad(det)(x) * H))(tensor([[1, 2, 0], [1, 2, 0], [0, 1, 1]])))

# Second derivatives of large singular matrices: along unit matrices they are cofactors of cofactors.  Two rows equal, so
# that det(A + t H) is t times the determinant with the difference of H's rows in one of them.
for n in [13, 30, 60, 90] {
  A = equal_rows(n); H = constant(randn(n, n)); along(t) = det(A + t * H)
  B = constant(copy(A)); B[1] = H[1] - H[0]; C = constant(copy(H)); C[1] = 0
  exact = 2 * grad(t -> det(B + t * C))(0)
  print(n, abs(along''(0) / exact - 1) < 1e-11)
}
# Of rank n - 2 the second derivative is all there is; of rank n - 3 there is none.
for zeros_count in (2, 3) {
  D = constant(eye(30)); for k in range(zeros_count) { D[k, k] = 0 }
  H = constant(randn(30, 30)); along(t) = det(D + t * H)
  print(abs(along''(0) - 2 * (zeros_count == 2) * det(H[:2, :2])) < 1e-12)
}
