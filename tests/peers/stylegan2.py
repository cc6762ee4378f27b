"""StyleGAN2 (arXiv:1912.04958) in plain PyTorch, and tests/ResearchKit.Tests/Reference/stylegan2.safetensors, which it makes.

Run with PyTorch in this folder: python3 stylegan2.py OUT_FILE
Written from the paper and from the facts of StyleGAN2-ADA's code, whose state-dict keys it has; slow and plain on purpose: the modulated convolution runs sample by
sample with a kernel of its own, and resampling puts zeros between pixels and convolves.
start.*: sums of |value| of each tensor of seed 5, by name. g.*, d.*, orig.*: those with every zero moved, so that biases, noise and truncation count. forward.*: float64 values of them.
trajectory.*: ten float64 steps in the kit's order. A row is: D's two terms, the penalty, G's loss, sums of |parameter| of G, of D and of the averaged G, a.
"""
import math
import sys

import torch
from torch import nn
from torch.nn import functional as F

from safetensors_file import write

SIZE, CHANNELS, FEATURES, LATENT, LAYERS, CLASSES, BATCH, STEPS, GROUP = 16, 3, 8, 6, 3, 3, 8, 10, 4
TAPS = torch.tensor([1., 3., 3., 1.])
SALT = 0x9E3779B9


def kernel():
    k = torch.outer(TAPS, TAPS)
    return k / k.sum()


def fir(x, k, before, after, up=1, down=1):
    b, c, h, w = x.shape
    y = x.new_zeros(b, c, h * up, w * up)
    y[:, :, ::up, ::up] = x
    y = F.pad(y, (before, after, before, after))
    y = F.conv2d(y, (k * up * up).to(x.dtype).flip([0, 1]).expand(c, 1, 4, 4), groups=c)
    return y[:, :, ::down, ::down]


def lrelu(x):
    return F.leaky_relu(x, .2) * math.sqrt(2)


def unit(x):
    return x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt()


class Linear(nn.Module):
    def __init__(self, inputs, outputs, activated=False, rate=1., start=0.):
        super().__init__()
        self.activated, self.rate = activated, rate
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), start))

    def forward(self, x):
        y = x @ (self.weight * self.rate / math.sqrt(self.weight.shape[1])).t() + self.bias * self.rate
        return lrelu(y) if self.activated else y


class Conv(nn.Module):
    def __init__(self, inputs, outputs, size, down=False, activated=True):
        super().__init__()
        self.down, self.activated, self.size = down, activated, size
        self.weight = nn.Parameter(torch.randn(outputs, inputs, size, size))
        self.bias = nn.Parameter(torch.zeros(outputs)) if activated else None
        self.register_buffer("resample_filter", kernel())

    def forward(self, x, gain=1.):
        w = self.weight / math.sqrt(self.weight[0].numel())
        pad = self.size // 2
        if self.down:  # all padding before the filter: half the kernel, and 1 for the filter's shift
            y = F.conv2d(fir(x, self.resample_filter, pad + 1, pad + 1), w, stride=2)
        else:
            y = F.conv2d(x, w, padding=pad)
        if self.bias is not None:
            y = lrelu(y + self.bias[:, None, None])
        return y * gain


