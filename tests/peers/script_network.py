"""Writes tests/ResearchKit.Tests/Reference/torch/features.pt: a feature network in TorchScript, whose results a test can compute.

Run with PyTorch: python3 script_network.py OUT_FILE
For images x (N, 3, H, W) it returns (logits, features): features (N, 6, 1, 1), the mean and the greatest value of each channel, times `scale`; logits
(N, 2), the sums of the first three features and of the last three.
"""
import sys
from typing import Tuple

import torch


class Features(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.sums = torch.nn.Parameter(torch.tensor([[1.0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]]))

    def forward(self, x: torch.Tensor, scale: float = 1.0) -> Tuple[torch.Tensor, torch.Tensor]:
        f = scale * torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)
        return f @ self.sums.t(), f[:, :, None, None]


torch.jit.save(torch.jit.script(Features()), sys.argv[1])
