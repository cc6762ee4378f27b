"""Writes tests/ResearchKit.Tests/Reference/image-to-image.safetensors: CycleGAN's and pix2pix's networks, narrow, and their training, in PyTorch.

Run with PyTorch in this folder: python3 image_to_image.py OUT_FILE
For each: weights, what G makes and D says (float64), and ten float64 training steps in the order of the authors' code, with rows as in adversary.py.
Prints the parameter counts of the papers' sizes.
"""
import sys

import torch
from torch import nn
from torch.nn import functional as F

from adversary import Rows, linear, shared_data
from safetensors_file import write

BATCH = 2


def started(network):
    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(layer.weight, 0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        elif isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1, 0.02)
            nn.init.zeros_(layer.bias)
    return network


def normalized(width):
    return [nn.InstanceNorm2d(width), nn.ReLU()]


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        half = lambda: [nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width)]
        self.conv_block = nn.Sequential(*half(), nn.ReLU(), *half())

    def forward(self, x):
        return x + self.conv_block(x)


class ResNet(nn.Module):
    def __init__(self, features, blocks, inputs=3, outputs=3):
        super().__init__()
        f = features
        up = dict(stride=2, padding=1, output_padding=1)
        self.model = nn.Sequential(
            nn.ReflectionPad2d(3), nn.Conv2d(inputs, f, 7), *normalized(f),
            nn.Conv2d(f, 2 * f, 3, 2, 1), *normalized(2 * f), nn.Conv2d(2 * f, 4 * f, 3, 2, 1), *normalized(4 * f),
            *[Residual(4 * f) for _ in range(blocks)],
            nn.ConvTranspose2d(4 * f, 2 * f, 3, **up), *normalized(2 * f), nn.ConvTranspose2d(2 * f, f, 3, **up), *normalized(f),
            nn.ReflectionPad2d(3), nn.Conv2d(f, outputs, 7), nn.Tanh())

    def forward(self, x):
        return self.model(x)


class Level(nn.Module):
    def __init__(self, outer, width, inner, inputs=None, dropout=False):
        super().__init__()
        self.outermost = inputs is not None
        down = nn.Conv2d(inputs or outer, width, 4, 2, 1, bias=False)
        if self.outermost:
            layers = [down, inner, nn.ReLU(), nn.ConvTranspose2d(2 * width, outer, 4, 2, 1), nn.Tanh()]
        elif inner is None:
            layers = [nn.LeakyReLU(0.2), down, nn.ReLU(), nn.ConvTranspose2d(width, outer, 4, 2, 1, bias=False), nn.BatchNorm2d(outer)]
        else:
            layers = [nn.LeakyReLU(0.2), down, nn.BatchNorm2d(width), inner, nn.ReLU(),
                      nn.ConvTranspose2d(2 * width, outer, 4, 2, 1, bias=False), nn.BatchNorm2d(outer)]
            layers += [nn.Dropout(0.5)] if dropout else []
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x) if self.outermost else torch.cat([x, self.model(x)], 1)


class UNet(nn.Module):
    def __init__(self, size, features, inputs=3, outputs=3):
        super().__init__()
        f, downs = features, size.bit_length() - 1
        inner = Level(8 * f, 8 * f, None)
        for _ in range(downs - 5):
            inner = Level(8 * f, 8 * f, inner, dropout=True)
        for outer, width in ((4 * f, 8 * f), (2 * f, 4 * f), (f, 2 * f)):
            inner = Level(outer, width, inner)
        self.model = Level(outputs, f, inner, inputs=inputs)

    def forward(self, x):
        return self.model(x)


class Patch(nn.Module):
    def __init__(self, channels, features, layers, batch):
        super().__init__()
        norm = nn.BatchNorm2d if batch else nn.InstanceNorm2d
        all_layers = [nn.Conv2d(channels, features, 4, 2, 1), nn.LeakyReLU(0.2)]
        width = features
        for i in range(1, layers + 1):
            wider = features * min(2 ** i, 8)
            all_layers += [nn.Conv2d(width, wider, 4, 2 if i < layers else 1, 1, bias=not batch), norm(wider), nn.LeakyReLU(0.2)]
            width = wider
        self.model = nn.Sequential(*all_layers, nn.Conv2d(width, 1, 4, 1, 1))

    def forward(self, x):
        return self.model(x)


class Pool:
    def __init__(self, size, seed):
        self.size, self.images, self.random = size, [], torch.Generator().manual_seed(seed)

    def query(self, images):
        return torch.stack([self.one(i) for i in images.detach()])

    def one(self, image):
        if len(self.images) < self.size:
            self.images.append(image)
            return image
        whether, which = torch.rand(2, generator=self.random, dtype=torch.float64).tolist()
        if whether <= 0.5:
            return image
        at = int(which * self.size)
        old, self.images[at] = self.images[at], image
        return old


def squares(r, f):
    return (r - 1).square().mean() / 2, f.square().mean() / 2


def error(a, b):
    return (a - b).abs().mean()


def total(networks):
    return sum(p.detach().abs().sum() for n in networks for p in n.parameters())


def frozen(networks, is_frozen):
    for n in networks:
        n.requires_grad_(not is_frozen)


def adam(*networks):
    return torch.optim.Adam([p for n in networks for p in n.parameters()], 2e-4, (0.5, 0.999))


