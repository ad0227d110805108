# Rows that are repeated in memory add up to the bits of rows written out, in every type.
for d in (bool, uint8, int32, int64, float32, float64) {
  a = astype(arange(5) + 1, d); b = broadcast_to(a, (1000, 5)); c = copy(b)
  print(d, all(sum(b, axis=0) == sum(c, axis=0)), all(prod(b, axis=0) == prod(c, axis=0)) if d != float32 and d != float64 else all(prod(b[:200], axis=0) == prod(c[:200], axis=0)), all(mean(b, axis=0) == mean(c, axis=0)), all(var(b, axis=0) == var(c, axis=0)), sum(b) == sum(c), all(sum(b.T, axis=1) == sum(c.T, axis=1)))
}
