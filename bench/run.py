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


# name, workload, size, element type, bars: ours must be that many times faster than the peer ("best": the faster one).
TENSOR_WORKLOADS = [
    ("e 10^3", "e", 1000, "float64", {"numpy": 3, "torch": 15}),
    ("e 10^6", "e", 1000000, "float64", {"best": 4}),
    ("e 10^6 float32", "e", 1000000, "float32", {"best": 4}),
    ("e 10^7", "e", 10000000, "float64", {"best": 4}),
    ("e3 10^6", "e3", 1000000, "float64", {"best": 2.5}),
    ("f 1000", "f", 1000, "float64", {"torch": 2.5}),
    ("g 1024", "g", 1024, "float64", {"numpy": 1.0}),
    ("g 64", "g", 64, "float64", {"numpy": 1.4}),
    ("h float32", "h", 0, "float32", {"best": 1.2}),
    ("i", "i", 0, "float64", {"torch": 2}),
    ("j 1000", "j", 1000, "float64", {"torch": 2.5}),
    ("k", "k", 0, "float64", {"best": 1.8}),
    ("n cumsum 10^6", "n", 1000000, "float64", {"best": 2}),
    ("n sort 10^6", "sort", 1000000, "float64", {"best": 3}),
    ("n argsort 10^6", "argsort", 1000000, "float64", {"best": 3}),
    ("s n = 10", "s", 10, "float64", {"torch": 40}),
    ("s n = 1000", "s", 1000, "float64", {"torch": 5}),
    ("t sum 10^7", "sum", 10000000, "float64", {"best": 1.0}),
    ("t var 10^7", "var", 10000000, "float64", {"best": 2}),
]


def peer_command(peer, workload):
    if peer == "lua":
        return LUA + [os.path.join(HERE, "peers", "loops.lua"), workload] if LUA[0] else None
    return PYTHON + [os.path.join(HERE, "peers", "loops.py"), workload]


def measure(command):
    """The figure a benchmark prints, or None when it cannot run here."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
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


def tensor_medians(binary, rounds, workload, size, kind):
    """Median seconds of ours and of each peer that can run it, taken in turn."""
    words = [workload, str(size), kind]
    commands = {"mgrad": [binary, os.path.join(HERE, "tensors.mg")] + words}
    for peer in ("numpy", "torch"):
        commands[peer] = PYTHON + [os.path.join(HERE, "peers", "tensors.py"), peer] + words
    figures = {}
    for _ in range(rounds):
        for who, command in commands.items():
            figure = measure(command)
            if figure is not None:
                figures.setdefault(who, []).append(figure)
    return {who: statistics.median(values) for who, values in figures.items()}


def run_tensors(binary, rounds, row):
    name, workload, size, kind, bars = row
    medians = tensor_medians(binary, rounds, workload, size, kind)
    ours = medians.pop("mgrad", None)
    if ours is None:
        say(f"| {name} | does not run | | | | FALLS SHORT |")
        return False
    ratios = {who: seconds / ours for who, seconds in medians.items()}
    if ratios:
        ratios["best"] = min(ratios.values())
    passed = all(ratios[who] >= bar for who, bar in bars.items() if who in ratios)
    peers = [f"{medians[who] * 1e3:.3g} ({ratios[who]:.1f})" if who in medians else "-" for who in ("numpy", "torch")]
    wanted = ", ".join(f">= {bar} x {who}" for who, bar in bars.items())
    say(f"| {name} | {ours * 1e3:.3g} | {peers[0]} | {peers[1]} | {wanted} | {verdict(passed)} |")
    return passed


LINES = []


def say(line):
    print(line, flush=True)
    LINES.append(line)


def describe_machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), "unknown processor")
    return f"{datetime.date.today()}, {model}, {os.cpu_count()} processors"


def main():
    binary = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    say(f"# Benchmarks\n\nWritten by `make bench` on {describe_machine()}; medians of {rounds} rounds in which all take turns.")
    say("\n## Numbers, scalars and the process\n\n```")
    results = [run_workload(binary, rounds, workload) for workload in WORKLOADS]
    results += [run_start(binary, rounds), run_deep(binary)]
    say("```\n\n## Tensors\n\nMilliseconds; in brackets how many times faster ours is. NumPy's gradients are derived by hand.\n")
    say("| workload | mgrad | NumPy | PyTorch | bar | |\n| --- | --- | --- | --- | --- | --- |")
    results += [run_tensors(binary, rounds, row) for row in TENSOR_WORKLOADS]
    if len(sys.argv) > 3:
        with open(sys.argv[3], "w", encoding="utf-8") as page:
            page.write("\n".join(LINES) + "\n")
    sys.exit(0 if all(results) else 1)


main()
