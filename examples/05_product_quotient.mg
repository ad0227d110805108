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

# Two functions are taken for the same when they agree at many points; one point where they differ is a proof.
print("the product rule is right: ", same(product', product_rule))
print("the quotient rule is right:", same(quotient', quotient_rule))
print("u' times v' is right:")
print(same(product', hopeful))

# The formulas that came from the program itself, by the same rules.
f(x) = (x**2 + 1) * sin(x)
print(f')

counter = same(product', hopeful, details=true)
assert same(product', product_rule) and same(quotient', quotient_rule)
assert abs(counter.left - counter.right) > 1, "the derivative of a product is not the product of the derivatives"
