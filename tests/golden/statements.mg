# Every statement form once.
x = 2
a = b = [1, 2]
a[0] = 9
b
p, q = 1, (2, 3)
q
p, q = q, p
p
x += 3
x
f(x, y=2) = x * y
f(3)
f(y=5, x=2)
def area(w, h=1, *more) {
  "The area of a box."
  if w < 0 { error("negative") }
  return w * h + len(more)
}
area(2, 3, 4, 5)
for i in range(3) { if i == 1 { continue }; print(i) }
n = 0
while true { n += 1; if n > 4 { break } }
n
r = {w: 1, b: (1, "two")}
r.w = r.w + 1
r
try { area(-1) } catch err { print(err.kind, err.message, err.line) }
no_autodiff { y = tensor(2) ** 2 }
y.constant
assert x == 5, "never"
del n
try { n } catch err { print(err.kind) }
f
x -> x + 1
