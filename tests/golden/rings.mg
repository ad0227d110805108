# Rings among what is alive, at every count around a power of two.
for n in range(900, 1100) {
  first = {k: 0, next: none}
  last = first
  for k in range(1, n) { r = {k: k, next: none}; last.next = r; last = r }
  last.next = first
  for k in range(2500) { r = {me: none}; r.me = r }
  r = first; total = 0
  for k in range(n) { total += r.k; r = r.next }
  assert(total == n * (n - 1) / 2)
  last.next = none
}
print("all alive")
