#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""interrupts.py BINARY [TRIES [NAME ...]]: how long Ctrl-C waits, statement by statement.

Each try starts the program, lets it repeat one statement, sends SIGINT at a moment that varies from try to try, and takes
the time until the error is reported.  Prints one row a statement: the worst and the median of the tries in milliseconds,
and whether the worst is within 50 ms.  What calls LAPACK cannot be interrupted inside the call and is marked so.  The
status is 1 when another row is later than that.  For the figures of docs/interrupts.md: make interrupts."""
import os
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

LIMIT_MS = 50
LAPACK = True
X = "x = randn(10000000)"
M = "x = randn(3000, 3000)"
SQUARE = "a = randn(800, 800); b = randn(800, 800); s = a + transpose(a)"

# name, what is prepared, the statement, whether LAPACK does the work
STATEMENTS = [
    ("elementwise 10^7", X, "y = exp(sin(x)) * x + 1; y[0]"),
    ("elementwise 10^7, int64", "x = arange(10000000)", "y = x // 7 % 5 + x ** 2; y[0]"),
    ("power, erf, gamma 10^7", X, "y = gamma(abs(x) + 1) + erf(x) ** 3; y[0]"),
    ("strided 3000 x 3000", M, "y = sin(transpose(x)) * x[::-1, ::-1]; y[0, 0]"),
    ("where, comparison 10^7", X, "y = where(x > 0.5, x, -x); y[0]"),
    ("conversion 10^7", X, "y = astype(x, int32); y[0]"),
    ("backward, fused 10^7", "x = tensor(randn(10000000))", "backward(sum(sin(x) * exp(x) + x ** 2)); x.grad[0]"),
    ("backward, broadcast", "x = tensor(randn(3000, 3000)); w = tensor(randn(3000))", "backward(sum((x * w - mean(x, axis=1, keepdims=true)) ** 2)); x.grad[0, 0] + w.grad[0]"),
    ("sum, var, std, norm 10^7", X, "sum(x) + var(x) + std(x) + norm(x)"),
    ("sum by axes 3000 x 3000", M, "sum(x, axis=0); var(x, axis=1); max(transpose(x), axis=0)"),
    ("argmax, min, prod, logsumexp 10^7", X, "argmax(x) + min(x) + prod(x) + logsumexp(x)"),
    ("cumsum, cumprod 10^7", X, "y = cumsum(x); z = cumprod(x); y[0] + z[0]"),
    ("cumsum by axis 0", M, "y = cumsum(x, axis=0); y[0, 0]"),
    ("sort 10^7", X, "y = sort(x); y[0]"),
    ("sort by axis 0", M, "y = sort(x, axis=0); y[0, 0]"),
    ("sort, topk of 5 10^6 rows of 4", "x = randn(5000000, 4)", "y = sort(x, axis=1); z = topk(x, 2)[0]; y[0, 0]"),
    ("bits of 10^7 integers, indices", "x = randint(0, 1000, (10000000,))", "y = bitwise_xor(x, 3) + left_shift(x, x % 8); z = indices((2000, 2000)); y[0]"),
    ("argsort 10^7", X, "y = argsort(x); y[0]"),
    ("unique 10^7", "x = randint(0, 1000000, (10000000,))", "y = unique(x); y[0]"),
    ("median, quantile 10^7", X, "median(x) + quantile(x, 0.3)"),
    ("histogram, bincount, searchsorted", X + "; e = linspace(-3, 3, 1000); k = randint(0, 1000, (10000000,))", "h = histogram(x, 1000); c = bincount(k); i = searchsorted(e, x); c[0]"),
    ("interp 10^7", X + "; e = linspace(-3, 3, 1000)", "y = interp(x, e, e ** 2); y[0]"),
    ("random numbers 10^7", "n = 10000000", "y = randn(n); z = rand(n); y[0] + z[0]"),
    ("other distributions 10^6", "n = 3000000", "y = random.gamma(2, 1, (n,)); z = poisson(4, (n,)); p = permutation(n); y[0]"),
    ("choice by weights 10^7", "p = ones(10000000) / 10000000", "y = choice(1000, 10000000, p=ones(1000) / 1000); z = choice(10000000, 5, replace=false, p=p); y[0]"),
    ("matmul 2000", "x = randn(2000, 2000)", "y = x @ x; y[0, 0]"),
    ("matmul 2000 transposed, float32", "x = tensor(randn(2000, 2000), dtype=float32)", "y = transpose(x) @ x; y[0, 0]"),
    ("matmul int64 600", "x = randint(0, 9, (600, 600))", "y = x @ x; y[0, 0]"),
    ("matmul of stacks", "x = randn(100000, 5, 5)", "y = x @ x; y[0, 0, 0]"),
    ("matrix times vector", M + "; v = randn(3000)", "y = x @ v; z = v @ x; w = transpose(x) @ v; y[0]"),
    ("outer, kron", "v = randn(3000); k = randn(60, 60)", "y = outer(v, v); z = kron(k, k); y[0, 0]"),
    ("einsum", "x = randn(100, 100, 100)", 'y = einsum("ijk,jkl->il", x, x); z = einsum("ijk,ljk->ilk", x, x); y[0, 0]'),
    ("einsum of three", "x = randn(200, 200)", 'y = einsum("ij,jk,kl->il", x, x, x); y[0, 0]'),
    ("conv_nd and backward", "x = tensor(randn(32, 16, 64, 64)); w = tensor(randn(32, 16, 3, 3))", "y = conv_nd(x, w, stride=1, padding=1); backward(sum(y * y)); w.grad[0, 0, 0, 0]"),
    ("max_pool and backward", "x = tensor(randn(32, 16, 128, 128))", "backward(sum(max_pool(x, (2, 2), stride=2))); x.grad[0, 0, 0, 0]"),
    ("softmax_crossentropy 3000 x 3000", "x = tensor(randn(3000, 3000)); k = randint(0, 3000, (3000,))", "backward(softmax_crossentropy(x, k)); x.grad[0, 0]"),
    ("softmax by axis 0", M, "y = softmax(x, axis=0); y[0, 0]"),
    ("batchnorm", "x = tensor(randn(64, 32, 64, 64))", "backward(sum(batchnorm(x, eps=1e-5) ** 3)); x.grad[0, 0, 0, 0]"),
    ("gather 10^7", X + "; i = permutation(10000000)", "y = x[i]; y[0]"),
    ("scatter 10^7", "x = zeros(10000000); i = permutation(10000000)", "x[i] = 1; x[0]"),
    ("gather, backward", "x = tensor(randn(10000000)); i = permutation(10000000)", "backward(sum(x[i] ** 2)); x.grad[0]"),
    ("mask 10^7", X, "y = x[x > 0]; y[0]; n = nonzero(x > 0)"),
    ("copies and joins 10^7", X, "y = copy(x); z = concatenate([x, x]); t = tile(x, 2); r = roll(x, 3); u = repeat(x, 2); y[0]"),
    ("convolve", "x = randn(100000); k = randn(2000)", "y = convolve(x, k); y[0]"),
    ("print a tensor of 10^6", "x = randn(1000000)", "y = str(x); z = to_json(x)"),
    ("to_json, from_json 10^6", "x = randn(1000000); s = to_json(x)", "y = to_json(x); z = from_json(s)"),
    ("equality, allclose 10^7", X + "; z = copy(x)", "allclose(x, z); array_equal(x, z)"),
    ("sets of statements", "n = 0", "n = n + 1"),
    ("list of 10^6 numbers", "n = 1000000", "l = [k * k for k in range(n)]; m = sort(l); t = tensor(l); s = sum(l)"),
    ("csv, npy of 10^6", "x = randn(1000, 1000); f = \"SCRATCH/table\"", 'savetxt(f + ".csv", x); y = loadtxt(f + ".csv", delimiter=" "); save(f + ".npy", x); z = load(f + ".npy")'),
    ("npz of two 3 10^6", "x = ones(3000000); f = \"SCRATCH/many\"", 'save(f + ".npz", {a: x, b: x})'),
    ("npz of 10^7, compressed", "f = \"SCRATCH/packed.npz\"", "x = load(f); 0"),
    ("plot, scatter 10^7", X, "plot(x); scatter(x, x)"),
    ("hist, heatmap 10^7", X + "; z = reshape(x[:9000000], (3000, 3000))", "hist(x); heatmap(z)"),
    ("graph of 20000 steps, as a file", "y = tensor(1.0); for k in range(20000) { y = sin(y) * 1.01 }; f = \"SCRATCH/graph.dot\"", "graph(y, f)"),
    ("recursion", "def fib(n) { if n < 2 { return n }; return fib(n - 1) + fib(n - 2) }", "fib(30)"),
    ("deep graph, backward", "x = tensor(1.0)", "y = x; for k in range(1000000) { y = y * 1.000001 }; backward(y); x.grad"),
    ("jacobian, hessian", "x = tensor(randn(300))", "j = jacobian(x -> sin(x) * sum(x))(x); h = hessian(x -> sum(sin(x)) ** 2)(x); h[0, 0]"),
    ("ode", "y = 1.0", "z = odeint((y, t) -> -y * t, 1.0, linspace(0, 10, 500)); 0"),
    ("solve 800", SQUARE, "y = linalg.solve(a, b); y[0, 0]", LAPACK),
    ("inv 800", SQUARE, "y = inv(a); y[0, 0]", LAPACK),
    ("det 800", SQUARE, "det(a)", LAPACK),
    ("qr 800", SQUARE, "q = qr(a); 0", LAPACK),
    ("eigh 800", SQUARE, "w = eigh(s); 0", LAPACK),
    ("eig 400", SQUARE, "w = eigvals(s[:400, :400]); 0", LAPACK),
    ("svd 800", SQUARE, "w = svd(a); 0", LAPACK),
    ("lstsq 800", SQUARE, "w = lstsq(a, b); 0", LAPACK),
    ("inv of stacks", "x = randn(100000, 4, 4)", "y = inv(x); y[0, 0, 0]"),
]


def wait_for(stream, text, seconds):
    """Reads until `text` comes; what was read."""
    seen, end = b"", time.monotonic() + seconds
    while text not in seen:
        left = end - time.monotonic()
        if left <= 0 or not select.select([stream], [], [], left)[0]:
            return seen
        piece = os.read(stream.fileno(), 65536)
        if not piece:
            return seen
        seen += piece
    return seen


def start(binary, prepare, statement):
    code = f'seed(1)\n{prepare}\ninput("ready")\nwhile true {{ {statement} }}\n'
    child = subprocess.Popen([binary, "-n", "-q", "-e", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, bufsize=0)
    child.stdin.write(b"\n")
    return child


def one_round(binary, prepare, statement):
    """Seconds that the statement takes once, to spread the moments of the signal over."""
    code = f'seed(1)\n{prepare}\nstarted = time()\n{statement}\nprint("took", time() - started)\n'
    done = subprocess.run([binary, "-n", "-q", "-e", code], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"interrupts.py: {statement}\n{done.stderr}")
    return float(done.stdout.split()[-1])


def latency(binary, prepare, statement, after):
    """Milliseconds from the signal, `after` seconds into the statement, to the report."""
    child = start(binary, prepare, statement)
    try:
        if b"ready" not in wait_for(child.stdout, b"ready", 60):
            sys.exit(f"interrupts.py: {prepare}\n{child.stderr.read().decode()}")
        time.sleep(after)
        begin = time.perf_counter()
        child.send_signal(signal.SIGINT)
        said = wait_for(child.stderr, b"interrupted", 60)
        end = time.perf_counter()
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()
        child.stderr.close()
    if b"interrupted" not in said:
        sys.exit(f"interrupts.py: {statement}\n{said.decode()}")
    return (end - begin) * 1000


def measure(binary, tries, row, scratch):
    name, prepare, statement = row[0], row[1].replace("SCRATCH", scratch), row[2]
    whole = min(max(one_round(binary, prepare, statement), 0.05), 4)
    times = [latency(binary, prepare, statement, whole * (k + 0.5) / tries) for k in range(tries)]
    worst, lapack = max(times), len(row) > 3
    verdict = "within" if worst <= LIMIT_MS else "in LAPACK" if lapack else "LATE"
    print(f"| {name} | {whole * 1000:.0f} | {statistics.median(times):.1f} | {worst:.1f} | {verdict} |", flush=True)
    return verdict != "LATE"


def write_packed(path):
    """An archive of 10^7 zeros, compressed, which the program reads but does not write."""
    head = b"\x93NUMPY\1\0\x76\0" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (10000000,), }".ljust(117) + b"\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", head + bytes(80000000))


def main():
    binary, tries, names = sys.argv[1], int((sys.argv + ["8"])[2]), sys.argv[3:]
    rows = [row for row in STATEMENTS if not names or any(name in row[0] for name in names)]
    print("| statement | takes (ms) | median (ms) | worst (ms) | |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as scratch:
        write_packed(os.path.join(scratch, "packed.npz"))
        return 0 if all([measure(binary, tries, row, scratch) for row in rows]) else 1


if __name__ == "__main__":
    sys.exit(main())
