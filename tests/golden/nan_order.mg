# nan among the elements: the middle is nan, and equal nan are one.
median([1, nan, 3])
quantile([[1, nan, 3], [1, 2, 4]], 0.5, axis=1)
quantile([[1, nan], [2, 3]], [0, 1], axis=1)
unique([nan, 1, nan, 2, 2])
