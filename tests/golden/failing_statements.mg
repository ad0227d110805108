# A statement that fails changes nothing.
x = [1, 2]
try { x[0], x[1] = 5, "a" } catch q { print(q.message) }
x
r = {a: 1}
try { r.a, x[1] = 5, "a" } catch q { print(q.message) }
r
y = [1, 2, 3, 4]
try { y.shape, x[0:2] = (2, 2), [1, 2, 3] } catch q { print(q.message) }
y
try { y.data, x[0:2] = [9, 9, 9, 9], [1, 2, 3] } catch q { print(q.message) }
y
y = tensor([1, 2], dtype=int)
a = 0
try { a = x[0] = y[0] = 1.5 } catch q { print(q.message) }
a, x, y
try { x[[0, 1]], y[[0]] = 7, [1, 2] } catch q { print(q.message) }
try { x[0], y.shape = 7, (3, 3) } catch q { print(q.message) }
try { x[0], (1, 2)[0] = 7, 1 } catch q { print(q.message) }
try { x[0], y.size = 7, 1 } catch q { print(q.message) }
x, y
try { del a, zz } catch q { print(q.message) }
try { del a, a } catch q { print(q.message) }
a
y = [1, 2, 3, 4]
y.shape, y[3] = (2, 2), 9
y
