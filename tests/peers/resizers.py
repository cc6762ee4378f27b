"""Writes tests/ResearchKit.Tests/Reference/resizers.safetensors: images brought to other sizes as feature networks' programs do it.

Run with Pillow, SciPy and PyTorch in this folder: python3 resizers.py OUT_FILE
images.*: float32, shape (1, 3, H, W), whole numbers from 0 to 255.
<resizer>.<images>.<size>: clean by Pillow's bicubic filter on each channel as a float image, clipped to 0..255 (what clean-fid does); legacy_tf by
SciPy's linear interpolation at the places i * old / new, in float64 (TensorFlow 1 without half-pixel centres); legacy_pytorch by PyTorch.
"""
import sys

import numpy as np
import torch
from PIL import Image
from scipy.ndimage import map_coordinates

from safetensors_file import write


def clean(image, size):
    resized = [np.asarray(Image.fromarray(c, mode="F").resize((size, size), Image.BICUBIC)) for c in image]
    return np.clip(np.stack(resized), 0, 255)


def legacy_tf(image, size):
    places = [np.arange(size) * old / size for old in image.shape[1:]]
    grid = np.meshgrid(*places, indexing="ij")
    return np.stack([map_coordinates(c.astype(np.float64), grid, order=1, mode="nearest") for c in image]).astype(np.float32)


def legacy_pytorch(image, size):
    return torch.nn.functional.interpolate(torch.tensor(image)[None], (size, size), mode="bilinear", align_corners=False)[0].numpy()


random = np.random.RandomState(0)
tensors = {}
for name, (h, w) in {"wide": (20, 31), "large": (64, 47)}.items():
    images = random.randint(0, 256, (1, 3, h, w)).astype(np.float32)
    tensors[f"images.{name}"] = torch.tensor(images)
    for size in (13, 28, 37):
        for resizer in (clean, legacy_tf, legacy_pytorch):
            tensors[f"{resizer.__name__}.{name}.{size}"] = torch.tensor(np.stack([resizer(i, size) for i in images]))
write(sys.argv[1], tensors, {"origin": "tests/peers/resizers.py"})
