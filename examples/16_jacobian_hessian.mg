#!/usr/bin/env mgrad
# Jacobian and Hessian: all first derivatives of a map, all second derivatives of a function.

# Polar coordinates: the determinant of the Jacobian is the radius, the r in "r dr dθ".
polar(p) = p[0] * [cos(p[1]), sin(p[1])]
at = [2, 0.5]
J = jacobian(polar)(at)
print("Jacobian of the polar map at", at)
print(J)
print("its determinant is the radius:", det(J))

# Rosenbrock's valley: the Hessian at the minimum says how steep and how flat it is.
rosenbrock(v) = (1 - v[0])**2 + 100(v[1] - v[0]**2)**2
H = hessian(rosenbrock)([1, 1])
print("Hessian of Rosenbrock's function at its minimum:")
print(H)
steepness = eigvalsh(H)
print(f"across the valley it is {steepness[1] / steepness[0]:.0f} times as steep as along it")
print("a product of the Hessian and a vector needs no matrix:", hvp(rosenbrock, [1, 1], [1, 2]))

assert abs(det(J) - 2) < 1e-14
assert all(H == jacobian(grad(rosenbrock))([1, 1])), "the Hessian is the Jacobian of the gradient"
assert all(H == H.T), "the order of differentiation does not matter"
assert all(hvp(rosenbrock, [1, 1], [1, 2]) == H @ [1, 2])
