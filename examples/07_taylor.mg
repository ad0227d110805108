#!/usr/bin/env mgrad
# Taylor polynomials: derivatives of every order are there, since f' is a function like any other.
def coefficients(f, a, n) {
  "The coefficients f^(k)(a) / k! for k = 0 .. n."
  c = ()
  factorial = 1
  for k in range(n + 1) {
    c = c + (f(a) / factorial,)
    factorial *= k + 1
    f = f'
  }
  return c
}

def polynomial(c, x) {
  "Horner's rule."
  value = 0
  for a in reversed(c) { value = value * x + a }
  return value
}

x = 1.2
print(f"sin({x}) = {sin(x):.12f}")
for n in (1, 3, 5, 7) {
  p = polynomial(coefficients(sin, 0, n), x)
  print(f"degree {n}:  {p:.12f}   error {abs(p - sin(x)):.2e}")
}

c = coefficients(exp, 0, 6)
print("exp:", c)
of_degree(n) = x -> polynomial(coefficients(sin, 0, n), x)
plot(sin, of_degree(1), of_degree(3), of_degree(5), of_degree(7), -6, 6, ylim=(-2, 2),
     labels=("sin", "1", "3", "5", "7"), title="Taylor polynomials of sin", size=(72, 18))

assert abs(c[6] - 1 / 720) < 1e-15, "the sixth coefficient of exp is 1 / 6!"
assert abs(polynomial(coefficients(sin, 0, 7), x) - sin(x)) < 2e-5
