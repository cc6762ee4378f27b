"""Writes tests/ResearchKit.Tests/Reference/dinov2.safetensors: what a DINOv2 transformer, narrow and with drawn weights, sees.

Run with PyTorch in this folder: python3 dinov2.py OUT_FILE
Width 128 (two heads), two blocks. The forward pass is written after facebookresearch/dinov2 (models/vision_transformer.py, layers/), with the
authors' names of tensors, without their code. The weights come from the congruential numbers that the tests have too (facts: s <- 1103515245 s +
12345 mod 2^31), so no file of weights is kept. The images are the first held-out emoji faces, each pixel repeated to 7 x 7, which needs no resizer.
features: the normalised class token of the first 8; deviation: of each unit over 34 images.
"""
import gzip
import math
import pathlib
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F

from safetensors_file import write

D, DEPTH, HEAD = 128, 2, 64


def shapes():
    yield from {"cls_token": (1, 1, D), "pos_embed": (1, 1 + 37 * 37, D), "mask_token": (1, D), "patch_embed.proj.weight": (D, 3, 14, 14),
                "patch_embed.proj.bias": (D,), "norm.weight": (D,), "norm.bias": (D,)}.items()
    for i in range(DEPTH):
        for name, shape in {"norm1.weight": (D,), "norm1.bias": (D,), "attn.qkv.weight": (3 * D, D), "attn.qkv.bias": (3 * D,), "attn.proj.weight": (D, D),
                            "attn.proj.bias": (D,), "ls1.gamma": (D,), "norm2.weight": (D,), "norm2.bias": (D,), "mlp.fc1.weight": (4 * D, D),
                            "mlp.fc1.bias": (4 * D,), "mlp.fc2.weight": (D, 4 * D), "mlp.fc2.bias": (D,), "ls2.gamma": (D,)}.items():
            yield f"blocks.{i}.{name}", shape


def weights():
    state, s = {}, 12345
    for name, shape in sorted(shapes()):
        numbers = np.empty(math.prod(shape))
        for i in range(len(numbers)):
            s = (1103515245 * s + 12345) % 2 ** 31
            numbers[i] = (s + 0.5) / 2 ** 31
        u = torch.tensor(numbers.reshape(shape))
        if name.endswith("gamma") or ("norm" in name and name.endswith("weight")):
            w = 0.5 + u
        elif name.endswith("weight"):
            w = (2 * u - 1) * math.sqrt(6 / math.prod(shape[1:]))
        else:
            w = 2 * u - 1
        state[name] = w.float()
    return state


def positions(p, size):
    n = p.shape[1] - 1
    side = int(math.sqrt(n))
    scale = float((size // 14 + 0.1) / math.sqrt(n))
    grid = F.interpolate(p[:, 1:].reshape(1, side, side, -1).permute(0, 3, 1, 2), scale_factor=(scale, scale), mode="bicubic")
    assert grid.shape[-1] == size // 14
    return torch.cat([p[:, :1], grid.permute(0, 2, 3, 1).reshape(1, -1, p.shape[2])], 1)


def forward(state, x):
    def norm(x, name):
        return F.layer_norm(x, (D,), state[f"{name}.weight"], state[f"{name}.bias"], 1e-6)

    def linear(x, name):
        return F.linear(x, state[f"{name}.weight"], state[f"{name}.bias"])

    pos = positions(state["pos_embed"], x.shape[2])
    x = F.conv2d(x, state["patch_embed.proj.weight"], state["patch_embed.proj.bias"], stride=14).flatten(2).transpose(1, 2)
    x = torch.cat([state["cls_token"].expand(len(x), -1, -1), x], 1) + pos
    for i in range(DEPTH):
        b, (n, t, _) = f"blocks.{i}", x.shape
        q, k, v = linear(norm(x, f"{b}.norm1"), f"{b}.attn.qkv").reshape(n, t, 3, D // HEAD, HEAD).permute(2, 0, 3, 1, 4)
        a = ((q * HEAD ** -0.5) @ k.transpose(-2, -1)).softmax(-1) @ v
        x = x + state[f"{b}.ls1.gamma"] * linear(a.transpose(1, 2).reshape(n, t, D), f"{b}.attn.proj")
        x = x + state[f"{b}.ls2.gamma"] * linear(F.gelu(linear(norm(x, f"{b}.norm2"), f"{b}.mlp.fc1")), f"{b}.mlp.fc2")
    return norm(x, "norm")[:, 0]


data = gzip.open(pathlib.Path(__file__).parents[2] / "data/emoji-faces-32/test-images-idx4-ubyte.gz").read()
shape = struct.unpack(">4I", data[4:20])
images = torch.tensor(np.frombuffer(data, np.uint8, offset=20).reshape(shape))
images = (images if shape[1] == 3 else images.permute(0, 3, 1, 2))[:34].float()
images = images.repeat_interleave(7, 2).repeat_interleave(7, 3)
mean, std = (torch.tensor(v).reshape(1, 3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
x = (images / 255 - mean) / std
state = weights()
with torch.no_grad():
    features = forward(state, x)
    exact = forward({n: w.double() for n, w in state.items()}, x.double())
print("deviation of the units:", features.std(0).min().item(), "to", features.std(0).max().item())
print("float32 against float64, in deviations:", ((features - exact).abs() / features.std(0)).max().item())
write(pathlib.Path(sys.argv[1]), {"features": features[:8], "deviation": features.std(0)}, {"origin": "tests/peers/dinov2.py"})
