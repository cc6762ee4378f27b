"""Writes tests/ResearchKit.Tests/Reference/collapse.safetensors: what SciPy, scikit-learn and NumPy say to the inputs of the collapse measures' tests.

Run in this folder: python3 collapse.py OUT_FILE. The inputs are drawn from torch's generator, and the tests draw the same; NAME.start holds the first numbers of each.
chi2: rows of (value, degrees, scipy.stats.chi2.sf). kmeans.inertia: for (blobs, noise) scikit-learn's KMeans over 10 seeds, the best. ndb.*: two histograms, each bin's z, p (scipy.stats.norm) and the divergence (scipy).
spectrum.*: eigenvalues of numpy.cov, its matrix_rank. whitening.*: 40 features in the units of 400 real ones, by NumPy's SVD: their inner products, effective rank and Vendi score; SciPy's Mahalanobis distances. weight.*: numpy.linalg.svd of a convolution's kernels as a matrix, and of a transposed one's. classes.*: counts, weights, scipy.stats.chisquare's statistic and p.
"""
import sys

import numpy as np
import scipy
import sklearn
import torch
from scipy import stats
from scipy.spatial.distance import cdist, jensenshannon
from sklearn.cluster import KMeans

from safetensors_file import write


def draw(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def blobs():
    """1,000 points around 20 centres in 8 dimensions."""
    centres = draw(11, 20, 8) * 4
    return centres.repeat(50, 1) + draw(12, 1000, 8)


out = {}
chi2 = [(x, k) for k in (0.5, 1, 2, 3, 9, 24, 99, 1000) for x in (1e-6, 0.3, 1, 3.841458820694124, 10, 50, 124.3, 980, 1100)]
out["chi2"] = torch.tensor([(x, k, stats.chi2.sf(x, k)) for x, k in chi2], dtype=torch.float64)

sets = {"blobs": (blobs(), 20), "noise": (draw(13, 2000, 16), 50)}
best = []
for name, (x, k) in sets.items():
    out[f"{name}.start"] = x[:3]
    best.append(min(KMeans(n_clusters=k, n_init=1, random_state=seed).fit(x.numpy()).inertia_ for seed in range(10)))
out["kmeans.inertia"] = torch.tensor(best, dtype=torch.float64)

real = torch.tensor([500, 300, 100, 0, 60, 0, 40, 1000])
fake = torch.tensor([450, 420, 100, 5, 0, 0, 25, 2000])
n, m = real.sum().item(), fake.sum().item()
p, q = real.numpy() / n, fake.numpy() / m
with np.errstate(invalid="ignore"):
    pooled = (p * n + q * m) / (n + m)
    z = (q - p) / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
out["ndb.real"], out["ndb.fake"] = real, fake
out["ndb.z"] = torch.from_numpy(np.nan_to_num(z))
out["ndb.p"] = torch.from_numpy(2 * stats.norm.cdf(-np.abs(np.nan_to_num(z))))
out["ndb.jsd"] = torch.tensor([jensenshannon(p, q) ** 2], dtype=torch.float64)

for name, x in {"tall": draw(21, 200, 12) * torch.linspace(0.1, 3, 12).double(), "wide": draw(22, 15, 40), "low": draw(23, 300, 5) @ draw(24, 5, 30) + 100}.items():
    out[f"spectrum.{name}.start"] = x[:2]
    out[f"spectrum.{name}.eigenvalues"] = torch.from_numpy(np.linalg.eigvalsh(np.cov(x.numpy().T))[::-1].copy())
    out[f"spectrum.{name}.rank"] = torch.tensor([np.linalg.matrix_rank(x.numpy() - x.numpy().mean(0))])

real = (draw(41, 400, 6) @ draw(42, 6, 20) + 0.3 * draw(43, 400, 20) + 7).numpy()
other = (draw(44, 40, 6) @ draw(42, 6, 20) + 0.3 * draw(45, 40, 20) + 6).numpy()
_, singular, axes = np.linalg.svd(real - real.mean(0), full_matrices=False)
kept = int(np.searchsorted(np.cumsum(singular**2), 0.95 * (singular**2).sum())) + 1
white = (other - real.mean(0)) @ axes[:kept].T / singular[:kept] * np.sqrt(len(real) - 1)
unit = white / np.linalg.norm(white, axis=1, keepdims=True)
out["whitening.start"], out["whitening.directions"] = torch.from_numpy(other[:2].copy()), torch.tensor([kept])
out["whitening.products"] = torch.from_numpy(white @ white.T)
out["whitening.measures"] = torch.tensor([np.exp(stats.entropy(np.linalg.svd(x, compute_uv=False) ** 2)) for x in (white, unit)], dtype=torch.float64)
out["whitening.mahalanobis"] = torch.from_numpy(cdist(other, real.mean(0)[None], "mahalanobis", VI=np.linalg.inv(np.cov(real.T)))[:, 0])

kernel = draw(31, 6, 4, 3, 3)
out["weight.start"] = kernel[0, 0]
out["weight.convolution"] = torch.from_numpy(np.linalg.svd(kernel.numpy().reshape(6, 36), compute_uv=False))
out["weight.transposed"] = torch.from_numpy(np.linalg.svd(kernel.numpy().transpose(1, 0, 2, 3).reshape(4, 54), compute_uv=False))

counts, weights = np.array([30, 0, 25, 45]), np.array([1.0, 1, 1, 2])
found = stats.chisquare(counts, weights / weights.sum() * counts.sum())
out["classes.counts"], out["classes.weights"] = torch.from_numpy(counts), torch.from_numpy(weights)
out["classes.test"] = torch.tensor([found.statistic, found.pvalue], dtype=torch.float64)
out["classes.entropy"] = torch.tensor([stats.entropy(counts)], dtype=torch.float64)
write(sys.argv[1], out, {"made_by": "tests/peers/collapse.py", "torch": torch.__version__, "numpy": np.__version__, "scipy": scipy.__version__, "sklearn": sklearn.__version__})
