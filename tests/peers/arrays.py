"""Makes tests/ResearchKit.Tests/Reference/arrays with NumPy alone: python3 arrays.py OUT_FOLDER (made with NumPy 1.24.2)"""
import io
import pathlib
import sys
import zipfile

import numpy as np
from numpy.lib import format as npy

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
i = np.arange(24)
members = {}


def add(name, array, version=(1, 0)):
    with io.BytesIO() as f:
        npy.write_array(f, np.asanyarray(array), version=version, allow_pickle=True)
        members[name] = f.getvalue()


# The test computes the same numbers: ArrayReferenceTests.Expected.
for dtype in "f8 f4 f2 i8 i4 i2 i1 u8 u4 u2 u1 b1".split():
    values = {"f": ((i * 37) % 101 - 50) / 8, "i": (i * 37) % 101 - 50, "u": (i * 37) % 101, "b": i % 3 == 0}[dtype[0]]
    for order, sign in (("little", "<"), ("big", ">")):
        array = values.reshape(2, 3, 4).astype(sign + dtype)
        add(f"{dtype}-{order}-c", array)
        add(f"{dtype}-{order}-fortran", np.asfortranarray(array))
for version in (2, 3):
    add(f"version-{version}", i.reshape(4, 6).astype("f4"), (version, 0))
add("zero-d", np.float64(2.5))
add("empty", np.zeros((0, 5), "f4"))
add("rank-20", i[:8].astype("i2").reshape((1, 2, 1, 2, 1, 2) + (1,) * 14))
add("u2-top", np.array([0, 1, 2**16 - 1], "<u2"))
add("u4-top", np.array([0, 1, 2**32 - 1], ">u4"))
add("u8-top", np.array([0, 1, 2**63 - 1], "<u8"))
add("refused-u8", np.array([0, 2**63], "<u8"))
add("refused-object", np.array([1, "a"], dtype=object))
add("refused-record", np.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f8")]))
add("refused-text", np.array(["ab", "c"]))
add("refused-bytes", np.array([b"ab", b"c"]))
add("refused-void", np.zeros(3, "V2"))
add("refused-time", np.array(["2020-01-01"], "M8[D]"))
add("refused-complex", np.array([1 + 2j], "c16"))
add("refused-longdouble", np.array([1], "g"))

with zipfile.ZipFile(out / "numpy.npz", "w", zipfile.ZIP_DEFLATED) as archive:
    for name, content in members.items():
        archive.writestr(zipfile.ZipInfo(name + ".npy", (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)

# As pytorch-fid's --save-stats stores a set: 6 features here, 2048 there.
features = np.random.default_rng(0).normal(size=(50, 6))
np.savez(out / "fid.npz", mu=features.mean(0), sigma=np.cov(features, rowvar=False))
np.savez_compressed(out / "fid-compressed.npz", mu=features.mean(0), sigma=np.cov(features, rowvar=False))
