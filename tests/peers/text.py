"""Writes tests/ResearchKit.Tests/Reference/text.safetensors: WGAN-GP's character networks, narrow, and their training, in PyTorch; n-grams in NumPy.

Run with PyTorch and NumPy in this folder: python3 text.py OUT_FILE
Weights, what G makes and D says (float64), ten float64 training steps of five critic steps each, and the Jensen-Shannon divergences of the n-grams of
words in data/words. The lines that it trains on are numbers by a formula, so that no file holds them.
"""
import pathlib
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional as F

import adversary
from safetensors_file import write
from wavegan import glorot, gradient_penalty

VOCABULARY, LENGTH, FEATURES, LATENT, BLOCKS, TAPS = 7, 8, 4, 8, 5, 5


def bias(size):
    return nn.Parameter(torch.randn(size) * 0.1)


class Blocks(nn.Module):
    """Each adds 0.3 times two convolutions, each after a ReLU and over two zeros on either side."""

    def __init__(self):
        super().__init__()
        self.weights = nn.ParameterList(glorot(FEATURES, FEATURES, TAPS) for _ in range(2 * BLOCKS))
        self.biases = nn.ParameterList(bias(FEATURES) for _ in range(2 * BLOCKS))

    def convolved(self, x, i):
        zeros = torch.zeros_like(x[:, :, :TAPS // 2])
        windows = torch.cat([zeros, torch.relu(x), zeros], 2).unfold(2, TAPS, 1)  # (B, C, L, taps)
        return torch.einsum("bclt,oct->bol", windows, self.weights[i]) + self.biases[i][:, None]

    def forward(self, x):
        for i in range(0, 2 * BLOCKS, 2):
            x = x + 0.3 * self.convolved(self.convolved(x, i), i + 1)
        return x

    def named(self, prefix):
        return {f"{prefix}.{i // 2}.conv{i % 2 + 1}.{kind}": p for kind, list_ in (("weight", self.weights), ("bias", self.biases)) for i, p in enumerate(list_)}


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.latent, self.classes = LATENT, 0
        self.dense, self.dense_bias = glorot(FEATURES * LENGTH, LATENT), bias(FEATURES * LENGTH)
        self.blocks, self.out, self.out_bias = Blocks(), glorot(VOCABULARY, FEATURES, 1), bias(VOCABULARY)

    def forward(self, z, y=None):
        h = self.blocks((z @ self.dense.t() + self.dense_bias).view(len(z), FEATURES, LENGTH))
        logits = torch.einsum("bcl,vc->bvl", h, self.out[:, :, 0]) + self.out_bias[:, None]
        return F.softmax(logits, 1)

    def named(self):
        return self.blocks.named("g.blocks") | {"g.linear.weight": self.dense, "g.linear.bias": self.dense_bias, "g.output.weight": self.out, "g.output.bias": self.out_bias}


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.classes = 0
        self.first, self.first_bias, self.blocks = glorot(FEATURES, VOCABULARY, 1), bias(FEATURES), Blocks()
        self.dense, self.dense_bias = glorot(1, FEATURES * LENGTH), bias(1)

    def forward(self, x, y=None):
        h = self.blocks(torch.einsum("bvl,cv->bcl", x, self.first[:, :, 0]) + self.first_bias[:, None])
        return (h.flatten(1) @ self.dense.t() + self.dense_bias)[:, 0]

    def named(self):
        return self.blocks.named("d.blocks") | {"d.input_layer.weight": self.first, "d.input_layer.bias": self.first_bias, "d.linear.weight": self.dense, "d.linear.bias": self.dense_bias}


def divergence(first, second, n):
    """In bits, over all n-grams of either: H((p + q) / 2) - H(p) / 2 - H(q) / 2."""
    grams = [[w[i:i + n] for w in words for i in range(len(w) - n + 1)] for words in (first, second)]
    index = {g: i for i, g in enumerate(sorted(set(grams[0] + grams[1])))}
    p, q = (numpy.bincount([index[g] for g in side], minlength=len(index)) / len(side) for side in grams)
    entropy = lambda s: -(s[s > 0] * numpy.log2(s[s > 0])).sum()
    return entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2


if __name__ == "__main__":
    torch.set_num_threads(1)
    place, i = torch.arange(LENGTH)[None], torch.arange(32)[:, None]
    lines = F.one_hot((i * 37 + place * place * (i + 1)) % VOCABULARY, VOCABULARY).transpose(1, 2).double()  # (N, V, L)
    data = adversary.shared_data() | {"pixels": (lines + 1) * 127.5}  # adversary.py takes x / 127.5 - 1, which is exact here
    torch.manual_seed(67)
    g, d = Generator(), Discriminator()
    out = {f"text-wgan-gp.{name}": p.detach().clone() for name, p in (g.named() | d.named()).items()}
    g, d = g.double(), d.double()
    with torch.no_grad():
        out |= {"text-wgan-gp.images": g(data["noise"][:4, :LATENT].double())[:1].clone(), "text-wgan-gp.logits": d(lines[:4])}
    out["text-wgan-gp.trajectory"] = adversary.train(g, d, data, loss="wasserstein", d_steps=5, rates=(1e-4, 1e-4), beta1=0.5, penalty=gradient_penalty(21))
    words = pathlib.Path(__file__).parents[2] / "data" / "words"
    train, test = ((words / f"{part}.txt").read_text().split() for part in ("train", "test"))
    out["divergences"] = torch.tensor([divergence(train[::97], test[::11], n) for n in (1, 2, 3, 4)], dtype=torch.float64)
    print(out["text-wgan-gp.logits"], out["text-wgan-gp.trajectory"][-1], out["divergences"])
    write(sys.argv[1], out, {"made_by": "tests/peers/text.py", "torch": torch.__version__})
