# Digits that follow others need a sign between them.
for f in (x -> 2 * 10 ** x, (x -> 2 * 10 ** x)', x -> x * 10 ** x, x -> 3 / 10 ** x, x -> 2 * 0.5 ** x, x -> 2 * 10 ** x * 3 ** x, x -> 2 * (10 ** x) ** 2) {
  print(latex(f))
}
print(explain(x -> 2 * 10 ** x, 1, "latex"))
