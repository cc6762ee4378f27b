"""Latency of the kit's DCGAN, WaveGAN and residual generators (wgan-gp, sngan): PyTorch on the same weights, z and labels, in turn with `researchkit latency`.

Run: python3 latency.py RESEARCHKIT_PROGRAM GENERATOR.safetensors ... [--batch 1] [--threads 1] [--pairs 5] [--seconds 1] [--ways plain,dense+channels-last]
RESEARCHKIT_PROGRAM is the built ResearchKit.Cli (the program, or its .dll, which dotnet then runs).
PyTorch is measured eager, traced and frozen, and through optimize_for_inference. First the outputs of both are compared (1e-5 of the greatest value).
A ratio is PyTorch's median over the kit's: above 1 the kit is faster. Needs a PyTorch that computes with MKL or OpenBLAS.
"""
import argparse
import json
import math
import os
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import time

p = argparse.ArgumentParser()
p.add_argument("program")
p.add_argument("generators", nargs="+")
p.add_argument("--batch", type=int, default=1)
p.add_argument("--threads", type=int, default=1)
p.add_argument("--pairs", type=int, default=5)
p.add_argument("--seconds", type=float, default=1)
p.add_argument("--ways", default="plain,dense+channels-last")
a = p.parse_args()
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = str(a.threads)

import torch  # noqa: E402  after the variables, which the libraries read when they are loaded
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

import dcgan  # noqa: E402
import resnet_gans  # noqa: E402
from safetensors_file import read  # noqa: E402

with open("/proc/self/maps") as maps:
    if not (torch.backends.mkl.is_available() or re.search("openblas", maps.read())):
        sys.exit("this PyTorch computes with the reference BLAS, which is no peer; install OpenBLAS (apt: libopenblas0-pthread)")
torch.set_num_threads(a.threads)


class Conditional(nn.Module):
    """The kit's DCGAN with classes: a vector of the class beside z."""

    def __init__(self, size, channels, features, latent, classes):
        super().__init__()
        self.main = dcgan.Generator(size, channels, features, 2 * latent).main
        self.embedding = nn.Embedding(classes, latent)

    def forward(self, z, y):
        return self.main(torch.cat([z, self.embedding(y)], 1)[:, :, None, None])


class WaveGan(nn.Module):
    def __init__(self, length, features, latent):
        super().__init__()
        count = int(math.log2(length // 16)) // 2
        widths = [features << i for i in reversed(range(count))] + [1]
        self.linear = nn.Linear(latent, widths[0] * 16)
        self.layers = nn.ModuleList(nn.ConvTranspose1d(i, o, 25, stride=4, padding=10) for i, o in zip(widths, widths[1:]))

    def forward(self, z):
        h = self.linear((z / math.sqrt(2)).erf()).reshape(z.shape[0], -1, 16)
        for layer in self.layers:
            h = layer(F.relu(h))[:, :, :4 * h.shape[2]]
        return torch.tanh(h)


def built(path):
    with open(path, "rb") as f:
        (length,) = struct.unpack("<Q", f.read(8))
        about = json.loads(f.read(length))["__metadata__"]
    o = json.loads(about["options"])
    if about["architecture"] == "DcganGenerator":
        sizes = (o["imageSize"], o["channels"], o["features"], o["latentSize"])
        g = Conditional(*sizes, len(o["classes"]["names"])) if o.get("classes") else dcgan.Generator(*sizes)
    elif about["architecture"] == "WaveGanGenerator":
        g = WaveGan(o["length"], o["features"], o["latentSize"])
    elif about["architecture"] == "ResNetGenerator" and o["architecture"] in ("wgan-gp", "sngan") and o["imageSize"] == 32:
        g = resnet_gans.Generator(resnet_gans.STYLES[o["architecture"]], o["features"], o["latentSize"])
    else:
        sys.exit(f"{path}: it holds a {about['architecture']}, and this script knows DcganGenerator, WaveGanGenerator and the 32-pixel ResNetGenerator "
                 "of wgan-gp and sngan")
    g.load_state_dict(read(path))
    return g.eval()


def kit(path, *more):
    program = ["dotnet", a.program] if a.program.endswith(".dll") else [a.program]
    command = [*program, "latency", path, "--batch", str(a.batch), "--threads", str(a.threads), "--ways", a.ways, *more]
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "rows.json")
        subprocess.run([*command, "--json", file], check=True, stdout=subprocess.DEVNULL)
        with open(file) as f:
            return {row["way"]: row["p50"] for row in json.load(f)["rows"]}


def median(call):
    """Milliseconds of a call, as the kit measures it: ten calls before, then calls for a time."""
    for _ in range(10):
        call()
    times, end = [], time.perf_counter() + a.seconds
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def compared(path):
    g = built(path)
    with tempfile.TemporaryDirectory() as folder:
        outputs = os.path.join(folder, "outputs.safetensors")
        kit(path, "--seconds", "0.01", "--outputs", outputs)
        made = read(outputs)
    inputs = tuple(made.pop(name) for name in ("z", "labels") if name in made)
    with torch.no_grad():
        expected = g(*inputs)
        for way, samples in made.items():
            difference = ((samples - expected).abs().max() / expected.abs().max()).item()
            print(f"{os.path.basename(path)}: {way} differs from PyTorch by {difference:.1e} of the greatest value")
            if difference > 1e-5:
                sys.exit("the outputs do not agree")
        traced = torch.jit.trace(g, inputs)
        peers = {"eager": g, "frozen": torch.jit.freeze(traced), "optimized": torch.jit.optimize_for_inference(traced)}
        pairs = []
        for _ in range(a.pairs):
            pair = kit(path, "--seconds", str(a.seconds)) | {name: median(lambda: f(*inputs)) for name, f in peers.items()}
            print("   ", "  ".join(f"{name} {value:.3f} ms" for name, value in pair.items()), flush=True)
            pairs.append(pair)
    for way in made:
        for name in peers:
            ours, theirs = (statistics.median(pair[key] for pair in pairs) for key in (way, name))
            print(f"{os.path.basename(path)} batch {a.batch}, {a.threads} thread(s): ResearchKit {way} {ours:.3f} ms, PyTorch {torch.__version__} {name} "
                  f"{theirs:.3f} ms (medians of {a.pairs}); ratio {theirs / ours:.2f}, pair by pair {', '.join(f'{q[name] / q[way]:.2f}' for q in pairs)}", flush=True)


for generator in a.generators:
    compared(generator)
