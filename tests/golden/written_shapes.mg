# A written value may have axes of size 1 in front; `...` makes a view of a single element.
x = tensor([1, 2, 3]); v = tensor([[7]])
h = x * 1
h[0] = v; h
backward(h ** 2); grad(v); grad(x)
h[[1, 2]] = [[[4, 5]]]; h
h[h > 100] = [[]]
try { h[0] = [[1, 2]] } catch e { print(e.message) }

x = tensor([1, 2, 3]); y = x[0, ...]
y += 5; x
backward(x ** 2); grad(y)
x[0] = 9; y
x[1] += 0; z = x[1]; z += 1; x

# In-place operations keep the shape of what they change.
a = tensor([1, 2, 3])
try { a[[0, 1]] *= [[5, 6]] } catch e { print(e.message) }
a
