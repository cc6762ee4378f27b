"""Cuts data/fashion-mnist-small out of the full Fashion-MNIST: python3 cut_fashion_mnist.py FOLDER_OF_THE_FULL_SET OUT_FOLDER"""
import gzip
import hashlib
import pathlib
import struct
import sys

source, out = map(pathlib.Path, sys.argv[1:])
out.mkdir(parents=True, exist_ok=True)
for part, name, count in (("train", "train", 10000), ("t10k", "test", 4000)):
    images = gzip.open(source / f"{part}-images-idx3-ubyte.gz").read()
    labels = gzip.open(source / f"{part}-labels-idx1-ubyte.gz").read()
    height, width = struct.unpack(">2i", images[8:16])
    for kind, data in (
        ("images-idx3", struct.pack(">4i", 0x803, count, height, width) + images[16:16 + count * height * width]),
        ("labels-idx1", struct.pack(">2i", 0x801, count) + labels[8:8 + count]),
    ):
        path = out / f"{name}-{kind}-ubyte.gz"
        path.write_bytes(gzip.compress(data, 9, mtime=0))
        print(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
