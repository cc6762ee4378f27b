"""Runs `ResearchKit.Benchmarks train-step` and train_step.py in turn on the same case and prints each pair, the medians and their ratio.

Run: python3 train_step_pairs.py BENCHMARKS_PROGRAM [--cases CASE ...] [--pairs 5] [--threads 1] [--device cpu] [--precision Full] [--steps N] [--features N] [--blocks 5] [--unread]
Both read every step's numbers and keep an averaged generator, unless --unread. A ratio above 1 means that the kit is faster.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys

STEPS = {"toy16": 500, "toy128": 150, "dcgan28": 30, "dcgan32": 20, "dcgan64": 5, "wgan-gp": 15, "sngan32": 5, "stylegan32": 16, "r3gan32": 3, "stylegan256": 16, "r3gan64": 4}
p = argparse.ArgumentParser()
p.add_argument("program")
p.add_argument("--cases", nargs="+", default=["toy16", "toy128", "dcgan32", "wgan-gp"])
p.add_argument("--pairs", type=int, default=5)
p.add_argument("--threads", default="1")
p.add_argument("--device", default="cpu")
p.add_argument("--precision", default="Full")
p.add_argument("--steps")
p.add_argument("--features")
p.add_argument("--blocks", default="5")
p.add_argument("--unread", action="store_true")
a = p.parse_args()

environment = os.environ | {"OPENBLAS_NUM_THREADS": a.threads, "OMP_NUM_THREADS": a.threads}
peer = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "train_step.py")]


def rate(command):
    text = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()
    print("   ", text, flush=True)
    return float(re.search(r"median ([\d.]+) steps/s", text).group(1))


for case in a.cases:
    common = [case, "--device", a.device, "--threads", a.threads, "--precision", a.precision, "-n", a.steps or str(STEPS[case]), "--blocks", a.blocks]
    common += ["--features", a.features] if a.features else []
    kit = [a.program, "train-step", *common] + (["--unread"] if a.unread else [])
    pairs = [(rate(kit), rate(peer + common + ([] if a.unread else ["--read"]))) for _ in range(a.pairs)]
    ours, theirs = (statistics.median(side) for side in zip(*pairs))
    print(f"{case}: ResearchKit {ours:.1f}, PyTorch {theirs:.1f} steps/s (medians of {a.pairs}); ratio {ours / theirs:.2f}, pair by pair {', '.join(f'{x / y:.2f}' for x, y in pairs)}", flush=True)
