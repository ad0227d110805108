# Rows alone and among others have the same bits, however long they are and however they lie in memory.
seed(5)

mismatches = 0
compared = 0
def same(a, b) {
  compared += 1
  if a.shape != b.shape or not all((a == b) | (isnan(a) & isnan(b))) { mismatches += 1 }
}

columns_tried = (1, 2, 7, 8, 9, 63, 64, 65, 72, 127, 128, 129, 500, 512, 513, 1023, 1024, 1025, 2500)
unusual_rows(columns) = [full(columns, -inf), full(columns, 3), full(columns, 1e308), -1000 * arange(columns),
                         where(arange(columns) == columns - 1, nan, 1), where(arange(columns) == 0, inf, 0)]

def rows_of(columns) {
  ordinary = 10 * randn((9, columns), constant=true)
  return concatenate((ordinary, stack(unusual_rows(columns)), 800 * ordinary))
}

def compare(S) {
  n = len(S)
  labels = arange(n) % S.shape[1]
  whole = softmax(S); logarithms = logsoftmax(S); sums = logsumexp(S, axis=1)
  for i in range(n) {
    same(whole[i], softmax(S[i])); same(logarithms[i], logsoftmax(S[i])); same(sums[i], logsumexp(S[i]))
  }
  losses = tensor([item(softmax_crossentropy(S[i:i + 1], labels[i:i + 1])) for i in range(n)])
  same(softmax_crossentropy(S, labels), astype(mean(losses), S.dtype))
  scores = tensor(S, constant=false)
  backward(n * softmax_crossentropy(scores, labels))
  for i in range(n) {
    row = tensor(S[i:i + 1], constant=false)
    backward(softmax_crossentropy(row, labels[i:i + 1]))
    same(grad(scores)[i], grad(row)[0])
  }
}

for columns in columns_tried {
  S = rows_of(columns)
  compare(S)
  compare(astype(S, float32))
  compare(transpose(tensor(transpose(S))))
  compare(S[::2, ::-1])
}
print(compared > 5000, mismatches)

# The loss waits for its gradient, but not for what is written in between.
S = randn((32, 10), constant=true); labels = arange(32) % 10
loss = softmax_crossentropy(S, labels)
expected = item(softmax_crossentropy(copy(S), labels))
S[0] = 100
print(item(loss) == expected, item(softmax_crossentropy(S, labels)) != expected)
