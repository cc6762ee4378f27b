"""Writes tests/ResearchKit.Tests/Reference/seqgan.safetensors: SeqGAN's networks, narrow, and ten steps of maximum likelihood, in PyTorch; self-BLEU by its definition.

Run with PyTorch and NumPy in this folder: python3 seqgan.py OUT_FILE
Weights, what G draws for z, log p of lines, what D says of them in evaluation mode (float64), ten float64 Adam steps, and self-BLEU of words in data/words.
The lines are those of text.py. G is built on PyTorch's own LSTM, with gates in its order.

With the authors' oracle, save/target_params.pkl or target_params_py3.pkl of github.com/LantaoYu/SeqGAN: python3 seqgan.py --oracle FILE
prints what lines score under it: its own, uniform tokens, the greedy line. Only arrays are read from that file; nothing in it is run.
"""
import collections
import math
import pathlib
import pickle
import statistics
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional as F

import adversary
from safetensors_file import write

VOCABULARY, LENGTH, WIDTH, FILTERS, EMBEDDING = 7, 8, 5, 10, 64
SIZES = {1: 100, 2: 200, 3: 200, 4: 200, 5: 200, 6: 100, 7: 100, 8: 100, 9: 100, 10: 100, 15: 160, 20: 160}


class Generator(nn.Module):
    def __init__(self, tokens, width, deviation):
        super().__init__()
        normal = lambda *shape: nn.Parameter(torch.randn(*shape) * deviation)
        self.embedding, self.w, self.u, self.b = normal(tokens, width), normal(width, 4 * width), normal(width, 4 * width), normal(4 * width)
        self.out, self.out_bias = normal(width, tokens), normal(tokens)

    def hidden(self, inputs, state=None):
        """PyTorch's LSTM has the gates i, f, g, o; here they are i, f, o, g, in columns."""
        h = self.w.shape[0]
        order = torch.cat([torch.arange(2 * h), torch.arange(3 * h, 4 * h), torch.arange(2 * h, 3 * h)])
        zero = torch.zeros(1, len(inputs), h, dtype=self.w.dtype)
        weights = [self.w[:, order].t(), self.u[:, order].t(), self.b[order], torch.zeros_like(self.b)]
        out, h_n, c_n = torch.lstm(self.embedding[inputs], state or (zero, zero), weights, True, 1, 0.0, False, False, True)
        return out, (h_n, c_n)

    def log_probabilities(self, x):
        inputs = torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1]], 1)
        logits = self.hidden(inputs)[0] @ self.out + self.out_bias
        return F.log_softmax(logits, 2).gather(2, x[:, :, None])[:, :, 0]

    def draw(self, uniform):
        token, state, tokens = torch.zeros(len(uniform), 1, dtype=torch.long), None, []
        for t in range(uniform.shape[1]):
            h, state = self.hidden(token, state)
            cumulated = F.softmax(h[:, 0] @ self.out + self.out_bias, 1).cumsum(1)
            token = torch.searchsorted(cumulated, uniform[:, t:t + 1].contiguous(), right=True).clamp_max(self.out.shape[1] - 1)
            tokens.append(token)
        return torch.cat(tokens, 1)

    def greedy(self, length):
        token, state, tokens = torch.zeros(1, 1, dtype=torch.long), None, []
        for _ in range(length):
            h, state = self.hidden(token, state)
            token = (h[:, 0] @ self.out + self.out_bias).argmax(1, keepdim=True)
            tokens.append(token)
        return torch.cat(tokens, 1)

    def named(self):
        names = {"embedding": self.embedding, "input_weight": self.w, "hidden_weight": self.u, "bias": self.b, "output_weight": self.out, "output_bias": self.out_bias}
        return {f"g.lstm.{name}": p for name, p in names.items()}


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        small = lambda *shape: nn.Parameter(torch.randn(*shape) * 0.2)
        sizes = [(places, max(1, count * FILTERS // 200)) for places, count in SIZES.items() if places <= LENGTH]
        self.embed = small(EMBEDDING, VOCABULARY, 1)
        self.weights = nn.ParameterList(small(count, EMBEDDING, places) for places, count in sizes)
        self.biases = nn.ParameterList(small(count) for _, count in sizes)
        found = sum(count for _, count in sizes)
        self.highway, self.highway_bias, self.gate, self.gate_bias = small(found, found), small(found), small(found, found), small(found)
        self.out, self.out_bias = small(1, found), small(1)

    def forward(self, x):
        embedded = self.embed[:, :, 0].t()[x]  # (B, L, 64)
        pooled = []
        for weight, b in zip(self.weights, self.biases):
            windows = embedded.unfold(1, weight.shape[2], 1)  # (B, places, 64, width)
            pooled.append(torch.relu(torch.einsum("bpcw,ocw->bpo", windows, weight) + b).max(1).values)
        y = torch.cat(pooled, 1)
        t = torch.sigmoid(y @ self.gate.t() + self.gate_bias)
        z = t * torch.relu(y @ self.highway.t() + self.highway_bias) + (1 - t) * y
        return (z @ self.out.t() + self.out_bias)[:, 0]

    def named(self):
        names = {"embed.weight": self.embed, "highway.weight": self.highway, "highway.bias": self.highway_bias, "gate.weight": self.gate,
                 "gate.bias": self.gate_bias, "output.weight": self.out, "output.bias": self.out_bias}
        names |= {f"convs.{i}.weight": w for i, w in enumerate(self.weights)} | {f"convs.{i}.bias": b for i, b in enumerate(self.biases)}
        return {f"d.{name}": p for name, p in names.items()}


def self_bleu(lines, n):
    """The definition, line by line against all others."""
    total = 0.0
    for i, line in enumerate(lines):
        others, log = lines[:i] + lines[i + 1:], 0.0
        for size in range(1, n + 1):
            grams = lambda s: collections.Counter(s[k:k + size] for k in range(len(s) - size + 1))
            mine, theirs = grams(line), [grams(o) for o in others]
            hits = sum(min(count, max(t[g] for t in theirs)) for g, count in mine.items())
            log += math.log((hits or 0.1) / max(1, sum(mine.values()))) / n
        nearest = min((abs(len(o) - len(line)), len(o)) for o in others)[1]
        total += math.exp(log + min(0, 1 - nearest / len(line)))
    return total / len(lines)


class Arrays(pickle.Unpickler):
    """Builds NumPy's arrays and nothing else."""

    def find_class(self, module, name):
        if module in ("numpy.core.multiarray", "numpy") and name in ("_reconstruct", "ndarray", "dtype"):
            return getattr(numpy.core.multiarray if name == "_reconstruct" else numpy, name)
        if (module, name) == ("_codecs", "encode"):
            return lambda text, code: text.encode("latin1")
        raise pickle.UnpicklingError(f"{module}.{name} is no array")


def score_oracle(path):
    with open(path, "rb") as file:
        embedding, wi, ui, bi, wf, uf, bf, wo, uo, bo, wc, uc, bc, out, out_bias = (torch.tensor(numpy.asarray(a)).float() for a in Arrays(file, encoding="latin1").load())
    oracle = Generator(*embedding.shape, 1.0)
    with torch.no_grad():
        for mine, theirs in ((oracle.embedding, embedding), (oracle.w, torch.cat([wi, wf, wo, wc], 1)), (oracle.u, torch.cat([ui, uf, uo, uc], 1)),
                             (oracle.b, torch.cat([bi, bf, bo, bc])), (oracle.out, out), (oracle.out_bias, out_bias)):
            mine.copy_(theirs)
        torch.manual_seed(0)
        sets = {"own": lambda: oracle.draw(torch.rand(2048, 20)), "uniform": lambda: torch.randint(0, len(embedding), (2048, 20))}
        for name, draw in sets.items():
            scores = [-oracle.log_probabilities(draw()).mean().item() for _ in range(40)]
            print(f"{name} {statistics.mean(scores):.4f} +- {statistics.stdev(scores) / math.sqrt(40):.4f} (81,920 lines)")
        print(f"greedy {-oracle.log_probabilities(oracle.greedy(20)).mean().item():.4f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    if sys.argv[1] == "--oracle":
        score_oracle(sys.argv[2])
        sys.exit()
    place, i = torch.arange(LENGTH)[None], torch.arange(32)[:, None]
    lines = (i * 37 + place * place * (i + 1)) % VOCABULARY  # (N, L)
    z = adversary.shared_data()["noise"][:4, :LENGTH].double()
    torch.manual_seed(71)
    g, d = Generator(VOCABULARY, WIDTH, 0.8), Discriminator()
    out = {name: p.detach().clone() for name, p in (g.named() | d.named()).items()}
    g, d = g.double(), d.double()
    with torch.no_grad():
        out |= {"log_probabilities": g.log_probabilities(lines[:4]), "tokens": g.draw(torch.special.ndtr(z)), "logits": d(lines[:4]), "greedy": g.greedy(LENGTH)}
    optimizer, rows = torch.optim.Adam(g.parameters(), 0.01, (0.9, 0.999)), []
    for step in range(10):
        loss = -g.log_probabilities(lines[[(4 * step + k) % 32 for k in range(4)]]).mean()
        optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(g.parameters(), 0.2)
        optimizer.step()
        rows.append(torch.stack([loss.detach(), norm, sum(p.detach().abs().sum() for p in g.parameters())]))
    out["likelihood"] = torch.stack(rows)
    words = (pathlib.Path(__file__).parents[2] / "data" / "words" / "test.txt").read_text().split()[::53]
    out["self_bleu"] = torch.tensor([self_bleu(words, n) for n in (2, 3, 4)], dtype=torch.float64)
    print(out["log_probabilities"][0], out["tokens"][0], out["logits"], out["likelihood"], out["self_bleu"])
    write(sys.argv[1], out, {"made_by": "tests/peers/seqgan.py", "torch": torch.__version__})
