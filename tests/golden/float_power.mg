# float_power computes in float64, whatever the type of its operands.
x = tensor([1, 2], dtype=float32)
print(float_power(x, 2).dtype, float_power(x, x).dtype, float_power([1, 2].astype(int), -1), float_power(x, 2, dtype=float32).dtype)
L = sum(float_power(x, 3)); print(grad(L, x), grad(L, x).dtype, float_power(2, -1), float_power'(3, 2))