class Layer(nn.Module):
    def __init__(self, inputs, outputs, styles, resolution, up=False):
        super().__init__()
        self.up = up
        self.affine = Linear(styles, inputs, start=1.)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.register_buffer("noise_const", torch.randn(resolution, resolution))
        self.noise_strength = nn.Parameter(torch.zeros([]))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.register_buffer("resample_filter", kernel())

    def forward(self, x, w, noise):
        rows = []
        for sample, style in zip(x, self.affine(w)):
            k = self.weight * style[None, :, None, None]
            k = k / (k.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()
            sample = sample[None]
            if self.up:
                c, h, _ = sample.shape[1:]
                spread = sample.new_zeros(1, c, 2 * h, 2 * h)
                spread[:, :, ::2, ::2] = sample
                full = F.conv2d(F.pad(spread, (2, 2, 2, 2)), k.flip([2, 3]))  # a true convolution, 2 H + 2 wide, the last row and column 0
                rows.append(fir(full[:, :, :-1, :-1], self.resample_filter * 4, 1, 1))
            else:
                rows.append(F.conv2d(sample, k, padding=1))
        y = torch.cat(rows)
        if noise:
            y = y + self.noise_const * self.noise_strength
        return lrelu(y + self.bias[:, None, None])


class ToImage(nn.Module):
    def __init__(self, inputs, channels, styles):
        super().__init__()
        self.affine = Linear(styles, inputs, start=1.)
        self.weight = nn.Parameter(torch.randn(channels, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x, w):
        s = self.affine(w) / math.sqrt(self.weight.shape[1])
        return torch.einsum("bihw,oi,bi->bohw", x, self.weight[:, :, 0, 0], s) + self.bias[:, None, None]


class Block(nn.Module):
    def __init__(self, inputs, outputs, channels, styles, resolution):
        super().__init__()
        if inputs == 0:
            self.const = nn.Parameter(torch.randn(outputs, 4, 4))
        else:
            self.conv0 = Layer(inputs, outputs, styles, resolution, up=True)
        self.conv1 = Layer(outputs, outputs, styles, resolution)
        self.torgb = ToImage(outputs, channels, styles)
        self.register_buffer("resample_filter", kernel())

    def forward(self, x, image, ws, noise):
        x = self.conv0(x, ws.pop(0), noise) if hasattr(self, "conv0") else self.const.expand(len(ws[0]), -1, -1, -1)
        x = self.conv1(x, ws.pop(0), noise)
        part = self.torgb(x, ws[0])
        return x, part if image is None else fir(image, self.resample_filter, 2, 1, up=2) + part


class Mapping(nn.Module):
    def __init__(self, latent, classes, styles, layers, mean):
        super().__init__()
        self.classes, self.layers = classes, layers
        if classes:
            self.embed = Linear(classes, styles)
        for i in range(layers):
            setattr(self, f"fc{i}", Linear(latent + (styles if classes else 0) if i == 0 else styles, styles, True, .01))
        if mean:
            self.register_buffer("w_avg", torch.zeros(styles))

    def forward(self, z, y):
        parts = [] if z is None else [unit(z)]
        if self.classes:
            parts.append(unit(self.embed(F.one_hot(y, self.classes).to(self.fc0.weight.dtype))))
        x = torch.cat(parts, 1)
        for i in range(self.layers):
            x = getattr(self, f"fc{i}")(x)
        return x


def widths(size, features):
    base = features * (32 if size < 512 else 64)
    return {4 << i: min(base // (4 << i), features) for i in range(int(math.log2(size)) - 1)}


class Synthesis(nn.Module):
    def __init__(self, size, channels, features, styles):
        super().__init__()
        wide, before = widths(size, features), 0
        for r, c in wide.items():
            setattr(self, f"b{r}", Block(before, c, channels, styles, r))
            before = c
        self.styles = 2 * len(wide)

    def forward(self, ws, noise):
        ws, x, image = list(ws.unbind(1)), None, None
        for block in self.children():
            x, image = block(x, image, ws, noise)
        return image


class Generator(nn.Module):
    def __init__(self, size, channels, features, latent, layers, classes):
        super().__init__()
        self.synthesis = Synthesis(size, channels, features, latent)
        self.mapping = Mapping(latent, classes, latent, layers, mean=True)

    def map(self, z, y):
        w = self.mapping(z, y)
        if self.training:
            self.mapping.w_avg.mul_(.995).add_(w.detach().mean(0), alpha=.005)
        return w[:, None].repeat(1, self.synthesis.styles, 1)

    def forward(self, z, y=None, noise=True, psi=1., cutoff=None):
        ws = self.map(z, y)
        part = ws[:, :cutoff]
        ws = torch.cat([self.mapping.w_avg + psi * (part - self.mapping.w_avg), ws[:, part.shape[1]:]], 1)
        return self.synthesis(ws, noise)


class DBlock(nn.Module):
    def __init__(self, image, inputs, outputs, shortcut):
        super().__init__()
        self.shortcut = shortcut
        if image:
            self.fromrgb = Conv(image, inputs, 1)
        self.conv0 = Conv(inputs, inputs, 3)
        self.conv1 = Conv(inputs, outputs, 3, down=True)
        if shortcut:
            self.skip = Conv(inputs, outputs, 1, down=True, activated=False)
        self.register_buffer("resample_filter", kernel())

    def forward(self, x):
        if hasattr(self, "fromrgb"):
            x = self.fromrgb(x)
        y = self.conv1(self.conv0(x))
        return (y + self.skip(x)) * math.sqrt(.5) if self.shortcut else y


class DEnd(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = Conv(inputs + 1, inputs, 3)
        self.fc = Linear(inputs * 16, inputs, True)
        self.out = Linear(inputs, outputs)

    def forward(self, x):
        n = len(x) // GROUP  # sample i is in group i mod n
        deviation = torch.stack([(x[i % n::n].var(0, unbiased=False) + 1e-8).sqrt().mean() for i in range(len(x))])
        x = torch.cat([x, deviation[:, None, None, None].expand(-1, 1, 4, 4)], 1)
        return self.out(self.fc(self.conv(x).flatten(1)))


class Discriminator(nn.Module):
    def __init__(self, size, channels, features, shortcuts, classes):
        super().__init__()
        wide = widths(size, features)
        self.resolutions = sorted(wide)[:0:-1]
        for r in self.resolutions:
            setattr(self, f"b{r}", DBlock(channels if r == size else 0, wide[r], wide[r // 2], shortcuts))
        if classes:
            self.mapping = Mapping(0, classes, wide[4], 8, mean=False)
        self.b4 = DEnd(wide[4], wide[4] if classes else 1)

    def forward(self, x, y=None):
        for r in self.resolutions:
            x = getattr(self, f"b{r}")(x)
        x = self.b4(x)
        if not hasattr(self, "mapping"):
            return x[:, 0]
        return (x * self.mapping(None, y)).sum(1) / math.sqrt(x.shape[1])


def moved(network):
    """Every value moved a little, so that none stays at 0."""
    network.load_state_dict({k: v if "resample_filter" in k else v + .2 * torch.randn(v.shape) for k, v in network.state_dict().items()})
    return network


def sums(network):
    return sum(p.detach().abs().sum() for p in network.parameters())


def train(g, d, pixels, latents, labels, path_every, r1_every=4, gamma=.1, rate=.0025, half_life=20., ramp=.5):
    """The kit's order of a step: D on its batch, R1 in a step of its own, G on a batch of its own, the path length in a step of its own, the average."""
    g, d = g.double().train(), d.double()
    average = {k: v.clone() for k, v in g.state_dict().items()}
    softplus, next_batch, next_z = F.softplus, iter(range(10 ** 6)), iter(range(10 ** 6))
    noise = torch.Generator().manual_seed(3 ^ SALT)
    adam = lambda n, k: torch.optim.Adam(n.parameters(), rate * (c := k / (k + 1) if k else 1), (0., .99 ** c))
    opt_g, opt_d = adam(g, path_every), adam(d, r1_every)
    a, rows = torch.zeros([], dtype=torch.float64), []

    def batch():
        i = next(next_batch) % len(pixels)
        return pixels[i].double() / 127.5 - 1, None if labels is None else labels[i]

    def z():
        return latents[next(next_z) % len(latents)].double()

    def make(z, y):
        return g.synthesis(g.map(z, y), True)

    def step(optimizer, loss):
        for group in optimizer.param_groups:
            for p in group["params"]:
                p.grad = None
        loss.backward()
        optimizer.step()

    for i in range(STEPS):
        real, y = batch()
        with torch.no_grad():
            fake = make(z(), y)
        real_term, fake_term = softplus(-d(real, y)).mean(), softplus(d(fake, y)).mean()
        step(opt_d, real_term + fake_term)
        penalty = torch.zeros([], dtype=torch.float64)
        if i % r1_every == 0:
            x = real.clone().requires_grad_()
            logits = d(x, y)
            (slopes,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
            penalty = slopes.square().sum((1, 2, 3)).mean() * (gamma / 2 * r1_every)
            step(opt_d, penalty + 0 * logits.sum())
        if labels is not None:
            y = batch()[1]
        g_loss = softplus(-d(make(z(), y), y)).mean()
        step(opt_g, g_loss)
        if path_every and i % path_every == 0:
            half = BATCH // 2
            ws = g.map(z()[:half], None if y is None else y[:half])
            images = g.synthesis(ws, True)
            probe = (torch.randn(images.shape, generator=noise) / SIZE).double()
            (slope,) = torch.autograd.grad((images * probe).sum(), ws, create_graph=True)
            lengths = slope.square().sum(2).mean(1).sqrt()
            mean = a + .01 * (lengths.mean() - a)
            a = mean.detach()
            step(opt_g, (lengths - mean).square().mean() * 2 * path_every + 0 * images.sum())
        seen = BATCH * (i + 1)
        decay = .5 ** (BATCH / max(1e-8, min(half_life, ramp * seen)))
        trained = dict(g.named_parameters())
        for k, v in g.state_dict().items():
            average[k] = average[k] * decay + v.detach() * (1 - decay) if k in trained else v.clone()
        total = sum(average[k].abs().sum() for k in trained)
        rows.append(torch.stack([real_term.detach(), fake_term.detach(), penalty.detach(), g_loss.detach(), sums(g), sums(d), total, a,
                                 g.mapping.w_avg.abs().sum()]))
    return torch.stack(rows)


def main(path):
    torch.set_num_threads(1)
    torch.manual_seed(5)
    nets = {
        "g": Generator(SIZE, CHANNELS, FEATURES, LATENT, LAYERS, 0), "g-classes": Generator(SIZE, CHANNELS, FEATURES, LATENT, LAYERS, CLASSES),
        "d": Discriminator(SIZE, CHANNELS, FEATURES, True, 0), "d-classes": Discriminator(SIZE, CHANNELS, FEATURES, True, CLASSES),
        "orig": Discriminator(SIZE, CHANNELS, FEATURES, False, 0),
    }
    out = {f"start.{n}": torch.stack([v.double().abs().sum() for k, v in sorted(net.state_dict().items())]) for n, net in nets.items()}
    for name, net in nets.items():
        out |= {f"{name}.{k}": v.clone() for k, v in moved(net).state_dict().items()}
    out["pixels"] = (torch.rand(10, BATCH, CHANNELS, SIZE, SIZE) ** 2 * 255).to(torch.uint8)
    out["latents"] = torch.randn(30, BATCH, LATENT)
    out["labels"] = torch.randint(0, CLASSES, (10, BATCH))
    x, z, y = out["pixels"][0].double() / 127.5 - 1, out["latents"][0].double(), out["labels"][0]
    with torch.no_grad():
        for net in nets.values():
            net.double().eval()
        g, classes, z = nets["g"], nets["g-classes"], z[:2]
        out |= {
            "forward.noise": g(z), "forward.no-noise": g(z, noise=False), "forward.truncated": g(z, psi=.6), "forward.cutoff": g(z, psi=.6, cutoff=3),
            "forward.classes": classes(z, y[:2]), "forward.styles": g.map(z, None), "forward.d": nets["d"](x), "forward.d-classes": nets["d-classes"](x, y),
            "forward.orig": nets["orig"](x)}
    out["trajectory.path"] = train(nets["g-classes"], nets["d-classes"], out["pixels"], out["latents"], out["labels"], 2)
    out["trajectory.plain"] = train(nets["g"], nets["orig"], out["pixels"], out["latents"], None, None)
    write(path, out, {"made_by": "tests/peers/stylegan2.py", "torch": torch.__version__})
    for name in [n for n in out if n.startswith("trajectory")]:
        print(name, out[name][0], out[name][-1], sep="\n")


def check_counts():
    """The numbers of parameters that the authors' configurations have."""
    def count(net):
        return sum(p.numel() for p in net.parameters())
    assert count(Generator(64, 3, 512, 512, 2, 0)) == 22243608 and count(Discriminator(64, 3, 512, True, 0)) == 23407361
    assert count(Generator(32, 3, 512, 512, 2, 10)) == 20215315 and count(Discriminator(32, 3, 512, False, 10)) == 23089664


if __name__ == "__main__":
    check_counts()
    main(sys.argv[1])
