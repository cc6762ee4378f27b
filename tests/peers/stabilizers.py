"""Writes tests/ResearchKit.Tests/Reference/stabilizers.safetensors: spectral normalisation and the other layers of stable discriminators, in PyTorch.

Run with PyTorch in this folder: python3 stabilizers.py DCGAN_FILE OUT_FILE (DCGAN_FILE: what trajectories.py wrote; its generator, pixels and noise are used).
layer.*: each layer under torch.nn.utils.spectral_norm: its start (seed 41), and three steps of SGD (rate 0.5) on mean(output^2): output, singular value,
  gradients by weight, bias and input; then the output in evaluation mode.
discriminator.*: the 28-pixel DCGAN discriminator (2 features) under each normalisation (seed 31), its logits and the gradients of its R1 penalty.
mlp.*: a fully connected discriminator likewise (seed 37).
deviation.*: minibatch standard deviation, group by group, and its gradient.
trajectory.spectral-hinge: 30 float64 steps of the hinge game with that discriminator (4 features, spectral, seed 43): losses and sums of |parameter|.
"""
import sys

import torch
from torch import nn
from torch.nn.utils import spectral_norm

import dcgan
import games
from safetensors_file import read, write

torch.set_num_threads(1)
source = read(sys.argv[1])
out = {}
LRELU = 0.2


def sigma(layer, dim):
    matrix = layer.weight_orig.detach().transpose(0, dim).flatten(1)
    return layer.weight_u @ matrix @ layer.weight_v


def follow(name, make, x, dim=0):
    for dtype, suffix in {torch.float64: "float64", torch.float32: "float32"}.items():
        torch.manual_seed(41)
        layer = spectral_norm(make(), dim=dim)
        out.update({f"layer.{name}.start.{k}": v.clone() for k, v in layer.state_dict().items()})
        layer.to(dtype)
        out[f"layer.{name}.input"] = x
        for step in range(3):
            key = f"layer.{name}.{suffix}.{step}"
            value = x.to(dtype, copy=True).requires_grad_() if x.is_floating_point() else x
            layer.zero_grad()
            output = layer(value)
            output.square().mean().backward()
            out[key + ".output"], out[key + ".sigma"] = output.detach(), sigma(layer, dim).reshape(1)
            out.update({f"{key}.gradient.{k}": p.grad.clone() for k, p in layer.named_parameters()})
            if value.requires_grad:
                out[key + ".gradient.input"] = value.grad
            with torch.no_grad():
                for p in layer.parameters():
                    p -= 0.5 * p.grad
        layer.eval()
        out[f"layer.{name}.{suffix}.evaluation"] = layer(x.to(dtype) if x.is_floating_point() else x).detach()


class Deviation(nn.Module):
    """Group by group with torch.var, another way to the numbers than the kit's."""

    def __init__(self, group, features=1):
        super().__init__()
        self.group, self.features = group, features

    def forward(self, x):
        groups = len(x) // min(self.group, len(x))
        maps = torch.zeros(len(x), self.features, *x.shape[2:], dtype=x.dtype)
        for first in range(groups):
            members = list(range(first, len(x), groups))
            for f, part in enumerate(x[members].chunk(self.features, 1)):
                maps[members, f] = (part.var(0, unbiased=False) + 1e-8).sqrt().mean()
        return torch.cat([x, maps], 1)


NORMS = {
    "None": lambda c: [], "Spectral": lambda c: [], "Batch": lambda c: [nn.BatchNorm2d(c)], "Instance": lambda c: [nn.InstanceNorm2d(c, affine=True)],
    "Layer": lambda c: [nn.GroupNorm(1, c)]}


class Discriminator(nn.Module):
    """dcgan.Discriminator for 28 pixels with another normalisation."""

    def __init__(self, features, normalization, deviation=0):
        super().__init__()
        wrap = spectral_norm if normalization == "Spectral" else (lambda layer: layer)
        layers, width = [], 1
        for i, kernel in enumerate(reversed(dcgan.DOUBLINGS[28])):
            to = features if i == 0 else width * 2
            norm = [] if i == 0 else NORMS[normalization](to)
            bias = normalization != "Batch" and not (norm and normalization == "Instance")
            layers += [wrap(nn.Conv2d(width, to, kernel, 2, 1, bias=bias)), *norm, nn.LeakyReLU(LRELU)]
            width = to
        if deviation:
            layers.append(Deviation(deviation))
            width += 1
        layers.append(wrap(nn.Conv2d(width, 1, 4, bias=normalization != "Batch")))
        self.main = nn.Sequential(*layers)
        dcgan.initialize(self)
        for layer in layers:
            if isinstance(layer, nn.Conv2d) and layer.bias is not None:
                nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.main(x).flatten()


