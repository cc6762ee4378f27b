"""Makes tests/ResearchKit.Tests/Reference/torch with PyTorch: python3 torch_files.py OUT_FOLDER (made with PyTorch 1.13, NumPy 1.24.2)"""
import argparse
import collections
import pathlib
import sys
import typing

import numpy as np
import torch
from torch import nn

from dcgan import Generator

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
i = np.arange(24)
TYPES = "float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool".split()


# The test computes the same numbers: TorchFileTests.Expected.
def values(name):
    numbers = i * 37 % 101
    if name == "bool":
        numbers = i % 3 == 0
    elif name != "uint8":
        numbers = numbers - 50
    numbers = torch.tensor(numbers if "float" not in name else numbers / 8).to(getattr(torch, name))
    return numbers.reshape(2, 3, 4)


def every_kind():
    base = torch.arange(24.0)
    state = collections.OrderedDict((name, values(name)) for name in TYPES)
    state["scalar"] = torch.tensor(2.5)
    state["empty"] = torch.zeros(0, 5)
    state["parameter"] = nn.Parameter(torch.arange(6.0).reshape(2, 3))
    state["shared"] = base
    state["offset"] = base[7:13]
    state["strided"] = base.reshape(4, 6).t()[1:4, ::2]
    state["expanded"] = torch.tensor([1.5, 2.5])[:, None].expand(2, 3)
    return state


for protocol in 2, 3, 4, 5:
    for kind, is_zip in ("zip", True), ("legacy", False):
        state = every_kind() if protocol == 2 else {"a": torch.arange(6.0).reshape(2, 3).t(), "b": {"c": torch.tensor(7)}, 3: None}
        torch.save(state, out / f"{kind}-{protocol}.pth", pickle_protocol=protocol, _use_new_zipfile_serialization=is_zip)

# A checkpoint as training scripts write them: beside the tensors there are numbers, texts, options and states of optimizers.
torch.manual_seed(0)
network = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
optimizer = torch.optim.Adam(network.parameters())
network(torch.randn(4, 2)).sum().backward()
optimizer.step()
torch.save({
    "g_ema": network.state_dict(), "optim": optimizer.state_dict(), "step": 12, "seed": 2**70, "best": np.float64(0.5),
    "loss": [0.25, -1e300], "args": argparse.Namespace(lr=2e-4, path="x", sizes=[4, 8]), "none": None, "yes": True, "bytes": b"ab",
    "size": torch.Size([2, 3]), "device": torch.device("cpu"), "dtype": torch.float32, "array": np.arange(3), "set": {1, 2},
    "milestones": collections.Counter([3, 3, 5]), "pair": (torch.tensor([1, 2]), [torch.tensor(3)]),
}, out / "checkpoint.pth")


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.register_buffer("window", torch.tensor([0.25, 0.5, 0.25]))

    def forward(self, x):
        return self.conv(x) * torch.tensor([[[1.0]], [[2.0]]])  # a constant of the trace


class Script(nn.Module):
    sizes: typing.List[int]
    names: typing.Dict[str, float]
    kept: typing.List[torch.Tensor]

    def __init__(self, block):
        super().__init__()
        self.blocks = nn.ModuleList([block])
        self.scale = nn.Parameter(torch.tensor([3.0, 5.0]))
        self.sizes, self.names, self.kept = [1, 2], {"a": 1.5}, [torch.tensor([7, 8])]

    def forward(self, x):
        y = self.blocks[0](x) * self.scale[:, None, None] * self.names["a"] * self.sizes[0]
        return y + self.kept[0][0]


torch.jit.save(torch.jit.script(Script(torch.jit.trace(Block().eval(), torch.zeros(1, 1, 4, 4)))), str(out / "script.pt"))
torch.save(network, out / "module.pt")
torch.save(nn.ReLU(), out / "module-legacy.pt", _use_new_zipfile_serialization=False)

# A generator of PyTorch's DCGAN example, with what it makes of z: every 8th pixel.
torch.manual_seed(1)
g = Generator(size=64, channels=3, features=2, latent=5)
with torch.no_grad():
    for parameter in g.parameters():
        parameter.normal_(0.3, 0.5)
g(torch.randn(16, 5))  # moves the running statistics
g.eval()
z = torch.randn(2, 5)
with torch.no_grad():
    images = g(z)[:, :, ::8, ::8].contiguous()
assert images.std() > 0.1
torch.save({"netG": g.state_dict(), "z": z, "images": images}, out / "dcgan.pth")
