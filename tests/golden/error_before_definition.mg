x = 1
z = y + 1

w = 2
y = 3
