# Chains go on in the next line within brackets, and blocks begin there.
x = [1, 2]
f(x) = x + 1
z = (f
(1))
z
(x
[0])
[(f # c
  (1)), (x
.sum())]
no_grad
{ x = 1 }
x
