"""Writes tests/ResearchKit.Tests/Reference/stabilizer-matrix.safetensors: one training step of every loss with every gradient penalty, with and without DiffAugment.

Run with PyTorch in this folder: python3 stabilizer_matrix.py DCGAN_FILE OUT_FILE (DCGAN_FILE: what trajectories.py wrote; its generator, critic, pixels and noise are used).
numbers: float64, shape (losses, penalties, 2, 6): D's two terms, the penalty, the norm of D's gradient, G's loss after D's step, the norm of G's gradient.
Slopes are taken through the augmentation. Draws: DiffAugment seed 5, in the order real, fake, (points between), fake for G, (real for G); WGAN-GP's mixing seed 21.
"""
import sys

import torch
from torch import nn

import dcgan
from diff_augment import SALT, diff_augment
from games import GAMES
from safetensors_file import read, write

PENALTIES = {"none": [], "wgan-gp": ["gp"], "r1": ["r1"], "r1-r2": ["r1", "r2"]}
SEES_REAL = ("relativisticaverage", "relativisticpairing")
torch.set_num_threads(1)
source = read(sys.argv[1])


def under(prefix):
    return {k[len(prefix):]: v for k, v in source.items() if k.startswith(prefix)}


def networks():
    g = dcgan.Generator(28, 1, 4, 16)
    g.load_state_dict(under("g."))
    lrelu = nn.LeakyReLU(0.2)
    d = nn.Sequential(nn.Conv2d(1, 4, 4, 2, 1), lrelu, nn.Conv2d(4, 8, 4, 2, 1), lrelu, nn.Conv2d(8, 1, 7), nn.Flatten(0))
    d.load_state_dict(under("critic."))
    return g.double(), d.double()


def norm(network):
    return torch.stack([p.grad.norm() for p in network.parameters()]).norm()


def numbers(game, penalties, augmented):
    real_term, fake_term, generator_term = GAMES[game]
    draws, mixing = torch.Generator().manual_seed(5 ^ SALT), torch.Generator().manual_seed(21)
    g, d = networks()
    opt_d = torch.optim.Adam(d.parameters(), 2e-4, (0.5, 0.999))

    def score(x):
        return d(diff_augment(x, torch.rand(len(x), 7, dtype=torch.float64, generator=draws)) if augmented else x)

    def slopes(logits, x):
        (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
        return gradient.flatten(1)

    real = (source["pixels"][0].double() / 127.5 - 1).requires_grad_()
    generated = g(source["noise"][0].double())
    fake = generated.detach().requires_grad_()
    r, f = score(real), score(fake)
    penalty = torch.zeros((), dtype=torch.float64)
    for kind in penalties:
        if kind == "gp":
            alpha = torch.rand(len(real), 1, 1, 1, generator=mixing).double()
            between = (alpha * real + (1 - alpha) * fake).detach().requires_grad_()
            penalty = penalty + 10 * (slopes(score(between), between).norm(dim=1) - 1).square().mean()
        else:
            penalty = penalty + 0.5 * (slopes(r, real) if kind == "r1" else slopes(f, fake)).square().sum(1).mean()
    terms = real_term(r, f), fake_term(r, f)
    (sum(terms) + penalty).backward()
    d_norm = norm(d)
    opt_d.step()
    f = score(generated)
    r = score(real.detach()) if game in SEES_REAL else None
    loss = generator_term(r, f)
    loss.backward()
    return torch.stack([t.detach() for t in (*terms, penalty, d_norm, loss, norm(g))])


out = {"numbers": torch.stack([torch.stack([torch.stack([numbers(game, p, augmented) for augmented in (False, True)]) for p in PENALTIES.values()]) for game in GAMES])}
write(sys.argv[2], out, {"made_by": "tests/peers/stabilizer_matrix.py", "torch": torch.__version__, "losses": " ".join(GAMES), "penalties": " ".join(PENALTIES)})
print(out["numbers"][:, :, 1])
