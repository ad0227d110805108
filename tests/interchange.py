#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""interchange.py BINARY: NumPy reads what mgrad writes, and mgrad what NumPy writes.  Prints `N passed, M failed`."""
import json
import os
import subprocess
import sys
import tempfile

import numpy

BINARY = os.path.abspath(sys.argv[1])
SHAPES = [(), (1,), (5,), (0,), (2, 3), (3, 0), (2, 3, 4), (1, 2, 1, 2)]
WRITTEN = {"float64": "f8", "float32": "f4", "int64": "i8", "int32": "i4", "uint8": "u1", "bool": "b1"}
READ = ["<f8", ">f8", "<f4", ">f4", "<f2", "<i8", ">i8", "<i4", ">i4", "<i2", ">i2", "|i1", "|u1", "<u2", ">u4", "<u8",
        "|b1"]


def numbers(shape, dtype):
    count = int(numpy.prod(shape))
    plain = (numpy.arange(count) * 37 % 11 - (0 if numpy.dtype(dtype).kind in "ub" else 5)).reshape(shape)
    return (plain * 0.5 if numpy.dtype(dtype).kind == "f" else plain).astype(dtype)


def run(lines):
    """What a program prints: one JSON value per line."""
    result = subprocess.run([BINARY, "/dev/stdin"], input="\n".join(lines), capture_output=True, text=True)
    if result.returncode:
        sys.exit("mgrad failed: " + result.stderr)
    return [json.loads(line) for line in result.stdout.splitlines()]


def same(shown, array):
    shape, values = shown
    numbers_shown = numpy.array(values, dtype=float)
    return tuple(shape) == array.shape and numpy.array_equal(numbers_shown.reshape(array.shape), array.astype(float))


def written_by_numpy(folder):
    arrays, lines = [], []
    for kind in READ:
        for shape in SHAPES:
            for order in "CF":
                for version in ((1, 0), (2, 0), (3, 0)):
                    path = os.path.join(folder, f"n{len(arrays)}.npy")
                    array = numpy.asarray(numbers(shape, kind), order=order)
                    with open(path, "wb") as file:
                        numpy.lib.format.write_array(file, array, version=version)
                    arrays.append(array)
                    lines.append(f'x = load("{path}"); print(to_json((x.shape, x)))')
    return [(f"load {a.dtype} {a.shape}", same(shown, a)) for a, shown in zip(arrays, run(lines))]


def archives_of_numpy(folder):
    results = []
    for save in (numpy.savez, numpy.savez_compressed):
        path = os.path.join(folder, "n.npz")
        fields = {"w": numbers((50, 40), "f8"), "b": numbers((3,), "f4"), "n": numbers((), "i8")}
        save(path, **fields)
        lines = [f'r = load("{path}")'] + [f"print(to_json((r.{name}.shape, r.{name})))" for name in fields]
        results += [(f"{save.__name__} {name}", same(shown, a)) for (name, a), shown in zip(fields.items(), run(lines))]
    return results


def written_by_mgrad(folder):
    lines, wanted = [], []
    for name, kind in WRITTEN.items():
        for shape in SHAPES:
            array = numbers(shape, kind)
            path = os.path.join(folder, f"m{len(wanted)}.npy")
            flat = json.dumps(array.ravel().tolist())
            lines.append(f'save("{path}", reshape(tensor({flat}, dtype={name}), {tuple(array.shape)}).T)')
            wanted.append((path, array.T))
    run(lines)
    return [(f"save {a.dtype} {a.shape}", (lambda b: b.dtype == a.dtype and numpy.array_equal(a, b))(numpy.load(path)))
            for path, a in wanted]


def archives_of_mgrad(folder):
    path = os.path.join(folder, "m.npz")
    run([f'm = {{w: tensor([[1, 2], [3, 4]]), n: {{k: 5}}}}; backward(sum(m.w ** 2)); save("{path}", m)'])
    with numpy.load(path) as archive:
        return [("names of an archive", sorted(archive.files) == ["n.k", "w", "w.grad"]),
                ("values of an archive", numpy.array_equal(archive["w"], [[1, 2], [3, 4]]) and archive["n.k"] == 5),
                ("gradients of an archive", numpy.array_equal(archive["w.grad"], [[2, 4], [6, 8]]))]


def nested_archives(folder):
    """NumPy reads every array of nested records and tuples, and writes them again in any order."""
    path, again = os.path.join(folder, "t.npz"), os.path.join(folder, "u.npz")
    run([f'save("{path}", {{layers: ({{w: [1, 2], b: ()}}, {{w: [[3]]}})}})'])
    with numpy.load(path) as archive:
        arrays = dict(archive)
    wanted = {"layers.()": 2, "layers.0.w": [1, 2], "layers.0.b.()": 0, "layers.1.w": [[3]]}
    numpy.savez(again, **dict(reversed(arrays.items())))
    shown = run([f'print(to_json(load("{again}").layers[{k}].w))' for k in range(2)])
    return [("names of a nested archive", arrays.keys() == wanted.keys()),
            ("values of a nested archive", all(numpy.array_equal(arrays[name], wanted[name]) for name in wanted)),
            ("a nested archive from NumPy", shown == [[1, 2], [[3]]])]


def main():
    with tempfile.TemporaryDirectory() as folder:
        results = written_by_numpy(folder) + archives_of_numpy(folder)
        results += written_by_mgrad(folder) + archives_of_mgrad(folder) + nested_archives(folder)
    for name, good in results:
        if not good:
            print("FAILED", name)
    failed = sum(not good for _, good in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
