"""Writes tests/ResearchKit.Tests/Reference/resnet-gans.safetensors: the networks of WGAN-GP, SNGAN (two forms), projection cGAN, SAGAN and BigGAN, narrow, in PyTorch.

Run with PyTorch in this folder: python3 resnet_gans.py OUT_FILE
For each: weights, what G makes in evaluation and D says in it (float64), and ten float64 training steps by its recipe (adversary.py).
The definitions are written from the papers and the authors' code, in its order of operations: enlarge, then convolve; convolve, then average.
"""
import math
import sys

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import spectral_norm

import adversary
from adversary import linear, slopes
from safetensors_file import write

STYLES = {
    "wgan-gp": dict(mean=True, spectral_d=False),
    "sngan": dict(bilinear=True),
    "sngan-chainer": dict(last_bias=False, eps=2e-5),
    "cgan-pd": dict(bilinear=True, classes=3),
    "sagan": dict(bilinear=True, classes=3, spectral_g=True, attention=(16, 8)),
    "biggan": dict(classes=3, spectral_g=True, around_one=True, wide=4),
}


def norm_weight(layer, spectral):
    return spectral_norm(layer) if spectral else layer


class Norm(nn.Module):
    def __init__(self, width, classes, eps, around_one):
        super().__init__()
        self.bn = nn.BatchNorm2d(width, eps, affine=classes == 0)
        self.around_one = around_one
        if classes:
            self.embed = nn.Embedding(classes, 2 * width)
            with torch.no_grad():
                self.embed.weight[:, :width] += 0 if around_one else 1

    def forward(self, x, y):
        h = self.bn(x)
        if y is None:
            return h
        scale, shift = self.embed(y)[:, :, None, None].chunk(2, 1)
        return h * (scale + 1 if self.around_one else scale) + shift


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        conv = lambda a, b: spectral_norm(nn.Conv2d(a, b, 1, bias=False))
        self.theta, self.phi, self.g, self.o = conv(width, width // 8), conv(width, width // 8), conv(width, width // 2), conv(width // 2, width)
        self.gamma = nn.Parameter(torch.tensor(0.3))

    def forward(self, x):
        queries = self.theta(x).flatten(2)
        keys, values = (F.max_pool2d(layer(x), 2).flatten(2) for layer in (self.phi, self.g))
        attended = torch.einsum("bkj,bij->bki", values, torch.einsum("bci,bcj->bij", queries, keys).softmax(2))
        return self.gamma * self.o(attended.reshape(*attended.shape[:2], *x.shape[2:])) + x


class GBlock(nn.Module):
    def __init__(self, width, style):
        super().__init__()
        spectral = style.get("spectral_g", False)
        norm = lambda: Norm(width, style.get("classes", 0), style.get("eps", 1e-5), style.get("around_one", False))
        self.bn1, self.bn2 = norm(), norm()
        self.conv1, self.conv2, self.conv_sc = (norm_weight(nn.Conv2d(width, width, k, padding=k // 2), spectral) for k in (3, 3, 1))
        self.up = dict(mode="bilinear", align_corners=False) if style.get("bilinear") else dict(mode="nearest")

    def forward(self, x, y):
        up = lambda h: F.interpolate(h, scale_factor=2, **self.up)
        h = self.conv1(up(F.relu(self.bn1(x, y))))
        return self.conv2(F.relu(self.bn2(h, y))) + self.conv_sc(up(x))


class Generator(nn.Module):
    def __init__(self, style, features, latent):
        super().__init__()
        width = features * style.get("wide", 1)
        spectral = style.get("spectral_g", False)
        self.latent, self.classes = latent, style.get("classes", 0)
        self.linear = norm_weight(nn.Linear(latent, 16 * width), spectral)
        self.blocks = nn.ModuleList(GBlock(width, style) for _ in range(3))
        self.side = style.get("attention", (0, 0))[0]
        if self.side:
            self.attention = Attention(width)
        self.bn = nn.BatchNorm2d(width, style.get("eps", 1e-5))
        self.conv = norm_weight(nn.Conv2d(width, 3, 3, padding=1), spectral)

    def forward(self, z, y=None):
        h = self.linear(z)
        h = h.view(len(z), -1, 4, 4)
        for block in self.blocks:
            h = block(h, y)
            h = self.attention(h) if h.shape[2] == self.side else h
        return torch.tanh(self.conv(F.relu(self.bn(h))))


class DBlock(nn.Module):
    def __init__(self, inputs, outputs, first, down, spectral):
        super().__init__()
        conv = lambda a, b, k: norm_weight(nn.Conv2d(a, b, k, padding=k // 2), spectral)
        self.conv1, self.conv2 = conv(inputs, outputs, 3), conv(outputs, outputs, 3)
        if down:
            self.conv_sc = conv(inputs, outputs, 1)
        self.first, self.down = first, down

    def forward(self, x):
        h = self.conv2(F.relu(self.conv1(x if self.first else F.relu(x))))
        if not self.down:
            return h + x
        shortcut = self.conv_sc(F.avg_pool2d(x, 2)) if self.first else F.avg_pool2d(self.conv_sc(x), 2)
        return F.avg_pool2d(h, 2) + shortcut


class Discriminator(nn.Module):
    def __init__(self, style, features):
        super().__init__()
        spectral = style.get("spectral_d", True)
        width = features * style["wide"] if "wide" in style else features if style.get("mean") else features // 2
        self.blocks = nn.ModuleList(DBlock(3 if i == 0 else width, width, i == 0, i < 2, spectral) for i in range(4))
        self.side = style.get("attention", (0, 0))[1]
        if self.side:
            self.attention = Attention(width)
        self.linear = norm_weight(nn.Linear(width, 1, bias=style.get("last_bias", True)), spectral)
        if style.get("classes"):
            self.embed = spectral_norm(nn.Embedding(style["classes"], width))
        self.mean = style.get("mean", False)

    def forward(self, x, y=None):
        h = x
        for i, block in enumerate(self.blocks):
            h = block(h)
            h = self.attention(h) if i == 1 and self.side else h
        h = F.relu(h).mean((2, 3)) if self.mean else F.relu(h).sum((2, 3))
        logits = self.linear(h).flatten()
        return logits if y is None else logits + (self.embed(y) * h).sum(1)


def gradient_penalty(seed):
    mixing = torch.Generator().manual_seed(seed)

    def penalty(step, real, fake, r, f, score):
        alpha = torch.rand(len(real), 1, 1, 1, generator=mixing).double()
        x = (alpha * real.detach() + (1 - alpha) * fake.detach()).requires_grad_()
        return 10 * (slopes(score(x), x).norm(2, 1) - 1).square().mean()
    return penalty


RECIPES = {
    "wgan-gp": lambda: dict(loss="wasserstein", d_steps=2, own_batches=2, rates=[linear(2e-4, 0, 20)] * 2, penalty=gradient_penalty(21)),
    "sngan": lambda: dict(loss="hinge", d_steps=2),
    "sngan-chainer": lambda: dict(loss="hinge", d_steps=2, own_batches=2, rates=[linear(2e-4, 0, 20)] * 2),
    "cgan-pd": lambda: dict(loss="hinge", d_steps=2),
    "sagan": lambda: dict(loss="hinge", rates=(1e-4, 4e-4)),
    "biggan": lambda: dict(loss="hinge", d_steps=2, beta2=0.999, own_batches=0),
}

if __name__ == "__main__":
    torch.set_num_threads(1)
    data = adversary.shared_data()
    out = dict(data)
    for name, style in STYLES.items():
        features = 2 if "wide" in style else 16 if "attention" in style else 8
        torch.manual_seed(41)
        g, d = Generator(style, features, 8), Discriminator(style, features)
        d.train()(torch.randn(4, 3, 32, 32), data["labels"][:4] if g.classes else None)  # the vectors of spectral normalisation leave their start
        out |= {f"{name}.g.{k}": v.clone() for k, v in g.state_dict().items()} | {f"{name}.d.{k}": v.clone() for k, v in d.state_dict().items()}
        g, d = g.double().eval(), d.double().eval()
        with torch.no_grad():
            y = data["labels"][:4] if g.classes else None
            images = g(data["noise"][:4, :8].double(), y)
            out |= {f"{name}.images": images[:1].clone(), f"{name}.logits": d(data["pixels"][:4].double() / 127.5 - 1, y)}
        out[f"{name}.trajectory"] = adversary.train(g, d, data, **RECIPES[name]())
        print(name, out[f"{name}.logits"], out[f"{name}.trajectory"][-1])
    write(sys.argv[1], {k: v for k, v in out.items()}, {"made_by": "tests/peers/resnet_gans.py", "torch": torch.__version__})
