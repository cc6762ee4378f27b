"""Writes tests/ResearchKit.Tests/Reference/metrics.safetensors: metric values by torch-fidelity's, prdc's and Vendi-Score's own code.

Run in this folder: python3 metrics.py TORCH_FIDELITY PRDC VENDI_SCORE OUT_FILE, the first three being git checkouts of
github.com/toshas/torch-fidelity, github.com/clovaai/generative-evaluation-prdc and github.com/vertaix/Vendi-Score; their commits go into the file.
The feature sets are not stored: pair(...) below draws them, and the test draws the same. NAME.recipe: seed, N generated, M real, D, kind, KID's subsets and their size;
NAME.start: the first three rows of either set; NAME.float64.METRIC and NAME.float32.METRIC: values for the sets in that dtype, all in float64.
normal.prdc: prdc's precision, recall, density, coverage of 10,000 x 1,000 normal samples; normal.start: the first numbers of either set. numpy.*: draws of RandomState.
"""
import importlib.machinery
import importlib.util
import subprocess
import sys
import types

import numpy as np
import scipy
import scipy.sparse.csr  # Vendi-Score names it without importing it
import sklearn
import torch

from safetensors_file import write

NORMAL, RECTIFIED, INTEGER, COPIES = range(4)
PAIRS = {  # seed, N generated, M real, D, kind, KID subsets, subset size
    "defaults": (101, 1100, 1200, 16, NORMAL, 100, 1000),
    "rectified": (102, 300, 400, 48, RECTIFIED, 20, 100),
    "narrow": (103, 60, 50, 3, NORMAL, 10, 30),
    "both-short": (104, 120, 90, 256, NORMAL, 20, 60),
    "one-short": (105, 80, 300, 128, RECTIFIED, 20, 50),
    "ties": (106, 200, 150, 4, INTEGER, 20, 50),
    "copies": (107, 250, 250, 32, COPIES, 20, 100),
}


def pair(seed, n, m, d, kind):
    g = torch.Generator().manual_seed(seed)
    if kind == INTEGER:
        return torch.randint(1, 5, (n, d), generator=g).double(), torch.randint(1, 5, (m, d), generator=g).double()
    x = torch.randn(n, d, generator=g, dtype=torch.float64)
    y = torch.randn(m, d, generator=g, dtype=torch.float64)
    scale = torch.linspace(0.2, 2, d, dtype=torch.float64)  # no two directions alike
    x, y = (x * 0.9 + 0.1) * scale, y * scale
    if kind == RECTIFIED:
        x, y = x.clamp_min(0), y.clamp_min(0)
    if kind == COPIES:
        x[: n // 2] = y[: n // 2]
    return x, y


def load(checkout, package):
    """A package of a checkout without its __init__, which imports networks and data sets."""
    module = types.ModuleType(package)
    module.__path__ = [f"{checkout}/{package}"]
    module.__spec__ = importlib.machinery.ModuleSpec(package, None, is_package=True)
    sys.modules[package] = module


def commit(checkout):
    return subprocess.run(["git", "-C", checkout, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


if importlib.util.find_spec("tqdm") is None:  # only a progress bar
    sys.modules["tqdm"] = types.ModuleType("tqdm")
    sys.modules["tqdm"].tqdm = lambda items, **_: items
fidelity, prdc_checkout, vendi_checkout, out_file = sys.argv[1:]
load(fidelity, "torch_fidelity")
sys.modules["torch_fidelity.utils"] = types.ModuleType("torch_fidelity.utils")  # extracts features: not used here
sys.modules["torch_fidelity.utils"].__getattr__ = lambda name: None
load(prdc_checkout, "prdc")
load(vendi_checkout, "vendi_score")
from prdc.prdc import compute_prdc  # noqa: E402
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric  # noqa: E402
from torch_fidelity.metric_isc import isc_features_to_metric  # noqa: E402
from torch_fidelity.metric_kid import kid_features_to_metric  # noqa: E402
from torch_fidelity.metric_mind import mind_features_to_metric  # noqa: E402
from torch_fidelity.metric_prc import prc_features_to_metric  # noqa: E402
from vendi_score import vendi  # noqa: E402


def values(x, y, subsets, size):
    fid = fid_statistics_to_metric(fid_features_to_statistics(x), fid_features_to_statistics(y), False)
    kid = kid_features_to_metric(x, y, kid_subsets=subsets, kid_subset_size=size, verbose=False)
    isc = isc_features_to_metric(x)
    prc = prc_features_to_metric(x, y, verbose=False)
    mind = mind_features_to_metric(x, y, cuda=False, verbose=False)
    prdc = compute_prdc(y.numpy(), x.numpy(), 5)
    return {
        "fid": fid["frechet_inception_distance"],
        "kid.mean": kid["kernel_inception_distance_mean"],
        "kid.std": kid["kernel_inception_distance_std"],
        "isc.mean": isc["inception_score_mean"],
        "isc.std": isc["inception_score_std"],
        "precision": prc["precision"],
        "recall": prc["recall"],
        "fscore": prc["f_score"],
        "mind": mind["monge_inception_distance"],
        "prdc.precision": prdc["precision"],
        "prdc.recall": prdc["recall"],
        "prdc.density": prdc["density"],
        "prdc.coverage": prdc["coverage"],
        "vendi": vendi.score_X(x.numpy()),
        "vendi.dual": vendi.score_dual(x.numpy()),
        "vendi.q2": vendi.score_dual(x.numpy(), q=2),
    }


out = {}
for name, (*recipe, subsets, size) in PAIRS.items():
    x, y = pair(*recipe)
    out[f"{name}.recipe"] = torch.tensor([*recipe, subsets, size])
    out[f"{name}.start"] = torch.cat([x[:3], y[:3]])
    for dtype in (torch.float64, torch.float32):
        for metric, value in values(x.to(dtype), y.to(dtype), subsets, size).items():
            out[f"{name}.{str(dtype).removeprefix('torch.')}.{metric}"] = torch.tensor([float(value)], dtype=torch.float64)

# The case that prdc's README publishes, 10,000 samples of N(0, I) in 1,000 dimensions against as many, here with a seed.
normal = torch.Generator().manual_seed(2020)
x = torch.randn(10_000, 1000, generator=normal, dtype=torch.float64)
y = torch.randn(10_000, 1000, generator=normal, dtype=torch.float64)
prdc = compute_prdc(y.numpy(), x.numpy(), 5)
out["normal.prdc"] = torch.tensor([prdc[k] for k in ("precision", "recall", "density", "coverage")], dtype=torch.float64)
out["normal.start"] = torch.cat([x[:3, :8], y[:3, :8]])

for seed in (0, 2020, 2**32 - 1):
    r = np.random.RandomState(seed)
    out[f"numpy.{seed}.permutation"] = torch.from_numpy(r.permutation(1000))
    out[f"numpy.{seed}.choice"] = torch.from_numpy(r.choice(257, 100, replace=False))
    out[f"numpy.{seed}.bits"] = torch.from_numpy(r.randint(0, 2**32, 700, dtype=np.uint32).astype(np.int64))
    items = np.arange(64)
    r.shuffle(items)
    out[f"numpy.{seed}.shuffle"] = torch.from_numpy(items)

write(out_file, out, {
    "made_by": "tests/peers/metrics.py",
    "torch": torch.__version__, "numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__,
    "torch-fidelity": commit(fidelity), "prdc": commit(prdc_checkout), "vendi-score": commit(vendi_checkout),
})
for name in PAIRS:
    print(name, {k.split(".", 2)[2]: v.item() for k, v in out.items() if k.startswith(f"{name}.float64.")})
