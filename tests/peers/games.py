"""The seven losses: for each, the real and the fake term that D minimises and what G minimises, as functions of real and fake logits."""
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
