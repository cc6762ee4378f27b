"""Writes tests/ResearchKit.Tests/Reference/dcgan.safetensors: a DCGAN's start, data and noise, and what PyTorch makes of them.

Run with PyTorch in this folder: python3 trajectories.py OUT_FILE
float64: 30 steps of the non-saturating game, of WGAN-GP and of the relativistic pairing game with R1 and R2: losses and sums of |parameter| after every step.
float32: the first 5 steps of the non-saturating game.
Also the numbers that PyTorch's generators and initialisers give for fixed seeds.
"""
import sys

import torch

import dcgan
import games
from safetensors_file import write

STEPS, BATCH, SIZE, FEATURES, LATENT = 30, 8, 28, 4, 16


def networks():
    torch.manual_seed(7)
    return dcgan.initialize(dcgan.Generator(SIZE, 1, FEATURES, LATENT)), dcgan.initialize(dcgan.Discriminator(SIZE, 1, FEATURES))


def train(dtype, steps, pixels, noise):
    g, d = (n.to(dtype) for n in networks())
    opt_g = torch.optim.Adam(g.parameters(), 2e-4, (0.5, 0.999))
    opt_d = torch.optim.Adam(d.parameters(), 2e-4, (0.5, 0.999))
    rows = []
    for i in range(steps):
        losses = dcgan.step(g, d, opt_g, opt_d, pixels[i].to(dtype) / 127.5 - 1, noise[i].to(dtype))
        sums = [sum(p.detach().abs().sum() for p in n.parameters()) for n in (g, d)]
        rows.append(torch.stack([*losses, *sums]).double())
    return torch.stack(rows)


def critic():
    torch.manual_seed(9)
    lrelu = torch.nn.LeakyReLU(0.2)
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 4, 2, 1), lrelu, torch.nn.Conv2d(4, 8, 4, 2, 1), lrelu, torch.nn.Conv2d(8, 1, 7), torch.nn.Flatten(0))


def squared_slopes(d, x):
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(d(x).sum(), x, create_graph=True)
    return gradient.flatten(1).square().sum(1)


def wgan_gp(mixing):
    def losses(_, d, real, fake):
        alpha = torch.rand(len(real), 1, 1, 1, generator=mixing).to(real.dtype)
        penalty = 10 * (squared_slopes(d, alpha * real + (1 - alpha) * fake).sqrt() - 1).square().mean()
        return -d(real).mean(), d(fake).mean(), penalty
    return losses, lambda d, real, fake: -d(fake).mean()


def relativistic_r1_r2():
    softplus = torch.nn.functional.softplus

    def losses(_, d, real, fake):
        term = softplus(d(fake) - d(real)).mean()
        return term, term * 0, 0.5 * (squared_slopes(d, real).mean() + squared_slopes(d, fake).mean())
    return losses, lambda d, real, fake: softplus(d(real) - d(fake)).mean()


torch.set_num_threads(1)
torch.manual_seed(11)
pixels = (torch.rand(STEPS, BATCH, 1, SIZE, SIZE) ** 3 * 255).to(torch.uint8)
noise = torch.randn(STEPS, BATCH, LATENT)
g, d = networks()
out = {"pixels": pixels, "noise": noise}
out |= {f"g.{k}": v for k, v in g.state_dict().items()} | {f"d.{k}": v for k, v in d.state_dict().items()}
out["trajectory.float64"] = train(torch.float64, STEPS, pixels, noise)
out["trajectory.float32"] = train(torch.float32, 5, pixels, noise)
out |= {f"critic.{k}": v for k, v in critic().state_dict().items()}
out["trajectory.wgan-gp"] = games.train(networks()[0], critic(), pixels, noise, *wgan_gp(torch.Generator().manual_seed(21)))
out["trajectory.relativistic-r1-r2"] = games.train(networks()[0], critic(), pixels, noise, *relativistic_r1_r2())
out["random.randn.seed3"] = torch.randn(20, generator=torch.Generator().manual_seed(3))
out["random.randperm.seed3"] = torch.randperm(20, generator=torch.Generator().manual_seed(3))
logits = torch.tensor([[-100., -3., -.5, 0., 1.5, 100.], [-7., -1., .25, 2., 30., 100.]], dtype=torch.float64, requires_grad=True)
for name, (real_term, fake_term, generator) in games.GAMES.items():
    for part, term in {"real": real_term, "fake": fake_term, "generator": generator}.items():
        value = term(logits[0], logits[1])
        (gradient,) = torch.autograd.grad(value, logits)
        out |= {f"loss.{name}.{part}.value": value.detach().reshape(1), f"loss.{name}.{part}.gradient": gradient}
out["loss.logits"] = logits.detach()
write(sys.argv[1], out, {"made_by": "tests/peers/trajectories.py", "torch": torch.__version__})
for name in [n for n in out if n.startswith("trajectory")]:
    print(name, out[name][-1])
