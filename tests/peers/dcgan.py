"""The kit's DCGAN in PyTorch: the reference for tests and benchmarks. Same layers, same state-dict keys."""
import torch
from torch import nn

DOUBLINGS = {28: [3, 4, 4], 32: [4, 4, 4], 64: [4, 4, 4, 4]}


class Generator(nn.Module):
    def __init__(self, size=64, channels=3, features=64, latent=100):
        super().__init__()
        kernels = DOUBLINGS[size]
        width = features << (len(kernels) - 1)
        layers = [nn.ConvTranspose2d(latent, width, 4, bias=False)]
        for i, kernel in enumerate(kernels):
            out = channels if i == len(kernels) - 1 else width // 2
            layers += [nn.BatchNorm2d(width), nn.ReLU(True), nn.ConvTranspose2d(width, out, kernel, 2, 1, bias=False)]
            width = out
        self.main = nn.Sequential(*layers, nn.Tanh())

    def forward(self, z):
        return self.main(z[:, :, None, None])


class Discriminator(nn.Module):
    def __init__(self, size=64, channels=3, features=64):
        super().__init__()
        layers, width = [], channels
        for i, kernel in enumerate(reversed(DOUBLINGS[size])):
            out = features if i == 0 else width * 2
            layers.append(nn.Conv2d(width, out, kernel, 2, 1, bias=False))
            if i > 0:
                layers.append(nn.BatchNorm2d(out))
            layers.append(nn.LeakyReLU(0.2, True))
            width = out
        self.main = nn.Sequential(*layers, nn.Conv2d(width, 1, 4, bias=False))

    def forward(self, x):
        return self.main(x).flatten()


def initialize(network):
    """N(0, .02) for convolutions, N(1, .02) and 0 for batch normalisation, drawn in the order of modules()."""
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0, 0.02)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1, 0.02)
            nn.init.zeros_(module.bias)
    return network


def step(g, d, opt_g, opt_d, real, z):
    """One training step of the non-saturating game; returns the two terms of D's loss and G's loss."""
    softplus = torch.nn.functional.softplus
    fake = g(z)
    opt_d.zero_grad()
    real_term = softplus(-d(real)).mean()
    fake_term = softplus(d(fake.detach())).mean()
    (real_term + fake_term).backward()
    opt_d.step()
    d.requires_grad_(False)
    opt_g.zero_grad()
    g_loss = softplus(-d(fake)).mean()
    g_loss.backward()
    opt_g.step()
    d.requires_grad_(True)
    return real_term.detach(), fake_term.detach(), g_loss.detach()
