"""Training steps per second in PyTorch, as one writes the loop, eager or with torch.compile (--compile): the peer of `ResearchKit.Benchmarks train-step`, with the same networks, data, noise and losses.

Where D judges each sample alone (toy, wgan-gp) the kit shows it real and generated samples as one batch; here, as one writes it, they are two calls.
Adam is torch.optim.Adam's default of the installed version (foreach on a GPU from 2.0 on, one tensor after the other before and on a CPU; never the fused one).
torch.compile has no second derivatives: with --compile a pass of D whose slopes are penalised stays eager (all of r3gan's D step, the penalties of the others). Exit code 4: it cannot compile here.
"""
import argparse
import contextlib
import re
import statistics
import sys
import time

import torch
from torch import nn

import dcgan

CASES = ["toy16", "toy128", "dcgan28", "dcgan32", "dcgan64", "wgan-gp", "sngan32", "stylegan32", "r3gan32", "stylegan256", "r3gan64"]
p = argparse.ArgumentParser()
p.add_argument("case", nargs="?", default="dcgan28", choices=CASES)
p.add_argument("--device", default="cpu")
p.add_argument("--threads", type=int, default=1)
p.add_argument("--precision", default="Full", choices=["Full", "TensorFloat32", "BFloat16"])
p.add_argument("--features", type=int)
p.add_argument("--batch", type=int)
p.add_argument("--steps", "-n", type=int, default=40)
p.add_argument("--blocks", type=int, default=5)
p.add_argument("--compile", action="store_true", help="G and D through torch.compile")
p.add_argument("--read", action="store_true", help="read the numbers of every step and keep an averaged generator, as the kit's trainer does")
a = p.parse_args()

with open("/proc/self/maps") as maps:
    if not (torch.backends.mkl.is_available() or re.search("openblas", maps.read())):  # PyTorch's own wheels carry MKL within their library
        sys.exit("this PyTorch computes with the reference BLAS, which is no peer; install OpenBLAS (apt: libopenblas0-pthread)")
if a.compile and not hasattr(torch, "compile"):
    print(f"PyTorch {torch.__version__} has no torch.compile; it came with 2.0", file=sys.stderr)
    sys.exit(4)
torch.set_num_threads(a.threads)
torch.manual_seed(0)
dev = torch.device(a.device)
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = a.precision == "TensorFloat32"
softplus = nn.functional.softplus


def mlp(width, outputs):
    return nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, outputs))


def critic(features):
    layers, width = [], 1
    for i, kernel in enumerate(reversed(dcgan.DOUBLINGS[28])):
        out = features if i == 0 else width * 2
        layers += [nn.Conv2d(width, out, kernel, 2, 1), nn.LeakyReLU(0.2, True)]
        width = out
    return nn.Sequential(*layers, nn.Conv2d(width, 1, 4), nn.Flatten(0))


def modulated(layer, x, w, noise):
    """StyleGAN2's layer as its authors train it: x is scaled before and after one convolution. The reference's loop over samples is no peer."""
    b, _, h, _ = x.shape
    s = layer.affine(w)
    scale = ((layer.weight.square().sum((2, 3))[None] * s.square()[:, None]).sum(2) + 1e-8).rsqrt()
    x = x * s[:, :, None, None]
    if layer.up:
        x = resampled(nn.functional.conv_transpose2d(x, layer.weight.transpose(0, 1), stride=2), layer.resample_filter * 4, 1, 1)
    else:
        x = nn.functional.conv2d(x, layer.weight, padding=1)
    x = x * scale[:, :, None, None] + torch.randn(b, 1, *x.shape[2:]).to(x.device) * layer.noise_strength
    return stylegan2.lrelu(x + layer.bias[:, None, None])


