"""Writes tests/ResearchKit.Tests/Reference/lazy-r1.safetensors: 30 float64 steps of the non-saturating game with R1 (gamma 2) in steps 1, 5, 9, ... at 4 times its weight.

Run with PyTorch in this folder: python3 lazy_r1.py DCGAN_FILE OUT_FILE
DCGAN_FILE is dcgan.safetensors, which gives the start, the data and the noise. A row is: D's two terms, the penalty, G's loss, sums of |parameter| of G and of D.
"""
import sys

import torch
from torch import nn

import dcgan
import games
from safetensors_file import read, write

softplus = torch.nn.functional.softplus
torch.set_num_threads(1)


def load(network, tensors, prefix):
    network.load_state_dict({k[len(prefix):]: v for k, v in tensors.items() if k.startswith(prefix)})
    return network.double()


tensors = read(sys.argv[1])
g = load(dcgan.Generator(28, 1, 4, 16), tensors, "g.")
d = load(nn.Sequential(nn.Conv2d(1, 4, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(4, 8, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(8, 1, 7), nn.Flatten(0)), tensors, "critic.")


def parts(i, d, real, fake):
    penalty = torch.zeros([], dtype=torch.float64)
    if i % 4 == 0:
        x = real.requires_grad_()
        (slopes,) = torch.autograd.grad(d(x).sum(), x, create_graph=True)
        penalty = 4 * slopes.flatten(1).square().sum(1).mean()
    return softplus(-d(real)).mean(), softplus(d(fake)).mean(), penalty


rows = games.train(g, d, tensors["pixels"], tensors["noise"], parts, lambda d, real, fake: softplus(-d(fake)).mean())
write(sys.argv[2], {"trajectory.lazy-r1": rows}, {"made_by": "tests/peers/lazy_r1.py", "torch": torch.__version__})
print(rows[-2], rows[-1])
