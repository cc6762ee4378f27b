"""Writes tests/ResearchKit.Tests/Reference/mocogan.safetensors: MoCoGAN's networks, narrow, for grey clips of 12 x 32 x 32, and their training, in PyTorch.

Run with PyTorch in this folder: python3 mocogan.py OUT_FILE
Weights, what G makes and both discriminators say (float64, evaluation mode: of the middle frame), and ten float64 training steps with random frames.
The clips that it trains on are whole numbers by a formula, so that no file holds them. Losses are the sum of each discriminator's cross entropy.
"""
import sys

import torch
from torch import nn
from torch.nn import functional as F

import adversary
from safetensors_file import write

FRAMES, SIZE, FEATURES, CONTENT, CATEGORIES, MOTION = 12, 32, 2, 3, 3, 2
COUNTS = {"generator": 3_298_836, "image": 663_296, "video": 2_650_880}  # the authors', 64 pixels and 3 channels


class Frames(nn.Module):
    def __init__(self, inputs, channels, features, doublings):
        super().__init__()
        widths = [features << i for i in reversed(range(doublings))]
        layers = [nn.ConvTranspose2d(inputs, widths[0], 4, bias=False)]
        for a, b in zip(widths, widths[1:] + [channels]):
            layers += [nn.BatchNorm2d(a), nn.ReLU(), nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False)]
        self.main = nn.Sequential(*layers, nn.Tanh())


class Generator(nn.Module):
    def __init__(self, channels=1, size=SIZE, features=FEATURES, content=CONTENT, categories=CATEGORIES, motion=MOTION):
        super().__init__()
        self.sizes, self.classes, self.channels = (content, categories, motion), 0, channels
        self.latent = content + categories + (FRAMES + 1) * motion
        self.recurrent = nn.GRUCell(motion, motion)
        self.frames = Frames(content + categories + motion, channels, features, size.bit_length() - 3)

    def forward(self, z, y=None):
        content, categories, motion = self.sizes
        c, k = z[:, :content], z[:, content:content + categories]
        one_hot = torch.zeros_like(k).scatter_(1, k.max(1, keepdim=True).indices, 1)
        h, *noise = z[:, content + categories:].split(motion, 1)
        clip = []
        for e in noise:
            h = self.recurrent(e, h)
            clip.append(torch.cat([c, one_hot, h], 1))
        inputs = torch.stack(clip, 1).reshape(len(z) * FRAMES, -1, 1, 1)  # all frames are one batch for the normalisation
        images = self.frames.main(inputs)
        return images.reshape(len(z), FRAMES, self.channels, *images.shape[2:]).permute(0, 2, 1, 3, 4)


def chain(widths, convolution, normalization):
    layers = []
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        layers.append(convolution(a, b))
        if 0 < i < len(widths) - 2:
            layers.append(normalization(b))
        if i < len(widths) - 2:
            layers.append(nn.LeakyReLU(0.2))
    return nn.Sequential(*layers)


class Discriminators(nn.Module):
    """Gives the logits of both."""

    def __init__(self, channels=1, size=SIZE, features=FEATURES):
        super().__init__()
        self.classes = 0
        widths = [channels] + [features << i for i in range(size.bit_length() - 4)] + [1]
        self.image = chain(widths, lambda a, b: nn.Conv2d(a, b, 4, 2, 1, bias=False), nn.BatchNorm2d)
        self.video = chain(widths, lambda a, b: nn.Conv3d(a, b, 4, (1, 2, 2), (0, 1, 1), bias=False), nn.BatchNorm3d)

    def forward(self, x, y=None):
        if self.training:
            videos, at = self.video(x), torch.randint(0, x.shape[2], (len(x),))
        else:
            videos, at = self.video(x), torch.full((len(x),), x.shape[2] // 2)
        frames = torch.stack([clip[:, t] for clip, t in zip(x, at.tolist())])
        return self.image(frames), videos


def entropy(logits, label):
    return sum(F.binary_cross_entropy_with_logits(j, torch.full_like(j, label)) for j in logits)


def counts():
    g, d = Generator(3, 64, 64, 50, 6, 10), Discriminators(3, 64, 64)
    return {n: sum(p.numel() for p in m.parameters()) for n, m in (("generator", g), ("image", d.image), ("video", d.video))}


if __name__ == "__main__":
    torch.set_num_threads(1)
    assert counts() == COUNTS, counts()
    adversary.LOSSES["two"] = (lambda r, f: (entropy(r, 1.0), entropy(f, 0.0)), lambda r, f: entropy(f, 1.0))
    i, t = torch.arange(32).view(-1, 1, 1, 1), torch.arange(FRAMES).view(1, -1, 1, 1)
    y, x = torch.arange(SIZE).view(1, 1, -1, 1), torch.arange(SIZE)
    clips = ((i * 37 + ((t * t * (x + 1) + 3 * y * y + x * y) % 997) * (i + 1)) % 256).to(torch.uint8)[:, None]
    data = adversary.shared_data()
    noise = torch.cat([data["noise"], data["noise"].roll(1, 0)], 1)
    data |= {"pixels": clips, "noise": noise}
    torch.manual_seed(71)
    g, d = Generator(), Discriminators()
    assert g.latent == noise.shape[1]
    out = {f"mocogan.{n}.{k}": v.clone() for n, m in (("g", g), ("d", d)) for k, v in m.state_dict().items()}
    g, d = g.double().eval(), d.double().eval()
    with torch.no_grad():
        frames, videos = d(clips[:4].double() / 127.5 - 1)
        repeated = frames.flatten(1).repeat(1, videos.shape[2])  # as many as of the clip
        out |= {"mocogan.images": g(noise[:4].double())[:1].clone(), "mocogan.logits": torch.stack([repeated, videos.flatten(1)], 1)}
    torch.manual_seed(5)
    out["mocogan.trajectory"] = adversary.train(g, d, data, loss="two", beta1=0.5, beta2=0.999)
    print(out["mocogan.logits"].shape, out["mocogan.trajectory"][-1])
    write(sys.argv[1], {k: v.contiguous() for k, v in out.items()}, {"made_by": "tests/peers/mocogan.py", "torch": torch.__version__})
