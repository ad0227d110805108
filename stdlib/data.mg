# Data in portions.

def batches(X, y, size, shuffle, drop_last) {
  n = len(X)
  if y != none and len(y) != n { error(f"`batches` needs as many targets as rows: {n} and {len(y)} differ") }
  if not size >= 1 { error(f"`size` must be at least 1, got {size}") }
  order = permutation(n) if shuffle else arange(n, dtype=int)
  parts = ()
  start = 0
  while start + (size if drop_last else 1) <= n {
    rows = order[start:start + size]
    parts = parts + ((X[rows] if y == none else (X[rows], y[rows])),)
    start += size
  }
  return parts
}

def train_test_split(X, y, ratio, shuffle) {
  n = len(X)
  if y != none and len(y) != n { error(f"`train_test_split` needs as many targets as rows: {n} and {len(y)} differ") }
  if not 0 <= ratio <= 1 { error(f"`ratio` goes from 0 to 1, got {ratio}") }
  order = permutation(n) if shuffle else arange(n, dtype=int)
  middle = round(n * ratio)
  a = order[:middle]; b = order[middle:]
  if y == none { return (X[a], X[b]) }
  return (X[a], X[b], y[a], y[b])
}

return {batches: batches, train_test_split: train_test_split}
