"""Times the peers' metrics beside `ResearchKit.Benchmarks metrics`: each in a process of its own, in turn, on the same seeded features, with the same number of threads.

Run: python3 metrics_speed.py BENCHMARKS_PROGRAM PRDC_CHECKOUT [--pairs 3] [--threads 2] [--cases frechet-full frechet-short prdc] [--blas FOLDER]
NumPy must compute with OpenBLAS or MKL: Debian's own default, the reference BLAS, is fifteen times slower and no peer. --blas names a folder with another libblas.so.3, for the peer alone.
Fréchet: mean, np.cov and scipy.linalg.sqrtm as pytorch-fid and dgm-eval compute it (the full case starts from statistics, the short one from features). prdc: its own compute_prdc.
"""
import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import time

CASES = ["frechet-full", "frechet-short", "prdc"]
p = argparse.ArgumentParser()
p.add_argument("program")
p.add_argument("prdc")
p.add_argument("--pairs", type=int, default=3)
p.add_argument("--threads", type=int, default=2)
p.add_argument("--cases", nargs="+", default=CASES)
p.add_argument("--blas")
p.add_argument("--peer", help="run one case of the peer and print it: how this script calls itself")
a = p.parse_args()


def peer(case):
    import numpy as np
    import scipy.linalg
    import torch

    with open("/proc/self/maps") as maps:
        if not re.search("openblas|mkl", maps.read()):
            sys.exit("NumPy computes with neither OpenBLAS nor MKL; install one (apt: libopenblas0-pthread) or name its folder with --blas")
    torch.set_num_threads(a.threads)
    g = torch.Generator().manual_seed(2020)
    n, d = {"frechet-full": (4096, 2048), "frechet-short": (1000, 2048), "prdc": (10000, 512), "prdc-published": (10000, 1000)}[case]
    x, y = (torch.randn(n, d, generator=g, dtype=torch.float64).numpy() for _ in range(2))

    def moments(s):
        return s.mean(0), np.cov(s, rowvar=False)

    def frechet(m1, s1, m2, s2):
        root, _ = scipy.linalg.sqrtm(s1.dot(s2), disp=False)
        return ((m1 - m2) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * np.trace(root).real

    def density():
        r = compute_prdc(y, x, 5)
        return " ".join(f"{r[k]:.10g}" for k in ("precision", "recall", "density", "coverage"))

    if case.startswith("prdc"):
        sys.path.insert(0, a.prdc)
        from prdc.prdc import compute_prdc  # its imports are not timed

        compute = density
    elif case == "frechet-full":
        given = (*moments(x), *moments(y))
        compute = lambda: f"{frechet(*given):.10g}"
    else:
        compute = lambda: f"{frechet(*moments(x), *moments(y)):.10g}"
    start = time.perf_counter()
    value = compute()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(f"{case} {seconds:.3f} s, peak {peak:.0f} MB, value {value}")


def run(command, blas=None):
    environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(a.threads), OMP_NUM_THREADS=str(a.threads))
    if blas:
        environment["LD_LIBRARY_PATH"] = blas
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment)
    if result.returncode:
        sys.exit(f"{command[0]} ended with {result.returncode}; its message stands above")
    line = result.stdout.strip().splitlines()[-1]
    seconds, peak, value = re.fullmatch(r"\S+ (\S+) s, peak (\d+) MB, value (.*)", line).groups()
    return float(seconds), int(peak), value


if a.peer:
    peer(a.peer)
    sys.exit()
for case in a.cases:
    ours, theirs = [], []
    for _ in range(a.pairs):
        ours.append(run([a.program, "metrics", case, "--threads", str(a.threads)]))
        theirs.append(run([sys.executable, os.path.abspath(__file__), a.program, a.prdc, "--threads", str(a.threads), "--peer", case], a.blas))
    kit, other = (statistics.median(r[0] for r in side) for side in (ours, theirs))
    print(f"{case}, {a.threads} threads, {a.pairs} pairs: ResearchKit {kit:.2f} s ({min(ours)[0]:.2f} to {max(ours)[0]:.2f}), peak {max(r[1] for r in ours)} MB; "
          f"peer {other:.2f} s ({min(theirs)[0]:.2f} to {max(theirs)[0]:.2f}), peak {max(r[1] for r in theirs)} MB; ratio of medians {kit / other:.2f}\n"
          f"  values {ours[0][2]} | {theirs[0][2]}", flush=True)
