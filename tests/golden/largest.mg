# topk by selection and by sorting: the same order among equal elements and nan.
seed(5)
by_sorting(x, k, axis) = moveaxis(moveaxis(x.shape[axis] - 1 - flip(argsort(flip(x, axis), axis), axis), axis, 0)[:k], 0, axis)
few(shape) = where(randint(0, 9, shape) == 0, nan, randint(-3, 4, shape) * 1.0)
sources = (s -> randn(s), s -> few(s), s -> randint(-5, 5, s), s -> astype(randn(s), float32), s -> rand(s) > 0.5,
           s -> cumsum(rand(s), axis=0), s -> -cumsum(rand(s), axis=0), s -> randint(0, 2, s) * 0.0 - 0.0, s -> zeros(s) * nan,
           s -> randint(-9, 9, s) * 1000000007 * 1000000007)
for shape in ((1,), (2,), (5,), (257,), (3000,), (40, 6), (6, 40), (3, 700, 2), (0,), (0, 3)) {
  same = 0
  cases = 0
  for source in sources {
    x = source(shape)
    for axis in range(len(shape)) {
      for k in (0, 1, 2, 3, 6, 17, 90, shape[axis]) {
        if k > shape[axis] { continue }
        values, order = topk(x, k, axis)
        cases += 1
        same += array_equal(order, by_sorting(x, k, axis)) and array_equal(order, argtop(x, k, axis)) and array_equal(where(isnan(values), 9, values), take_along_axis(where(isnan(x), 9, x), order, axis))
        if axis > 0 or len(shape) > 1 {
          other = swapaxes(x, 0, axis)
          same += array_equal(topk(other, k, 0)[1], by_sorting(other, k, 0)) - 1
        }
      }
    }
  }
  print(shape, same == cases, cases)
}
print(topk([nan, 1, nan, inf, -0.0, 0], 5), topk([[1, 2], [1, 0]], 1, axis=0))
print(grad(x -> sum(topk(x, 2)[0] * [3, 5]))([1, 7, 7, 2]))
