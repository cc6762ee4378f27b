"""Writes tests/ResearchKit.Tests/Reference/unrolled.safetensors: an unrolled GAN in the plane, its gradients by PyTorch's autograd through all of D's steps.

Run with PyTorch in this folder: python3 unrolled.py OUT_FILE
float64, K = 3 steps ahead by D's own Adam (its state included) or by gradient descent; after each of 30 training steps: D's loss, G's loss after the look-ahead, sums of |parameter|.
"""
import sys

import torch

from safetensors_file import write

STEPS, BATCH, LATENT, WIDTH, AHEAD = 30, 16, 3, 12, 3
RATE, BETAS, EPS = 5e-3, (0.5, 0.9), 1e-8
softplus = torch.nn.functional.softplus


def network(inputs, outputs, seed):
    torch.manual_seed(seed)
    shapes = [(WIDTH, inputs), (WIDTH,), (WIDTH, WIDTH), (WIDTH,), (outputs, WIDTH), (outputs,)]
    return [(torch.randn(s, dtype=torch.float64) * 0.5).requires_grad_() for s in shapes]


def forward(w, x, activation):
    x = activation(x @ w[0].T + w[1])
    x = activation(x @ w[2].T + w[3])
    return x @ w[4].T + w[5]


def d_loss(d, real, fake):
    return softplus(-forward(d, real, torch.tanh)[:, 0]).mean() + softplus(forward(d, fake, torch.tanh)[:, 0]).mean()


class Adam:
    def __init__(self, w):
        self.m, self.v, self.t = [torch.zeros_like(p) for p in w], [torch.zeros_like(p) for p in w], 0

    def moved(self, w, g):
        """The weights after a step, as functions of the gradient, and the memory after it."""
        after = Adam(w)
        after.t = self.t + 1
        after.m = [BETAS[0] * m + (1 - BETAS[0]) * x for m, x in zip(self.m, g)]
        after.v = [BETAS[1] * v + (1 - BETAS[1]) * x * x for v, x in zip(self.v, g)]
        return [p - RATE * (m / (1 - BETAS[0] ** after.t)) / ((v / (1 - BETAS[1] ** after.t)).sqrt() + EPS)
                for p, m, v in zip(w, after.m, after.v)], after


class Descent:
    def __init__(self, w):
        pass

    def moved(self, w, g):
        return [p - RATE * x for p, x in zip(w, g)], self


def leaves(w):
    return [p.detach().clone().requires_grad_() for p in w]


def train(g, d, rule, reals, noise):
    g, d = leaves(g), leaves(d)
    g_rule, d_rule = rule(g), rule(d)
    rows = []
    for real, z in zip(reals, noise):
        fake = forward(g, z, torch.relu)
        loss = d_loss(d, real, fake.detach())
        d, d_rule = d_rule.moved(d, torch.autograd.grad(loss, d))
        d = leaves(d)
        if rule is Adam:
            d_rule.m, d_rule.v = [m.detach() for m in d_rule.m], [v.detach() for v in d_rule.v]
        ahead, ahead_rule = d, d_rule
        for _ in range(AHEAD):
            step = torch.autograd.grad(d_loss(ahead, real, fake), ahead, create_graph=True)
            ahead, ahead_rule = ahead_rule.moved(ahead, step)
        g_loss = softplus(-forward(ahead, fake, torch.tanh)[:, 0]).mean()
        g, g_rule = g_rule.moved(g, torch.autograd.grad(g_loss, g))
        g = leaves(g)
        if rule is Adam:
            g_rule.m, g_rule.v = [m.detach() for m in g_rule.m], [v.detach() for v in g_rule.v]
        rows.append(torch.stack([loss.detach(), g_loss.detach(), *(sum(p.detach().abs().sum() for p in w) for w in (g, d))]))
    return torch.stack(rows)


torch.set_num_threads(1)
g, d = network(LATENT, 2, 1), network(2, 1, 2)
torch.manual_seed(3)
reals = torch.randn(STEPS, BATCH, 2, dtype=torch.float64) * 0.3 + 1
noise = torch.randn(STEPS, BATCH, LATENT, dtype=torch.float64)
names = [f"main.{i}.{kind}" for i in (0, 2, 4) for kind in ("weight", "bias")]
out = {"reals": reals, "noise": noise}
out |= {f"g.{k}": v.detach() for k, v in zip(names, g)} | {f"d.{k}": v.detach() for k, v in zip(names, d)}
out["trajectory.adam"] = train(g, d, Adam, reals, noise)
out["trajectory.descent"] = train(g, d, Descent, reals, noise)
write(sys.argv[1], out, {"made_by": "tests/peers/unrolled.py", "torch": torch.__version__})
for name in ("adam", "descent"):
    print(name, out["trajectory." + name][[0, -1]])
