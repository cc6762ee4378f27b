"""DiffAugment as a slow transcription of its definition."""
import math

import torch

SALT = 0x52DCE729  # the kit's, so that a seed means the same numbers


def share(side, parts):
    """The authors' int(side * ratio + 0.5)."""
    return int(side / parts + 0.5)


def diff_augment(x, draws):
    """Zhao et al., arXiv:2006.10738: colour, translation, cutout, image by image. draws: uniform numbers, shape (B, 7)."""
    H, W = x.shape[2:]
    out = []
    for image, u in zip(x, draws.tolist()):
        image = image + (u[0] - 0.5)
        grey = image.mean(0, keepdim=True)
        image = (image - grey) * (2 * u[1]) + grey
        image = (image - image.mean()) * (u[2] + 0.5) + image.mean()
        dy, dx = (math.floor(u[i] * (2 * share(side, 8) + 1)) - share(side, 8) for i, side in ((3, H), (4, W)))
        wide = torch.nn.functional.pad(image, (W, W, H, H))
        image = wide[:, H + dy:2 * H + dy, W + dx:2 * W + dx]
        mask = torch.ones(H, W, dtype=x.dtype)
        height, width = share(H, 2), share(W, 2)
        top = math.floor(u[5] * (H + 1 - height % 2)) - height // 2
        left = math.floor(u[6] * (W + 1 - width % 2)) - width // 2
        mask[max(top, 0):top + height, max(left, 0):left + width] = 0
        out.append(image * mask)
    return torch.stack(out)
