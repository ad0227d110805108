#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the benchmark scripts beside the peers that are installed and prints medians and ratios from the same run.

usage: bench/run.py BINARY [ROUNDS [FILE]]   each round runs ours and every peer once, in turn; FILE gets the tables
"""
import datetime
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LUA = [shutil.which("lua5.4") or shutil.which("lua") or ""]
PYTHON = ["/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable]

# name, script, unit, peers, bar as (kind, number): at most NUMBER times a peer's time, or at most NUMBER units.
WORKLOADS = [
    ("a", "a_scalar_loop.mg", "ns/iteration", ("lua", "python"), ("lua", 1.0)),
    ("a2", "a2_arithmetic_loop.mg", "ns/iteration", ("lua", "python"), ("python", 0.5)),
    ("p", "p_fibonacci.mg", "ns/call", ("lua", "python"), ("lua", 1.2)),
    ("b", "b_scalar_graph.mg", "ns/operation", (), ("limit", 60)),
    ("c", "c_descent.mg", "ns/step", (), ("limit", 400)),
    ("d", "d_small_network.mg", "ns/step", (), None),
    ("e", "e_elementwise.mg", "ns/element", ("python",), ("python", 1.0)),
    ("g", "g_matmul.mg", "ns/multiply-add", ("python",), ("python", 1.0)),
]


BOTH = ("float64", "float32")

# name, workload, size, element type, threads, bars, limit.
#   bars: ours must be that many times faster than the peer; "best": than the fastest one
#   limit: ("flops", how many) or ("cache" or "memory", bytes): what must be computed or moved at least
TENSOR_WORKLOADS = [
    ("d 100 steps", "d", 0, "float64", 1, {"numpy": 2.5, "torch": 8}, None),
    ("e 10^3", "e", 1000, "float64", 1, {"numpy": 3, "torch": 15}, None),
    *[(f"e 10^{power}", "e", 10**power, kind, threads, {"best": 3 + threads},
       ("cache" if power == 6 else "memory", 10**power * (40 if kind == "float64" else 20)))
      for power in (6, 7) for kind in BOTH for threads in (1, 2)],
    ("e3 10^6", "e3", 10**6, "float64", 1, {"best": 2.5}, ("cache", 8e6)),
    ("f 1000", "f", 1000, "float64", 1, {"torch": 2.5}, ("cache", 16e6)),
    ("g 1024", "g", 1024, "float64", 1, {"numpy": 1.0}, ("flops", 2 * 1024**3)),
    ("g 1024", "g", 1024, "float64", 2, {"numpy": 1.0}, ("flops", 2 * 1024**3)),
    ("g 1024, BLAS as it comes", "g", 1024, "float64", 2, {"best": 3}, ("flops", 2 * 1024**3)),
    ("g 64", "g", 64, "float64", 1, {"numpy": 1.4}, ("flops", 2 * 64**3)),
    ("h", "h", 0, "float32", 1, {"best": 1.2}, ("flops", 104.7e6)),
    ("h", "h", 0, "float32", 2, {"best": 1.6}, ("flops", 104.7e6)),
    ("h", "h", 0, "float64", 1, {"best": 1.0}, ("flops", 104.7e6)),
    ("i", "i", 0, "float64", 1, {"torch": 2}, ("flops", 24.9e6)),
    ("i", "i", 0, "float32", 1, {"torch": 2}, ("flops", 24.9e6)),
    ("i", "i", 0, "float64", 2, {"torch": 2}, ("flops", 24.9e6)),
    ("j 1000", "j", 1000, "float64", 1, {"torch": 2.5}, ("cache", 8e6)),
    ("k", "k", 0, "float64", 1, {"best": 1.8}, None),
    ("l", "l", 0, "float64", 1, {"best": 1.0}, ("flops", 4e6)),
    ("m", "m", 0, "float64", 1, {"torch": 1.0}, None),
    ("m", "m", 0, "float32", 1, {"torch": 1.0}, None),
    ("bn", "bn", 0, "float64", 1, {"torch": 1.0}, ("cache", 3 * 4.2e6)),
    ("bn", "bn", 0, "float32", 1, {"torch": 1.0}, ("cache", 3 * 2.1e6)),
    ("n cumsum 10^6", "n", 10**6, "float64", 1, {"best": 2}, ("cache", 32e6)),
    ("n sort 10^6", "sort", 10**6, "float64", 1, {"best": 3}, None),
    ("n argsort 10^6", "argsort", 10**6, "float64", 1, {"best": 3}, None),
    ("s n = 10, 100 products", "s", 10, "float64", 1, {"torch": 40}, None),
    ("s n = 1000, 100 products", "s", 1000, "float64", 1, {"torch": 5}, None),
    ("t sum 10^7", "sum", 10**7, "float64", 1, {"best": 1.0}, ("read", 8e7)),
    ("t sum 10^7", "sum", 10**7, "float64", 2, {"best": 1.0}, ("read", 8e7)),
    ("t var 10^7", "var", 10**7, "float64", 1, {"best": 2}, ("read", 8e7)),
]


def peer_command(peer, workload):
    if peer == "lua":
        return LUA + [os.path.join(HERE, "peers", "loops.lua"), workload] if LUA[0] else None
    return PYTHON + [os.path.join(HERE, "peers", "loops.py"), workload]


def measure(command, variables=None):
    """The figure a benchmark prints, or None when it cannot run here."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False, env=variables)
    try:
        return float(done.stdout.split()[-1])
    except (ValueError, IndexError):
        return None


