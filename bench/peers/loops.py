# SPDX-License-Identifier: MIT
"""The plain-number loops in Python, and NumPy where it is installed: nanoseconds per unit of the named workload."""
import math
import sys
import time

sin = math.sin


def scalar_loop(n):
    s = 0.0
    for i in range(n):
        s = s + sin(i * 0.001) * 2
    return s


def arithmetic_loop(n):
    a, b = 1.0, 0.5
    for i in range(n):
        a = a * 0.5 + b
        b = a - b * 0.25
    return a + b


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def best_of(run, times=7):
    run()
    best = math.inf
    for _ in range(times):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def elementwise():
    import numpy
    x, y = numpy.random.randn(1000000), numpy.random.randn(1000000)
    return best_of(lambda: x * y + x) / 1e6


def matmul():
    import numpy
    a, b = numpy.random.randn(512, 512), numpy.random.randn(512, 512)
    return best_of(lambda: a @ b) / 512**3


WORK = {
    "a": lambda: best_of(lambda: scalar_loop(100000)) / 1e5,
    "a2": lambda: best_of(lambda: arithmetic_loop(1000000)) / 1e6,
    "p": lambda: best_of(lambda: fib(25)) / 242785,
    "e": elementwise,
    "g": matmul,
}
print(WORK[sys.argv[1]]() * 1e9)
