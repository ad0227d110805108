# The sign of zero, and what overflows, do not depend on how the numbers lie in memory.
a = copy(broadcast_to(-1e-200, (40, 9)))
v = copy(broadcast_to(1e-200, (9,)))
c = copy(a.T).T
print((1 / (a @ v))[0], (1 / (c @ v))[0], (1 / (v @ a.T))[0], (1 / (v @ c.T))[0])
stack = copy(broadcast_to(-1e-200, (20, 2, 8)))
apart = copy(broadcast_to(-1e-200, (40, 2, 8)))[::2]
print((1 / (stack @ v[:8]))[0], (1 / (apart @ v[:8]))[0])

# an inner axis that repeats: its terms overflow, their sum does not
b = copy(tensor([[1e300], [-1e300]]) * ones((2, 40)))
a = broadcast_to([[1e10], [2e10], [1]], (3, 2))
print(isfinite((a @ b)[0, 0]), isfinite((copy(a) @ b)[0, 0]), (a @ b)[2, 0], isfinite((b.T @ a.T)[0, 0]))