def resampled(x, k, before, after, up=1, down=1):
    """The filter as a convolution by channel, without zeros put between pixels."""
    c = x.shape[1]
    k = k.to(x.dtype)
    if up == 2:
        return nn.functional.conv_transpose2d(x, (k * 4).expand(c, 1, 4, 4), stride=2, padding=1, groups=c)
    assert before == after
    return nn.functional.conv2d(x, k.expand(c, 1, 4, 4), stride=down, padding=before, groups=c)


def judged(end, x):
    b, c, h, w = x.shape
    deviation = (x.view(4, b // 4, c, h, w).var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
    x = torch.cat([x, deviation.repeat(4)[:, None, None, None].expand(-1, 1, h, w)], 1)
    return end.out(end.fc(end.conv(x).flatten(1)))


latent = 100
if a.case.startswith("toy"):
    width = a.features or int(a.case[3:])
    batch, latent = a.batch or (16 if a.case == "toy16" else 256), 2
    g, d = mlp(width, 2), nn.Sequential(mlp(width, 1), nn.Flatten(0))
    data = torch.randn(4096, 2).to(dev)
    description = f"2-D MLP, 2 hidden layers of {width}, batch {batch}, non-saturating"
elif a.case in ("sngan32", "stylegan32", "r3gan32", "stylegan256", "r3gan64"):
    width, size, batch = {"sngan32": (64, 32, 32), "stylegan32": (64, 32, 32), "r3gan32": (32, 32, 32), "stylegan256": (512, 256, 32),
                          "r3gan64": (768, 64, 64)}[a.case]
    width, batch = a.features or width, a.batch or batch
    if a.case == "sngan32":
        import resnet_gans
        latent = 128
        g, d = resnet_gans.Generator({"bilinear": True}, width, latent), resnet_gans.Discriminator({}, width)
        description = f"sngan 3x32x32 features {width} batch {batch}, hinge, one D step"
    elif a.case.startswith("stylegan"):
        import stylegan2
        latent, layers = (128, 2) if size == 32 else (512, 8)
        stylegan2.Layer.forward = modulated
        stylegan2.fir = resampled
        stylegan2.DEnd.forward = judged
        g, d = stylegan2.Generator(size, 3, width, latent, layers, 0), stylegan2.Discriminator(size, 3, width, size > 32, 0)
        description = f"stylegan2{'-cifar' if size == 32 else ''} 3x{size}x{size} features {width} batch {batch}, non-saturating, R1 every 16 steps"
    else:
        import r3gan
        latent = 64
        widths, blocks = ([width] * 4, 1) if size == 32 else ([width] * 4 + [width // 2], 2)
        g, d = r3gan.Generator(widths, latent, 0, blocks), r3gan.Discriminator(widths[::-1], 0, blocks)
        description = f"r3gan 3x{size}x{size} features {width} batch {batch}, {'one block' if blocks == 1 else 'two blocks'} a side, relativistic pairing, R1 and R2"
    data = torch.randint(0, 256, (4096, 3, size, size), dtype=torch.uint8).to(dev)
else:
    size, channels, width, batch = {"dcgan28": (28, 1, 32, 64), "dcgan32": (32, 3, 32, 64), "dcgan64": (64, 3, 64, 128), "wgan-gp": (28, 1, 32, 64)}[a.case]
    width, batch = a.features or width, a.batch or batch
    g = dcgan.initialize(dcgan.Generator(size, channels, width))
    d = dcgan.initialize(critic(width) if a.case == "wgan-gp" else dcgan.Discriminator(size, channels, width))
    data = torch.randint(0, 256, (4096, channels, size, size), dtype=torch.uint8).to(dev)
    description = f"DCGAN {channels}x{size}x{size} features {width} batch {batch}, {'WGAN-GP, one D step' if a.case == 'wgan-gp' else 'non-saturating'}"

g, d = g.to(dev), d.to(dev)
fast_g, fast_d = (torch.compile(g, dynamic=False), torch.compile(d, dynamic=False)) if a.compile else (g, d)  # d itself where slopes are asked for
opt_g = torch.optim.Adam(g.parameters(), 2e-4, (0.5, 0.999))
opt_d = torch.optim.Adam(d.parameters(), 2e-4, (0.5, 0.999))
average = [t.detach().clone() for t in list(g.parameters()) + list(g.buffers())]
cast = (lambda: torch.autocast(dev.type, torch.bfloat16)) if a.precision == "BFloat16" else contextlib.nullcontext


def norm(network):
    return torch.stack([q.grad.norm() for q in network.parameters()]).norm()


def slope_penalty(real, fake):
    alpha = torch.rand(len(real), 1, 1, 1).to(dev)
    x = (alpha * real + (1 - alpha) * fake).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(d(x).sum(), x, create_graph=True)
    return 10 * (gradient.flatten(1).norm(dim=1) - 1).square().mean()


def slope(logits, x):
    (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    return gradient.square().sum((1, 2, 3)).mean() / 2


def step(real, z, lazy):
    opt_d.zero_grad()
    with cast():
        fake = fast_g(z).float()
        looked = fake.detach()
        if a.case.startswith("r3gan"):
            real, looked = real.requires_grad_(), looked.requires_grad_()
        elif lazy:
            real = real.requires_grad_()
        judge = d if a.case.startswith("r3gan") or lazy else fast_d
        r, f = judge(real), judge(looked)
        if a.case.startswith("r3gan"):
            terms = [softplus(f - r).mean(), slope(r.float(), real), slope(f.float(), looked)]
        elif a.case == "sngan32":
            terms = [nn.functional.relu(1 - r).mean(), nn.functional.relu(1 + f).mean()]
        elif a.case == "wgan-gp":
            terms = [-r.mean(), f.mean(), slope_penalty(real, fake)]
        else:
            terms = [softplus(-r).mean(), softplus(f).mean()]
            if lazy:
                terms.append(0.01 * 16 * slope(r.float(), real))
    sum(terms).backward()
    opt_d.step()
    d_norm = norm(d) if a.read else None
    d.requires_grad_(False)
    opt_g.zero_grad()
    with cast():
        f2 = fast_d(fake)
        if a.case.startswith("r3gan"):
            with torch.no_grad():
                r2 = fast_d(real)
            loss = softplus(r2 - f2).mean()
        else:
            loss = -f2.mean() if a.case in ("wgan-gp", "sngan32") else softplus(-f2).mean()
    loss.backward()
    opt_g.step()
    d.requires_grad_(True)
    if a.read:
        with torch.no_grad():
            numbers = torch.stack([t.detach().float() for t in (*terms, loss, r.sigmoid().mean(), f.sigmoid().mean(), d_norm, norm(g))]).cpu()
            for mean, live in zip(average, list(g.parameters()) + list(g.buffers())):
                mean.lerp_(live, 0.001) if mean.is_floating_point() else mean.copy_(live)
        return numbers


def run(steps):
    if dev.type == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    for i in range(steps):
        at = i % (4096 // batch) * batch
        if at == 0:
            order = torch.randperm(4096)
        real = data.index_select(0, order[at:at + batch].to(dev))
        step(real.float() / 127.5 - 1 if real.dtype == torch.uint8 else real, torch.randn(batch, latent).to(dev),
             a.case.startswith("stylegan") and i % 16 == 0)
    if dev.type == "cuda":
        torch.cuda.synchronize()
    return steps / (time.perf_counter() - start)


run(a.steps)
run(a.steps)
rates = sorted(run(a.steps) for _ in range(a.blocks))
print(f"PyTorch {torch.__version__}{' compiled' if a.compile else ''}  {a.device} {a.precision} threads {a.threads}{' read' if a.read else ''}  {description}: "
      f"median {statistics.median(rates):.1f} steps/s (min {rates[0]:.1f}, max {rates[-1]:.1f}; {a.blocks} blocks of {a.steps})")
