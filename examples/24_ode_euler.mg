#!/usr/bin/env mgrad
# Differential equations step by step: Euler, Runge-Kutta, and the derivative of the end with respect to the beginning.
def walk(f, y, t_end, steps, method) {
  "The states of y' = f(t, y) from t = 0 to t_end, one a row."
  h = t_end / steps
  states = (y,)
  for k in range(steps) {
    y = method(f, k * h, y, h)
    states += (y,)
  }
  return stack(states)
}

euler(f, t, y, h) = y + h * f(t, y)

def runge_kutta(f, t, y, h) {
  k1 = f(t, y)
  k2 = f(t + h / 2, y + h / 2 * k1)
  k3 = f(t + h / 2, y + h / 2 * k2)
  k4 = f(t + h, y + h * k3)
  return y + h / 6 * (k1 + 2k2 + 2k3 + k4)
}

# y' = y from 1 to e: the errors fall with h, and with h**4.
growth(t, y) = y
miss(method, steps) = abs(walk(growth, [1], 1, steps, method)[-1, 0] - e)
print("steps      Euler   Runge-Kutta")
for steps in (10, 20, 40, 80) {
  print(f"{steps:5}   {miss(euler, steps):.2e}      {miss(runge_kutta, steps):.2e}")
}

# A pendulum: angle and speed.  How does where it is after 2 seconds depend on where it starts?
pendulum(t, y) = [y[1], -sin(y[0])]
final(y0) = walk(pendulum, y0, 2, 40, runge_kutta)[-1]
start = [1, 0]
J = jacobian(final)(start)
print("the pendulum that starts at", start, "is at", final(start), "after 2 s")
print("d(end) / d(start), through every step of the loop:")
print(J)

path = walk(pendulum, start, 7, 140, runge_kutta)
arrows((angle, speed) -> [speed, -sin(angle)], -3, 3, -2, 2, path=path, count=(14, 9), xlabel="angle",
       ylabel="speed", size=(72, 20))

h = 1e-5
by_difference = (final([1 + h, 0]) - final([1 - h, 0])) / 2h
assert max(abs(J[:, 0] - by_difference)) < 1e-8, "the Jacobian agrees with differences"
assert abs(det(J) - 1) < 1e-6, "a pendulum without friction keeps areas"
assert abs(miss(euler, 40) / miss(euler, 80) - 2) < 0.05 and abs(miss(runge_kutta, 40) / miss(runge_kutta, 80) - 16) < 1
