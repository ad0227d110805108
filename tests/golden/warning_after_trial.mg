# Formulas, same and check_grad try a function out in silence; what the program does itself warns as ever.
root(x) = sqrt(x) if x > -2 else 0
print(root')
same(root, x -> x)
print(check_grad(root, 1e-9))
print(root(-1))
