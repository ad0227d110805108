# SPDX-License-Identifier: MIT
"""The tensor workloads in NumPy (gradients derived by hand) or PyTorch: median seconds of one call.

usage: tensors.py numpy|torch NAME [SIZE] [DTYPE] [THREADS]
"""
import os
import sys
import time

peer, name = sys.argv[1:3]
size = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
kind = sys.argv[4] if len(sys.argv) > 4 else "float64"
threads = sys.argv[5] if len(sys.argv) > 5 else "1"
os.environ["OPENBLAS_NUM_THREADS"] = threads


def median_time(run):
    run()
    times = []
    spent = 0
    while len(times) < 5 or (spent < 0.5 and len(times) < 500):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
        spent += times[-1]
    return sorted(times)[len(times) // 2]


def numpy_work():
    import numpy as np
    rng = np.random.default_rng(0)

    def normal(*shape):
        return rng.standard_normal(shape).astype(kind)

    def elementwise():
        x, w, b = normal(size), normal(size), normal(size)

        def run():
            y = np.tanh(x * w + b)
            total = (y * y).sum()
            g = 2 * y * (1 - y * y)
            return total, g * x, g
        return run

    def forward_only():
        x = normal(size)
        return lambda: (np.tanh(x * 1.5 + .25) ** 2).sum()

    def crossentropy():
        scores, labels, rows = normal(size, size), rng.integers(0, size, size), np.arange(size)

        def run():
            e = np.exp(scores - scores.max(1, keepdims=True))
            e /= e.sum(1, keepdims=True)
            loss = -np.log(e[rows, labels]).mean()
            e[rows, labels] -= 1
            e /= size
            return loss, e
        return run

    def product():
        a, b, g = normal(size, size), normal(size, size), np.ones((size, size), kind)
        return lambda: ((a @ b).sum(), g @ b.T, a.T @ g)

    def network():
        x, labels, rows = normal(128, 784), rng.integers(0, 10, 128), np.arange(128)
        params = [normal(*s) * .05 for s in ((784, 256), (256,), (256, 10), (10,))]

        def run():
            w1, b1, w2, b2 = params
            z = np.maximum(x @ w1 + b1, 0)
            s = z @ w2 + b2
            s = np.exp(s - s.max(1, keepdims=True))
            s /= s.sum(1, keepdims=True)
            s[rows, labels] -= 1
            s /= 128
            gz = (s @ w2.T) * (z > 0)
            for p, g in zip(params, (x.T @ gz, gz.sum(0), z.T @ s, s.sum(0))):
                p -= (0.01 * g).astype(kind)
        return run

    def small_network():
        x = normal(100, 2)
        t = np.sin(x[:, :1])
        w1, b1, w2, b2 = normal(2, 16), normal(16), normal(16, 1), normal(1)

        def step():
            nonlocal w1, b1, w2, b2
            h = np.tanh(x @ w1 + b1)
            r = h @ w2 + b2 - t
            loss = (r * r).mean()
            g = r * (2 / 100)
            gh = (g @ w2.T) * (1 - h * h)
            w2 -= .05 * (h.T @ g)
            b2 -= .05 * g.sum(0)
            w1 -= .05 * (x.T @ gh)
            b1 -= .05 * gh.sum(0)
            return loss
        return lambda: [step() for _ in range(100)]

    def contraction():
        a, b, c, g = (*(normal(100, 100) for _ in range(3)), np.ones((100, 100), kind))
        return lambda: (np.einsum("ij,jk,kl->il", a, b, c, optimize=True).sum(), g @ (b @ c).T, a.T @ g @ c.T, (a @ b).T @ g)

    def broadcast():
        m, v = normal(size, size), normal(size)

        def run():
            s = (m + v).sum(0)
            g = np.empty_like(m)
            g[:] = 2 * s
            return (s * s).sum(), g, g.sum(0)
        return run

    def hinge():
        s, labels, rows = normal(10000, 10), rng.integers(0, 10, 10000), np.arange(10000)

        def run():
            loss = np.maximum(0, s - s[rows, labels][:, None] + 1.0)
            loss[rows, labels] = 0
            g = (loss > 0) / 10000
            g[rows, labels] -= g.sum(1)
            return loss.sum() / 10000, g
        return run

    def scan():
        x = normal(size)
        return lambda: ((np.cumsum(x) * 1e-3).sum(), np.cumsum(np.full(size, 1e-3)[::-1])[::-1])

    def recorded():
        x, y = normal(size), normal(size)
        return lambda: [x * y for _ in range(100)]

    def of_constant(function):
        x = normal(size)
        return lambda: function(x)

    return {"d": small_network, "l": contraction,
            "e": elementwise, "e3": forward_only, "f": crossentropy, "g": product, "h": network, "j": broadcast,
            "k": hinge, "n": scan, "s": recorded, "sort": lambda: of_constant(np.sort),
            "argsort": lambda: of_constant(np.argsort), "sum": lambda: of_constant(np.sum),
            "var": lambda: of_constant(np.var)}


def torch_work():
    import torch
    import torch.nn.functional as functional
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    dtype = getattr(torch, kind)

    def normal(*shape, constant=False):
        return torch.randn(*shape, dtype=dtype).requires_grad_(not constant)

    def elementwise():
        x, w, b = normal(size, constant=True), normal(size), normal(size)
        return lambda: torch.autograd.grad((torch.tanh(x * w + b) ** 2).sum(), (w, b))

    def forward_only():
        x = normal(size, constant=True)
        return lambda: (torch.tanh(x * 1.5 + .25) ** 2).sum()

    def crossentropy():
        scores, labels = normal(size, size), torch.randint(0, size, (size,))
        return lambda: torch.autograd.grad(functional.cross_entropy(scores, labels), scores)

    def product():
        a, b = normal(size, size), normal(size, size)
        return lambda: torch.autograd.grad((a @ b).sum(), (a, b))

    def network():
        x, labels = normal(128, 784, constant=True), torch.randint(0, 10, (128,))
        params = [(torch.randn(*s, dtype=dtype) * .05).requires_grad_() for s in ((784, 256), (256,), (256, 10), (10,))]

        def run():
            w1, b1, w2, b2 = params
            functional.cross_entropy(torch.relu(x @ w1 + b1) @ w2 + b2, labels).backward()
            with torch.no_grad():
                for p in params:
                    p -= 0.01 * p.grad
                    p.grad = None
        return run

    def small_network():
        x = normal(100, 2, constant=True)
        t = torch.sin(x[:, :1])
        params = [normal(*s) for s in ((2, 16), (16,), (16, 1), (1,))]

        def step():
            w1, b1, w2, b2 = params
            ((torch.tanh(x @ w1 + b1) @ w2 + b2 - t) ** 2).mean().backward()
            with torch.no_grad():
                for p in params:
                    p -= 0.05 * p.grad
                    p.grad = None
        return lambda: [step() for _ in range(100)]

    def contraction():
        operands = [normal(100, 100) for _ in range(3)]
        return lambda: torch.autograd.grad(torch.einsum("ij,jk,kl->il", *operands).sum(), operands)

    def recurrent():
        layer, x = torch.nn.GRU(16, 32).to(dtype), normal(20, 32, 16)
        return lambda: torch.autograd.grad(layer(x)[0][-1].sum(), [x, *layer.parameters()])

    def normalisation():
        x, scale, shift = normal(32, 16, 32, 32), normal(16), normal(16)
        return lambda: torch.autograd.grad(functional.batch_norm(x, None, None, scale, shift, True).pow(2).sum(),
                                           (x, scale, shift))

    def convolution():
        x, w = normal(32, 3, 32, 32), normal(16, 3, 3, 3)
        return lambda: torch.autograd.grad(functional.conv2d(x, w).sum(), (x, w))

    def broadcast():
        m, v = normal(size, size), normal(size)
        return lambda: torch.autograd.grad((m + v).sum(0).pow(2).sum(), (m, v))

    def hinge():
        s, labels, rows = normal(10000, 10), torch.randint(0, 10, (10000,)), torch.arange(10000)

        def run():
            loss = torch.clamp(s - s[rows, labels][:, None] + 1.0, min=0)
            loss[rows, labels] = 0
            return torch.autograd.grad(loss.sum() / 10000, s)
        return run

    def scan():
        x = normal(size)
        return lambda: torch.autograd.grad((torch.cumsum(x, 0) * 1e-3).sum(), x)

    def recorded():
        x, y = normal(size), normal(size)
        return lambda: [x * y for _ in range(100)]

    def of_constant(function):
        x = normal(size, constant=True)
        return lambda: function(x)

    return {"d": small_network, "l": contraction, "m": recurrent, "bn": normalisation,
            "e": elementwise, "e3": forward_only, "f": crossentropy, "g": product, "h": network, "i": convolution,
            "j": broadcast, "k": hinge, "n": scan, "s": recorded, "sort": lambda: of_constant(torch.sort),
            "argsort": lambda: of_constant(torch.argsort), "sum": lambda: of_constant(torch.sum),
            "var": lambda: of_constant(lambda x: torch.var(x, unbiased=False))}


work = numpy_work() if peer == "numpy" else torch_work()
print(median_time(work[name]()))
