"""Prints the numbers of tests/ResearchKit.Tests/Metrics/GoldenMetricsTests.cs and MemorisationTests.cs: metrics written down in NumPy, SciPy and
PyTorch from their papers. Those of the first table equal what the authors' own code prints (nicolassalvy/ClippedDensityCoverage,
kdst-team/Probablistic_precision_recall, FasilCheema/GenerativeMetrics, clovaai/generative-evaluation-prdc, marcojira/fld).

Run: python3 neighbours.py. The data are a linear congruential generator's, so that any language can make them.
"""
import numpy as np
import torch
from scipy.special import betaln, gammaln
from scipy.stats import mannwhitneyu


def stream(rows):
    s, numbers = 12345, []
    for _ in range(rows * 4):
        s = (1103515245 * s + 12345) % 2**31
        numbers.append((s + 0.5) / 2**31)
    return np.array(numbers).reshape(-1, 4)


def distances(a, b):
    return np.sqrt(((a[:, None] - b[None]) ** 2).sum(2))


def radii(x, k):
    return np.sort(distances(x, x), axis=1)[:, k]  # the row itself is first


def frechet(x, y):
    a, b = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = np.sqrt(np.linalg.eigvals(a @ b).real.clip(0)).sum()
    return ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(a) + np.trace(b) - 2 * root


def kernel_distance(x, y):
    def mean(a, b):
        k = (a @ b.T / a.shape[1] + 1) ** 3
        return k.mean() if a is not b else (k.sum() - np.trace(k)) / (len(a) * (len(a) - 1))
    return mean(x, x) + mean(y, y) - 2 * mean(x, y)


def prdc(x, y, k=5):
    d, own, other = distances(y, x), radii(y, k)[:, None], radii(x, k)[None]
    return (d < own).any(0).mean(), (d < other).any(1).mean(), (d < own).sum() / k / len(x), (d < own).any(1).mean()


def clipped(x, y, k=5):
    r = radii(y, k)
    cut = np.minimum(r, np.median(r))[:, None]
    real = distances(y, y)
    np.fill_diagonal(real, np.inf)
    density = np.minimum((distances(y, x) <= cut).sum(0) / k, 1).mean() / np.minimum((real <= cut).sum(0) / k, 1).mean()
    raw = (np.sort(distances(y, x), axis=1)[:, :k] < r[:, None]).mean()
    expected = []
    for m in range(len(x) + 1):
        j = np.arange(m + 1)
        log_p = gammaln(m + 1) - gammaln(j + 1) - gammaln(m - j + 1) + betaln(k + j, len(y) - k + m - j) - betaln(k, len(y) - k)
        expected.append(0 if m < k else (np.minimum(j, k) * np.exp(log_p)).sum() / k)
    return density, raw, np.searchsorted(expected, raw) / len(expected)


def probabilistic(x, y, k=4, scale=1.2):
    def support(samples, others):
        r = scale * radii(others, k).mean()
        return (1 - np.minimum(distances(samples, others) / r, 1).prod(1)).mean()
    return support(x, y), support(y, x)


def cover(x, y, k=3):
    def share(centers, others):
        return (np.sort(distances(centers, others), axis=1)[:, k - 1] <= radii(centers, 3 * k)).mean()
    return share(x, y), share(y, x)


def mean_discrepancy(x, y):
    def mean(a, b):
        return np.exp(-distances(a, b) ** 2 / 200).mean()
    return 1000 * (mean(x, x) + mean(y, y) - 2 * mean(x, y))


def likelihood(x, y, t):
    x, y, t = (torch.from_numpy((a - y.mean(0)) / y.std(0, ddof=1)) for a in (x, y, t))

    def log_density(squares, log_variances):
        d = x.shape[1]
        return -0.5 * squares * torch.exp(-log_variances) - d / 2 * (log_variances + np.log(2 * np.pi))

    def fit(centers, data):
        squares = torch.cdist(data, centers, compute_mode="donot_use_mm_for_euclid_dist") ** 2
        s = ((squares.min(0).values + 1e-3) / x.shape[1]).log().requires_grad_()
        background = torch.zeros((), dtype=torch.float64, requires_grad=True)
        far = 0.81 * ((data - data.mean(0)) ** 2).sum(1, keepdim=True)
        adam = torch.optim.Adam([s, background], lr=0.5)
        losses = []
        for _ in range(50):
            adam.zero_grad()
            terms = torch.cat([log_density(squares, s) - np.log(len(centers)), log_density(far, background)], 1)
            loss = -terms.logsumexp(1).mean() / x.shape[1]
            loss.backward()
            adam.step()
            s.data.clamp_(-40, 40)
            losses.append(loss.item())
            if len(losses) > 6 and max(abs(losses[-1] - before) for before in losses[-5:-1]) < 5e-4:
                break
        return s.detach()

    def nll(centers, s, data):
        squares = torch.cdist(data, centers, compute_mode="donot_use_mm_for_euclid_dist") ** 2
        return (-(log_density(squares, s) - np.log(len(centers))).logsumexp(1).mean() / x.shape[1]).item()

    s, half = fit(x, t), min(len(x), len(t) // 2)
    return nll(x, s, y), nll(x, s, t), nll(t[:half], fit(t[:half], t[half:]), y)


def copying(x, y, t, cells):  # cells: of the rows of each set
    total, weight = 0.0, 0.0
    for cell in range(3):
        a, b, c = (s[labels == cell] for s, labels in zip((x, y, t), cells))
        u = mannwhitneyu(distances(a, c).min(1), distances(b, c).min(1), alternative="less").statistic
        n, m = len(b), len(a)
        total += n * (u - (n * m / 2 - 0.5)) / np.sqrt(n * m * (n + m + 1) / 12)
        weight += n
    return total / weight


def authentic(x, t):
    d = distances(x, t)
    return 100 * (radii(t, 1)[d.argmin(1)] < d.min(1)).mean()


numbers = stream(1400)
real, u = numbers[:500], numbers[500:900]
half = u.copy()
half[:, 0] /= 2
for name, x in {"fair": u, "inside": 0.8 * u + 0.1, "shifted": u + 0.25, "half": half}.items():
    print(name, frechet(x, real), kernel_distance(x, real), *prdc(x, real), *clipped(x, real), *probabilistic(x, real), *cover(x, real),
          mean_discrepancy(x, real))

train, test, fresh = numbers[:500], numbers[500:1000], numbers[1000:]
for name, x in {"fair": fresh, "inside": 0.8 * fresh + 0.1}.items():
    print("likelihood", name, *likelihood(x, test, train))
apart = [np.arange(len(s)) % 3 for s in (fresh, test, train)]  # three clusters, which k-means finds
fresh, test, train = (s + np.outer(c, [10, 0, 0, 0]) for s, c in zip((fresh, test, train), apart))
near = 0.5 * fresh + 0.5 * train[np.arange(len(fresh)) // 3 * 3 % 498 + apart[0]]
for name, x in {"fresh": fresh, "near": near}.items():
    print("copying", name, copying(x, test, train, apart), authentic(x, train))
