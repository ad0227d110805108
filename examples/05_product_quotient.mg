#!/usr/bin/env mgrad
# The product rule and the quotient rule, and how to find out that a formula is wrong.
u(x) = x**2 + 1
v(x) = sin(x) + 2

product(x) = u(x) * v(x)
quotient(x) = u(x) / v(x)

product_rule(x) = u'(x) * v(x) + u(x) * v'(x)
quotient_rule(x) = (u'(x) * v(x) - u(x) * v'(x)) / v(x)**2

# What many write first.
hopeful(x) = u'(x) * v'(x)

# Two functions are the same when they agree wherever we look.
seed(5);
points = uniform(100, lower_bound=-3, upper_bound=3, constant=true)
differ(f, g) = max(abs(f(points) - g(points)))

print(f"product rule:   largest difference {differ(product', product_rule):.1e}")
print(f"quotient rule:  largest difference {differ(quotient', quotient_rule):.1e}")
print(f"u' times v':    largest difference {differ(product', hopeful):.1f}")
x = points[argmax(abs(product'(points) - hopeful(points)))]
print(f"for example at x = {x:.3f}: {hopeful(x):.3f} instead of {product'(x):.3f}")

assert differ(product', product_rule) < 1e-12 and differ(quotient', quotient_rule) < 1e-12
assert differ(product', hopeful) > 1, "the derivative of a product is not the product of the derivatives"
