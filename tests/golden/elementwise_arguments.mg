# What all elementwise operations take.
y = tensor([nan, 1, inf]); into = tensor([5.0, 5, 5])
print(nan_to_num(y, nan=3, posinf=4, out=into), into, nan_to_num(y, posinf=2, where=[true, true, false]), nan_to_num(y, dtype=float32).dtype)
s = tensor([1, 2, 3]); t = tensor([5, 5, 5]) * 1
lerp(s, 10, 0.5, out=t, where=[true, false, true])
print(t, grad(sum(t * [1, 2, 4]), s), lerp(s, 10, 0.5, where=s > 1), lerp(s, 2, 0.5, constant=true).constant)
