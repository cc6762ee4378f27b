"""Writes tests/ResearchKit.Tests/Reference/augmentation.safetensors: images as the augmentations change them, and R1 of a small network through each.

Run with PyTorch in this folder: python3 augmentation.py OUT_FILE
Every augmentation is written here as a slow transcription of its definition: shifts and cutouts image by image, ADA's maps as products of homogeneous matrices, and bilinear sampling as a matrix that PyTorch's
grid_sample gives for each image's unit pixels, because grid_sample itself has no second derivative.
<augmentation>.<channels>.*: the numbers drawn, the result, D's logits, the R1 penalty (gamma 2) and its gradient by every parameter of D and by the images. float64.
controller.*: signs of logits batch by batch, and the r_t and p that follow. lecam.*: logits step by step, and the penalty's value and gradients.
"""
import math
import sys

import torch
from torch import nn

import diff_augment
from safetensors_file import write

torch.set_num_threads(1)
B, H, W, P = 8, 10, 8, 0.7
SALT = {"noise": 0x1B873593, "diff": diff_augment.SALT, "adaptive": 0x38495AB5}  # the kit's, so that seed 3 means the same numbers
float64 = torch.float64


def generator(name, seed=3):
    return torch.Generator().manual_seed(seed ^ SALT[name])


def network(channels):
    torch.manual_seed(29)
    return nn.Sequential(nn.Conv2d(channels, 4, 3, 2, 1), nn.Tanh(), nn.Conv2d(4, 4, 3, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(4, 1, (3, 2)), nn.Flatten(0)).double()


def turn(angle):
    c, s = math.cos(angle), math.sin(angle)
    return torch.tensor([[c, -s, 0], [s, c, 0], [0, 0, 1]], dtype=float64)


def shift(x, y):
    return torch.tensor([[1, 0, x], [0, 1, y], [0, 0, 1]], dtype=float64)


def scale(x, y):
    return torch.diag(torch.tensor([x, y, 1], dtype=float64))


def ada_maps(uniform, normal):
    """Karras et al., arXiv:2006.06676, appendix B: forward maps of the plane and of homogeneous colours, in the order of application."""
    u, n = iter(uniform.tolist()), iter(normal.tolist())
    place, colour = torch.eye(3, dtype=float64), torch.eye(4, dtype=float64)
    v = torch.tensor([1, 1, 1, 0], dtype=float64) / math.sqrt(3)
    luma = torch.outer(v, v)

    def moved(gate, matrix, p=P):
        return matrix @ place if gate < p else place

    def painted(gate, matrix):
        return matrix @ colour if gate < P else colour

    p_turn = 1 - math.sqrt(1 - P)
    place = moved(next(u), scale(1 - 2 * math.floor(2 * next(u)), 1))
    place = moved(next(u), turn(-math.pi / 2 * math.floor(4 * next(u))))
    gate, tx, ty = next(u), next(u), next(u)
    place = moved(gate, shift(round((2 * tx - 1) / 8 * W), round((2 * ty - 1) / 8 * H)))
    s = 2 ** (0.2 * next(n))
    place = moved(next(u), scale(s, s))
    place = moved(next(u), turn(-(2 * next(u) - 1) * math.pi), p_turn)
    s = 2 ** (0.2 * next(n))
    place = moved(next(u), scale(s, 1 / s))
    place = moved(next(u), turn(-(2 * next(u) - 1) * math.pi), p_turn)
    place = moved(next(u), shift(next(n) / 8 * W, next(n) / 8 * H))
    b = torch.eye(4, dtype=float64)
    b[:3, 3] = 0.2 * next(n)
    colour = painted(next(u), b)
    c = 2 ** (0.5 * next(n))
    colour = painted(next(u), torch.diag(torch.tensor([c, c, c, 1], dtype=float64)))
    colour = painted(next(u), torch.eye(4, dtype=float64) - 2 * luma * math.floor(2 * next(u)))
    gate, angle = next(u), (2 * next(u) - 1) * math.pi
    cross = torch.zeros(4, 4, dtype=float64)
    cross[:3, :3] = torch.tensor([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], dtype=float64) / math.sqrt(3)
    colour = painted(gate, torch.matrix_exp(angle * cross))
    s = 2 ** next(n)
    colour = painted(next(u), luma + (torch.eye(4, dtype=float64) - luma) * s)
    return place.inverse(), colour[:3]


def sampling_matrix(inverse):
    """The matrix by which grid_sample multiplies the H W pixels of an image."""
    size = torch.diag(torch.tensor([2 / W, 2 / H, 1], dtype=float64))
    theta = (size @ inverse @ size.inverse())[:2]
    units = torch.eye(H * W, dtype=float64).reshape(1, H * W, H, W)
    grid = torch.nn.functional.affine_grid(theta[None], (1, 1, H, W), align_corners=False)
    return torch.nn.functional.grid_sample(units, grid, "bilinear", "reflection", align_corners=False).reshape(H * W, H * W).T


def ada(x, uniform, normal):
    out = []
    for image, u, n in zip(x, uniform, normal):
        inverse, colour = ada_maps(u, n)
        pixels = image.flatten(1) @ sampling_matrix(inverse).T
        if len(pixels) == 3:
            pixels = colour[:, :3] @ pixels + colour[:, 3:]
        else:
            pixels = pixels * colour.mean(0)[:3].sum() + colour.mean(0)[3]
        out.append(pixels.reshape(image.shape))
    return torch.stack(out)


def bands():
    """Appendix B.2: four filters from the wavelet sym2, coarse to fine, by polynomials in z: h(z) h(1/z) / 2 of the low and the high pass, each level with z^2 for z."""
    r = math.sqrt(3)
    low = torch.tensor([1 + r, 3 + r, 3 - r, 1 - r], dtype=float64) / (4 * math.sqrt(2))
    signs = torch.tensor([1, -1, 1, -1], dtype=float64)
    own = lambda h: sum((torch.outer(h, h).diagonal(k).sum() / 2 * torch.eye(7, dtype=float64)[3 + k] for k in range(-3, 4)), torch.zeros(7, dtype=float64))
    level = lambda f, k: torch.zeros(6 * k + 1, dtype=float64).scatter(0, torch.arange(7) * k, f)  # f(z^k)
    times = lambda a, b: torch.nn.functional.conv1d(a[None, None], b.flip(0)[None, None], padding=len(b) - 1)[0, 0]
    smooth, detail = own(low), own(low * signs)
    four = [times(times(level(smooth, 4), level(smooth, 2)), smooth), times(times(level(detail, 4), level(smooth, 2)), smooth), times(level(detail, 2), smooth), detail]
    return torch.stack([torch.nn.functional.pad(f, [(43 - len(f)) // 2] * 2) for f in four])


def corrupt(x, uniform, normal, noise):
    out = []
    power = torch.tensor([10, 1, 1, 1], dtype=float64) / 13
    for image, u, n, e in zip(x, uniform, normal, noise):
        gain = torch.ones(4, dtype=float64)
        for band in range(4):
            if u[band] < P:
                one = torch.ones(4, dtype=float64)
                one[band] = 2 ** n[band]
                gain = gain * one / (power * one ** 2).sum().sqrt()
        f = (gain[:, None] * bands()).sum(0)
        for axis in (1, 2):
            side = image.shape[axis]
            mirrored = list(range(side)) + list(range(side - 2, 0, -1))
            rows = [sum(f[k] * image.select(axis, mirrored[(i + k - 21) % len(mirrored)]) for k in range(43)) for i in range(side)]
            image = torch.stack(rows, axis)
        image = image + e * 0.1 * abs(n[4]) * (u[4] < P)
        if u[5] < P:
            keep = torch.ones_like(image)
            for i in range(H):
                for j in range(W):
                    if abs((i + 0.5) / H - u[7]) < 0.25 and abs((j + 0.5) / W - u[6]) < 0.25:
                        keep[:, i, j] = 0
            image = image * keep
        out.append(image)
    return torch.stack(out)


def record(name, x, augment):
    d = network(x.shape[1])
    x = x.clone().requires_grad_()
    y = augment(x)
    logits = d(y)
    (slopes,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    r1 = slopes.flatten(1).square().sum(1).mean()
    total = torch.nn.functional.softplus(-logits).mean() + r1
    keys, parameters = zip(*d.named_parameters())
    gradients = torch.autograd.grad(total, [x, *parameters])
    entries = {"result": y.detach(), "logits": logits.detach(), "r1": r1.detach().reshape(1), "gradient.x": gradients[0]}
    entries |= {f"gradient.{k}": g for k, g in zip(keys, gradients[1:])}
    return {f"{name}.{k}": v for k, v in entries.items()}


out = {}
for channels in (1, 3):
    torch.manual_seed(31)
    x = torch.rand(B, channels, H, W, dtype=float64) * 2 - 1
    out[f"images.{channels}"] = x
    out |= {f"network.{channels}.{k}": v for k, v in network(channels).state_dict().items()}
    draws = torch.rand(B, 7, dtype=float64, generator=generator("diff"))
    random = generator("adaptive")
    uniform, normal = torch.rand(B, 21, dtype=float64, generator=random), torch.randn(B, 7, dtype=float64, generator=random)
    late_uniform, late_normal = torch.rand(B, 8, dtype=float64, generator=random), torch.randn(B, 5, dtype=float64, generator=random)
    grain = torch.randn(x.shape, dtype=float64, generator=random)
    noise = torch.randn(x.shape, dtype=float64, generator=generator("noise"))
    out |= {f"diff.{channels}.draws": draws, f"ada.{channels}.uniform": uniform, f"ada.{channels}.normal": normal}
    out |= record(f"diff.{channels}", x, lambda x: diff_augment.diff_augment(x, draws))
    out |= record(f"ada.{channels}", x, lambda x: ada(x, uniform, normal))
    out |= record(f"ada-all.{channels}", x, lambda x: corrupt(ada(x, uniform, normal), late_uniform, late_normal, grain))
    out |= record(f"noise.{channels}", x, lambda x: x + 0.3 * noise)

# 240 batches of 64 real images, of which D calls more and more real, then fewer; target 0.6, interval 4, 4,000 images from 0 to 1.
positive = torch.tensor([round(64 * (0.5 + 0.5 * math.sin(i / 40))) for i in range(240)])
r, p, rows = [], 0.0, []
for i, count in enumerate(positive.tolist()):
    r.append(2 * count / 64 - 1)
    if i % 4 == 3:
        r_t = sum(r[-4:]) / 4
        p = min(max(p + (1 if r_t > 0.6 else -1 if r_t < 0.6 else 0) * 4 * 64 / 4_000, 0), 1)
        rows.append([r_t, p])
out |= {"controller.positive": positive, "controller.rows": torch.tensor(rows, dtype=float64)}

# LeCam: lambda 0.3, decay 0.9, from step 3 on.
torch.manual_seed(37)
logits = torch.randn(8, 2, 5, dtype=float64).cumsum(0).requires_grad_()
averages, values = None, []
for step, (real, fake) in enumerate(logits, 1):
    if step < 3:
        values.append(torch.zeros([], dtype=float64))
        continue
    means = torch.stack([real.mean(), fake.mean()]).detach()
    averages = means if averages is None else 0.9 * averages + 0.1 * means
    values.append(0.3 * ((real - averages[1]).square().mean() + (fake - averages[0]).square().mean()))
torch.stack(values).sum().backward()
out |= {"lecam.logits": logits.detach(), "lecam.values": torch.stack(values).detach(), "lecam.gradient": logits.grad}
write(sys.argv[1], out, {"made_by": "tests/peers/augmentation.py", "torch": torch.__version__})
for name in (n for n in out if n.endswith(".r1")):
    print(name, out[name].item())
print("controller", rows[-1], max(row[1] for row in rows))
