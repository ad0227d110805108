#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the benchmark scripts beside the peers that are installed and prints medians and ratios from the same run.

usage: bench/run.py BINARY [rounds]      each round runs ours and every peer once, in turn
"""
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
    """Seconds and peak bytes of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - start, usage.ru_maxrss * 1024


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
        print(f"{name:3} does not run")
        return False
    medians = {who: statistics.median(values) for who, values in figures.items()}
    ours = medians.pop("mgrad")
    text = "  ".join(f"{who} {value:.3g} (ratio {value / ours:.2f})" for who, value in medians.items())
    passed, wanted = True, ""
    if bar and bar[0] == "limit":
        passed, wanted = ours <= bar[1], f"<= {bar[1]}"
    elif bar and bar[0] in medians:
        passed, wanted = ours <= bar[1] * medians[bar[0]], f"<= {bar[1]} x {bar[0]}"
    print(f"{name:3} {ours:9.3g} {unit:15} {text:50} {wanted:14} {verdict(passed) if wanted else ''}")
    return passed


def run_start(binary, rounds):
    script = os.path.join(HERE, "o_start.mg")
    runs = [whole_process([binary, script]) for _ in range(rounds * 5)]
    floor = statistics.median(whole_process(["/bin/true"])[0] for _ in range(rounds * 5))
    seconds = statistics.median(run[0] for run in runs)
    memory = max(run[1] for run in runs)
    passed = seconds <= 0.003 and memory <= 8 << 20
    print(f"o   {seconds * 1e3:9.3g} ms to the first gradient, {memory / 2**20:.1f} MB (/bin/true {floor * 1e3:.2f} ms)   "
          f"<= 3 ms, 8 MB  {verdict(passed)}")
    return passed


def run_deep(binary):
    script = os.path.join(HERE, "q_deep_graph.mg")
    base = whole_process([binary, os.path.join(HERE, "o_start.mg")])[1]
    seconds, memory = whole_process([binary, script])
    per_operation = (memory - base) / 1e7
    passed = per_operation <= 96
    print(f"q   {seconds * 100:9.3g} ns/operation, {per_operation:.1f} bytes per operation (10^7 operations)   "
          f"<= 96 bytes    {verdict(passed)}")
    return passed


def main():
    binary = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    results = [run_workload(binary, rounds, workload) for workload in WORKLOADS]
    results += [run_start(binary, rounds), run_deep(binary)]
    sys.exit(0 if all(results) else 1)


main()
