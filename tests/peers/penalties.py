"""Writes tests/ResearchKit.Tests/Reference/penalties.safetensors: gradient penalties of a small smooth network, and fully connected networks' outputs.

Run with PyTorch in this folder: python3 penalties.py OUT_FILE
penalty.*: value and gradient by every parameter of WGAN-GP (lambda 10, mixing numbers from seed 13), R1 and R2 (gamma 4), in float64 and float32.
mlp.*: for networks seeded alike, initial weights (PyTorch's own) and what they give.
"""
import sys

import torch
from torch import nn

from safetensors_file import write

torch.set_num_threads(1)


def slopes(d, x):
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(d(x).sum(), x, create_graph=True)
    return gradient.flatten(1)


def wgan_gp(d, real, fake):
    alpha = torch.rand(len(real), 1, generator=torch.Generator().manual_seed(13)).to(real.dtype)
    return 10 * (slopes(d, alpha * real + (1 - alpha) * fake).norm(2, dim=1) - 1).square().mean()


def r1(d, real, fake):
    return 2 * slopes(d, real).square().sum(1).mean()


def r2(d, real, fake):
    return 2 * slopes(d, fake).square().sum(1).mean()


def network():
    torch.manual_seed(17)
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1), nn.Flatten(0))


def maxout(layer, x, pieces):
    return layer(x).reshape(len(x), -1, pieces).amax(2)


torch.manual_seed(19)
real, fake = torch.randn(6, 3), 2 * torch.randn(6, 3) + 1
out = {"real": real, "fake": fake}
out |= {f"d.{k}": v for k, v in network().state_dict().items()}
for name, penalty in {"wgan-gp": wgan_gp, "r1": r1, "r2": r2}.items():
    for dtype, suffix in {torch.float64: "float64", torch.float32: "float32"}.items():
        d = network().to(dtype)
        value = penalty(d, real.to(dtype), fake.to(dtype))
        gradients = torch.autograd.grad(value, list(d.parameters()), allow_unused=True)
        out[f"penalty.{name}.{suffix}.value"] = value.detach().reshape(1)
        for (key, p), g in zip(d.named_parameters(), gradients):
            out[f"penalty.{name}.{suffix}.gradient.{key}"] = torch.zeros_like(p.detach()) if g is None else g

torch.manual_seed(23)
generator = nn.Sequential(nn.Linear(2, 5, bias=False), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 3))
first, second, last = nn.Linear(2, 4 * 3), nn.Linear(4, 4 * 3), nn.Linear(4, 1)
x = torch.randn(7, 2)
out["mlp.x"] = x
out |= {f"mlp.generator.{k}": v for k, v in generator.state_dict().items()}
out["mlp.generator.output"] = generator(x).detach()
out["mlp.maxout.output"] = last(maxout(second, maxout(first, x, 3), 3)).flatten().detach()
write(sys.argv[1], out, {"made_by": "tests/peers/penalties.py", "torch": torch.__version__})
print(out["penalty.wgan-gp.float64.value"], out["mlp.maxout.output"])
