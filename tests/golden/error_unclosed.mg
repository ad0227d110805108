x = 1


L = sum((x - 1) ** 2
