# Elements of a matrix times a vector have the same bits alone, among others, turned over and in views.
seed(8)

mismatches = 0
compared = 0
def same(a, b) {
  compared += 1
  if a.dtype != b.dtype or a.shape != b.shape or not all(a == b) { mismatches += 1 }
}

def compare(rows, terms, kind) {
  A = astype(randn((rows, terms), constant=true), kind); v = astype(randn(terms, constant=true), kind)
  whole = A @ v
  for i in range(rows) { same(whole[i], A[i] @ v); same(whole[i], v @ A[i]) }
  same(whole[::-1], A[::-1] @ v)
  same(whole, (A @ expand_dims(v, 1))[:, 0])
  wide = concatenate((full((rows, 3), nan), A, full((rows, 2), inf)), axis=1).astype(kind)
  same(whole, wide[:, 3:3 + terms] @ v)
  same(whole[1:], wide[1:, 3:3 + terms] @ v)
  spread = zeros(2 * terms, constant=true, dtype=kind)
  spread[::2] = v
  same(whole, A @ spread[::2])
  same(v @ v, spread[::2] @ spread[::2])
}

for kind in (float64, float32) {
  for rows in (1, 2, 3, 4, 5, 9, 17) {
    for terms in (1, 2, 3, 4, 7, 8, 15, 16, 17, 20, 31, 32, 33, 63, 64, 65, 100, 1023, 1025, 3000) {
      compare(rows, terms, kind)
    }
  }
}
print(compared, mismatches)
