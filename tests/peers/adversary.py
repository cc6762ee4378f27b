"""The training loop of the kit's GanTrainer in PyTorch, for the references of the papers' networks: what happens in a step, and in which order.

D moves d_steps times, each time on a real batch and on fakes of the same labels; then G moves once, on fakes of its own (own_batches of them) or, with 0, on D's last.
"""
import math

import torch

softplus = torch.nn.functional.softplus
relu = torch.nn.functional.relu
LOSSES = {  # D's two terms of the logits (r, f), and G's
    "hinge": (lambda r, f: (relu(1 - r).mean(), relu(1 + f).mean()), lambda r, f: -f.mean()),
    "wasserstein": (lambda r, f: (-r.mean(), f.mean()), lambda r, f: -f.mean()),
    "pairing": (lambda r, f: (softplus(f - r).mean(), r.sum() * 0), lambda r, f: softplus(r - f).mean()),
    "non-saturating": (lambda r, f: (softplus(-r).mean(), softplus(f).mean()), lambda r, f: softplus(-f).mean()),
}
BATCH = 4


def cosine(start, end, steps):
    return lambda step: start if step == 1 else end if step > steps else end + (start - end) * (1 + math.cos(math.pi * (step - 1) / steps)) / 2


def linear(start, end, steps):
    return lambda step: start + (end - start) * min(1, (step - 1) / steps)


class Rows:
    """Gives the rows of a tensor in order, again and again."""

    def __init__(self, rows):
        self.rows, self.at = rows, 0

    def next(self, count):
        index = [(self.at + i) % len(self.rows) for i in range(count)]
        self.at += count
        return self.rows[index]


def slopes(logits, x):
    (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    return gradient.flatten(1)


def train(g, d, data, loss, steps=10, d_steps=1, own_batches=1, rates=(2e-4, 2e-4), beta1=0.0, beta2=0.9, penalty=None, average=0.9, half_life=None):
    """Trains both networks in float64. Rates and beta2 are numbers or functions of the step; penalty(step, real, fake, real_logits, fake_logits, score) is added to D's loss.

    A row is: D's real and fake term, the penalty, G's loss, sums of |parameter| of G, of D, and of G's average.
    """
    g, d = g.double().train(), d.double().train()
    at = lambda value, step: value(step) if callable(value) else value
    opt_g = torch.optim.Adam(g.parameters(), 1e-3, (beta1, 0.5))
    opt_d = torch.optim.Adam(d.parameters(), 1e-3, (beta1, 0.5))
    pixels, labels, noise = (Rows(data[k]) for k in ("pixels", "labels", "noise"))
    terms, generator_loss = LOSSES[loss]
    mean = [p.detach().clone() for p in g.parameters()]
    relativistic, conditional = loss == "pairing", g.classes > 0
    y_of = lambda y: y if conditional else None
    real_batch = lambda n: (pixels.next(n).double() / 127.5 - 1, labels.next(n))
    z = lambda n: noise.next(n)[:, : g.latent].double()
    rows = []

    def step_of(optimizer, rate, step):
        optimizer.param_groups[0].update(lr=at(rate, step), betas=(beta1, at(beta2, step)))
        optimizer.step()

    for step in range(1, steps + 1):
        for _ in range(d_steps):
            real, y = real_batch(BATCH)
            fake = g(z(BATCH), y_of(y))
            x, fx = real.clone().requires_grad_(), fake.detach().requires_grad_()
            r, f = d(x, y_of(y)), d(fx, y_of(y))
            parts = terms(r, f)
            extra = torch.zeros([], dtype=torch.float64) if penalty is None else penalty(step, x, fx, r, f, lambda s: d(s, y_of(y)))
            opt_d.zero_grad()
            (sum(parts) + extra).backward()
            step_of(opt_d, rates[1], step)
        if own_batches > 0:
            if relativistic or conditional:
                real, y = real_batch(BATCH * own_batches)
            fake = g(z(BATCH * own_batches), y_of(y))
        for p in d.parameters():
            p.requires_grad_(False)
        r = d(real, y_of(y)).detach() if relativistic else None
        g_loss = generator_loss(r, d(fake, y_of(y)))
        opt_g.zero_grad()
        g_loss.backward()
        step_of(opt_g, rates[0], step)
        for p in d.parameters():
            p.requires_grad_(True)
        if half_life is None:
            decay = min(average, (1.0 + step) / (10.0 + step))
        else:
            decay = 0.5 ** (BATCH * d_steps / max(1e-8, at(half_life, step)))
        for m, p in zip(mean, g.parameters()):
            m.lerp_(p.detach(), 1 - decay)
        sums = [sum(p.detach().abs().sum() for p in n) for n in (g.parameters(), d.parameters(), mean)]
        rows.append(torch.stack([parts[0].detach(), parts[1].detach(), extra.detach(), g_loss.detach(), *sums]))
    return torch.stack(rows)


def shared_data():
    """What every family trains on: 32 small random images with one of 3 labels, and 64 rows of noise."""
    torch.manual_seed(31)
    coarse = torch.rand(32, 3, 8, 8)
    pixels = (torch.nn.functional.interpolate(coarse, scale_factor=4) * 255).to(torch.uint8)
    return {"pixels": pixels, "labels": torch.randint(0, 3, (32,)), "noise": torch.randn(64, 16)}
