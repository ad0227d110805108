#!/usr/bin/env mgrad
# Jacobian and Hessian: all first derivatives of a map, all second derivatives of a function.

# Polar coordinates: the determinant of the Jacobian is the radius.
polar(p) = [p[0] * cos(p[1]), p[0] * sin(p[1])]
at = [2, 0.5]
J = jacobian(polar)(at)
print("Jacobian of the polar map at", at)
print(J)
determinant = J[0, 0] * J[1, 1] - J[0, 1] * J[1, 0]
print("its determinant is the radius:", determinant)

# Rosenbrock's valley: the Hessian at the minimum says how steep and how flat it is.
rosenbrock(v) = (1 - v[0])**2 + 100(v[1] - v[0]**2)**2
H = hessian(rosenbrock)([1, 1])
print("Hessian at the minimum:")
print(H)
print("a product of the Hessian and a vector needs no matrix:", hvp(rosenbrock, [1, 1], [1, 2]))

assert abs(determinant - 2) < 1e-14
assert all(H == [[802, -400], [-400, 200]])
assert all(hvp(rosenbrock, [1, 1], [1, 2]) == H @ [1, 2])
