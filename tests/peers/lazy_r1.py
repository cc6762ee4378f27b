"""Writes tests/ResearchKit.Tests/Reference/lazy-r1.safetensors: 30 float64 steps of the non-saturating game with R1 (gamma 2) in steps 1, 5, 9, ... at 4 times its weight.

Run with PyTorch in this folder: python3 lazy_r1.py DCGAN_FILE OUT_FILE
DCGAN_FILE is dcgan.safetensors, which gives the start, the data and the noise. A row is: D's two terms, the penalty, G's loss, sums of |parameter| of G and of D.
"""
import json
import struct
import sys

import numpy
import torch
from torch import nn

import dcgan
from safetensors_file import write

softplus = torch.nn.functional.softplus
torch.set_num_threads(1)


def read(path):
    with open(path, "rb") as f:
        (length,) = struct.unpack("<Q", f.read(8))
        header, blob = json.loads(f.read(length)), f.read()
    types = {"F32": numpy.float32, "F64": numpy.float64, "U8": numpy.uint8, "I64": numpy.int64}
    entries = {k: v for k, v in header.items() if k != "__metadata__"}
    return {k: torch.from_numpy(numpy.frombuffer(blob[slice(*v["data_offsets"])], types[v["dtype"]]).reshape(v["shape"]).copy()) for k, v in entries.items()}


def load(network, tensors, prefix):
    network.load_state_dict({k[len(prefix):]: v for k, v in tensors.items() if k.startswith(prefix)})
    return network.double()


tensors = read(sys.argv[1])
g = load(dcgan.Generator(28, 1, 4, 16), tensors, "g.")
d = load(nn.Sequential(nn.Conv2d(1, 4, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(4, 8, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(8, 1, 7), nn.Flatten(0)), tensors, "critic.")
opt_g = torch.optim.Adam(g.parameters(), 2e-4, (0.5, 0.999))
opt_d = torch.optim.Adam(d.parameters(), 2e-4, (0.5, 0.999))
rows = []
for i in range(30):
    real, fake = tensors["pixels"][i].double() / 127.5 - 1, g(tensors["noise"][i].double())
    parts = [softplus(-d(real)).mean(), softplus(d(fake.detach())).mean(), torch.zeros([], dtype=torch.float64)]
    if i % 4 == 0:
        x = real.requires_grad_()
        (slopes,) = torch.autograd.grad(d(x).sum(), x, create_graph=True)
        parts[2] = 4 * slopes.flatten(1).square().sum(1).mean()
    opt_d.zero_grad()
    sum(parts).backward()
    opt_d.step()
    generator_loss = softplus(-d(fake)).mean()
    opt_g.zero_grad()
    generator_loss.backward()
    opt_g.step()
    sums = [sum(p.detach().abs().sum() for p in n.parameters()) for n in (g, d)]
    rows.append(torch.stack([*(p.detach() for p in parts), generator_loss.detach(), *sums]))
write(sys.argv[2], {"trajectory.lazy-r1": torch.stack(rows)}, {"made_by": "tests/peers/lazy_r1.py", "torch": torch.__version__})
print(rows[-2], rows[-1])
