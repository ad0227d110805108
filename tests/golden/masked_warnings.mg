# Elements that `where=` leaves out cause no warning.
x = tensor([-1, 0, 3])
log(x, where=x > 0)
y = zeros(3)
log(x, out=y, where=x > 0)
backward(y); grad(x)
