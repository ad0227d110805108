# Integer results: dtype=, where= and 0-d operands.
byte(x) = tensor(x, dtype=uint8)
whole(x) = tensor(x, dtype=int)
def message(f) { try { f() } catch e { return e.message }; return "no error" }

# With whole operands it is computed in dtype, or in a wider type of theirs.
print(multiply(byte([100]), byte([3]), dtype=int), subtract(byte([1]), byte([2]), dtype=int), square(byte([20]), dtype=int))
print(add(tensor([2147483647], dtype=int32), tensor([1], dtype=int32), dtype=int64), negative(byte([20]), dtype=int))
print(add([true], [true], dtype=int), subtract(whole([300]), whole([200]), dtype=uint8).dtype)
print(add(byte([200]), byte([100]), dtype=uint8), floor([1.5], dtype=int), round([1.5, 2.5], dtype=int))

# What it cannot hold is told.
print(message(() -> add([1.5, 2], [3, 4], dtype=int)))
print(message(() -> add([nan], [1], dtype=int)))
print(message(() -> add(300, 0, dtype=uint8)))
print(message(() -> multiply(whole([300]), 1, dtype=uint8)))
print(add([1.5, 2], [3, 4], dtype=int, where=[false, true]))

# Nobody asked for the quotient where the mask does not hold.
a = whole([6, 1])
print(floor_divide(a, whole([2, 0]), where=[true, false]), mod(a, 0, where=false), fmod(a, whole([4, 0]), where=[true, false]))
print(power(a, whole([2, -1]), where=[true, false]))
filled = whole([7, 7])
floor_divide(a, whole([2, 0]), filled, where=[true, false])
print(filled)
print(message(() -> floor_divide(a, whole([2, 0]), where=[true, true])))

# A number beside a 0-d integer leaves its type alone.
print(where([true, false], byte(1), 2).dtype, clip(tensor(1, dtype=int32), 0, 5).dtype, where(true, byte(1), 300).dtype)

# Between the ends, whatever the type.
print(lerp(byte([200, 10]), byte([100, 20]), 0.5), lerp(byte(200), byte(100), 0.5))
print(lerp(1, byte([0]), 0.5), lerp(byte([0]), 300, 0.5), lerp(byte([0]), tensor([1], dtype=float32), 0.5).dtype)
print(lerp(tensor([2000000000], dtype=int32), tensor([-2000000000], dtype=int32), 0.5))
print(lerp(1e16, 1, 1), lerp(1, 1e16, 0), lerp(2, 7, [0, 0.25, 0.5, 1, 2]), (t -> lerp(2, 7, t) ** 2)''(0.75))
print(lerp(0, 10, byte([0, 1, 2, 200])), lerp([0.], 10, byte([2])), lerp(tensor([1], dtype=float32), 3, byte([2])).dtype, lerp(1, 3, true))

# A number appended takes the type of the tensor where that holds it.
print(append(whole([1, 2]), 7).dtype, append(whole([1, 2]), 7.5).dtype, append(byte([1]), 300), append(tensor([1], dtype=float32), 0.1).dtype)

# Bits take what elementwise operations take.
bits = whole([0, 0])
bitwise_or([6, 5], 3, bits)
print(bits, bitwise_and([6, 5], 3, where=[true, false]), left_shift(byte([200]), 1, dtype=int))

# Whole numbers beside real ones stay constants.
solution, _, rank, _ = linalg.lstsq([[2, 1], [1, 3]], [1, 2], constant=false)
print(solution.constant, rank)
print(identity(2, float32).dtype)

# Numbers beside integers count as integers where dtype holds them; numbers alone never wrap.
print(add(byte([1]), 300, dtype=int), maximum(byte([1]), -5, dtype=int), power(whole([2, 3]), 2, dtype=int32))
print(message(() -> multiply(2**40, 2**40, dtype=int)), add(1, 2, dtype=int), clip(byte([9]), 0, 300, dtype=int))