def descend(optimizer, loss, rate):
    optimizer.zero_grad()
    loss.backward()
    optimizer.param_groups[0]["lr"] = rate
    optimizer.step()


def cyclegan(a_to_b, b_to_a, of_a, of_b, data, steps=10, seed=5, pool=3):
    networks = [n.double().train() for n in (a_to_b, b_to_a, of_a, of_b)]
    g, d_a, d_b = adam(*networks[:2]), adam(of_a), adam(of_b)
    salt = 0x706f6f6c
    pool_a, pool_b = Pool(pool, seed ^ salt), Pool(pool, (seed + (1 << 16)) ^ salt)
    images = data["pixels"].double() / 127.5 - 1
    source_a, source_b = Rows(images[:16]), Rows(images[16:])
    rate = linear(2e-4, 0, 20)
    mean = [p.detach().clone() for n in networks[:2] for p in n.parameters()]
    rows = []
    for step in range(1, steps + 1):
        a, b = source_a.next(BATCH), source_b.next(BATCH)
        frozen((of_a, of_b), True)
        fake_b, fake_a = a_to_b(a), b_to_a(b)
        cycle = error(b_to_a(fake_b), a) + error(a_to_b(fake_a), b)
        identity = error(a_to_b(b), b) + error(b_to_a(a), a)
        loss = (of_b(fake_b) - 1).square().mean() + (of_a(fake_a) - 1).square().mean() + 10 * cycle + 5 * identity
        descend(g, loss, rate(step))
        frozen((of_a, of_b), False)
        terms = []
        for d, optimizer, real, shown in ((of_a, d_a, a, pool_a.query(fake_a)), (of_b, d_b, b, pool_b.query(fake_b))):
            terms.append(squares(d(real), d(shown)))
            descend(optimizer, sum(terms[-1]), rate(step))
        decay = min(0.9, (1.0 + step) / (10.0 + step))
        for m, p in zip(mean, (p for n in networks[:2] for p in n.parameters())):
            m.lerp_(p.detach(), 1 - decay)
        rows.append(torch.stack([terms[0][0] + terms[1][0], terms[0][1] + terms[1][1], loss, cycle, identity,
                                 total(networks[:2]), total(networks[2:]), sum(m.abs().sum() for m in mean)]).detach())
    return torch.stack(rows)


def pix2pix(g, d, data, steps=10, weight=100):
    g, d = g.double().train(), d.double().train()
    opt_g, opt_d = adam(g), adam(d)
    images = data["pixels"].double() / 127.5 - 1
    pairs = Rows(torch.cat([images[:16], images[16:]], 1))
    rows = []
    for _ in range(steps):
        pair = pairs.next(BATCH)
        x, y = pair[:, :3], pair[:, 3:]
        made = g(x)
        fake = torch.cat([x, made], 1)
        real_term, fake_term = F.softplus(-d(pair)).mean() / 2, F.softplus(d(fake.detach())).mean() / 2
        descend(opt_d, real_term + fake_term, 2e-4)
        frozen([d], True)
        l1 = error(made, y)
        loss = F.softplus(-d(fake)).mean() + weight * l1
        descend(opt_g, loss, 2e-4)
        frozen([d], False)
        rows.append(torch.stack([real_term, fake_term, loss, l1, total([g]), total([d])]).detach())
    return torch.stack(rows)


def count(network):
    return sum(p.numel() for p in network.parameters())


if __name__ == "__main__":
    torch.set_num_threads(1)
    data = shared_data()
    out = {}

    def keep(name, networks, images):
        for part, network in networks.items():
            out.update({f"{name}.{part}.{k}": v.clone() for k, v in network.state_dict().items()})
            with torch.no_grad():
                out[f"{name}.of.{part}"] = network.double().eval()(images[:, :3] if part in ("a_to_b", "b_to_a", "g", "of_a", "of_b") else images)[:1].clone()

    images = data["pixels"][:4].double() / 127.5 - 1
    torch.manual_seed(61)
    cycle = {"a_to_b": started(ResNet(4, 2)), "b_to_a": started(ResNet(4, 2)), "of_a": started(Patch(3, 4, 1, False)), "of_b": started(Patch(3, 4, 1, False))}
    keep("cyclegan", cycle, images)
    out["cyclegan.trajectory"] = cyclegan(*cycle.values(), data)
    torch.manual_seed(62)
    paired = {"g": started(UNet(32, 3)), "d": started(Patch(6, 4, 2, True))}
    keep("pix2pix", paired, torch.cat([images, images.flip(0)], 1))
    out["pix2pix.trajectory"] = pix2pix(*paired.values(), data)
    for name in ("cyclegan", "pix2pix"):
        print(name, out[f"{name}.trajectory"][-1])
    print("ResNet of 9 and 6 blocks", count(ResNet(64, 9)), count(ResNet(64, 6)))
    print("PatchGAN of 1, 2, 3 layers", [count(Patch(3, 64, n, False)) for n in (1, 2, 3)], "of 6 channels", count(Patch(6, 64, 3, True)))
    print("U-Net of 256, 128, 64, 32 pixels", [count(UNet(s, 64)) for s in (256, 128, 64, 32)])
    write(sys.argv[1], out, {"made_by": "tests/peers/image_to_image.py", "torch": torch.__version__})