def whole_process(command):
    """Seconds of a process."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def peak_memory(binary, script):
    """Peak bytes of a script, as the process itself reads them at its end: a parent's figure would include the parent."""
    done = subprocess.run([binary, "-e", f'import "{script}"', "-e", 'print(read_file("/proc/self/status"))'],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return next((int(line.split()[1]) * 1024 for line in done.stdout.splitlines() if line.startswith("VmHWM")), 0)


def verdict(passed):
    return "pass" if passed else "FALLS SHORT"


def run_workload(binary, rounds, workload):
    name, script, unit, peers, bar = workload
    figures = {}
    for _ in range(rounds):
        for who in ("mgrad",) + peers:
            command = [binary, os.path.join(HERE, script)] if who == "mgrad" else peer_command(who, name)
            figure = measure(command) if command else None
            if figure is not None:
                figures.setdefault(who, []).append(figure)
    if "mgrad" not in figures:
        say(f"{name:3} does not run")
        return False
    medians = {who: statistics.median(values) for who, values in figures.items()}
    ours = medians.pop("mgrad")
    text = "  ".join(f"{who} {value:.3g} (ratio {value / ours:.2f})" for who, value in medians.items())
    passed, wanted = True, ""
    if bar and bar[0] == "limit":
        passed, wanted = ours <= bar[1], f"<= {bar[1]}"
    elif bar and bar[0] in medians:
        passed, wanted = ours <= bar[1] * medians[bar[0]], f"<= {bar[1]} x {bar[0]}"
    say(f"{name:3} {ours:9.3g} {unit:15} {text:50} {wanted:14} {verdict(passed) if wanted else ''}")
    return passed


def run_start(binary, rounds):
    script = os.path.join(HERE, "o_start.mg")
    seconds = statistics.median(whole_process([binary, script]) for _ in range(rounds * 5))
    floor = statistics.median(whole_process(["/bin/true"]) for _ in range(rounds * 5))
    memory = peak_memory(binary, script)
    passed = seconds <= 0.003 and memory <= 8 << 20
    say(f"o   {seconds * 1e3:9.3g} ms to the first gradient, {memory / 2**20:.1f} MB (/bin/true {floor * 1e3:.2f} ms)   "
          f"<= 3 ms, 8 MB  {verdict(passed)}")
    return passed


def run_deep(binary):
    script = os.path.join(HERE, "q_deep_graph.mg")
    base = peak_memory(binary, os.path.join(HERE, "o_start.mg"))
    seconds = whole_process([binary, script])
    per_operation = (peak_memory(binary, script) - base) / 1e7
    passed = per_operation <= 96
    say(f"q   {seconds * 100:9.3g} ns/operation, {per_operation:.1f} bytes per operation (10^7 operations)   "
          f"<= 96 bytes    {verdict(passed)}")
    return passed


def processor_flags():
    lines = open("/proc/cpuinfo", encoding="utf-8") if os.path.exists("/proc/cpuinfo") else []
    return next((line.split() for line in lines if line.startswith("flags")), [])


def core_type():
    """What OpenBLAS should take this processor for: releases of some years ago take recent ones for very old ones."""
    flags = processor_flags()
    return "SkylakeX" if "avx512vl" in flags else "Haswell" if "avx2" in flags and "fma" in flags else None


def environment(threads, tuned):
    """Of one run: the number of threads, and for the peers the right core type of OpenBLAS, or what it finds itself."""
    variables = dict(os.environ, MGRAD_THREADS=str(threads))
    if tuned and core_type():
        variables.setdefault("OPENBLAS_CORETYPE", core_type())
    return variables


def tensor_medians(binary, rounds, row):
    """Median seconds of ours and of each peer that can run it, taken in turn."""
    name, workload, size, kind, threads = row[:5]
    words = [workload, str(size), kind]
    commands = {"mgrad": [binary, os.path.join(HERE, "tensors.mg")] + words}
    for peer in ("numpy", "torch"):
        commands[peer] = PYTHON + [os.path.join(HERE, "peers", "tensors.py"), peer] + words + [str(threads)]
    variables = environment(threads, "as it comes" not in name)
    figures = {}
    for _ in range(rounds):
        for who, command in commands.items():
            figure = measure(command, variables)
            if figure is not None:
                figures.setdefault(who, []).append(figure)
    return {who: statistics.median(values) for who, values in figures.items()}


def measure_limits():
    """What the machine can do at most on one thread, from limits.c; nothing where that cannot be compiled."""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "limits")
        compiler = os.environ.get("CC", "cc").split() + ["-O3", "-march=native", "-std=gnu11"]
        try:
            subprocess.run(compiler + ["-o", program, os.path.join(HERE, "limits.c")], check=True,
                           stderr=subprocess.DEVNULL)
            text = subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True).stdout
        except (OSError, subprocess.CalledProcessError):
            return {}
    return {line.split()[0]: float(line.split()[1]) * 1e9 for line in text.splitlines()}


