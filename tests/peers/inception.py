"""Writes tests/ResearchKit.Tests/Reference/inception/: the FID's network in the layout of pytorch-fid, narrow and with drawn weights, and what it sees.

Run with PyTorch, torchvision and SciPy in this folder: python3 inception.py OUT_FOLDER [--full]
narrow.pth: every width of the network divided by 16 (--full: not divided, 1,008 classes, 95 MB, to be kept out of the repository). The weights are
Kaiming's and the batch normalisation has the statistics of 64 of the images, so that each unit varies: PyTorch's default weights give features of the
order 1e-8 in this depth, on which any two networks agree.
features.safetensors: features (pool3) and logits without bias of the first 8 held-out emoji faces, resized as pytorch-fid does, and the Fréchet
distance of the first 136 to the last 136, in its metadata, by SciPy's sqrtm in float64.
Imported, as by fid_speed.py, it is the full network.
"""
import functools
import gzip
import pathlib
import struct
import sys

import numpy as np
import scipy.linalg
import torch
import torch.nn.functional as F
import torchvision.models.inception as tv

from safetensors_file import write

DIVISOR, CLASSES = (1, 1008) if "--full" in sys.argv or __name__ != "__main__" else (16, 10)


class Conv(tv.BasicConv2d):
    def __init__(self, inputs, outputs, **kwargs):
        super().__init__(inputs if inputs == 3 else inputs // DIVISOR, outputs // DIVISOR, **kwargs)


def average(x):
    return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)


class A(tv.InceptionA):
    def forward(self, x):
        return torch.cat([self.branch1x1(x), self.branch5x5_2(self.branch5x5_1(x)),
                          self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x))), self.branch_pool(average(x))], 1)


class C(tv.InceptionC):
    def forward(self, x):
        d = x
        for i in range(1, 6):
            d = getattr(self, f"branch7x7dbl_{i}")(d)
        return torch.cat([self.branch1x1(x), self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x))), d, self.branch_pool(average(x))], 1)


class E(tv.InceptionE):
    pool = staticmethod(average)

    def forward(self, x):
        a, b = self.branch3x3_1(x), self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        return torch.cat([self.branch1x1(x), self.branch3x3_2a(a), self.branch3x3_2b(a), self.branch3x3dbl_3a(b), self.branch3x3dbl_3b(b),
                          self.branch_pool(self.pool(x))], 1)


class LastE(E):
    pool = staticmethod(lambda x: F.max_pool2d(x, 3, 1, 1))


def narrow(block):
    return functools.partial(block, conv_block=Conv)


def build():
    torch.manual_seed(0)
    net = tv.Inception3(CLASSES, aux_logits=False, inception_blocks=[Conv, *(narrow(b) for b in (A, tv.InceptionB, C, tv.InceptionD, E)), tv.InceptionAux], init_weights=False)
    net.Mixed_7c = LastE(2048, conv_block=Conv)
    net.fc = torch.nn.Linear(2048 // DIVISOR, CLASSES)
    for m in net.modules():
        if isinstance(m, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(m.weight)
        if isinstance(m, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(m.weight, 0.5, 1.5)
            torch.nn.init.uniform_(m.bias, 0.5, 1.5)  # most units open: less of float32's rounding is amplified
            m.momentum = None  # the mean over all batches
    return net


def pool3(net, images):
    """As pytorch-fid: values in [0, 1], bilinear to 299 x 299, then [-1, 1]."""
    x = 2 * F.interpolate((images if images.is_floating_point() else images.float()) / 255, (299, 299), mode="bilinear", align_corners=False) - 1
    for name in ("Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "pool", "Conv2d_3b_1x1", "Conv2d_4a_3x3", "pool", "Mixed_5b", "Mixed_5c", "Mixed_5d", "Mixed_6a",
                 "Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e", "Mixed_7a", "Mixed_7b", "Mixed_7c"):
        x = F.max_pool2d(x, 3, 2) if name == "pool" else getattr(net, name)(x)
    return F.adaptive_avg_pool2d(x, 1).flatten(1)


def frechet(x, y):
    x, y = x.double().numpy(), y.double().numpy()
    s, t = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = scipy.linalg.sqrtm(s @ t, disp=False)[0].real
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(s) + np.trace(t) - 2 * np.trace(root))


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    data = gzip.open(pathlib.Path(__file__).parents[2] / "data/emoji-faces-32/test-images-idx4-ubyte.gz").read()
    shape = struct.unpack(">4I", data[4:20])
    images = torch.tensor(np.frombuffer(data, np.uint8, offset=20).reshape(shape))
    images = images if shape[1] == 3 else images.permute(0, 3, 1, 2).contiguous()
    net = build()
    with torch.no_grad():
        net.train()
        for part in images[:64].split(16):
            pool3(net, part)
        net.eval()
        torch.save(net.state_dict(), out / ("full.pth" if DIVISOR == 1 else "narrow.pth"))
        features = torch.cat([pool3(net, part) for part in images.split(16)])
        logits = features @ net.fc.weight.T
        exact = pool3(net.double(), images[:8].double())
    print("deviation of the units:", features.std(0).min().item(), "to", features.std(0).max().item())
    print("float32 against float64, in deviations:", ((features[:8] - exact).abs() / features.std(0)).max().item(), "mean feature", features.mean().item())
    distance = frechet(features[:136], features[136:])
    print("Fréchet distance of the halves:", distance)
    write(out / ("full.safetensors" if DIVISOR == 1 else "features.safetensors"),
          {"features": features[:8], "logits": logits[:8], "deviation": features.std(0)}, {"origin": "tests/peers/inception.py", "frechet": repr(distance)})


if __name__ == "__main__":
    main()
