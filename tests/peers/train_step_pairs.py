"""Runs `ResearchKit.Benchmarks train-step` and train_step.py in turn on the same case and prints each pair, the medians and their ratio.

Run: python3 train_step_pairs.py BENCHMARKS_PROGRAM [--cases CASE[:FEATURES] ...] [--pairs 5] [--threads 1] [--device cpu] [--precision Full] [--steps N] [--features N] [--blocks 5] [--unread]
     [--compile] [--only-compiled] [--limit SECONDS] [--json FILE]
Both read every step's numbers and keep an averaged generator, unless --unread. A ratio above 1 means that the kit is faster. --compile adds PyTorch with torch.compile to each pair,
--only-compiled leaves its eager form out. What cannot run is told with its last line, and the next goes on; exit code 1 where that was not torch.compile's absence.
--json adds a line of JSON for each case to FILE as soon as it is done. --limit: of each process.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys

STEPS = {"toy16": 500, "toy128": 150, "dcgan28": 30, "dcgan32": 20, "dcgan64": 5, "wgan-gp": 15, "sngan32": 5, "stylegan32": 16, "r3gan32": 3, "stylegan256": 16, "r3gan64": 4}
ON_A_GPU = {"dcgan28": 100, "dcgan32": 100, "dcgan64": 60, "wgan-gp": 60, "sngan32": 30, "stylegan32": 32, "r3gan32": 20, "r3gan64": 8}
ABSENT = 4  # of train_step.py: no torch.compile here
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
p.add_argument("--compile", action="store_true")
p.add_argument("--only-compiled", action="store_true")
p.add_argument("--limit", type=float)
p.add_argument("--json")
a = p.parse_args()

environment = os.environ | {"OPENBLAS_NUM_THREADS": a.threads, "OMP_NUM_THREADS": a.threads}
peer = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "train_step.py")]
failed = False


def rate(command):
    """Steps a second, or None and why there are none."""
    global failed
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=a.limit)
        text, code = done.stdout.strip(), done.returncode
        why = None if code == 0 else ([line.strip() for line in done.stderr.splitlines() if line.strip()] or [f"exit code {code}"])[-1]
    except subprocess.TimeoutExpired:
        text, code, why = "", 124, f"not done within {a.limit:g} s"
    print("   ", why or text, flush=True)
    failed |= code not in (0, ABSENT)
    return (float(re.search(r"median ([\d.]+) steps/s", text).group(1)), None) if why is None else (None, why)


for case in a.cases:
    name, features = (case.split(":") + [a.features])[:2]
    steps = a.steps or str((ON_A_GPU if a.device.startswith("cuda") else STEPS).get(name, STEPS[name]))
    common = [name, "--device", a.device, "--threads", a.threads, "--precision", a.precision, "-n", steps, "--blocks", a.blocks]
    common += ["--features", features] if features else []
    read = [] if a.unread else ["--read"]
    sides = {"ResearchKit": [a.program, "train-step", *common] + (["--unread"] if a.unread else []), "PyTorch": peer + common + read,
             "compiled": peer + common + read + ["--compile"]}
    sides = {s: c for s, c in sides.items() if not (s == "compiled" and not (a.compile or a.only_compiled) or s == "PyTorch" and a.only_compiled)}
    runs, problems = {s: [] for s in sides}, {}
    for _ in range(a.pairs):
        for side, command in sides.items():
            if side not in problems:
                value, why = rate(command)
                runs[side] += [value] if why is None else []
                problems.update({side: why} if why else {})
    medians = {s: statistics.median(v) for s, v in runs.items() if v and s not in problems}
    ratios = {s: [x / y for x, y in zip(runs["ResearchKit"], runs[s])] for s in medians if s != "ResearchKit" and "ResearchKit" in medians}
    print(f"{case}: {', '.join(f'{s} {m:.1f}' for s, m in medians.items())} steps/s (medians of {a.pairs})", *(f"; ratio {'' if s == 'PyTorch' else 'to compiled '}"
          f"{medians['ResearchKit'] / medians[s]:.2f}, pair by pair {', '.join(f'{x:.2f}' for x in r)}" for s, r in ratios.items()), sep="", flush=True)
    if a.json:
        with open(a.json, "a") as file:
            line = {"case": name, "features": int(features) if features else None, "device": a.device, "precision": a.precision, "threads": int(a.threads), "pairs": a.pairs,
                    "stepsPerSecond": medians, "ratio": {s: medians["ResearchKit"] / medians[s] for s in ratios}, "ratios": ratios, "problems": problems}
            print(json.dumps(line), file=file)
sys.exit(1 if failed else 0)
