#!/usr/bin/env mgrad
# An ordinary differential equation, and how its final state depends on where it starts.
pendulum(y, t) = [y[1], -sin(y[0])]
times = linspace(0, 2, 21, constant=true)
final(y0) = odeint(pendulum, y0, times)[-1]

start = [1, 0]
print("start:", start, " state at t = 2:", final(start))
J = jacobian(final)(start)
print("Jacobian of the final state:")
print(J)

# The flow of a pendulum keeps areas: the determinant is 1.
determinant = J[0, 0] * J[1, 1] - J[0, 1] * J[1, 0]
h = 1e-5
by_difference = (final([1 + h, 0]) - final([1 - h, 0])) / 2h
print("its first column by differences:", by_difference)
assert abs(determinant - 1) < 1e-4, "the flow keeps areas"
assert max(abs(J[:, 0] - by_difference)) < 1e-6
