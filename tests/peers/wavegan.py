"""Writes tests/ResearchKit.Tests/Reference/wavegan.safetensors: WaveGAN's networks, narrow, for 4,096 samples, and their training with WGAN-GP, in PyTorch.

Run with PyTorch in this folder: python3 wavegan.py OUT_FILE
Weights, what G makes and D says (float64), ten float64 training steps without phase shuffle, and a row shifted by phase shuffle's rule by -2 to 2.
The sounds that it trains on are whole numbers by a formula, so that no file holds them.
"""
import sys

import torch
from torch import nn
from torch.nn import functional as F

import adversary
from adversary import slopes
from safetensors_file import write

TIME, FEATURES, LATENT, LAYERS = 4096, 2, 8, 4


def glorot(*shape):
    taps = shape[2] if len(shape) == 3 else 1
    return nn.Parameter((torch.rand(*shape) * 2 - 1) * (6 / (taps * (shape[0] + shape[1]))) ** 0.5)


class Generator(nn.Module):
    """TensorFlow's SAME: the full transposed convolution is cut to four times the length, 10 samples in front and 11 behind."""

    def __init__(self):
        super().__init__()
        self.latent, self.classes = LATENT, 0
        widths = [FEATURES << i for i in reversed(range(LAYERS))] + [1]
        self.dense, self.dense_bias = glorot(widths[0] * 16, LATENT), nn.Parameter(torch.randn(widths[0] * 16) * 0.1)
        self.weights = nn.ParameterList(glorot(a, b, 25) for a, b in zip(widths, widths[1:]))
        self.biases = nn.ParameterList(nn.Parameter(torch.randn(b) * 0.1) for b in widths[1:])

    def forward(self, z, y=None):
        u = 2 * torch.special.ndtr(z) - 1
        h = (u @ self.dense.t() + self.dense_bias).view(len(z), -1, 16)
        for w, b in zip(self.weights, self.biases):
            full = F.conv_transpose1d(torch.relu(h), w, stride=4)
            h = full[:, :, 10:10 + 4 * h.shape[2]] + b[:, None]
        return torch.tanh(h)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.classes = 0
        widths = [1] + [FEATURES << i for i in range(LAYERS)]
        self.weights = nn.ParameterList(glorot(b, a, 25) for a, b in zip(widths, widths[1:]))
        self.biases = nn.ParameterList(nn.Parameter(torch.randn(b) * 0.1) for b in widths[1:])
        self.dense, self.dense_bias = glorot(1, widths[-1] * 16), nn.Parameter(torch.zeros(1))

    def forward(self, x, y=None):
        for w, b in zip(self.weights, self.biases):
            padded = torch.cat([torch.zeros_like(x[:, :, :10]), x, torch.zeros_like(x[:, :, :11])], 2)
            x = F.leaky_relu(F.conv1d(padded, w, b, stride=4), 0.2)
        return (x.flatten(1) @ self.dense.t() + self.dense_bias)[:, 0]


def shifted(x, shift):
    """What stands at t comes from t - shift; before the start and after the end the row is reflected, the first and last sample not twice."""
    last = x.shape[-1] - 1
    places = [abs(t - shift) for t in range(last + 1)]
    return x[..., [p if p <= last else 2 * last - p for p in places]]


def gradient_penalty(seed):
    mixing = torch.Generator().manual_seed(seed)

    def penalty(step, real, fake, r, f, score):
        alpha = torch.rand(len(real), 1, 1, generator=mixing).double()
        x = (alpha * real.detach() + (1 - alpha) * fake.detach()).requires_grad_()
        return 10 * (slopes(score(x), x).norm(2, 1) - 1).square().mean()
    return penalty


def named(prefix, network):
    out = {f"{prefix}.linear.weight": network.dense, f"{prefix}.linear.bias": network.dense_bias}
    for i, (w, b) in enumerate(zip(network.weights, network.biases)):
        out |= {f"{prefix}.layers.{i}.weight": w, f"{prefix}.layers.{i}.bias": b}
    return {k: v.detach().clone() for k, v in out.items()}


if __name__ == "__main__":
    torch.set_num_threads(1)
    t, i = torch.arange(TIME)[None], torch.arange(32)[:, None]
    sounds = ((i * 37 + (t * t % 997) * (i + 1)) % 256).to(torch.uint8)[:, None]
    data = adversary.shared_data() | {"pixels": sounds}
    torch.manual_seed(61)
    g, d = Generator(), Discriminator()
    out = named("wavegan.g", g) | named("wavegan.d", d)
    g, d = g.double(), d.double()
    with torch.no_grad():
        out |= {"wavegan.images": g(data["noise"][:4, :LATENT].double())[:1].clone(), "wavegan.logits": d(sounds[:4].double() / 127.5 - 1)}
    out["wavegan.trajectory"] = adversary.train(g, d, data, loss="wasserstein", d_steps=5, rates=(1e-4, 1e-4), beta1=0.5, penalty=gradient_penalty(21))
    row = torch.arange(6.0)[None, None] ** 2
    out["shifted"] = torch.cat([shifted(row, s)[0] for s in range(-2, 3)])
    print(out["wavegan.logits"], out["wavegan.trajectory"][-1], out["shifted"])
    write(sys.argv[1], out, {"made_by": "tests/peers/wavegan.py", "torch": torch.__version__})
