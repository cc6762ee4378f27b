"""Times the peers' metrics beside `ResearchKit.Benchmarks metrics`: each in a process of its own, in turn, on the same seeded features, with the same number of threads.

Run: python3 metrics_speed.py BENCHMARKS_PROGRAM [--prdc CHECKOUT] [--pairs 3] [--threads 2] [--cases frechet-full frechet-short prdc kid mind] [--blas FOLDER]
NumPy must compute with OpenBLAS or MKL: Debian's own default, the reference BLAS, is fifteen times slower and no peer. --blas names a folder with another libblas.so.3, for the peer alone.
Fréchet: mean, np.cov and scipy.linalg.sqrtm as pytorch-fid and dgm-eval compute it (the full case starts from statistics, the short one from features). prdc: compute_prdc of
a checkout of clovaai/generative-evaluation-prdc, or, without one, what it does, written down here; the kit takes density and coverage and, for prdc-both,
precision and recall by the other convention too. kid, mind: torch-fidelity's way, in PyTorch on float32 features of 50,000 x 2,048; the kit computes in float64.
"""
import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import time

CASES = ["frechet-full", "frechet-short", "prdc", "kid", "mind"]
p = argparse.ArgumentParser()
p.add_argument("program")
p.add_argument("--prdc")
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
    n, d = {"frechet-full": (10000, 2048), "frechet-short": (1000, 2048), "prdc": (10000, 512), "prdc-both": (10000, 512), "prdc-published": (10000, 1000),
            "kid": (50000, 2048), "mind": (50000, 2048)}[case]
    dtype = torch.float32 if case in ("kid", "mind") else torch.float64
    x, y = (torch.randn(n, d, generator=g, dtype=dtype).numpy() for _ in range(2))

    def moments(s):
        return s.mean(0), np.cov(s, rowvar=False)

    def frechet(m1, s1, m2, s2):
        root, _ = scipy.linalg.sqrtm(s1.dot(s2), disp=False)
        return ((m1 - m2) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * np.trace(root).real

    def density():
        r = compute_prdc(y, x, 5)
        return " ".join(f"{r[k]:.10g}" for k in ("precision", "recall", "density", "coverage"))

    def kernel_distance():
        random, values = np.random.RandomState(2020), []
        for _ in range(100):
            f, h = (torch.from_numpy(s[random.choice(len(s), 1000, replace=False)]) for s in (x, y))
            ff, hh, fh = ((u @ v.T / d + 1) ** 3 for u, v in ((f, f), (h, h), (f, h)))
            values.append(((ff.sum() - ff.trace() + hh.sum() - hh.trace()) / (1000 * 999) - 2 * fh.mean()).item())
        return f"{np.mean(values):.6g} {np.std(values):.6g}"

    def sliced():
        u = torch.randn(1000, d, generator=torch.Generator().manual_seed(2020))
        u = u / u.norm(dim=1, keepdim=True)
        f, h = torch.from_numpy(x), torch.from_numpy(y)
        total = sum(((b @ f.T).sort(1).values - (b @ h.T).sort(1).values).square().mean(1).sum().item() for b in u.split(80))
        return f"{3 * d * total / 1000:.6g}"

    if case.startswith("prdc"):
        if a.prdc:
            sys.path.insert(0, a.prdc)
            from prdc.prdc import compute_prdc  # its imports are not timed
        else:
            from sklearn.metrics import pairwise_distances

            def distances(u, v):
                return pairwise_distances(u, v, metric="euclidean", n_jobs=8)

            def radii(u, k):
                among = distances(u, u)
                nearest = np.argpartition(among, k + 1, axis=-1)[..., :k + 1]
                return np.take_along_axis(among, nearest, axis=-1).max(axis=-1)

            def compute_prdc(real, fake, k):
                real_radii, fake_radii, between = radii(real, k), radii(fake, k), distances(real, fake)
                return {"precision": (between < real_radii[:, None]).any(axis=0).mean(), "recall": (between < fake_radii[None]).any(axis=1).mean(),
                        "density": (between < real_radii[:, None]).sum(axis=0).mean() / k, "coverage": (between.min(axis=1) < real_radii).mean()}

        compute = density
    elif case in ("kid", "mind"):
        compute = kernel_distance if case == "kid" else sliced
    elif case == "frechet-full":
        given = (*moments(x), *moments(y))
        compute = lambda: f"{frechet(*given):.10g}"
    else:
        compute = lambda: f"{frechet(*moments(x), *moments(y)):.10g}"
    start, cpu = time.perf_counter(), time.process_time()
    value = compute()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(f"{case} {seconds:.3f} s, processor {cpu:.3f} s, peak {peak:.0f} MB, value {value}")


def run(command, blas=None):
    environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(a.threads), OMP_NUM_THREADS=str(a.threads))
    if blas:
        environment["LD_LIBRARY_PATH"] = blas
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment)
    if result.returncode:
        sys.exit(f"{command[0]} ended with {result.returncode}; its message stands above")
    line = result.stdout.strip().splitlines()[-1]
    seconds, cpu, peak, value = re.fullmatch(r"\S+ (\S+) s, processor (\S+) s, peak (\d+) MB, value (.*)", line).groups()
    return float(seconds), float(cpu), int(peak), value


if a.peer:
    peer(a.peer)
    sys.exit()
for case in a.cases:
    ours, theirs = [], []
    for _ in range(a.pairs):
        ours.append(run([a.program, "metrics", case, "--threads", str(a.threads)]))
        peer_options = ["--prdc", a.prdc] if a.prdc else []
        theirs.append(run([sys.executable, os.path.abspath(__file__), a.program, *peer_options, "--threads", str(a.threads), "--peer", case], a.blas))
        print(f"  {case}: {ours[-1]} | {theirs[-1]}", flush=True)
    (kit, kit_cpu), (other, other_cpu) = ([statistics.median(r[i] for r in side) for i in range(2)] for side in (ours, theirs))
    print(f"{case}, {a.threads} threads, {a.pairs} pairs, medians: ResearchKit {kit:.2f} s, processor {kit_cpu:.2f} s, peak {max(r[2] for r in ours)} MB; "
          f"peer {other:.2f} s, processor {other_cpu:.2f} s, peak {max(r[2] for r in theirs)} MB; ratio {kit / other:.2f}, of processor time "
          f"{kit_cpu / other_cpu:.2f}", flush=True)