class Mlp(nn.Module):
    def __init__(self, normalization, deviation=0):
        super().__init__()
        wrap = spectral_norm if normalization == "Spectral" else (lambda layer: layer)
        norm = {"Batch": nn.BatchNorm1d, "Layer": nn.LayerNorm}.get(normalization)
        layers, width = [], 2
        for to in (6, 5):
            layers += [wrap(nn.Linear(width, to, bias=normalization != "Batch")), *([norm(to)] if norm else []), nn.Tanh()]
            width = to
        if deviation:
            layers.append(Deviation(deviation))
            width += 1
        self.main = nn.Sequential(*layers, wrap(nn.Linear(width, 1)))

    def forward(self, x):
        return self.main(x).flatten()


def judge(name, d, x):
    """Start, logits and the gradients of R1 with gamma 2, in float64."""
    out.update({f"{name}.start.{k}": v.clone() for k, v in d.state_dict().items()})
    d.double()
    x = x.double().requires_grad_()
    logits = d(x)
    (slopes,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    gradients = torch.autograd.grad(slopes.flatten(1).square().sum(1).mean(), list(d.parameters()), allow_unused=True)
    out[name + ".logits"] = logits.detach()
    for (key, p), g in zip(d.named_parameters(), gradients):
        out[f"{name}.r1.{key}"] = torch.zeros_like(p.detach()) if g is None else g


def hinge(pixels, noise):
    g = dcgan.Generator(28, 1, 4, 16)
    g.load_state_dict({k[2:]: v for k, v in source.items() if k.startswith("g.")})
    torch.manual_seed(43)
    d = Discriminator(4, "Spectral")
    out.update({f"critic.{k}": v.clone() for k, v in d.state_dict().items()})
    return games.train(
        g, d, pixels, noise, lambda _, d, real, fake: (torch.relu(1 - d(real)).mean(), torch.relu(1 + d(fake)).mean()), lambda d, real, fake: -d(fake).mean())


torch.manual_seed(47)
follow("conv1d", lambda: nn.Conv1d(2, 3, 3, 2, 1), torch.randn(2, 2, 7))
follow("conv2d", lambda: nn.Conv2d(2, 3, 3, 2, 1), torch.randn(2, 2, 5, 5))
follow("transposed", lambda: nn.ConvTranspose2d(2, 3, 4, 2, 1), torch.randn(2, 2, 3, 3), dim=1)
follow("linear", lambda: nn.Linear(4, 3), torch.randn(5, 4))
follow("embedding", lambda: nn.Embedding(6, 4), torch.tensor([5, 0, 3, 3]))

for name, shape, group, features in (("points", (6, 5), 3, 1), ("images", (8, 4, 3, 2), 4, 2), ("small", (2, 3, 2, 2), 4, 1)):
    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    weights = torch.randn(shape[0], shape[1] + features, *shape[2:], dtype=torch.float64)
    output = Deviation(group, features)(x)
    (output * weights).sum().backward()
    out.update({f"deviation.{name}.input": x.detach(), f"deviation.{name}.weights": weights, f"deviation.{name}.output": output.detach(), f"deviation.{name}.gradient": x.grad})

out["discriminator.input"], out["mlp.input"] = torch.rand(4, 1, 28, 28) * 2 - 1, torch.randn(6, 2)
for normalization in NORMS:
    torch.manual_seed(31)
    judge(f"discriminator.{normalization}", Discriminator(2, normalization), out["discriminator.input"])
torch.manual_seed(31)
judge("discriminator.Deviation", Discriminator(2, "None", deviation=2), out["discriminator.input"])
for normalization in ("None", "Batch", "Layer", "Spectral"):
    torch.manual_seed(37)
    judge(f"mlp.{normalization}", Mlp(normalization), out["mlp.input"])
torch.manual_seed(37)
judge("mlp.Deviation", Mlp("None", deviation=3), out["mlp.input"])

out["trajectory.spectral-hinge"] = hinge(source["pixels"], source["noise"])
write(sys.argv[2], out, {"made_by": "tests/peers/stabilizers.py", "torch": torch.__version__})
print(out["trajectory.spectral-hinge"][-1])
