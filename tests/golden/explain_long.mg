# A graph of more than a million operations is shown by its first and last rows.
x = tensor(1)
y = x
for i in range(1000100) { y = y * 1 }
explain(y)
