"""Makes tests/ResearchKit.Tests/Reference/pictures with Pillow and NumPy: python3 pictures.py OUT_FOLDER (made with Pillow 9.4.0)"""
import io
import json
import pathlib
import struct
import sys

import numpy as np
from PIL import Image, ImageOps

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
height, width = 19, 26
y, x = np.mgrid[0:height, 0:width]
colours = np.stack([x * 255 / width, y * 255 / height, 127 + 100 * np.sin(x / 3 + y / 5)], -1)
noise = np.random.default_rng(0).normal(0, 20, colours.shape)
rgb = Image.fromarray(np.clip(colours + noise, 0, 255).astype(np.uint8))
alpha = Image.fromarray(((x * 7 + y * 13) % 256).astype(np.uint8))
rgba = rgb.copy()
rgba.putalpha(alpha)
palette = rgb.quantize(40)

rgb.save(out / "rgb.png")
rgba.save(out / "rgba.png")
rgb.convert("L").save(out / "grey.png")
Image.merge("LA", [rgb.convert("L"), alpha]).save(out / "grey-alpha.png")
palette.save(out / "palette.png")
palette.save(out / "palette-transparent.png", transparency=5)
rgb.convert("1").save(out / "one-bit.png")
rgb.save(out / "baseline-420.jpg", quality=85, subsampling=2)
rgb.save(out / "baseline-444.jpg", quality=85, subsampling=0)
rgb.save(out / "progressive-420.jpg", quality=85, subsampling=2, progressive=True)
rgb.convert("L").save(out / "grey.jpg", quality=85)
rgb.save(out / "lossless.webp", lossless=True)
rgb.save(out / "rgb.bmp")
palette.save(out / "palette.gif")
palette.save(out / "two-frames.gif", save_all=True, append_images=[palette.transpose(Image.ROTATE_180)])
rotated = Image.Exif()
rotated[0x0112] = 6
rgb.save(out / "exif-rotated.jpg", quality=85, exif=rotated)

tensors = {}
for file in sorted(f for f in out.iterdir() if f.suffix != ".safetensors"):
    tensors[f"rgb.{file.name}"] = np.asarray(Image.open(file).convert("RGB")).transpose(2, 0, 1)
tensors["luma.rgb.png"] = np.asarray(rgb.convert("L"))[None]
white = Image.new("RGBA", rgba.size, "white")
tensors["on-white.rgba.png"] = np.asarray(Image.alpha_composite(white, rgba).convert("RGB")).transpose(2, 0, 1)
for name, method in (("Bilinear", Image.BILINEAR), ("Bicubic", Image.BICUBIC)):
    for size in (8, 40):
        tensors[f"stretch.{name}.{size}"] = np.asarray(rgb.resize((size, size), method)).transpose(2, 0, 1)
        long_side = size * width // height
        left = round((long_side - size) / 2)
        scaled = rgb.resize((long_side, size), method).crop((left, 0, left + size, size))
        tensors[f"crop.{name}.{size}"] = np.asarray(scaled).transpose(2, 0, 1)

for orientation in range(1, 9):  # the whole file, and the image as it is to be shown
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    rgb.save(file, format="JPEG", quality=85, exif=exif)
    tensors[f"exif.{orientation}.file"] = np.frombuffer(file.getvalue(), np.uint8)
    tensors[f"exif.{orientation}.upright"] = np.asarray(ImageOps.exif_transpose(Image.open(file)).convert("RGB")).transpose(2, 0, 1)

header, data = {}, b""
for name, values in tensors.items():
    raw = np.ascontiguousarray(values).tobytes()
    header[name] = {"dtype": "U8", "shape": list(values.shape), "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header).encode()
(out / "pillow.safetensors").write_bytes(struct.pack("<q", len(text)) + text + data)
