"""The seven losses (for each, the real and the fake term that D minimises and what G minimises, as functions of real and fake logits), and the loop that the trajectories share."""
import torch

softplus = torch.nn.functional.softplus
relu = torch.nn.functional.relu
cross_entropy = (lambda r, f: softplus(-r).mean(), lambda r, f: softplus(f).mean())
GAMES = {
    "minimax": (*cross_entropy, lambda r, f: -softplus(f).mean()),
    "nonsaturating": (*cross_entropy, lambda r, f: softplus(-f).mean()),
    "leastsquares": (lambda r, f: ((r - 1) ** 2).mean(), lambda r, f: (f ** 2).mean(), lambda r, f: ((f - 1) ** 2).mean()),
    "wasserstein": (lambda r, f: -r.mean(), lambda r, f: f.mean(), lambda r, f: -f.mean()),
    "hinge": (lambda r, f: relu(1 - r).mean(), lambda r, f: relu(1 + f).mean(), lambda r, f: -f.mean()),
    "relativisticaverage": (
        lambda r, f: softplus(-(r - f.mean())).mean(),
        lambda r, f: softplus(f - r.mean()).mean(),
        lambda r, f: softplus(-(f - r.mean())).mean() + softplus(r - f.mean()).mean()),
    "relativisticpairing": (lambda r, f: softplus(-(r - f)).mean(), lambda r, f: (r + f).sum() * 0, lambda r, f: softplus(-(f - r)).mean()),
}


def train(g, d, pixels, noise, d_parts, g_loss):
    """float64 steps of Adam 2e-4 (0.5, 0.999), one for each batch. d_parts(i, d, real, fake): the terms of D's loss in step i; g_loss(d, real, fake): G's, against the new D.

    A row is: D's terms, G's loss, sums of |parameter| of G and of D after the step.
    """
    g, d = g.double(), d.double()
    opt_g = torch.optim.Adam(g.parameters(), 2e-4, (0.5, 0.999))
    opt_d = torch.optim.Adam(d.parameters(), 2e-4, (0.5, 0.999))
    rows = []
    for i, (image, z) in enumerate(zip(pixels, noise)):
        real, fake = image.double() / 127.5 - 1, g(z.double())
        parts = d_parts(i, d, real, fake.detach())
        opt_d.zero_grad()
        sum(parts).backward()
        opt_d.step()
        generator_loss = g_loss(d, real, fake)
        opt_g.zero_grad()
        generator_loss.backward()
        opt_g.step()
        sums = [sum(p.detach().abs().sum() for p in n.parameters()) for n in (g, d)]
        rows.append(torch.stack([*(p.detach() for p in parts), generator_loss.detach(), *sums]))
    return torch.stack(rows)
