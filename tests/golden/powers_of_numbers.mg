# Gradients of squares, cubes and other powers: of plain numbers and of tensors, to the same bits.
seed(5)
x = concatenate((randn(300, constant=true), exp(randn(300, constant=true) * 200), -exp(randn(300, constant=true) * 200),
                 randn(50, constant=true) * 1e-310, [0.0, -0.0, 5e-324, -5e-324, 1.7976931348623157e308]))
wrong = 0
for n in (1, 2, 3, 4, -1) {
  t = tensor(x)
  backward(sum(float_power(t, n * ones(x.size))))
  for k in range(x.size) {
    s = tensor(item(x[k]))
    backward(s ** n)
    a = item(grad(s)); b = item(grad(t)[k])
    if not (a == b or (a != a and b != b)) { wrong += 1 }
  }
}
print(wrong)
