# Arguments of a wrong kind or shape are told in the user's words, not in the library's.
def message(f) { try { f() } catch e { return e.message }; return "no error" }
x = [[1, 2, 3], [4, 5, 6]]
calls = (() -> delete([1, 2], 0, [5, 6]), () -> append(x, x, (0, 1)), () -> median(x, "a"), () -> median(x, x), () -> nansum(x, 0.5),
         () -> array_split(x, x), () -> split([1, 2], [[1]]), () -> histogram(1, 2, 3), () -> histogram([1], [[1, 2]]),
         () -> digitize(1, 2), () -> solve(sin, "a"), () -> tile(x, x), () -> cross(1, 2), () -> reshape([1], 2),
         () -> grad(3, "a"))
for call in calls { print(message(call)) }

# Axes may be given as a number, a tuple or a tensor.
print(median(x, 1), median(x, (0, 1)), median(x, [0, 1]), ptp(x, axis=-1), nanmax(x, tensor(0, dtype=int)))
print(append([1], 2, axis=none), take(x, 1, axis=1), delete(x, 0, 0))