def reached(limits, row, seconds):
    """How much of the machine's limit a row reaches, "62 %", or "-"."""
    kind, threads, limit = row[3], row[4], row[6]
    if not limit or not limits:
        return "-"
    what, amount = limit
    name = {"flops": kind, "cache": "cache_copy", "memory": "memory_copy", "read": "memory_read"}[what]
    return f"{100 * amount / (limits[name] * threads) / seconds:.0f} %"


def run_tensors(binary, rounds, limits, row):
    name, kind, threads, bars = row[0], row[3], row[4], row[5]
    medians = tensor_medians(binary, rounds, row)
    ours = medians.pop("mgrad", None)
    start = f"| {name} | {kind} | {threads} |"
    if ours is None:
        say(f"{start} does not run | | | | | FALLS SHORT |")
        return False
    ratios = {who: seconds / ours for who, seconds in medians.items()}
    if ratios:
        ratios["best"] = min(ratios.values())
    passed = all(ratios[who] >= bar for who, bar in bars.items() if who in ratios)
    peers = [f"{medians[who] * 1e3:.3g} ({ratios[who]:.1f})" if who in medians else "-" for who in ("numpy", "torch")]
    wanted = ", ".join(f"{bar} x {who}" for who, bar in bars.items())
    say(f"{start} {ours * 1e3:.3g} | {peers[0]} | {peers[1]} | {reached(limits, row, ours)} | {wanted} | {verdict(passed)} |")
    return passed


LINES = []


def say(line):
    print(line, flush=True)
    LINES.append(line)


def describe_machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), "unknown processor")
    return f"{datetime.date.today()}, {model}, {os.cpu_count()} processors"


def first_line(command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
        return done.stdout.splitlines()[0].strip() if done.stdout else None
    except OSError:
        return None


def describe_versions(binary):
    versions = [first_line([binary, "-V"])]
    for module in ("numpy", "torch"):
        version = first_line(PYTHON + ["-c", f"import {module}; print({module}.__version__)"])
        versions.append(f"{module} {version}" if version else f"no {module}")
    if LUA[0]:
        versions.append(" ".join((first_line(LUA + ["-v"]) or "").split()[:2]))
    return ", ".join(version for version in versions if version)


def describe_limits(limits):
    if not limits:
        return "The machine's limits are not known: bench/limits.c does not compile here."
    named = [("float64", "multiply-adds in float64", "GFLOP/s"), ("float32", "in float32", "GFLOP/s"),
             ("cache_read", "reading 8 MB", "GB/s"), ("cache_copy", "copying them", "GB/s"),
             ("memory_read", "reading 80 MB", "GB/s"), ("memory_copy", "copying 256 MB", "GB/s")]
    figures = ", ".join(f"{text} {limits[name] * 1e-9:.3g} {unit}" for name, text, unit in named)
    return f"Limits of one thread: {figures} (bench/limits.c)."


def main():
    binary = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    limits = measure_limits()
    say(f"# Benchmarks\n\nWritten by `make bench` on {describe_machine()}; medians of {rounds} rounds in which all take turns.")
    say(f"Versions: {describe_versions(binary)}.\n\n{describe_limits(limits)}")
    say("\n## Numbers, scalars and the process\n\n```")
    results = [run_workload(binary, rounds, workload) for workload in WORKLOADS]
    results += [run_start(binary, rounds), run_deep(binary)]
    say("```\n\n## Tensors\n\nMilliseconds; in brackets how many times faster ours is. NumPy's gradients are derived by hand. "
        "The peers' BLAS\nis told what processor this is, but in the row that says otherwise. A limit is what one or two "
        "threads could do if\nthey did nothing but the arithmetic, or the traffic, that cannot be left out.\n")
    say("| workload | type | threads | mgrad | NumPy | PyTorch | of the limit | bar | |")
    say("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    results += [run_tensors(binary, rounds, limits, row) for row in TENSOR_WORKLOADS]
    say(f"\n{sum(results)} of {len(results)} rows pass.")
    if len(sys.argv) > 3:
        with open(sys.argv[3], "w", encoding="utf-8") as page:
            page.write("\n".join(LINES) + "\n")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
