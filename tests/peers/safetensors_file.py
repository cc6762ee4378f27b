"""Writes and reads safetensors files: what the scripts beside it hand to the tests."""
import json
import math
import struct

import torch

NAMES = {torch.float32: "F32", torch.float64: "F64", torch.uint8: "U8", torch.int64: "I64"}


def write(path, tensors, metadata):
    header, blob = {"__metadata__": metadata}, b""
    for name, t in tensors.items():
        data = t.contiguous().numpy().tobytes()
        header[name] = {"dtype": NAMES[t.dtype], "shape": list(t.shape), "data_offsets": [len(blob), len(blob) + len(data)]}
        blob += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + blob)


def read(path):
    """The tensors of a file, by name."""
    with open(path, "rb") as f:
        (length,) = struct.unpack("<Q", f.read(8))
        header, blob = json.loads(f.read(length)), bytearray(f.read())
    header.pop("__metadata__", None)
    types = {name: dtype for dtype, name in NAMES.items()}
    return {
        name: torch.frombuffer(blob, dtype=types[e["dtype"]], offset=e["data_offsets"][0], count=math.prod(e["shape"])).reshape(e["shape"]).clone()
        for name, e in header.items()}
