"""DCGAN training steps per second in PyTorch eager: the peer of `ResearchKit.Benchmarks train-step` (its default Adam, not the fused one)."""
import argparse
import statistics
import time

import torch

import dcgan

p = argparse.ArgumentParser()
p.add_argument("--device", default="cpu")
p.add_argument("--threads", type=int, default=1)
p.add_argument("--size", type=int, default=28)
p.add_argument("--channels", type=int, default=1)
p.add_argument("--features", type=int, default=32)
p.add_argument("--batch", type=int, default=64)
p.add_argument("--steps", "-n", type=int, default=40)
p.add_argument("--blocks", type=int, default=5)
p.add_argument("--read", action="store_true", help="read seven numbers every step and keep an averaged generator, as the kit's trainer does")
a = p.parse_args()

torch.set_num_threads(a.threads)
torch.manual_seed(0)
dev = torch.device(a.device)
images = torch.randint(0, 256, (4096, a.channels, a.size, a.size), dtype=torch.uint8).to(dev)
g = dcgan.initialize(dcgan.Generator(a.size, a.channels, a.features)).to(dev)
d = dcgan.initialize(dcgan.Discriminator(a.size, a.channels, a.features)).to(dev)
opt_g = torch.optim.Adam(g.parameters(), 2e-4, (0.5, 0.999))
opt_d = torch.optim.Adam(d.parameters(), 2e-4, (0.5, 0.999))
average = [t.detach().clone() for t in list(g.parameters()) + list(g.buffers())]


def norm(network):
    return torch.stack([q.grad.norm() for q in network.parameters()]).norm()


def run(steps):
    if dev.type == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    for i in range(steps):
        if i % (4096 // a.batch) == 0:
            order = torch.randperm(4096)
        at = i % (4096 // a.batch) * a.batch
        real = images.index_select(0, order[at:at + a.batch].to(dev)).float() / 127.5 - 1
        z = torch.randn(a.batch, 100).to(dev)
        numbers = dcgan.step(g, d, opt_g, opt_d, real, z)
        if a.read:
            with torch.no_grad():
                torch.stack([*numbers, norm(g), norm(d), real.mean(), z.mean()]).cpu()
                for mean, live in zip(average, list(g.parameters()) + list(g.buffers())):
                    mean.lerp_(live, 0.001) if mean.is_floating_point() else mean.copy_(live)
    if dev.type == "cuda":
        torch.cuda.synchronize()
    return steps / (time.perf_counter() - start)


run(a.steps)
rates = sorted(run(a.steps) for _ in range(a.blocks))
print(f"PyTorch {torch.__version__}  {a.device} threads {a.threads}{' read' if a.read else ''}  DCGAN {a.channels}x{a.size}x{a.size} features {a.features} batch {a.batch}: "
      f"median {statistics.median(rates):.1f} steps/s (min {rates[0]:.1f}, max {rates[-1]:.1f}; {a.blocks} blocks of {a.steps})")
