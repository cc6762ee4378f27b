"""Writes tests/ResearchKit.Tests/Reference/r3gan.safetensors: R3GAN's networks, narrow, with and without classes, and their training, in PyTorch.

Run with PyTorch in this folder: python3 r3gan.py OUT_FILE
For each: weights, what G makes and D says (float64), and ten float64 training steps: relativistic pairing, R1 and R2 in every step, cosine schedules of learning rate, gamma, beta2 and the average's half-life.
"""
import math
import sys

import torch
from torch import nn
from torch.nn import functional as F

import adversary
from adversary import cosine, slopes
from safetensors_file import write

GAIN = math.sqrt(2 / 1.04)


def started(layer, gain=1.0):
    nn.init.normal_(layer.weight, 0, gain / math.sqrt(layer.weight[0].numel()))
    return layer


class Block(nn.Module):
    def __init__(self, width, groups, blocks):
        super().__init__()
        gain = GAIN * blocks ** -0.25
        self.conv1 = started(nn.Conv2d(width, 2 * width, 1, bias=False), gain)
        self.conv2 = started(nn.Conv2d(2 * width, 2 * width, 3, padding=1, groups=groups, bias=False), gain)
        self.conv3 = started(nn.Conv2d(2 * width, width, 1, bias=False), 0.2)  # the authors' 0 would hide the block here
        self.bias1 = nn.Parameter(torch.randn(2 * width) * 0.1)
        self.bias2 = nn.Parameter(torch.randn(2 * width) * 0.1)

    def forward(self, x):
        h = F.leaky_relu(self.conv1(x) + self.bias1[:, None, None], 0.2)
        h = F.leaky_relu(self.conv2(h) + self.bias2[:, None, None], 0.2)
        return x + self.conv3(h)


def kernel(x):
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=x.dtype)
    return (taps[:, None] * taps / 64)[None, None]


def up(x):
    y = F.conv_transpose2d(x.flatten(0, 1)[:, None], 4 * kernel(x), stride=2, padding=1)
    return y.view(*x.shape[:2], *y.shape[2:])


def down(x):
    y = F.conv2d(x.flatten(0, 1)[:, None], kernel(x), stride=2, padding=1)
    return y.view(*x.shape[:2], *y.shape[2:])


class Generator(nn.Module):
    def __init__(self, widths, latent, classes, layers=2):
        super().__init__()
        self.latent, self.classes = latent, classes
        inputs = latent + (latent if classes else 0)
        self.basis = nn.Parameter(torch.randn(widths[0], 4, 4))
        self.linear = started(nn.Linear(inputs, widths[0], bias=False))
        self.resize = nn.ModuleList(started(nn.Conv2d(a, b, 1, bias=False)) if a != b else nn.Identity() for a, b in zip(widths, widths[1:]))
        self.stages = nn.ModuleList(nn.ModuleList(Block(w, w // 8, layers * len(widths)) for _ in range(layers)) for w in widths)
        self.to_image = started(nn.Conv2d(widths[-1], 3, 1, bias=False))
        if classes:
            self.embed = started(nn.Linear(classes, latent, bias=False))

    def forward(self, z, y=None):
        if y is not None:
            z = torch.cat([z, self.embed(F.one_hot(y, self.classes).to(z.dtype))], 1)
        h = self.basis * self.linear(z)[:, :, None, None]
        for i, stage in enumerate(self.stages):
            if i > 0:
                h = up(self.resize[i - 1](h))
            for block in stage:
                h = block(h)
        return self.to_image(h)


class Discriminator(nn.Module):
    def __init__(self, widths, classes, layers=2):
        super().__init__()
        self.classes = classes
        self.from_image = started(nn.Conv2d(3, widths[0], 1, bias=False))
        self.stages = nn.ModuleList(nn.ModuleList(Block(w, w // 8, layers * len(widths)) for _ in range(layers)) for w in widths)
        self.resize = nn.ModuleList(started(nn.Conv2d(a, b, 1, bias=False)) if a != b else nn.Identity() for a, b in zip(widths, widths[1:]))
        self.basis = started(nn.Conv2d(widths[-1], widths[-1], 4, groups=widths[-1], bias=False))
        outputs = widths[-1] if classes else 1
        self.linear = started(nn.Linear(widths[-1], outputs, bias=False))
        if classes:
            self.embed = started(nn.Linear(classes, outputs, bias=False), 1 / math.sqrt(outputs))

    def forward(self, x, y=None):
        h = self.from_image(x)
        for i, stage in enumerate(self.stages):
            for block in stage:
                h = block(h)
            if i + 1 < len(self.stages):
                h = self.resize[i](down(h))
        h = self.linear(self.basis(h).flatten(1))
        return h.flatten() if y is None else (h * self.embed(F.one_hot(y, self.classes).to(h.dtype))).sum(1)


def r1_r2(gamma):
    def penalty(step, real, fake, r, f, score):
        return gamma(step) / 2 * (slopes(r, real).square().sum(1).mean() + slopes(f, fake).square().sum(1).mean())
    return penalty


def named(prefix, network):
    """The weights by the kit's names: a stage begins with its change of side, biases stand with their convolutions, a table of classes has a row for each."""
    out = {}
    for name, value in network.state_dict().items():
        parts = name.split(".")
        if parts[0] in ("stages", "resize"):
            stage = int(parts[1]) + (parts[0] == "resize")
            first = 0 if stage == 0 else 1 if isinstance(network.resize[stage - 1], nn.Identity) else 2
            at = first + int(parts[2]) if parts[0] == "stages" else 0 if isinstance(network, Generator) else 1
            name = ".".join(["stages", str(stage), str(at), *parts[3 if parts[0] == "stages" else 2:]])
        name = name.replace("bias1", "conv1.bias").replace("bias2", "conv2.bias")
        out[f"{prefix}.{name}"] = value.t().clone() if name == "embed.weight" else value.clone()
    return out


def recipe():
    return dict(loss="pairing", rates=[cosine(2e-4, 5e-5, 12)] * 2, beta2=cosine(0.9, 0.99, 12), penalty=r1_r2(cosine(0.05, 0.005, 12)), half_life=cosine(0, 50, 12))


if __name__ == "__main__":
    torch.set_num_threads(1)
    data = adversary.shared_data()
    out = {}
    for name, classes in (("r3gan", 0), ("r3gan with classes", 3)):
        torch.manual_seed(51)
        widths = [16, 16, 16, 16]
        g, d = Generator(widths, 8, classes, 1), Discriminator(widths[::-1], classes, 1)
        out |= named(f"{name}.g", g) | named(f"{name}.d", d)
        g, d = g.double().eval(), d.double().eval()
        with torch.no_grad():
            y = data["labels"][:4] if classes else None
            out |= {f"{name}.images": g(data["noise"][:4, :8].double(), y)[:1].clone(), f"{name}.logits": d(data["pixels"][:4].double() / 127.5 - 1, y)}
        out[f"{name}.trajectory"] = adversary.train(g, d, data, **recipe())
        print(name, out[f"{name}.logits"], out[f"{name}.trajectory"][-1])
    write(sys.argv[1], out, {"made_by": "tests/peers/r3gan.py", "torch": torch.__version__})
