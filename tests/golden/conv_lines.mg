# Windows that slide along one line with stride 1 need no columns.  The same convolution with an axis of length 1 more has
# them; of whole numbers both give the same.
seed(3)
wholes(shape, kind) = astype(randint(-4, 5, shape=shape), kind)
column(x) = expand_dims(x, -1)

mismatches = 0
compared = 0
def same(a, b) {
  compared += 1
  if a.dtype != b.dtype or a.shape != b.shape or not all(a == b) { mismatches += 1 }
}

# The results and all gradients, of second order too.
def everything(operation, first, second) {
  x = tensor(first, constant=false); y = tensor(second, constant=false)
  result = operation(x, y)
  g = grad(sum(result ** 2), (x, y))
  seconds = grad(sum(g[0] ** 2) + sum(g[1] * g[1]), (x, y))
  return (result.data, g[0].data, g[1].data, seconds[0], seconds[1])
}

def compare(operation, plain, first, second) {
  a = everything(operation, first, second)
  b = everything(plain, column(first), column(second))
  for i in range(len(a)) { same(column(a[i]), b[i]) }
}

def compare_all(batch, filters, length, window, padding, dilation, kind) {
  x = wholes((batch, 1, length), kind); w = wholes((filters, 1, window), kind)
  compare((x, w) -> conv_nd(x, w, stride=1, padding=padding, dilation=dilation),
          (x, w) -> conv_nd(x, w, stride=1, padding=(padding, 0), dilation=(dilation, 1)), x, w)
  y = wholes((batch, filters, length), kind)
  compare((y, w) -> conv_transpose_nd(y, w, stride=1, padding=padding, dilation=dilation),
          (y, w) -> conv_transpose_nd(y, w, stride=1, padding=(padding, 0), dilation=(dilation, 1)), y, w)
}

settings = ((9, 1, 0, 1), (9, 3, 0, 1), (9, 3, 2, 1), (9, 3, 4, 1), (12, 4, 1, 3), (40, 9, 8, 2), (9, 9, 0, 1))
for batch in (1, 3, 5) {
  for filters in (1, 2) {
    for length, window, padding, dilation in settings {
      for kind in (float64, float32) { compare_all(batch, filters, length, window, padding, dilation, kind) }
    }
  }
}
print(compared, mismatches)

# More than one block, and whole numbers that are not differentiated.
long = wholes((1, 1, 150000), float64); window = wholes((1, 1, 33), float64)
same(column(conv_nd(long, window, stride=1, padding=32)), conv_nd(column(long), column(window), stride=1, padding=(32, 0)))
long = astype(long, int); window = astype(window, int)
same(column(conv_nd(long, window, stride=1, padding=32)), conv_nd(column(long), column(window), stride=1, padding=(32, 0)))
same(column(conv_transpose_nd(long, window, stride=1)), conv_transpose_nd(column(long), column(window), stride=1))
print(mismatches)

# Zeros beside a line are no terms; far apart cells of a window are no reason to copy what lies between.
print(convolve([1, 2, 3], [inf, 1]), convolve([1, 2, 3], [1, nan]), convolve([1, 2, 3, 4], [nan, 0, 0], "same"))
print(correlate([1, 2, 3], [nan, 1], "full"), convolve([1, inf, 3], [1, 2]), convolve([5], [1, 2, 3], "same"))
u = tensor([0, 1, 2, 3, 4]); y = tensor([[[1, 2, 3]]])
print(grad(sum(convolve(u, [1, inf], "valid")), u), grad(sum(conv_nd(y, [[[1, inf]]], stride=1)), y)[0, 0])
print(conv_transpose_nd([[[1, 2, 3]]], [[[inf, 1]]], stride=1)[0, 0])
print(conv_nd(ones((1, 1, 5)), ones((1, 1, 2)), stride=1, dilation=2000000000, padding=1000000000)[0, 0])
